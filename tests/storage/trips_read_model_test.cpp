#include "actors/matching/score.hpp"
#include "actors/pricing/pricing.hpp"
#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/user/entity.hpp"
#include "storage/read_models/demand.hpp"
#include "storage/read_models/trips.hpp"
#include "tests/storage/story.hpp"

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

constexpr Coordinates new_york{40.7128, -74.006}, boston{42.3601, -71.0589}, hartford{41.7658, -72.6734},
    chicago{41.8781, -87.6298}, providence{41.824, -71.4128};
const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const Viewer viewer{test_start, user(bob)};

TripDetails details(Coordinates from, Coordinates to, Time departure, TransportMode mode = TransportMode::car) {
  TripDetails out;
  out.title = "trip";
  out.places = {{"from", from.lat, from.lng}, {"to", to.lat, to.lng}};
  out.departure_time = departure;
  out.arrival_time = departure + 5h;
  out.transport_mode = mode;
  out.capacity = {{5'000}, {10'000}, 3};
  out.currency = *Currency::parse("USD");
  out.min_price = Money{2'000, out.currency};
  out.route.legs = {{300'000, 18'000}};
  return out;
}

Address trip(std::uint8_t number) { return {EntityKind::trip, test_id<TripId>(number).value}; }

/// Trip 1: New York to Boston in one day, 2: the same by train in two, 3: back in one, 4: Chicago to Boston; 5 is
/// cancelled, 6 departed.
struct Market : Story {
  Market() {
    publish(1, details(new_york, boston, test_start + 24h));
    publish(2, details(new_york, boston, test_start + 48h, TransportMode::train));
    publish(3, details(boston, new_york, test_start + 24h));
    publish(4, details(chicago, boston, test_start + 24h));
    publish(5, details(new_york, boston, test_start + 24h));
    tell(trip(5), TripCancelled{ann, "ill", test_start});
    publish(6, details(new_york, boston, test_start - 1h));
  }
  void publish(std::uint8_t number, TripDetails what) {
    tell(trip(number), TripCreated{ann, std::move(what), test_start + std::chrono::seconds(number)});
  }
  std::vector<int> found(const TripSearch& search) {
    std::vector<int> out;
    for (const TripHit& hit : search_trips(models, viewer, search, {}).items)
      out.push_back(hit.trip_id.value.bytes[15]);
    return out;
  }
  std::vector<int> window(Coordinates pickup, Coordinates dropoff, double radius) {
    std::vector<int> out;
    for (const TripFacts& facts :
         StoredTripIndex(models).find({pickup, dropoff, radius, test_start, test_start + 240h, 100}))
      out.push_back(facts.id.value.bytes[15]);
    return out;
  }
};

using Numbers = std::vector<int>;

}  // namespace

TEST_CASE("trips: the search finds by both ends, time, room, price and mode, earliest departure first") {
  Market market;
  CHECK(market.found({}) == Numbers{1, 3, 4, 2});
  CHECK(market.found({.origin = new_york, .destination = boston}) == Numbers{1, 2});
  CHECK(market.found({.origin = new_york}) == Numbers{1, 2});
  CHECK(market.found({.destination = boston}) == Numbers{1, 4, 2});
  // Providence is 66 km from Boston.
  CHECK(market.found({.destination = providence}) == Numbers{});
  CHECK(market.found({.destination = providence, .max_distance_meters = 70'000}) == Numbers{1, 4, 2});
  CHECK(market.found({.origin = new_york, .departs_from = test_start + 25h}) == Numbers{2});
  CHECK(market.found({.origin = new_york, .departs_until = test_start + 25h}) == Numbers{1});
  CHECK(market.found({.origin = new_york, .room = {{5'000}, {0}, 0}}) == Numbers{1, 2});
  CHECK(market.found({.origin = new_york, .room = {{5'001}, {0}, 0}}) == Numbers{});
  CHECK(market.found({.origin = new_york, .max_price = Price{200'000}}) == Numbers{1, 2});
  CHECK(market.found({.origin = new_york, .max_price = Price{199'999}}) == Numbers{});
  CHECK(market.found({.currency = Currency::parse("EUR")}) == Numbers{});
  CHECK(market.found({.mode = TransportMode::train}) == Numbers{2});
}

TEST_CASE("trips: a hit is the trip itself and how far its ends are") {
  Market market;
  const auto page = search_trips(market.models, viewer,
                                 {.origin = new_york, .destination = providence, .max_distance_meters = 70'000}, {});
  REQUIRE(!page.items.empty());
  const TripHit& hit = page.items[0];
  CHECK(hit.title == "trip");
  CHECK(hit.capacity.available.items == 3);
  CHECK(hit.distance_from_origin == 0);
  CHECK(hit.distance_from_destination.value() > 60'000);
  // Its rows reach both parts of the struct.
  const auto* field = schema::find_field(schema::type_of<TripHit>(), "distanceFromOrigin");
  REQUIRE(field);
  CHECK(schema::member_of(*field, &hit) == &hit.distance_from_origin);
  CHECK(schema::member_of(*schema::find_field(schema::type_of<TripHit>(), "title"), &hit) == &hit.title);
}

TEST_CASE("trips: pages join without a gap or a double") {
  Market market;
  Numbers all;
  Paging paging{.limit = 1, .cursor = {}};
  for (int pages = 0; pages < 10; ++pages) {
    const auto page = search_trips(market.models, viewer, {}, paging);
    for (const TripHit& hit : page.items) all.push_back(hit.trip_id.value.bytes[15]);
    if (!page.next_cursor) break;
    paging.cursor = *page.next_cursor;
  }
  CHECK(all == Numbers{1, 3, 4, 2});
}

TEST_CASE("trips: what is reserved, edited or over is no longer found as it was") {
  Market market;
  const Load two{{2'000}, {1'000}, 1};
  market.tell(
      trip(1),
      CapacityChanged{
          CapacityChange::reserved, test_id<DeliveryId>(1), 0, 1, two, test_start + 1h, {{{3'000}, {9'000}, 2}}});
  CHECK(market.found({.origin = new_york, .room = {{4'000}, {0}, 0}}) == Numbers{2});
  TripDetails moved = details(hartford, boston, test_start + 24h);
  market.tell(trip(1), TripUpdated{ann, moved, {}, {{{3'000}, {9'000}, 2}}});
  CHECK(market.found({.origin = new_york}) == Numbers{2});
  CHECK(market.found({.origin = hartford}) == Numbers{1});
  market.tell(trip(1), TripStarted{ann, test_start});
  CHECK(market.found({.origin = hartford}) == Numbers{});
}

TEST_CASE("trips: matching finds by the way between the ends, in its direction; trains at their stops alone") {
  Market market;
  CHECK(market.window(new_york, boston, 20'000) == Numbers{1, 2});
  CHECK(market.window(boston, new_york, 20'000) == Numbers{3});
  CHECK(market.window(hartford, boston, 30'000) == Numbers{1});
  const auto facts = trip_facts(market.models, TripId{trip(1).id});
  REQUIRE(facts);
  CHECK(facts->traveler == ann);
  CHECK(facts->points.at(0).due == test_start + 24h);
  CHECK(facts->points.at(1).due == test_start + 29h);
  CHECK(facts->available.at(0).items == 3);
  CHECK_FALSE(trip_facts(market.models, TripId{trip(5).id}));
}

TEST_CASE("trips: matching sees the traveler's rating, and scores by it") {
  Market market;
  const TripWindow window{new_york, boston, 20'000, test_start, test_start + 240h, 100};
  RequestFacts request;
  request.customer = bob;
  request.pickup = new_york;
  request.dropoff = boston;
  const auto first = [&] { return StoredTripIndex(market.models).find(window).at(0); };
  const auto score = [&] { return score_by_rules(fit(request, first())->features); };
  CHECK_FALSE(first().rating);
  const double unrated = score();
  const Address profile = user_address(ann);
  market.tell(profile, ProfileCreated{.email = "ann@example.com",
                                      .first_name = "Ann",
                                      .last_name = "A",
                                      .preferred_language = "en",
                                      .time_zone = "UTC",
                                      .at = test_start});
  CHECK_FALSE(first().rating);
  const auto rate = [&](std::uint8_t number, int stars) {
    market.tell(profile, ReviewPublished{test_id<UserId>(number).value, {}, bob, stars, test_start});
  };
  rate(21, 5);
  CHECK(first().rating == 5.0);
  CHECK(trip_facts(market.models, TripId{trip(1).id})->rating == 5.0);
  CHECK(score() > unrated);
  rate(22, 1);
  rate(23, 1);
  CHECK(score() < unrated);
}

TEST_CASE("demand: open requests and upcoming trips that go the same way, in a count that is bounded") {
  Market market;
  DemandWindow window{.pickup = new_york,
                      .dropoff = boston,
                      .radius_meters = 20'000,
                      .from = test_start,
                      .until = test_start + 240h,
                      .but = {}};
  const auto count = [&] { return count_demand(market.models, window); };
  CHECK(count().requests == 0);
  CHECK(count().trips == 2);
  const auto post = [&](std::uint8_t number, Coordinates from, Coordinates to) {
    RequestDetails what;
    what.title = "Books";
    what.pickup = {"Elm Street", from.lat, from.lng, "Ann", "+12125550100", {}};
    what.dropoff = {"Oak Avenue", to.lat, to.lng, "Cat", "+16175550100", {}};
    what.item = {"Books", "books", {2'500}, {3'000}, 1, {}, {}};
    what.max_price = {6'000, *Currency::parse("USD")};
    market.tell({EntityKind::request, test_id<RequestId>(number).value},
                RequestCreated{bob, what, test_start + 48h, test_start});
  };
  for (std::uint8_t number = 1; number <= 8; ++number) post(number, new_york, boston);
  post(9, boston, new_york);
  post(10, chicago, boston);
  CHECK(count().requests == 8);
  window.but = test_id<RequestId>(3);
  CHECK(count().requests == 7);
  market.tell({EntityKind::request, test_id<RequestId>(1).value}, RequestCancelled{bob, "", test_start});
  CHECK(count().requests == 6);
  window.until = test_start + 25h;
  CHECK(count().trips == 1);
  // More parcels than trips: the price goes up.
  PriceFacts facts;
  facts.distance_meters = 300'000;
  const std::int64_t balanced = price(first_pricing_rules(), facts)->amount;
  facts.demand = demand_of(count().requests, count().trips);
  CHECK(price(first_pricing_rules(), facts)->amount > balanced);
}

TEST_CASE("trips: a traveler's own, newest first, by status") {
  Market market;
  const auto own = own_trips(market.models, {test_start, user(ann)}, ann, {}, {});
  REQUIRE(own.items.size() == 6);
  CHECK(own.items[0].trip_id.value == trip(6).id);
  const auto cancelled = own_trips(market.models, {test_start, user(ann)}, ann, TripStatus::cancelled, {});
  REQUIRE(cancelled.items.size() == 1);
  CHECK(cancelled.items[0].cancel_reason == "ill");
  CHECK(own_trips(market.models, viewer, bob, {}, {}).items.empty());
  CHECK(all_trips(market.models, viewer, TripStatus::upcoming, {}).items.size() == 5);
}
