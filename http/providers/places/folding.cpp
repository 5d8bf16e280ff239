#include "http/providers/places/folding.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "storage/text/unicode.hpp"

namespace caravan {

namespace {

/// Letters that Unicode does not decompose, and what people write for them.
constexpr std::array<std::pair<std::string_view, std::string_view>, 13> letters{{{"ø", "o"},
                                                                                 {"ł", "l"},
                                                                                 {"đ", "d"},
                                                                                 {"ð", "d"},
                                                                                 {"þ", "th"},
                                                                                 {"æ", "ae"},
                                                                                 {"œ", "oe"},
                                                                                 {"ı", "i"},
                                                                                 {"ħ", "h"},
                                                                                 {"ŋ", "n"},
                                                                                 {"ə", "e"},
                                                                                 {"ʻ", ""},
                                                                                 {"ʼ", ""}}};
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> words{
    {{"saint", "st"}, {"sainte", "ste"}, {"fort", "ft"}, {"mount", "mt"}}};

/// Lower case without accents; the text itself where it is not UTF-8.
std::string without_accents(std::string_view text) {
  const std::string folded = unicode::folded(text, unicode::Marks::drop);
  std::string out;
  for (std::string_view rest = folded; !rest.empty();) {
    const auto* found = std::find_if(letters.begin(), letters.end(),
                                     [&](const auto& letter) { return rest.starts_with(letter.first); });
    if (found != letters.end()) {
      out += found->second;
      rest.remove_prefix(found->first.size());
    } else if (rest.starts_with("\xe2\x80") &&
               rest.size() >= 3) {  // U+2000 to U+203F: dashes part words, quotes do not
      if (static_cast<unsigned char>(rest[2]) <= 0x95) out += ' ';
      rest.remove_prefix(3);
    } else {
      out += rest.front();
      rest.remove_prefix(1);
    }
  }
  return out;
}

}  // namespace

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string fold_name(std::string_view text) {
  std::string owned;
  if (!is_ascii(text)) {
    owned = without_accents(text);
    text = owned;
  }
  std::string out;
  out.reserve(text.size());
  std::size_t word = 0;  // where the word in hand begins
  const auto end_word = [&] {
    for (const auto& [whole, shorter] : words)
      if (std::string_view(out).substr(word) == whole) out.replace(word, std::string::npos, shorter);
  };
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '\'' || c == '.' || c == '`') continue;
    if ((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || byte >= 0x80) {
      out += c;
    } else if (c >= 'A' && c <= 'Z') {
      out += static_cast<char>(c - 'A' + 'a');
    } else if (!out.empty() && out.back() != ' ') {
      end_word();
      out += ' ';
      word = out.size();
    }
  }
  end_word();
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace caravan
