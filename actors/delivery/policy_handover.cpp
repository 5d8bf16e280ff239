#include <algorithm>

#include "actors/delivery/policy.hpp"

// Until when a handover may happen, and until when the money of one waits.
namespace caravan::delivery_policy {

HandedElsewhere handed_elsewhere(const DeliveryState& state, const std::string& reason, Coordinates place, Time now) {
  HandedElsewhere handed{reason, distance_meters(place, state.terms.dropoff.at())};
  handed.needs_decision = !is_nearer_receiver(state, place);
  if (!handed.needs_decision) handed.held_until = now + fee_hold(state);
  return handed;
}

HandedElsewhere handed_without_text(const DeliveryState& state, Coordinates place, Time now) {
  HandedElsewhere handed{"reported by a service", distance_meters(place, state.terms.dropoff.at())};
  handed.without_text = true;
  handed.held_until = now + fee_hold(state);
  return handed;
}

HandedElsewhere handed_on(const DeliveryState& state, bool by_service, Time now) {
  HandedElsewhere handed{"handed to the next traveler"};
  if (by_service) handed = handed_without_text(state, state.terms.dropoff.at(), now);
  handed.handed_on = !by_service;
  handed.until_arrival = true;
  handed.held_until = now + longest_carrying(state) + longest_return(state);
  return handed;
}

std::optional<HandedLate> handed_late(const DeliveryState& state, const std::optional<HandedElsewhere>& elsewhere,
                                      Time now) {
  const std::optional<Time> due = std::max(state.terms.deliver_by, state.agreed_arrival());
  if (!due || now <= *due + late_grace(state)) return std::nullopt;
  const Time held_until = (elsewhere ? elsewhere->held_until.value_or(now) : now) + late_hold(state);
  return HandedLate{std::chrono::floor<std::chrono::seconds>(now - *due).count(), held_until};
}

Time code_expiry(const DeliveryState& state, Time now, Handover type) {
  // What is overdue waits for an administrator, and may arrive meanwhile by a code that is made anew.
  if (type == Handover::giving_back) return now + longest_return(state) + code_validity_after(state);
  if (type == Handover::delivery && state.pickup_completed_at)
    return std::max(now, carried_until(state, *state.pickup_completed_at)) + code_validity_after(state);
  // Nobody has to fetch it before the trip leaves, however long after the acceptance that is.
  const Time planned = state.pickup_until.value_or(now) + code_validity_after(state);
  if (!state.terms.deliver_by)
    return std::max(planned, std::max(now, state.terms.pickup_from.value_or(now)) + code_validity(state));
  return std::max(planned, std::max(now, *state.terms.deliver_by) + code_validity_after(state));
}

Time carried_until(const DeliveryState& state, Time picked_up_at) {
  const Time deadline =
      std::max(state.terms.deliver_by.value_or(picked_up_at), state.planned_arrival.value_or(picked_up_at));
  return std::max(deadline + code_validity_after(state), picked_up_at + longest_carrying(state));
}

}  // namespace caravan::delivery_policy
