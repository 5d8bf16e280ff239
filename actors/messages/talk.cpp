#include "actors/messages/talk.hpp"

#include <algorithm>
#include <array>

namespace caravan {

namespace {

constexpr std::size_t least_digits_of_number = 9;  // of a telephone; dates and amounts have fewer in one piece

constexpr auto ways_to_pay = std::to_array<std::string_view>(
    {"paypal", "venmo", "zelle", "cash app", "cashapp", "western union", "moneygram", "bitcoin", "crypto", "revolut",
     "bank transfer", "wire transfer", "pay cash", "in cash", "iban", "überweisung", "überweise", "bar bezahlen"});
constexpr auto messengers =
    std::to_array<std::string_view>({"whatsapp", "telegram", "wechat", "viber", "snapchat", "instagram", "messenger"});

bool is_digit(char each) { return each >= '0' && each <= '9'; }
bool is_letter(char each) {
  return (each >= 'a' && each <= 'z') || is_digit(each) || static_cast<unsigned char>(each) >= 0x80;
}

std::string small(std::string_view text) {
  std::string out(text);
  for (char& each : out)
    if (each >= 'A' && each <= 'Z') each = static_cast<char>(each + ('a' - 'A'));
  return out;
}

/// As a word of its own.
bool says(const std::string& text, std::string_view word) {
  for (std::size_t at = text.find(word); at != std::string::npos; at = text.find(word, at + 1)) {
    const bool begins = at == 0 || !is_letter(text[at - 1]);
    const bool ends = at + word.size() == text.size() || !is_letter(text[at + word.size()]);
    if (begins && ends) return true;
  }
  return false;
}

/// Where a way to reach somebody stands in a text.
struct Span {
  std::size_t begin = 0, end = 0;
};

bool is_mailbox(char each) { return is_letter(each) || std::string_view("._%+-").find(each) != std::string_view::npos; }

void add_mail_addresses(const std::string& text, std::vector<Span>& spans) {
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    const std::size_t end = std::min(text.find_first_of(" \n\t", at), text.size());
    const std::size_t dot = text.find('.', at);
    if (at == 0 || !is_letter(text[at - 1]) || dot == std::string::npos || dot <= at + 1 || dot + 1 >= end) continue;
    Span found{at, end};
    while (found.begin > 0 && is_mailbox(text[found.begin - 1])) --found.begin;
    while (!is_letter(text[found.end - 1])) --found.end;  // the point that ends the sentence is none of the address
    spans.push_back(found);
  }
}

/// The length of a day as people or machines write it, such as 2027-01-15 or 15.1.2027; 0 where none begins here.
std::size_t day_length(std::string_view text) {
  const auto is_like = [&](std::string_view shape) {
    return text.size() >= shape.size() && std::ranges::equal(shape, text.substr(0, shape.size()), [](char a, char b) {
             return a == '0' ? is_digit(b) : a == b;
           });
  };
  for (const std::string_view shape : {"0000-00-00", "00.00.0000", "0.00.0000", "00.0.0000", "0.0.0000"})
    if (is_like(shape)) return shape.size();
  return 0;
}

/// Nine digits with nothing but what people write within numbers between them.
void add_numbers(const std::string& text, std::vector<Span>& spans) {
  Span number;
  std::size_t digits = 0;
  const auto end_number = [&] {
    while (number.begin > 0 && (text[number.begin - 1] == '+' || text[number.begin - 1] == '(')) --number.begin;
    if (digits >= least_digits_of_number) spans.push_back(number);
    digits = 0;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char each = text[i];
    if (const std::size_t day = digits == 0 ? day_length(std::string_view(text).substr(i)) : 0) {
      i += day - 1;
    } else if (is_digit(each)) {
      if (digits++ == 0) number.begin = i;
      number.end = i + 1;
    } else if (std::string_view(" -./()").find(each) == std::string_view::npos) {
      end_number();
    }
  }
  end_number();
}

/// In the order of the text; where two overlap they are one.
std::vector<Span> contacts_in(const std::string& text) {
  std::vector<Span> all, apart;
  add_mail_addresses(text, all);
  add_numbers(text, all);
  std::ranges::sort(all, {}, &Span::begin);
  for (const Span& each : all) {
    if (apart.empty() || each.begin >= apart.back().end)
      apart.push_back(each);
    else
      apart.back().end = std::max(apart.back().end, each.end);
  }
  return apart;
}

}  // namespace

std::vector<std::string> talk_flags(std::string_view text) {
  const std::string said = small(text);
  const auto any = [&](const auto& words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return says(said, word); });
  };
  std::vector<std::string> flags;
  if (any(ways_to_pay)) flags.emplace_back("payment");
  if (any(messengers) || !contacts_in(said).empty()) flags.emplace_back("contact");
  return flags;
}

std::string masked_contacts(std::string_view text) {
  std::string out;
  std::size_t from = 0;
  for (const Span& contact : contacts_in(small(text))) {
    out.append(text.substr(from, contact.begin - from)).append(contact_mask);
    from = contact.end;
  }
  return out.append(text.substr(from));
}

}  // namespace caravan
