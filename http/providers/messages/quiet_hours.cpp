#include "http/providers/messages/quiet_hours.hpp"

#include <date/tz.h>

namespace caravan {

namespace {

const date::time_zone* find_zone(std::string_view name) {
  try {
    return date::locate_zone(name);
  } catch (const std::runtime_error&) {
    return nullptr;
  }
}

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
  const date::local_info info = zone->get_info(end);
  if (info.result == date::local_info::nonexistent) return Time{info.second.begin.time_since_epoch()};
  // Where the clock shows it twice, the first that is still to come: within the doubled hour it may be the second.
  const Time first{end.time_since_epoch() - info.first.offset};
  return info.result == date::local_info::ambiguous && first <= at ? Time{end.time_since_epoch() - info.second.offset}
                                                                   : first;
}

}  // namespace caravan
