#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// How the model that ranks matches stands beside the rules.
std::vector<Route> matching_routes(Services& services);

}  // namespace caravan::http
