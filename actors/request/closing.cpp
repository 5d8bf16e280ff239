#include "actors/request/closing.hpp"

#include "actors/delivery/commands.hpp"
#include "actors/messages/talk.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/request/matching_facts.hpp"

namespace caravan {

std::optional<Decision> valuable_for_unverified(const RequestState& state, bool traveler_verified) {
  if (traveler_verified || !needs_verified_traveler(state.details.item, state.details.max_price.currency))
    return std::nullopt;
  return reject(RequestRejection::verification_required, "An item of that value needs a verified traveler.");
}

std::optional<Decision> dear_for_unverified(const RequestState& state, Price price, bool both_verified) {
  const Currency currency = state.details.max_price.currency;
  const Price limit = unverified_limit(currency);
  if (both_verified || price.units <= limit.units) return std::nullopt;
  return reject(RequestRejection::verification_required,
                "A price above " + money_text(*to_money(limit, currency)) +
                    " needs a customer and a traveler whose identities are verified.",
                "price");
}

std::optional<Decision> often_for_unverified(const std::optional<VerificationLevel>& lacks, std::string_view side) {
  if (!lacks) return std::nullopt;
  const auto ways = std::to_array<std::string_view>(
      {"", "POST /auth/verify-email", "POST /auth/phone/send-code", "POST /users/me/verification"});
  const auto level = static_cast<std::size_t>(*lacks);
  return reject(RequestRejection::verification_required,
                "The " + std::string(side) + " has completed so many deliveries that the next one needs the level " +
                    std::string(enum_labels(VerificationLevel{})[level]) + "; it is proven by " +
                    std::string(ways[level]) + ".");
}

std::optional<Time> accepted_until(const std::optional<Time>& planned_pickup) {
  if (!planned_pickup) return std::nullopt;
  return *planned_pickup - std::chrono::seconds{policy.waiting.pickup_lead_seconds};
}

std::optional<Decision> comes_by_soon(const std::optional<Time>& planned_pickup, Time now, RequestRejection code,
                                      std::string field) {
  const std::optional<Time> until = accepted_until(planned_pickup);
  if (!until || now < *until) return std::nullopt;
  return reject(code,
                "The trip comes by the pickup about " + to_rfc3339(*planned_pickup) +
                    "; an offer is made and accepted until " + std::to_string(policy.waiting.pickup_lead_seconds / 60) +
                    " minutes before that.",
                std::move(field));
}

std::string offer_timer(OfferId id) { return "offer:" + id.text(); }

Notify about_request(std::string_view template_id, const RequestState& state, const Context& context,
                     const Offer* offer) {
  Notify notice{.template_id = std::string(template_id),
                .variables = {{"requestTitle", state.details.title}, {"requestId", context.self.id.text()}},
                .subject = context.self.id};
  if (offer) {
    notice.variables["offerId"] = offer->offer_id.text();
    notice.variables["travelerId"] = offer->traveler_id.text();
    notice.variables["amount"] = money_text(offer->price);
    if (offer->deal) {
      notice.variables["platformFee"] = money_text(offer->deal->fee_of(offer->price));
      notice.variables["travelerAmount"] = money_text(offer->deal->take_home(offer->price));
    }
    if (const auto message = shown_message(*offer)) notice.variables["message"] = *message;
    if (offer->message && !talk_flags(*offer->message).empty()) notice.variables["flagged"] = "yes";
  }
  return notice;
}

Notify to_traveler_about(std::string_view template_id, const RequestState& state, const Context& context,
                         const Offer* offer) {
  Notify notice = about_request(template_id, state, context, offer);
  notice.variables["requestTitle"] = masked_contacts(state.details.title);
  return notice;
}

void reject_offer(Decision& decision, const RequestState& state, const Context& context, const Offer& offer,
                  std::string reason) {
  decision.emit(OfferRejected{offer.offer_id, offer.traveler_id, std::move(reason), context.now})
      .clear_timer(offer_timer(offer.offer_id))
      .send(inbox_of(offer.traveler_id), to_traveler_about("offer_rejected", state, context, &offer));
}

void expire_offer(Decision& decision, const RequestState& state, const Context& context, const Offer& offer,
                  std::string reason, std::string_view told) {
  decision.emit(OfferExpired{offer.offer_id, offer.traveler_id, std::move(reason), context.now})
      .clear_timer(offer_timer(offer.offer_id))
      .send(inbox_of(offer.traveler_id), to_traveler_about(told, state, context, &offer));
}

void expire_invitation(Decision& decision, const RequestState& state, const Context& context,
                       const Invitation& invitation) {
  Notify notice = to_traveler_about("request_changed", state, context);
  notice.variables["invited"] = "yes";
  SentInvitation end{invitation.invitation_id, RequestId{context.self.id}, state.customer_id,
                     invitation.traveler_id,   std::move(notice),          true};
  // By the way that the invitation went, or its end could overtake it.
  decision.emit(InvitationExpired{invitation.invitation_id, context.now})
      .send(user_address(state.customer_id), CountInvitation{std::move(end)});
}

void tell_stops(Notify& notice, const RequestDetails& details) {
  notice.variables["pickup"] = details.pickup.address;
  notice.variables["delivery"] = details.dropoff.address;
  notice.variables["pickupContact"] = details.pickup.contact_name + ", " + details.pickup.contact_phone;
  notice.variables["deliveryContact"] = details.dropoff.contact_name + ", " + details.dropoff.contact_phone;
}

void forget_matches(Decision& decision, const RequestState& state, const Context& context) {
  for (const UserId traveler : state.told)
    decision.send(inbox_of(traveler), ForgetMatches{RequestId{context.self.id}, {}, {}});
}

namespace {

/// Nobody is sought any more who takes the parcel on: whoever has it brings it back, and is paid for that, whoever
/// ended the search.
void call_back(Decision& decision, const RequestState& state) {
  if (state.is_held())
    decision.send({EntityKind::delivery, state.relay->holder()->delivery_id.value},
                  CancelDelivery{std::string(nobody_carries_on)});
}

}  // namespace

void cancel_request(Decision& decision, const RequestState& state, const Context& context, std::string reason) {
  Notify notice = about_request("request_cancelled", state, context);
  if (!context.caller.is_platform()) notice.variables["reason"] = reason;  // the platform's are codes, not for people
  decision.emit(RequestCancelled{state.customer_id, std::move(reason), context.now})
      .clear_timer(std::string(expiry_timer))
      .send(inbox_of(state.customer_id), std::move(notice));
  for (const Offer& offer : state.offers)
    if (offer.is_open()) reject_offer(decision, state, context, offer, "request_cancelled");
  forget_matches(decision, state, context);
  call_back(decision, state);
}

void expire_request(Decision& decision, const RequestState& state, const Context& context) {
  decision.emit(RequestExpired{state.customer_id, context.now})
      .send(inbox_of(state.customer_id), about_request("request_expired", state, context));
  for (const Offer& offer : state.offers)
    if (offer.is_open()) expire_offer(decision, state, context, offer, "request_expired");
  forget_matches(decision, state, context);
  call_back(decision, state);
}

}  // namespace caravan
