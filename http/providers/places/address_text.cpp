#include "http/providers/places/address_text.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

#include "http/providers/places/address_words.hpp"
#include "http/providers/places/folding.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

namespace {

constexpr std::size_t most_address = 300;  // code points; the rest is not read
constexpr std::size_t most_parts = 10;
constexpr std::size_t most_part_words = 24;  // of a part

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
bool is_letter(char c) { return is_capital(c) || (c >= 'a' && c <= 'z'); }

/// "A" for a letter, "9" for a digit: SW1A is AA9A; empty where there is anything else but dashes.
std::string shape_of(std::string_view word) {
  std::string shape;
  for (const char c : word) {
    if (!is_digit(c) && !is_letter(c) && c != '-') return {};
    shape += is_digit(c) ? '9' : is_letter(c) ? 'A' : '-';
  }
  return shape;
}

/// The countries whose codes have a form, and how many characters of it their lists know; 0: all.
struct PostalForm {
  std::string_view shape;
  std::string_view countries;
  std::size_t kept = 0;
};
constexpr std::array<PostalForm, 26> forms{{
    {"99999", "US DE FR ES IT TR MX KR MY FI SA UA"},
    {"99999-9999", "US", 5},
    {"9999", "AT CH NL BE DK NO AU NZ ZA HU PT"},
    {"999999", "IN CN SG RU"},
    {"9999999", "JP IL"},
    {"99-999", "PL"},
    {"99999-999", "BR"},
    {"9999-999", "PT"},
    {"999-9999", "JP"},
    {"999 99", "SE CZ GR SK"},
    {"999 999", "IN"},
    {"999-999", "IN"},
    {"9999 AA", "NL", 4},
    {"9999AA", "NL", 4},
    {"A9A 9A9", "CA", 3},
    {"A9A9A9", "CA", 3},
    {"A9 9AA", "GB"},
    {"A99 9AA", "GB"},
    {"AA9 9AA", "GB"},
    {"AA99 9AA", "GB"},
    {"A9A 9AA", "GB"},
    {"AA9A 9AA", "GB"},
    {"AA9A9AA", "GB"},
    {"AA99AA", "GB"},
    {"AA999AA", "GB"},
    {"A99 A999", "IE"},
}};

const PostalForm* form_of(std::string_view shape) {
  const auto* found = std::find_if(forms.begin(), forms.end(), [&](const PostalForm& f) { return f.shape == shape; });
  return found == forms.end() ? nullptr : found;
}

std::string capitals(std::string_view text) {
  std::string out;
  for (const char c : text)
    if (is_letter(c) || is_digit(c)) out += is_letter(c) ? static_cast<char>(c & ~0x20) : c;
  return out;
}

/// A country's letters before its code: "D-80331", "CH-8001".
std::string_view strip_prefix(std::string_view word) {
  const std::size_t dash = word.find('-');
  if (dash == 0 || dash > 3 || dash + 4 > word.size() || !is_digit(word[dash + 1])) return word;
  if (!std::all_of(word.begin(), word.begin() + static_cast<std::ptrdiff_t>(dash), is_capital)) return word;
  return word.substr(dash + 1);
}

class Reader {
 public:
  AddressText read(std::string_view address) {
    const std::string_view text = unicode::cut(address, most_address);
    take_code_alone(text);
    std::vector<std::vector<std::string_view>> parts = split(take_brackets(std::string(text)));
    for (std::size_t p = 0; p < parts.size(); ++p) add_part(parts[p], p == 0 && parts.size() > 1);
    if (out_.says_airport)
      for (AddressPart& part : out_.parts)
        std::erase_if(part, [](const AddressWord& word) { return is_kind_of_airport(word.folded); });
    std::erase_if(out_.parts, [](const AddressPart& part) { return part.empty(); });
    return std::move(out_);
  }

 private:
  void take_code_alone(std::string_view text) {
    while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
    while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
    if (text.size() != 3 || !std::all_of(text.begin(), text.end(), is_letter)) return;
    out_.airport_code = text;
    out_.is_code_alone = true;
    out_.is_code_typed_large = std::all_of(text.begin(), text.end(), is_capital);
  }

  /// Brackets become spaces; three capitals in them are an airport's code.
  const std::string& take_brackets(std::string text) {
    for (std::size_t at = 0; at + 4 < text.size(); ++at)
      if (text[at] == '(' && text[at + 4] == ')' && is_capital(text[at + 1]) && is_capital(text[at + 2]) &&
          is_capital(text[at + 3])) {
        out_.airport_code = text.substr(at + 1, 3);
        text.replace(at, 5, " ");
      }
    std::replace_if(
        text.begin(), text.end(), [](char c) { return c == '(' || c == ')' || c == '"' || c == '\t'; }, ' ');
    return text_ = std::move(text);
  }

  /// Parts are between commas of any script, lines, and dashes with spaces around them.
  static std::vector<std::vector<std::string_view>> split(std::string_view text) {
    constexpr std::array<std::string_view, 11> separators{",",   ";",   "\n",  "،", "、", "，",
                                                          " - ", " – ", " — ", "|", "・"};
    std::vector<std::vector<std::string_view>> parts(1);
    std::size_t word = 0, at = 0;
    const auto end_word = [&](std::size_t end) {
      if (end > word && parts.back().size() < most_part_words) parts.back().push_back(text.substr(word, end - word));
    };
    while (at < text.size()) {
      const auto* separator = std::find_if(separators.begin(), separators.end(),
                                           [&](std::string_view s) { return text.substr(at).starts_with(s); });
      const std::string_view blank = text.substr(at).starts_with("　") ? "　" : " ";
      if (separator != separators.end()) {
        end_word(at);
        if (parts.size() == most_parts) return parts;
        if (!parts.back().empty()) parts.emplace_back();
        word = at += separator->size();
      } else if (text.substr(at).starts_with(blank)) {
        end_word(at);
        word = at += blank.size();
      } else {
        ++at;
      }
    }
    end_word(at);
    return parts;
  }

  /// How many words from `at` on are a postal code; notes it.
  std::size_t take_postal_code(const std::vector<std::string_view>& words, std::size_t at, bool is_first) {
    std::string_view word = words[at];
    if (word.starts_with("〒")) word.remove_prefix(std::string_view("〒").size());
    const std::string_view bare = strip_prefix(word);
    for (const std::size_t count : {2U, 1U}) {
      if (at + count > words.size()) continue;
      const std::string text = std::string(bare) + (count == 2 ? " " + std::string(words[at + 1]) : "");
      std::string shape = shape_of(bare);
      if (count == 2) {
        const std::string second = shape_of(words[at + 1]);
        if (shape.empty() || second.empty()) continue;
        shape += " " + second;
        if (shape.starts_with("A99 ") && second.size() == 4 && capitals(text)[0] == 'D') shape = "A99 A999";
      }
      const PostalForm* form = form_of(shape);
      if (!form) continue;
      // "1 av", "12 the": letters behind digits are typed large in a code.
      if (count == 2 && !std::all_of(text.begin(), text.end(), [](char c) { return !is_letter(c) || is_capital(c); }))
        continue;
      std::string code = capitals(text);
      if (form->kept) code.resize(form->kept);
      if (form->countries == "GB") code.resize(code.size() - 3);  // the outward code
      out_.postal_codes.push_back({std::move(code), form->countries, is_first && at == 0 && words.size() > count});
      return count;
    }
    return 0;
  }

  void add_part(const std::vector<std::string_view>& words, bool is_first) {
    AddressPart part;
    for (std::size_t at = 0; at < words.size();) {
      if (const std::size_t taken = take_postal_code(words, at, is_first)) {
        at += taken;
        continue;
      }
      const std::string_view raw = words[at++];
      const bool is_code = (raw.size() == 2 || raw.size() == 3) && std::all_of(raw.begin(), raw.end(), is_capital);
      std::string folded = fold_name(raw);
      // Written without a space.
      static const std::array endings{fold_name("空港"), fold_name("机场"), fold_name("機場"), fold_name("공항")};
      for (const std::string& end : endings)
        if (folded.size() > end.size() && folded.ends_with(end)) {
          folded.resize(folded.size() - end.size());
          out_.says_airport = true;
        }
      if (is_airport_word(folded)) {
        out_.says_airport = true;
        continue;
      }
      for (std::size_t from = 0; from < folded.size();) {
        const std::size_t end = std::min(folded.find(' ', from), folded.size());
        std::string each = folded.substr(from, end - from);
        const bool digit = std::any_of(each.begin(), each.end(), is_digit);
        part.push_back({std::move(each), digit, is_code});
        from = end + 1;
      }
    }
    if (!part.empty()) out_.parts.push_back(std::move(part));
  }

  std::string text_;
  AddressText out_;
};

}  // namespace

AddressText take_apart(std::string_view address) { return Reader().read(address); }

std::string joined(const AddressPart& part, std::size_t first, std::size_t last) {
  std::string text;
  for (std::size_t i = first; i < last; ++i) text += (i > first ? " " : "") + part[i].folded;
  return text;
}

}  // namespace caravan
