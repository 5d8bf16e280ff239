#include "http/routes/location/location.hpp"

#include <map>
#include <stdexcept>

#include "http/providers/places/no_route.hpp"
#include "http/providers/places/places.hpp"
#include "http/routes/location/location_bodies.hpp"
#include "http/routes/location/no_way.hpp"
#include "http/routes/location/told_places.hpp"
#include "http/routes/location/unknown_place.hpp"

namespace caravan::http {

namespace {

const Places& places(Call& call) {
  if (!call.services().places) throw Problem{"unavailable", "This server knows no places."};
  return *call.services().places;
}

/// The likeliest place, with the others behind it, in the caller's language.
Response answer_with(Call& call, const std::vector<FoundPlace>& places_found) {
  const std::vector<FoundPlace> found = told(call, *places(call).geocoder, places_found);
  const FoundPlace& best = found.front();
  GeocodedAddress answer;
  answer.address = best.address;
  answer.lat = best.lat;
  answer.lng = best.lng;
  answer.name = best.name;
  answer.region = best.region;
  answer.country = best.country;
  answer.postal_code = best.postal_code;
  answer.precision = best.precision;
  answer.confidence = best.confidence;
  answer.understood_as = best.understood_as;
  answer.provider = places(call).geocoder->provider();
  answer.alternatives.assign(found.begin() + 1, found.end());
  return call.answer(AnyRecord(std::move(answer)));
}

Response geocode(Call& call) {
  const auto& body = call.body<GeocodeAddress>();
  return answer_with(call, understood(call, *places(call).geocoder, body.address, body.country.value_or(""),
                                      static_cast<std::size_t>(body.limit.value_or(5)), "address"));
}

Response reverse_geocode(Call& call) {
  const auto& body = call.body<ReverseGeocode>();
  const std::vector<FoundPlace> found =
      places(call).geocoder->reverse({body.lat, body.lng}, static_cast<std::size_t>(body.limit.value_or(1)));
  if (found.empty()) throw Problem{"address_not_found", "No place is known near this point."};
  return answer_with(call, found);
}

Response autocomplete(Call& call) {
  const auto& query = call.query<AutocompleteQuery>();
  const Geocoder& geocoder = *places(call).geocoder;
  return call.list(told(
      call, geocoder,
      geocoder.autocomplete(query.q, query.country.value_or(""), static_cast<std::size_t>(query.limit.value_or(10)))));
}

/// Where a point lies; throws address_not_found, naming the field, where that cannot be told.
template <class Point>
Coordinates located(Call& call, const Point& point, const std::string& field) {
  if (point.lat && point.lng) return {*point.lat, *point.lng};
  if (!point.address)
    throw Problem{.code = "validation_failed", .errors = {{field, "required", "Give lat and lng, or an address."}}};
  return understood(call, *places(call).geocoder, *point.address, "", 1, field).front().at();
}

/// What a planner answers; Problem no_route with the name of the point that the mode does not reach.
template <class Name, class Ask>
auto reached(TransportMode mode, const Name& name, const Ask& ask) {
  try {
    return ask();
  } catch (const NoRoute& none) {
    throw no_route(mode, name(none.to));
  }
}

/// Indices of the stops that must come earlier; -1 where there is none.
StopOrder precedence(const std::vector<RouteStop>& stops) {
  std::map<std::string, int> by_id;
  for (std::size_t i = 0; i < stops.size(); ++i)
    if (stops[i].id && !by_id.emplace(*stops[i].id, static_cast<int>(i)).second)
      throw Problem{.code = "validation_failed",
                    .errors = {{"stops[" + std::to_string(i) + "].id", "duplicate", "Another stop has this id."}}};
  StopOrder order;
  for (std::size_t i = 0; i < stops.size(); ++i) {
    order.after.push_back(-1);
    if (!stops[i].after) continue;
    const auto found = by_id.find(*stops[i].after);
    if (found == by_id.end())
      throw Problem{.code = "validation_failed",
                    .errors = {{"stops[" + std::to_string(i) + "].after", "unknown", "No stop has this id."}}};
    order.after.back() = found->second;
  }
  return order;
}

std::vector<int> ordered(const RoutePlanner& planner, const std::vector<Coordinates>& points,
                         const OptimizeRoute& body) {
  const StopOrder order = precedence(body.stops);
  const bool by_time = body.preferences.value_or(RoutePreferences{}).optimize == OptimizeFor::time;
  try {
    return best_order(planner.matrix(points, points, body.transport_mode.value_or(TransportMode::car)).rows, order,
                      body.destination.has_value(), by_time);
  } catch (const std::invalid_argument&) {
    throw Problem{.code = "validation_failed",
                  .errors = {{"stops", "cycle", "Stops cannot each come after the other."}}};
  }
}

Response optimize(Call& call) {
  const auto& body = call.body<OptimizeRoute>();
  if (!body.destination && body.stops.empty())
    throw Problem{.code = "validation_failed", .errors = {{"destination", "required", "or give stops"}}};
  if (body.preferences.value_or(RoutePreferences{}).avoid_tolls.value_or(false))
    throw Problem{
        .code = "validation_failed",
        .errors = {{"preferences.avoidTolls", "not_supported", "No planner here knows tolls; leave it out or false."}}};
  const RoutePlanner& planner = *places(call).routes;
  std::vector<Coordinates> points{located(call, body.origin, "origin")};
  for (std::size_t i = 0; i < body.stops.size(); ++i)
    points.push_back(located(call, body.stops[i], "stops[" + std::to_string(i) + "]"));
  if (body.destination) points.push_back(located(call, *body.destination, "destination"));

  const TransportMode mode = body.transport_mode.value_or(TransportMode::car);
  const auto name_of = [&](std::size_t point) {
    if (point == 0) return std::string("origin");
    return point > body.stops.size() ? "destination" : "stops[" + std::to_string(point - 1) + "]";
  };
  OptimizedRoute answer;
  std::vector<Coordinates> way{points.front()};
  const std::vector<int> order = reached(mode, name_of, [&] { return ordered(planner, points, body); });
  for (const int stop : order) {
    const auto index = static_cast<std::size_t>(stop);
    way.push_back(points[index + 1]);
    answer.stops.push_back({stop, body.stops[index].id, way.back().lat, way.back().lng});
  }
  if (body.destination) way.push_back(points.back());
  RouteEstimate route = reached(mode, name_of, [&] { return planner.route(way, mode); });
  answer.distance_meters = route.distance_meters;
  answer.duration_seconds = route.duration_seconds;
  answer.provider = std::move(route.provider);
  answer.polyline = std::move(route.polyline);
  answer.legs = std::move(route.legs);
  return call.answer(AnyRecord(std::move(answer)));
}

Response matrix(Call& call) {
  const auto& body = call.body<MatrixRequest>();
  const auto all = [&](const std::vector<RoutePoint>& points, const std::string& name) {
    std::vector<Coordinates> found;
    for (std::size_t i = 0; i < points.size(); ++i)
      found.push_back(located(call, points[i], name + "[" + std::to_string(i) + "]"));
    return found;
  };
  const RoutePlanner& planner = *places(call).routes;
  const TransportMode mode = body.transport_mode.value_or(TransportMode::car);
  const auto origins = all(body.origins, "origins"), destinations = all(body.destinations, "destinations");
  LegMatrix found = reached(
      mode, [](std::size_t to) { return "destinations[" + std::to_string(to) + "]"; },
      [&] { return planner.matrix(origins, destinations, mode); });
  DistanceMatrix answer{std::move(found.provider), {}};
  for (std::vector<Leg>& row : found.rows) answer.rows.push_back({std::move(row)});
  return call.answer(AnyRecord(std::move(answer)));
}

Response weather(Call& call) {
  const auto& query = call.query<WeatherQuery>();
  const WeatherForecast& forecast = *places(call).weather;
  return call.answer(
      AnyRecord(WeatherAnswer{std::string(forecast.provider()),
                              forecast.forecast({query.lat, query.lng}, query.at.value_or(call.door().now()))}));
}

}  // namespace

std::vector<Route> location_routes(Services&) {
  return {
      post("/location/geocode", user, "Address to coordinates")
          .names_places()
          .body<GeocodeAddress>()
          .answers<GeocodedAddress>()
          .without_key()
          .rated(RateClass::search)
          .handle(geocode),
      post("/location/reverse-geocode", user, "Coordinates to address")
          .names_places()
          .body<ReverseGeocode>()
          .answers<GeocodedAddress>()
          .without_key()
          .rated(RateClass::search)
          .handle(reverse_geocode),
      get("/location/autocomplete", user, "Places by prefix")
          .names_places()
          .query<AutocompleteQuery>()
          .lists_own<FoundPlace>()
          .rated(RateClass::search)
          .handle(autocomplete),
      post("/location/routes/optimize", user,
           "Route or stop order; names the provider that answered; avoidTolls is refused, as no planner knows tolls; "
           "no_route where neither land nor a crossing leads there")
          .names_places()
          .body<OptimizeRoute>()
          .answers<OptimizedRoute>()
          .without_key()
          .rated(RateClass::search)
          .handle(optimize),
      post("/location/routes/matrix", user,
           "Distances and times between points; no_route where one cannot be reached from another")
          .names_places()
          .body<MatrixRequest>()
          .answers<DistanceMatrix>()
          .without_key()
          .rated(RateClass::search)
          .handle(matrix),
      get("/location/weather", user, "Weather at a point")
          .query<WeatherQuery>()
          .answers<WeatherAnswer>()
          .rated(RateClass::search)
          .handle(weather),
  };
}

}  // namespace caravan::http
