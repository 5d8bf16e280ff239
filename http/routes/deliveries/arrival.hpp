#pragma once

#include "actors/values/time.hpp"
#include "http/providers/places/routes.hpp"

namespace caravan::http {

/// A parcel that is on its way, and where its traveler was seen last.
struct ParcelOnTheWay {
  TransportMode mode = TransportMode::car;
  Time departs, arrives;  // the trip, by its plan
  Time planned;           // the parcel, at the door
  bool goes_back = false;
  Time seen_at;
  Coordinates seen, door;
};

/// When it comes by the position; nothing where its plan holds.
struct ArrivalByPosition {
  Time at;
  RouteEstimate way;
};

/// Until the trip departs its plan holds. What keeps to a timetable keeps to its plan until the position contradicts
/// it: the door is near, the vehicle should have arrived, or it is too far off to be in time. The last leg is driven.
/// Who moves has boarded: only the way counts.
std::optional<ArrivalByPosition> arrival_by_position(const RoutePlanner& routes, const ParcelOnTheWay& parcel,
                                                     Time now);

}  // namespace caravan::http
