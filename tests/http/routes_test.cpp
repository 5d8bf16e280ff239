#include "http/providers/places/routes.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <stdexcept>

namespace routes_test {

using namespace caravan;

namespace {

constexpr Coordinates new_york{40.7128, -74.0060}, boston{42.3601, -71.0589};

std::vector<std::vector<Leg>> matrix_of(const std::vector<Coordinates>& points) {
  return EmbeddedRoutes{}.matrix(points, points, TransportMode::car).rows;
}

std::int64_t length(const std::vector<std::vector<Leg>>& legs, const std::vector<int>& order) {
  std::int64_t sum = 0;
  std::size_t at = 0;
  for (const int stop : order) {
    sum += legs[at][static_cast<std::size_t>(stop) + 1].distance_meters;
    at = static_cast<std::size_t>(stop) + 1;
  }
  return sum;
}

std::vector<Coordinates> some_points(std::mt19937_64& random, std::size_t count) {
  std::uniform_real_distribution<double> lat(41.5, 43), lng(-75, -72);
  std::vector<Coordinates> points;
  for (std::size_t i = 0; i < count; ++i) points.push_back({lat(random), lng(random)});
  return points;
}

bool keeps(const std::vector<int>& order, const std::vector<int>& after) {
  for (std::size_t i = 0; i < order.size(); ++i) {
    const int before = after[static_cast<std::size_t>(order[i])];
    if (before >= 0 && std::find(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(i), before) ==
                           order.begin() + static_cast<std::ptrdiff_t>(i))
      return false;
  }
  return true;
}

}  // namespace

TEST_CASE("routes: New York to Boston by each mode") {
  const EmbeddedRoutes routes;
  CHECK(geodesic_meters(new_york, boston) == doctest::Approx(306'500).epsilon(0.002));
  const RouteEstimate car = routes.route({new_york, boston}, TransportMode::car);
  CHECK(car.provider == "embedded");
  CHECK(car.distance_meters == doctest::Approx(346'000).epsilon(0.1));
  CHECK(car.duration_seconds == doctest::Approx(3.9 * 3'600).epsilon(0.1));
  const auto seconds = [&](TransportMode mode) { return routes.route({new_york, boston}, mode).duration_seconds; };
  CHECK(seconds(TransportMode::plane) < seconds(TransportMode::train));
  CHECK(seconds(TransportMode::plane) < seconds(TransportMode::car));
  CHECK(seconds(TransportMode::train) < seconds(TransportMode::bus));
  CHECK(seconds(TransportMode::car) < seconds(TransportMode::bus));
  CHECK(seconds(TransportMode::bus) < seconds(TransportMode::bike));
  CHECK(seconds(TransportMode::bike) < seconds(TransportMode::walk));
}

TEST_CASE("routes: legs add up, and nothing is nought") {
  const RouteEstimate route = EmbeddedRoutes{}.route({new_york, {41.8, -72.6}, boston, boston}, TransportMode::car);
  REQUIRE(route.legs.size() == 3);
  CHECK(route.legs[0].distance_meters + route.legs[1].distance_meters + route.legs[2].distance_meters ==
        route.distance_meters);
  CHECK(route.legs[2].duration_seconds == 0);
  CHECK(route.polyline.starts_with(encode_polyline({new_york})));
  CHECK(route.polyline.size() > encode_polyline({new_york, {41.8, -72.6}, boston}).size());
}

TEST_CASE("routes: the polyline of Google's own example, and one around the world") {
  const std::vector<Coordinates> points{{38.5, -120.2}, {40.7, -120.95}, {43.252, -126.453}};
  CHECK(encode_polyline(points) == "_p~iF~ps|U_ulLnnqC_mqNvxq`@");
  std::vector<Coordinates> many;
  for (int i = 0; i < 100; ++i) many.push_back({i % 2 == 0 ? -80.0 : 80.0, i * 3.0 - 150});
  CHECK(EmbeddedRoutes{}.route(many, TransportMode::plane).polyline.size() < 20'000);
}

TEST_CASE("stop order: no order of up to six stops is shorter") {
  std::mt19937_64 random(5);
  for (int round = 0; round < 30; ++round) {
    const auto legs = matrix_of(some_points(random, 7));
    const StopOrder stops{{-1, 0, -1, 2, -1, 4}};  // three parcels: pickup, dropoff
    const auto best = best_order(legs, stops, false, false);
    REQUIRE(keeps(best, stops.after));
    std::vector<int> order{0, 1, 2, 3, 4, 5};
    do {
      if (keeps(order, stops.after)) REQUIRE(length(legs, best) <= length(legs, order));
    } while (std::next_permutation(order.begin(), order.end()));
  }
}

TEST_CASE("stop order: many stops keep their precedence and end up near the best") {
  std::mt19937_64 random(6);
  const auto legs = matrix_of(some_points(random, 25));
  StopOrder stops;
  for (int i = 0; i < 24; ++i) stops.after.push_back(i % 2 == 0 ? -1 : i - 1);
  const auto order = best_order(legs, stops, false, false);
  REQUIRE(order.size() == 24);
  CHECK(keeps(order, stops.after));
  std::vector<int> as_given(24);
  for (int i = 0; i < 24; ++i) as_given[static_cast<std::size_t>(i)] = i;
  CHECK(length(legs, order) * 2 < length(legs, as_given));
}

TEST_CASE("stop order: the end is fixed, a cycle is refused, nothing is an order too") {
  const auto legs = matrix_of({{40, -74}, {41, -74}, {42, -74}, {43, -74}});
  CHECK(best_order(legs, {{-1, -1}}, true, false) == std::vector<int>{0, 1});
  const auto back = matrix_of({{43, -74}, {41, -74}, {42, -74}, {40, -74}});
  CHECK(best_order(back, {{-1, -1}}, true, true) == std::vector<int>{1, 0});
  CHECK_THROWS_AS(best_order(legs, {{1, 0, -1}}, false, false), std::invalid_argument);
  CHECK_THROWS_AS(best_order(legs, {{-1}}, false, false), std::invalid_argument);
  CHECK(best_order(matrix_of({{40, -74}}), {{}}, false, false).empty());
}

}  // namespace routes_test
