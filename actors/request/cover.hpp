#pragma once

#include <array>
#include <optional>
#include <string>

#include "actors/cover/terms.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/values/parcel.hpp"

/// Which parcels a cover is offered for.
namespace caravan {

/// Categories of items that are covered; whatever else a parcel is called is not, nor what travels only as declared.
inline constexpr auto covered_goods =
    std::to_array<std::string_view>({"books", "clothing", "cosmetics", "electronics", "furniture", "sports", "toys"});

/// A cover of the whole declared value, or why there is none for it.
struct CoverOffer {
  std::optional<CoverTerms> terms;
  std::string why_not;  // for people; empty where there are terms
};
CoverOffer cover_for(const Policy& policy, const std::string& title, const Item& item, Currency currency);

}  // namespace caravan
