#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// The files of a year that tax offices ask for.
std::vector<Route> tax_routes(Services& services);

}  // namespace caravan::http
