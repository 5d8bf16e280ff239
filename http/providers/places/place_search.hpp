#pragma once

#include <string_view>
#include <vector>

#include "http/providers/places/address_text.hpp"
#include "http/providers/places/gazetteer_index.hpp"
#include "http/providers/places/regions.hpp"

namespace caravan {

/// A place that an address may mean, and how sure that is: from 0 to 1.
struct PlaceHit {
  std::uint32_t place = 0;
  double trust = 0;
};

/// Finds the towns that an address may mean, likeliest first. `country` (alpha-2, or empty) bounds the search.
///
/// An address is read from its ends: country, region, then the town, with a street on either side of it. Each way to
/// read it says how much of the address it explains; words that it cannot explain cost trust, and so do namesakes. What
/// names a country is never taken for a town elsewhere.
std::vector<PlaceHit> search_places(const Regions& regions, const GazetteerIndex& index, const AddressText& text,
                                    std::string_view country);

/// The country or region that a text names and nothing else; nothing where there is none.
std::vector<PlaceBounds> bare_bounds(const Regions& regions, const AddressText& text);

}  // namespace caravan
