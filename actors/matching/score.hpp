#pragma once

#include <array>

#include "actors/matching/facts.hpp"

/// How well a trip serves a request: pure, so that the same facts always score alike.
namespace caravan {

/// What a score is made of, each in [0, 1], 1 being best. The model learns one weight for each.
enum class MatchFeature : std::uint8_t { detour, time, capacity, price, rating };
inline constexpr std::size_t match_features = 5;
using MatchFeatures = std::array<double, match_features>;

/// A trip that can serve the request, and how.
struct Fit {
  MatchFeatures features{};
  double detour_meters = 0;  // that the traveler goes out of the way
  std::int32_t pickup_leg = 0;
  std::int32_t dropoff_leg = 0;
  Time delivered;
};

/// Limits beyond which a trip does not serve a request at all.
struct FitLimits {
  double max_detour_meters = 100'000;
  double max_detour_share = 0.5;  // of the direct way, for detours beyond free_detour_meters
  double free_detour_meters = 20'000;
};

/// Nothing where the trip cannot serve the request: its own customer's, too little room on a leg in between, too late,
/// too dear, too far out of the way, or the wrong direction.
std::optional<Fit> fit(const RequestFacts& request, const TripFacts& trip, const FitLimits& limits = {});

/// Why it fits, for a person, best first: "detour of 3.2 km", …
std::vector<std::string> reasons(const RequestFacts& request, const TripFacts& trip, const Fit& fit);

/// The score by fixed weights, in [0, 1].
double score_by_rules(const MatchFeatures& features);

}  // namespace caravan
