#pragma once

#include "http/route.hpp"

namespace caravan::http {

/// /admin/traces
std::vector<Route> trace_routes(Services& services);

}  // namespace caravan::http
