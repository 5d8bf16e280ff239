#pragma once

#include "actors/matching/facts.hpp"

namespace caravan {

/// Which trips to look for: those that come near the pickup and later near the dropoff, in time.
struct TripWindow {
  Coordinates pickup;
  Coordinates dropoff;
  double radius_meters = 50'000;  // of the two circles, around stops; around a road it is beside_road_meters more
  Time from;                      // the trip departs then or later
  Time until;                     // and before then
  std::size_t limit = 500;        // trips at most; the index gives those that depart first
};

/// Finds trips by place and time. Implemented over the read models; in memory for tests. Thread-safe.
class TripIndex {
 public:
  virtual ~TripIndex() = default;
  /// Upcoming trips in the window. Some may not fit: the score decides that. Trips by road are found by any point of
  /// their way, those that keep to their stops by a stop.
  virtual std::vector<TripFacts> find(const TripWindow& window) const = 0;
};

/// A point by which an index finds a trip.
struct Waypoint {
  Coordinates at;
  std::int32_t order = 0;  // counts along the way: a pickup must come before its dropoff
};
/// A trip's stops and, for travel by road, points between them at most `spacing_meters` apart; fewer where there would
/// be more than `most`.
std::vector<Waypoint> waypoints(const TripFacts& trip, double spacing_meters = 40'000, std::size_t most = 512);

}  // namespace caravan
