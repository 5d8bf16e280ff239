#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Health, metrics, the contract and its page, the public token keys; in a sandbox its clock and captured messages.
std::vector<Route> system_routes(Services& services);

}  // namespace caravan::http
