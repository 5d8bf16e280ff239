#pragma once

#include <string_view>
#include <vector>

#include "http/providers/places/address_text.hpp"
#include "http/providers/places/place_search.hpp"

namespace caravan {

/// One way to tell an address's country and region from the rest of it.
struct AddressReading {
  PlaceBounds bounds;
  std::vector<AddressPart> rest;
};

/// The ways to read an address, those that tell more of it first. Where its last part is a country and nothing else, no
/// way leaves that out.
std::vector<AddressReading> read_bounds(const Regions& regions, const std::vector<AddressPart>& parts,
                                        std::string_view country);

}  // namespace caravan
