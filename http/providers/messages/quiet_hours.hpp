#pragma once

#include <optional>
#include <string_view>

#include "actors/values/time.hpp"

namespace caravan {

/// When the quiet hours end that `at` lies in, for somebody in that time zone (IANA name; an unknown one is UTC).
/// `from` and `to` are minutes after local midnight; equal: there are none. Nothing outside quiet hours. Where clocks
/// change, the end is the first moment at which the local clock shows `to` or later.
std::optional<Time> quiet_until(Time at, std::string_view time_zone, int from, int to);

}  // namespace caravan
