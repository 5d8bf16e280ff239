#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// The register of services: names, scopes, keys.
std::vector<Route> service_identity_routes(Services& services);

}  // namespace caravan::http
