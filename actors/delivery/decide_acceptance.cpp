#include <algorithm>

#include "actors/account/standing.hpp"
#include "actors/claim/address.hpp"
#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/delivery/reminders.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/payments/ledger.hpp"
#include "actors/request/commands.hpp"
#include "actors/tracker/commands.hpp"
#include "actors/trip/commands.hpp"

// The acceptance saga. Every step is asked for by an effect, which is durable with the event that says so, and its
// answer comes back as a command: after a crash the saga stands where it stood. An answer that is not waited for (the
// saga has gone on, or was undone) changes nothing.
namespace caravan {

using namespace delivery;

namespace {

/// The step that is under way; nothing where the saga has ended.
std::optional<SagaStepName> current_step(const DeliveryState& state) {
  if (state.saga != SagaState::running || state.steps.empty()) return std::nullopt;
  for (const SagaStep& step : state.steps)
    if (step.state == SagaStepState::pending) return step.name;
  return std::nullopt;
}

bool waits_for(const DeliveryState& state, SagaStepName step) { return current_step(state) == step; }

void mark(Decision& decision, const Context& context, SagaStepName step, SagaStepState step_state,
          std::optional<std::string> error = {}) {
  decision.emit(SagaStepChanged{step, step_state, std::move(error), context.now});
}

void undo(Decision& decision, const DeliveryState& state, const Context& context, SagaStepName step) {
  switch (step) {
    case SagaStepName::accept_offer:
      break;  // nothing to send: AcceptanceFailed, which ends the compensation, makes the offer pending again
    case SagaStepName::create_payment_intent:
      decision.send(escrow_of(state), CancelIntent{});
      break;
    case SagaStepName::reserve_capacity:
      decision.send({EntityKind::trip, state.terms.trip_id.value}, ReleaseReservation{id_of(context)});
      break;
    case SagaStepName::generate_qr_codes:
      revoke_codes(decision, state, context, "acceptance undone");
      break;
    case SagaStepName::create_geofences:
      decision.send(tracker_of(context), RemoveGeofences{});
      break;
  }
}

std::vector<QrCodeRef> active_codes(const DeliveryState& state) {
  std::vector<QrCodeRef> refs;
  for (const QrCode& code : state.codes)
    if (code.status == QrStatus::active) refs.push_back({code.qr_code_id, code.type});
  return refs;
}

Geofence fence_at(const Context& context, const Stop& stop, Handover type, std::string_view name) {
  Geofence fence;
  fence.geofence_id = context.new_id<GeofenceId>();
  fence.name = std::string(name) + " - " + stop.address;
  fence.type = type;
  fence.geometry = fence_around(stop);
  return fence;
}

/// Why the trip takes no parcel, for people.
std::string_view why_refused(std::string_view code) {
  if (code == "offer_changed") return "The trip's times, places or means of transport have changed since the offer.";
  if (code == "trip_not_open") return "The trip takes no more parcels: it has left, or was cancelled.";
  return "The trip has no room left for the parcel.";
}

/// Whoever deletes an account a moment before leaves nobody to carry, or to be paid.
void ask_both_accounts(Decision& decision, const BeginAcceptance& terms) {
  for (const UserId side : {terms.customer, terms.traveler}) decision.send(account_address(side), AskStanding{});
}

/// Both sides agreed to what the offer showed: the parcel's own times. The trip may leave its first place hours before,
/// and go on for days. An acceptance that was held up may come after that time, which then means from now on.
std::optional<PickupPlanned> plan_of(const DeliveryState& state, const Context& context,
                                     const CapacityReserved& reserved) {
  const auto& terms = state.terms;
  const std::optional<Time> pickup =
      terms.planned_pickup ? std::max(*terms.planned_pickup, context.now) : reserved.pickup_until;
  if (!pickup) return std::nullopt;
  return PickupPlanned{*pickup, terms.planned_arrival ? terms.planned_arrival : reserved.arrival, reserved.mode};
}

/// A leg of a relay waits for the others: the request says go once all of them are ready.
void complete_or_wait(Decision& decision, DeliveryState state, const Context& context) {
  if (!state.terms.leg) return complete_acceptance(decision, std::move(state), context);
  decision.clear_timer(std::string(saga_timer));
  decision.send({EntityKind::request, state.terms.request_id.value}, LegReady{state.terms.offer_id});
}

}  // namespace

namespace delivery {

bool are_steps_done(const DeliveryState& state) {
  return state.saga == SagaState::running && state.steps.size() == 5 && state.steps.back().state == SagaStepState::done;
}

void complete_acceptance(Decision& decision, DeliveryState state, const Context& context) {
  const auto& terms = state.terms;
  const std::string number = delivery_number(state);
  decision.emit(DeliveryCreated{id_of(context), number, terms.request_id, terms.offer_id, terms.trip_id, terms.customer,
                                terms.traveler, state.escrow_id, terms.price, context.now});
  decision.clear_timer(std::string(saga_timer));
  if (terms.deliver_by) decision.set_timer(std::string(late_timer), *terms.deliver_by);
  decision.set_timer(std::string(overdue_timer), delivery_policy::code_expiry(state, context.now));
  plan_pickup_reminders(decision, context, state.pickup_until);
  decision.send({EntityKind::trip, terms.trip_id.value}, ConfirmReservation{id_of(context)});
  // One that closed since it was asked looked for what was open before this was.
  ask_both_accounts(decision, terms);
  decision.send({EntityKind::request, terms.request_id.value},
                AcceptanceCompleted{terms.offer_id, id_of(context), number, state.intent_id, state.escrow_id,
                                    active_codes(state), state.geofences});
  tell(decision, state, context, terms.customer, "delivery_created");
  tell(decision, state, context, terms.traveler, "offer_accepted",
       {{"offerId", terms.offer_id.text()},
        {"platformFee", money_text(terms.deal.fee_of(terms.price))},
        {"travelerAmount", money_text(terms.deal.take_home(terms.price))}});
}

void fail_acceptance(Decision& decision, const DeliveryState& state, const Context& context, const std::string& code,
                     const std::string& detail, bool refused) {
  const auto step = current_step(state);
  if (step) {
    mark(decision, context, *step, SagaStepState::failed, code);
    // Not answered yet: it may still take effect, so it is undone too.
    if (!refused) undo(decision, state, context, *step);
  }
  for (auto done = state.steps.rbegin(); done != state.steps.rend(); ++done)
    if (done->state == SagaStepState::done) {
      undo(decision, state, context, done->name);
      mark(decision, context, done->name, SagaStepState::undone);
    }
  const auto& terms = state.terms;
  decision.emit(AcceptanceFailedEvent{terms.request_id, terms.offer_id, code, detail, context.now});
  decision.send({EntityKind::request, terms.request_id.value}, AcceptanceFailed{terms.offer_id, code, detail});
  decision.clear_timer(std::string(saga_timer));
}

}  // namespace delivery

Decision decide(const DeliveryState& state, const Context& context, const BeginAcceptance& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (state.exists()) return {};
  Decision decision;
  AcceptanceStarted started{command, context.new_id<EscrowId>(), context.new_id<IntentId>(), context.now,
                            known_policies().back().version};
  CreateEscrow escrow;
  escrow.delivery_id = id_of(context);
  escrow.intent_id = started.intent_id;
  escrow.customer = command.customer;
  escrow.traveler = command.traveler;
  escrow.amount = command.price;
  escrow.platform_fee = platform_fee(command.price, command.deal.platform_fee_basis_points);
  escrow.payout_delay_seconds = command.deal.payout_delay_seconds;
  escrow.policy_version = started.policy_version;
  escrow.cover = command.cover;
  escrow.parcel_name = name_of(command, {});  // its number is asked for at the same moment
  escrow.payment_token = command.payment_token;
  if (auto method = Uuid::parse(command.payment_method_id)) escrow.payment_method_id = PaymentMethodId{*method};
  escrow.provider = command.provider;
  const Address escrow_address{EntityKind::escrow, started.escrow_id.value};
  decision.emit(std::move(started));
  mark(decision, context, SagaStepName::accept_offer, SagaStepState::pending);
  mark(decision, context, SagaStepName::accept_offer, SagaStepState::done);
  mark(decision, context, SagaStepName::create_payment_intent, SagaStepState::pending);
  decision.send(escrow_address, std::move(escrow));
  ask_both_accounts(decision, command);
  decision.send(sequence_address(context.crypto, "delivery-number"), TakeNumber{});
  return decision.set_timer(std::string(saga_timer), context.now + delivery_policy::saga_deadline);
}

Decision decide(const DeliveryState& state, const Context& context, const AssignNumber& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (state.number) return {};
  Decision decision;
  decision.emit(DeliveryNumbered{command.number});
  if (are_steps_done(state)) {
    DeliveryState next = state;
    next.number = command.number;
    complete_or_wait(decision, std::move(next), context);
  }
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const FundsHeld&) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (!waits_for(state, SagaStepName::create_payment_intent)) return {};
  Decision decision;
  mark(decision, context, SagaStepName::create_payment_intent, SagaStepState::done);
  mark(decision, context, SagaStepName::reserve_capacity, SagaStepState::pending);
  // The room outlasts the saga's deadline, so that it does not lapse under an acceptance that still completes in time.
  // Where an undone one's release never comes, the trip frees the room by itself.
  const auto& terms = state.terms;
  return decision.send({EntityKind::trip, terms.trip_id.value},
                       ReserveCapacity{id_of(context), terms.pickup.at(), terms.dropoff.at(), terms.item.load(),
                                       context.now + 2 * delivery_policy::saga_deadline, terms.trip_plan});
}

Decision decide(const DeliveryState& state, const Context& context, const PaymentRefused& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (!waits_for(state, SagaStepName::create_payment_intent)) return {};
  Decision decision;
  fail_acceptance(decision, state, context, command.code, command.detail, true);
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const CapacityReserved& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (!waits_for(state, SagaStepName::reserve_capacity)) return {};
  Decision decision;
  DeliveryState planned = state;  // codes live as long as the plan of the trip says
  if (const auto plan = plan_of(state, context, command)) {
    decision.emit(*plan);
    evolve(planned, *plan);
  }
  mark(decision, context, SagaStepName::reserve_capacity, SagaStepState::done);
  mark(decision, context, SagaStepName::generate_qr_codes, SagaStepState::pending);
  decision.emit(new_code(planned, context, Handover::pickup));
  if (!state.hands_on()) decision.emit(new_code(planned, context, Handover::delivery));
  mark(decision, context, SagaStepName::generate_qr_codes, SagaStepState::done);
  mark(decision, context, SagaStepName::create_geofences, SagaStepState::pending);
  const auto& terms = state.terms;
  DefineGeofences define{terms.customer, terms.traveler, {}, command.mode, state.policy_version, {}};
  define.parcel_name = name_of(terms, delivery_number(state));
  define.fences.push_back(fence_at(context, terms.pickup, Handover::pickup, "Pickup"));
  define.fences.push_back(fence_at(context, terms.dropoff, Handover::delivery, "Delivery"));
  return decision.send(tracker_of(context), std::move(define));
}

Decision decide(const DeliveryState& state, const Context& context, const CapacityRefused& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  Decision decision;
  if (waits_for(state, SagaStepName::reserve_capacity)) {
    fail_acceptance(decision, state, context, command.code, std::string(why_refused(command.code)), true);
  } else if (state.status == DeliveryStatus::accepted) {
    // The reservation lapsed before it was confirmed: there is no room, so there is no delivery.
    cancel(decision, state, context, delivery_policy::cancellation(state, context.caller, command.code, context.now));
  }
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const GeofencesDefined& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (!waits_for(state, SagaStepName::create_geofences)) return {};
  Decision decision;
  decision.emit(DeliveryGeofencesSet{command.geofences});
  mark(decision, context, SagaStepName::create_geofences, SagaStepState::done);
  if (state.number) {
    DeliveryState next = state;
    next.geofences = command.geofences;
    complete_or_wait(decision, std::move(next), context);
  }
  return decision;
}

}  // namespace caravan
