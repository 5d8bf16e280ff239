#include <algorithm>

#include "actors/delivery/entity.hpp"
#include "actors/delivery/timeline.hpp"

namespace caravan {

void evolve(DeliveryState& state, const PickupPlanned& event) {
  ++state.version;
  state.pickup_until = event.until;
  state.planned_arrival = event.arrival;
  state.mode = event.mode;
}

/// Who came by the former plan has not come by this one.
void evolve(DeliveryState& state, const DeliveryDelayed& event) {
  ++state.version;
  timeline::Facts facts;
  if (event.planned_pickup && event.planned_pickup != state.pickup_until)
    facts["plannedPickup"] = to_rfc3339(*event.planned_pickup);
  if (event.planned_arrival) facts["plannedArrival"] = to_rfc3339(*event.planned_arrival);
  if (event.planned_pickup != state.pickup_until) state.came_at.reset();
  state.pickup_until = event.planned_pickup;
  state.planned_arrival = event.planned_arrival;
  state.delay = event.delay;
  for (QrCode& code : state.codes)
    if (const auto longer = std::ranges::find(event.codes, code.qr_code_id, &CodeProlonged::qr_code_id);
        longer != event.codes.end())
      code.expires_at = longer->expires_at;
  timeline::tell(state, "delayed", event.at, "traveler", std::move(facts));
}

void evolve(DeliveryState& state, const DeliveryLegLinked& event) {
  ++state.version;
  state.next_leg = event.next;
  state.next_name = event.next_name;
  if (!event.meets_at) return;  // cut: when they would have met says still whether this traveler came
  state.meets_at = event.meets_at;
  state.planned_arrival = event.meets_at;  // the two travelers meet when the next one comes
}

void evolve(DeliveryState& state, const DeliveryLegOpened&) {
  ++state.version;
  state.leg_open = true;
}

void evolve(DeliveryState& state, const DeliveryWayEnded& event) {
  ++state.version;
  if (!state.handed_elsewhere) return;
  state.handed_elsewhere->held_until = event.held_until;
  state.handed_elsewhere->until_arrival = false;
}

}  // namespace caravan
