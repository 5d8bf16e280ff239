#include <algorithm>
#include <random>

#include "actors/account/entity.hpp"
#include "actors/matching/score.hpp"
#include "actors/request/entity.hpp"
#include "actors/user/entity.hpp"
#include "storage/read_models/places.hpp"
#include "storage/read_models/trips.hpp"
#include "tests/storage/story.hpp"
#include "tests/storage/trips_given.hpp"

namespace trips_read_model_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::trips;
using namespace std::chrono_literals;

namespace {

constexpr Coordinates hartford{41.7658, -72.6734}, providence{41.824, -71.4128};
const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const Viewer viewer{test_start, user(bob)};

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
  CHECK(hit.distance_from_origin.value() <= area_radius_meters);
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

namespace {

bool holds(const read_models::Box& box, Coordinates at) {
  return at.lat >= box.south && at.lat <= box.north && at.lng >= box.west && at.lng <= box.east;
}

/// Whether a trip passes near the pickup and then near the dropoff, by a look at each pair of its points.
bool passes(const TripFacts& trip, const std::vector<Waypoint>& way, const TripWindow& window) {
  const Time departure = trip.points.front().due;
  if (departure < window.from || departure >= window.until) return false;
  // A way by road passes its nearest waypoint at most half their spacing off.
  const double radius = window.radius_meters + beside_road_meters + 20'000;
  const auto pickup = read_models::box_around(window.pickup, radius);
  const auto dropoff = read_models::box_around(window.dropoff, radius);
  const int apart = keeps_to_stops(trip.mode) ? 1 : 0;
  for (const Waypoint& on : way)
    for (const Waypoint& off : way)
      if (off.order >= on.order + apart && holds(pickup, on.at) && holds(dropoff, off.at)) return true;
  return false;
}

/// Trips anywhere on earth, among them many around one pole and the 180th meridian, along roads and between stops.
struct AnyTrips : Story {
  std::mt19937_64 random{2028};
  std::vector<TripFacts> all;

  double between(double low, double high) { return std::uniform_real_distribution<double>(low, high)(random); }
  Coordinates anywhere() {
    switch (random() % 4) {
      case 0:
        return {between(86, 90), between(-180, 180)};
      case 1: {
        const double lng = between(176, 184);
        return {between(-20, -14), lng > 180 ? lng - 360 : lng};
      }
      case 2:
        return {between(40, 43), between(-75, -70)};
      default:
        return {between(-90, 90), between(-180, 180)};
    }
  }
  Coordinates near(Coordinates at, double degrees) {
    return {std::clamp(at.lat + between(-degrees, degrees), -90.0, 90.0),
            std::clamp(at.lng + between(-degrees, degrees), -180.0, 180.0)};
  }
  void publish(std::uint8_t number) {
    static constexpr TransportMode modes[] = {TransportMode::car, TransportMode::plane, TransportMode::train};
    TripDetails what = details(anywhere(), anywhere(), test_start + std::chrono::hours(random() % 2'000),
                               modes[random() % std::size(modes)]);
    if (random() % 2 == 0)
      what.places[1] = {"near", near(what.places[0].at(), 4).lat, near(what.places[0].at(), 4).lng};
    for (std::uint64_t stops = random() % 8; stops > 0; --stops) {
      const Coordinates stop = near(what.places[0].at(), 6);
      what.places.insert(what.places.begin() + 1, Place{"stop", stop.lat, stop.lng});
    }
    what.route.legs.assign(what.places.size() - 1, {300'000, 18'000});
    tell(trip(number), TripCreated{ann, std::move(what), test_start});
    all.push_back(trip_facts(models, TripId{trip(number).id}).value());
  }
};

}  // namespace

TEST_CASE("trips: the index by place and time finds what a look at each trip finds, on the whole earth") {
  AnyTrips trips;
  for (std::uint8_t number = 1; number <= 200; ++number) trips.publish(number);
  std::ranges::sort(trips.all, {}, [](const TripFacts& trip) { return std::pair(trip.points.front().due, trip.id); });
  std::vector<std::vector<Waypoint>> ways;
  for (const TripFacts& trip : trips.all) ways.push_back(waypoints(trip));
  std::size_t found = 0;
  for (int i = 0; i < 400; ++i) {
    const TripFacts& like = trips.all[trips.random() % trips.all.size()];
    const Time from = test_start + std::chrono::hours(trips.random() % 500);
    TripWindow window{trips.near(like.points.front().at, 1),
                      trips.near(like.points.back().at, 1),
                      trips.between(1'000, 300'000),
                      from,
                      from + std::chrono::hours(trips.random() % 2'000),
                      1 + trips.random() % 4};
    std::vector<TripId> expected;
    for (std::size_t t = 0; t < trips.all.size(); ++t)
      if (expected.size() < window.limit && passes(trips.all[t], ways[t], window)) expected.push_back(trips.all[t].id);
    std::vector<TripId> actual;
    for (const TripFacts& trip : StoredTripIndex(trips.models).find(window)) actual.push_back(trip.id);
    REQUIRE(actual == expected);
    found += actual.size();
  }
  CHECK(found > 200);
}

TEST_CASE("trips: matching sees the traveler's rating, and scores by it") {
  Market market;
  const TripWindow window{new_york, boston, 20'000, test_start, test_start + 240h, 100};
  RequestFacts request;
  request.customer = bob;
  request.pickup = new_york;
  request.dropoff = boston;
  const auto first = [&] { return StoredTripIndex(market.models).find(window).at(0); };
  const auto score = [&] { return score_by_rules(fit(request, first(), test_start)->features, Urgency::standard); };
  CHECK_FALSE(first().rating);
  const double unrated = score();
  const Address profile = user_address(ann);
  market.tell(profile, ProfileCreated{{.email = "ann@example.com",
                                       .first_name = "Ann",
                                       .last_name = "A",
                                       .preferred_language = "en",
                                       .time_zone = "UTC"},
                                      test_start});
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

TEST_CASE("trips: a traveler's own, newest first, by status") {
  Market market;
  const auto own = own_trips(market.models, {test_start, user(ann)}, ann, {}, {});
  REQUIRE(own.items.size() == 6);
  CHECK(own.items[0].trip_id.value == trip(6).id);
  const auto cancelled = own_trips(market.models, {test_start, user(ann)}, ann, TripStatus::cancelled, {});
  REQUIRE(cancelled.items.size() == 1);
  CHECK(cancelled.items[0].cancel_reason == "ill");
  CHECK(own_trips(market.models, viewer, bob, {}, {}).items.empty());
  const auto of = [&](TripStatus status) {
    return own_trips(market.models, {test_start, user(ann)}, ann, status, {}).items.size();
  };
  CHECK(open_trips(market.models, ann) == of(TripStatus::upcoming) + of(TripStatus::under_way));
  CHECK(open_trips(market.models, ann) < own.items.size());
  CHECK(open_trips(market.models, bob) == 0);
  CHECK(all_trips(market.models, viewer, TripStatus::upcoming, {}).items.size() == 5);
}

TEST_CASE("trips: one traveler's sixty trips leave places on a page of a search to the others") {
  Market market;
  for (std::uint8_t number = 10; number < 70; ++number)
    market.publish(number, details(new_york, boston, test_start + 30h));
  market.tell(trip(70), TripCreated{bob, details(new_york, boston, test_start + 31h), test_start});
  const auto travelers = [&](bool spread, std::size_t limit, std::optional<Coordinates> origin) {
    TripSearch search;
    search.origin = origin;
    search.spread = spread;
    std::pair<int, int> count{0, 0};
    for (const TripHit& hit : search_trips(market.models, viewer, search, {.limit = limit}).items)
      ++(hit.traveler_id == ann ? count.first : count.second);
    return count;
  };
  for (const std::optional<Coordinates> origin : {std::optional<Coordinates>{}, std::optional(new_york)}) {
    CHECK(travelers(true, 20, origin) == std::pair{2, 1});
    CHECK(travelers(true, 50, origin) == std::pair{5, 1});
    CHECK(travelers(false, 20, origin) == std::pair{20, 0});
  }
}

TEST_CASE("trips: which of a traveler's own are at the time of another one, or near it") {
  Market market;
  const auto along = [&](UserId traveler, Time departure, Duration takes, std::uint8_t itself) {
    TripFacts trip;
    trip.id = test_id<TripId>(itself);
    trip.traveler = traveler;
    trip.points = {{new_york, departure}, {boston, departure + takes}};
    Numbers numbers;
    for (const TripFacts& other : trips_around(market.models, trip)) numbers.push_back(other.id.value.bytes[15]);
    std::ranges::sort(numbers);
    return numbers;
  };
  CHECK(along(ann, test_start + 24h, 5h, 99) == Numbers{1, 2, 3, 4});  // not 5, which is cancelled
  CHECK(along(ann, test_start + 24h, 5h, 3) == Numbers{1, 2, 4});
  CHECK(along(ann, test_start + 24h - 1ms, 5h, 99) == Numbers{1, 3, 4});
  CHECK(along(ann, test_start + 4h + 19h, 1h, 99) == Numbers{1, 3, 4, 6});
  CHECK(along(ann, test_start + 72h, 5h, 99) == Numbers{2});
  CHECK(along(ann, test_start + 72h + 1ms, 5h, 99).empty());
  CHECK(along(bob, test_start + 24h, 5h, 99).empty());
  // A row of short trips before it hides none that is nearer.
  TripFacts late;
  late.traveler = ann;
  late.points = {{new_york, test_start + 47h}, {boston, test_start + 47h + 30min}};
  REQUIRE_FALSE(trips_around(market.models, late).empty());
  CHECK(trips_around(market.models, late).front().id == test_id<TripId>(2));
}

TEST_CASE("trips: those of suspended and banned accounts are not found, nor matched") {
  Market market;
  UserRegistered registered;
  registered.user_id = ann;
  registered.at = test_start;
  const Address account{EntityKind::account, ann.value};
  market.tell(account, registered, EmailVerified{});
  const auto all = market.found({});
  REQUIRE_FALSE(all.empty());
  const auto matched = market.window(new_york, boston, 20'000);
  REQUIRE_FALSE(matched.empty());
  for (const UserStatus status : {UserStatus::suspended, UserStatus::banned}) {
    market.tell(account, UserSuspended{status, "fraud", test_id<UserId>(9), test_start});
    CHECK(market.found({}).empty());
    CHECK(market.window(new_york, boston, 20'000).empty());
    market.tell(account, UserReactivated{test_id<UserId>(9), test_start});
    CHECK(market.found({}) == all);
    CHECK(market.window(new_york, boston, 20'000) == matched);
  }
}

}  // namespace trips_read_model_test
