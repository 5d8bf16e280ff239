#include "actors/request/closing.hpp"

namespace caravan {

std::string offer_timer(OfferId id) { return "offer:" + id.text(); }

Notify about_request(std::string_view template_id, const RequestState& state, const Context& context,
                     const Offer* offer) {
  Notify notice{.template_id = std::string(template_id),
                .variables = {{"requestTitle", state.details.title}, {"requestId", context.self.id.text()}},
                .subject = context.self.id};
  if (offer) {
    notice.variables["offerId"] = offer->offer_id.text();
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
