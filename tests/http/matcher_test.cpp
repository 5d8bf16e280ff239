#include "http/matching/matcher.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <random>

#include "config/import/trip_import.hpp"
#include "http/providers/places/gazetteer_files.hpp"
#include "http/providers/places/gazetteer_index.hpp"
#include "tests/testkit/entity.hpp"
#include "tests/testkit/trip_grid.hpp"

namespace matcher_test {

using namespace caravan;

namespace {

const auto unlearnt = [] { return MatchModel{}; };
constexpr Time first_day = std::chrono::sys_days{std::chrono::year{2027} / 3 / 1};

struct Flights {
  testkit::TripGrid grid;
  std::map<TripId, TripFacts> all;
};

const Flights& flights() {
  static const Flights loaded = [] {
    Flights result;
    FlightFile file("config/samples/flights.tsv.gz");
    Duration shift{0};
    while (const auto line = file.next()) {
      REQUIRE_MESSAGE(line->flight.has_value(), line->fault);
      if (shift.count() == 0) shift = first_day - std::chrono::floor<std::chrono::days>(line->flight->departure);
      TripFacts trip = trip_facts_of(*line->flight, shift, EmbeddedRoutes{});
      result.all[trip.id] = trip;
      result.grid.add(std::move(trip));
    }
    return result;
  }();
  return loaded;
}

/// Parcels between postal codes drawn from the real ones, at least 200 km apart.
std::vector<RequestFacts> requests(std::size_t count) {
  static const GazetteerIndex index(gazetteer_files().places, "", gazetteer_files().postal_codes);
  const auto codes = index.postal_codes_beginning("US", "");
  std::mt19937_64 random(2027);
  std::uniform_int_distribution<std::size_t> any(0, codes.size() - 1);
  std::vector<RequestFacts> made;
  while (made.size() < count) {
    RequestFacts request;
    request.id.value.bytes[14] = static_cast<std::uint8_t>(made.size() / 256);
    request.id.value.bytes[15] = static_cast<std::uint8_t>(made.size() % 256);
    request.pickup = codes[any(random)].at();
    request.dropoff = codes[any(random)].at();
    if (distance_meters(request.pickup, request.dropoff) < 200'000) continue;
    request.load = {{2'000}, {5'000}, 1};
    request.max_price = Money{6'000, {}};
    request.pickup_from = first_day + std::chrono::days{static_cast<int>(made.size() % 30)};
    request.deliver_by = *request.pickup_from + std::chrono::days{45};
    made.push_back(request);
  }
  return made;
}

}  // namespace

TEST_CASE("matcher: 1,000 requests between postal codes on 20,000 flights") {
  REQUIRE(flights().grid.size() == 20'000);
  const Matcher matcher(flights().grid, unlearnt);
  int matched = 0;
  std::int64_t found = 0;
  for (const RequestFacts& request : requests(1'000)) {
    const Matches matches = matcher.match(request, first_day, 10);
    REQUIRE(matches.matched_by == "rules");
    REQUIRE(matches.items.size() <= 10);
    matched += matches.items.empty() ? 0 : 1;
    found += static_cast<std::int64_t>(matches.items.size());
    for (std::size_t i = 0; i < matches.items.size(); ++i) {
      const RequestTripMatch& match = matches.items[i];
      const TripFacts& trip = flights().all.at(match.trip_id);
      REQUIRE((match.score > 0 && match.score <= 1));
      if (i > 0) REQUIRE(match.score <= matches.items[i - 1].score);
      REQUIRE_FALSE(match.reasons.empty());
      REQUIRE(trip.points.front().due >= *request.pickup_from);
      REQUIRE(trip.points.back().due <= *request.deliver_by);
      const double aside = distance_meters(request.pickup, trip.points.front().at) +
                           distance_meters(trip.points.back().at, request.dropoff);
      REQUIRE(match.detour_meters == doctest::Approx(aside).epsilon(0.001));
      REQUIRE(aside < 100'000);
      REQUIRE(trip.available[0].holds(request.load));
      REQUIRE(trip.min_price->amount <= request.max_price->amount);
    }
  }
  // Half of the country lives within 40 km of one of these airports, but few pairs of them have a flight among 20,000.
  MESSAGE(matched << " of 1,000 requests match, " << found << " matches");
  CHECK(matched > 50);
}

TEST_CASE("matcher: a match says when it is there by the clocks of both ends, and who carries it") {
  TripFacts trip;
  trip.id.value.bytes[15] = 1;
  trip.traveler.value.bytes[15] = 2;
  trip.mode = TransportMode::car;
  trip.points = {{{40.7128, -74.0060}, first_day + std::chrono::hours{17}},
                 {{34.0522, -118.2437}, first_day + std::chrono::hours{5 * 24 + 17}}};
  trip.available = {{{5'000}, {20'000}, 3}};
  trip.first_name = "Ben";
  trip.rating = 4.5;
  trip.ratings = trip.deliveries = 7;
  trip.verified = true;
  testkit::TripGrid grid;
  grid.add(trip);
  RequestFacts request;
  request.pickup = trip.points.front().at;
  request.dropoff = trip.points.back().at;
  request.load = {{2'000}, {5'000}, 1};
  request.deliver_by = first_day + std::chrono::days{20};
  const Matcher matcher(grid, unlearnt);
  const Matches found = matcher.match(request, first_day, 10);
  REQUIRE(found.items.size() == 1);
  const RequestTripMatch& match = found.items[0];
  CHECK(match.timezone_pickup == "America/New_York");
  CHECK(match.timezone_delivery == "America/Los_Angeles");
  CHECK(match.pickup_around_local->ends_with("-05:00"));
  CHECK(match.delivery_around_local->ends_with("-08:00"));
  CHECK(parse_rfc3339(*match.pickup_around_local) == match.pickup_around);
  CHECK(parse_rfc3339(*match.delivery_around_local) == match.delivery_around);
  CHECK(match.first_name == "Ben");
  CHECK(match.rating == 4.5);
  CHECK(match.deliveries == 7);
  CHECK(match.verified);
  CHECK(match.mode == TransportMode::car);
  const RequestMatches seen = matcher.match(trip, {request}, first_day, 10);
  REQUIRE(seen.items.size() == 1);
  CHECK(seen.items[0].timezone_delivery == "America/Los_Angeles");
  CHECK(seen.items[0].pickup_around_local == match.pickup_around_local);
}

TEST_CASE("matcher: where nothing fits, the trips that came nearest are named, but for those of the blocked") {
  testkit::TripGrid grid;
  for (std::uint8_t i = 1; i <= 5; ++i) {
    TripFacts trip;
    trip.id.value.bytes[15] = i;
    trip.traveler.value.bytes[15] = i;
    trip.mode = TransportMode::car;
    trip.points = {{{40.7128, -74.0060}, first_day + std::chrono::hours{17}},
                   {{42.3601, -71.0589}, first_day + std::chrono::hours{22}}};
    trip.available = {{{i == 1 ? 1'000 : 5'000}, {20'000}, 3}};
    if (i > 1) trip.min_price = Money{20'000 + i, {}};
    grid.add(trip);
  }
  RequestFacts request;
  request.pickup = {40.7128, -74.0060};
  request.dropoff = {42.3601, -71.0589};
  request.load = {{2'000}, {5'000}, 1};
  request.max_price = Money{6'000, {}};
  request.deliver_by = first_day + std::chrono::days{20};
  const Matcher matcher(grid, unlearnt);
  const auto is_second = [](UserId who) { return who.value.bytes[15] == 2; };
  const Matches found = matcher.match(request, first_day, 10, is_second);
  CHECK(found.items.empty());
  REQUIRE(found.nearest.size() == 3);
  for (const NearestTrip& near : found.nearest) {
    CHECK(near.trip_id.value.bytes[15] > 2);  // a price is agreed on more easily than room is made
    CHECK(near.kept_out_by == KeptOutBy::price);
    CHECK(near.by.find("60.00 USD") != std::string::npos);
  }
  request.max_price = Money{60'000, {}};
  CHECK(matcher.match(request, first_day, 10, is_second).nearest.empty());
}

TEST_CASE("matcher: goods that do not fly keep a plane out, and not its room") {
  testkit::TripGrid grid;
  TripFacts trip;
  trip.id.value.bytes[15] = 1;
  trip.traveler.value.bytes[15] = 1;
  trip.mode = TransportMode::plane;
  trip.points = {{{40.6413, -73.7781}, first_day + std::chrono::hours{17}},
                 {{42.3656, -71.0096}, first_day + std::chrono::hours{22}}};
  trip.available = {{{5'000}, {20'000}, 3}};
  grid.add(trip);
  RequestFacts request;
  request.pickup = trip.points[0].at;
  request.dropoff = trip.points[1].at;
  request.load = {{2'000}, {5'000}, 1};
  request.deliver_by = first_day + std::chrono::days{20};
  const Matcher matcher(grid, unlearnt);
  CHECK(matcher.match(request, first_day, 10).items.size() == 1);
  request.flies = false;
  const Matches found = matcher.match(request, first_day, 10);
  CHECK(found.items.empty());
  REQUIRE(found.nearest.size() == 1);
  CHECK(found.nearest[0].kept_out_by == KeptOutBy::goods);
  REQUIRE(found.nearest_miss);
  CHECK(found.nearest_miss->reason == Misfit::goods);
  CHECK(found.nearest_miss->detail == found.nearest[0].by);
}

TEST_CASE("matcher: the index misses none of the trips that a look at each of them finds") {
  const Matcher matcher(flights().grid, unlearnt);
  int compared = 0;
  for (const RequestFacts& request : requests(40)) {
    std::size_t expected = 0;
    const double radius = search_radius_meters(request.pickup, request.dropoff);
    for (const auto& [id, trip] : flights().all)
      if (distance_meters(request.pickup, trip.points.front().at) <= radius &&
          distance_meters(request.dropoff, trip.points.back().at) <= radius && fit(request, trip, first_day))
        ++expected;
    CHECK(matcher.match(request, first_day, 100'000).items.size() == expected);
    compared += expected > 0 ? 1 : 0;
  }
  CHECK(compared > 0);
}

TEST_CASE("matcher: blocked travelers are left out, the limit holds, the order is the same each time") {
  const Matcher matcher(flights().grid, unlearnt);
  RequestFacts request;
  request.pickup = {33.94, -118.40};   // Los Angeles
  request.dropoff = {37.62, -122.38};  // San Francisco
  request.load = {{1'000}, {1'000}, 1};
  const Matches all = matcher.match(request, first_day, 500);
  REQUIRE(all.items.size() > 20);
  CHECK(matcher.match(request, first_day, 3).items.size() == 3);
  CHECK(matcher.match(request, first_day, 3).items[0].trip_id == all.items[0].trip_id);
  const UserId best = all.items[0].traveler_id;
  const Matches without = matcher.match(request, first_day, 500, [&](UserId user) { return user == best; });
  CHECK(std::none_of(without.items.begin(), without.items.end(),
                     [&](const RequestTripMatch& m) { return m.traveler_id == best; }));
  int asked = 0;
  const auto count = [&](UserId) { return ++asked == 0; };
  CHECK(matcher.match(request, first_day, 3, count).items.size() == 3);
  CHECK(asked == 3);  // of the best alone: each is a question to other entities
  CHECK(matcher.match(request, first_day + std::chrono::days{400}, 10).items.empty());
}

TEST_CASE("matcher: one traveler's sixty trips with a lorry's room leave a place to the others") {
  constexpr Coordinates chicago{41.8781, -87.6298}, indianapolis{39.7684, -86.1581};
  testkit::TripGrid grid;
  const auto add = [&](std::uint8_t number, UserId traveler, Load room) {
    TripFacts trip;
    trip.id = testkit::test_id<TripId>(number);
    trip.traveler = traveler;
    trip.points = {{chicago, first_day + std::chrono::hours{9}}, {indianapolis, first_day + std::chrono::hours{12}}};
    trip.available = {room};
    grid.add(trip);
  };
  const UserId crowd = testkit::test_id<UserId>(1), honest = testkit::test_id<UserId>(2);
  for (std::uint8_t i = 1; i <= 60; ++i) add(i, crowd, {{1'000'000}, {10'000'000}, 500});
  add(61, honest, {{20'000}, {80'000}, 4});
  RequestFacts request;
  request.pickup = chicago;
  request.dropoff = indianapolis;
  request.load = {{4'000}, {10'000}, 1};
  const Matcher matcher(grid, unlearnt);
  const Matches matches = matcher.match(request, first_day, 20);
  REQUIRE(matches.items.size() == 3);
  const auto of = [&](UserId traveler) {
    return std::ranges::count(matches.items, traveler, &RequestTripMatch::traveler_id);
  };
  CHECK(of(crowd) == 2);
  CHECK(of(honest) == 1);
  // There is room enough in either: more of it is no better.
  CHECK(matches.items.front().score == matches.items.back().score);
}

TEST_CASE("matcher: unknown travelers together push nobody known off more than half of a page") {
  constexpr Coordinates chicago{41.8781, -87.6298}, indianapolis{39.7684, -86.1581};
  const auto page_of = [&](std::uint8_t unknown, std::uint8_t known) {
    testkit::TripGrid grid;
    for (std::uint8_t i = 1; i <= unknown + known; ++i) {
      const bool is_known = i > unknown;
      TripFacts trip;
      trip.id = testkit::test_id<TripId>(i);
      trip.traveler = testkit::test_id<UserId>(i);
      // The known come a day later, and so behind.
      const Time leaves = first_day + std::chrono::hours{is_known ? 33 : 9};
      trip.points = {{chicago, leaves}, {indianapolis, leaves + std::chrono::hours{3}}};
      trip.available = {{{20'000}, {80'000}, 4}};
      if (is_known) trip.deliveries = 1;
      grid.add(trip);
    }
    RequestFacts request;
    request.pickup = chicago;
    request.dropoff = indianapolis;
    request.load = {{4'000}, {10'000}, 1};
    std::string page;
    for (const RequestTripMatch& match : Matcher(grid, unlearnt).match(request, first_day, 6).items)
      page += match.traveler_deliveries > 0 ? 'k' : 'u';
    return page;
  };
  CHECK(page_of(20, 20) == "uuukkk");
  CHECK(page_of(20, 1) == "uuuuuk");
  CHECK(page_of(20, 0) == "uuuuuu");
  CHECK(page_of(2, 20) == "uukkkk");
}

TEST_CASE("matcher: with outcomes enough the model ranks, and says so") {
  MatchModel learnt;
  const Matcher matcher(flights().grid, [&] { return learnt; });
  RequestFacts request;
  request.pickup = {33.94, -118.40};
  request.dropoff = {37.62, -122.38};
  request.load = {{1'000}, {1'000}, 1};
  request.max_price = Money{10'000, {}};
  std::mt19937_64 random(9);
  std::uniform_real_distribution<double> any(0, 1);
  MatchWindow window;
  for (int i = 0; i < 2'000; ++i) {
    MatchExample example;
    for (double& feature : example.features) feature = any(random);
    example.by_rules = any(random);
    example.accepted = example.features[static_cast<std::size_t>(LearntFeature::price)] > 0.6;
    learn(learnt, window, example);
  }
  REQUIRE(decides(learnt));
  const Matches matches = matcher.match(request, first_day, 500);
  CHECK(matches.matched_by == "model");
  REQUIRE(matches.items.size() > 20);
  // These customers look at the price alone: the cheapest come first.
  const auto price_of = [](const RequestTripMatch& match) { return flights().all.at(match.trip_id).min_price->amount; };
  CHECK(price_of(matches.items.front()) <= price_of(matches.items.back()));
  CHECK_FALSE(matches.model_failed);
  CHECK(matcher.model_failures() == 0);

  // A model that says no number, or cannot be read, leaves this very match to the rules, which say so.
  const Matches by_rules = Matcher(flights().grid, unlearnt).match(request, first_day, 500);
  learnt.bias = std::numeric_limits<double>::quiet_NaN();
  const Matcher broken(flights().grid, []() -> MatchModel { throw std::runtime_error("injected"); });
  for (const Matcher* failing : {&matcher, &broken}) {
    const Matches without = failing->match(request, first_day, 500);
    CHECK(without.matched_by == "rules");
    CHECK(without.model_failed);
    CHECK(failing->model_failures() == 1);
    REQUIRE(without.items.size() == by_rules.items.size());
    for (std::size_t i = 0; i < without.items.size(); ++i) {
      CHECK(without.items[i].trip_id == by_rules.items[i].trip_id);
      CHECK(without.items[i].score == by_rules.items[i].score);
    }
  }
}

TEST_CASE("matcher: requests for a trip") {
  const Matcher matcher(flights().grid, unlearnt);
  const TripFacts& trip = flights().all.begin()->second;
  std::vector<RequestFacts> open = requests(5);
  RequestFacts fitting;
  fitting.id = testkit::test_id<RequestId>(77);
  fitting.pickup = trip.points.front().at;
  fitting.dropoff = trip.points.back().at;
  fitting.load = {{1'000}, {1'000}, 1};
  open.push_back(fitting);
  const RequestMatches matches = matcher.match(trip, open, first_day - std::chrono::days{1}, 10);
  REQUIRE_FALSE(matches.items.empty());
  CHECK(matches.items[0].request_id == fitting.id);
  CHECK(matches.items[0].detour_meters == 0);
}

}  // namespace matcher_test
