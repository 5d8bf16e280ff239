#pragma once

#include "actors/values/coordinates.hpp"
#include "storage/read_models/read_models.hpp"

namespace caravan {

/// A way that parcels go.
struct DemandWindow {
  Coordinates pickup;
  Coordinates dropoff;
  double radius_meters = 50'000;  // of the two circles
  Time from;                      // now: trips that depart then or later
  Time until;                     // and before then
  RequestId but;                  // one request does not raise its own price; nil: none
};

/// How many people want a parcel carried that way, and how many go there, in hundredths of a person, so that nobody
/// moves the price by posting many. Who posted their last request a week ago wants half as much. Both are counted up to
/// demand_most people, and of so many rows at most, so that the question costs the same however busy the place is.
/// Of new accounts, whose word costs nothing, all together count for one person, or a quarter of the others.
struct DemandCount {
  std::int64_t wanting = 0;
  std::int64_t going = 0;
  bool only_flown = false;  // some people go there, new accounts counted as above, and all of them fly
};
inline constexpr std::chrono::days demand_half_life{7};
inline constexpr std::int64_t demand_most = 200;
inline constexpr std::int64_t demand_looked_at = 5'000;

DemandCount count_demand(const ReadModels& models, const DemandWindow& window);

}  // namespace caravan
