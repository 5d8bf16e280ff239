#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// One trip: publish, edit, carry out, and what is known about it.
std::vector<Route> trip_routes(Services& services);
/// Many: own ones, searches, and requests that fit one.
std::vector<Route> trip_list_routes(Services& services);

}  // namespace caravan::http
