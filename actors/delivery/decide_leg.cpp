#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"

// A delivery as a leg of a relay: the request says when it begins, or that it is undone; the legs before and after it
// say where the parcel is.
namespace caravan {

using namespace delivery;

namespace {

constexpr std::string_view relay_broken = "another leg of the relay fell out";

bool is_by(const Context& context, const std::optional<DeliveryId>& leg) {
  return leg && context.caller.entity == Address{EntityKind::delivery, leg->value};
}

/// Another traveler takes the parcel on than the one who has it knew of, or they come later: when they come is when it
/// should arrive.
void tell_next(Decision& decision, const DeliveryState& after, const Context& context, bool is_later) {
  if (after.is_carried())
    decision.set_timer(std::string(overdue_timer),
                       delivery_policy::carried_until(after, after.pickup_completed_at.value_or(context.now)));
  std::map<std::string, std::string> facts{{"place", place_text(after, PinType::delivery)}};
  if (after.meets_at) facts["meetsAt"] = to_rfc3339(*after.meets_at);
  if (!after.next_name.empty()) facts["nextTraveler"] = after.next_name;
  if (is_later) facts["later"] = "yes";
  tell(decision, after, context, after.terms.traveler, "next_traveler", std::move(facts));
}

}  // namespace

void delivery::tell_relay(Decision& decision, const DeliveryState& state, LegMoved moved) {
  if (!state.terms.leg) return;
  moved.offer_id = state.terms.offer_id;
  decision.send({EntityKind::request, state.terms.request_id.value}, moved);
}

void delivery::tell_leg_before(Decision& decision, const DeliveryState& state, bool arrived) {
  if (!state.terms.leg || !state.terms.leg->from) return;
  decision.send({EntityKind::delivery, state.terms.leg->from->value}, EndWay{arrived});
}

/// What lies ahead costs nobody anything who did not end it: the customer who left another leg leaves this one too.
Decision decide(const DeliveryState& state, const Context& context, const UndoLeg& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (!state.terms.leg) return {};
  Decision decision;
  if (state.status == DeliveryStatus::accepting) {
    fail_acceptance(decision, state, context, "relay_undone", std::string(relay_broken), false);
  } else if (state.status == DeliveryStatus::accepted) {
    Caller leaver = context.caller;
    if (command.by_customer) leaver = {.kind = Caller::Kind::user, .user = state.terms.customer, .entity = {}};
    Settlement settlement = delivery_policy::cancellation(state, leaver, std::string(relay_broken), context.now);
    if (!command.by_customer) settlement.fault = Fault::nobody;
    cancel(decision, state, context, settlement);
  }
  return decision;
}

/// It may come again after the next leg has said that its traveler comes later: who it is makes the news.
Decision decide(const DeliveryState& state, const Context& context, const LinkLeg& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  const bool is_by_request = context.caller.entity == Address{EntityKind::request, state.terms.request_id.value};
  if (!state.terms.leg || !is_by_request || state.status == DeliveryStatus::acceptance_failed) return {};
  Decision decision;
  if (command.next != state.next_leg) {
    const DeliveryLegLinked linked{command.next, command.next_name, command.meets_at, context.now};
    DeliveryState after = state;
    evolve(after, linked);
    decision.emit(linked);
    if (command.next && state.is_carried()) tell_next(decision, after, context, false);
  }
  if (command.begins && state.status == DeliveryStatus::accepting && are_steps_done(state) && state.number)
    complete_acceptance(decision, state, context);
  if (command.next && state.is_carried()) decision.send({EntityKind::delivery, command.next->value}, OpenLeg{});
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const OpenLeg&) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  const bool is_known = !state.terms.leg || state.leg_open || state.status == DeliveryStatus::acceptance_failed;
  if (is_known || !is_by(context, state.terms.leg->from)) return {};
  return Decision{}.emit(DeliveryLegOpened{context.now});
}

Decision decide(const DeliveryState& state, const Context& context, const MeetLater& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  const bool is_ahead = state.is_carried() || state.status == DeliveryStatus::accepted;
  if (!is_by(context, state.next_leg) || !is_ahead || command.meets_at == state.meets_at) return {};
  const DeliveryLegLinked linked{state.next_leg, state.next_name, command.meets_at, context.now};
  DeliveryState after = state;
  evolve(after, linked);
  Decision decision;
  decision.emit(linked);
  tell_next(decision, after, context, true);
  return decision;
}

/// The way of what was handed on here is over: the parcel has arrived, and the money of this leg waits for objections
/// alone; or it has not, and an administrator says.
Decision decide(const DeliveryState& state, const Context& context, const EndWay& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  const bool waits = state.handed_elsewhere && state.handed_elsewhere->until_arrival;
  if (!is_by(context, state.next_leg) || !waits) return {};
  Decision decision;
  tell_leg_before(decision, state, command.arrived);
  const bool is_undecided = !state.dispute && !state.settled && !state.funds_gone && !state.confirmed_at;
  if (command.arrived) {
    const DeliveryWayEnded ended{context.now + delivery_policy::fee_hold(state), context.now};
    DeliveryState after = state;
    evolve(after, ended);
    decision.emit(ended);
    if (is_undecided) pay_for_end(decision, after, context);
  } else if (is_undecided) {
    ask_for_decision(decision, state, context, state.terms.traveler, std::string(not_arrived),
                     "The traveler handed the parcel on, and it has not arrived with the last leg of the relay.", {},
                     context.now);
  }
  return decision;
}

/// One scan is both: the next traveler has the parcel, so this one has handed it on. The customer did not see it: this
/// one is paid once it has arrived, and they had a day to object.
Decision decide(const DeliveryState& state, const Context& context, const HandOn& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  const bool has_it = state.is_carried() || state.status == DeliveryStatus::returning;
  if (!is_by(context, state.next_leg) || !has_it) return {};
  Decision decision;
  hand_out(decision, state, context,
           {.by = command.by_service ? "service" : "traveler",
            .at = command.at,
            .location = command.location,
            .qr_code_id = command.qr_code_id,
            .scanned_at = command.scanned_at},
           delivery_policy::handed_on(state, command.by_service, context.now));
  return decision;
}

}  // namespace caravan
