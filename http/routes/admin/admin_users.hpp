#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// What administrators do with people.
std::vector<Route> admin_user_routes(Services& services);

}  // namespace caravan::http
