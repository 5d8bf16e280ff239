#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/values/coordinates.hpp"
#include "actors/values/time.hpp"

namespace date {
class time_zone;
}  // namespace date

namespace caravan {

/// The zone of that name in this machine's database, the only one that anything here goes by; nullptr where that is
/// older than the zone.
const date::time_zone* find_zone(std::string_view name);

/// The zone of the IANA database that clocks go by at that place; at sea a nautical one, "Etc/GMT+5".
std::string_view time_zone_at(Coordinates place);

/// That moment as clocks there show it, "2027-02-01T21:00:00-05:00"; to the second. Nothing where this machine does not
/// know the zone.
std::optional<std::string> local_text(Time at, std::string_view name);

/// When that day begins there; in UTC where this machine does not know the zone. `day`: its midnight in UTC.
Time local_midnight(Time day, std::string_view name);

}  // namespace caravan
