#include "actors/request/closing.hpp"

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
    if (offer->message) notice.variables["message"] = *offer->message;
  }
  return notice;
}

void reject_offer(Decision& decision, const RequestState& state, const Context& context, const Offer& offer,
                  std::string reason) {
  decision.emit(OfferRejected{offer.offer_id, offer.traveler_id, std::move(reason), context.now})
      .clear_timer(offer_timer(offer.offer_id))
      .send(inbox_of(offer.traveler_id), about_request("offer_rejected", state, context, &offer));
}

void expire_offer(Decision& decision, const RequestState& state, const Context& context, const Offer& offer,
                  std::string reason) {
  decision.emit(OfferExpired{offer.offer_id, offer.traveler_id, std::move(reason), context.now})
      .clear_timer(offer_timer(offer.offer_id))
      .send(inbox_of(offer.traveler_id), about_request("offer_expired", state, context, &offer));
}

void cancel_request(Decision& decision, const RequestState& state, const Context& context, std::string reason) {
  Notify notice = about_request("request_cancelled", state, context);
  if (!context.caller.is_platform()) notice.variables["reason"] = reason;  // the platform's are codes, not for people
  decision.emit(RequestCancelled{state.customer_id, std::move(reason), context.now})
      .clear_timer(std::string(expiry_timer))
      .send(inbox_of(state.customer_id), std::move(notice));
  for (const Offer& offer : state.offers)
    if (offer.is_open()) reject_offer(decision, state, context, offer, "request_cancelled");
}

void expire_request(Decision& decision, const RequestState& state, const Context& context) {
  decision.emit(RequestExpired{state.customer_id, context.now})
      .send(inbox_of(state.customer_id), about_request("request_expired", state, context));
  for (const Offer& offer : state.offers)
    if (offer.is_open()) expire_offer(decision, state, context, offer, "request_expired");
}

}  // namespace caravan
