#pragma once

#include "http/route.hpp"

namespace caravan::http {

std::vector<Route> arrival_routes(Services& services);
std::vector<Route> delivery_routes(Services& services);
std::vector<Route> qr_code_routes(Services& services);
std::vector<Route> tracking_routes(Services& services);

}  // namespace caravan::http
