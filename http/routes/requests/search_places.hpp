#pragma once

#include "actors/values/coordinates.hpp"
#include "http/call.hpp"
#include "storage/read_models/page.hpp"

/// What searches of trips and requests share.
namespace caravan::http {

inline constexpr double default_search_km = 50;
inline constexpr double max_search_km = 1'000;

/// A point of a search, given as coordinates or as an address; nothing where neither is given. 422 address_not_found
/// where there is no such place, 400 for half a point.
std::optional<Coordinates> search_point(Call& call, std::string_view field, const std::optional<std::string>& address,
                                        std::optional<double> lat, std::optional<double> lng);

/// 503 where this server has none.
const ReadModels& read_models_of(Call& call);
Viewer viewer(Call& call);

}  // namespace caravan::http
