#include "actors/pricing/rules.hpp"
#include "actors/request/acceptance.hpp"
#include "actors/request/closing.hpp"
#include "actors/request/relay.hpp"

namespace caravan {

namespace {

/// A call that was let in before the customer shut a thief out may end so much later.
constexpr std::chrono::seconds call_time{10};

/// The offer that waits for this saga's end; nullptr where none does (a repeat, or an earlier attempt's).
const Offer* awaited(const RequestState& state, const Context& context, OfferId id) {
  const Offer* offer = state.find(id);
  if (!offer || offer->status != OfferStatus::accepting || !offer->attempt) return nullptr;
  return context.caller.entity.id == offer->attempt->value ? offer : nullptr;
}

}  // namespace

std::optional<Decision> refuse_acceptance(const RequestState& state, const Context& context, const Offer& offer,
                                          const AcceptOffer& command) {
  if (context.caller.service && offer.service == context.caller.service)
    return reject(RequestRejection::own_proposal, "The service that named the price accepts it for nobody.");
  // Of a deal in the last minutes the traveler hears when they are on their way, or in the plane.
  if (offer.is_open() || offer.close_reason == out_of_time)
    if (auto refusal = comes_by_soon(offer.planned_pickup, context.now)) return refusal;
  if (state.status != RequestStatus::open || context.now >= state.expires_at || !offer.is_open() ||
      context.now >= offer.expires_at)
    return reject(RequestRejection::offer_not_open);
  if (command.amount && *command.amount != offer.price.amount)
    return reject(RequestRejection::offer_changed, "The offer's price is now " + money_text(offer.price) + ".",
                  "amount");
  const bool by_customer = context.caller.is_user(state.customer_id);
  if (!by_customer && command.customer_secured_at && offer.updated_at < *command.customer_secured_at + call_time)
    return reject(RequestRejection::offer_not_open, "The customer has secured their account since: the price is void.");
  if (command.blocked) return reject(RequestRejection::blocked);
  // What was asked when the offer was made is asked again: either may have lost it since.
  if (command.other_inactive) return reject(RequestRejection::offer_not_open, std::string(inactive_other));
  if (auto refusal = valuable_for_unverified(state, command.is_verified)) return refusal;
  const bool both_verified = command.is_verified && command.customer_verified;
  if (auto refusal = dear_for_unverified(state, to_price(offer.price), both_verified)) return refusal;
  if (auto refusal = often_for_unverified(command.traveler_lacks, "traveler")) return refusal;
  if (auto refusal = often_for_unverified(command.customer_lacks, "customer")) return refusal;
  const auto& cover = state.details.cover;
  const Money to_pay = cover ? offer.price + cover->cost() : offer.price;
  if (by_customer && spends_much(to_pay) && context.caller.is_stale_session())
    return reject(RequestRejection::step_up_required, std::string(show_once_more));
  if (command.payment_token.empty()) return reject(RequestRejection::missing_payment_method);
  return std::nullopt;
}

BeginAcceptance acceptance_of(const RequestState& state, const Context& context, const Offer& offer,
                              const AcceptOffer& command) {
  const RequestDetails& details = state.details;
  BeginAcceptance begin;
  begin.request_id = RequestId{context.self.id};
  begin.offer_id = offer.offer_id;
  begin.trip_id = offer.trip_id;
  begin.customer = state.customer_id;
  begin.traveler = offer.traveler_id;
  begin.price = offer.price;
  begin.pickup = details.pickup;
  begin.dropoff = details.dropoff;
  begin.item = details.item;
  begin.title = details.title;
  begin.customer_name = command.customer_name;
  begin.traveler_name = command.traveler_name;
  begin.deliver_by = deadline_of(details, state.created_at);
  begin.payment_token = command.payment_token;
  begin.payment_method_id = command.payment_method_id ? command.payment_method_id->text() : std::string();
  begin.provider = command.provider;
  begin.deal = offer.deal.value_or(command.deal);  // what the offer showed
  begin.pickup_from = details.pickup_from;
  begin.trip_plan = offer.trip_plan;
  begin.by_traveler = context.caller.is_user(offer.traveler_id);
  begin.service = context.caller.service;
  begin.planned_pickup = offer.planned_pickup;
  begin.planned_arrival = offer.planned_arrival;
  begin.cover = details.cover;
  return begin;
}

Decision decide(const RequestState& state, const Context& context, const AcceptOffer& command) {
  const Offer* offer = state.find(command.offer_id);
  if (!offer) return reject(RequestRejection::not_found);
  const bool by_customer = context.caller.is_user(state.customer_id);
  const bool by_traveler = context.caller.is_user(offer->traveler_id);
  // The customer's price is accepted by the traveler, the traveler's by the customer.
  if (!by_customer && !(by_traveler && offer->proposed_by == OfferSide::customer))
    return reject(is_side(state, *offer, context.caller) ? RequestRejection::not_owner : RequestRejection::not_found);
  if (by_customer && offer->proposed_by == OfferSide::customer)
    return reject(RequestRejection::invalid_state, "The traveler has yet to answer your price.");
  if (offer->status == OfferStatus::accepting || offer->status == OfferStatus::accepted) return {};
  if (offer->is_leg() || state.is_held())
    return reject(RequestRejection::invalid_state,
                  by_customer ? "It is for a part of the way: take it by POST /delivery-requests/:requestId/relay."
                              : "It is for a part of the way: name the price as your own by POST "
                                "/offers/:offerId/counter, and the customer takes it with the others.");
  if (auto refusal = refuse_acceptance(state, context, *offer, command)) return *std::move(refusal);

  const auto delivery_id = context.new_id<DeliveryId>();
  return Decision{}
      .emit(OfferAcceptanceStarted{offer->offer_id, delivery_id,
                                   by_customer ? OfferSide::customer : OfferSide::traveler, context.now})
      .clear_timer(offer_timer(offer->offer_id))
      .send({EntityKind::delivery, delivery_id.value}, acceptance_of(state, context, *offer, command));
}

Decision decide(const RequestState& state, const Context& context, const AcceptanceCompleted& command) {
  if (!context.caller.is_platform()) return reject(RequestRejection::not_allowed);
  const Offer* offer = awaited(state, context, command.offer_id);
  if (!offer) return {};
  OfferAccepted event;
  event.offer_id = offer->offer_id;
  event.trip_id = offer->trip_id;
  event.traveler_id = offer->traveler_id;
  event.customer_id = state.customer_id;
  event.price = offer->price;
  event.capacity_used = state.details.item.load();
  event.acceptance = {command.delivery_id, command.delivery_number, command.intent_id,
                      command.escrow_id,   command.qr_codes,        command.geofences};
  event.at = context.now;
  Decision decision;
  if (leg_of(state, command.offer_id, context.caller))
    decision.emit(RelayLegMoved{.offer_id = command.offer_id, .state = LegState::accepted, .at = context.now});
  decision.emit(std::move(event)).clear_timer(std::string(expiry_timer));  // the delivery tells the traveler
  for (const Offer& other : state.offers)
    if (other.is_open()) reject_offer(decision, state, context, other, std::string(lost_to_another));
  forget_matches(decision, state, context);
  if (state.deferred_cancel)
    decision.send({EntityKind::delivery, command.delivery_id.value}, CancelDelivery{*state.deferred_cancel});
  return decision;
}

Decision decide(const RequestState& state, const Context& context, const ReopenRequest& command) {
  if (!context.caller.is_platform()) return reject(RequestRejection::not_allowed);
  const Offer* over = state.find(command.offer_id);
  if (!over || over->status != OfferStatus::accepted || context.caller.entity.id != over->attempt->value) return {};
  const RequestReopened event{state.customer_id, over->offer_id, *over->attempt, context.now};
  RequestState after = state;
  evolve(after, event);
  Decision decision;
  decision.emit(event);
  if (state.deferred_cancel) {
    cancel_request(decision, after, context, *state.deferred_cancel);
    return decision;
  }
  if (context.now >= state.expires_at) {
    expire_request(decision, after, context);
    return decision;
  }
  const auto told = [&](std::string_view template_id, const Offer* offer) {
    Notify notice =
        offer ? to_traveler_about(template_id, state, context, offer) : about_request(template_id, state, context);
    notice.variables["until"] = to_rfc3339(state.expires_at);
    return notice;
  };
  decision.set_timer(std::string(expiry_timer), state.expires_at)
      .send(inbox_of(state.customer_id), told("request_reopened", nullptr));
  // An offer that lost is nobody's word any more: its trip may be full by now, or somebody else may have made it in its
  // traveler's place. Whoever made it is asked anew, once: those before lost to another one.
  for (const Offer& lost : state.offers)
    if (lost.close_reason == lost_to_another && lost.updated_at == over->updated_at)
      decision.send(inbox_of(lost.traveler_id), told("offer_wanted_again", &lost));
  return decision;
}

void tell_failed(Decision& decision, const RequestState& state, const Context& context, const Offer& offer,
                 const std::string& code, const std::string& detail) {
  // To the customer alone: a traveler who accepted learns it from the answer to that call.
  Notify notice = about_request("acceptance_failed", state, context, &offer);
  notice.variables["reason"] = detail.empty() ? code : detail;
  decision.send(inbox_of(state.customer_id), std::move(notice));
}

void offer_again(Decision& decision, RequestState& after, const Context& context, const OfferAcceptanceFailed& failed) {
  decision.emit(failed);
  evolve(after, failed);
  const Offer& offer = *after.find(failed.offer_id);
  // Either would fail again and again: the customer has not seen what it has become, or there is no trip any more.
  if (failed.code == "offer_changed" || failed.code == "trip_not_open") {
    const std::string why(failed.code == "offer_changed" ? trip_changed : trip_over);
    const OfferExpired expired{offer.offer_id, offer.traveler_id, why, context.now};
    expire_offer(decision, after, context, offer, why);
    evolve(after, expired);
  } else {
    decision.set_timer(offer_timer(offer.offer_id), offer.expires_at);
  }
}

Decision decide(const RequestState& state, const Context& context, const AcceptanceFailed& command) {
  if (!context.caller.is_platform()) return reject(RequestRejection::not_allowed);
  if (leg_of(state, command.offer_id, context.caller)) return fail_leg(state, context, command);
  const Offer* offer = awaited(state, context, command.offer_id);
  if (!offer) return {};
  const std::string code = command.code.empty() ? "conflict" : command.code;
  Decision decision;
  tell_failed(decision, state, context, *offer, code, command.detail);
  RequestState after = state;
  offer_again(decision, after, context, OfferAcceptanceFailed{offer->offer_id, code, command.detail, context.now});
  if (state.deferred_cancel)
    cancel_request(decision, after, context, *state.deferred_cancel);
  else if (context.now >= state.expires_at)
    expire_request(decision, after, context);
  return decision;
}

}  // namespace caravan
