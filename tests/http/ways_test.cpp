#include "http/providers/places/ways.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <random>
#include <sstream>

#include "http/providers/places/no_route.hpp"
#include "http/providers/places/routes.hpp"

namespace ways_test {

using namespace caravan;

namespace {

struct Case {
  std::string from, to;
  Coordinates a, b;
  TransportMode mode = TransportMode::car;
  double hours = 0;
};

TransportMode mode_named(const std::string& name) {
  const auto labels = enum_labels(TransportMode{});
  const auto found = std::find(labels.begin(), labels.end(), name);
  REQUIRE(found != labels.end());
  return static_cast<TransportMode>(found - labels.begin());
}

std::vector<Case> cases_of(const std::string& file) {
  std::ifstream in("tests/http/way_cases/" + file);
  REQUIRE(in);
  std::vector<Case> cases;
  for (std::string line; std::getline(in, line);) {
    if (line.empty() || line.starts_with("#")) continue;
    std::vector<std::string> columns;
    std::stringstream row(line);
    for (std::string column; std::getline(row, column, '\t');) columns.push_back(column);
    REQUIRE(columns.size() >= 7);
    Case one{columns[0], columns[3], {}, {}, mode_named(columns[6]), 0};
    one.a = {std::stod(columns[1]), std::stod(columns[2])};
    one.b = {std::stod(columns[4]), std::stod(columns[5])};
    if (columns.size() > 7) one.hours = std::stod(columns[7]);
    cases.push_back(one);
  }
  return cases;
}

RouteEstimate route(Coordinates a, Coordinates b, TransportMode mode = TransportMode::car) {
  return EmbeddedRoutes{}.route({a, b}, mode);
}

/// The minutes of all crossings of a way; -1 where there is none.
std::int32_t crossed(Coordinates a, Coordinates b, TransportMode mode = TransportMode::car) {
  const auto way = WaysFrom(Ways::embedded(), a, mode).to(b);
  if (!way) return -1;
  std::int32_t minutes = 0;
  for (const Stretch& stretch : *way) minutes += stretch.crossing_minutes;
  return minutes;
}

constexpr Coordinates london{51.5074, -0.1278}, paris{48.8566, 2.3522}, dublin{53.3498, -6.2603},
    new_york{40.7128, -74.0060};

}  // namespace

TEST_CASE("ways: the times of the table are within a fifth of the real ones") {
  int good = 0, all = 0;
  for (const Case& one : cases_of("times.tsv")) {
    const double hours = static_cast<double>(route(one.a, one.b, one.mode).duration_seconds) / 3'600;
    const double off = hours / one.hours - 1;
    ++all;
    if (std::abs(off) <= 0.2) ++good;
    CHECK_MESSAGE(std::abs(off) <= 0.2, one.from << " to " << one.to << ": " << hours << " h, really " << one.hours);
  }
  MESSAGE("within a fifth: " << good << " of " << all);
  CHECK(all >= 50);
}

TEST_CASE("ways: of those that nothing was fitted to, most are within a fifth too") {
  int good = 0, all = 0;
  for (const Case& one : cases_of("unfitted.tsv")) {
    const double hours = static_cast<double>(route(one.a, one.b, one.mode).duration_seconds) / 3'600;
    ++all;
    if (std::abs(hours / one.hours - 1) <= 0.2)
      ++good;
    else
      MESSAGE(one.from << " to " << one.to << ": " << hours << " h, really " << one.hours);
  }
  MESSAGE("within a fifth: " << good << " of " << all);
  CHECK(good * 10 >= all * 7);
}

TEST_CASE("ways: where neither land nor a crossing leads there is no route, there and back; a plane flies") {
  for (const Case& one : cases_of("no_route.tsv")) {
    CHECK_MESSAGE(crossed(one.a, one.b, one.mode) == -1, one.from << " to " << one.to);
    CHECK_MESSAGE(crossed(one.b, one.a, one.mode) == -1, one.to << " to " << one.from);
    CHECK_THROWS_AS(route(one.a, one.b, one.mode), NoRoute);
    CHECK(route(one.a, one.b, TransportMode::plane).duration_seconds > 0);
  }
}

TEST_CASE("ways: a crossing serves the modes that may use it") {
  CHECK(crossed(london, paris, TransportMode::train) < 30);
  CHECK(crossed(london, paris) == 75);
  CHECK(crossed(london, paris, TransportMode::bike) > 100);
  CHECK(crossed(dublin, london) > 200);
  CHECK(crossed(new_york, {42.3601, -71.0589}) <= 10);
  CHECK(crossed({41.0082, 28.9784}, {39.9334, 32.8597}) == 0);
  // From Hokkaido a train takes the tunnel, a car the ferry.
  const Coordinates sapporo{43.0618, 141.3545}, aomori{40.82, 140.74};
  CHECK(crossed(sapporo, aomori, TransportMode::train) < 60);
  CHECK(crossed(sapporo, aomori) > 100);
}

TEST_CASE("ways: a route's legs, line and matrix agree with each other") {
  const RouteEstimate through = EmbeddedRoutes{}.route({dublin, london, paris}, TransportMode::car);
  REQUIRE(through.legs.size() == 2);
  CHECK(through.legs[0].duration_seconds == route(dublin, london).duration_seconds);
  CHECK(through.polyline.size() > encode_polyline({dublin, london, paris}).size());
  const LegMatrix matrix = EmbeddedRoutes{}.matrix({dublin, london}, {paris, london, dublin}, TransportMode::car);
  CHECK(matrix.rows[0][1].duration_seconds == route(dublin, london).duration_seconds);
  CHECK(matrix.rows[0][0].duration_seconds == route(dublin, paris).duration_seconds);
  CHECK(matrix.rows[1][1].duration_seconds == 0);
  CHECK_THROWS_AS(EmbeddedRoutes{}.matrix({london, new_york}, {london}, TransportMode::car), NoRoute);
  try {
    EmbeddedRoutes{}.route({london, paris, new_york}, TransportMode::bus);
    FAIL("a bus drove to America");
  } catch (const NoRoute& none) {
    CHECK(none.from == 1);
    CHECK(none.to == 2);
  }
}

TEST_CASE("ways: longitudes are angles: 180 and -180 are one place, and a way over that line is short") {
  const Coordinates east{68.0, 179.5}, west{68.0, -179.5};
  CHECK(route(east, west).distance_meters < 100'000);
  CHECK(route({67.5, 180}, {67.5, -180}).distance_meters == 0);
  std::mt19937_64 random(17);
  std::uniform_real_distribution<double> lat(62, 69), off(0.1, 8);
  for (int round = 0; round < 200; ++round) {
    const Coordinates a{lat(random), 180 - off(random)}, b{lat(random), -180 + off(random)};
    CHECK(Ways::embedded().is_straight(a, b) == Ways::embedded().is_straight(b, a));
    CHECK(crossed({a.lat, 180}, b) == crossed({a.lat, -180}, b));
  }
}

TEST_CASE("ways: anywhere on earth a way back is found where one was found there, and about as long") {
  std::mt19937_64 random(18);
  std::uniform_real_distribution<double> lat(-55, 70), lng(-180, 180), step(-4, 4);
  int found = 0;
  for (int round = 0; round < 400; ++round) {
    const Coordinates a{lat(random), lng(random)};
    const Coordinates b{std::clamp(a.lat + step(random), -90.0, 90.0), std::remainder(a.lng + step(random), 360.0)};
    const auto there = WaysFrom(Ways::embedded(), a, TransportMode::car).to(b);
    const auto back = WaysFrom(Ways::embedded(), b, TransportMode::car).to(a);
    REQUIRE(there.has_value() == back.has_value());
    if (!there) continue;
    ++found;
    const double one = static_cast<double>(route(a, b).duration_seconds);
    const double other = static_cast<double>(route(b, a).duration_seconds);
    CHECK(one == doctest::Approx(other).epsilon(0.15));
    CHECK(there->front().from == a);
    CHECK(there->back().to == b);
  }
  CHECK(found > 40);
}

TEST_CASE("ways: one is found in a millisecond or so") {
  const std::vector<Case> cases = cases_of("times.tsv");
  Ways::embedded();
  const auto begin = std::chrono::steady_clock::now();
  for (const Case& one : cases) route(one.a, one.b, one.mode);
  const std::chrono::duration<double, std::milli> took = std::chrono::steady_clock::now() - begin;
  const double each = took.count() / static_cast<double>(cases.size());
  MESSAGE("a route takes " << each << " ms");
  CHECK(each < 100);  // under sanitizers on a busy machine too
}

}  // namespace ways_test
