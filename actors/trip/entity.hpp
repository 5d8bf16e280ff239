#pragma once

#include "actors/entity/entity.hpp"
#include "actors/trip/commands.hpp"
#include "actors/trip/events.hpp"
#include "actors/trip/resources.hpp"
#include "actors/trip/state.hpp"

namespace caravan {

struct Trip {
  static constexpr EntityKind kind = EntityKind::trip;
  using State = TripState;
  using Rejection = TripRejection;
  using Creates = List<PublishTrip, ReserveCapacity>;  // a reservation is answered even where there is no such trip
  using Commands = List<PublishTrip, EditTrip, CancelTrip, StartTrip, CompleteTrip, ReserveCapacity, ConfirmReservation,
                        ReleaseReservation, TimerFired, NoteOffer>;
  using Events = List<TripCreated, TripUpdated, TripCancelled, TripStarted, TripCompleted, CapacityChanged,
                      ReservationConfirmed, OfferNoted>;
  using Queries = List<ViewTrip, ViewCapacity, ViewRoute, ViewWeather, ViewFreeRoom>;
};

}  // namespace caravan
