#include "actors/values/time.hpp"

#include <algorithm>

namespace caravan {

namespace {

/// Writes the last digits of a number into a text, up to `end`. Times are most of what many answers hold: strftime
/// takes three times as long.
void put_digits(std::string& text, std::size_t end, std::size_t digits, unsigned value) {
  for (; digits > 0; --digits, value /= 10) text[--end] = static_cast<char>('0' + value % 10);
}

}  // namespace

std::string to_rfc3339(Time at) {
  using std::chrono::sys_days, std::chrono::year;
  constexpr Time first = sys_days{year{0} / 1 / 1}, end = sys_days{year{10'000} / 1 / 1};
  at = std::clamp(at, first, end - Duration{1});  // a year has four digits
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss clock{at - day};
  std::string text = "0000-00-00T00:00:00.000Z";
  put_digits(text, 4, 4, static_cast<unsigned>(static_cast<int>(date.year())));
  put_digits(text, 7, 2, static_cast<unsigned>(date.month()));
  put_digits(text, 10, 2, static_cast<unsigned>(date.day()));
  put_digits(text, 13, 2, static_cast<unsigned>(clock.hours().count()));
  put_digits(text, 16, 2, static_cast<unsigned>(clock.minutes().count()));
  put_digits(text, 19, 2, static_cast<unsigned>(clock.seconds().count()));
  const auto millis = static_cast<unsigned>(clock.subseconds().count());
  if (millis == 0)
    text.erase(19, 4);
  else
    put_digits(text, 23, 3, millis);
  return text;
}

namespace {

/// Takes exactly `digits` decimal digits off the front; -1 where they are not there.
int take_number(std::string_view& text, std::size_t digits) {
  if (text.size() < digits) return -1;
  int value = 0;
  for (std::size_t i = 0; i < digits; ++i) {
    if (text[i] < '0' || text[i] > '9') return -1;
    value = value * 10 + (text[i] - '0');
  }
  text.remove_prefix(digits);
  return value;
}

bool take(std::string_view& text, std::string_view any_of) {
  if (text.empty() || any_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

/// Fraction digits to milliseconds, cut off below; -1 where there are none or more than nine.
int take_fraction(std::string_view& text) {
  std::size_t digits = 0;
  int millis = 0;
  while (digits < text.size() && text[digits] >= '0' && text[digits] <= '9') {
    if (digits < 3) millis = millis * 10 + (text[digits] - '0');
    ++digits;
  }
  if (digits == 0 || digits > 9) return -1;
  for (std::size_t i = digits; i < 3; ++i) millis *= 10;
  text.remove_prefix(digits);
  return millis;
}

std::optional<std::chrono::minutes> take_offset(std::string_view& text) {
  if (take(text, "Zz")) return std::chrono::minutes{0};
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const int hours = take_number(text, 2);
  if (hours < 0 || hours > 23 || !take(text, ":")) return std::nullopt;
  const int minutes = take_number(text, 2);
  if (minutes < 0 || minutes > 59) return std::nullopt;
  return std::chrono::minutes{(west ? -1 : 1) * (hours * 60 + minutes)};
}

}  // namespace

std::optional<Time> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const int y = take_number(text, 4);
  if (y < 1900 || !take(text, "-")) return std::nullopt;
  const int m = take_number(text, 2);
  if (m < 0 || !take(text, "-")) return std::nullopt;
  const int d = take_number(text, 2);
  if (d < 0 || !take(text, "Tt ")) return std::nullopt;
  const year_month_day date{year{y}, month{static_cast<unsigned>(m)}, day{static_cast<unsigned>(d)}};
  const int hh = take_number(text, 2);
  if (!date.ok() || hh < 0 || hh > 23 || !take(text, ":")) return std::nullopt;
  const int mm = take_number(text, 2);
  if (mm < 0 || mm > 59 || !take(text, ":")) return std::nullopt;
  const int ss = take_number(text, 2);
  if (ss < 0 || ss > 60) return std::nullopt;
  int millis = 0;
  if (take(text, ".") && (millis = take_fraction(text)) < 0) return std::nullopt;
  const auto offset = take_offset(text);
  if (!offset || !text.empty()) return std::nullopt;
  return sys_days{date} + hours{hh} + minutes{mm} + seconds{ss} + milliseconds{millis} - *offset;
}

}  // namespace caravan
