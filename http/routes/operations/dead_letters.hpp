#pragma once

#include "http/route.hpp"

namespace caravan::http {

/// /admin/dead-letters
std::vector<Route> dead_letter_routes(Services& services);

}  // namespace caravan::http
