#include "actors/delivery/policy.hpp"

#include <algorithm>

namespace caravan {

std::string delivery_number(const DeliveryState& state) {
  if (!state.number) return {};
  std::string digits = std::to_string(*state.number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return "DEL-" + digits;
}

std::string_view role_of(const DeliveryState& state, const Caller& caller) {
  if (caller.is_user(state.terms.customer)) return "customer";
  if (caller.is_user(state.terms.traveler)) return "traveler";
  return caller.is_service() ? "service" : "platform";
}

}  // namespace caravan

namespace caravan::delivery_policy {

namespace {

/// The traveler gets `percent` of the price, the customer the rest.
Settlement shared(const DeliveryState& state, std::string_view by, std::string reason, std::int64_t percent) {
  const Money price = state.terms.price;
  const Money compensation{share_of(price.amount, percent, 100), price.currency};
  return {std::string(by), std::move(reason), price - compensation, compensation};
}

Settlement with_fault(Settlement settlement, Fault fault) {
  settlement.fault = fault;
  return settlement;
}

/// The same for a fee that was earned by waiting: it stays held, for the other side to dispute it.
Settlement waited_for(const DeliveryState& state, std::string_view by, std::string reason, std::int64_t percent,
                      bool at_pin, Time now) {
  Settlement settlement = shared(state, by, std::move(reason), percent);
  if (at_pin)
    settlement.held_until = now + fee_hold;
  else
    settlement.needs_decision = true;
  return settlement;
}

/// A parcel that was not fetched before its deadline, or when the trip should have left the pickup, costs nothing: the
/// traveler did not come, and no wait of theirs was measured. Nobody is late by what both knew when they agreed: a
/// deadline before the trip's planned arrival, or a pickup that may not be before the trip's departure.
bool nobody_came(const DeliveryState& state, Time now) {
  if (state.late && now >= state.planned_arrival.value_or(now)) return true;
  return state.pickup_until &&
         now >= std::max(*state.pickup_until, state.terms.pickup_from.value_or(*state.pickup_until)) + late_traveler;
}

/// Who leaves: an account that is closed leaves for its owner.
std::string_view leaving_side(const DeliveryState& state, const Caller& by) {
  if (by.kind != Caller::Kind::entity || by.entity.kind != EntityKind::account) return role_of(state, by);
  if (by.entity.id == state.terms.customer.value) return "customer";
  return by.entity.id == state.terms.traveler.value ? "traveler" : "platform";
}

}  // namespace

double place_radius(const Stop& stop) {
  return std::max(place_radius_meters, static_cast<double>(stop.uncertainty_meters.value_or(0)));
}

std::optional<Duration> waited(const DeliveryState& state, Handover at, Time now) {
  const bool at_receiver = at == Handover::delivery;
  const std::optional<Stay>& stay = at_receiver ? state.dropoff_stay : state.pickup_stay;
  if (!stay || now - stay->until > largest_gap) return std::nullopt;
  const Time taken = state.pickup_completed_at.value_or(now);
  const Time least = at_receiver ? std::max(taken, state.attempted_at.value_or(taken))
                                 : std::max(state.created_at, state.terms.pickup_from.value_or(state.created_at));
  return std::max(Duration{0}, now - std::max(stay->since, least));
}

bool has_waited(const DeliveryState& state, Handover at, Time now) {
  return waited(state, at, now).value_or(Duration{0}) >= least_wait;
}

bool is_at_pin(const DeliveryState& state, Handover at) {
  return (at == Handover::delivery ? state.terms.dropoff : state.terms.pickup).is_pinned();
}

Settlement cancellation(const DeliveryState& state, const Caller& by, const std::string& reason, Time now) {
  const std::string_view side = leaving_side(state, by);
  const bool stands_there = has_waited(state, Handover::pickup, now), at_pin = is_at_pin(state, Handover::pickup);
  const std::int64_t no_show_fee = policy.waiting.no_show_percent;
  if (side == "traveler") {
    const bool reports_no_show = reason == no_show && by.is_user(state.terms.traveler) && stands_there;
    if (!reports_no_show) return with_fault(shared(state, side, reason, 0), Fault::traveler);
    return with_fault(waited_for(state, side, reason, no_show_fee, at_pin, now), Fault::nobody);
  }
  const bool came_not = !stands_there && nobody_came(state, now);
  if (side != "customer") return with_fault(shared(state, side, reason, 0), came_not ? Fault::traveler : Fault::both);
  const Fault fault = came_not ? Fault::traveler : Fault::customer;
  if (now < state.created_at + free_cancellation) return with_fault(shared(state, side, reason, 0), fault);
  // Whoever lets the traveler wait cannot get away by leaving first.
  if (stands_there && at_pin) return with_fault(waited_for(state, side, reason, no_show_fee, at_pin, now), fault);
  return with_fault(shared(state, side, reason, nobody_came(state, now) ? 0 : policy.cancellation.late_fee_percent),
                    fault);
}

bool traveler_leaves(const DeliveryState& state, const Caller& by) {
  if (by.kind != Caller::Kind::entity) return false;
  return by.entity.kind == EntityKind::trip || leaving_side(state, by) == "traveler";
}

bool ended_by_other(const Settlement& settlement, Fault side) {
  return settlement.fault && settlement.fault != side && settlement.fault != Fault::both;
}

Settlement giving_back(const DeliveryState& state, Time now) {
  if (state.attempt_at_pin)
    return with_fault(waited_for(state, "platform", "returned after a failed attempt",
                                 policy.waiting.failed_attempt_percent, *state.attempt_at_pin, now),
                      Fault::nobody);
  return with_fault(shared(state, "platform", "returned by the traveler", 0),
                    state.return_by_traveler ? Fault::traveler : Fault::both);
}

Settlement not_returned(const FundsStanding& standing) {
  return with_fault({"platform", "the parcel did not come back", standing.refunded, standing.to_traveler}, Fault::both);
}

Settlement decided_elsewhere(const FundsStanding& standing) {
  return with_fault({"platform", "the money was shared out", standing.refunded, standing.to_traveler}, Fault::both);
}

Time code_expiry(const DeliveryState& state, Time now, Handover type) {
  // What is overdue waits for an administrator, and may arrive meanwhile by a code that is made anew.
  if (type == Handover::giving_back) return now + longest_return + code_validity_after;
  if (type == Handover::delivery && state.pickup_completed_at)
    return std::max(now, carried_until(state, *state.pickup_completed_at)) + code_validity_after;
  // Nobody has to fetch it before the trip leaves, however long after the acceptance that is.
  const Time planned = state.pickup_until.value_or(now) + code_validity_after;
  if (!state.terms.deliver_by)
    return std::max(planned, std::max(now, state.terms.pickup_from.value_or(now)) + code_validity);
  return std::max(planned, std::max(now, *state.terms.deliver_by) + code_validity_after);
}

Time carried_until(const DeliveryState& state, Time picked_up_at) {
  const Time deadline =
      std::max(state.terms.deliver_by.value_or(picked_up_at), state.planned_arrival.value_or(picked_up_at));
  return std::max(deadline + code_validity_after, picked_up_at + longest_carrying);
}

}  // namespace caravan::delivery_policy
