#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"

namespace caravan {

using namespace delivery;

namespace {

/// After pickup there is no cancelling: the platform sends the parcel back, others start the return themselves.
Decision cancel_after_pickup(const DeliveryState& state, const Context& context, const std::string& reason) {
  Decision decision;
  const bool is_party = context.caller.kind == Caller::Kind::user;
  if (is_party) return reject(DeliveryRejection::return_required, "The parcel is with the traveler: it is returned.");
  if (state.is_carried()) start_return(decision, state, context, reason, {});
  return decision;
}

/// A traveler who reports that nobody came must have been seen waiting at the pickup.
bool waited_enough(const DeliveryState& state, Time now) {
  return state.at_pickup_since && now - *state.at_pickup_since >= delivery_policy::no_show_wait;
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const CancelDelivery& command) {
  const Caller& by = context.caller;
  const bool is_within = by.is_platform() || by.is_service();
  const std::string reason = command.reason.value_or("");
  Decision decision;
  if (state.status == DeliveryStatus::accepting && is_within) {
    fail_acceptance(decision, state, context, "delivery_cancelled", reason, false);
    return decision;
  }
  if (!may_see(state, by)) return reject(DeliveryRejection::not_found);
  if (!may_cancel(state, by)) return reject(DeliveryRejection::forbidden);
  if (!state.is_created()) return is_within ? Decision{} : reject(DeliveryRejection::not_found);
  if (!state.is_open()) return is_within ? Decision{} : reject(DeliveryRejection::delivery_closed);
  if (state.dispute && !is_within) return reject(DeliveryRejection::disputed);
  if (state.status != DeliveryStatus::accepted) return cancel_after_pickup(state, context, reason);
  const bool reports_no_show = reason == delivery_policy::no_show && by.is_user(state.terms.traveler);
  if (reports_no_show && !waited_enough(state, context.now))
    return reject(DeliveryRejection::not_waited_enough, "Wait at the pickup for 15 minutes, with tracking on.");
  cancel(decision, state, context, delivery_policy::cancellation(state, by, reason, context.now));
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const DisputeOpened& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  // May come while another dispute is still noted here: a new dispute can be opened before this delivery hears that the
  // last one is settled. The new one replaces it.
  if (!state.is_created() || state.dispute == command.dispute_id) return {};
  return Decision{}.emit(DeliveryDisputed{command.dispute_id, context.now});
}

Decision decide(const DeliveryState& state, const Context& context, const DisputeSettled& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (state.dispute != command.dispute_id) return {};
  return Decision{}.emit(DeliveryDisputeSettled{command.dispute_id, command.resolution, context.now});
}

Decision decide(const DeliveryState& state, const Context& context, const FundsReleased&) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (!state.is_created() || state.funds_moved) return {};
  return Decision{}.emit(DeliveryFundsMoved{{}, context.now});
}

Decision decide(const DeliveryState& state, const Context& context, const FundsReturned& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (state.status == DeliveryStatus::accepting) {
    // Finance or a service gave money back before the acceptance was through. A delivery never begins with less money
    // held than its price, so the acceptance fails.
    Decision decision;
    fail_acceptance(decision, state, context, "payment_failed", "The payment was given back.", false);
    return decision;
  }
  if (!state.is_created() || state.funds_moved) return {};
  return Decision{}.emit(DeliveryFundsMoved{command.refunded, context.now});
}

namespace {

void announce_messages(Decision& decision, const DeliveryState& state, const Context& context, UserId to,
                       const Announcements& known) {
  if (known.waiting == 0) return;
  decision.emit(DeliveryMessagesAnnounced{to, known.waiting, context.now});
  tell(decision, state, context, to, "messages_received", {{"count", std::to_string(known.waiting)}});
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
    decision.emit(DeliveryLate{id_of(context), state.terms.deliver_by.value_or(context.now), context.now});
    tell_both(decision, state, context, "delivery_late");
  } else if (command.name == customer_messages_timer) {
    announce_messages(decision, state, context, state.terms.customer, state.to_customer);
  } else if (command.name == traveler_messages_timer) {
    announce_messages(decision, state, context, state.terms.traveler, state.to_traveler);
  }
  return decision;
}

}  // namespace caravan
