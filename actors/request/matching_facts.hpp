#pragma once

#include "actors/matching/facts.hpp"
#include "actors/request/resources.hpp"

/// What matching knows of a request. It knows areas alone: from exact detours either side could work out where the
/// other one lives.
namespace caravan {

/// In US dollars: of an item, above which its traveler must be verified, and of a price, above which both sides must.
inline constexpr std::int64_t unverified_value_limit = 1'000;
/// The same in another currency, by its price level; nothing in one without a level, as nobody knows its worth.
Price unverified_limit(Currency currency);
/// True where the item is worth so much that only a traveler with a verified identity may offer.
bool needs_verified_traveler(const Item& item, Currency currency);

RequestFacts matching_facts(RequestId id, const RequestTerms& terms);
RequestFacts matching_facts(RequestId id, UserId customer, const RequestDetails& details, Time created);

}  // namespace caravan
