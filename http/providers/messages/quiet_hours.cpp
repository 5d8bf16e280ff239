#include "http/providers/messages/quiet_hours.hpp"

#include <date/tz.h>

#include "http/providers/places/time_zones.hpp"

namespace caravan {

namespace {

using LocalTime = date::local_time<std::chrono::milliseconds>;

}  // namespace

std::optional<Time> quiet_until(Time at, std::string_view time_zone, int from, int to) {
  if (from == to) return std::nullopt;
  const date::time_zone* zone = find_zone(time_zone);
  const date::sys_time<std::chrono::milliseconds> now{at.time_since_epoch()};
  const LocalTime local = zone ? LocalTime(zone->to_local(now)) : LocalTime(now.time_since_epoch());
  const auto midnight = date::floor<date::days>(local);
  const auto minute = date::floor<std::chrono::minutes>(local - midnight).count();
  const bool passes_midnight = from > to;
  const bool quiet = passes_midnight ? minute >= from || minute < to : minute >= from && minute < to;
  if (!quiet) return std::nullopt;
  LocalTime end = midnight + std::chrono::minutes{to};
  if (passes_midnight && minute >= from) end += date::days{1};
  if (!zone) return Time{end.time_since_epoch()};
  // Where the clock shows it twice, the first that is still to come: within the doubled hour it may be the second.
  // Where it never shows it, both are when the clock leaps.
  const Time first{zone->to_sys(end, date::choose::earliest).time_since_epoch()};
  return first > at ? first : Time{zone->to_sys(end, date::choose::latest).time_since_epoch()};
}

}  // namespace caravan
