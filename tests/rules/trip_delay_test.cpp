#include "actors/delivery/delay.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/rules/trip_given.hpp"

namespace trip_delay_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::trips;
using std::chrono::days;
using std::chrono::seconds;

namespace {

/// Hartford to Boston is due at 50 h and 52 h, of a trip that departs at 48 h.
Given<Trip> with_parcel() {
  auto trip = published();
  trip.as(from(first)).when(reserve(first, hartford, boston, 1'000));
  trip.when(ConfirmReservation{first});
  trip.as(user(ben));
  return trip;
}

}  // namespace

TEST_CASE("trip delay: a delivery hears by how much its own places are due later") {
  auto trip = with_parcel();
  CHECK(trip.when(EditTrip{.departure_time = test_start + hours{50}}) == "trip.updated");
  CHECK(effects(trip.last) == std::vector<std::string>{"delivery trip_delayed", "inbox notify"});
  CHECK(trip.sent<TripDelayed>()->pickup_seconds == 7'200);
  CHECK(trip.sent<TripDelayed>()->arrival_seconds == 7'200);
  CHECK(trip.state.details.arrival_time == test_start + hours{54});
  // Half of the way lies before Hartford: half of what the arrival is later.
  CHECK(trip.when(EditTrip{.arrival_time = test_start + hours{55}}) == "trip.updated");
  CHECK(trip.sent<TripDelayed>()->pickup_seconds == 1'800);
  CHECK(trip.sent<TripDelayed>()->arrival_seconds == 3'600);
}

TEST_CASE("trip delay: it is told by whoever signed in, not by a key") {
  auto trip = with_parcel();
  Caller key = user(ben);
  key.api_key = test_id<UserId>(60).value;
  CHECK(trip.as(key).when(EditTrip{.departure_time = test_start + hours{50}}) == "! forbidden");
  CHECK(trip.as(user(ben)).when(EditTrip{.departure_time = test_start + hours{50}}) == "trip.updated");
}

TEST_CASE("trip delay: a trip that is under way may still be late, and nothing else of it changes") {
  auto trip = with_parcel();
  trip.at(test_start + hours{48}).when(StartTrip{});
  CHECK(trip.when(EditTrip{.title = "Slow"}) == "! trip_not_open");
  CHECK(trip.when(EditTrip{.title = "Slow", .arrival_time = test_start + hours{60}}) == "! trip_not_open");
  CHECK(trip.when(EditTrip{.departure_time = test_start + hours{49}}) == "! trip_not_open");
  CHECK(trip.when(EditTrip{.arrival_time = test_start + hours{52} - minutes{15}}) == "! capacity_in_use");
  CHECK(trip.as(user(ann)).when(EditTrip{.arrival_time = test_start + hours{60}}) == "! not_owner");
  CHECK(trip.as(user(ben)).when(EditTrip{.arrival_time = test_start + hours{54}}) == "trip.updated");
  CHECK(trip.sent<TripDelayed>()->arrival_seconds == 7'200);
  trip.when(CompleteTrip{});
  CHECK(trip.when(EditTrip{.arrival_time = test_start + hours{55}}) == "! trip_not_open");
}

TEST_CASE("trip delay: a new arrival lies ahead, while one that has passed may stand as it was told") {
  auto trip = with_parcel();
  trip.at(test_start + hours{48}).when(StartTrip{});
  trip.at(test_start + hours{60});
  CHECK(trip.as(user(ben)).when(EditTrip{.arrival_time = test_start + hours{55}}) == "! arrival_too_early");
  CHECK(trip.last.rejection->field == "arrivalTime");
  CHECK(trip.when(EditTrip{.arrival_time = test_start + hours{60}}) == "! arrival_too_early");
  CHECK(trip.when(EditTrip{.arrival_time = test_start + hours{60} + seconds{1}}) == "trip.updated");
  auto waits = published();
  waits.at(test_start + hours{60});
  CHECK(waits.as(user(ben)).when(EditTrip{.title = "Late"}) == "trip.updated");
  CHECK(waits.when(EditTrip{.arrival_time = test_start + hours{59}}) == "! arrival_too_early");
}

TEST_CASE("trip delay: never sooner, nor by another way, nor while somebody accepts") {
  auto trip = with_parcel();
  const Time before = trip.state.details.departure_time;
  CHECK(trip.when(EditTrip{.departure_time = before - seconds{1}}) == "! capacity_in_use");
  CHECK(trip.when(EditTrip{.departure_time = before + minutes{10},
                           .arrival_time = test_start + hours{52} - minutes{15}}) == "! capacity_in_use");
  CHECK(trip.when(EditTrip{.origin = worcester, .departure_time = before + hours{1}}) == "! capacity_in_use");
  CHECK(trip.when(EditTrip{.departure_time = before + hours{1}, .transport_mode = TransportMode::bus}) ==
        "! capacity_in_use");
  trip.as(from(second)).when(reserve(second, hartford, boston, 1'000));
  CHECK(trip.as(user(ben)).when(EditTrip{.departure_time = before + hours{1}}) == "! capacity_in_use");
  trip.as(from(second)).when(ConfirmReservation{second});
  CHECK(trip.as(user(ben)).when(EditTrip{.departure_time = before + hours{1}}) == "trip.updated");
}

TEST_CASE("trip delay: three may be told, of three days in all, and those of an empty trip do not count") {
  auto trip = with_parcel();
  const Time planned = trip.state.details.departure_time;
  CHECK(trip.when(EditTrip{.departure_time = planned + days{3} + seconds{1}}) == "! limit_reached");
  CHECK(trip.when(EditTrip{.departure_time = planned + days{2}}) == "trip.updated");
  CHECK(trip.when(EditTrip{.departure_time = planned + days{4}}) == "! limit_reached");
  CHECK(trip.when(EditTrip{.title = "Late"}) == "trip.updated");
  CHECK(trip.when(EditTrip{.departure_time = planned + days{3}}) == "trip.updated");
  const Time arrives = trip.state.details.arrival_time;
  CHECK(trip.when(EditTrip{.arrival_time = arrives + seconds{1}}) == "! limit_reached");
  trip.as(from(first)).when(ReleaseReservation{first});
  CHECK(trip.as(user(ben)).when(EditTrip{.departure_time = planned + days{9}}) == "trip.updated");
  CHECK_FALSE(trip.state.delays);
  trip.as(from(second)).when(reserve(second, hartford, boston, 1'000));
  trip.when(ConfirmReservation{second});
  for (int told = 1; told <= 3; ++told)
    CHECK(trip.as(user(ben)).when(EditTrip{.departure_time = planned + days{9} + hours{told}}) == "trip.updated");
  CHECK(trip.when(EditTrip{.departure_time = planned + days{9} + hours{4}}) == "! limit_reached");
}

}  // namespace trip_delay_test
