#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// Registration, sign-in, tokens.
std::vector<Route> auth_routes(Services& services);
/// Passwords that are forgotten or changed.
std::vector<Route> password_routes(Services& services);
/// Whose an e-mail address or a telephone number is.
std::vector<Route> proof_routes(Services& services);
/// A signed-in person's own security: sessions, second factor, keys.
std::vector<Route> security_routes(Services& services);

}  // namespace caravan::http
