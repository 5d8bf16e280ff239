#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Places, routes and weather; what tracking needs has a domain of its own.
std::vector<Route> location_routes(Services& services);

}  // namespace caravan::http
