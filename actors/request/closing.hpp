#pragma once

#include "actors/inbox/commands.hpp"
#include "actors/request/entity.hpp"

/// What the decisions about a request and those about its offers share.
namespace caravan {

inline constexpr std::string_view expiry_timer = "request";
inline constexpr std::string_view trip_changed = "trip_changed";  // the traveler's
inline constexpr std::string_view trip_over = "trip_over";        // nobody can book it any more
inline constexpr std::string_view displaced = "displaced";        // a newcomer's, from a full list
inline constexpr std::string_view secured = "secured";            // its traveler's credentials are new
inline constexpr std::string_view out_of_time = "time";           // it stood as long as it may
inline constexpr std::chrono::hours offer_life{48};  // unless the request ends, or the trip comes by, before

inline constexpr std::string_view inactive_other = "The other side's account is not active.";

std::string offer_timer(OfferId id);

/// It takes offers.
bool is_open(const RequestState& state, Time now);
/// The price as money of the request's currency; a refusal where it is none or above the customer's limit.
std::optional<Decision> read_price(const RequestState& state, Price price, Money& out);
/// When the parcel is taken, by the trip's plan: to the minute, as it is shown.
std::optional<Time> planned_pickup(const SubmitOffer& command);
/// What of a traveler, a trip or an item forbids an offer, whoever asks for it.
std::optional<Decision> forbids(const RequestState& state, const SubmitOffer& command, Time now);

/// The refusal of an item that only a verified traveler may carry.
std::optional<Decision> valuable_for_unverified(const RequestState& state, bool traveler_verified);
/// The refusal of a price above the limit, which would move as much money between strangers as an item of that value.
std::optional<Decision> dear_for_unverified(const RequestState& state, Price price, bool both_verified);
/// The refusal of one more deal of a side that has had so many that it has to prove who it is. `side`: "traveler".
std::optional<Decision> often_for_unverified(const std::optional<VerificationLevel>& lacks, std::string_view side);

/// Until when an offer for that pickup is made and accepted: later its traveler could not hear of the deal in time.
/// Nothing where the trip's times are not known.
std::optional<Time> accepted_until(const std::optional<Time>& planned_pickup);
/// The refusal of what comes later than that.
std::optional<Decision> comes_by_soon(const std::optional<Time>& planned_pickup, Time now,
                                      RequestRejection code = RequestRejection::offer_not_open, std::string field = {});

/// Tells a person about the request, by a template; `offer` where it is about one.
Notify about_request(std::string_view template_id, const RequestState& state, const Context& context,
                     const Offer* offer = nullptr);
/// The same for a traveler, who has no deal yet: how to reach the customer elsewhere is masked.
Notify to_traveler_about(std::string_view template_id, const RequestState& state, const Context& context,
                         const Offer* offer = nullptr);

/// Both end an open offer: they emit the event, clear its timer and tell its traveler, by the template `told`.
void reject_offer(Decision& decision, const RequestState& state, const Context& context, const Offer& offer,
                  std::string reason);
void expire_offer(Decision& decision, const RequestState& state, const Context& context, const Offer& offer,
                  std::string reason, std::string_view told = "offer_expired");
/// Ends an open invitation, since the request has other terms, and tells its traveler.
void expire_invitation(Decision& decision, const RequestState& state, const Context& context,
                       const Invitation& invitation);
/// Where the parcel is fetched and brought, and whom to call there, for a notice.
void tell_stops(Notify& notice, const RequestDetails& details);

/// Nobody can offer any more: whoever heard of the request when it was posted is not reminded of it.
void forget_matches(Decision& decision, const RequestState& state, const Context& context);

/// Ends the request and rejects its open offers.
void cancel_request(Decision& decision, const RequestState& state, const Context& context, std::string reason);
/// Ends the request and expires its open offers.
void expire_request(Decision& decision, const RequestState& state, const Context& context);

/// Does the caller see the offer: either side of it, an administrator, a service, the platform.
bool is_side(const RequestState& state, const Offer& offer, const Caller& caller);

/// What is shown of a request. `is_exact`: with the places as they are and the contacts, as those see it who post or
/// carry the parcel. `knows_outcome`: with the offer that was accepted, and its delivery.
RequestResource shown(const RequestState& state, RequestId id, bool is_exact, bool knows_outcome);
OfferResource shown(const RequestState& state, RequestId id, const Offer& offer);
/// What the two sides read of what one of them wrote with an offer: how to reach each other only once they have a deal.
std::string shown_text(const Offer& offer, const std::string& text);
/// Its message, as a shown_text.
std::optional<std::string> shown_message(const Offer& offer);
InvitationResource shown(const RequestState& state, RequestId id, const Invitation& invitation, Time now);

}  // namespace caravan
