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
void tell_next(Decision& decision, const DeliveryState& state, const Context& context,
               const DeliveryLegLinked& linked) {
  DeliveryState after = state;
  evolve(after, linked);
  if (state.is_carried())
    decision.set_timer(std::string(overdue_timer),
                       delivery_policy::carried_until(after, state.pickup_completed_at.value_or(context.now)));
  std::map<std::string, std::string> facts{{"place", place_text(after, PinType::delivery)}};
  if (linked.meets_at) facts["meetsAt"] = to_rfc3339(*linked.meets_at);
  if (!after.next_name.empty()) facts["nextTraveler"] = after.next_name;
  if (!linked.next) facts["later"] = "yes";
  tell(decision, after, context, state.terms.traveler, "next_traveler", std::move(facts));
}

/// The way of what was handed on here is over, and so says the leg before: the parcel has arrived, and the money of
/// this leg waits for objections alone; or it has not, and an administrator says.
Decision end_way(const DeliveryState& state, const Context& context, bool arrived) {
  Decision decision;
  const bool waits = state.handed_elsewhere && state.handed_elsewhere->until_arrival;
  if (!is_by(context, state.next_leg) || !waits) return decision;
  tell_leg_before(decision, state, arrived);
  const bool is_undecided = !state.dispute && !state.settled && !state.funds_gone && !state.confirmed_at;
  if (arrived) {
    const DeliveryLegLinked linked{
        .next = {}, .at = context.now, .held_until = context.now + delivery_policy::fee_hold(state)};
    DeliveryState after = state;
    evolve(after, linked);
    decision.emit(linked);
    if (is_undecided) pay_for_end(decision, after, context);
  } else if (is_undecided) {
    ask_for_decision(decision, state, context, state.terms.traveler, std::string(not_arrived),
                     "The traveler handed the parcel on, and it has not arrived with the last leg of the relay.", {},
                     context.now);
  }
  return decision;
}

}  // namespace

void delivery::tell_relay(Decision& decision, const DeliveryState& state, LegMoved moved) {
  if (!state.terms.leg) return;
  moved.offer_id = state.terms.offer_id;
  decision.send({EntityKind::request, state.terms.request_id.value}, moved);
}

void delivery::tell_leg_before(Decision& decision, const DeliveryState& state, bool arrived) {
  if (!state.terms.leg || !state.terms.leg->from) return;
  decision.send({EntityKind::delivery, state.terms.leg->from->value}, LinkLeg{.arrived = arrived});
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

Decision decide(const DeliveryState& state, const Context& context, const LinkLeg& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (!state.terms.leg || state.status == DeliveryStatus::acceptance_failed) return {};
  if (command.arrived) return end_way(state, context, *command.arrived);
  Decision decision;
  if (command.is_cut && state.is_carried())
    decision.emit(DeliveryLegLinked{.next = {}, .at = context.now, .is_cut = true});
  const bool is_ahead = state.is_carried() || state.status == DeliveryStatus::accepted;
  const bool is_later = is_ahead && command.meets_at && !command.next && is_by(context, state.next_leg);
  const bool is_news =
      is_later || (command.next && command.next != state.next_leg) || (command.is_open && !state.leg_open);
  const DeliveryLegLinked linked{command.next, command.is_open, context.now, command.meets_at, command.next_name};
  if (is_news) {
    decision.emit(linked);
    if ((command.next && state.is_carried()) || is_later) tell_next(decision, state, context, linked);
  }
  if (command.begins && state.status == DeliveryStatus::accepting && are_steps_done(state) && state.number)
    complete_acceptance(decision, state, context);
  if (command.next && state.is_carried())
    decision.send({EntityKind::delivery, command.next->value}, LinkLeg{.is_open = true});
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
