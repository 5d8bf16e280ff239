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
                        ReleaseReservation, TimerFired>;
  using Events =
      List<TripCreated, TripUpdated, TripCancelled, TripStarted, TripCompleted, CapacityChanged, ReservationConfirmed>;
  using Queries = List<ViewTrip, ViewCapacity, ViewRoute, ViewWeather, ViewFreeRoom>;
};

Decision decide(const TripState&, const Context&, const PublishTrip&);
Decision decide(const TripState&, const Context&, const EditTrip&);
Decision decide(const TripState&, const Context&, const CancelTrip&);
Decision decide(const TripState&, const Context&, const StartTrip&);
Decision decide(const TripState&, const Context&, const CompleteTrip&);
Decision decide(const TripState&, const Context&, const ReserveCapacity&);
Decision decide(const TripState&, const Context&, const ConfirmReservation&);
Decision decide(const TripState&, const Context&, const ReleaseReservation&);
Decision decide(const TripState&, const Context&, const TimerFired&);
void evolve(TripState&, const TripCreated&);
void evolve(TripState&, const TripUpdated&);
void evolve(TripState&, const TripCancelled&);
void evolve(TripState&, const TripStarted&);
void evolve(TripState&, const TripCompleted&);
void evolve(TripState&, const CapacityChanged&);
void evolve(TripState&, const ReservationConfirmed&);
Answer answer(const TripState&, const Context&, const ViewTrip&);
Answer answer(const TripState&, const Context&, const ViewCapacity&);
Answer answer(const TripState&, const Context&, const ViewRoute&);
Answer answer(const TripState&, const Context&, const ViewWeather&);
Answer answer(const TripState&, const Context&, const ViewFreeRoom&);

}  // namespace caravan
