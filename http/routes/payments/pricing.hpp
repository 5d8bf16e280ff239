#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// What a delivery would cost, and the rules behind it.
std::vector<Route> pricing_routes(Services& services);

}  // namespace caravan::http
