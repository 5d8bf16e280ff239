#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Health, metrics, the contract and its page, the public token keys; in a sandbox its clock and captured messages.
std::vector<Route> system_routes(Services& services);
/// Of all rows those that the operators' listener serves: health and metrics for whoever reaches it, and what
/// administrators with `ops` may do.
std::vector<Route> operators_routes(const std::vector<Route>& all);

}  // namespace caravan::http
