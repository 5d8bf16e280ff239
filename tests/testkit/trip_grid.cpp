#include "tests/testkit/trip_grid.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caravan::testkit {

namespace {

constexpr double cell_degrees = 0.5;
constexpr double meters_per_degree = 111'195;

int cell_of(double degrees) { return static_cast<int>(std::floor(degrees / cell_degrees)); }

}  // namespace

void TripGrid::add(TripFacts trip) {
  for (const Waypoint& waypoint : waypoints(trip))
    cells_[{cell_of(waypoint.at.lat), cell_of(waypoint.at.lng)}].push_back({trips_.size(), waypoint});
  trips_.push_back(std::move(trip));
}

std::map<std::size_t, std::pair<std::int32_t, std::int32_t>> TripGrid::near(Coordinates point,
                                                                            double radius_meters) const {
  std::map<std::size_t, std::pair<std::int32_t, std::int32_t>> found;
  const double high = radius_meters / meters_per_degree;
  const double wide = high / std::max(0.05, std::cos((std::abs(point.lat) + high) * std::numbers::pi / 180));
  for (int lat = cell_of(point.lat - high); lat <= cell_of(point.lat + high); ++lat)
    for (int lng = cell_of(point.lng - wide); lng <= cell_of(point.lng + wide); ++lng) {
      const auto cell = cells_.find({lat, lng});
      if (cell == cells_.end()) continue;
      for (const Entry& entry : cell->second) {
        if (distance_meters(point, entry.waypoint.at) > radius_meters) continue;
        const auto [at, fresh] = found.try_emplace(entry.trip, entry.waypoint.order, entry.waypoint.order);
        if (!fresh)
          at->second = {std::min(at->second.first, entry.waypoint.order),
                        std::max(at->second.second, entry.waypoint.order)};
      }
    }
  return found;
}

std::vector<TripFacts> TripGrid::find(const TripWindow& window) const {
  const auto pickups = near(window.pickup, window.radius_meters);
  const auto dropoffs = near(window.dropoff, window.radius_meters);
  std::vector<std::size_t> found;
  for (const auto& [trip, orders] : pickups) {
    const auto dropoff = dropoffs.find(trip);
    const Time departure = trips_[trip].points.front().due;
    if (dropoff != dropoffs.end() && orders.first < dropoff->second.second && departure >= window.from &&
        departure < window.until)
      found.push_back(trip);
  }
  std::stable_sort(found.begin(), found.end(), [&](std::size_t a, std::size_t b) {
    return trips_[a].points.front().due < trips_[b].points.front().due;
  });
  if (found.size() > window.limit) found.resize(window.limit);
  std::vector<TripFacts> trips;
  for (const std::size_t trip : found) trips.push_back(trips_[trip]);
  return trips;
}

}  // namespace caravan::testkit
