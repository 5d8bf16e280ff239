#include "actors/trip/entity.hpp"
#include "actors/trip/legs.hpp"

namespace caravan {

Answer answer(const TripState& state, const Context& context, const ViewTrip&) {
  const TripDetails& details = state.details;
  TripResource out;
  out.trip_id = TripId{context.self.id};
  out.traveler_id = state.traveler_id;
  out.title = details.title;
  out.status = state.status;
  out.origin = details.places.front();
  out.destination = details.places.back();
  out.stops = {details.places.begin() + 1, details.places.end() - 1};
  out.route = {details.route.distance_meters, details.route.duration_seconds, details.route.provider,
               details.route.polyline};
  out.capacity = {details.capacity, available_on_all(available_by_leg(state))};
  out.weather = details.weather;
  out.departure_time = details.departure_time;
  out.arrival_time = details.arrival_time;
  out.transport_mode = details.transport_mode;
  if (details.min_price) out.min_price = to_price(*details.min_price);
  out.currency = details.currency;
  out.created_at = state.created_at;
  out.started_at = state.started_at;
  out.completed_at = state.completed_at;
  out.cancelled_at = state.cancelled_at;
  if (state.status == TripStatus::cancelled) out.cancel_reason = state.cancel_reason;
  return show(std::move(out));
}

Answer answer(const TripState& state, const Context& context, const ViewCapacity&) {
  const std::vector<Load> available = available_by_leg(state);
  const Caller& caller = context.caller;
  const bool sees_holders = caller.is_user(state.traveler_id) || caller.is_admin() || caller.is_service();
  TripCapacityResource out{TripId{context.self.id}, state.details.capacity, available_on_all(available), {}};
  for (std::size_t leg = 0; leg < available.size(); ++leg) {
    LegCapacity shown{state.details.places[leg].address, state.details.places[leg + 1].address, available[leg], {}};
    const auto place = static_cast<std::int32_t>(leg);
    for (const Reservation& held : state.reservations)
      if (sees_holders && held.from_place <= place && place < held.to_place)
        shown.holders.push_back({held.delivery_id, held.load, held.confirmed,
                                 held.confirmed ? std::nullopt : std::optional<Time>(held.until)});
    out.legs.push_back(std::move(shown));
  }
  return show(std::move(out));
}

Answer answer(const TripState& state, const Context& context, const ViewRoute&) {
  const TripRoute& route = state.details.route;
  TripRouteResource out{TripId{context.self.id}, route.distance_meters, route.duration_seconds,
                        route.provider,          route.polyline,        {}};
  for (std::size_t leg = 0; leg + 1 < state.details.places.size(); ++leg) {
    const RouteLeg length = leg < route.legs.size() ? route.legs[leg] : RouteLeg{};
    out.legs.push_back(
        {state.details.places[leg], state.details.places[leg + 1], length.distance_meters, length.duration_seconds});
  }
  return show(std::move(out));
}

Answer answer(const TripState& state, const Context& context, const ViewWeather&) {
  return show(TripWeatherResource{TripId{context.self.id}, state.details.weather});
}

Answer answer(const TripState& state, const Context& context, const ViewFreeRoom& query) {
  const TripDetails& details = state.details;
  const bool open = state.status == TripStatus::upcoming && context.now < details.arrival_time;
  const LegSpan span = nearest_span(details.places, query.pickup, query.dropoff);
  return show(FreeRoom{state.traveler_id, open, available_on(available_by_leg(state), span), details.departure_time,
                       details.arrival_time});
}

}  // namespace caravan
