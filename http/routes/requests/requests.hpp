#pragma once

#include <vector>

#include "http/route.hpp"

namespace caravan::http {

/// One delivery request, its matches and price.
std::vector<Route> request_routes(Services& services);
/// Own requests and offers, and searches for open requests.
std::vector<Route> request_list_routes(Services& services);
/// Offers on them, up to their acceptance.
std::vector<Route> offer_routes(Services& services);

/// Is the caller shown what the two sides of an offer write to each other, as none of them or on behalf of one?
bool is_look_at_offer(const Caller& by, const AnyRecord& offer);

}  // namespace caravan::http
