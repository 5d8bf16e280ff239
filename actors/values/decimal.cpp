#include "actors/values/decimal.hpp"

#include <charconv>

namespace caravan {

namespace {

/// A number's digits without sign and point: value = digits * 10^(exponent).
struct Digits {
  bool negative = false;
  std::string digits;
  int exponent = 0;
};

std::optional<Digits> read_number(std::string_view text) {
  Digits out;
  if (!text.empty() && text.front() == '-') {
    out.negative = true;
    text.remove_prefix(1);
  }
  const auto digits_end = text.find_first_not_of("0123456789");
  out.digits = text.substr(0, digits_end);
  if (out.digits.empty()) return std::nullopt;
  text.remove_prefix(out.digits.size());
  if (!text.empty() && text.front() == '.') {
    text.remove_prefix(1);
    const auto fraction = text.substr(0, text.find_first_not_of("0123456789"));
    if (fraction.empty()) return std::nullopt;
    out.digits += fraction;
    out.exponent = -static_cast<int>(fraction.size());
    text.remove_prefix(fraction.size());
  }
  if (!text.empty() && (text.front() == 'e' || text.front() == 'E')) {
    text.remove_prefix(1);
    if (!text.empty() && text.front() == '+') text.remove_prefix(1);
    int exponent = 0;
    auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), exponent);
    if (error != std::errc{} || exponent < -400 || exponent > 400) return std::nullopt;
    out.exponent += exponent;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  }
  if (!text.empty()) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::int64_t> parse_decimal(std::string_view text, int scale) {
  auto number = read_number(text);
  if (!number) return std::nullopt;
  auto& digits = number->digits;
  while (digits.size() > 1 && digits.back() == '0') {
    digits.pop_back();
    ++number->exponent;
  }
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  if (digits.empty()) return 0;
  const int zeros = number->exponent + scale;
  if (zeros < 0 || zeros + static_cast<int>(digits.size()) > 18) return std::nullopt;
  digits.append(static_cast<std::size_t>(zeros), '0');
  std::int64_t value = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), value);
  return number->negative ? -value : value;
}

std::string decimal_text(std::int64_t units, int scale) {
  const auto magnitude = static_cast<std::uint64_t>(units);
  std::string digits = std::to_string(units < 0 ? 0 - magnitude : magnitude);
  const auto places = static_cast<std::size_t>(scale);
  if (digits.size() <= places) digits.insert(0, places + 1 - digits.size(), '0');
  std::string fraction = digits.substr(digits.size() - places);
  digits.resize(digits.size() - places);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  if (!fraction.empty()) digits += '.' + fraction;
  return units < 0 ? '-' + digits : digits;
}

}  // namespace caravan
