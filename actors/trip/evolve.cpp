#include <algorithm>

#include "actors/trip/entity.hpp"

namespace caravan {

void evolve(TripState& state, const TripCreated& event) {
  state = {};
  state.traveler_id = event.traveler_id;
  state.details = event.details;
  state.created_at = event.at;
}

void evolve(TripState& state, const TripUpdated& event) {
  state.details = event.details;
  state.delays = event.delays;
  for (const ReservationMoved& moved : event.moved)
    for (Reservation& reservation : state.reservations)
      if (reservation.delivery_id == moved.delivery_id) {
        reservation.from_place = moved.from_place;
        reservation.to_place = moved.to_place;
      }
}

void evolve(TripState& state, const TripCancelled& event) {
  state.status = TripStatus::cancelled;
  state.cancelled_at = event.at;
  state.cancel_reason = event.reason;
  state.reservations.clear();
}

void evolve(TripState& state, const TripStarted& event) {
  state.status = TripStatus::under_way;
  state.started_at = event.at;
}

void evolve(TripState& state, const TripCompleted& event) {
  state.status = TripStatus::completed;
  state.completed_at = event.at;
}

void evolve(TripState& state, const CapacityChanged& event) {
  std::erase_if(state.reservations, [&](const Reservation& r) { return r.delivery_id == event.delivery_id; });
  if (event.change == CapacityChange::reserved)
    state.reservations.push_back(
        {event.delivery_id, event.load, event.from_place, event.to_place, false, event.until.value_or(Time{})});
}

void evolve(TripState& state, const OfferNoted& event) {
  state.offered_for.push_back(event.request_id);
  if (state.offered_for.size() > max_offered_for) state.offered_for.erase(state.offered_for.begin());
}

void evolve(TripState& state, const ReservationConfirmed& event) {
  for (Reservation& reservation : state.reservations)
    if (reservation.delivery_id == event.delivery_id) reservation.confirmed = true;
}

}  // namespace caravan
