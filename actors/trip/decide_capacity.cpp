#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "actors/trip/entity.hpp"
#include "actors/trip/legs.hpp"

namespace caravan {

namespace {

const Reservation* find_reservation(const TripState& state, DeliveryId id) {
  const auto found = std::ranges::find(state.reservations, id, &Reservation::delivery_id);
  return found == state.reservations.end() ? nullptr : &*found;
}

Address delivery(DeliveryId id) { return {EntityKind::delivery, id.value}; }

Decision refuse_capacity(DeliveryId id, std::string_view code) {
  return Decision{}.send(delivery(id), CapacityRefused{std::string(code)});
}

/// Gives the reservation's room back, for the reason given.
Decision give_back(const TripState& state, const Reservation& held, CapacityChange change) {
  CapacityChanged event{change, held.delivery_id, held.from_place, held.to_place, held.load, {}, {}};
  event.available = available_by_leg(state);
  for (std::int32_t leg = held.from_place; leg < held.to_place; ++leg) {
    Load& left = event.available[static_cast<std::size_t>(leg)];
    left = left + held.load;
  }
  return Decision{}.emit(std::move(event));
}

}  // namespace

std::string reservation_timer(DeliveryId id) { return "reservation:" + id.text(); }

Decision decide(const TripState& state, const Context& context, const ReserveCapacity& command) {
  if (!context.caller.is_platform()) return reject(TripRejection::not_allowed);
  const DeliveryId id = command.delivery_id;
  const auto reserved = [&](const LegSpan& span) {
    return Decision{}.send(delivery(id), CapacityReserved{TripId{context.self.id}, leaves(state.details, span),
                                                          state.details.arrival_time, state.details.transport_mode});
  };
  if (const Reservation* held = find_reservation(state, id)) return reserved({held->from_place, held->to_place});
  if (!state.exists() || state.status != TripStatus::upcoming) return refuse_capacity(id, "trip_not_open");
  if (command.plan && *command.plan != state.details.plan()) return refuse_capacity(id, "offer_changed");
  const LegSpan span = nearest_span(state.details.places, command.pickup, command.dropoff);
  if (context.now >= leaves(state.details, span)) return refuse_capacity(id, "trip_not_open");
  CapacityChanged event{CapacityChange::reserved, id, span.from, span.to, command.load, command.until, {}};
  event.available = available_by_leg(state);
  if (state.reservations.size() >= max_trip_reservations || !command.load.holds(Load{}) ||
      !available_on(event.available, span).holds(command.load))
    return refuse_capacity(id, "capacity_exceeded");
  for (std::int32_t leg = span.from; leg < span.to; ++leg) {
    Load& left = event.available[static_cast<std::size_t>(leg)];
    left = left - command.load;
  }
  return reserved(span).emit(std::move(event)).set_timer(reservation_timer(id), command.until);
}

Decision decide(const TripState& state, const Context& context, const ConfirmReservation& command) {
  if (!context.caller.is_platform()) return reject(TripRejection::not_allowed);
  const Reservation* held = find_reservation(state, command.delivery_id);
  if (!held) return refuse_capacity(command.delivery_id, "capacity_exceeded");
  if (held->confirmed) return {};
  return Decision{}.emit(ReservationConfirmed{command.delivery_id}).clear_timer(reservation_timer(command.delivery_id));
}

Decision decide(const TripState& state, const Context& context, const ReleaseReservation& command) {
  if (!context.caller.is_platform()) return reject(TripRejection::not_allowed);
  const Reservation* held = find_reservation(state, command.delivery_id);
  if (!held) return {};
  Decision decision = give_back(state, *held, CapacityChange::released);
  if (!held->confirmed) decision.clear_timer(reservation_timer(command.delivery_id));
  return decision;
}

Decision decide(const TripState& state, const Context& context, const TimerFired& command) {
  if (!context.caller.is_platform()) return reject(TripRejection::not_allowed);
  // Nobody did that: the parcels that nobody fetched end as by their own time, and no side's dispute is withdrawn.
  if (command.name == over_timer) return state.is_over() ? Decision{} : completed(state, context, {});
  for (const Reservation& held : state.reservations)
    if (!held.confirmed && reservation_timer(held.delivery_id) == command.name)
      return give_back(state, held, CapacityChange::expired);
  return {};
}

}  // namespace caravan
