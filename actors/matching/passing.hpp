#pragma once

#include <vector>

#include "actors/matching/facts.hpp"

namespace caravan {

/// How a trip comes by two places, however far off, by its plan.
struct Passing {
  static constexpr std::string_view record_name = "Passing";
  std::int64_t beside_meters = 0;  // from the way to whichever of the two lies farther off
  std::int64_t back_meters = 0;    // by which the trip would have to turn round: it comes by in the other direction
  Time picked_up, delivered;
  static constexpr auto fields() {
    return std::array{field<&Passing::beside_meters>(1, "besideMeters"), field<&Passing::back_meters>(2, "backMeters"),
                      field<&Passing::picked_up>(3, "pickedUp"), field<&Passing::delivered>(4, "delivered")};
  }
};

/// A parcel that lies farther than this from a trip's way is not on it, whatever its traveler says.
inline constexpr std::int64_t farthest_beside_meters = 300'000;
/// So far a trip may turn round for a parcel: about a town's width.
inline constexpr std::int64_t farthest_back_meters = 20'000;

/// Metres a second at which ways beside the trip's are driven.
inline constexpr double detour_speed = 12;
Duration driven(double meters);

/// Where the trip is at this share of the leg between two of its points, by its plan.
Time at_share(const TripPoint& from, const TripPoint& to, double share);
/// For travel that keeps to its stops: when a parcel is fetched that lies so far from the stop where it gets on. The
/// traveler brings it there before the check-in.
Time fetched_for(const TripPoint& stop, TransportMode mode, double meters);
/// When it is brought to a place so far from the stop where it gets off. The traveler leaves the stop some time after
/// the arrival.
Time brought_from(const TripPoint& stop, TransportMode mode, double meters);

/// Where a trip of these points (two or more) comes nearest to both places, pickup first. Travel that keeps to its
/// stops passes nothing else.
Passing passing(const std::vector<TripPoint>& points, TransportMode mode, Coordinates pickup, Coordinates dropoff);

}  // namespace caravan
