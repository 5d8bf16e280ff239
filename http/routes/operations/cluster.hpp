#pragma once

#include "http/route.hpp"

namespace caravan::http {

/// /admin/cluster
std::vector<Route> cluster_routes(Services& services);

}  // namespace caravan::http
