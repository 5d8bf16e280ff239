#pragma once

#include <string>
#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// The caller's inbox and devices; sending, for services.
std::vector<Route> notification_routes(Services& services);

/// Ends mails of optional kinds by the token of one. Throws Problem where no inbox has it.
Response unsubscribe(Call& call, const std::string& token);

}  // namespace caravan::http
