#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_late_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::seconds;

namespace {

/// Handed over so long after it was to be there.
Given<Delivery> handed_over(Duration late) {
  Given<Delivery> delivery = in_transit();
  delivery.now = *delivery.state.terms.deliver_by + late;
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
  CHECK(scan_outcome(delivery) == "accepted");
  return delivery;
}

}  // namespace

TEST_CASE("late deliveries: a day is forgiven; the money of what came later still waits for a day") {
  for (const auto& [late, waits] :
       {std::pair<Duration, bool>{hours{-1}, false}, {hours{24}, false}, {hours{24} + seconds{1}, true}}) {
    Given<Delivery> delivery = handed_over(late);
    const Time held_until = delivery.now + hours{24};
    CHECK((delivery.sent<ReleaseEscrow>() == nullptr) == waits);
    CHECK(due(delivery, "fee") == (waits ? std::optional(held_until) : std::nullopt));
    REQUIRE(delivery.told(sender, "delivered"));
    CHECK(delivery.told(sender, "delivered")->variables.contains("lateHours") == waits);
    REQUIRE(delivery.state.handed_late.has_value() == waits);
    if (!waits) continue;
    CHECK(delivery.state.handed_late->late_seconds == 24 * 3'600 + 1);
    CHECK(delivery.told(sender, "delivered")->variables.at("lateHours") == "24");
    CHECK(delivery.told(sender, "delivered")->variables.at("heldUntil") == to_rfc3339(held_until));
    CHECK(delivery.told(carrier, "delivered")->variables.contains("lateHours"));
    CHECK_FALSE(delivery.sent<RefundEscrow>());  // nothing is taken by itself
    CHECK(delivery.as(user(sender)).ask(ViewDelivery{}).resource.get_if<DeliveryResource>()->handed_late->held_until ==
          held_until);
    hold_is_over(delivery.at(held_until));
    REQUIRE(delivery.sent<ReleaseEscrow>());
    CHECK(delivery.sent<ReleaseEscrow>()->reason == "delivery verified");
  }
}

TEST_CASE("late deliveries: nobody is late by what both knew at the acceptance, whichever of the two is later") {
  Given<Delivery> planned = in_transit();
  const Time deadline = *planned.state.terms.deliver_by;
  planned.state.planned_arrival = deadline + days{3};
  planned.now = deadline + days{4};
  planned.as(user(carrier)).when(scan_of(planned, Handover::delivery));
  CHECK(planned.sent<ReleaseEscrow>());
  Given<Delivery> after_plan = in_transit();
  after_plan.state.terms.deliver_by.reset();
  after_plan.state.planned_arrival = deadline;
  after_plan.now = deadline + days{2};
  after_plan.as(user(carrier)).when(scan_of(after_plan, Handover::delivery));
  REQUIRE(after_plan.state.handed_late);
  CHECK(after_plan.state.handed_late->late_seconds == 2 * 24 * 3'600);
  Given<Delivery> open_end = in_transit();
  open_end.state.terms.deliver_by.reset();
  open_end.now += days{10};
  open_end.as(user(carrier)).when(scan_of(open_end, Handover::delivery));
  CHECK(open_end.sent<ReleaseEscrow>());
}

TEST_CASE("late deliveries: who confirms the receipt has it paid, who disputes it has it frozen") {
  Given<Delivery> content = handed_over(days{2});
  content.now += hours{1};
  CHECK(content.as(user(sender)).when(ConfirmReceipt{}) == "delivery.confirmed");
  CHECK(content.sent<ReleaseEscrow>());
  Given<Delivery> angry = handed_over(days{2});
  const DisputeId quarrel{parcel.id};
  const Time held_until = angry.state.handed_late->held_until;
  angry.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
  hold_is_over(angry.at(held_until));
  CHECK_FALSE(angry.sent<ReleaseEscrow>());
  angry.as(entity({EntityKind::dispute, parcel.id})).when(DisputeSettled{quarrel, "dismiss"});
  CHECK(due(angry, "fee") == held_until);  // which is over: it fires at once
  hold_is_over(angry);
  CHECK(angry.sent<ReleaseEscrow>());
}

TEST_CASE("late deliveries: what was handed over elsewhere as well waits for both, and a judge's money for neither") {
  for (const auto& [at, is_decided] :
       {std::pair{Coordinates{dropoff_place.lat + 0.0287, dropoff_place.lng}, false}, {pickup_place, true}}) {
    Given<Delivery> delivery = in_transit();
    delivery.now = *delivery.state.terms.deliver_by + days{2};
    ScanCode scan = scan_of(delivery, Handover::delivery);
    scan.location = {at.lat, at.lng, 10.0};
    scan.elsewhere = "She met me on the way.";
    delivery.as(user(carrier)).when(scan);
    REQUIRE(delivery.state.handed_elsewhere);
    CHECK(delivery.state.handed_late.has_value() == !is_decided);
    CHECK((delivery.sent<OpenDispute>() != nullptr) == is_decided);
    CHECK_FALSE(delivery.sent<ReleaseEscrow>());
    if (is_decided) continue;
    CHECK(delivery.state.handed_elsewhere->held_until == delivery.now + hours{48});
    CHECK(due(delivery, "fee") == delivery.now + hours{48});
  }
}

}  // namespace delivery_late_test
