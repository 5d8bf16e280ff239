#pragma once

#include "actors/matching/facts.hpp"
#include "actors/request/resources.hpp"

/// What matching knows of a request. It knows areas alone: from exact detours either side could work out where the
/// other one lives.
namespace caravan {

inline constexpr std::int64_t unverified_value_limit = 1'000;  // US dollars' worth: above, travelers must be verified
/// True where the item is worth so much that only a traveler with a verified identity may offer.
bool needs_verified_traveler(const Item& item, Currency currency);

RequestFacts matching_facts(RequestId id, const RequestTerms& terms);
RequestFacts matching_facts(RequestId id, UserId customer, const RequestDetails& details, Time created);

}  // namespace caravan
