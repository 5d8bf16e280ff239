#pragma once

#include "actors/matching/facts.hpp"

namespace caravan {

/// Two trips of one traveler overlap where they share more than this. An honest plan may change trains.
inline constexpr std::chrono::hours least_overlap{1};

/// Their times share more than least_overlap.
bool overlap(const TripFacts& one, const TripFacts& other);

/// So long before or after a trip others of its traveler may exclude it: nobody needs longer, by plane, between any two
/// places of the world.
inline constexpr std::chrono::hours longest_flight{19};

/// Nobody is on both: some place of the one is further from some place of the other than anybody comes in the time
/// between. Trips that overlap are made by their own means; between two that hardly touch, or do not, there may be a
/// flight.
bool exclude_each_other(const TripFacts& one, const TripFacts& other);

}  // namespace caravan
