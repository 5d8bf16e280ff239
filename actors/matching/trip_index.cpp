#include "actors/matching/trip_index.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <numbers>

namespace caravan {

namespace {

constexpr double radians = std::numbers::pi / 180;

std::array<double, 3> on_sphere(Coordinates c) {
  const double ring = std::cos(c.lat * radians);
  return {ring * std::cos(c.lng * radians), ring * std::sin(c.lng * radians), std::sin(c.lat * radians)};
}

/// The point at `share` of the chord from a to b, seen from the earth's centre; near enough to find trips by.
Coordinates between_points(Coordinates a, Coordinates b, double share) {
  const auto from = on_sphere(a), to = on_sphere(b);
  std::array<double, 3> at{};
  for (std::size_t i = 0; i < 3; ++i) at[i] = from[i] + (to[i] - from[i]) * share;
  return {std::atan2(at[2], std::hypot(at[0], at[1])) / radians, std::atan2(at[1], at[0]) / radians};
}

}  // namespace

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
        add(between_points(a, b, static_cast<double>(step) / (steps + 1)));
    }
    add(trip.points[i].at);
  }
  return found;
}

}  // namespace caravan
