#include "http/routes/trips/trip_facts.hpp"

#include "actors/request/matching_facts.hpp"
#include "actors/trip/legs.hpp"
#include "actors/trip/overlap.hpp"

#include <set>

#include "actors/user/queries.hpp"
#include "actors/user/resources.hpp"
#include "actors/values/customs.hpp"
#include "http/access/accounts.hpp"
#include "http/providers/places/no_route.hpp"
#include "http/routes/location/no_way.hpp"
#include "http/routes/location/told_places.hpp"
#include "http/routes/location/unknown_place.hpp"
#include "http/routes/uploads/given_files.hpp"
#include "storage/read_models/accepted_prices.hpp"
#include "storage/read_models/demand.hpp"
#include "storage/read_models/requests.hpp"
#include "storage/read_models/trips.hpp"
#include "storage/read_models/users.hpp"

namespace caravan::http {

namespace {

constexpr std::chrono::hours demand_horizon{14 * 24};  // for what has no deadline

/// Throws Problem no_route, which names the place that the mode does not reach.
RouteEstimate route_through(const Places& world, const std::vector<Coordinates>& points, TransportMode mode) {
  try {
    return world.routes->route(points, mode);
  } catch (const NoRoute& none) {
    const bool is_end = none.to + 1 == points.size();
    const std::string field = is_end ? "destination" : "stops[" + std::to_string(none.to - 1) + "]";
    throw no_route(mode, field);
  }
}

TripRoute plan(const Places& world, const std::vector<Place>& places, TransportMode mode) {
  TripRoute out;
  std::vector<Coordinates> points;
  for (const Place& place : places) points.push_back(place.at());
  const RouteEstimate whole = route_through(world, points, mode);
  out.distance_meters = whole.distance_meters;
  out.duration_seconds = whole.duration_seconds;
  out.provider = whole.provider;
  out.polyline = whole.polyline;
  for (std::size_t i = 0; i + 1 < points.size(); ++i)
    out.legs.push_back({whole.legs.at(i).distance_meters, whole.legs.at(i).duration_seconds});
  return out;
}

/// The trip's way as it was planned. Exact, so it is for its traveler, whom the trip tells from strangers.
TripRoute route_so_far(Call& call, Address trip) {
  const Reply reply = call.ask_query(trip, ViewRoute{});
  const auto& shown = call.resource<TripRouteResource>(reply);
  TripRoute out{shown.distance_meters, shown.duration_seconds, shown.provider, shown.polyline, {}};
  for (const RouteLegShown& leg : shown.legs) out.legs.push_back({leg.distance_meters, leg.duration_seconds});
  return out;
}

/// How bad a weather is for a trip: "low", "medium" or "high".
std::string_view severity(const Weather& weather) {
  if (weather.condition == "thunderstorm" || weather.condition == "snow" || weather.wind_meters_per_second >= 20)
    return "high";
  return weather.condition == "rain" || weather.wind_meters_per_second >= 12 ? "medium" : "low";
}

/// The weather at each place at the time at which the trip comes by.
std::vector<WeatherPoint> forecast(const Places& world, const std::vector<Place>& places, const TripRoute& route,
                                   Time departure) {
  std::vector<WeatherPoint> out;
  Time due = departure;
  for (std::size_t i = 0; i < places.size(); ++i) {
    if (i > 0) due += std::chrono::seconds{route.legs[i - 1].duration_seconds};
    for (const Weather& weather : world.weather->forecast(places[i].at(), due))
      out.push_back({places[i].address, weather.at, weather.condition, weather.temperature_celsius,
                     std::string(severity(weather))});
  }
  return out;
}

/// Adds where an address is, and tells the caller how it was read; 422 that names the field where no geocoder finds it.
template <class Somewhere>
void find(Call& call, Somewhere& place, const std::string& field) {
  const Geocoder& geocoder = *places_of(call).geocoder;
  std::optional<FoundPlace> meant;
  if (!locate(geocoder, place, &meant)) throw unknown_place(call, geocoder, place.address, field + ".address");
  if (meant)
    call.tell_understood({field, told(call, geocoder, *meant).understood_as,
                          std::string(enum_labels(Precision{})[static_cast<std::size_t>(meant->precision)]),
                          meant->confidence});
}

void find_all(Call& call, std::vector<Place>& stops) {
  for (std::size_t i = 0; i < stops.size(); ++i) find(call, stops[i], "stops[" + std::to_string(i) + "]");
}

Standing standing(Call& call, UserId user, UserId other) {
  return find_answer<Standing>(call.door(), {EntityKind::user, user.value}, ViewStanding{other}).value_or(Standing{});
}

}  // namespace

const Places& places_of(Call& call) {
  if (!call.services().places) throw Problem{"unavailable", "This server knows no places."};
  return *call.services().places;
}

std::string first_name_of(Call& call, UserId user) {
  const Standing known = standing(call, user, user);
  return known.closed ? std::string() : known.first_name;
}

bool are_blocked(Call& call, UserId one, UserId other) {
  return standing(call, one, other).blocks_other || standing(call, other, one).blocks_other;
}

namespace {

struct Sides {
  Standing traveler, customer;
};

/// What a deal asks of its two sides, of SubmitOffer and AcceptOffer alike. Returns what is known of them.
template <class Command>
Sides add_sides(Call& call, Command& command, UserId traveler, UserId customer) {
  const Standing of_traveler = standing(call, traveler, customer), of_customer = standing(call, customer, traveler);
  command.blocked = of_traveler.blocks_other || of_customer.blocks_other;
  command.is_verified = of_traveler.verification_level == VerificationLevel::identity;
  command.customer_verified = of_customer.verification_level == VerificationLevel::identity;
  const VerifyRule& rule = call.services().settings.verify;
  command.traveler_lacks = rule.lacking(of_traveler);
  if constexpr (requires { command.customer_lacks; }) command.customer_lacks = rule.lacking(of_customer);
  command.other_inactive = is_inactive(call.door(), call.caller().is_user(customer) ? traveler : customer);
  return {of_traveler, of_customer};
}

}  // namespace

void add_standing(Call& call, AcceptOffer& command, UserId traveler, UserId customer) {
  const Sides sides = add_sides(call, command, traveler, customer);
  command.customer_name = sides.customer.first_name;
  command.traveler_name = sides.traveler.first_name;
}

namespace {

/// Throws Problem limit_reached where the caller has as many open trips as one traveler may have. A repeat of a call
/// that made one is no new trip.
void check_open_trips(Call& call) {
  const ReadModels* models = call.services().read_models;
  const std::size_t most = call.services().settings.open_trips;
  if (models) call.see_own_writes();
  if (!models || open_trips(*models, call.user()) < most) return;
  if (exists(call.door(), {EntityKind::trip, call.new_entity_id()})) return;
  throw Problem{"limit_reached",
                "At most " + std::to_string(most) + " trips may be open; cancel or complete some of them first."};
}

/// Throws Problem trips_overlap where the traveler cannot be on this trip and on another of theirs, or has as many at
/// that time as one traveler may have. What was published a moment ago by another node may not be known yet. What an
/// edited trip overlapped, or excluded, so far stays as it is.
void check_overlap(Call& call, TripId id, UserId traveler, const TripDetails& details, bool is_edited) {
  const ReadModels* models = call.services().read_models;
  if (!models || details.arrival_time <= details.departure_time) return;
  call.see_own_writes();  // a trip that they have just cancelled is in the way of none
  TripFacts trip;
  trip.id = id;
  trip.traveler = traveler;
  trip.mode = details.transport_mode;
  trip.points = points_of(details);
  std::vector<TripFacts> others = trips_around(*models, trip);
  const std::optional<TripFacts> so_far = is_edited ? trip_facts(*models, id) : std::nullopt;
  const auto refuse = [&](const TripFacts& other, const std::string& why) {
    if (!is_edited && exists(call.door(), {EntityKind::trip, id.value})) return;  // a repeat of its publication
    throw Problem{"trips_overlap",
                  why + " Trip " + other.id.text() + " goes from " + to_rfc3339(other.points.front().due) + " to " +
                      to_rfc3339(other.points.back().due) + ".",
                  "departureTime"};
  };
  for (const TripFacts& other : others)
    if (exclude_each_other(trip, other) && !(so_far && exclude_each_other(*so_far, other)))
      refuse(other, "Nobody can be on both of these trips.");
  std::erase_if(others,
                [&](const TripFacts& other) { return !overlap(trip, other) || (so_far && overlap(*so_far, other)); });
  const std::size_t most = call.services().settings.overlapping_trips;
  if (others.size() >= most)
    refuse(others.front(), "More than an hour may be shared with " + std::to_string(most) + " other trips at most.");
}

}  // namespace

void add_facts(Call& call, PublishTrip& command) {
  check_open_trips(call);
  const Places& world = places_of(call);
  find(call, command.origin, "origin");
  find(call, command.destination, "destination");
  find_all(call, command.stops);
  std::vector<Place> places{command.origin};
  places.insert(places.end(), command.stops.begin(), command.stops.end());
  places.push_back(command.destination);
  command.route = plan(world, places, command.transport_mode);
  command.weather = forecast(world, places, command.route, command.departure_time);
  TripDetails details;
  details.places = std::move(places);
  details.departure_time = command.departure_time;
  details.arrival_time = command.arrival_time.value_or(estimated_arrival(command.departure_time, command.route));
  details.transport_mode = command.transport_mode;
  details.route = command.route;
  check_overlap(call, TripId{call.new_entity_id()}, call.user(), details, false);
}

void add_facts(Call& call, EditTrip& command) {
  const bool other_way = command.origin || command.destination || command.stops || command.transport_mode;
  if (!other_way && !command.departure_time && !command.arrival_time) return;
  const Places& world = places_of(call);
  const Reply reply = call.ask_query({EntityKind::trip, call.path_uuid("tripId")}, ViewTrip{});
  const auto& trip = call.resource<TripResource>(reply);
  if (command.origin) find(call, *command.origin, "origin");
  if (command.destination) find(call, *command.destination, "destination");
  if (command.stops) find_all(call, *command.stops);
  std::vector<Place> as_it_stood{trip.origin};
  as_it_stood.insert(as_it_stood.end(), trip.stops.begin(), trip.stops.end());
  as_it_stood.push_back(trip.destination);
  std::vector<Place> places{command.origin.value_or(trip.origin)};
  const std::vector<Place>& stops = command.stops ? *command.stops : trip.stops;
  places.insert(places.end(), stops.begin(), stops.end());
  places.push_back(command.destination.value_or(trip.destination));
  // Later times alone ask no planner, who may find no way any more, or be away: it is the way that was planned before.
  const TripRoute route = other_way ? plan(world, places, command.transport_mode.value_or(trip.transport_mode))
                                    : route_so_far(call, {EntityKind::trip, trip.trip_id.value});
  if (other_way) command.route = route;
  TripDetails details;
  details.departure_time = command.departure_time.value_or(trip.departure_time);
  details.transport_mode = command.transport_mode.value_or(trip.transport_mode);
  details.route = route;
  const bool changed = places != as_it_stood || details.transport_mode != trip.transport_mode;
  details.arrival_time = edited_arrival(command, {trip.departure_time, trip.arrival_time}, changed, route);
  if (other_way || command.departure_time) command.weather = forecast(world, places, route, details.departure_time);
  details.places = std::move(places);
  if (call.caller().is_user(trip.traveler_id))  // anybody else is refused by the trip
    check_overlap(call, trip.trip_id, trip.traveler_id, details, true);
}

WayMarket market_between(Call& call, Coordinates pickup, Coordinates dropoff, std::optional<Time> deliver_by,
                         RequestId but) {
  if (!call.services().read_models) return {};
  const Time now = call.door().now();
  const DemandWindow window{.pickup = pickup,
                            .dropoff = dropoff,
                            .radius_meters = search_radius_meters(pickup, dropoff),
                            .from = now,
                            .until = deliver_by.value_or(now + demand_horizon),
                            .but = but};
  const DemandCount count = count_demand(*call.services().read_models, window);
  const auto accepted = accepted_share(*call.services().read_models, window);
  // What people agreed on there says already how they go.
  return {demand_of(count.wanting, count.going), count.only_flown && !accepted, accepted};
}

std::optional<PriceRecommendation> recommend(Call& call, RequestId id, const RequestTerms& terms) {
  const Places& world = places_of(call);
  const auto quote =
      world.pricing->quote(terms.pickup, terms.dropoff, terms.item, terms.urgency, terms.max_price.currency,
                           market_between(call, terms.pickup, terms.dropoff, terms.deliver_by, id));
  if (!quote) return std::nullopt;
  PriceRecommendation out{quote->amount, quote->currency, {}, quote->platform_fee, quote->traveler_amount};
  for (const PricePart& part : quote->breakdown) out.breakdown.push_back({part.name, part.amount, part.note});
  return out;
}

Matches match(Call& call, RequestId id, const RequestTerms& terms) {
  if (!call.services().matcher) return {{}, "rules", {}};
  call.see_all_writes();
  const RequestFacts facts = matching_facts(id, terms);
  std::set<UserId> apart;
  if (const ReadModels* models = call.services().read_models) apart = kept_apart(*models, terms.customer_id);
  const auto blocked = [&](UserId traveler) { return apart.contains(traveler); };
  Matches found = call.services().matcher->match(facts, call.door().now(), shown_matches, blocked);
  for (RequestTripMatch& each : found.items) add_take_home(each, each.min_price, call.services().settings.deal);
  return found;
}

namespace {

/// The pictures are uploads of the customer's that nothing has taken yet, unless this is the same request again.
void check_photos(Call& call, const std::vector<UploadId>& photos) {
  if (photos.empty()) return;
  const Address request{EntityKind::request, call.new_entity_id()};
  for (std::size_t i = 0; i < photos.size(); ++i)
    check_upload(call, photos[i], UploadPurpose::item, request, "item.photos[" + std::to_string(i) + "]");
}

}  // namespace

bool crosses_customs(Call& call, Coordinates a, Coordinates b) {
  const Geocoder& geocoder = *places_of(call).geocoder;
  const auto one = geocoder.reverse(a, 1), other = geocoder.reverse(b, 1);
  if (one.empty() || other.empty()) return false;
  const auto near = [](const FoundPlace& town, Coordinates at) {
    return CustomsPlace{town.country, town.region, town.name, at};
  };
  return is_customs_border(near(one.front(), a), near(other.front(), b));
}

void add_facts(Call& call, PostRequest& command) {
  check_photos(call, command.item.photos);
  find(call, command.pickup, "pickup");
  find(call, command.dropoff, "delivery");
  command.crosses_border = crosses_customs(call, command.pickup.at(), command.dropoff.at());
  command.customs_required = call.services().settings.customs_required;
  const auto max_price = to_money(command.max_price, command.currency);
  if (!max_price) return;
  const RequestTerms terms{call.user(),
                           RequestStatus::open,
                           command.pickup.at(),
                           command.dropoff.at(),
                           command.item,
                           command.urgency,
                           *max_price,
                           command.pickup_from,
                           deadline_of(command.deliver_by, command.pickup_from, command.urgency, call.door().now()),
                           command.title};
  command.price_recommendation = recommend(call, RequestId{}, terms);
  Matches found = match(call, RequestId{}, terms);
  command.matched_by = std::move(found.matched_by);
  command.matches = std::move(found.items);
  command.nearest_miss = std::move(found.nearest_miss);
}

void add_facts(Call& call, EditRequest& command) {
  if (!command.pickup && !command.dropoff) return;
  for (auto [stop, field] : {std::pair{&command.pickup, "pickup"}, std::pair{&command.dropoff, "delivery"}}) {
    if (!*stop) continue;
    const bool keeps_its_point = (*stop)->place().located();
    const auto known = (*stop)->uncertainty_meters;
    find(call, **stop, field);
    if (keeps_its_point) (*stop)->uncertainty_meters = known;  // a guess stays one though it has a point
  }
}

namespace {

/// What the trip has free between two places; nothing where there is no such trip.
std::optional<FreeRoom> free_room(Call& call, TripId id, Coordinates from, Coordinates to) {
  const Reply trip = call.try_query({EntityKind::trip, id.value}, ViewFreeRoom{from, to});
  const auto* room = trip.outcome == Outcome::done ? trip.resource.get_if<FreeRoom>() : nullptr;
  return room ? std::optional(*room) : std::nullopt;
}

/// Where the traveler would take the parcel over, or hand it on.
void find(Call& call, MeetingPoint& point, const std::string& field) {
  Stop stop;
  stop.address = point.address;
  stop.lat = point.lat;
  stop.lng = point.lng;
  find(call, stop, field);
  point = {stop.address, stop.lat, stop.lng, stop.uncertainty_meters, stop.area, stop.off_address_meters};
}

void add_room(SubmitOffer& offer, const FreeRoom& room) {
  offer.trip_owner = room.traveler_id;
  offer.trip_open = room.open;
  offer.free_room = room.available;
  offer.trip_plan = room.plan;
  offer.passing = room.passing;
  offer.mode = room.mode;
}

}  // namespace

void add_facts(Call& call, SubmitOffer& command) {
  const Address request{EntityKind::request, call.path_uuid("requestId")};
  const Reply known = call.ask_query(request, ViewTerms{});
  const auto& terms = call.resource<RequestTerms>(known);
  command.offer_id = call.new_id<OfferId>();
  call.remember_part(command.offer_id.value, request);
  Coordinates from = area_center(terms.pickup), to = area_center(terms.dropoff);
  if (command.from) {
    find(call, *command.from, "from");
    from = command.from->place().at();
  }
  if (command.to) {
    find(call, *command.to, "to");
    to = command.to->place().at();
  }
  if (const auto room = free_room(call, command.trip_id, from, to)) add_room(command, *room);
  const Standing own = add_sides(call, command, call.user(), terms.customer_id).traveler;
  command.has_delivered = own.has_delivered;
  command.traveler_name = own.first_name;
  command.deal = call.services().settings.deal;
  if (own.rating_count > 0) command.traveler_rating = own.average_rating;
}

void add_facts(Call& call, InviteTraveler& command) {
  const Address request{EntityKind::request, call.path_uuid("requestId")};
  const Reply known = call.ask_query(request, ViewTerms{});
  const auto& terms = call.resource<RequestTerms>(known);
  command.invitation_id = call.new_id<InvitationId>();
  call.remember_part(command.invitation_id.value, request);
  const auto room = free_room(call, command.trip_id, area_center(terms.pickup), area_center(terms.dropoff));
  if (!room) return;
  add_room(command.facts, *room);
  command.min_price = room->min_price;
  command.fee_basis_points = call.services().settings.deal.platform_fee_basis_points;
  const Sides sides = add_sides(call, command.facts, room->traveler_id, terms.customer_id);
  command.asked_today = sides.customer.asked_today;
  command.invited_today = sides.traveler.invited_today;
  command.invited_by_customer_today = sides.traveler.invited_by_other_today;
  if (sides.customer.is_newcomer()) command.invited_by_newcomers_today = sides.traveler.invited_by_newcomers_today;
}

}  // namespace caravan::http
