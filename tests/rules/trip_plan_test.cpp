#include "actors/delivery/commands.hpp"
#include "actors/trip/overlap.hpp"
#include "tests/rules/trip_given.hpp"

/// What a trip's plan may say.
namespace trip_plan_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::trips;

TEST_CASE("trip: a trip that takes its time is at its stops when its offers say so") {
  Given<Trip> trip(self);
  PublishTrip command = trip_command();
  command.arrival_time = command.departure_time + hours{20};  // the route alone takes four
  trip.as(user(ben)).when(command);
  const Time due = command.departure_time + hours{10};
  CHECK(points_of(trip.state.details)[1].due == due);
  const auto room = [&] {
    return *trip.as(entity({})).ask(ViewFreeRoom{hartford.at(), boston.at()}).resource.get_if<FreeRoom>();
  };
  trip.at(due - minutes{1});
  CHECK(room().open);
  CHECK(std::chrono::abs(room().passing.picked_up - due) < minutes{30});  // matching knows Hartford's area
  trip.as(from(first)).when(reserve(first, hartford, boston, 1'000));
  REQUIRE(trip.sent<CapacityReserved>());
  CHECK(trip.sent<CapacityReserved>()->pickup_until == due);
  trip.at(due);
  CHECK_FALSE(room().open);
  trip.as(from(second)).when(reserve(second, hartford, boston, 1'000));
  REQUIRE(trip.sent<CapacityRefused>());
  CHECK(trip.sent<CapacityRefused>()->code == "trip_not_open");
}

TEST_CASE("trip: it arrives within days, by plane within three") {
  const auto arrives_after = [](TransportMode mode, Duration time) {
    Given<Trip> trip(self);
    PublishTrip command = trip_command();
    command.transport_mode = mode;
    command.arrival_time = command.departure_time + time;
    trip.as(user(ben)).when(command);
    if (trip.last.rejection) CHECK(trip.last.rejection->field == "arrivalTime");
    return outcome(trip.last);
  };
  for (const TransportMode mode : {TransportMode::car, TransportMode::train, TransportMode::walk}) {
    CHECK(arrives_after(mode, hours{30 * 24}) == "trip.created");
    CHECK(arrives_after(mode, hours{30 * 24} + minutes{1}) == "! arrival_too_late");
  }
  CHECK(arrives_after(TransportMode::plane, hours{72}) == "trip.created");
  CHECK(arrives_after(TransportMode::plane, hours{72} + minutes{1}) == "! arrival_too_late");
  auto trip = published();
  CHECK(trip.when(EditTrip{.arrival_time = test_start + hours{9 * 365 * 24}}) == "! arrival_too_late");
  // One of an earlier build keeps its name.
  trip.state.details.arrival_time = test_start + hours{9 * 365 * 24};
  CHECK(trip.when(EditTrip{.title = "For years"}) == "trip.updated");
}

TEST_CASE("trip: nobody arrives before the way can be made, and earlier builds' trips keep their names") {
  const auto arrives_after = [](TransportMode mode, Duration time) {
    Given<Trip> trip(self);
    PublishTrip command = trip_command();  // four hours of way
    command.transport_mode = mode;
    command.arrival_time = command.departure_time + time;
    trip.as(user(ben)).when(command);
    if (trip.last.rejection) CHECK(trip.last.rejection->field == "arrivalTime");
    return outcome(trip.last);
  };
  CHECK(arrives_after(TransportMode::car, minutes{1}) == "! arrival_too_early");
  CHECK(arrives_after(TransportMode::car, minutes{191}) == "! arrival_too_early");
  CHECK(arrives_after(TransportMode::car, minutes{192}) == "trip.created");
  CHECK(arrives_after(TransportMode::train, minutes{83}) == "! arrival_too_early");
  CHECK(arrives_after(TransportMode::train, minutes{84}) == "trip.created");
  CHECK(arrives_after(TransportMode::walk, minutes{119}) == "! arrival_too_early");
  auto trip = published();
  CHECK(trip.when(EditTrip{.arrival_time = test_start + hours{49}}) == "! arrival_too_early");
  CHECK(trip.when(EditTrip{.arrival_time = test_start + hours{49}, .transport_mode = TransportMode::bus}) ==
        "! arrival_too_early");
  trip.state.details.arrival_time = test_start + hours{48} + minutes{1};
  CHECK(trip.when(EditTrip{.title = "In a minute"}) == "trip.updated");
  CHECK(trip.when(EditTrip{.departure_time = test_start + hours{50}}) == "! arrival_too_early");
}

TEST_CASE("trip: who walks or rides a bicycle carries no lorry's load") {
  const auto carries = [](TransportMode mode, std::int64_t grams, std::int64_t millilitres) {
    Given<Trip> trip(self);
    PublishTrip command = trip_command();
    command.transport_mode = mode;
    command.arrival_time = command.departure_time + hours{72};
    command.capacity = {{grams}, {millilitres}, 3};
    trip.as(user(ben)).when(command);
    return outcome(trip.last) + (trip.last.rejection ? " " + trip.last.rejection->field : "");
  };
  CHECK(carries(TransportMode::walk, 60'000, 300'000) == "trip.created");
  CHECK(carries(TransportMode::walk, 60'001, 1'000) == "! capacity_too_large capacity.weight");
  CHECK(carries(TransportMode::walk, 1'000, 300'001) == "! capacity_too_large capacity.volume");
  CHECK(carries(TransportMode::bike, 200'000, 1'000'000) == "trip.created");
  CHECK(carries(TransportMode::bike, 200'001, 1'000) == "! capacity_too_large capacity.weight");
  for (const TransportMode mode : {TransportMode::car, TransportMode::train, TransportMode::bus, TransportMode::plane})
    CHECK(carries(mode, max_load_grams, max_load_millilitres) == "trip.created");
  auto trip = published();
  CHECK(trip.when(EditTrip{.capacity = TripCapacity{{100'000}, {10'000}, 3}}) == "trip.updated");
  CHECK(trip.when(EditTrip{.transport_mode = TransportMode::walk}) == "! capacity_too_large");
  // One of an earlier build keeps its load.
  trip.state.details.transport_mode = TransportMode::walk;
  CHECK(trip.when(EditTrip{.title = "With a team of oxen"}) == "trip.updated");
}

TEST_CASE("trip: two trips exclude each other where nobody comes from the one to the other in time") {
  constexpr Coordinates tokyo{35.68, 139.69}, osaka{34.69, 135.5};
  const auto way = [](Coordinates from, Coordinates to, Duration leaves, Duration takes) {
    TripFacts trip;
    trip.points = {{from, test_start + leaves}, {to, test_start + leaves + takes}};
    return trip;
  };
  const TripFacts one = way(new_york.at(), boston.at(), hours{0}, hours{5});
  const auto both = [&](const TripFacts& other) {
    CHECK(overlap(one, other) == overlap(other, one));
    CHECK(exclude_each_other(one, other) == exclude_each_other(other, one));
    return std::string(overlap(one, other) ? "overlap" : "apart") +
           (exclude_each_other(one, other) ? ", excluded" : "");
  };
  CHECK(both(one) == "overlap");
  CHECK(both(way(tokyo, osaka, hours{0}, hours{6})) == "overlap, excluded");
  CHECK(both(way(boston.at(), new_york.at(), hours{0}, hours{5})) == "overlap, excluded");
  CHECK(both(way(new_york.at(), hartford.at(), hours{0}, hours{3})) == "overlap");
  CHECK(both(way(boston.at(), new_york.at(), hours{4}, hours{5})) == "apart");
  CHECK(both(way(boston.at(), new_york.at(), hours{4} - minutes{1}, hours{5})) == "overlap");
  CHECK(both(way(boston.at(), worcester.at(), hours{6}, hours{1})) == "apart");
  // Trips that touch, or follow each other sooner than anybody flies from the one to the other.
  CHECK(both(way(tokyo, osaka, hours{4} + minutes{30}, hours{6})) == "apart, excluded");
  CHECK(both(way(tokyo, osaka, hours{5} + minutes{1}, hours{6})) == "apart, excluded");
  CHECK(both(way(tokyo, osaka, hours{5} + hours{8}, hours{6})) == "apart, excluded");
  CHECK(both(way(tokyo, osaka, hours{5} + hours{11}, hours{6})) == "apart");
  CHECK(both(way(tokyo, osaka, -hours{7}, hours{6})) == "apart, excluded");
  CHECK(both(way(tokyo, osaka, -hours{17}, hours{6})) == "apart");
  CHECK(both(way(boston.at(), new_york.at(), hours{5}, hours{5})) == "apart");
  CHECK(distance_meters({0, 0}, {0, 180}) / fastest_speed(TransportMode::plane) <
        static_cast<double>(std::chrono::seconds{longest_flight}.count()));
}

TEST_CASE("trip: the least price is at most so much in its own currency") {
  const auto asks = [](std::string_view currency, Price price) {
    PublishTrip command = trip_command();
    command.currency = *Currency::parse(currency);
    command.min_price = price;
    Given<Trip> trip(self);
    const std::string said = trip.as(user(ben)).when(command);
    if (trip.last.rejection) CHECK(trip.last.rejection->field == "minPrice");
    return said;
  };
  CHECK(asks("VND", Price{259'000'000'000'000}) == "trip.created");
  CHECK(asks("VND", Price{259'000'000'010'000}) == "! invalid_amount");
  CHECK(asks("USD", Price{10'000'000'000}) == "trip.created");
  CHECK(asks("USD", Price{10'000'000'100}) == "! invalid_amount");
}

}  // namespace trip_plan_test
