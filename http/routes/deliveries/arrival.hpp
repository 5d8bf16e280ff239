#pragma once

#include "actors/delivery/resources.hpp"
#include "http/providers/places/routes.hpp"

namespace caravan::http {

class Call;

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

/// When a parcel that is on its way, or will be, is expected: by the traveler's position where that tells more than the
/// plan does. `delivery` shows the doors. Throws Problem where its trip cannot be asked now.
Time expected_time(Call& call, const DeliveryResource& delivery);

}  // namespace caravan::http
