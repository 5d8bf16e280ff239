#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Profiles, preferences, addresses, verification, reviews, blocks.
std::vector<Route> user_routes(Services& services);

}  // namespace caravan::http
