#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Places, routes and weather. The rows of tracking.cpp are declared in deliveries/deliveries.hpp.
std::vector<Route> location_routes(Services& services);

}  // namespace caravan::http
