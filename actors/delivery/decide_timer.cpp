#include <algorithm>

#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/delivery/reminders.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"

/// What time brings: lateness, standstill, reminders, and money that was held.
namespace caravan {

using namespace delivery;

namespace {

constexpr std::string_view side_away = "a side is suspended";

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
void pay_fee(Decision& decision, const DeliveryState& state) {
  if (state.handover_held_until()) return pay_traveler(decision, state);
  const Money fee = state.settlement->compensation;
  const Money refund = state.settlement->refund_waits ? state.settlement->refund : Money{0, fee.currency};
  decision.send(escrow_of(state), RefundEscrow{refund, fee, state.settlement->reason, false});
}

/// A dispute that was opened since the end was dismissed: a person has looked, and found nothing to object to.
bool was_looked_at(const DeliveryState& state) {
  const auto opened = std::ranges::find_if(state.timeline, [&](const TimelineItem& item) {
    return item.type == "dispute_opened" && item.at >= state.end();
  });
  return std::any_of(opened, state.timeline.end(), [](const TimelineItem& item) {
    return item.type == "dispute_settled" && item.facts.at("resolution") == to_text(DisputeResolution::dismiss);
  });
}

/// Money waits for a side's word.
bool is_holding(const DeliveryState& state) {
  return state.money_held_until() && !state.dispute && !state.settled && !state.funds_gone;
}

/// A judge has shared the money out since the parcel should come back, and so knew of it.
bool is_decided_since_return(const DeliveryState& state) {
  const auto started = std::ranges::find(state.timeline, "returning", &TimelineItem::type);
  return std::any_of(started, state.timeline.end(), [](const TimelineItem& item) {
    return item.type == "dispute_settled" && !goes_on(item.facts.at("resolution"));
  });
}

/// A delivery stands still for too long. One that was never fetched ends, and the money goes back. A parcel that
/// neither arrived nor came back is an administrator's matter: its dispute freezes the money, and its decision ends it.
void end_standstill(Decision& decision, const DeliveryState& state, const Context& context) {
  if (!state.is_open()) return;
  if (state.status == DeliveryStatus::accepted)
    return cancel(decision, state, context,
                  delivery_policy::cancellation(state, context.caller, std::string(never_picked_up), context.now));
  if (state.dispute) return;
  const bool is_returning = state.status == DeliveryStatus::returning;
  // With no money to wait for, it ends. Where the traveler has some of it, and no judge knew, one is asked all the
  // same.
  if (is_returning && state.funds_gone && state.standing) {
    cancel(decision, state, context, delivery_policy::not_returned(*state.standing));
    if (state.standing->to_traveler.amount > 0 && !is_decided_since_return(state))
      ask_for_decision(decision, state, context, state.terms.customer, "not returned",
                       "The parcel has not come back in time. Its money was shared out before.", {}, context.now);
    return;
  }
  ask_for_decision(decision, state, context, state.terms.customer, is_returning ? "return overdue" : "overdue",
                   is_returning ? "The parcel has not come back in time." : "The parcel has not arrived in time.");
}

/// Nothing was heard of the last leg of a relay for as long as a parcel may be carried and come back.
void ask_for_arrival(Decision& decision, const DeliveryState& state, const Context& context) {
  if (context.now < *state.money_held_until())
    decision.set_timer(std::string(fee_timer), *state.money_held_until());
  else
    ask_for_decision(decision, state, context, state.terms.traveler, std::string(not_arrived),
                     "The traveler handed the parcel on, and the last leg of the relay has not arrived in time.", {},
                     context.now);
}

}  // namespace

/// Money that was held for a side's word pays by itself where both could have said it: first the customer's account is
/// asked, then the traveler's.
Decision decide(const DeliveryState& state, const Context& context, const SideStanding& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  Decision decision;
  // Before it exists nothing of it is in a list that the deletion of an account looks at.
  if (state.status == DeliveryStatus::accepting && state.is_party(command.side) && command.is_closed) {
    fail_acceptance(decision, state, context, "delivery_cancelled", "The account of one of the two sides is closed.",
                    false);
    return decision;
  }
  // One that closed while the acceptance was under way: as if its account had found the delivery among what is open.
  if (state.status == DeliveryStatus::accepted && state.is_party(command.side) && command.is_closed)
    return decide(state, context, CancelDelivery{std::string(user_deleted)});
  if (!is_holding(state) || !state.is_party(command.side)) return decision;
  // It answers what the acceptance asked, late; or the timer fired by the clock of another node, and must fire again.
  const Time until = state.money_held_until().value_or(context.now);
  if (context.now < until) return decision.set_timer(std::string(fee_timer), until);
  const Time at = objects_until(command, delivery_policy::fee_hold(state), context.now);
  if (command.is_away)
    ask_for_decision(decision, state, context, state.terms.traveler, std::string(side_away),
                     "The money was held for a day, in which a side that is suspended or banned could not object.", {},
                     context.now);
  else if (at > context.now)
    decision.set_timer(std::string(fee_timer), at);
  else if (command.side == state.terms.customer)
    decision.send(account_address(state.terms.traveler), AskStanding{});
  else
    pay_fee(decision, state);
  return decision;
}

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
    if (is_holding(state) && was_looked_at(state))
      pay_fee(decision, state);
    else if (is_holding(state) && state.handed_elsewhere && state.handed_elsewhere->until_arrival)
      ask_for_arrival(decision, state, context);
    else if (is_holding(state))
      decision.send(account_address(state.terms.customer), AskStanding{});
  } else if (command.name == overdue_timer) {
    end_standstill(decision, state, context);
  } else if (command.name == pickup_day_timer || command.name == pickup_soon_timer) {
    remind_of_pickup(decision, state, context, command.name);
  } else if (command.name == hold_ends_timer) {
    remind_of_hold(decision, state, context);
  } else if (command.name == customer_messages_timer) {
    announce_messages(decision, state, context, state.terms.customer, state.to_customer);
  } else if (command.name == traveler_messages_timer) {
    announce_messages(decision, state, context, state.terms.traveler, state.to_traveler);
  }
  return decision;
}

}  // namespace caravan
