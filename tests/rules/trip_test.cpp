#include "actors/delivery/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/trip/entity.hpp"
#include "actors/trip/legs.hpp"
#include "tests/rules/trip_given.hpp"

namespace trip_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::trips;
using std::chrono::hours;
using std::chrono::minutes;

TEST_CASE("trip: where exactly it begins and ends is the traveler's; others see areas, kilometres and minutes") {
  Given<Trip> trip(self);
  PublishTrip command = trip_command();
  command.origin = {"12 Elm Street, New York, NY", 40.7212, -74.0012, "New York, NY"};
  command.route.distance_meters = 350'321;
  command.route.legs[0] = {190'321, 7'217};
  command.weather = {{command.origin.address, test_start, "clear", 20, "low"}};
  trip.as(user(ben)).when(command);
  const TripResource own = *trip.ask(ViewTrip{}).resource.get_if<TripResource>();
  CHECK(own.origin == command.origin);
  CHECK(own.route.distance_meters == 350'321);
  trip.as(user(ann));
  const TripResource seen = *trip.ask(ViewTrip{}).resource.get_if<TripResource>();
  CHECK(seen.origin.address == "New York, NY");
  CHECK(seen.origin.at() == area_center(command.origin.at()));
  CHECK(seen.destination.address == "Boston, MA");  // no area is known of it, and no number is in it
  CHECK(seen.route.distance_meters == 350'000);
  CHECK(seen.route.polyline.empty());
  CHECK(seen.weather.at(0).address == "New York, NY");
  const TripRouteResource route = *trip.ask(ViewRoute{}).resource.get_if<TripRouteResource>();
  CHECK(route.legs.at(0).from.address == "New York, NY");
  CHECK(route.legs.at(0).distance_meters == 190'000);
  CHECK(route.legs.at(0).duration_seconds == 7'200);
  CHECK(trip.ask(ViewCapacity{}).resource.get_if<TripCapacityResource>()->legs.at(0).from == "New York, NY");
  CHECK(trip.ask(ViewWeather{}).resource.get_if<TripWeatherResource>()->items.at(0).address == "New York, NY");
}

TEST_CASE("trip: an estimated arrival tells no more of the door than the shown area does") {
  const auto arrival = [](std::int64_t seconds) {
    PublishTrip command = trip_command();
    command.route.duration_seconds = seconds;
    Given<Trip> trip(self);
    trip.as(user(ben)).when(command);
    return trip.state.details.arrival_time - command.departure_time;
  };
  CHECK(arrival(14'400) == minutes{240});
  CHECK(arrival(14'101) == minutes{240});
  CHECK(arrival(14'401) == minutes{245});
  CHECK(arrival(0) == minutes{5});
}

TEST_CASE("trip: publishing keeps what the traveler said, and estimates the arrival from the route") {
  auto trip = published();
  CHECK(outcome(trip.last) == "trip.created");
  CHECK(trip.state.traveler_id == ben);
  CHECK(trip.state.details.arrival_time == test_start + hours{52});
  CHECK(trip.state.details.min_price == Money{2000, Currency{}});
  const TripResource shown = *trip.ask(ViewTrip{}).resource.get_if<TripResource>();
  CHECK(shown.origin == new_york);
  CHECK(shown.stops == std::vector<Place>{hartford});
  CHECK(shown.destination == boston);
  CHECK(shown.capacity.available == Load{{5'000}, {10'000}, 3});
  CHECK(shown.min_price == Price{200'000});
}

TEST_CASE("trip: publishing is refused for what cannot be") {
  const auto refused = [](auto change) {
    Given<Trip> trip(self);
    PublishTrip command = trip_command();
    change(command);
    return trip.as(user(ben)).when(command);
  };
  CHECK(refused([](PublishTrip& c) { c.origin.lat.reset(); }) == "! address_not_found");
  CHECK(refused([](PublishTrip& c) { c.stops[0].lng.reset(); }) == "! address_not_found");
  // Nearer than 25 m is the same house; to come back to where one began, by another place, is a trip.
  CHECK(refused([](PublishTrip& c) {
          c.stops.clear();
          c.destination = {"Next door", *new_york.lat + 0.0001, new_york.lng};
        }) == "! same_place");
  CHECK(refused([](PublishTrip& c) { c.destination = new_york; }) == "trip.created");
  CHECK(refused([](PublishTrip& c) { c.departure_time = test_start; }) == "! departure_in_past");
  CHECK(refused([](PublishTrip& c) { c.arrival_time = c.departure_time; }) == "! arrival_before_departure");
  CHECK(refused([](PublishTrip& c) { c.min_price = Price{200'001}; }) == "! invalid_amount");
  CHECK(refused([](PublishTrip& c) {
          c.min_price = Price{15'000};
          c.currency = Currency::parse("JPY");
        }) == "! invalid_amount");
  Given<Trip> trip(self);
  CHECK(trip.as(service()).when(trip_command()) == "! not_allowed");
}

TEST_CASE("trip: the refusal of a place names its field") {
  PublishTrip command = trip_command();
  command.stops[0].lat.reset();
  Given<Trip> trip(self);
  trip.as(user(ben)).when(command);
  CHECK(trip.last.rejection->detail == "No place was found for stops[0].");
}

TEST_CASE("trip: a reservation takes room only on the legs between the nearest places") {
  auto trip = published();
  CHECK(trip.as(from(first)).when(reserve(first, new_york, hartford, 4'000)) == "capacity.changed");
  CHECK(legs(trip) == "1/2 5/3");
  CHECK(trip.sent<CapacityReserved>());
  CHECK(trip.as(from(second)).when(reserve(second, worcester, boston, 5'000)) == "capacity.changed");
  CHECK(legs(trip) == "1/2 0/2");
  CHECK(trip.as(from(third)).when(reserve(third, new_york, boston, 1)) == "(nothing)");
  CHECK(trip.sent<CapacityRefused>()->code == "capacity_exceeded");
}

TEST_CASE("trip: a reservation learns when the trip leaves its pickup, by the plan") {
  auto trip = published();
  const auto left = [&](DeliveryId id, const Place& pickup) {
    trip.as(from(id)).when(reserve(id, pickup, boston, 1'000));
    return trip.sent<CapacityReserved>()->pickup_until;
  };
  CHECK(left(first, new_york) == test_start + hours{48});
  CHECK(left(second, hartford) == test_start + hours{50});
  CHECK(trip.sent<CapacityReserved>()->arrival == test_start + hours{52});
  trip.now = test_start + hours{49};
  CHECK(left(first, new_york) == test_start + hours{48});  // a repeat
}

TEST_CASE("trip: what has left by its plan takes nothing more from there, whether or not it was started") {
  auto trip = published();
  const auto open = [&](const Place& pickup) {
    return trip.as(entity({})).ask(ViewFreeRoom{pickup.at(), boston.at()}).resource.get_if<FreeRoom>()->open;
  };
  CHECK(open(new_york));
  trip.at(test_start + hours{48});
  CHECK_FALSE(open(new_york));
  CHECK(open(hartford));
  trip.as(from(first)).when(reserve(first, new_york, boston, 1'000));
  REQUIRE(trip.sent<CapacityRefused>());
  CHECK(trip.sent<CapacityRefused>()->code == "trip_not_open");
  trip.as(from(second)).when(reserve(second, hartford, boston, 1'000));
  CHECK(trip.sent<CapacityReserved>()->pickup_until == test_start + hours{50});
  trip.at(test_start + hours{48} - longest_lead - minutes{1});
  CHECK_FALSE(open(new_york));  // in more than a year
}

TEST_CASE("trip: room is given for the plan that the offer was made for") {
  const auto reserved_after = [](const EditTrip& edit) {
    auto trip = published();
    const auto plan = trip.ask(ViewFreeRoom{new_york.at(), boston.at()}).resource.get_if<FreeRoom>()->plan;
    CHECK(trip.as(user(ben)).when(edit) == "trip.updated");
    ReserveCapacity command = reserve(first, new_york, boston, 1'000);
    command.plan = plan;
    trip.as(from(first)).when(command);
    const auto* refused = trip.sent<CapacityRefused>();
    return refused ? refused->code : std::string("reserved");
  };
  CHECK(reserved_after({.title = "Another name"}) == "reserved");
  CHECK(reserved_after({.capacity = TripCapacity{{6'000}, {10'000}, 3}}) == "reserved");
  CHECK(reserved_after({.departure_time = test_start + hours{49}}) == "offer_changed");
  CHECK(reserved_after({.arrival_time = test_start + hours{60}}) == "offer_changed");
  CHECK(reserved_after({.transport_mode = TransportMode::bus}) == "offer_changed");
  CHECK(reserved_after({.destination = worcester}) == "offer_changed");
  CHECK(reserved_after({.stops = std::vector<Place>{worcester}}) == "offer_changed");
  CHECK(reserved_after({.departure_time = test_start + hours{48}}) == "reserved");
}

TEST_CASE("trip: of two that race for the last kilo the second is refused, and no leg goes below zero") {
  auto trip = published();
  trip.as(from(first)).when(reserve(first, new_york, boston, 2'500));
  CHECK(trip.as(from(second)).when(reserve(second, new_york, boston, 3'000)) == "(nothing)");
  CHECK(trip.sent<CapacityRefused>()->code == "capacity_exceeded");
  CHECK(legs(trip) == "2.5/2 2.5/2");
  trip.as(from(first)).when(ReleaseReservation{first});
  CHECK(legs(trip) == "5/3 5/3");
  CHECK(trip.as(from(second)).when(reserve(second, new_york, boston, 3'000)) == "capacity.changed");
}

TEST_CASE("trip: volume and items bound as weight does, and a load below zero is refused") {
  auto trip = published();
  ReserveCapacity command = reserve(first, new_york, boston, 1);
  command.load.volume = {10'001};
  trip.as(from(first)).when(command);
  CHECK(trip.sent<CapacityRefused>());
  command.load = {{1}, {1}, 4};
  trip.when(command);
  CHECK(trip.sent<CapacityRefused>());
  command.load = {{-1}, {1}, 1};
  trip.when(command);
  CHECK(trip.sent<CapacityRefused>());
  CHECK(trip.state.reservations.empty());
}

TEST_CASE("trip: a repeated reservation is answered again and taken once") {
  auto trip = published();
  trip.as(from(first)).when(reserve(first, new_york, boston, 2'000));
  CHECK(trip.when(reserve(first, new_york, boston, 2'000)) == "(nothing)");
  CHECK(trip.sent<CapacityReserved>());
  CHECK(legs(trip) == "3/2 3/2");
}

TEST_CASE("trip: an unconfirmed reservation lapses, a confirmed one stays, a late confirmation is refused") {
  auto trip = published();
  trip.as(from(first)).when(reserve(first, new_york, boston, 2'000));
  CHECK(trip.last.timers.at(0).due == test_start + minutes{15});
  const std::string name = trip.last.timers.at(0).name;
  CHECK(trip.as(timer()).when(TimerFired{name}) == "capacity.changed");
  CHECK(trip.emitted<CapacityChanged>()->change == CapacityChange::expired);
  CHECK(legs(trip) == "5/3 5/3");
  CHECK(trip.as(from(first)).when(ConfirmReservation{first}) == "(nothing)");
  CHECK(trip.sent<CapacityRefused>());

  trip.when(reserve(first, new_york, boston, 2'000));
  CHECK(trip.when(ConfirmReservation{first}) == "trip.reservation_confirmed");
  CHECK(trip.last.timers.at(0).due == std::nullopt);
  CHECK(trip.when(ConfirmReservation{first}) == "(nothing)");
  CHECK(trip.as(timer()).when(TimerFired{name}) == "(nothing)");
  CHECK(legs(trip) == "3/2 3/2");
  CHECK(trip.as(from(first)).when(ReleaseReservation{first}) == "capacity.changed");
  CHECK(trip.when(ReleaseReservation{first}) == "(nothing)");
  CHECK(legs(trip) == "5/3 5/3");
}

TEST_CASE("trip: a trip that is not there, set out, or over takes nothing, and says so") {
  Given<Trip> none(self);
  CHECK(none.as(from(first)).when(reserve(first, new_york, boston, 1)) == "(nothing)");
  CHECK(none.sent<CapacityRefused>()->code == "trip_not_open");
  auto trip = published();
  trip.at(test_start + hours{48}).as(from(first)).when(reserve(first, new_york, boston, 1));
  CHECK(trip.sent<CapacityRefused>()->code == "trip_not_open");
  trip.at(test_start).as(user(ben)).when(StartTrip{});
  trip.as(from(first)).when(reserve(first, new_york, boston, 1));
  CHECK(trip.sent<CapacityRefused>()->code == "trip_not_open");
}

TEST_CASE("trip: cancelling cancels each delivery that holds room, and gives all of it back") {
  auto trip = published();
  trip.as(from(first)).when(reserve(first, new_york, boston, 1'000));
  trip.when(ConfirmReservation{first});
  trip.as(from(second)).when(reserve(second, new_york, hartford, 1'000));
  CHECK(trip.as(user(ann)).when(CancelTrip{"mine now"}) == "! not_owner");
  CHECK(trip.as(user(ben)).when(CancelTrip{"ill"}) == "trip.cancelled");
  CHECK(effects(trip.last) == std::vector<std::string>{"delivery cancel_delivery", "delivery cancel_delivery",
                                                       "inbox forget_matches", "inbox notify"});
  CHECK(trip.sent<ForgetMatches>()->trip_id->value == trip.self.id);
  CHECK(trip.sent<CancelDelivery>()->reason == "trip_cancelled");
  CHECK(trip.sent<Notify>()->template_id == "trip_cancelled");
  CHECK(trip.sent<Notify>()->variables.at("reason") == "ill");
  CHECK(legs(trip) == "5/3 5/3");
  CHECK(trip.as(from(first)).when(ReleaseReservation{first}) == "(nothing)");
  CHECK(trip.as(user(ben)).when(CancelTrip{}) == "! trip_not_open");
}

TEST_CASE("trip: what nobody counts on may be edited, what a parcel counts on may not") {
  auto trip = published();
  trip.as(from(first)).when(reserve(first, hartford, boston, 3'000));
  trip.as(user(ben));
  CHECK(trip.when(EditTrip{.title = "New name"}) == "trip.updated");
  CHECK(trip.state.details.title == "New name");
  CHECK(trip.when(EditTrip{.departure_time = test_start + hours{50}}) == "! capacity_in_use");
  CHECK(trip.when(EditTrip{.transport_mode = TransportMode::bike}) == "! capacity_in_use");
  CHECK(trip.when(EditTrip{.destination = worcester}) == "! capacity_in_use");
  CHECK(trip.when(EditTrip{.capacity = TripCapacity{{2'999}, {10'000}, 3}}) == "! capacity_in_use");
  CHECK(trip.when(EditTrip{.capacity = TripCapacity{{3'000}, {10'000}, 3}}) == "trip.updated");
  CHECK(legs(trip) == "3/3 0/2");
  trip.as(from(first)).when(ReleaseReservation{first});
  trip.as(user(ben));
  CHECK(trip.when(EditTrip{.departure_time = test_start + hours{50}}) == "trip.updated");
  CHECK(trip.state.details.arrival_time == test_start + hours{54});
  CHECK(trip.when(EditTrip{.departure_time = test_start}) == "! departure_in_past");
  CHECK(trip.when(EditTrip{.destination = Place{"Nowhere", {}, {}}}) == "! address_not_found");
  CHECK(trip.at(test_start + hours{51}).when(EditTrip{.title = "Late"}) == "trip.updated");
}

TEST_CASE("trip: reservations move along with the places around them") {
  const std::vector<Place> before{new_york, hartford, boston};
  const auto moved = [&](const std::vector<Place>& after, LegSpan span) {
    const auto to = moved_span(before, after, span);
    return to ? std::to_string(to->from) + "-" + std::to_string(to->to) : std::string("gone");
  };
  CHECK(moved(before, {0, 2}) == "0-2");
  CHECK(moved({new_york, hartford, worcester, boston}, {0, 1}) == "0-1");
  CHECK(moved({new_york, hartford, worcester, boston}, {1, 2}) == "gone");
  CHECK(moved({new_york, worcester, hartford, boston}, {1, 2}) == "2-3");
  CHECK(moved({new_york, boston}, {1, 2}) == "gone");
  CHECK(moved({hartford, boston}, {1, 2}) == "0-1");
  CHECK(moved({new_york, hartford}, {0, 1}) == "0-1");
  CHECK(moved({new_york, hartford, hartford, boston}, {1, 2}) == "gone");
}

TEST_CASE("trip: who holds room is shown to the traveler alone") {
  auto trip = published();
  trip.as(from(first)).when(reserve(first, new_york, hartford, 1'000));
  auto capacity = *trip.as(user(ben)).ask(ViewCapacity{}).resource.get_if<TripCapacityResource>();
  REQUIRE(capacity.legs.size() == 2);
  CHECK(capacity.legs[0].holders.size() == 1);
  CHECK(capacity.legs[1].holders.empty());
  CHECK(capacity.available.weight.units == 4'000);
  capacity = *trip.as(user(ann)).ask(ViewCapacity{}).resource.get_if<TripCapacityResource>();
  CHECK(capacity.legs[0].holders.empty());
  CHECK(capacity.legs[0].available.weight.units == 4'000);
}

TEST_CASE("trip: an offer learns the room between its own two places") {
  auto trip = published();
  trip.as(from(first)).when(reserve(first, new_york, hartford, 4'500));
  CHECK(trip.ask(ViewFreeRoom{hartford.at(), boston.at()}).resource.get_if<FreeRoom>()->available.weight.units ==
        5'000);
  CHECK(trip.ask(ViewFreeRoom{new_york.at(), boston.at()}).resource.get_if<FreeRoom>()->available.weight.units == 500);
}

TEST_CASE("trip: at most 200 reservations") {
  Given<Trip> trip(self);
  PublishTrip command = trip_command();
  command.capacity = {{max_load_grams}, {max_load_millilitres}, 1'000};
  trip.as(user(ben)).when(command);
  for (std::uint8_t i = 0; i < max_trip_reservations; ++i)
    trip.as(entity({})).when(reserve(test_id<DeliveryId>(i), new_york, boston, 1));
  CHECK(trip.state.reservations.size() == max_trip_reservations);
  trip.when(reserve(test_id<DeliveryId>(201), new_york, boston, 1));
  CHECK(trip.sent<CapacityRefused>()->code == "capacity_exceeded");
}

TEST_CASE("trip: completing it ends the deliveries that were not fetched") {
  auto trip = published();
  trip.as(from(first)).when(reserve(first, new_york, boston, 2'500));
  trip.when(ConfirmReservation{first});
  trip.as(user(ben)).when(StartTrip{});
  // By whoever signed in: it ends what others count on.
  Caller key = user(ben), stale = user(ben);
  key.api_key = test_id<UserId>(9).value;
  stale.stepped_up = false;
  CHECK(trip.as(key).when(CompleteTrip{}) == "! forbidden");
  CHECK(trip.as(stale).when(CompleteTrip{}) == "! step_up_required");
  auto empty = trip;
  empty.as(from(first)).when(ReleaseReservation{first});
  CHECK(empty.as(key).when(CompleteTrip{}) == "trip.completed");
  trip.as(user(ben)).when(CompleteTrip{});
  REQUIRE(trip.sent<CancelDelivery>());
  CHECK(trip.sent<CancelDelivery>()->reason == trip_completed);
  CHECK(trip.sent<CancelDelivery>()->by == ben);
}

TEST_CASE("trip: one that nobody completes is over a week after its arrival") {
  auto trip = published();
  const auto due = [](const auto& given) { return given.last.timers.at(0).due; };
  CHECK(trip.last.timers.at(0).name == over_timer);
  CHECK(due(trip) == trip.state.details.arrival_time + over_after);
  auto later = trip;
  later.as(user(ben)).when(EditTrip{.departure_time = trip.state.details.departure_time + hours{5},
                                    .arrival_time = trip.state.details.arrival_time + hours{5}});
  CHECK(due(later) == *due(trip) + hours{5});
  auto cancelled = trip;
  cancelled.as(user(ben)).when(CancelTrip{});
  CHECK(due(cancelled) == std::nullopt);
  CHECK(trip.as(timer()).when(TimerFired{std::string(over_timer)}) == "trip.completed");
  CHECK(trip.when(TimerFired{std::string(over_timer)}) == "(nothing)");
}

TEST_CASE("trip: what its time ends is nobody's doing, and a start sets that time where an earlier build did not") {
  auto trip = published();
  trip.as(from(first)).when(reserve(first, new_york, boston, 2'500));
  trip.when(ConfirmReservation{first});
  auto late = trip;
  trip.as(user(ben)).when(StartTrip{});
  REQUIRE(trip.last.timers.size() == 1);
  CHECK(trip.last.timers.front().name == over_timer);
  CHECK(trip.last.timers.front().due == trip.state.details.arrival_time + over_after);
  late.now = trip.state.details.arrival_time + hours{24 * 30};
  late.as(user(ben)).when(StartTrip{});
  CHECK(late.last.timers.at(0).due == late.now + over_after);
  CHECK(trip.as(timer()).when(TimerFired{std::string(over_timer)}) == "trip.completed");
  REQUIRE(trip.sent<CancelDelivery>());
  CHECK(trip.sent<CancelDelivery>()->reason == trip_completed);
  CHECK_FALSE(trip.sent<CancelDelivery>()->by);
}

TEST_CASE("trip: every state against every command") {
  auto held = published();
  held.as(from(first)).when(reserve(first, new_york, boston, 4'000));
  auto confirmed = held;
  confirmed.when(ConfirmReservation{first});
  auto under_way = confirmed;
  under_way.as(user(ben)).when(StartTrip{});
  auto completed = under_way;
  completed.when(CompleteTrip{});
  auto cancelled = confirmed;
  cancelled.as(user(ben)).when(CancelTrip{"ill"});
  const Caller delivery = from(first);
  check_table<Trip>(
      {{"none", {}},
       {"upcoming", published().state},
       {"held", held.state},
       {"confirmed", confirmed.state},
       {"under_way", under_way.state},
       {"completed", completed.state},
       {"cancelled", cancelled.state}},
      {{"by ben", AnyRecord(trip_command()), user(ben)},
       {"title by ben", AnyRecord(EditTrip{.title = "x"}), user(ben)},
       {"title by ann", AnyRecord(EditTrip{.title = "x"}), user(ann)},
       {"stops by ben", AnyRecord(EditTrip{.stops = std::vector<Place>{}}), user(ben)},
       {"by ben", AnyRecord(CancelTrip{}), user(ben)},
       {"by ann", AnyRecord(CancelTrip{}), user(ann)},
       {"by the account", AnyRecord(CancelTrip{"user_deleted"}), entity({EntityKind::account, ben.value})},
       {"by ben", AnyRecord(StartTrip{}), user(ben)},
       {"by ann", AnyRecord(StartTrip{}), user(ann)},
       {"by ben", AnyRecord(CompleteTrip{}), user(ben)},
       {"by ann", AnyRecord(CompleteTrip{}), user(ann)},
       {"2 kg by another", AnyRecord(reserve(second, new_york, boston, 2'000)), from(second)},
       {"1 kg by another", AnyRecord(reserve(second, new_york, boston, 1'000)), from(second)},
       {"by ben", AnyRecord(reserve(second, new_york, boston, 1'000)), user(ben)},
       {"", AnyRecord(ConfirmReservation{first}), delivery},
       {"by ben", AnyRecord(ConfirmReservation{first}), user(ben)},
       {"", AnyRecord(ReleaseReservation{first}), delivery},
       {"by ben", AnyRecord(ReleaseReservation{first}), user(ben)},
       {"of the reservation", AnyRecord(TimerFired{reservation_timer(first)}), timer()},
       {"of another", AnyRecord(TimerFired{reservation_timer(second)}), timer()},
       {"of its end", AnyRecord(TimerFired{std::string(over_timer)}), timer()},
       {"", AnyRecord(NoteOffer{test_id<RequestId>(5)}), entity({EntityKind::request, test_id<RequestId>(5).value})}},
      self);
}

}  // namespace trip_test
