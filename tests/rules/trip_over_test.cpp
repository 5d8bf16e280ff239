#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "tests/testkit/delivery_stages.hpp"
#include "tests/testkit/small_world.hpp"

/// What becomes of a parcel that nobody fetched, and of a dispute about it, where its trip's time is over.
namespace trip_over_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

TEST_CASE("delivery: a trip whose time is over withdraws nobody's dispute, and ends a parcel as its own time would") {
  const Caller trip_of_theirs = entity(trip);
  const CancelDelivery over{std::string(trip_completed)}, said{std::string(trip_completed), carrier};
  // Of the dispute the delivery knows no opener: the traveler's and the customer's go on alike.
  Given<Delivery> disputed = accepted();
  disputed.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{DisputeId{parcel.id}});
  disputed.now += hours{3};
  Given<Delivery> by_traveler = disputed, by_time = disputed, standstill = disputed;
  by_traveler.as(trip_of_theirs).when(said);
  CHECK(leavers(by_traveler) == std::vector{carrier});
  CHECK(by_traveler.state.settlement->fault == Fault::traveler);
  by_time.as(trip_of_theirs).when(over);
  CHECK(by_time.state.status == DeliveryStatus::cancelled);
  CHECK(leavers(by_time).empty());
  CHECK(by_time.state.dispute);
  CHECK(by_time.sent<RefundEscrow>()->refund == by_time.state.terms.price);
  CHECK(by_time.sent<RefundEscrow>()->uncontested);
  standstill.as(timer()).when(TimerFired{"overdue"});
  CHECK(by_time.state.settlement->fault == standstill.state.settlement->fault);
  CHECK(by_time.state.settlement->fault == Fault::both);
  CHECK(by_time.state.settlement->compensation == standstill.state.settlement->compensation);

  // What was earned by waiting stays, before the judge who is there.
  Given<Delivery> awaited = accepted();
  wait_at(awaited, Handover::pickup, minutes{16});
  awaited.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{DisputeId{parcel.id}});
  awaited.as(trip_of_theirs).when(over);
  CHECK(leavers(awaited).empty());
  CHECK(awaited.state.settlement->fault == Fault::nobody);
  CHECK(awaited.sent<RefundEscrow>()->compensation == Money{875, {}});
  CHECK(awaited.sent<RefundEscrow>()->compensation_waits);
  CHECK_FALSE(awaited.sent<OpenDispute>());
}

TEST_CASE("dispute: of either side it goes on where the trip's time is over") {
  for (const UserId side : {sender, carrier}) {
    SmallWorld world(
        {EntityKind::delivery, EntityKind::escrow, EntityKind::wallet, EntityKind::tracker, EntityKind::dispute});
    world.tell(parcel, AnyRecord(terms()), entity({EntityKind::request, test_id<RequestId>(20).value}));
    REQUIRE(world.state<Delivery>(parcel.id).status == DeliveryStatus::accepted);
    const DeliveryState agreed = world.state<Delivery>(parcel.id);
    OpenDispute claim;
    claim.delivery_id = DeliveryId{parcel.id};
    claim.reason = "not_as_agreed";
    claim.description = "They want more money";
    claim.escrow_id = agreed.escrow_id;
    claim.customer = sender;
    claim.traveler = carrier;
    claim.opener = side;
    claim.amount = agreed.terms.price;
    const Address quarrel{EntityKind::dispute, parcel.id};
    REQUIRE(world.tell(quarrel, AnyRecord(claim), user(side)).empty());
    world.tell(parcel, AnyRecord(CancelDelivery{std::string(trip_completed)}), entity(trip));
    CHECK(world.state<Delivery>(parcel.id).status == DeliveryStatus::cancelled);
    CHECK(world.state<Dispute>(parcel.id).status == DisputeStatus::open);
    const EscrowState& money = world.state<Escrow>(agreed.escrow_id.value);
    CHECK(money.refunded == agreed.terms.price);
    CHECK(money.frozen_by == DisputeId{parcel.id});
  }
}

}  // namespace trip_over_test
