#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Registration, sign-in, tokens, passwords.
std::vector<Route> auth_routes(Services& services);
/// A signed-in person's own security: sessions, second factor, telephone, keys.
std::vector<Route> security_routes(Services& services);

}  // namespace caravan::http
