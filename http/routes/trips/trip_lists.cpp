#include "actors/audit/commands.hpp"
#include "http/providers/places/time_zones.hpp"
#include "http/routes/paging.hpp"
#include "http/routes/requests/search_places.hpp"
#include "http/routes/trips/trip_facts.hpp"
#include "http/routes/trips/trips.hpp"
#include "storage/read_models/requests.hpp"
#include "storage/read_models/trips.hpp"
#include "storage/read_models/users.hpp"

namespace caravan::http {

namespace {

struct TripListQuery {
  static constexpr std::string_view record_name = "TripListQuery";
  std::optional<TripStatus> status;
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  static constexpr auto fields() {
    return std::array{field<&TripListQuery::status>(1, "status"),
                      field<&TripListQuery::limit>(2, "limit", between(1, 200)),
                      field<&TripListQuery::cursor>(3, "cursor", length(1, 500))};
  }
};

struct TripSearchQuery {
  static constexpr std::string_view record_name = "TripSearchQuery";
  std::optional<std::string> origin, destination;  // addresses; points serve in their place
  std::optional<double> origin_lat, origin_lng, destination_lat, destination_lng;
  std::optional<std::string> departure_date;  // a day at the origin, where that is named; else in UTC
  std::optional<Time> departure_from, departure_to;
  std::optional<double> max_distance;  // km from either end
  std::optional<Kilograms> min_capacity;
  std::optional<Litres> min_volume;
  std::optional<std::int32_t> min_items;
  std::optional<Price> max_price;
  std::optional<Currency> currency;
  std::optional<TransportMode> transport_mode;
  std::optional<std::int32_t> limit;
  std::optional<std::string> cursor;
  static constexpr auto fields() {
    return std::array{field<&TripSearchQuery::origin>(1, "origin", length(1, 300)),
                      field<&TripSearchQuery::destination>(2, "destination", length(1, 300)),
                      field<&TripSearchQuery::origin_lat>(3, "originLat", between_real(-90, 90)),
                      field<&TripSearchQuery::origin_lng>(4, "originLng", between_real(-180, 180)),
                      field<&TripSearchQuery::destination_lat>(5, "destinationLat", between_real(-90, 90)),
                      field<&TripSearchQuery::destination_lng>(6, "destinationLng", between_real(-180, 180)),
                      field<&TripSearchQuery::departure_date>(7, "departureDate", format(schema::Format::date)),
                      field<&TripSearchQuery::departure_from>(8, "departureFrom"),
                      field<&TripSearchQuery::departure_to>(9, "departureTo"),
                      field<&TripSearchQuery::max_distance>(10, "maxDistance", between_real(0, max_search_km)),
                      field<&TripSearchQuery::min_capacity>(11, "minCapacity", between(0, max_load_grams)),
                      field<&TripSearchQuery::min_volume>(12, "minVolume", between(0, max_load_millilitres)),
                      field<&TripSearchQuery::min_items>(13, "minItems", between(0, max_load_items)),
                      field<&TripSearchQuery::max_price>(14, "maxPrice", between(0, most_price_units)),
                      field<&TripSearchQuery::currency>(15, "currency"),
                      field<&TripSearchQuery::transport_mode>(16, "transportMode"),
                      field<&TripSearchQuery::limit>(17, "limit", between(1, 200)),
                      field<&TripSearchQuery::cursor>(18, "cursor", length(1, 500))};
  }
};

/// Open requests that fit a trip, best first, and what scored them.
struct TripMatchList {
  static constexpr std::string_view record_name = "TripMatchList";
  std::vector<RequestMatch> items;
  std::string matched_by;                   // "model" or "rules"
  std::optional<std::string> next_cursor;   // unused: the contract has it, and all matches come at once
  std::optional<NearestMiss> nearest_miss;  // where nothing fits
  std::int32_t if_verified = 0;             // more would fit if the traveler's identity were verified
  bool model_failed = false;                // it was to rank, and could not
  static constexpr auto fields() {
    return std::array{field<&TripMatchList::items>(1, "items"),
                      field<&TripMatchList::matched_by>(2, "matchedBy"),
                      field<&TripMatchList::next_cursor>(3, "nextCursor"),
                      field<&TripMatchList::nearest_miss>(4, "nearestMiss"),
                      field<&TripMatchList::if_verified>(5, "ifVerified"),
                      field<&TripMatchList::model_failed>(6, "modelFailed")};
  }
};

TripSearch wanted(Call& call, const TripSearchQuery& query) {
  TripSearch out;
  out.origin = search_point(call, "origin", query.origin, query.origin_lat, query.origin_lng);
  out.destination = search_point(call, "destination", query.destination, query.destination_lat, query.destination_lng);
  out.max_distance_meters = query.max_distance.value_or(default_search_km) * 1'000;
  out.departs_from = query.departure_from;
  out.departs_until = query.departure_to;
  if (query.departure_date) {
    const auto day = parse_rfc3339(*query.departure_date + "T00:00:00Z");
    if (!day)
      throw Problem{.code = "validation_failed", .errors = {{"departureDate", "invalid_format", "no such day"}}};
    const std::string_view zone = out.origin ? time_zone_at(*out.origin) : "UTC";
    const Time begin = local_midnight(*day, zone), end = local_midnight(*day + std::chrono::days{1}, zone);
    // A trip that has left already is not searched for, whatever the day.
    out.departs_from = std::max({begin, query.departure_from.value_or(begin), call.door().now()});
    out.departs_until = std::min(end, query.departure_to.value_or(end));
  }
  out.room = {query.min_capacity.value_or(Kilograms{}), query.min_volume.value_or(Litres{}),
              query.min_items.value_or(0)};
  out.max_price = query.max_price;
  out.currency = query.currency;
  out.mode = query.transport_mode;
  out.spread = true;
  return out;
}

Response search(Call& call) {
  const auto& query = call.query<TripSearchQuery>();
  const auto page = search_trips(read_models_of(call), viewer(call), wanted(call, query), paging_of(query));
  return call.list(page.items, page.next_cursor);
}

Response own(Call& call) {
  const auto& query = call.query<TripListQuery>();
  const auto whose = call.lister();
  const auto page = whose ? own_trips(read_models_of(call), viewer(call), *whose, query.status, paging_of(query))
                          : all_trips(read_models_of(call), viewer(call), query.status, paging_of(query));
  // Lists show exact places to the traveler alone.
  if (call.caller().is_acting()) call.record_look(PrivateThing::places, {EntityKind::user, call.user().value});
  return call.list(page.items, page.next_cursor);
}

/// Open requests that fit the trip, for its traveler.
Response matches(Call& call) {
  const Reply reply = call.ask_query({EntityKind::trip, call.path_uuid("tripId")}, ViewTrip{});
  const Caller& caller = call.caller();
  if (!caller.is_user(call.resource<TripResource>(reply).traveler_id) && !caller.is_admin() && !caller.is_service())
    throw Problem{"not_owner"};
  TripMatchList out;
  out.matched_by = "rules";
  call.see_all_writes();
  const auto trip = trip_facts(read_models_of(call), call.path<TripId>("tripId"));
  if (trip && call.services().matcher) {
    auto requests = open_requests_along(read_models_of(call), *trip);
    const auto apart = kept_apart(read_models_of(call), trip->traveler);
    std::erase_if(requests, [&](const RequestFacts& request) { return apart.contains(request.customer); });
    RequestMatches found = call.services().matcher->match(*trip, requests, call.door().now(), shown_matches);
    out.items = std::move(found.items);
    for (RequestMatch& each : out.items) add_take_home(each, each.max_price, call.services().settings.deal);
    out.matched_by = std::move(found.matched_by);
    out.nearest_miss = std::move(found.nearest_miss);
    out.if_verified = found.if_verified;
    out.model_failed = found.model_failed;
  }
  return call.answer(AnyRecord(std::move(out)));
}

}  // namespace

std::vector<Route> trip_list_routes(Services&) {
  return {
      get("/trips", person, "Own trips").query<TripListQuery>().lists<TripResource>().handle(own),
      get("/trips/search", user, "Trips by origin, destination, dates, maxDistance, minCapacity, maxPrice")
          .names_places()
          .query<TripSearchQuery>()
          .lists<TripHit>()
          .rated(RateClass::search)
          .handle(search),
      get("/trips/:tripId/matches", user, "Open requests that fit, scored, with the reasons")
          .answers<TripMatchList>()
          .rated(RateClass::search)
          .handle(matches),
  };
}

}  // namespace caravan::http
