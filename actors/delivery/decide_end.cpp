#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/user/commands.hpp"

namespace caravan {

using namespace delivery;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view money_gone = "the money was shared out";

/// After pickup there is no cancelling: the platform sends the parcel back, others start the return themselves.
Decision cancel_after_pickup(const DeliveryState& state, const Context& context, const std::string& reason) {
  Decision decision;
  const bool is_party = context.caller.kind == Caller::Kind::user;
  const bool is_there = context.caller.kind == Caller::Kind::entity && reason == trip_completed;  // to hand it out
  if (is_there) return {};
  if (is_party) return reject(DeliveryRejection::return_required, "The parcel is with the traveler: it is returned.");
  if (state.is_carried()) send_back(decision, state, context, reason, {});
  return decision;
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const CancelDelivery& command) {
  const Caller& by = context.caller;
  // An administrator who cancels the trip that carries their own parcel leaves as its customer.
  const bool customer_leaves = by.kind == Caller::Kind::entity && command.by == state.terms.customer;
  const bool is_within = by.is_platform() || by.is_service();
  const std::string reason = command.reason.value_or("");
  Decision decision;
  if (state.status == DeliveryStatus::accepting && is_within) {
    fail_acceptance(decision, state, context, "delivery_cancelled", reason, false);
    return decision;
  }
  if (!may_see(state, by)) return reject(DeliveryRejection::not_found);
  if (!state.is_created()) return is_within ? Decision{} : reject(DeliveryRejection::not_found);
  if (!may_cancel(state, by)) return reject(DeliveryRejection::forbidden);
  if (!(by.kind == Caller::Kind::user && state.is_party(by.user)) && by.is_stale_office(Permission::deliveries))
    return reject(DeliveryRejection::step_up_required, std::string(show_once_more));
  if (!state.is_open()) return is_within ? Decision{} : reject(DeliveryRejection::delivery_closed);
  if (state.status != DeliveryStatus::accepted && state.dispute && !is_within)
    return reject(DeliveryRejection::disputed);
  if (state.status != DeliveryStatus::accepted)
    return customer_leaves ? Decision{} : cancel_after_pickup(state, context, reason);
  const bool is_traveler = by.is_user(state.terms.traveler);
  const bool reports_no_show = reason == delivery_policy::no_show && is_traveler;
  const bool refuses_parcel = reason == delivery_policy::not_as_declared && is_traveler;
  if (!refuses_parcel && (command.note || command.location || command.photo))
    return reject(DeliveryRejection::forbidden,
                  "A note, a location and a photo go with the reason not_as_declared, by the traveler.");
  if (refuses_parcel && (!command.note || !command.location || !command.photo))
    return reject(DeliveryRejection::forbidden, std::string(delivery_policy::shown_refusal));
  const bool is_guessed = !delivery_policy::is_at_pin(state, Handover::pickup);
  if (refuses_parcel && is_guessed && !delivery_policy::has_waited(state, Handover::pickup, context.now))
    return reject(DeliveryRejection::not_waited_enough, "The place of the pickup was guessed: be there for " +
                                                            std::to_string(delivery_policy::least_wait_minutes) +
                                                            " minutes, with tracking on.");
  if (refuses_parcel && delivery_policy::waited(state, Handover::pickup, context.now).value_or(Duration{0}) == 0s)
    return reject(DeliveryRejection::not_waited_enough,
                  "A parcel is refused at the pickup: be there with tracking on. That counts from " +
                      to_rfc3339(delivery_policy::awaited_from(state)) + " on.");
  if (reports_no_show && !delivery_policy::has_waited(state, Handover::pickup, context.now))
    return reject(DeliveryRejection::not_waited_enough, "Wait at the pickup for " +
                                                            std::to_string(delivery_policy::least_wait_minutes) +
                                                            " minutes, with tracking on. A wait there counts from " +
                                                            to_rfc3339(delivery_policy::awaited_from(state)) + " on.");
  const bool by_trip_of_party = by.kind == Caller::Kind::entity && command.by && state.is_party(*command.by);
  const Caller leaver = by_trip_of_party ? Caller{.kind = Caller::Kind::user, .user = *command.by} : by;
  Settlement settlement = delivery_policy::cancellation(state, leaver, reason, context.now);
  // Whoever leaves somebody that cannot come any more pays nothing and has no mark: the other side has left. What a
  // traveler has earned by waiting stays theirs.
  if (command.other_inactive && state.is_party(by.user) && !reports_no_show && !refuses_parcel) {
    const bool by_customer = by.is_user(state.terms.customer);
    settlement = {by_customer ? "traveler" : "customer", reason, state.terms.price, {0, state.terms.price.currency}};
    settlement.fault = by_customer ? Fault::traveler : Fault::customer;
  }
  DeliveryCancelled end;
  if (refuses_parcel) end.declared = delivery_policy::declared_load(state);
  end.note = command.note;
  end.location = command.location;
  end.photo = command.photo;
  cancel(decision, state, context, settlement, std::move(end));
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const DisputeOpened& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  // A delivery has one dispute, under its own id. Only where an earlier build opened one with an id of its own may this
  // come while that one is still noted here. The new one replaces it.
  if (!state.is_created() || state.dispute == command.dispute_id) return {};
  return Decision{}.emit(DeliveryDisputed{command.dispute_id, context.now});
}

namespace {

/// It was left open whose doing the end was, until it is said that the wait earned its fee: the customer did not come.
void count_for_customer(Decision& decision, const DeliveryState& state, const Context& context) {
  if (state.settlement && state.settlement->fault == Fault::nobody)
    decision.send(user_address(state.terms.customer), RecordFailure{id_of(context), context.now});
}

/// The same where it is said that the traveler's own word for the end was wrong. What the customer, or the platform
/// over the heads of both, ended meanwhile stays nobody's doing.
void count_for_traveler(Decision& decision, const DeliveryState& state, const Context& context) {
  if (!state.settlement || state.settlement->fault != Fault::nobody) return;
  if (state.settlement->by == "traveler" || state.status == DeliveryStatus::returned)
    decision.send(user_address(state.terms.traveler), RecordFailure{id_of(context), context.now});
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const DisputeSettled& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (state.dispute != command.dispute_id) return {};
  Decision decision;
  decision.emit(DeliveryDisputeSettled{command.dispute_id, command.resolution, context.now});
  if (command.resolution == to_text(DisputeResolution::release)) count_for_customer(decision, state, context);
  // Whoever said wrongly that nobody was there, or that the parcel was another, has left.
  const bool is_whole =
      !command.refunded || !state.settlement || command.refunded->amount >= state.settlement->compensation.amount;
  if (command.resolution == to_text(DisputeResolution::refund) && is_whole)
    count_for_traveler(decision, state, context);
  // What was delivered as it should not have been is no success of the traveler's.
  const bool took_most = command.refunded && command.refunded->amount * 2 > state.terms.price.amount;
  if (state.status == DeliveryStatus::delivered && took_most)
    decision.send(user_address(state.terms.traveler), RecordFailure{id_of(context), context.now});
  // What stood still meanwhile was left alone: from now on it has its time again.
  if (state.is_open() && state.status != DeliveryStatus::accepted)
    decision.set_timer(std::string(overdue_timer), context.now + delivery_policy::longest_return);
  if (!goes_on(command.resolution) || state.is_open()) return decision;
  // It ended meanwhile, and its end has moved no money yet.
  DeliveryState after = state;
  after.dispute.reset();
  pay_for_end(decision, after, context);
  return decision;
}

/// Nobody sets out to carry what may never be paid. Who has the parcel already hears of it at once, and chooses.
Decision decide(const DeliveryState& state, const Context& context, const FundsUncollected& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (!state.is_created() || !state.is_open()) return {};
  Decision decision;
  if (state.status == DeliveryStatus::accepted) {
    cancel(decision, state, context, delivery_policy::not_paid(state));
    return decision;
  }
  if (!state.uncollected) decision.emit(DeliveryUncollected{command.reason, context.now});
  tell(decision, state, context, state.terms.traveler, "payment_uncollected", {{"reason", command.reason}});
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const SharedOutBefore& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  const FundsStanding& standing = command.standing;
  if (state.is_open() || !state.settlement) return {};
  const Settlement& said = *state.settlement;
  if (said.refund == standing.refunded && said.compensation == standing.to_traveler) return {};
  Settlement true_one{said.by, said.reason, standing.refunded, standing.to_traveler};
  true_one.fault = said.fault;
  return Decision{}.emit(SettlementCorrected{true_one, context.now});
}

Decision decide(const DeliveryState& state, const Context& context, const RestAgreed& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (state.status != DeliveryStatus::returning) return {};
  return Decision{}.emit(DeliveryRestAgreed{command.rest, context.now});
}

namespace {

/// Somebody else moved money: finance, both parties, a dispute, or this delivery's own end. Where nothing is held any
/// more, an open delivery ends: nobody carries a parcel for nothing. A parcel that the traveler has goes back first.
Decision funds_moved(const DeliveryState& state, const Context& context, std::optional<Money> refunded,
                     const std::optional<FundsStanding>& standing) {
  Decision decision;
  if (state.status == DeliveryStatus::accepting) {
    // Finance or a service was faster than the acceptance. A delivery never begins with less money held than its price,
    // so the acceptance fails.
    fail_acceptance(decision, state, context, "payment_failed", "The payment was given back.", false);
    return decision;
  }
  if (!state.is_created()) return {};
  decision.emit(
      DeliveryFundsMoved{refunded, context.now, standing ? std::optional(standing->held) : std::nullopt, standing});
  const bool is_gone = standing && standing->held.amount == 0;
  if (!is_gone || !state.is_open()) return decision;
  DeliveryState after = state;
  after.funds_gone = true;
  after.standing = standing;
  if (state.status == DeliveryStatus::returning) {
    if (standing->to_traveler.amount == 0) revoke_codes(decision, state, context, "returning", Handover::delivery);
    return decision;
  }
  if (state.is_carried()) {
    send_back(decision, after, context, std::string(money_gone), {});
    return decision;
  }
  cancel(decision, after, context, delivery_policy::decided_elsewhere(*standing));
  return decision;
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const FundsReleased& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  return funds_moved(state, context, std::nullopt, command.standing);
}

Decision decide(const DeliveryState& state, const Context& context, const FundsReturned& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  return funds_moved(state, context, command.refunded, command.standing);
}

namespace {

void announce_messages(Decision& decision, const DeliveryState& state, const Context& context, UserId to,
                       const Announcements& known) {
  if (known.waiting == 0) return;
  decision.emit(DeliveryMessagesAnnounced{to, known.waiting, context.now});
  tell(decision, state, context, to, "messages_received", {{"count", std::to_string(known.waiting)}});
}

void become_late(Decision& decision, const DeliveryState& state, const Context& context) {
  decision.emit(DeliveryLate{id_of(context), state.terms.deliver_by.value_or(context.now), context.now});
  tell_both(decision, state, context, "delivery_late");
  // Set before already, but for what was accepted by an earlier build.
  decision.set_timer(std::string(overdue_timer), state.pickup_completed_at
                                                     ? delivery_policy::carried_until(state, *state.pickup_completed_at)
                                                     : delivery_policy::code_expiry(state, context.now));
}

/// What was to wait stayed held for its time, and nobody disputed it.
void pay_fee(Decision& decision, const DeliveryState& state, const Context& context) {
  if (state.handed_late || (state.handed_elsewhere && state.handed_elsewhere->held_until))
    return pay_traveler(decision, state);
  if (!state.settlement || !state.settlement->held_until || state.dispute || state.settled || state.funds_gone) return;
  const Money fee = state.settlement->compensation;
  const Money refund = state.settlement->refund_waits ? state.settlement->refund : Money{0, fee.currency};
  decision.send(escrow_of(state), RefundEscrow{refund, fee, state.settlement->reason, false});
  count_for_customer(decision, state, context);
}

/// A delivery stands still for too long. One that was never fetched ends, and the money goes back. A parcel that
/// neither arrived nor came back is an administrator's matter: its dispute freezes the money, and its decision ends it.
void end_standstill(Decision& decision, const DeliveryState& state, const Context& context) {
  if (!state.is_open()) return;
  if (state.status == DeliveryStatus::accepted)
    return cancel(decision, state, context,
                  delivery_policy::cancellation(state, context.caller, "never picked up", context.now));
  if (state.dispute) return;
  const bool is_returning = state.status == DeliveryStatus::returning;
  // With nothing to decide about, it ends. Where the parcel is remains between the two and the administrators.
  if (is_returning && state.funds_gone && state.standing)
    return cancel(decision, state, context, delivery_policy::not_returned(*state.standing));
  ask_for_decision(decision, state, context, state.terms.customer, is_returning ? "return overdue" : "overdue",
                   is_returning ? "The parcel has not come back in time." : "The parcel has not arrived in time.");
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const TimerFired& command) {
  Decision decision;
  if (command.name == saga_timer && state.status == DeliveryStatus::accepting) {
    const bool is_paid = state.steps.size() > 1 && state.steps[1].state == SagaStepState::done;
    fail_acceptance(decision, state, context, is_paid ? "acceptance_timeout" : "payment_failed",
                    is_paid ? "The acceptance took too long." : "The payment provider did not answer.", false);
  } else if (command.name == late_timer && state.is_open() && !state.late &&
             state.status != DeliveryStatus::returning) {
    become_late(decision, state, context);
  } else if (command.name == fee_timer) {
    pay_fee(decision, state, context);
  } else if (command.name == overdue_timer) {
    end_standstill(decision, state, context);
  } else if (command.name == customer_messages_timer) {
    announce_messages(decision, state, context, state.terms.customer, state.to_customer);
  } else if (command.name == traveler_messages_timer) {
    announce_messages(decision, state, context, state.terms.traveler, state.to_traveler);
  }
  return decision;
}

}  // namespace caravan
