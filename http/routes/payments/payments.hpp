#pragma once

#include <vector>

#include "actors/pricing/rules.hpp"
#include "http/route.hpp"

namespace caravan::http {

/// Intents, escrows, refunds and receipts.
std::vector<Route> payment_routes(Services& services);
/// Payment methods, payout accounts, balances and payouts: the caller's wallet.
std::vector<Route> wallet_routes(Services& services);
/// Disputes, and what finance sees of the money.
std::vector<Route> dispute_pack_routes(Services&);
std::vector<Route> dispute_routes(Services& services);
std::vector<Route> finance_routes(Services& services);

/// The user's credentials are new, and all keys have ended. What was proposed in their name, to share out the money of
/// a delivery, as a customer's price for an offer or as a traveler's offer, means nothing any more, and the codes of
/// their own parcels are made anew; the tracking links that they made show nothing any more. `position`: where the feed
/// has the new credentials; what was proposed before them is seen by then.
void secure_deals_of(Call& call, UserId whose, std::uint64_t position);

/// The user has another password, or signed everybody out: the tracking links that they made show nothing any more, of
/// deliveries that are over neither. `position`: as above.
void end_links_of(Call& call, UserId whose, std::uint64_t position);

/// Who is asked for a step-up before money is spent, as the contract says it.
inline constexpr std::string_view who_spends_much =
    "a session's customer whose card it would charge with more than 250 US dollars' worth";
static_assert(most_without_step_up == 250);

/// The edge as a service: sees what services see, though the caller who makes it ask may not. What not even services
/// see, such as password hashes, needs edge_caller() of access/accounts.hpp.
inline Caller on_own_behalf() { return {.kind = Caller::Kind::service}; }

}  // namespace caravan::http
