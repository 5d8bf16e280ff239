#include "actors/messages/talk.hpp"
#include "actors/trip/entity.hpp"
#include "actors/trip/legs.hpp"

namespace caravan {

namespace {

/// Exact places are the traveler's own, and for whoever may look at what is private; others see areas.
bool sees_places(const TripState& state, const Caller& caller) {
  return caller.is_user(state.traveler_id) || caller.may(Permission::private_data) || caller.is_platform();
}

/// Which deliveries have room on it.
bool sees_holders(const TripState& state, const Caller& caller) {
  return caller.is_user(state.traveler_id) || caller.is_admin() || caller.is_service() || caller.is_platform();
}

/// A trip's address without a number is no more than a town or a station.
Place shown(const Place& place, bool is_exact) {
  if (is_exact) return place;
  Place area = area_of(place);
  const bool is_plain = place.address.find_first_of("0123456789") == std::string::npos;
  if (!place.area && is_plain) area.address = place.address;
  return area;
}

/// Kilometres: from metres to several known ends an exact one could be worked out.
std::int64_t shown_meters(std::int64_t meters, bool is_exact) {
  return is_exact ? meters : (meters + 500) / 1'000 * 1'000;
}

/// Minutes, for the same reason.
std::int64_t shown_seconds(std::int64_t seconds, bool is_exact) {
  return is_exact ? seconds : (seconds + 30) / 60 * 60;
}

std::vector<WeatherPoint> shown_weather(const TripDetails& details, bool is_exact) {
  std::vector<WeatherPoint> out = details.weather;
  for (WeatherPoint& point : out)
    for (const Place& place : details.places)
      if (!is_exact && point.address == place.address) point.address = shown(place, false).address;
  return out;
}

}  // namespace

Answer answer(const TripState& state, const Context& context, const ViewTrip&) {
  const TripDetails& details = state.details;
  const bool is_exact = sees_places(state, context.caller);
  TripResource out;
  out.trip_id = TripId{context.self.id};
  out.traveler_id = state.traveler_id;
  // Its customers and its traveler talk with their deliveries.
  out.title = is_exact ? details.title : masked_contacts(details.title);
  out.flags = talk_flags(details.title);
  out.status = state.status;
  out.origin = shown(details.places.front(), is_exact);
  out.destination = shown(details.places.back(), is_exact);
  for (std::size_t i = 1; i + 1 < details.places.size(); ++i) out.stops.push_back(shown(details.places[i], is_exact));
  out.route = {shown_meters(details.route.distance_meters, is_exact),
               shown_seconds(details.route.duration_seconds, is_exact), details.route.provider,
               is_exact ? details.route.polyline : ""};
  out.capacity = {details.capacity, available_on_all(available_by_leg(state))};
  out.weather = shown_weather(details, is_exact);
  out.departure_time = details.departure_time;
  // It may follow from the length of the way: see shown_seconds.
  out.arrival_time = is_exact ? details.arrival_time : std::chrono::round<std::chrono::minutes>(details.arrival_time);
  out.transport_mode = details.transport_mode;
  if (details.min_price) out.min_price = to_price(*details.min_price);
  out.currency = details.currency;
  out.created_at = state.created_at;
  out.started_at = state.started_at;
  out.completed_at = state.completed_at;
  out.cancelled_at = state.cancelled_at;
  if (state.status == TripStatus::cancelled)
    out.cancel_reason = is_exact ? state.cancel_reason : masked_contacts(state.cancel_reason);
  return show(std::move(out));
}

Answer answer(const TripState& state, const Context& context, const ViewCapacity&) {
  const std::vector<Load> available = available_by_leg(state);
  const bool is_exact = sees_places(state, context.caller), with_holders = sees_holders(state, context.caller);
  TripCapacityResource out{TripId{context.self.id}, state.details.capacity, available_on_all(available), {}};
  for (std::size_t leg = 0; leg < available.size(); ++leg) {
    const auto name = [&](std::size_t at) { return shown(state.details.places[at], is_exact).address; };
    LegCapacity room{name(leg), name(leg + 1), available[leg], {}};
    const auto place = static_cast<std::int32_t>(leg);
    for (const Reservation& held : state.reservations)
      if (with_holders && held.from_place <= place && place < held.to_place)
        room.holders.push_back({held.delivery_id, held.load, held.confirmed,
                                held.confirmed ? std::nullopt : std::optional<Time>(held.until)});
    out.legs.push_back(std::move(room));
  }
  return show(std::move(out));
}

Answer answer(const TripState& state, const Context& context, const ViewRoute&) {
  const TripRoute& route = state.details.route;
  const bool is_exact = sees_places(state, context.caller);
  TripRouteResource out{TripId{context.self.id},
                        shown_meters(route.distance_meters, is_exact),
                        shown_seconds(route.duration_seconds, is_exact),
                        route.provider,
                        is_exact ? route.polyline : "",
                        {}};
  for (std::size_t leg = 0; leg + 1 < state.details.places.size(); ++leg) {
    const RouteLeg length = leg < route.legs.size() ? route.legs[leg] : RouteLeg{};
    out.legs.push_back({shown(state.details.places[leg], is_exact), shown(state.details.places[leg + 1], is_exact),
                        shown_meters(length.distance_meters, is_exact),
                        shown_seconds(length.duration_seconds, is_exact)});
  }
  return show(std::move(out));
}

Answer answer(const TripState& state, const Context& context, const ViewWeather&) {
  return show(
      TripWeatherResource{TripId{context.self.id}, shown_weather(state.details, sees_places(state, context.caller))});
}

Answer answer(const TripState& state, const Context& context, const ViewFreeRoom& query) {
  const TripDetails& details = state.details;
  const LegSpan span = nearest_span(details.places, query.pickup, query.dropoff);
  const Time leaves_at = leaves(details, span);
  const bool open =
      state.status == TripStatus::upcoming && context.now < leaves_at && leaves_at <= context.now + longest_lead;
  return show(FreeRoom{state.traveler_id, open, available_on(available_by_leg(state), span), details.departure_time,
                       details.arrival_time, details.plan(),
                       passing(points_of(details), details.transport_mode, query.pickup, query.dropoff),
                       details.min_price, details.transport_mode});
}

}  // namespace caravan
