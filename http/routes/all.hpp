#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Every row of every domain. A new domain adds its function in all.cpp.
std::vector<Route> all_routes(Services& services);

}  // namespace caravan::http
