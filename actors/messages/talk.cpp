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

bool has_mail_address(const std::string& text) {
  for (std::size_t at = text.find('@'); at != std::string::npos; at = text.find('@', at + 1)) {
    const std::size_t end = std::min(text.find_first_of(" \n\t", at), text.size());
    const std::size_t dot = text.find('.', at);
    if (at > 0 && is_letter(text[at - 1]) && dot != std::string::npos && dot > at + 1 && dot + 1 < end) return true;
  }
  return false;
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
bool has_number(const std::string& text) {
  std::size_t digits = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char each = text[i];
    if (const std::size_t day = digits == 0 ? day_length(std::string_view(text).substr(i)) : 0)
      i += day - 1;
    else if (is_digit(each))
      ++digits;
    else if (std::string_view(" -./()").find(each) == std::string_view::npos)
      digits = 0;
    if (digits >= least_digits_of_number) return true;
  }
  return false;
}

}  // namespace

std::vector<std::string> talk_flags(std::string_view text) {
  const std::string said = small(text);
  const auto any = [&](const auto& words) {
    return std::ranges::any_of(words, [&](std::string_view word) { return says(said, word); });
  };
  std::vector<std::string> flags;
  if (any(ways_to_pay)) flags.emplace_back("payment");
  if (any(messengers) || has_mail_address(said) || has_number(said)) flags.emplace_back("contact");
  return flags;
}

}  // namespace caravan
