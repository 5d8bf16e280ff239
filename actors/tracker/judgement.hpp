#pragma once

#include "actors/tracker/events.hpp"

namespace caravan {

/// Takes fixes (in order of time, none of them in the window) into window and fences. `seen` gets the events of each
/// fence: those of the whole window where a fix came late, because that may change them all, else those after the
/// former end of the window.
void take_fixes(TrackerState& state, const std::vector<Fix>& fixes, std::vector<std::vector<GeofenceEvent>>& seen,
                FenceRules rules);

/// What others must be told after these fixes. What was told cannot be taken back, so a late fix only adds events and
/// never repeats a visit. Afterwards what was told agrees with where the traveler is at the end of the window.
std::vector<GeofenceEvent> new_hits(const TrackerState& state, const std::vector<Fix>& fixes);

/// How the presence at a fence goes on with these fixes (in order of their time), which arrive now; nothing where there
/// is nothing to tell. Only fixes that were taken lately show the traveler there: what a phone says of the past is no
/// presence. A fix that is surely outside ends it, however inexact it is.
/// `implausible_until` is what implausible_after says of them; a longer gap than that ends it.
std::optional<PresenceNoted> presence_after(const WatchedFence& watched, const std::vector<Fix>& fixes, Time now,
                                            std::optional<Time> implausible_until, Duration largest_gap);

/// Since when the traveler has been within this geometry too, of the time in which they are present at the fence that
/// it is to replace; nothing where the newest point that can tell lies outside. A point that is too inexact to tell is
/// passed over, as in presence_after.
std::optional<Time> present_within(const TrackerState& state, const WatchedFence& watched, const Geometry& geometry);

/// TrackerState::implausible_until after these fixes (in order of their time): each is compared with the one before it,
/// as far as both tell exactly enough where the traveler is.
std::optional<Time> implausible_after(const TrackerState& state, const std::vector<Fix>& fixes);

/// From when a stay since then is plausible: a doubt counts only where it is later than the stay's beginning.
std::optional<Time> doubt_of(std::optional<Time> implausible_until, Time since);

}  // namespace caravan
