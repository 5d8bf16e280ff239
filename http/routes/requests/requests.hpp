#pragma once

#include <vector>

#include "actors/request/commands.hpp"
#include "http/call.hpp"
#include "http/route.hpp"

namespace caravan::http {

/// One delivery request, its matches and price.
std::vector<Route> request_routes(Services& services);
/// Own requests and offers, and searches for open requests.
std::vector<Route> request_list_routes(Services& services);
/// Offers on them, up to their acceptance.
std::vector<Route> offer_routes(Services& services);

/// Offers that make up one way, taken together.
std::vector<Route> relay_routes(Services& services);

/// The means of payment: the customer's own choice or, where the traveler accepts, the customer's default one.
void add_payment(Call& call, AcceptOffer& command, UserId payer);
/// Whose means of payment failed for an earlier delivery has nothing more carried before that one is paid. `payer`:
/// whom the offer would charge. A traveler who takes a price that was named before hears no reason: who owes what is
/// none of their business.
void refuse_debtor(Call& call, UserId payer);

/// Is the caller shown what the two sides of an offer write to each other, as none of them or on behalf of one?
bool is_look_at_offer(const Caller& by, const AnyRecord& offer);

}  // namespace caravan::http
