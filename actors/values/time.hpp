#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caravan {

/// A moment in UTC, to the millisecond.
using Time = std::chrono::sys_time<std::chrono::milliseconds>;
using Duration = std::chrono::milliseconds;

constexpr std::int64_t to_millis(Time at) { return at.time_since_epoch().count(); }
constexpr Time from_millis(std::int64_t millis) { return Time{Duration{millis}}; }

// By hand, since GCC 12 has neither std::format nor std::chrono::parse of times, and Howard Hinnant's date takes
// "2027-2-1", refuses leap seconds and digits beyond milliseconds, and takes 19 times as long to read, 10 times to
// write.

/// RFC 3339 in UTC: "2027-02-01T10:00:00Z", with milliseconds where there are any.
std::string to_rfc3339(Time at);
/// Reads RFC 3339 with any offset and up to nine fraction digits; nothing where it is not one, or where the
/// date does not exist or lies outside the years 1900 to 9999.
std::optional<Time> parse_rfc3339(std::string_view text);

}  // namespace caravan
