#pragma once

#include <vector>

#include "http/call.hpp"
#include "http/providers/places/geocoder.hpp"

namespace caravan::http {

/// Places with the names that they have in the caller's language.
FoundPlace told(Call& call, const Geocoder& geocoder, const FoundPlace& place);
std::vector<FoundPlace> told(Call& call, const Geocoder& geocoder, const std::vector<FoundPlace>& places);

}  // namespace caravan::http
