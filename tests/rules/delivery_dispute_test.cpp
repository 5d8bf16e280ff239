#include <algorithm>
#include <vector>

#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_dispute_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

Money usd(std::int64_t amount) { return {amount, accepted().state.terms.price.currency}; }

/// One way in which a delivery ends, and what that has to come to.
struct End {
  const char* name;
  Given<Delivery> before;
  void (*happens)(Given<Delivery>&);
  std::size_t refunds;  // asked for at once
  bool is_held;         // until a time
  std::size_t decisions;
};

void scan_off_place(Given<Delivery>& delivery, Coordinates at) {
  ScanCode scan = scan_of(delivery, Handover::delivery);
  scan.location = {at.lat, at.lng, 10.0};
  scan.elsewhere = "She met me on the way.";
  delivery.as(user(carrier)).when(scan);
}

std::vector<End> ends_that_wait() {
  Given<Delivery> awaited = accepted();
  wait_at(awaited, Handover::pickup, minutes{16});
  return {{"no-show", awaited, [](auto& delivery) { delivery.as(user(carrier)).when(CancelDelivery{"no_show"}); }, 1,
           true, 0},
          {"returned on their word", returning(),
           [](auto& delivery) { delivery.as(user(sender)).when(ConfirmReceipt{}); }, 0, true, 0},
          {"handed over near the receiver", in_transit(),
           [](auto& delivery) {
             scan_off_place(delivery, {dropoff_place.lat + 0.0287, dropoff_place.lng});
           },
           0, true, 0},
          {"handed over near the sender", in_transit(), [](auto& delivery) { scan_off_place(delivery, pickup_place); },
           0, false, 1}};
}

/// The last decision does what the end has to come to, or nothing of it.
void check_moves(const Given<Delivery>& delivery, const End& end, bool moves, Time held_until) {
  CHECK(delivery.receivers<RefundEscrow>().size() == (moves ? end.refunds : 0));
  CHECK(delivery.receivers<ReleaseEscrow>().empty());
  CHECK(delivery.receivers<OpenDispute>().size() == (moves ? end.decisions : 0));
  CHECK(due(delivery, "fee") == (moves && end.is_held ? std::optional(held_until) : std::nullopt));
}

}  // namespace

TEST_CASE("delivery: a disputed fee is not paid by time") {
  Given<Delivery> delivery = accepted();
  wait_at(delivery, Handover::pickup, minutes{16});
  delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
  const DisputeId quarrel{parcel.id};
  delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
  hold_is_over(delivery);
  CHECK_FALSE(delivery.sent<RefundEscrow>());
  delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeSettled{quarrel, "refund"});
  hold_is_over(delivery);
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
  CHECK(leavers(delivery) == std::vector{sender});  // within the free time nothing is left to decide about
  CHECK(delivery.receivers<RefundEscrow>().size() == 1);
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 3'500);
  CHECK(delivery.sent<RefundEscrow>()->uncontested);
  delivery = in_transit();
  delivery.as(entity({EntityKind::dispute, dispute.value})).when(DisputeOpened{dispute});
  CHECK(delivery.as(user(sender)).when(CancelDelivery{}) == "! disputed");
}

TEST_CASE("delivery: a fee is a part of what both sides left of the price") {
  Given<Delivery> delivery = in_transit();
  delivery.as(entity({EntityKind::escrow, delivery.state.escrow_id.value}))
      .when(FundsReturned{usd(1'500), FundsStanding{usd(2'000), usd(1'500), usd(0)}});
  wait_at(delivery, Handover::delivery, minutes{16});
  delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
  REQUIRE(delivery.state.status == DeliveryStatus::returning);
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
  REQUIRE(delivery.state.settlement);
  CHECK(delivery.state.settlement->compensation == usd(1'000));
  CHECK(delivery.state.settlement->refund == usd(2'500));
}

TEST_CASE("delivery: a parcel that comes back as its payment was refused is the customer's doing") {
  Given<Delivery> delivery = in_transit();
  const Caller from_escrow = entity({EntityKind::escrow, delivery.state.escrow_id.value});
  CHECK(delivery.as(from_escrow).when(FundsUncollected{"expired"}) == "delivery.payment_uncollected");
  CHECK(delivery.when(FundsUncollected{"expired"}) == "(nothing)");
  delivery.as(user(carrier)).when(StartReturn{.reason = "nobody pays"});
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
  REQUIRE(delivery.state.settlement);
  CHECK(delivery.state.settlement->fault == Fault::customer);
}

TEST_CASE("delivery: what both sides agree on while the parcel comes back is paid when it is back") {
  const Caller from_escrow = entity({EntityKind::escrow, accepted().state.escrow_id.value});
  Given<Delivery> carried = in_transit();
  CHECK(carried.as(from_escrow).when(RestAgreed{{usd(2500), usd(2250)}}) == "(nothing)");  // it goes on to the receiver
  CHECK(carried.as(from_escrow).when(FundsReturned{usd(1000), FundsStanding{usd(2500), usd(1000), usd(0)}}) ==
        "delivery.funds_moved");
  CHECK(carried.state.status == DeliveryStatus::in_transit);
  carried.as(user(carrier)).when(scan_of(carried, Handover::delivery));
  CHECK(carried.state.status == DeliveryStatus::delivered);
  CHECK(carried.sent<ReleaseEscrow>());

  Given<Delivery> back = returning();
  CHECK(back.as(user(carrier)).when(RestAgreed{{usd(2500), usd(2250)}}) == "! forbidden");
  back.as(from_escrow).when(FundsReturned{usd(1000), FundsStanding{usd(2500), usd(1000), usd(0)}});
  CHECK(back.as(from_escrow).when(RestAgreed{{usd(2500), usd(2250)}}) == "delivery.rest_agreed");
  Given<Delivery> disputed = back;
  back.as(user(carrier)).when(scan_of(back, Handover::giving_back));
  REQUIRE(back.state.status == DeliveryStatus::returned);
  CHECK(back.state.settlement->refund == usd(1000));
  CHECK(back.state.settlement->compensation == usd(2250));
  CHECK_FALSE(back.state.settlement->waits());
  CHECK(back.sent<RefundEscrow>()->compensation == usd(2250));  // the escrow pays as agreed

  const DisputeId dispute = test_id<DisputeId>(40);
  const Caller from_dispute = entity({EntityKind::dispute, dispute.value});
  disputed.as(from_dispute).when(DisputeOpened{dispute});
  disputed.as(user(carrier)).when(scan_of(disputed, Handover::giving_back));
  CHECK(disputed.sent<RefundEscrow>()->compensation_waits);
  disputed.as(from_dispute).when(DisputeSettled{dispute, std::string(dispute_withdrawn)});
  CHECK(disputed.sent<RefundEscrow>());
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
}

TEST_CASE("delivery: a dispute that goes on leaves an end what it had to come to, once, whichever of them was first") {
  const DisputeId quarrel{parcel.id};
  const Caller from_dispute = entity({EntityKind::dispute, parcel.id});
  for (const End& end : ends_that_wait())
    for (const std::string& outcome : {std::string(dispute_withdrawn), std::string("dismiss"), std::string("refund")})
      for (const bool is_first : {true, false}) {
        CAPTURE(end.name);
        CAPTURE(outcome);
        CAPTURE(is_first);
        Given<Delivery> delivery = end.before;
        if (is_first) delivery.as(from_dispute).when(DisputeOpened{quarrel});
        end.happens(delivery);
        REQUIRE_FALSE(delivery.state.is_open());
        const Time held_until = delivery.now + hours{24};
        // What no rule gives to the traveler goes back though a dispute is open.
        if (is_first)
          CHECK(delivery.receivers<RefundEscrow>().size() == end.refunds);
        else
          check_moves(delivery, end, true, held_until);
        if (!is_first) delivery.as(from_dispute).when(DisputeOpened{quarrel});
        delivery.now += hours{2};
        delivery.as(from_dispute).when(DisputeSettled{quarrel, outcome});
        // Whoever withdraws it may be somebody else than who opened it: what was held is held anew.
        const Time until = outcome == dispute_withdrawn ? delivery.now + hours{24} : held_until;
        check_moves(delivery, end, outcome != "refund", until);
        // What stays held is paid once its day is over, but not where a judge has shared it out.
        const bool pays = end.is_held && outcome != "refund";
        const bool is_delivered = delivery.state.status == DeliveryStatus::delivered;
        hold_is_over(delivery.at(until));
        CHECK(delivery.receivers<RefundEscrow>().size() == (pays && !is_delivered ? 1U : 0U));
        CHECK(delivery.receivers<ReleaseEscrow>().size() == (pays && is_delivered ? 1U : 0U));
      }
}

TEST_CASE("delivery: whoever leaves at no cost withdraws their own dispute, and never the other side's") {
  const auto withdrawn_for = [](const Caller& who, const CancelDelivery& command, Duration after) {
    Given<Delivery> delivery = accepted();
    delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{DisputeId{parcel.id}});
    delivery.now += after;
    delivery.as(who).when(command);
    REQUIRE(delivery.state.status == DeliveryStatus::cancelled);
    return leavers(delivery);
  };
  const std::vector<UserId> nobody, the_customer{sender}, the_traveler{carrier};
  CHECK(withdrawn_for(user(carrier), CancelDelivery{"cannot come"}, hours{3}) == the_traveler);
  CHECK(withdrawn_for(user(sender), CancelDelivery{"changed plans"}, hours{2} - minutes{1}) == the_customer);
  CHECK(withdrawn_for(user(sender), CancelDelivery{"changed plans"}, hours{2}) == nobody);  // a fee to decide about
  CHECK(withdrawn_for(service(), CancelDelivery{"asked by phone"}, hours{3}) == nobody);
  CHECK(withdrawn_for(user(sender), CancelDelivery{"gone", {}, true}, hours{3}) == the_customer);
  CHECK(withdrawn_for(user(carrier), CancelDelivery{"gone", {}, true}, hours{3}) == the_traveler);
  // Through a trip, or a closed account, it is whoever's that is.
  const Caller trip_of_theirs = entity({EntityKind::trip, accepted().state.terms.trip_id.value});
  CHECK(withdrawn_for(trip_of_theirs, CancelDelivery{"trip_cancelled", carrier}, hours{3}) == the_traveler);
  const Caller closed = entity({EntityKind::account, sender.value});
  CHECK(withdrawn_for(closed, CancelDelivery{"user_deleted"}, hours{1}) == the_customer);
}

TEST_CASE("delivery: a complaint outlives the other side's leaving and the standstill, and holds no money") {
  const auto complained = [] {
    Given<Delivery> delivery = accepted();
    delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{DisputeId{parcel.id}});
    return delivery;
  };
  const auto is_refunded = [](const Given<Delivery>& delivery) {
    CHECK(leavers(delivery).empty());
    REQUIRE(delivery.sent<RefundEscrow>());
    CHECK(delivery.sent<RefundEscrow>()->refund == usd(3'500));
    CHECK(delivery.sent<RefundEscrow>()->uncontested);
    CHECK(delivery.state.dispute);
    const auto shown = delivery.sent<Notify>()->variables;
    CHECK_FALSE(shown.contains("disputed"));
    CHECK(shown.at("refund") == money_text(usd(3'500)));
  };
  Given<Delivery> still = complained();
  still.now = *still.state.terms.deliver_by + hours{24};
  still.as(timer()).when(TimerFired{"overdue"});
  CHECK(still.state.status == DeliveryStatus::cancelled);
  is_refunded(still);
  Given<Delivery> by_office = complained();
  by_office.as(entity({EntityKind::trip, by_office.state.terms.trip_id.value})).when(CancelDelivery{"policy"});
  is_refunded(by_office);
  CHECK_FALSE(
      by_office.as(user(sender)).ask(ViewDelivery{}).resource.get_if<DeliveryResource>()->settlement->needs_decision);
  // What a fee is due for stays before the judge, and only that.
  Given<Delivery> late = complained();
  late.at(late.now + hours{3}).as(user(sender)).when(CancelDelivery{"changed plans"});
  CHECK(late.sent<RefundEscrow>()->compensation == usd(350));
  CHECK(late.sent<RefundEscrow>()->compensation_waits);
  const auto shown = late.sent<Notify>()->variables;
  CHECK(shown.at("fee") == money_text(usd(350)));
  CHECK(shown.contains("disputed"));
}

TEST_CASE("delivery: after a judge's split in transit the parcel goes on, for what is left") {
  const Caller from_escrow = entity({EntityKind::escrow, accepted().state.escrow_id.value});
  const Caller from_dispute = entity({EntityKind::dispute, parcel.id});
  const DisputeId quarrel{parcel.id};
  const FundsStanding part{usd(2'500), usd(1'000), usd(0)};
  const auto split = [&](Given<Delivery> delivery) {
    delivery.as(from_dispute).when(DisputeOpened{quarrel});
    delivery.as(from_escrow).when(FundsReturned{usd(1'000), part});
    return delivery;
  };
  const DisputeSettled settled{quarrel, "split", usd(1'000), true};
  Given<Delivery> carried = split(in_transit());
  carried.as(from_dispute).when(settled);
  CHECK(carried.state.status == DeliveryStatus::in_transit);
  CHECK_FALSE(carried.state.settled);
  CHECK(found_at_fault(carried).empty());
  carried.as(user(carrier)).when(scan_of(carried, Handover::delivery));
  CHECK(carried.sent<ReleaseEscrow>());
  Given<Delivery> meanwhile = split(in_transit());  // it arrives before the delivery hears of the decision
  meanwhile.as(user(carrier)).when(scan_of(meanwhile, Handover::delivery));
  CHECK_FALSE(meanwhile.sent<ReleaseEscrow>());
  CHECK(meanwhile.sent<DropSplit>()->parcel == ParcelWay::not_carried);
  meanwhile.as(from_dispute).when(settled);
  CHECK(meanwhile.sent<ReleaseEscrow>());
  Given<Delivery> back = split(returning());
  CHECK(back.as(from_escrow).when(RestAgreed{{usd(2'500), usd(2'250), true}}) == "delivery.rest_agreed");
  back.as(from_dispute).when(settled);
  back.as(user(carrier)).when(scan_of(back, Handover::giving_back));
  CHECK(back.state.settlement->reason == "as the dispute was decided");
  CHECK(back.state.settlement->compensation == usd(2'250));
  // Whoever has the money and keeps the parcel is asked about it.
  Given<Delivery> kept = in_transit();
  kept.as(from_escrow).when(FundsReleased{FundsStanding{usd(0), usd(500), usd(2'700)}});
  REQUIRE(kept.state.status == DeliveryStatus::returning);
  kept.now = *due(kept, "overdue");
  Given<Delivery> known = kept;
  known.as(from_dispute).when(DisputeOpened{quarrel});
  known.when(DisputeSettled{quarrel, "release", usd(0)});
  known.as(timer()).when(TimerFired{"overdue"});
  CHECK(known.state.status == DeliveryStatus::cancelled);
  CHECK_FALSE(known.sent<OpenDispute>());  // its judge knew that it had not come back
  kept.as(timer()).when(TimerFired{"overdue"});
  CHECK(kept.state.status == DeliveryStatus::cancelled);
  REQUIRE(kept.sent<OpenDispute>());
  CHECK(kept.sent<OpenDispute>()->opener == sender);
  CHECK(kept.sent<OpenDispute>()->ended_at == kept.now);
}

TEST_CASE("delivery: a dispute gives a parcel that does not arrive no more time") {
  const DisputeId quarrel{parcel.id};
  const Caller from_dispute = entity({EntityKind::dispute, parcel.id});
  for (Given<Delivery> delivery : {picked_up(), in_transit(), returning()}) {
    delivery.as(from_dispute).when(DisputeOpened{quarrel});
    delivery.now += hours{13 * 24};
    delivery.when(DisputeSettled{quarrel, "dismiss"});
    const Time asked = *due(delivery, "overdue");
    CHECK(asked > delivery.now);
    CHECK(asked < delivery.now + hours{9 * 24});
    delivery.when(DisputeOpened{quarrel});
    delivery.now = asked - hours{1};
    delivery.when(DisputeSettled{quarrel, "dismiss"});
    CHECK(due(delivery, "overdue") == asked);
    delivery.when(DisputeOpened{quarrel});
    delivery.now = asked + hours{100};  // its question was not asked meanwhile
    delivery.when(DisputeSettled{quarrel, "dismiss"});
    CHECK(due(delivery, "overdue") == delivery.now + hours{24});
  }
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
  CHECK(delivery.state.settlement->fault == Fault::customer);
  CHECK(delivery.when(FundsUncollected{"expired"}) == "(nothing)");
  Given<Delivery> disputed = accepted();
  const DisputeId quarrel{parcel.id};
  disputed.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
  disputed.as(from_escrow).when(FundsUncollected{"expired"});
  CHECK(leavers(disputed).empty());
  CHECK(disputed.sent<RefundEscrow>()->uncontested);
  Given<Delivery> carried = in_transit();
  CHECK(carried.as(from_escrow).when(FundsUncollected{"expired"}) == "delivery.payment_uncollected");
  CHECK(carried.sent<Notify>()->template_id == "payment_uncollected");
  CHECK(carried.sent<Notify>()->priority == NotifyPriority::high);
  carried.as(user(carrier)).when(scan_of(carried, Handover::delivery));
  CHECK(carried.sent<RecordFailure>());  // the customer pays nothing, which is no success of theirs
  Given<Delivery> over = in_transit();
  over.as(user(carrier)).when(scan_of(over, Handover::delivery));
  CHECK_FALSE(over.sent<RecordFailure>());
  CHECK(over.as(from_escrow).when(FundsUncollected{"expired"}) == "delivery.payment_uncollected");
  REQUIRE(over.sent<RecordFailure>());
  CHECK(over.last.effects.front().to == user_address(sender));
  CHECK(over.when(FundsUncollected{"expired"}) == "(nothing)");
}

TEST_CASE("delivery: a hold that ran out during a dispute begins anew where the dispute is withdrawn") {
  const DisputeId quarrel{parcel.id};
  const Caller from_dispute = entity({EntityKind::dispute, parcel.id});
  for (const End& end : ends_that_wait()) {
    if (!end.is_held) continue;
    CAPTURE(end.name);
    Given<Delivery> delivery = end.before;
    end.happens(delivery);
    delivery.as(from_dispute).when(DisputeOpened{quarrel});
    delivery.now += hours{72};
    delivery.as(from_dispute).when(DisputeSettled{quarrel, std::string(dispute_withdrawn)});
    CHECK(due(delivery, "fee") == delivery.now + hours{24});
    const auto& settlement = delivery.state.settlement;
    CHECK((settlement ? settlement->held_until : delivery.state.handover_held_until()) == delivery.now + hours{24});
  }
}

TEST_CASE("disputes: whoever has left is not named in one that the platform asks for") {
  for (const UserId leaver : {sender, carrier}) {
    Given<Delivery> delivery = in_transit();
    delivery.state.terms.customer_name = "Ana";
    delivery.state.terms.traveler_name = "Ben";
    delivery.as(entity(user_address(leaver))).when(SideClosed{leaver});
    delivery.now = *due(delivery, "overdue");
    delivery.as(timer()).when(TimerFired{"overdue"});
    REQUIRE(delivery.sent<OpenDispute>());
    const auto parcel_name = delivery.sent<OpenDispute>()->parcel_name;
    REQUIRE(parcel_name);
    CHECK(parcel_name->customer_name == (leaver == sender ? "" : "Ana"));
    CHECK(parcel_name->traveler_name == (leaver == carrier ? "" : "Ben"));
  }
}

}  // namespace delivery_dispute_test
