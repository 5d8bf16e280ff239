#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// What administrators look at: searches over everybody's trips and deliveries, security alerts, the activity log.
std::vector<Route> admin_routes(Services& services);

}  // namespace caravan::http
