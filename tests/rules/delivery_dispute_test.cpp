#include <algorithm>

#include "actors/delivery/policy.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/trip/commands.hpp"
#include "actors/user/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_dispute_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

Money usd(std::int64_t amount) { return {amount, accepted().state.terms.price.currency}; }

TEST_CASE("delivery: a disputed fee is not paid by time") {
  Given<Delivery> delivery = accepted();
  wait_at(delivery, Handover::pickup, minutes{16});
  delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
  const DisputeId quarrel{parcel.id};
  delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
  delivery.as(timer()).when(TimerFired{"fee"});
  CHECK_FALSE(delivery.sent<RefundEscrow>());
  delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeSettled{quarrel, "refund"});
  delivery.as(timer()).when(TimerFired{"fee"});
  CHECK_FALSE(delivery.sent<RefundEscrow>());
}

TEST_CASE("delivery: a dispute holds the money back") {
  Given<Delivery> delivery = in_transit();
  const DisputeId dispute = test_id<DisputeId>(40);
  delivery.as(entity({EntityKind::dispute, dispute.value})).when(DisputeOpened{dispute});
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
  CHECK(delivery.state.status == DeliveryStatus::delivered);
  CHECK_FALSE(delivery.sent<ReleaseEscrow>());
  CHECK(delivery.as(entity({EntityKind::dispute, dispute.value})).when(DisputeSettled{dispute, "refund"}) ==
        "delivery.dispute_settled");
  delivery = accepted();
  delivery.as(entity({EntityKind::dispute, dispute.value})).when(DisputeOpened{dispute});
  CHECK(delivery.as(user(sender)).when(CancelDelivery{}).starts_with("delivery.cancelled"));
  CHECK_FALSE(delivery.sent<RefundEscrow>());  // its judge shares the money out
  delivery = in_transit();
  delivery.as(entity({EntityKind::dispute, dispute.value})).when(DisputeOpened{dispute});
  CHECK(delivery.as(user(sender)).when(CancelDelivery{}) == "! disputed");
}

TEST_CASE("delivery: what both sides agree on while the parcel comes back is paid when it is back") {
  const Caller from_escrow = entity({EntityKind::escrow, accepted().state.escrow_id.value});
  Given<Delivery> carried = in_transit();
  CHECK(carried.as(from_escrow).when(RestAgreed{usd(2250)}) == "(nothing)");  // it goes on to the receiver
  CHECK(carried.as(from_escrow).when(FundsReturned{usd(1000), FundsStanding{usd(2500), usd(1000), usd(0)}}) ==
        "delivery.funds_moved");
  CHECK(carried.state.status == DeliveryStatus::in_transit);
  carried.as(user(carrier)).when(scan_of(carried, Handover::delivery));
  CHECK(carried.state.status == DeliveryStatus::delivered);
  CHECK(carried.sent<ReleaseEscrow>());

  Given<Delivery> back = returning();
  CHECK(back.as(user(carrier)).when(RestAgreed{usd(2250)}) == "! forbidden");
  back.as(from_escrow).when(FundsReturned{usd(1000), FundsStanding{usd(2500), usd(1000), usd(0)}});
  CHECK(back.as(from_escrow).when(RestAgreed{usd(2250)}) == "delivery.rest_agreed");
  Given<Delivery> disputed = back;
  back.as(user(carrier)).when(scan_of(back, Handover::giving_back));
  REQUIRE(back.state.status == DeliveryStatus::returned);
  CHECK(back.state.settlement->refund == usd(1000));
  CHECK(back.state.settlement->compensation == usd(2250));
  CHECK_FALSE(back.state.settlement->waits());
  CHECK(back.sent<ReleaseEscrow>());
  CHECK_FALSE(back.sent<RefundEscrow>());

  const DisputeId dispute = test_id<DisputeId>(40);
  const Caller from_dispute = entity({EntityKind::dispute, dispute.value});
  disputed.as(from_dispute).when(DisputeOpened{dispute});
  disputed.as(user(carrier)).when(scan_of(disputed, Handover::giving_back));
  CHECK_FALSE(disputed.sent<ReleaseEscrow>());
  disputed.as(from_dispute).when(DisputeSettled{dispute, std::string(dispute_withdrawn)});
  CHECK(disputed.sent<ReleaseEscrow>());
}

TEST_CASE("delivery: once a dispute is withdrawn, its end moves the money that waited") {
  const DisputeId dispute = test_id<DisputeId>(40);
  const Caller from_dispute = entity({EntityKind::dispute, dispute.value});
  const std::string withdrawn(dispute_withdrawn);
  Given<Delivery> handed_out = in_transit();
  handed_out.as(from_dispute).when(DisputeOpened{dispute});
  handed_out.as(user(carrier)).when(scan_of(handed_out, Handover::delivery));
  CHECK(handed_out.as(from_dispute).when(DisputeSettled{dispute, withdrawn}) == "delivery.dispute_settled");
  CHECK(handed_out.sent<ReleaseEscrow>());
  Given<Delivery> left = accepted();
  left.as(from_dispute).when(DisputeOpened{dispute});
  left.at(left.now + hours{3}).as(user(sender)).when(CancelDelivery{"changed plans"});
  CHECK(left.state.settlement->compensation.amount == 350);
  CHECK_FALSE(left.sent<WithdrawDispute>());  // there is something to decide about
  CHECK(left.as(user(sender)).ask(ViewDelivery{}).resource.get_if<DeliveryResource>()->settlement->needs_decision);
  left.as(from_dispute).when(DisputeSettled{dispute, withdrawn});
  CHECK(left.sent<RefundEscrow>()->compensation.amount == 350);
  Given<Delivery> judged = accepted();
  judged.as(from_dispute).when(DisputeOpened{dispute});
  judged.at(judged.now + hours{3}).as(user(sender)).when(CancelDelivery{"changed plans"});
  judged.as(from_dispute).when(DisputeSettled{dispute, "split"});
  CHECK_FALSE(judged.sent<RefundEscrow>());
  Given<Delivery> free = accepted();
  free.as(from_dispute).when(DisputeOpened{dispute});
  free.as(user(carrier)).when(CancelDelivery{"cannot come"});
  CHECK(free.sent<WithdrawDispute>());
}

TEST_CASE("delivery: what was shared out a moment before its end is what its end comes to") {
  Given<Delivery> delivery = accepted();
  const Caller from_escrow = entity({EntityKind::escrow, delivery.state.escrow_id.value});
  const FundsStanding agreed{{0, {}}, {1'000, {}}, {2'250, {}}};
  delivery.as(user(sender)).when(CancelDelivery{});
  CHECK(delivery.state.settlement->refund.amount == 3'500);
  CHECK(delivery.as(user(sender)).when(SharedOutBefore{agreed}) == "! forbidden");
  delivery.as(from_escrow).when(FundsReturned{{1'000, {}}, agreed});
  CHECK(delivery.when(SharedOutBefore{agreed}) == "delivery.settlement_corrected");
  CHECK(delivery.state.settlement->refund.amount == 1'000);
  CHECK(delivery.state.settlement->compensation.amount == 2'250);
  CHECK(delivery.state.settlement->fault == Fault::customer);  // whose doing it is stays
  CHECK(delivery.when(SharedOutBefore{agreed}) == "(nothing)");
}

TEST_CASE("delivery: a new dispute counts although the end of the one before is still on its way") {
  Given<Delivery> delivery = accepted();
  const DisputeId first = test_id<DisputeId>(40), second = test_id<DisputeId>(41);
  delivery.as(entity({EntityKind::dispute, first.value})).when(DisputeOpened{first});
  CHECK(delivery.when(DisputeOpened{first}) == "(nothing)");
  CHECK(delivery.when(DisputeOpened{second}) == "delivery.disputed");
  CHECK(delivery.when(DisputeSettled{first, "release"}) == "(nothing)");
  CHECK(delivery.state.dispute == second);
  CHECK(delivery.when(DisputeSettled{second, "release"}) == "delivery.dispute_settled");
}

TEST_CASE("delivery: what the provider does not pay is not fetched; who carries it hears so at once") {
  Given<Delivery> delivery = accepted();
  const Caller from_escrow = entity({EntityKind::escrow, delivery.state.escrow_id.value});
  CHECK(delivery.as(user(sender)).when(FundsUncollected{"expired"}) == "! forbidden");
  CHECK(delivery.as(from_escrow).when(FundsUncollected{"expired"}).starts_with("delivery.cancelled"));
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 3'500);
  CHECK(delivery.when(FundsUncollected{"expired"}) == "(nothing)");
  Given<Delivery> disputed = accepted();
  const DisputeId quarrel{parcel.id};
  disputed.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
  disputed.as(from_escrow).when(FundsUncollected{"expired"});
  CHECK(disputed.sent<WithdrawDispute>()->leaver == sender);  // nothing is left to contest
  Given<Delivery> carried = in_transit();
  CHECK(carried.as(from_escrow).when(FundsUncollected{"expired"}) == "(nothing)");
  CHECK(carried.sent<Notify>()->template_id == "payment_uncollected");
  CHECK(carried.sent<Notify>()->priority == NotifyPriority::high);
}

}  // namespace delivery_dispute_test
