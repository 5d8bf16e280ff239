#include <doctest/doctest.h>

#include "http/routes/deliveries/arrival.hpp"
#include "tests/testkit/entity.hpp"

namespace arrival_test {

using namespace caravan;
using namespace caravan::http;
using std::chrono::hours;
using std::chrono::minutes;
using testkit::test_start;

namespace {

constexpr Coordinates los_angeles{34.0522, -118.2437}, manhattan{40.7484, -73.9857};
const EmbeddedRoutes routes;

/// A flight from Los Angeles to New York: in the air from 0 h to 5:20 h, at the door in Manhattan at 6:40 h.
ParcelOnTheWay flown(Coordinates seen, Duration seen_at) {
  ParcelOnTheWay parcel;
  parcel.mode = TransportMode::plane;
  parcel.departs = test_start;
  parcel.arrives = test_start + minutes{320};
  parcel.planned = test_start + minutes{400};
  parcel.seen = seen;
  parcel.seen_at = test_start + seen_at;
  parcel.door = manhattan;
  return parcel;
}

/// Minutes from the departure; nothing where the plan holds.
std::optional<std::int64_t> expected(const ParcelOnTheWay& parcel, std::optional<Duration> now = {}) {
  const auto found = arrival_by_position(routes, parcel, now ? test_start + *now : parcel.seen_at);
  if (!found) return std::nullopt;
  return std::chrono::round<minutes>(found->at - test_start).count();
}

bool lies_between(const std::optional<std::int64_t>& value, std::int64_t least, std::int64_t most) {
  return value && *value >= least && *value <= most;
}

}  // namespace

TEST_CASE("arrival: until the departure, and as long as nothing contradicts it, the timetable holds") {
  CHECK_FALSE(expected(flown(los_angeles, -hours{5 * 24})));
  CHECK_FALSE(expected(flown({39.0, -98.0}, minutes{160})));              // over Kansas
  CHECK_FALSE(expected(flown({40.3, -75.4}, minutes{305})));              // 130 km from the door, in the air
  CHECK_FALSE(expected(flown(los_angeles, minutes{10})));                 // it takes off a little late
  CHECK(lies_between(expected(flown(los_angeles, hours{3})), 460, 540));  // it never took off in time
}

TEST_CASE("arrival: who has landed drives the last leg, and does not board again") {
  constexpr Coordinates kennedy{40.6413, -73.7781}, round_the_corner{40.7654, -73.9800};
  CHECK(lies_between(expected(flown(kennedy, minutes{330})), 350, 385));
  CHECK(lies_between(expected(flown(round_the_corner, minutes{370})), 372, 377));
  CHECK(lies_between(expected(flown(round_the_corner, minutes{300})), 302, 307));  // landed early
  // Diverted to Chicago, and late.
  CHECK(lies_between(expected(flown({41.9742, -87.9073}, minutes{330})), 400, 460));
}

TEST_CASE("arrival: a car is where it is, but not before it sets out; nothing is planned of a way back") {
  ParcelOnTheWay parcel = flown({40.0, -76.0}, minutes{60});
  parcel.mode = TransportMode::car;
  CHECK(lies_between(expected(parcel), 180, 240));
  parcel.departs = test_start + hours{2};
  CHECK_FALSE(expected(parcel));
  parcel.goes_back = true;
  CHECK(lies_between(expected(parcel), 180, 240));
  ParcelOnTheWay back = flown({40.7654, -73.9800}, -hours{1});
  back.goes_back = true;
  CHECK(lies_between(expected(back), -58, -53));
}

TEST_CASE("arrival: on a ferry, from where no way is known, the plan holds") {
  ParcelOnTheWay parcel = flown({46.5, -5.5}, minutes{60});  // in the Bay of Biscay
  parcel.mode = TransportMode::car;
  CHECK_FALSE(expected(parcel));
  parcel.goes_back = true;
  CHECK_FALSE(expected(parcel));
}

}  // namespace arrival_test
