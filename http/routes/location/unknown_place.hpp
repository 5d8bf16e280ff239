#pragma once

#include <string>
#include <string_view>

#include "http/call.hpp"
#include "http/problem/problem.hpp"
#include "http/providers/places/geocoder.hpp"

namespace caravan::http {

/// address_not_found for an address that no geocoder understands: its errors name the field and the places that may be
/// meant, in the caller's language and likeliest first, so that a person can choose.
Problem unknown_place(Call& call, const Geocoder& geocoder, std::string_view address, const std::string& field);

/// The places that an address may mean, named in English, the first of them understood; else throws unknown_place.
std::vector<FoundPlace> understood(Call& call, const Geocoder& geocoder, std::string_view address,
                                   std::string_view country, std::size_t limit, const std::string& field);

}  // namespace caravan::http
