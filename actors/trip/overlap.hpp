#pragma once

#include "actors/matching/facts.hpp"

namespace caravan {

/// Two trips of one traveler overlap where they share more than this. An honest plan may change trains.
inline constexpr std::chrono::hours least_overlap{1};

/// Their times share more than least_overlap.
bool overlap(const TripFacts& one, const TripFacts& other);

/// Nobody is on both: some place of the one is further from some place of the other than anybody comes in the time
/// between.
bool exclude_each_other(const TripFacts& one, const TripFacts& other);

}  // namespace caravan
