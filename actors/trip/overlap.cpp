#include "actors/trip/overlap.hpp"

#include <algorithm>

namespace caravan {

bool overlap(const TripFacts& one, const TripFacts& other) {
  const Time from = std::max(one.points.front().due, other.points.front().due);
  return std::min(one.points.back().due, other.points.back().due) - from > least_overlap;
}

bool exclude_each_other(const TripFacts& one, const TripFacts& other) {
  constexpr double same_town = 30'000;  // metres; a stop may be anywhere in its area, and a minute early
  const double speed = overlap(one, other) ? std::max(fastest_speed(one.mode), fastest_speed(other.mode))
                                           : fastest_speed(TransportMode::plane);
  return std::ranges::any_of(one.points, [&](const TripPoint& a) {
    return std::ranges::any_of(other.points, [&](const TripPoint& b) {
      const double seconds = static_cast<double>(std::chrono::abs(a.due - b.due).count()) / 1'000;
      return distance_meters(a.at, b.at) > same_town + speed * seconds;
    });
  });
}

}  // namespace caravan
