#pragma once

#include "actors/tracker/state.hpp"

namespace caravan {

/// Takes fixes (in order of time, none of them in the window) into window and fences. What happened goes to `seen`,
/// by fence, as the window now tells it: from the window's start where a fix came late, from its former end otherwise.
void take_fixes(TrackerState& state, const std::vector<Fix>& fixes, std::vector<std::vector<GeofenceEvent>>& seen);

/// What others must be told after these fixes. A late fix adds what was not known; it never takes back what was told,
/// never tells the same visit twice, and afterwards what was told agrees with where the window ends.
std::vector<GeofenceEvent> new_hits(const TrackerState& state, const std::vector<Fix>& fixes);

}  // namespace caravan
