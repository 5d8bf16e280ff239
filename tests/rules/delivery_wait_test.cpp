#include "actors/delivery/policy.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
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
  CHECK(delivery.as(timer()).when(TimerFired{"fee"}) == "(nothing)");
  REQUIRE(delivery.sent<RefundEscrow>());
  CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 875);
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 0);
  CHECK_FALSE(delivery.sent<RefundEscrow>()->compensation_waits);
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

TEST_CASE("waits: the customer is told that the traveler waits, once an hour, and may still leave freely") {
  Given<Delivery> delivery = accepted();
  seen(delivery, Handover::pickup, delivery.now);
  REQUIRE(delivery.sent<Notify>());
  CHECK(delivery.sent<Notify>()->template_id == "traveler_waiting");
  CHECK(delivery.last.effects.at(0).to == inbox_of(sender));
  delivery.now += minutes{16};
  seen(delivery, Handover::pickup, delivery.now);
  CHECK_FALSE(delivery.sent<Notify>());
  wait_at(delivery, Handover::pickup, minutes{16});
  delivery.as(user(sender)).when(CancelDelivery{});
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 3'500);
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
  CHECK(delivery.as(timer()).when(TimerFired{"fee"}) == "(nothing)");
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
    delivery.as(user(sender)).when(ConfirmReceipt{});
    CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 0);
  }
}

TEST_CASE("waits: what a service reports of the traveler is none, and stands in the timeline as the service's") {
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

TEST_CASE("waits: a key starts no return, neither at once nor by a failed attempt") {
  Caller key = user(carrier);
  key.api_key = test_id<UserId>(60).value;
  Given<Delivery> delivery = in_transit();
  CHECK(delivery.as(key).when(StartReturn{}) == "! forbidden");
  wait_at(delivery, Handover::delivery, minutes{16});
  CHECK(delivery.as(key).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}}) == "! forbidden");
  CHECK(delivery.state.status == DeliveryStatus::in_transit);
  CHECK(delivery.when(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}}) == "delivery.attempt_failed");
  CHECK(delivery.as(user(carrier)).when(StartReturn{}) != "! forbidden");
  CHECK(delivery.state.status == DeliveryStatus::returning);
}

}  // namespace delivery_wait_test
