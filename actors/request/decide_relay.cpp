#include <algorithm>

#include "actors/pricing/rules.hpp"
#include "actors/request/acceptance.hpp"
#include "actors/request/closing.hpp"
#include "actors/request/relay.hpp"

// A relay: the request asks a delivery for each leg, and says go once all of them are ready. A leg that falls out
// before it has begun takes with it those that lie ahead: each is told to undo itself, and once all have answered the
// request is open again, for the whole way or from where the parcel is.
namespace caravan {

namespace {

constexpr std::string_view relay_undone = "relay_undone";  // the failure of a leg whose own acceptance did not fail
constexpr std::string_view parcel_returned = "parcel_returned";  // why nobody is sought any more

Address delivery_of(const RelayLeg& leg) { return {EntityKind::delivery, leg.delivery_id.value}; }

/// What each delivery is told: the places and times of its leg, from whom its traveler has the parcel, and whether that
/// traveler hands it on.
void place_legs(const RequestState& state, const std::vector<const Offer*>& offers,
                std::vector<BeginAcceptance>& begins, const std::vector<RelayLeg>& legs) {
  const Offer* held = held_offer(state);
  for (std::size_t i = 0; i < offers.size(); ++i) {
    BeginAcceptance& begin = begins[i];
    LegTerms leg;
    if (i > 0) {
      leg.from = legs[i - 1].delivery_id;
      leg.giver = offers[i - 1]->traveler_id;
      begin.pickup = begins[i - 1].dropoff;
      begin.pickup_from = offers[i - 1]->planned_arrival;
    } else if (held) {
      leg.from = state.relay->holder()->delivery_id;
      leg.giver = held->traveler_id;
    }
    if (offers[i]->to) {
      leg.hands_on = true;
      begin.dropoff = meeting_place(state, *offers[i]->to);
      begin.deliver_by.reset();
      begin.planned_arrival = offers[i + 1]->planned_pickup;  // they meet when the next traveler comes
    }
    begin.leg = leg;
  }
}

const AcceptOffer* facts_of(const AcceptRelay& command, OfferId id) {
  const auto found = std::ranges::find(command.facts, id, &AcceptOffer::offer_id);
  return found == command.facts.end() ? nullptr : &*found;
}

/// The offers that are named, each as it may be accepted now; or why they may not.
std::optional<Decision> find_offers(const RequestState& state, const Context& context, const AcceptRelay& command,
                                    std::vector<const Offer*>& out) {
  for (std::size_t i = 0; i < command.offer_ids.size(); ++i) {
    const std::string field = "offerIds[" + std::to_string(i) + "]";
    const Offer* offer = state.find(command.offer_ids[i]);
    if (!offer) return reject(RequestRejection::not_found, "There is no such offer on this request.", field);
    if (offer->proposed_by == OfferSide::customer)
      return reject(RequestRejection::invalid_state, "The traveler has yet to answer your price.", field);
    const AcceptOffer* facts = facts_of(command, offer->offer_id);
    if (auto refusal = refuse_acceptance(state, context, *offer, facts ? *facts : AcceptOffer{})) {
      if (refusal->rejection && refusal->rejection->field.empty()) refusal->rejection->field = field;
      return refusal;
    }
    out.push_back(offer);
  }
  return std::nullopt;
}

/// Every leg is ready: each delivery comes to be, and knows to whom its traveler hands the parcel.
void say_go(Decision& decision, const RequestState& state) {
  const Relay& relay = *state.relay;
  for (std::size_t i = 0; i < relay.legs.size(); ++i) {
    const RelayLeg& leg = relay.legs[i];
    const bool is_holder = relay.holder() == &leg;
    if (leg.state != LegState::ready && !is_holder) continue;
    LinkLeg link;
    if (i + 1 < relay.legs.size()) {
      const RelayLeg& next = relay.legs[i + 1];
      const Offer* offer = state.find(next.offer_id);
      link.next = next.delivery_id;
      link.next_name = next.traveler_name;
      if (offer) link.meets_at = offer->planned_pickup;
    }
    link.begins = !is_holder;
    decision.send(delivery_of(leg), link);
  }
}

/// The acceptance ends as if it had never begun.
void give_offers_back(Decision& decision, RequestState& after, const Context& context) {
  const std::vector<RelayLeg> legs = after.relay->legs;
  for (const RelayLeg& leg : legs) {
    const Offer* offer = leg.state == LegState::undone ? after.find(leg.offer_id) : nullptr;
    if (!offer) continue;
    const bool is_cause = !leg.failure_code.empty() && leg.failure_code != relay_undone;
    if (is_cause) tell_failed(decision, after, context, *offer, leg.failure_code, leg.failure_detail);
    offer_again(decision, after, context,
                OfferAcceptanceFailed{leg.offer_id, is_cause ? leg.failure_code : std::string(relay_undone),
                                      is_cause ? leg.failure_detail : "Another leg of the relay failed.", context.now});
  }
  const RelayUndone undone{context.now};
  decision.emit(undone);
  evolve(after, undone);
}

/// What may be paid for the rest of the way, of what the customer would pay for the whole.
Money rest_of_price(const RequestState& state) {
  Money rest = state.details.max_price;
  for (const RelayLeg& leg : state.relay->legs) {
    const Offer* offer = state.find(leg.offer_id);
    if (offer && leg.has_begun() && !leg.is_counted) rest = rest - offer->price;
  }
  rest.amount = std::max<std::int64_t>(rest.amount, 1);
  return rest;
}

/// Travelers are sought again, from where the parcel is.
void reopen(Decision& decision, RequestState& after, const Context& context) {
  const RelayLeg* holder = after.relay->holder();
  const Offer* held = held_offer(after);
  RelayReopened event;
  event.customer_id = after.customer_id;
  event.max_price = holder ? rest_of_price(after) : after.details.max_price;
  event.at = context.now;
  if (holder && held && held->to) {
    event.held_by = holder->offer_id;
    event.pickup = meeting_place(after, *held->to);
    event.pickup_from = held->planned_arrival;
    Notify notice = about_request("relay_broken", after, context, held);
    notice.priority = NotifyPriority::high;  // they may be at the meeting
    decision.send(inbox_of(held->traveler_id), std::move(notice));
    decision.send(delivery_of(*holder), LinkLeg{});
    event.expires_at = sought_until(after, after.expires_at);
  }
  decision.emit(event);
  if (holder)  // they were asked to fetch it elsewhere, for the price of the whole way
    for (const Invitation& each : after.invitations)
      if (each.is_open(context.now)) expire_invitation(decision, after, context, each);
  evolve(after, event);
  Notify notice = about_request("request_reopened", after, context);
  notice.variables["until"] = to_rfc3339(after.expires_at);
  decision.set_timer(std::string(expiry_timer), after.expires_at).send(inbox_of(after.customer_id), std::move(notice));
}

/// No leg lies ahead any more, after one fell out.
void finish_breaking(Decision& decision, RequestState& after, const Context& context) {
  const bool is_held = after.is_held();
  const bool has_begun = std::ranges::any_of(after.relay->legs, &RelayLeg::has_begun);
  if (after.status == RequestStatus::accepting)
    give_offers_back(decision, after, context);
  else if (after.status == RequestStatus::accepted && (after.relay->is_cut() || (!has_begun && after.relay->reopens)))
    reopen(decision, after, context);
  if (after.status != RequestStatus::open) return;
  if (after.deferred_cancel)
    cancel_request(decision, after, context, *after.deferred_cancel);
  else if (has_begun && !is_held)
    cancel_request(decision, after, context, std::string(parcel_returned));
  else if (context.now >= after.expires_at)
    expire_request(decision, after, context);
}

/// Books how a leg stands, and what follows from that for the others. `by_customer`: who left it.
Decision move_leg(const RequestState& state, const Context& context, RelayLegMoved event, bool by_customer = false) {
  event.at = context.now;
  Decision decision;
  RequestState after = state;
  decision.emit(event);
  evolve(after, event);
  const Relay& relay = *after.relay;
  if (relay.breaking()) {
    if (!state.relay->breaking())
      for (const RelayLeg& leg : relay.legs)
        if (leg.lies_ahead()) decision.send(delivery_of(leg), UndoLeg{by_customer});
    if (std::ranges::none_of(relay.legs, &RelayLeg::lies_ahead)) finish_breaking(decision, after, context);
  } else if (event.state == LegState::ready &&
             std::ranges::none_of(relay.legs, [](const RelayLeg& leg) { return leg.state == LegState::starting; })) {
    say_go(decision, after);
  }
  return decision;
}

}  // namespace

Decision fail_leg(const RequestState& state, const Context& context, const AcceptanceFailed& command) {
  if (!leg_of(state, command.offer_id, context.caller)->lies_ahead()) return {};
  return move_leg(state, context,
                  {.offer_id = command.offer_id,
                   .state = LegState::undone,
                   .reopens = true,
                   .failure_code = command.code.empty() ? "conflict" : command.code,
                   .failure_detail = command.detail});
}

Decision decide(const RequestState& state, const Context& context, const AcceptRelay& command) {
  if (!context.caller.is_user(state.customer_id)) return reject(RequestRejection::not_owner);
  const auto is_taken = [&](OfferId id) {
    const RelayLeg* leg = state.relay ? state.relay->find(id) : nullptr;
    return leg && leg->state != LegState::undone;
  };
  if (state.status != RequestStatus::open && std::ranges::all_of(command.offer_ids, is_taken)) return {};  // a repeat
  if (state.details.cover)
    return reject(RequestRejection::cover_not_available,
                  "A relay has no cover: take it off the request before (PATCH with cover false).", "offerIds");
  std::vector<const Offer*> offers;
  if (auto refusal = find_offers(state, context, command, offers)) return *std::move(refusal);
  if (auto refusal = broken_chain(state, offers)) return *std::move(refusal);
  Money sum{0, state.details.max_price.currency};
  for (const Offer* offer : offers) sum = sum + offer->price;
  const bool are_verified = std::ranges::all_of(
      command.facts, [](const AcceptOffer& each) { return each.is_verified && each.customer_verified; });
  if (auto refusal = dear_for_unverified(state, to_price(sum), are_verified)) return *std::move(refusal);
  if (spends_much(sum) && context.caller.is_stale_session())
    return reject(RequestRejection::step_up_required, std::string(show_once_more));

  Decision decision;
  RelayStarted started{state.customer_id, {}, context.now};
  std::vector<BeginAcceptance> begins;
  for (const Offer* offer : offers) {
    const AcceptOffer& facts = *facts_of(command, offer->offer_id);
    started.legs.push_back({.offer_id = offer->offer_id,
                            .delivery_id = context.new_id<DeliveryId>(),
                            .traveler_name = facts.traveler_name});
    begins.push_back(acceptance_of(state, context, *offer, facts));
    decision.clear_timer(offer_timer(offer->offer_id));
  }
  place_legs(state, offers, begins, started.legs);
  for (std::size_t i = 0; i < begins.size(); ++i) decision.send(delivery_of(started.legs[i]), std::move(begins[i]));
  return decision.emit(std::move(started));
}

Decision decide(const RequestState& state, const Context& context, const LegReady& command) {
  if (!context.caller.is_platform()) return reject(RequestRejection::not_allowed);
  const RelayLeg* leg = leg_of(state, command.offer_id, context.caller);
  if (!leg || leg->state != LegState::starting) return {};
  return move_leg(state, context, {.offer_id = command.offer_id, .state = LegState::ready});
}

Decision decide(const RequestState& state, const Context& context, const LegMoved& command) {
  if (!context.caller.is_platform()) return reject(RequestRejection::not_allowed);
  const RelayLeg* leg = leg_of(state, command.offer_id, context.caller);
  if (!leg || leg->state == LegState::undone) return {};
  // A parcel that was taken does not come to be undone: it was on its way back.
  const LegState to = command.state == LegState::undone && leg->has_begun() ? LegState::returning : command.state;
  if (to == leg->state) return {};
  return move_leg(state, context, {.offer_id = command.offer_id, .state = to, .reopens = command.reopens},
                  command.by_customer);
}

}  // namespace caravan
