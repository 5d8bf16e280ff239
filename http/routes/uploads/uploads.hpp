#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Files of people: pictures and papers.
std::vector<Route> upload_routes(Services& services);

}  // namespace caravan::http
