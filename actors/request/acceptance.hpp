#pragma once

#include "actors/delivery/commands.hpp"
#include "actors/request/entity.hpp"

/// What the acceptance of one offer and that of the legs of a relay share.
namespace caravan {

/// Why the offer cannot be accepted now; nothing where it can.
std::optional<Decision> refuse_acceptance(const RequestState& state, const Context& context, const Offer& offer,
                                          const AcceptOffer& command);
/// What the delivery that accepts the offer is told. Of the whole way: a leg has other places and times.
BeginAcceptance acceptance_of(const RequestState& state, const Context& context, const Offer& offer,
                              const AcceptOffer& command);
/// Tells the customer that it failed.
void tell_failed(Decision& decision, const RequestState& state, const Context& context, const Offer& offer,
                 const std::string& code, const std::string& detail);
/// The offer is open again, unless its trip has another plan than it was made for, or is over. `after` evolves.
void offer_again(Decision& decision, RequestState& after, const Context& context, const OfferAcceptanceFailed& failed);

}  // namespace caravan
