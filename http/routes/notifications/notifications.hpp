#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// The caller's inbox and devices; sending, for services.
std::vector<Route> notification_routes(Services& services);

}  // namespace caravan::http
