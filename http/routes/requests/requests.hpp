#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// One delivery request, its matches and price.
std::vector<Route> request_routes(Services& services);
/// Own requests and offers, and searches for open requests.
std::vector<Route> request_list_routes(Services& services);
/// Offers on them, up to their acceptance.
std::vector<Route> offer_routes(Services& services);

}  // namespace caravan::http
