#include <algorithm>
#include <cmath>

#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/tracker/commands.hpp"

namespace caravan {

using namespace delivery;

namespace {

std::string name_of(PinType type) { return type == PinType::pickup ? "pickup" : "delivery"; }

/// A handover at that place lies ahead; a parcel that goes back comes to the pickup again.
bool is_ahead(const DeliveryState& state, PinType type) {
  if (state.status == DeliveryStatus::accepted) return true;
  return type == PinType::delivery ? state.is_carried() : state.status == DeliveryStatus::returning;
}

Handover handover_at(PinType type) { return type == PinType::pickup ? Handover::pickup : Handover::delivery; }

/// Codes follow by the event; the fence is the tracker's.
void agree(Decision& decision, const DeliveryState& state, const Context& context, PinType type, Coordinates location) {
  const DeliveryPinAgreed agreed{type, location, context.caller.user, context.now, true, context.caller.service};
  decision.emit(agreed);
  DeliveryState after = state;
  evolve(after, agreed);
  for (const GeofenceRef& fence : state.geofences)
    if (fence.type == handover_at(type))
      decision.send(tracker_of(context), EditGeofence{fence.geofence_id, {}, fence_around(after.stop(type)), {}});
  if (!delivery_policy::is_far(state, type, location))
    return tell_both(decision, state, context, "pin_agreed", {{"type", name_of(type)}});
  const Stop& stop = state.stop(type);
  tell_both(decision, state, context, "pin_moved",
            {{"type", name_of(type)},
             {"from", place_text(state, type)},
             {"to", degrees_text(location.lat) + ", " + degrees_text(location.lng)},
             {"meters", std::to_string(std::llround(distance_meters(stop.at(), location)))}});
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const SetPin& command) {
  if (auto why = not_party(state, context.caller)) return reject(*why);
  if (!state.is_open()) return reject(DeliveryRejection::delivery_closed);
  if (!is_ahead(state, command.type)) return reject(DeliveryRejection::invalid_state, "This handover is done.");
  // The place is that of two deliveries, until the parcel goes back there and nobody meets any more.
  if (state.is_meeting(handover_at(command.type)) && state.status != DeliveryStatus::returning)
    return reject(DeliveryRejection::invalid_state, "Two travelers meet there, where their offers say.");
  // A key or a service may correct the door. Whoever sends the parcel elsewhere is one of the two, and signed in.
  const bool is_signed_in = !context.caller.api_key && !context.caller.service;
  const double moved = distance_meters(state.stop(command.type).at(), command.location);
  if (!is_signed_in &&
      (moved > delivery_policy::far_pin_meters || delivery_policy::is_far(state, command.type, command.location)))
    return reject(DeliveryRejection::forbidden,
                  "So far from the place before, a pin is set by somebody who signed in.");
  Decision decision;
  if (const PinProposal* known = delivery_policy::open_proposal(state, command.type, context.now)) {
    const bool is_same = distance_meters(known->location, command.location) <= delivery_policy::same_pin_meters;
    if (is_same && known->by == context.caller.user) return {};
    if (is_same && context.caller.service && known->service == context.caller.service)
      return reject(DeliveryRejection::forbidden, "The service that proposed the pin agrees to it for nobody.");
    if (is_same) {
      agree(decision, state, context, command.type, known->location);
      return decision;
    }
  }
  decision.emit(
      DeliveryPinProposed{{command.type, command.location, context.caller.user, context.now, context.caller.service}});
  const bool is_customer = context.caller.is_user(state.terms.customer);
  tell(decision, state, context, is_customer ? state.terms.traveler : state.terms.customer, "pin_proposed",
       {{"type", name_of(command.type)}});
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const WithdrawPin& command) {
  if (auto why = not_party(state, context.caller)) return reject(*why);
  const PinProposal* known = delivery_policy::open_proposal(state, command.type, context.now);
  if (!known || known->by != context.caller.user)
    return reject(DeliveryRejection::invalid_state, "No proposal of yours is open.");
  const bool is_customer = context.caller.is_user(state.terms.customer);
  Decision decision;
  decision.emit(DeliveryPinWithdrawn{command.type, context.caller.user, context.now});
  tell(decision, state, context, is_customer ? state.terms.traveler : state.terms.customer, "pin_withdrawn",
       {{"type", name_of(command.type)}});
  return decision;
}

}  // namespace caravan
