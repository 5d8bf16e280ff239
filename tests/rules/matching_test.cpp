#include <doctest/doctest.h>

#include <random>

#include "actors/matching/passing.hpp"
#include "actors/matching/score.hpp"
#include "actors/matching/trip_index.hpp"
#include "actors/request/matching_facts.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/testkit/entity.hpp"

namespace matching_test {

using namespace caravan;
using testkit::test_id;
using testkit::test_start;

namespace {

constexpr Coordinates new_york{40.7128, -74.0060}, new_haven{41.3083, -72.9279}, providence{41.8240, -71.4128},
    boston{42.3601, -71.0589}, philadelphia{39.9526, -75.1652};
const Time early = test_start - std::chrono::minutes{30};  // a trip that leaves at test_start takes an offer still
const Load suitcase{{5'000}, {10'000}, 3};

RequestFacts parcel(Coordinates from, Coordinates to) {
  RequestFacts request;
  request.id = test_id<RequestId>(1);
  request.customer = test_id<UserId>(1);
  request.pickup = from;
  request.dropoff = to;
  request.load = {{2'500}, {3'000}, 1};
  return request;
}

TripFacts trip(TransportMode mode, std::vector<Coordinates> places) {
  TripFacts facts;
  facts.id = test_id<TripId>(1);
  facts.traveler = test_id<UserId>(2);
  facts.mode = mode;
  for (std::size_t i = 0; i < places.size(); ++i)
    facts.points.push_back({places[i], test_start + std::chrono::hours{2 * static_cast<int>(i)}});
  facts.available.assign(places.size() - 1, suitcase);
  return facts;
}

}  // namespace

TEST_CASE("matching: a parcel along the road is on the way, one aside costs a detour") {
  const TripFacts drive = trip(TransportMode::car, {new_york, boston});
  const auto whole = fit(parcel(new_york, boston), drive, early);
  REQUIRE(whole);
  CHECK(whole->detour_meters < 1);
  CHECK(reasons(parcel(new_york, boston), drive, *whole).front() == "on the way");
  const auto aside = fit(parcel(new_haven, providence), drive, early);
  REQUIRE(aside);
  CHECK(aside->detour_meters == doctest::Approx(10'900).epsilon(0.01));
  CHECK(score_by_rules(aside->features, Urgency::standard) < score_by_rules(whole->features, Urgency::standard));
}

TEST_CASE("matching: the wrong way and the far away do not fit") {
  const TripFacts drive = trip(TransportMode::car, {new_york, boston});
  CHECK_FALSE(fit(parcel(boston, new_york), drive, test_start));
  CHECK_FALSE(fit(parcel(philadelphia, boston), drive, test_start));
  CHECK_FALSE(fit(parcel(new_york, boston), trip(TransportMode::car, {philadelphia, new_york}), test_start));
}

TEST_CASE("matching: a train takes a parcel at its stops, not between them") {
  CHECK_FALSE(fit(parcel(new_haven, boston), trip(TransportMode::train, {new_york, boston}), test_start));
  const auto found =
      fit(parcel(new_haven, boston), trip(TransportMode::train, {new_york, new_haven, boston}), test_start);
  REQUIRE(found);
  CHECK(found->pickup_leg == 1);
  CHECK(found->dropoff_leg == 1);
}

TEST_CASE("matching: room is judged on the legs that the parcel rides") {
  TripFacts train = trip(TransportMode::train, {new_york, new_haven, boston});
  train.available[0] = {};
  CHECK_FALSE(fit(parcel(new_york, boston), train, test_start));
  CHECK(fit(parcel(new_haven, boston), train, test_start));
  train.available[1] = {{2'500}, {3'000}, 1};  // the last kilo
  const auto last = fit(parcel(new_haven, boston), train, test_start);
  REQUIRE(last);
  CHECK(last->features[static_cast<std::size_t>(MatchFeature::capacity)] == 0);
  train.available[1].weight.units -= 1;
  CHECK_FALSE(fit(parcel(new_haven, boston), train, test_start));
}

TEST_CASE("matching: time and price bound a match") {
  TripFacts drive = trip(TransportMode::car, {new_york, boston});  // from 10:00 to 12:00
  RequestFacts request = parcel(new_york, boston);
  request.deliver_by = test_start + std::chrono::hours{3};
  REQUIRE(fit(request, drive, early));
  CHECK_FALSE(fit(request, drive, early + std::chrono::seconds{1}));  // an offer would be refused
  request.deliver_by = test_start + std::chrono::hours{1};
  CHECK_FALSE(fit(request, drive, early));
  request.deliver_by.reset();
  request.pickup_from = test_start + std::chrono::minutes{1};
  CHECK_FALSE(fit(request, drive, early));
  request.pickup_from = drive.points[0].due - std::chrono::minutes{29};  // an offer would be refused
  CHECK_FALSE(fit(request, drive, early - std::chrono::minutes{30}));
  request.pickup_from = drive.points[0].due - std::chrono::minutes{30};
  CHECK(fit(request, drive, early - std::chrono::minutes{30}));
  request.pickup_from.reset();
  request.max_price = Money{2'000, {}};
  drive.min_price = Money{2'001, {}};
  CHECK_FALSE(fit(request, drive, early));
  drive.min_price = Money{1'500, {}};
  const auto found = fit(request, drive, early);
  REQUIRE(found);
  CHECK(found->features[static_cast<std::size_t>(MatchFeature::price)] == doctest::Approx(0.25));
}

TEST_CASE("matching: nobody carries their own parcel") {
  TripFacts drive = trip(TransportMode::car, {new_york, boston});
  drive.traveler = test_id<UserId>(1);
  CHECK_FALSE(fit(parcel(new_york, boston), drive, test_start));
}

TEST_CASE("matching: scores and features stay within nought and one") {
  std::mt19937_64 random(11);
  std::uniform_real_distribution<double> lat(35, 45), lng(-80, -70), rating(1, 5);
  int fits = 0;
  for (int round = 0; round < 20'000; ++round) {
    TripFacts facts = trip(static_cast<TransportMode>(round % 6),
                           {{lat(random), lng(random)}, {lat(random), lng(random)}, {lat(random), lng(random)}});
    if (round % 2 == 0) facts.rating = rating(random), facts.ratings = round % 7;
    const RequestFacts request = parcel({lat(random), lng(random)}, {lat(random), lng(random)});
    const auto found = fit(request, facts, test_start);
    if (!found) continue;
    ++fits;
    for (const double feature : found->features) REQUIRE((feature >= 0 && feature <= 1));
    const double score = score_by_rules(found->features, Urgency::standard);
    REQUIRE((score >= 0 && score <= 1));
    REQUIRE_FALSE(reasons(request, facts, *found).empty());
  }
  CHECK(fits > 50);
}

TEST_CASE("matching: an index sees road trips along their way and flights at their ends") {
  const auto road = waypoints(trip(TransportMode::car, {new_york, boston}), 40'000);
  CHECK(road.size() == 9);
  for (std::size_t i = 1; i < road.size(); ++i) {
    CHECK(road[i].order == static_cast<std::int32_t>(i));
    CHECK(distance_meters(road[i - 1].at, road[i].at) < 40'000);
  }
  CHECK(waypoints(trip(TransportMode::plane, {new_york, boston})).size() == 2);
  CHECK(waypoints(trip(TransportMode::car, {new_york, {34.05, -118.24}}), 1'000, 50).size() <= 50);
}

TEST_CASE("matching: how a trip comes by, however far off, and in which direction") {
  constexpr Coordinates new_york{40.7128, -74.006}, boston{42.3601, -71.0589}, hartford{41.7658, -72.6734},
      tokyo{35.68, 139.77}, osaka{34.69, 135.5};
  const auto way = [](std::vector<Coordinates> places) {
    std::vector<TripPoint> points;
    for (const Coordinates& at : places)
      points.push_back({at, testkit::test_start + std::chrono::hours{2 * static_cast<int>(points.size())}});
    return points;
  };
  const auto there = passing(way({new_york, hartford, boston}), TransportMode::car, new_york, boston);
  CHECK(there.beside_meters == 0);
  CHECK(there.back_meters == 0);
  CHECK(there.picked_up == testkit::test_start);
  CHECK(there.delivered == testkit::test_start + std::chrono::hours{4});
  // The other direction, with a stop on the way and without: no leg is taken backwards, nor both from its middle.
  for (const auto& places : {way({new_york, boston}), way({new_york, hartford, boston})})
    for (const TransportMode mode : {TransportMode::car, TransportMode::train})
      CHECK(passing(places, mode, boston, new_york).back_meters > farthest_back_meters);
  CHECK(passing(way({new_york, boston, new_york}), TransportMode::car, boston, new_york).back_meters == 0);
  CHECK(passing(way({new_york, boston, new_york}), TransportMode::train, boston, new_york).back_meters == 0);
  CHECK(passing(way({new_york, boston}), TransportMode::car, hartford, boston).beside_meters < 100'000);
  CHECK(passing(way({tokyo, osaka}), TransportMode::car, new_york, boston).beside_meters > farthest_beside_meters);
  // Within one town, a little the wrong way round.
  const Coordinates harlem{40.8116, -73.9465}, brooklyn{40.6782, -73.9442};
  CHECK(passing(way({new_york, boston}), TransportMode::car, harlem, brooklyn).back_meters < farthest_back_meters);
}

TEST_CASE("matching: a match and an offer on the same trip tell the same times") {
  constexpr Coordinates airport{40.6413, -73.7781}, bridgeport{41.1792, -73.1894};
  struct Stay {
    TransportMode mode;
    std::chrono::minutes before, after;
  };
  using std::chrono::minutes;
  for (const Stay& stay :
       {Stay{TransportMode::plane, minutes{90}, minutes{30}}, Stay{TransportMode::train, minutes{20}, minutes{10}},
        Stay{TransportMode::bus, minutes{15}, minutes{10}}}) {
    TripFacts ride = trip(stay.mode, {airport, new_haven, boston});
    for (TripPoint& point : ride.points) point.due += std::chrono::hours{6};
    const auto told = passing(ride.points, stay.mode, new_york, providence);
    CHECK(told.picked_up == ride.points[0].due - stay.before - driven(distance_meters(airport, new_york)));
    CHECK(told.delivered == ride.points[2].due + stay.after + driven(distance_meters(boston, providence)));
    const auto found = fit(parcel(new_york, boston), ride, test_start);
    REQUIRE(found);
    const auto offered = passing(ride.points, stay.mode, new_york, boston);
    CHECK(found->picked_up == offered.picked_up);
    CHECK(found->delivered == offered.delivered);
  }
  // On the road, at shares of a leg that are no whole milliseconds.
  TripFacts drive = trip(TransportMode::car, {new_york, boston});
  for (const Coordinates& pickup : {new_haven, bridgeport}) {
    const auto found = fit(parcel(pickup, boston), drive, test_start);
    REQUIRE(found);
    CHECK(found->picked_up == passing(drive.points, drive.mode, pickup, boston).picked_up);
  }
}

TEST_CASE("matching: by the goods of a request, as by its offers, no plane carries a live animal") {
  namespace given = testkit::request;
  const auto asked = [](const std::string& title) {
    PostRequest command = given::post();
    command.title = title;
    command.item.declaration = Declaration{"As the title says", {}, true};
    testkit::Given<Request> request(given::self);
    REQUIRE(request.as(testkit::user(given::ann)).when(command) == "request.created");
    return request;
  };
  const TripFacts flight = trip(TransportMode::plane, {new_york, boston});
  const TripFacts drive = trip(TransportMode::car, {new_york, boston});
  const Time before_check_in = test_start - std::chrono::hours{3};
  for (const std::string title : {"A kitten", "A camera", "A bottle of wine"}) {
    const bool flies = title != "A kitten";
    auto request = asked(title);
    const Answer answer = request.ask(ViewTerms{});
    RequestFacts facts = matching_facts(RequestId{given::self.id}, *answer.resource.get_if<RequestTerms>());
    const RequestFacts stored =
        matching_facts(RequestId{given::self.id}, given::ann, request.state.details, request.state.created_at);
    CHECK(facts.flies == flies);
    CHECK(stored.flies == flies);
    CHECK(facts.title == stored.title);
    facts.pickup = new_york;
    facts.dropoff = boston;
    const auto found = judge(facts, flight, before_check_in);
    CHECK(std::holds_alternative<Fit>(found) == flies);
    if (!flies) CHECK(std::get<Misfit>(found) == Misfit::goods);
    CHECK(fit(facts, drive, before_check_in));
  }
}

}  // namespace matching_test
