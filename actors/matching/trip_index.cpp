#include "actors/matching/trip_index.hpp"

#include <algorithm>

namespace caravan {

std::vector<Waypoint> waypoints(const TripFacts& trip, double spacing_meters, std::size_t most) {
  double length = 0;
  for (std::size_t i = 1; i < trip.points.size(); ++i)
    length += distance_meters(trip.points[i - 1].at, trip.points[i].at);
  const std::size_t room = most > trip.points.size() ? most - trip.points.size() : 0;
  const double spacing = std::max(spacing_meters, room > 0 ? length / static_cast<double>(room) : length);
  std::vector<Waypoint> found;
  const auto add = [&](Coordinates at) { found.push_back({at, static_cast<std::int32_t>(found.size())}); };
  for (std::size_t i = 0; i < trip.points.size() && found.size() < most; ++i) {
    if (i > 0 && !keeps_to_stops(trip.mode)) {
      const Coordinates a = trip.points[i - 1].at, b = trip.points[i].at;
      const int steps = static_cast<int>(distance_meters(a, b) / spacing);
      for (int step = 1; step <= steps && found.size() + 1 < most; ++step)
        add(point_on_leg(a, b, static_cast<double>(step) / (steps + 1)));
    }
    add(trip.points[i].at);
  }
  return found;
}

}  // namespace caravan
