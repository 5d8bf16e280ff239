#pragma once

#include "actors/tracker/resources.hpp"
#include "actors/tracker/state.hpp"

namespace caravan {

/// A batch of points as a device tells them, sorted out.
struct Sifted {
  std::vector<Fix> fresh;   // new, and can be true: in order of their time
  std::vector<Fix> told;    // with those that nobody can have reached
  std::optional<Fix> jump;  // TrackerState::jump after them
  PositionsTaken taken;     // counts and outcomes
};

/// Repeats are known by their time. Of several points of one instant the most exact counts. What a device does not know
/// (-1, a place 0/0 that may be anywhere) is left out. A point is kept out where nobody comes there from the one before
/// it, nor from there to the one after it, at fastest_fix; but the newest is believed once the next one stands by it:
/// then it was the one before them that was wrong, or lost for long.
Sifted sift(const TrackerState& state, const std::vector<Fix>& points, Time now);

}  // namespace caravan
