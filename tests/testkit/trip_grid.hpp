#pragma once

#include <map>
#include <utility>

#include "actors/matching/trip_index.hpp"

namespace caravan::testkit {

/// A TripIndex in memory: waypoints in cells of half a degree. Not thread-safe.
class TripGrid : public TripIndex {
 public:
  void add(TripFacts trip);
  std::size_t size() const { return trips_.size(); }
  std::vector<TripFacts> find(const TripWindow& window) const override;

 private:
  struct Entry {
    std::size_t trip;
    Waypoint waypoint;
  };
  using Cell = std::pair<int, int>;
  /// For each trip within the radius, the least and the greatest order of its waypoints there.
  std::map<std::size_t, std::pair<std::int32_t, std::int32_t>> near(Coordinates point, double radius_meters) const;

  std::vector<TripFacts> trips_;
  std::map<Cell, std::vector<Entry>> cells_;
};

}  // namespace caravan::testkit
