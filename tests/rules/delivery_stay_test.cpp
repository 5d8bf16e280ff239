#include "actors/delivery/policy.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/user/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_stay_test {

/// What becomes of a wait that is interrupted, and who hears of it.
using namespace caravan;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

void leave(Given<Delivery>& delivery, Handover at) {
  delivery.as(entity(tracker)).when(TravelerSeen{test_id<GeofenceId>(at == Handover::delivery ? 31 : 30), at, {}, {}});
}

bool is_told(const Given<Delivery>& delivery) {
  return delivery.sent<Notify>() && delivery.sent<Notify>()->template_id == "traveler_waiting" &&
         delivery.sent<Notify>()->priority == NotifyPriority::high;
}

/// Points every minute; after how many the customer was told, or none.
std::optional<Duration> told_after(Given<Delivery>& delivery, Handover at, Duration time) {
  std::optional<Duration> told;
  const Time since = delivery.now;
  for (Duration stayed{0}; stayed <= time; stayed += minutes{1}, delivery.now += minutes{1}) {
    seen(delivery, at, since);
    if (is_told(delivery) && !told) told = stayed;
  }
  delivery.now -= minutes{1};
  return told;
}

/// The fee of the wait so far pays by itself.
bool pays(Given<Delivery> delivery, Handover at) {
  delivery.as(user(carrier));
  if (at == Handover::pickup) {
    delivery.when(CancelDelivery{"no_show"});
    REQUIRE(delivery.state.settlement);
    CHECK(delivery.state.settlement->compensation.amount == 875);
    return delivery.state.settlement->held_until.has_value();
  }
  delivery.when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
  REQUIRE(delivery.state.attempt_at_pin);
  return *delivery.state.attempt_at_pin;
}

}  // namespace

TEST_CASE("stays: a traveler who drives round the block is told of anew, and who was there a moment ago still is") {
  for (const Handover at : {Handover::pickup, Handover::delivery}) {
    Given<Delivery> delivery = at == Handover::pickup ? accepted() : in_transit();
    CHECK(told_after(delivery, at, minutes{1}) == Duration{0});
    delivery.as(user(sender)).when(SayPresent{});
    leave(delivery, at);
    delivery.now += minutes{8};
    Given<Delivery> silent = delivery;
    const auto told = told_after(delivery, at, minutes{16});
    REQUIRE(told);
    CHECK(*told <= minutes{7});
    CHECK_FALSE(pays(delivery, at));
    // Nothing was said: by then the customer knew of this stay.
    silent.state.said_at_pickup.reset();
    silent.state.said_at_dropoff.reset();
    CHECK(told_after(silent, at, minutes{16}));
    CHECK(pays(silent, at));
  }
}

TEST_CASE("stays: a wait pays by itself where the customer heard of it in time, however rarely points arrive") {
  Given<Delivery> delivery = accepted();
  seen(delivery, Handover::pickup, delivery.now);
  leave(delivery, Handover::pickup);
  delivery.now += minutes{6};
  const Time since = delivery.now;
  for (int i = 0; i < 4; ++i, delivery.now += minutes{5}) seen(delivery, Handover::pickup, since);
  delivery.now -= minutes{5};
  CHECK(pays(delivery, Handover::pickup));
  delivery.state.wait_told_at = since + minutes{8};
  CHECK_FALSE(pays(delivery, Handover::pickup));
  delivery.state.wait_told_at = since - seconds{1};  // of another stay
  CHECK_FALSE(pays(delivery, Handover::pickup));
}

TEST_CASE("stays: who says shortly before that somebody is there has said it for that wait, and for one alone") {
  for (const Handover at : {Handover::pickup, Handover::delivery})
    for (const auto& [before, counts] :
         {std::pair{Duration{seconds{30}}, true}, {minutes{15}, true}, {minutes{16}, false}}) {
      Given<Delivery> delivery = at == Handover::pickup ? accepted() : in_transit();
      delivery.as(user(sender)).when(SayPresent{});
      delivery.now += before;
      wait_at(delivery, at, minutes{16});
      CHECK(pays(delivery, at) == !counts);
    }
  Given<Delivery> delivery = in_transit();
  const Time since = delivery.now;
  wait_at(delivery, Handover::delivery, minutes{8});
  delivery.as(user(sender)).when(SayPresent{});
  for (const bool paid : {false, true}) {
    for (int minute = 0; minute < 15; ++minute, delivery.now += minutes{1}) seen(delivery, Handover::delivery, since);
    seen(delivery, Handover::delivery, since);
    CHECK(pays(delivery, Handover::delivery) == paid);
    delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}});
  }
}

TEST_CASE("stays: a wait that was long enough stays earned when its traveler leaves, by a decision") {
  const auto waited = [](Duration time, bool is_pinned = true) {
    Given<Delivery> delivery = accepted();
    if (!is_pinned) delivery.state.terms.pickup.uncertainty_meters = 5'000;
    wait_at(delivery, Handover::pickup, time);
    leave(delivery, Handover::pickup);
    delivery.now += minutes{10};
    seen(delivery, Handover::pickup, delivery.now);  // there again
    return delivery;
  };
  Given<Delivery> left = waited(minutes{14});
  CHECK(left.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
  Given<Delivery> guessed = waited(minutes{16}, false);
  CHECK(guessed.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
  for (const Caller& who : {user(carrier), user(sender), timer()}) {
    Given<Delivery> delivery = waited(minutes{16});
    REQUIRE(delivery.state.pickup_earned);
    if (who.kind == Caller::Kind::timer) {
      delivery.as(who).when(TimerFired{"overdue"});
    } else {
      delivery.as(who).when(CancelDelivery{"no_show"});
    }
    REQUIRE(delivery.state.settlement);
    CHECK(delivery.state.settlement->compensation.amount == 875);
    CHECK(delivery.state.settlement->needs_decision);
    REQUIRE(delivery.sent<OpenDispute>());
    CHECK(delivery.sent<OpenDispute>()->opener == carrier);
  }
  // What goes on afterwards is another wait, and pays by itself.
  Given<Delivery> again = waited(minutes{16});
  wait_at(again, Handover::pickup, minutes{16});
  CHECK(pays(again, Handover::pickup));
  // At another pin it is nothing, as once the parcel is taken.
  Given<Delivery> moved = waited(minutes{16});
  agree(moved, PinType::pickup, {pickup_place.lat + 0.002, pickup_place.lng});
  CHECK(moved.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
  Given<Delivery> taken = waited(minutes{16});
  taken.as(user(carrier)).when(scan_of(taken, Handover::pickup));
  CHECK_FALSE(taken.state.pickup_earned);
}

TEST_CASE("stays: at the receiver's the same holds, for one attempt") {
  Given<Delivery> delivery = in_transit();
  wait_at(delivery, Handover::delivery, minutes{16});
  leave(delivery, Handover::delivery);
  delivery.now += minutes{10};
  CHECK_FALSE(pays(delivery, Handover::delivery));
  delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}});
  CHECK(delivery.state.timeline.back().facts.at("measuredWaitSeconds") == "960");
  CHECK(delivery.when(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}}) == "! not_waited_enough");
}

TEST_CASE("stays: who was shown to have come is not, once another place contradicts it, and cannot show it again") {
  Given<Delivery> delivery = accepted();
  delivery.state.pickup_until = delivery.now + hours{2};
  const Time since = delivery.now;
  wait_at(delivery, Handover::pickup, minutes{4});
  CHECK_FALSE(delivery.sent<RecordWhereabouts>());
  delivery.now += minutes{2};
  seen(delivery, Handover::pickup, since);
  const RecordWhereabouts* told = delivery.sent<RecordWhereabouts>();
  REQUIRE(told);
  CHECK(told->seen.waited);
  CHECK(told->seen.place == pickup_place);
  CHECK(told->seen.since == since);
  CHECK(told->seen.until == delivery.now);
  REQUIRE(delivery.state.came_at);
  const Given<Delivery> believed = delivery;
  const auto leaves = [](Given<Delivery> deal) {
    leave(deal, Handover::pickup);
    deal.now = *deal.state.pickup_until + minutes{31};
    deal.as(user(sender)).when(CancelDelivery{"nobody came"});
    return *deal.state.settlement;
  };
  CHECK(leaves(believed).compensation.amount == 350);
  const Caller profile = entity({EntityKind::user, carrier.value});
  CHECK(delivery.as(profile).when(DoubtWait{9'000'000}) == "delivery.wait_doubted");
  delivery.now += minutes{1};
  seen(delivery, Handover::pickup, since);
  CHECK_FALSE(delivery.state.came_at);
  CHECK(delivery.as(profile).when(DoubtWait{9'000'000}) == "(nothing)");
  CHECK(leaves(delivery).compensation.amount == 0);
  CHECK(leaves(delivery).fault == Fault::traveler);
}

TEST_CASE("stays: at a point that lies off its address nothing pays by itself, and the customer is told where it is") {
  Given<Delivery> delivery = accepted();
  seen(delivery, Handover::pickup, delivery.now);
  const std::string place = delivery.sent<Notify>()->variables.at("place");
  CHECK(place.find(degrees_text(pickup_place.lat)) == 0);
  CHECK(place.find(delivery.state.terms.pickup.address) != std::string::npos);
  Given<Delivery> off = accepted();
  off.state.terms.pickup.off_address_meters = 18'000;
  Given<Delivery> agreed = off;
  seen(off, Handover::pickup, off.now);
  CHECK(off.sent<Notify>()->variables.at("place") == place);
  CHECK(off.sent<Notify>()->variables.at("offAddressMeters") == "18000");
  const auto shown_to = [&](const Caller& who) {
    return off.as(who).ask(ViewDelivery{}).resource.get_if<DeliveryResource>()->pickup.off_address_meters;
  };
  CHECK(shown_to(user(carrier)) == 18'000);
  CHECK_FALSE(shown_to(service()));  // who sees no door
  wait_at(off, Handover::pickup, minutes{16});
  CHECK_FALSE(pays(off, Handover::pickup));
  CHECK_FALSE(delivery_policy::earned_wait(off.state, Handover::pickup, off.now));
  // Both say that it is meant.
  REQUIRE(agree(agreed, PinType::pickup, {pickup_place.lat + 0.001, pickup_place.lng}) == "delivery.pin_agreed");
  wait_at(agreed, Handover::pickup, minutes{16});
  CHECK(pays(agreed, Handover::pickup));
}

TEST_CASE("stays: a point that disagrees with its address makes no larger circle, of codes, fences and waits") {
  Stop stop = accepted().state.terms.pickup;
  for (const std::int32_t off : {600, 18'000, 3'000'000}) {
    stop.off_address_meters = off;
    stop.uncertainty_meters = 0;
    CHECK(delivery_policy::place_radius(stop) == delivery_policy::place_radius_meters);
    stop.uncertainty_meters = 2'000;
    CHECK(delivery_policy::place_radius(stop) == 2'000);
  }
  Given<Delivery> delivery = accepted();
  delivery.state.terms.pickup.off_address_meters = 18'000;
  const MeasuredPlace at_address{pickup_place.lat + 0.1, pickup_place.lng, {}};
  CHECK(delivery_policy::beyond(delivery.state.terms.pickup.at(),
                                delivery_policy::place_radius(delivery.state.terms.pickup), at_address) > 10'000);
  CHECK_FALSE(delivery_policy::is_at_pin(delivery.state, Handover::pickup));
}

TEST_CASE("stays: a suspension takes nothing of what a wait has earned") {
  for (const auto& [time, then_leaves] : {std::pair{minutes{16}, false}, {minutes{16}, true}, {minutes{14}, false}}) {
    Given<Delivery> delivery = accepted();
    wait_at(delivery, Handover::pickup, time);
    if (then_leaves) leave(delivery, Handover::pickup);
    delivery.as(user(sender)).when(CancelDelivery{"suspended", {}, true});
    const bool has_waited = time == minutes{16};
    CHECK(delivery.state.settlement->compensation.amount == (has_waited ? 875 : 0));
    CHECK(delivery.state.settlement->needs_decision == has_waited);
    CHECK_FALSE(delivery.state.settlement->held_until);
    CHECK(delivery.state.settlement->fault == (has_waited ? Fault::nobody : Fault::traveler));
  }
}

TEST_CASE("stays: whoever cancels the trip of another takes no parcel from the traveler, and marks neither") {
  for (const UserId by : {stranger, sender}) {
    Given<Delivery> carried = in_transit();
    CHECK(carried.as(entity(trip)).when(CancelDelivery{"trip_cancelled", by}) == "(nothing)");
    CHECK(carried.state.status == DeliveryStatus::in_transit);
    carried.as(user(carrier)).when(scan_of(carried, Handover::delivery));
    CHECK(carried.sent<ReleaseEscrow>());
  }
  Given<Delivery> left = in_transit();
  left.as(entity(trip)).when(CancelDelivery{"trip_cancelled", carrier});
  CHECK(left.state.status == DeliveryStatus::returning);
  for (const auto& [by, fault] :
       {std::pair{stranger, Fault::nobody}, {carrier, Fault::traveler}, {sender, Fault::customer}})
    for (const bool late : {false, true}) {
      Given<Delivery> waits = accepted();
      if (late) waits.state.pickup_until = waits.now - hours{1};
      waits.now += hours{3};
      waits.as(entity(trip)).when(CancelDelivery{"trip_cancelled", by});
      REQUIRE(waits.state.status == DeliveryStatus::cancelled);
      if (late && by == sender) continue;  // to whom nobody came
      CHECK(waits.state.settlement->fault == fault);
    }
}

TEST_CASE("stays: what a service reports of the traveler is none, and stands in the timeline as the service's") {
  Given<Delivery> delivery = accepted();
  for (int minute = 0; minute < 20; minute += 4) {
    delivery.as(service()).when(hit(Handover::pickup, GeofenceEventType::dwell, delivery.now));
    CHECK_FALSE(delivery.sent<Notify>());
    delivery.now += minutes{4};
  }
  CHECK(delivery.state.timeline.back().type == "geofence_dwell");
  CHECK(delivery.state.timeline.back().by == "service");
  CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");

  // Nor does it end a wait that points have measured.
  wait_at(delivery, Handover::pickup, minutes{16});
  delivery.as(service()).when(hit(Handover::pickup, GeofenceEventType::exit, delivery.now));
  CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) != "! not_waited_enough");
  Given<Delivery> own = accepted();
  arrive(own, Handover::pickup);
  CHECK(own.state.timeline.back().by == "traveler");
}

}  // namespace delivery_stay_test
