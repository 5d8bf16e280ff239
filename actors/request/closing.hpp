#pragma once

#include "actors/inbox/commands.hpp"
#include "actors/request/entity.hpp"

/// What the decisions about a request and those about its offers share.
namespace caravan {

inline constexpr std::string_view expiry_timer = "request";
inline constexpr std::string_view terms_changed = "terms_changed";  // why an offer expired: the customer's edit
inline constexpr std::string_view trip_changed = "trip_changed";    // the traveler's
inline constexpr std::chrono::hours offer_life{48};                 // unless the request ends before
inline constexpr std::chrono::days request_life{30};                // of one that does not say by when to deliver

/// In US dollars: of an item, above which its traveler must be verified, and of a price, above which both sides must.
inline constexpr std::int64_t unverified_value_limit = 1'000;

std::string offer_timer(OfferId id);

/// Tells a person about the request, by a template; `offer` where it is about one.
Notify about_request(std::string_view template_id, const RequestState& state, const Context& context,
                     const Offer* offer = nullptr);

/// Both end an open offer: they emit the event, clear its timer and tell its traveler.
void reject_offer(Decision& decision, const RequestState& state, const Context& context, const Offer& offer,
                  std::string reason);
void expire_offer(Decision& decision, const RequestState& state, const Context& context, const Offer& offer,
                  std::string reason);

/// Ends the request and rejects its open offers.
void cancel_request(Decision& decision, const RequestState& state, const Context& context, std::string reason);
/// Ends the request and expires its open offers.
void expire_request(Decision& decision, const RequestState& state, const Context& context);

/// Does the caller see the offer: either side of it, an administrator, a service, the platform.
bool is_side(const RequestState& state, const Offer& offer, const Caller& caller);

/// What is shown of a request and of an offer. `is_exact`: with the places as they are and the contacts, as those see
/// it who post or carry the parcel.
RequestResource shown(const RequestState& state, RequestId id, bool is_exact);
OfferResource shown(const RequestState& state, RequestId id, const Offer& offer);

}  // namespace caravan
