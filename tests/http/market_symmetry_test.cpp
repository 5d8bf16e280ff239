#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <random>

#include "actors/request/entity.hpp"
#include "actors/request/matching_facts.hpp"
#include "actors/trip/entity.hpp"
#include "actors/user/entity.hpp"
#include "http/matching/matcher.hpp"
#include "storage/read_models/requests.hpp"
#include "storage/read_models/trips.hpp"
#include "tests/storage/story.hpp"

namespace market_symmetry_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

constexpr std::size_t no_limit = 100'000;

/// A random market in the real read models: trips of every mode and parcels laid along them, beside them and elsewhere.
struct Market : Story {
  std::mt19937_64 random;
  std::vector<TripId> trips;
  std::vector<RequestId> requests;
  std::map<RequestId, std::pair<UserId, RequestDetails>> states;

  explicit Market(std::uint64_t seed) : random(seed) {}

  double between(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); }
  std::int64_t whole(std::int64_t low, std::int64_t high) {
    return std::uniform_int_distribution<std::int64_t>(low, high)(random);
  }
  Coordinates near(Coordinates at, double degrees) {
    const double lng = at.lng + between(-degrees, degrees);
    return {std::clamp(at.lat + between(-degrees, degrees), -89.0, 89.0), lng > 180    ? lng - 360
                                                                          : lng < -180 ? lng + 360
                                                                                       : lng};
  }
  /// One of few towns, so that many ways meet. Those of every third pick lie on both sides of the 180th meridian.
  Coordinates town(bool far_east) {
    static constexpr Coordinates near_towns[] = {{48.86, 2.35}, {50.85, 4.35}, {52.37, 4.90},
                                                 {50.94, 6.96}, {48.58, 7.75}, {45.76, 4.84}};
    static constexpr Coordinates far_towns[] = {{-16.5, 179.2}, {-16.7, -179.9}, {-17.6, 178.5}, {-18.2, -178.8}};
    return far_east ? far_towns[random() % std::size(far_towns)] : near_towns[random() % std::size(near_towns)];
  }
  std::uint8_t number() { return static_cast<std::uint8_t>(trips.size() + requests.size() + 1); }

  void add_traveler(std::uint8_t of) {
    const UserId traveler = test_id<UserId>(of);
    tell(user_address(traveler), ProfileCreated{{.email = "t@example.com",
                                                 .first_name = "Tom",
                                                 .last_name = "T",
                                                 .preferred_language = "en",
                                                 .time_zone = "UTC"},
                                                test_start});
    for (std::uint8_t review = 0; review < of % 4; ++review)
      tell(user_address(traveler), ReviewPublished{test_id<UserId>(static_cast<std::uint8_t>(200 + review)).value,
                                                   {},
                                                   traveler,
                                                   static_cast<int>(whole(1, 5)),
                                                   test_start});
  }
  void add_trip() {
    static constexpr TransportMode modes[] = {TransportMode::car, TransportMode::train, TransportMode::plane,
                                              TransportMode::bus, TransportMode::bike};
    const std::uint8_t id = number();
    TripDetails what;
    what.title = "trip";
    const bool far_east = random() % 3 == 0;
    for (std::int64_t stops = whole(2, 4); stops > 0; --stops) {
      const Coordinates at = near(town(far_east), 0.1);
      what.places.push_back({"place", at.lat, at.lng});
    }
    what.route.legs.assign(what.places.size() - 1, {300'000, 18'000});
    what.departure_time = test_start + std::chrono::hours(whole(0, 12 * 24));
    what.arrival_time = what.departure_time + std::chrono::hours(whole(2, 30));
    what.transport_mode = modes[random() % std::size(modes)];
    what.capacity = {{whole(2'000, 20'000)}, {whole(5'000, 60'000)}, 3};
    what.currency = *Currency::parse(random() % 4 == 0 ? "EUR" : "USD");
    if (random() % 3 == 0) what.min_price = Money{whole(500, 6'000), what.currency};
    add_traveler(id);
    tell(Address{EntityKind::trip, test_id<TripId>(id).value}, TripCreated{test_id<UserId>(id), what, test_start});
    trips.push_back(test_id<TripId>(id));
  }
  /// From and to near two points of a trip's way, in its direction or the other.
  void add_request() {
    const auto trip = trip_facts(models, trips[random() % trips.size()]);
    const auto way = waypoints(*trip, 10'000);
    std::size_t on = random() % way.size(), off = random() % way.size();
    if (off < on && random() % 4 != 0) std::swap(on, off);
    if (on == off) on = 0, off = way.size() - 1;
    const double spread = random() % 2 == 0 ? 0.05 : 0.4;
    const Coordinates from = near(way[on].at, spread), to = near(way[off].at, spread);
    RequestDetails what;
    what.item.value = {whole(0, random() % 6 == 0 ? 200'000 : 50'000) * 100};  // to 2,000.00 or 500.00
    what.item.weight = {whole(100, 4'000)};
    what.item.volume = {whole(500, 8'000)};
    what.urgency = random() % 2 == 0 ? Urgency::standard : static_cast<Urgency>(random() % 3);
    what.max_price = Money{whole(1'000, 9'000), *Currency::parse(random() % 4 == 0 ? "EUR" : "USD")};
    if (random() % 3 == 0) what.pickup_from = test_start + std::chrono::hours(whole(1, 10 * 24));
    if (random() % 3 == 0)
      what.deliver_by = what.pickup_from.value_or(test_start) + std::chrono::hours(whole(5, 20 * 24));
    post(from, to, what, random() % 10 == 0 ? std::optional(trip->traveler) : std::nullopt);
  }
  /// `customer`: somebody new where none is named.
  void post(Coordinates from, Coordinates to, RequestDetails what, std::optional<UserId> customer = {}) {
    const std::uint8_t id = number();
    what.title = "parcel";
    what.item.category = "other";
    what.item.items = 1;
    if (what.max_price.amount == 0) what.max_price = Money{5'000, *Currency::parse("USD")};
    what.pickup.address = what.dropoff.address = "somewhere";
    what.pickup.lat = from.lat, what.pickup.lng = from.lng;
    what.dropoff.lat = to.lat, what.dropoff.lng = to.lng;
    tell(Address{EntityKind::request, test_id<RequestId>(id).value},
         RequestCreated{customer.value_or(test_id<UserId>(id)), what, deadline_of(what, test_start), test_start});
    requests.push_back(test_id<RequestId>(id));
    states[requests.back()] = {customer.value_or(test_id<UserId>(id)), what};
  }
};

}  // namespace

TEST_CASE("market: a trip is among the matches of a request exactly when the request is among those of the trip") {
  std::size_t pairs = 0;
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    Market market(seed);
    for (int i = 0; i < 70; ++i) market.add_trip();
    for (int i = 0; i < 150; ++i) market.add_request();
    const StoredTripIndex index(market.models);
    const Matcher matcher(index, [] { return MatchModel{}; });
    const Time now = test_start + std::chrono::hours(seed);
    using Pair = std::pair<RequestId, TripId>;
    using Shown = std::pair<double, std::vector<std::string>>;
    std::map<Pair, Shown> by_request, by_trip;
    for (const RequestId id : market.requests) {
      const auto state = market.states.at(id);
      const RequestFacts facts = matching_facts(id, state.first, state.second, test_start);
      for (RequestTripMatch& match : matcher.match(facts, now, no_limit).items)
        by_request[{id, match.trip_id}] = {match.score, std::move(match.reasons)};
    }
    for (const TripId id : market.trips) {
      const auto facts = trip_facts(market.models, id);
      REQUIRE(facts);
      for (RequestMatch& match : matcher.match(*facts, open_requests_along(market.models, *facts), now, no_limit).items)
        by_trip[{match.request_id, id}] = {match.score, std::move(match.reasons)};
    }
    CHECK(by_request == by_trip);
    pairs += by_request.size();
  }
  MESSAGE(pairs << " pairs");
  CHECK(pairs > 150);  // or the markets had nothing to compare
}

TEST_CASE("market: what lies exactly on a car's way is seen from both sides, and in searches") {
  Market market(7);
  const Coordinates chicago{41.8781, -87.6298}, denver{39.7392, -104.9903};
  TripDetails drive;
  drive.title = "drive";
  drive.places = {{"Chicago", chicago.lat, chicago.lng}, {"Denver", denver.lat, denver.lng}};
  drive.route.legs = {{1'600'000, 60'000}};
  drive.departure_time = test_start + std::chrono::hours(24);
  drive.arrival_time = drive.departure_time + std::chrono::hours(17);
  drive.transport_mode = TransportMode::car;
  drive.capacity = {{20'000}, {60'000}, 10};
  drive.currency = *Currency::parse("USD");
  const TripId trip = test_id<TripId>(1);
  market.add_traveler(1);
  market.tell(Address{EntityKind::trip, trip.value}, TripCreated{test_id<UserId>(1), drive, test_start});
  market.trips.push_back(trip);
  const auto facts = trip_facts(market.models, trip);
  REQUIRE(facts);
  const auto way = waypoints(*facts);
  REQUIRE(way.size() > 22);
  for (std::size_t i = 0; i < 20; ++i) market.post(way[i].at, way[i + 2].at, {});
  const StoredTripIndex index(market.models);
  const Matcher matcher(index, [] { return MatchModel{}; });
  for (const RequestId id : market.requests) {
    const auto& [customer, details] = market.states.at(id);
    CHECK(matcher.match(matching_facts(id, customer, details, test_start), test_start, no_limit).items.size() == 1);
  }
  CHECK(matcher.match(*facts, open_requests_along(market.models, *facts), test_start, no_limit).items.size() == 20);
  RequestSearch search{};
  search.route = {chicago, denver};
  const Viewer viewer{test_start, user(test_id<UserId>(1))};
  CHECK(search_requests(market.models, viewer, search, {.limit = 50, .cursor = {}}).items.size() == 20);
  search.route = {denver, chicago};
  CHECK(search_requests(market.models, viewer, search, {.limit = 50, .cursor = {}}).items.empty());
}

}  // namespace market_symmetry_test
