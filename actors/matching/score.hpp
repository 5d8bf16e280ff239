#pragma once

#include <algorithm>
#include <array>
#include <variant>

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
  Time picked_up, delivered;  // about when
  double room_taken = 0;      // of what is free, by whichever measure is scarcest
};

/// Of a list of so many trips one traveler's fill at most a tenth, and two at least: the best ones. The rule itself
/// knows no such bound; whoever looks closer finds the others.
constexpr std::size_t most_of_one(std::size_t listed) { return std::max<std::size_t>(2, listed / 10); }

/// From when on the request's parcel is fetched.
Time start_of(const RequestFacts& request, Time now);

/// How far from a trip's way, or from its stop, a pickup and a dropoff may lie: a fifth of the way between the two,
/// within 15 and 80 km. An index of trips or of requests looks that far, so that both directions find the same pairs.
double search_radius_meters(Coordinates pickup, Coordinates dropoff);
inline constexpr double farthest_search_meters = 80'000;
/// Whoever drives looks so much farther to either side of the way.
inline constexpr double beside_road_meters = 20'000;
/// A trip may have departed so long before it passes the pickup.
inline constexpr std::chrono::hours on_the_road_before{48};

/// Limits beyond which a trip does not serve a request at all.
struct FitLimits {
  double max_detour_meters = 100'000;
  double max_detour_share = 0.5;  // of the direct way, for detours beyond free_detour_meters
  double free_detour_meters = 20'000;
};

/// The one rule, from whichever side it is asked: how the trip serves the request, or the first reason why it does not,
/// in the order of what cannot be changed first: its own customer's; too far out of the way or the wrong direction; a
/// plane, and goods that do not fly; too little room on a leg in between; too early, too late, too dear; not verified.
/// `now`: nothing is picked up before.
std::variant<Fit, Misfit> judge(const RequestFacts& request, const TripFacts& trip, Time now,
                                const FitLimits& limits = {});
/// The same for those who need no reason.
std::optional<Fit> fit(const RequestFacts& request, const TripFacts& trip, Time now, const FitLimits& limits = {});

/// Why it fits, for a person, best first: "detour of 3.2 km", …
std::vector<std::string> reasons(const RequestFacts& request, const TripFacts& trip, const Fit& fit);
/// What keeps the trip and the request apart, as a sentence.
std::string misfit_text(const RequestFacts& request, const TripFacts& trip, Misfit why);

/// The score by fixed weights, in [0, 1]: the more urgent, the more time counts.
double score_by_rules(const MatchFeatures& features, Urgency urgency);

}  // namespace caravan
