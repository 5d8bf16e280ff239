#pragma once

#include "actors/values/coordinates.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

/// A way that parcels go.
struct DemandWindow {
  Coordinates pickup;
  Coordinates dropoff;
  double radius_meters = 50'000;  // of the two circles
  Time from;                      // trips that depart then or later
  Time until;                     // and before then
  RequestId but;                  // one request does not raise its own price; nil: none
};

/// How many requests want a parcel carried that way, and how many trips go there: one a person and day (of the posting,
/// of the departure), so that nobody moves the price by posting many. Both are counted up to demand_most, and of so
/// many rows at most, so that the question costs the same however busy the place is.
struct DemandCount {
  std::int64_t requests = 0;
  std::int64_t trips = 0;
};
inline constexpr std::int64_t demand_most = 200;
inline constexpr std::int64_t demand_looked_at = 5'000;

DemandCount count_demand(const ReadModels& models, const DemandWindow& window);

}  // namespace caravan
