#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/user/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_wait_test {

using namespace caravan;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

TEST_CASE("waits: a no-show is paid for only by a traveler who was seen waiting, and after a day") {
  Given<Delivery> delivery = accepted();
  CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
  wait_at(delivery, Handover::pickup, minutes{16});
  CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) != "! not_waited_enough");
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 2'625);
  CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 875);
  CHECK(delivery.sent<RefundEscrow>()->compensation_waits);
  CHECK(due(delivery, "fee") == delivery.now + hours{24});
  CHECK(delivery.state.settlement->held_until == delivery.now + hours{24});
  delivery.now += hours{24};
  CHECK(hold_is_over(delivery) == "(nothing)");
  REQUIRE(delivery.sent<RefundEscrow>());
  CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 875);
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 0);
  CHECK_FALSE(delivery.sent<RefundEscrow>()->compensation_waits);
}

TEST_CASE("waits: who came to the pickup and left too soon has no fee by itself, and the customer no mark") {
  const Time leaves = test_start + hours{30};
  using Outcome = std::tuple<std::int64_t, Fault, bool>;
  const auto left_after = [&](Time came, Duration stays, bool is_plausible = true, bool is_pinned = true) {
    Given<Delivery> delivery = accepted();
    delivery.state.pickup_until = leaves;
    if (!is_pinned) delivery.state.terms.pickup.uncertainty_meters = 5'000;
    delivery.now = came;
    for (Duration stayed{0}; stayed <= stays; stayed += minutes{1}, delivery.now += minutes{1})
      delivery.as(entity(tracker))
          .when(TravelerSeen{test_id<GeofenceId>(30), Handover::pickup, came, delivery.now,
                             is_plausible ? std::optional<Time>{} : delivery.now});
    delivery.as(entity(tracker)).when(TravelerSeen{test_id<GeofenceId>(30), Handover::pickup, {}, {}});
    delivery.now = std::max(delivery.now, leaves + minutes{31});
    delivery.as(user(sender)).when(CancelDelivery{"nobody came"});
    REQUIRE(delivery.state.status == DeliveryStatus::cancelled);
    const Settlement& end = *delivery.state.settlement;
    return Outcome{end.compensation.amount, *end.fault, end.needs_decision};
  };
  const Outcome decided{350, Fault::nobody, true}, nothing{0, Fault::traveler, false};
  CHECK(left_after(leaves - minutes{50}, minutes{12}) == decided);
  CHECK(left_after(leaves - hours{2} - minutes{5}, minutes{10}) == decided);
  CHECK(left_after(leaves - hours{2} - minutes{5}, minutes{9}) == nothing);      // before waits count
  CHECK(left_after(leaves - hours{12}, minutes{40}) == nothing);                 // nobody could know of it
  CHECK(left_after(leaves - minutes{50}, minutes{4}) == nothing);                // passed by
  CHECK(left_after(leaves + minutes{30}, minutes{10}) == nothing);               // late
  CHECK(left_after(leaves - minutes{50}, minutes{12}, false) == nothing);        // other points contradict it
  CHECK(left_after(leaves - minutes{50}, minutes{12}, true, false) == nothing);  // somewhere in the town
}

TEST_CASE("waits: a stay lasts as long as its points, however late the delivery hears of them") {
  Given<Delivery> delivery = accepted();
  delivery.state.pickup_until = test_start + hours{30};
  const Time came = test_start + hours{29};
  delivery.now = came + minutes{15};
  delivery.as(entity(tracker)).when(TravelerSeen{test_id<GeofenceId>(30), Handover::pickup, came, came + minutes{1}});
  CHECK_FALSE(delivery.state.came_at);
  delivery.when(TravelerSeen{test_id<GeofenceId>(30), Handover::pickup, came, came + minutes{6}});
  CHECK(delivery.state.came_at);
}

TEST_CASE("waits: who ends it over the heads of both says nothing of the wait, whose fee is then decided about") {
  const Caller office = admin(stranger, Permission::deliveries);
  const std::pair<Caller, AnyRecord> ends[] = {{office, CancelDelivery{"asked by phone"}},
                                               {service(), CancelDelivery{"no_show"}},
                                               {timer(), TimerFired{"overdue"}},
                                               {entity(trip), CancelDelivery{"trip_cancelled", stranger}}};
  for (const auto& [who, command] : ends) {
    Given<Delivery> delivery = accepted();
    wait_at(delivery, Handover::pickup, minutes{16});
    CHECK(delivery.as(who).when(command).starts_with("delivery.cancelled"));
    REQUIRE(delivery.state.settlement);
    CHECK(delivery.state.settlement->compensation.amount == 875);
    CHECK(delivery.state.settlement->needs_decision);
    CHECK_FALSE(delivery.state.settlement->held_until);
    CHECK(delivery.state.settlement->fault == Fault::nobody);
    REQUIRE(delivery.sent<OpenDispute>());
    CHECK(delivery.sent<OpenDispute>()->opener == carrier);
    CHECK(delivery.sent<RefundEscrow>()->compensation_waits);
    CHECK_FALSE(due(delivery, "fee"));
  }
}

TEST_CASE(
    "waits: a traveler's trip that ends, or a traveler who leaves, gives away nothing that was earned by waiting") {
  const std::pair<Caller, CancelDelivery> ends[] = {{entity(trip), {std::string(trip_completed), carrier}},
                                                    {entity(trip), {"trip_cancelled", carrier}},
                                                    {user(carrier), {"I have to go"}}};
  for (const auto& [who, command] : ends) {
    Given<Delivery> delivery = accepted();
    CHECK(Given<Delivery>(delivery).as(who).when(command).starts_with("delivery.cancelled"));
    wait_at(delivery, Handover::pickup, minutes{16});
    CHECK(delivery.as(who).when(command).starts_with("delivery.cancelled"));
    REQUIRE(delivery.state.settlement);
    CHECK(delivery.state.settlement->by == "traveler");
    CHECK(delivery.state.settlement->compensation.amount == 875);
    CHECK(delivery.state.settlement->needs_decision);
    CHECK(delivery.state.settlement->fault == Fault::nobody);
    REQUIRE(delivery.sent<OpenDispute>());
    CHECK(delivery.sent<OpenDispute>()->description.find("without saying") != std::string::npos);
    CHECK_FALSE(due(delivery, "fee"));
  }
}

TEST_CASE("waits: what a traveler earned by waiting stays theirs where the sender's account is closed meanwhile") {
  Given<Delivery> delivery = accepted();
  wait_at(delivery, Handover::pickup, minutes{16});
  delivery.as(user(carrier)).when(CancelDelivery{"no_show", {}, true});
  REQUIRE(delivery.state.settlement);
  CHECK(delivery.state.settlement->by == "traveler");
  CHECK(delivery.state.settlement->compensation.amount == 875);
  CHECK(delivery.state.settlement->held_until);
}

TEST_CASE("waits: one point is no wait, and a wait is over when points stop coming or the traveler leaves") {
  const CancelDelivery nobody{"no_show"};
  Given<Delivery> delivery = accepted();
  arrive(delivery, Handover::pickup);
  seen(delivery, Handover::pickup, delivery.now);
  delivery.now += minutes{20};
  CHECK(delivery.as(user(carrier)).when(nobody) == "! not_waited_enough");
  wait_at(delivery, Handover::pickup, minutes{14});
  CHECK(delivery.as(user(carrier)).when(nobody) == "! not_waited_enough");
  Given<Delivery> silent = delivery, left = delivery;
  delivery.now += minutes{1};
  CHECK(delivery.when(nobody) != "! not_waited_enough");
  silent.now += minutes{5} + std::chrono::seconds{1};
  CHECK(silent.when(nobody) == "! not_waited_enough");
  left.as(entity(tracker)).when(TravelerSeen{test_id<GeofenceId>(30), Handover::pickup, {}, {}});
  left.now += minutes{1};
  CHECK(left.as(user(carrier)).when(nobody) == "! not_waited_enough");
}

TEST_CASE("waits: the customer is told of each that goes on for a while, and does not get away by leaving first") {
  Given<Delivery> delivery = accepted();
  seen(delivery, Handover::pickup, delivery.now);
  REQUIRE(delivery.sent<Notify>());
  CHECK(delivery.sent<Notify>()->template_id == "traveler_waiting");
  CHECK(delivery.last.effects.at(0).to == inbox_of(sender));
  delivery.now += minutes{16};
  seen(delivery, Handover::pickup, delivery.now);
  CHECK_FALSE(delivery.sent<Notify>());
  wait_at(delivery, Handover::pickup, minutes{16});
  Given<Delivery> guessed = delivery;
  delivery.as(user(sender)).when(CancelDelivery{});  // within the two hours in which leaving is free
  CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 875);
  CHECK(delivery.state.settlement->held_until);
  guessed.state.terms.pickup.uncertainty_meters = 5'000;
  guessed.as(user(sender)).when(CancelDelivery{});
  CHECK(guessed.sent<RefundEscrow>()->compensation.amount == 875);
  CHECK(guessed.state.settlement->needs_decision);
  REQUIRE(guessed.sent<OpenDispute>());
  CHECK(guessed.sent<OpenDispute>()->opener == carrier);
}

TEST_CASE("waits: nobody has to be at the pickup more than two hours before the trip leaves there") {
  for (const bool has_earliest : {false, true}) {
    Given<Delivery> delivery = accepted();
    if (has_earliest) delivery.state.terms.pickup_from = delivery.now + hours{24};
    delivery.state.pickup_until = delivery.now + hours{240};
    delivery.now += hours{25};
    wait_at(delivery, Handover::pickup, minutes{20});
    CHECK_FALSE(delivery.state.pickup_stay);
    CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
    const std::string detail = delivery.last.rejection->detail;
    CHECK_MESSAGE(detail.find(to_rfc3339(*delivery.state.pickup_until - hours{2})) != std::string::npos, detail);
    delivery.now = *delivery.state.pickup_until - hours{2} - minutes{14};
    wait_at(delivery, Handover::pickup, minutes{28});
    CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
    wait_at(delivery, Handover::pickup, minutes{15});
    CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) != "! not_waited_enough");
    CHECK(delivery.state.settlement->needs_decision);  // the sender may still come in time
  }
}

TEST_CASE(
    "waits: a fee is decided about where another place of the traveler contradicts it, and never pays by itself") {
  Given<Delivery> delivery = accepted();
  wait_at(delivery, Handover::pickup, minutes{16});
  delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
  const RecordWhereabouts* told = delivery.sent<RecordWhereabouts>();
  REQUIRE(told);
  CHECK(told->seen.waited);
  CHECK(told->seen.place == pickup_place);
  CHECK(told->seen.since == delivery.now - minutes{16});
  CHECK(told->seen.until == delivery.now);
  const Address profile{EntityKind::user, carrier.value};
  CHECK(delivery.as(user(sender)).when(DoubtWait{120'000}) == "! forbidden");
  Given<Delivery> prolonged = delivery;  // its day is over, but a side that was shut out has a longer one
  prolonged.now = *prolonged.state.settlement->held_until + hours{1};
  CHECK(prolonged.as(entity(profile)).when(DoubtWait{120'000}) == "delivery.wait_doubted, delivery.decision_asked");
  Given<Delivery> paid = delivery;
  CHECK(delivery.as(entity(profile)).when(DoubtWait{120'000}) == "delivery.wait_doubted, delivery.decision_asked");
  REQUIRE(delivery.sent<OpenDispute>());
  CHECK(delivery.sent<OpenDispute>()->opener == carrier);
  CHECK(delivery.state.settlement->needs_decision);
  CHECK(delivery.when(DoubtWait{130'000}) == "(nothing)");
  delivery.now += hours{24};
  hold_is_over(delivery);
  CHECK_FALSE(delivery.sent<RefundEscrow>());
  // What was paid stays paid.
  const Money price = paid.state.terms.price, none{0, price.currency};
  paid.as(entity(escrow)).when(FundsReleased{FundsStanding{none, none, price}});
  CHECK(paid.as(entity(profile)).when(DoubtWait{120'000}) == "(nothing)");
}

TEST_CASE("waits: a failed attempt that is doubted while the parcel is still out asks for a decision once it is back") {
  Given<Delivery> delivery = in_transit();
  wait_at(delivery, Handover::delivery, minutes{15});
  delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
  REQUIRE(delivery.sent<RecordWhereabouts>());
  CHECK(delivery.sent<RecordWhereabouts>()->seen.place == dropoff_place);
  delivery.as(entity({EntityKind::user, carrier.value})).when(DoubtWait{300'000});
  CHECK_FALSE(delivery.sent<OpenDispute>());
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
  CHECK(delivery.state.settlement->needs_decision);
  CHECK(delivery.state.settlement->compensation.amount == 1'750);
  CHECK(delivery.sent<OpenDispute>());
}

TEST_CASE(
    "waits: each scan tells where the traveler is, and a stay that they cannot have come to in time is decided about") {
  Given<Delivery> delivery = accepted();
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
  REQUIRE(delivery.sent<RecordWhereabouts>());
  CHECK_FALSE(delivery.sent<RecordWhereabouts>()->seen.waited);
  CHECK(delivery.sent<RecordWhereabouts>()->seen.since == delivery.now);
  for (const auto& [plausible_after, by_itself] : {std::pair{minutes{10}, false}, {minutes{1}, true}}) {
    Given<Delivery> carried = delivery;
    const Time since = carried.now;
    for (int minute = 0; minute < 16; ++minute) {
      carried.now += minutes{1};
      carried.as(entity(tracker))
          .when(TravelerSeen{test_id<GeofenceId>(31), Handover::delivery, since, carried.now, since + plausible_after});
    }
    carried.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
    REQUIRE(carried.state.attempt_at_pin);
    CHECK(*carried.state.attempt_at_pin == by_itself);
  }
}

TEST_CASE("waits: who comes after the trip should have left is paid by a decision alone") {
  Given<Delivery> delivery = accepted();
  delivery.state.pickup_until = delivery.now;
  delivery.now += minutes{31};
  wait_at(delivery, Handover::pickup, minutes{16});
  delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
  CHECK(delivery.state.settlement->needs_decision);
}

TEST_CASE("waits: a stay at a fence that is not its own, or not the next handover's, is none") {
  Given<Delivery> delivery = accepted();
  const TravelerSeen other{test_id<GeofenceId>(77), Handover::pickup, delivery.now, delivery.now};
  CHECK(delivery.as(entity(tracker)).when(other) == "(nothing)");
  CHECK(delivery.as(user(carrier)).when(other) == "! forbidden");
  seen(delivery, Handover::delivery, delivery.now);
  CHECK_FALSE(delivery.state.dropoff_stay);
}

TEST_CASE("waits: nobody waits before the pickup's earliest time") {
  Given<Delivery> delivery = accepted();
  delivery.state.terms.pickup_from = delivery.now + hours{3};
  wait_at(delivery, Handover::pickup, hours{3} + minutes{14});
  CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
  delivery.now += minutes{1};
  CHECK(delivery.when(CancelDelivery{"no_show"}) != "! not_waited_enough");
}

TEST_CASE("waits: a wait at a guessed place earns nothing until an administrator decides") {
  Given<Delivery> delivery = accepted();
  delivery.state.terms.pickup.uncertainty_meters = 5'000;
  wait_at(delivery, Handover::pickup, minutes{16});
  delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
  CHECK(delivery.sent<RefundEscrow>()->compensation_waits);
  CHECK(delivery.state.settlement->needs_decision);
  CHECK_FALSE(due(delivery, "fee"));
  const OpenDispute* claim = delivery.sent<OpenDispute>();
  REQUIRE(claim);
  CHECK(claim->opener == carrier);
  CHECK(claim->reason == "no_show");
  CHECK(hold_is_over(delivery) == "(nothing)");
  CHECK_FALSE(delivery.sent<RefundEscrow>());
}

TEST_CASE("waits: a wait at the receiver's that began before the parcel was taken is none") {
  const RecordFailedAttempt nobody{"absent", {}, {}, {}, {}, {}};
  Given<Delivery> delivery = accepted();
  const Time before = delivery.now;
  wait_at(delivery, Handover::delivery, minutes{20});
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
  CHECK(delivery.when(nobody) == "! not_waited_enough");
  delivery.now += minutes{20};
  seen(delivery, Handover::delivery, before);
  CHECK(delivery.as(user(carrier)).when(nobody) == "! not_waited_enough");
}

TEST_CASE("waits: each attempt needs a wait of its own, and after three only the return is left") {
  const RecordFailedAttempt nobody{"absent", {}, {}, {}, {}, {}};
  Given<Delivery> delivery = in_transit();
  const Time since = delivery.now;
  for (int i = 0; i < 3; ++i) {
    for (int minute = 0; minute < 15; ++minute) {
      seen(delivery, Handover::delivery, since);  // they stay all the time
      CHECK(delivery.as(user(carrier)).when(nobody) == "! not_waited_enough");
      delivery.now += minutes{1};
    }
    CHECK(delivery.when(nobody) == "delivery.attempt_failed");
  }
  wait_at(delivery, Handover::delivery, minutes{15});
  CHECK(delivery.as(user(carrier)).when(nobody) == "! attempts_exhausted");
  delivery.when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
  CHECK(delivery.state.status == DeliveryStatus::returning);
}

TEST_CASE("waits: a traveler who leaves after a failed attempt earns nothing for it") {
  for (const Caller& way : {entity(trip), entity({EntityKind::account, carrier.value})}) {
    Given<Delivery> delivery = in_transit();
    wait_at(delivery, Handover::delivery, minutes{15});
    delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}});
    REQUIRE(delivery.state.attempt_at_pin);
    delivery.as(way).when(CancelDelivery{"left"});
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
    CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 0);
  }
}

TEST_CASE("waits: a sender who does not take the parcel back is reported, once, and the fee is put before a judge") {
  const RecordFailedAttempt nobody{"nobody opens", "Rang twice", {}, {}, {}, {}};
  for (const bool has_attempt : {true, false}) {
    Given<Delivery> delivery = in_transit();
    if (has_attempt) {
      wait_at(delivery, Handover::delivery, minutes{15});
      delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}});
    }
    seen(delivery, Handover::pickup, delivery.now);  // before the return starts it is no stay
    CHECK_FALSE(delivery.state.pickup_stay);
    const Time before = delivery.now;
    delivery.as(user(carrier)).when(StartReturn{"refused", {}, {}});
    CHECK(delivery.when(nobody) == "! not_waited_enough");
    delivery.now += minutes{14};
    seen(delivery, Handover::pickup, before);
    CHECK(delivery.as(user(carrier)).when(nobody) == "! not_waited_enough");
    delivery.now += minutes{1};
    CHECK(delivery.when(nobody) == "delivery.not_taken_back, delivery.decision_asked");
    REQUIRE(delivery.sent<OpenDispute>());
    CHECK(delivery.sent<OpenDispute>()->opener == carrier);
    CHECK(delivery.sent<OpenDispute>()->requested_amount.value_or(0) == (has_attempt ? 1'750 : 0));
    REQUIRE(delivery.sent<RecordWhereabouts>());
    CHECK(delivery.sent<RecordWhereabouts>()->seen.place == pickup_place);
    CHECK(delivery.state.timeline.at(delivery.state.timeline.size() - 2).facts.at("measuredWaitSeconds") == "900");
    CHECK(delivery.state.failed_attempts == (has_attempt ? 1 : 0));
    CHECK(delivery.when(nobody) == "(nothing)");
    // They may still take it.
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
    CHECK(delivery.state.status == DeliveryStatus::returned);
  }
}

TEST_CASE("waits: a customer who says that somebody is there makes the fee a decision, and not one of another wait") {
  for (const Handover at : {Handover::pickup, Handover::delivery}) {
    Given<Delivery> delivery = at == Handover::pickup ? accepted() : in_transit();
    CHECK(delivery.as(user(carrier)).when(SayPresent{}) == "! forbidden");
    CHECK(delivery.as(user(sender)).when(SayPresent{}) == "delivery.presence_said");
    CHECK(delivery.sent<Notify>()->template_id == "customer_present");
    CHECK(delivery.when(SayPresent{}) == "(nothing)");
    delivery.now += minutes{16};
    const auto report = [&] {
      delivery.as(user(carrier));
      if (at == Handover::pickup)
        delivery.when(CancelDelivery{"no_show"});
      else
        delivery.when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
      return at == Handover::pickup ? !delivery.state.settlement->needs_decision : *delivery.state.attempt_at_pin;
    };
    wait_at(delivery, at, minutes{16});
    const Given<Delivery> waited = delivery;
    CHECK(report());
    delivery = waited;
    CHECK(delivery.as(user(sender)).when(SayPresent{}) == "delivery.presence_said");
    CHECK_FALSE(report());
  }
}

}  // namespace delivery_wait_test
