#include "http/providers/messages/reader.hpp"

#include <date/tz.h>
#include <unicode/dtptngen.h>
#include <unicode/numberformatter.h>
#include <unicode/simpletz.h>
#include <unicode/smpdtfmt.h>

#include <algorithm>
#include <memory>
#include <mutex>

#include "actors/values/time.hpp"
#include "http/providers/places/time_zones.hpp"

namespace caravan {

namespace {

std::string as_utf8(const icu::UnicodeString& text) {
  std::string out;
  return text.toUTF8String(out);
}

/// A date format first looks for the zone of this machine, which nobody here asks for. In that ICU reads what other
/// threads may be writing (`tzset`), so it is told one before.
void forget_machines_zone() {
  static const bool once = [] {
    icu::TimeZone::adoptDefault(icu::TimeZone::getGMT()->clone());
    return true;
  }();
  static_cast<void>(once);
}

/// How day, time and year stand in a language. To find out takes milliseconds, so it is kept: there are few languages.
icu::UnicodeString date_pattern(const std::string& language) {
  static std::mutex mutex;
  static std::map<std::string, icu::UnicodeString> patterns;
  const std::lock_guard lock(mutex);
  forget_machines_zone();
  if (const auto found = patterns.find(language); found != patterns.end()) return found->second;
  UErrorCode error = U_ZERO_ERROR;
  const std::unique_ptr<icu::DateTimePatternGenerator> generator(
      icu::DateTimePatternGenerator::createInstance(icu::Locale(language.c_str()), error));
  if (U_FAILURE(error)) return "yyyy-MM-dd HH:mm";
  return patterns[language] = generator->getBestPattern("yMMMEdHm", error);
}

/// "Sun, Dec 6, 2026, 00:55 (New York)". ICU is told how far that clock is ahead: it has a database of its own, which
/// is older than this machine's and would tell another time than everything else here.
std::optional<std::string> as_moment(const std::string& value, const Reader& reader) {
  if (value.size() < 20 || value.back() != 'Z') return std::nullopt;
  const auto at = parse_rfc3339(value);
  if (!at) return std::nullopt;
  UErrorCode error = U_ZERO_ERROR;
  icu::SimpleDateFormat format(date_pattern(reader.language), icu::Locale(reader.language.c_str()), error);
  if (U_FAILURE(error)) return std::nullopt;
  const date::time_zone* const zone = find_zone(reader.time_zone);
  std::string place = zone ? reader.time_zone.substr(reader.time_zone.rfind('/') + 1) : "UTC";
  std::ranges::replace(place, '_', ' ');
  std::chrono::milliseconds ahead{0};
  if (zone) ahead = zone->get_info(date::sys_time<Duration>{at->time_since_epoch()}).offset;
  format.adoptTimeZone(new icu::SimpleTimeZone(static_cast<std::int32_t>(ahead.count()), "there"));
  icu::UnicodeString text;
  format.format(static_cast<UDate>(at->time_since_epoch().count()), text);
  return as_utf8(text) + " (" + place + ')';
}

/// As money_text writes it.
std::optional<std::string> as_amount(const std::string& value, const Reader& reader) {
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const std::size_t space = value.find(' ');
  if (space == value.npos || value.size() != space + 4) return std::nullopt;
  if (!std::all_of(value.end() - 3, value.end(), [](char c) { return c >= 'A' && c <= 'Z'; })) return std::nullopt;
  const std::string_view number = std::string_view(value).substr(0, space);
  const std::string_view digits = number.substr(number.starts_with('-') ? 1 : 0);
  const std::size_t dot = std::min(digits.find('.'), digits.size());
  const std::string_view places = digits.substr(std::min(dot + 1, digits.size()));
  if (dot == 0 || !std::ranges::all_of(digits.substr(0, dot), is_digit) || !std::ranges::all_of(places, is_digit))
    return std::nullopt;
  UErrorCode error = U_ZERO_ERROR;
  const auto formatted = icu::number::NumberFormatter::withLocale(icu::Locale(reader.language.c_str()))
                             .precision(icu::number::Precision::fixedFraction(static_cast<int>(places.size())))
                             .formatDecimal({number.data(), static_cast<int>(number.size())}, error);
  const icu::UnicodeString text = formatted.toString(error);
  if (U_FAILURE(error)) return std::nullopt;
  return as_utf8(text) + value.substr(space);
}

}  // namespace

std::string readable(const std::string& value, const Reader& reader) {
  if (auto moment = as_moment(value, reader)) return *std::move(moment);
  if (auto amount = as_amount(value, reader)) return *std::move(amount);
  return value;
}

std::string readable(std::chrono::seconds length, const std::string& language) {
  struct Unit {
    std::chrono::seconds size, from;
    icu::MeasureUnit name;
  };
  using namespace std::chrono_literals;
  // Up to two days are counted in hours, as people plan by them.
  const Unit units[] = {{24h, 49h, icu::MeasureUnit::getDay()},
                        {1h, 0s, icu::MeasureUnit::getHour()},
                        {1min, 0s, icu::MeasureUnit::getMinute()},
                        {1s, 0s, icu::MeasureUnit::getSecond()}};
  const Unit& unit =
      *std::ranges::find_if(units, [&](const Unit& each) { return length % each.size == 0s && length >= each.from; });
  UErrorCode error = U_ZERO_ERROR;
  const auto words = icu::number::NumberFormatter::withLocale(icu::Locale(language.c_str()))
                         .unit(unit.name)
                         .unitWidth(UNUM_UNIT_WIDTH_FULL_NAME)
                         .formatInt(length / unit.size, error)
                         .toString(error);
  return as_utf8(words);
}

}  // namespace caravan
