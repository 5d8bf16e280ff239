#include "actors/delivery/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/wallet/commands.hpp"
#include "tests/rules/escrow_given.hpp"

/// Fees that wait, and money that the provider did not take.
namespace escrow_fees_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::escrows;

TEST_CASE("escrow: a compensation that waits stays held, for another command or a dispute") {
  GivenEscrow escrow = held();
  CHECK(escrow.as(delivery).when(RefundEscrow{usd(2625), usd(875), "no_show", true}) == "payment.refunded");
  CHECK(escrow.state.held == usd(875));
  CHECK(escrow.sent<FundsReturned>()->standing->held == usd(875));
  GivenEscrow contested = escrow;
  CHECK(escrow.when(RefundEscrow{usd(0), usd(875), "no_show"}) == "payment.escrow_released");
  CHECK(escrow.state.to_traveler == usd(875));
  CHECK(escrow.sent<FundsReleased>()->standing->held == usd(0));
  CHECK(contested.as(dispute).when(FreezeEscrow{quarrel}) == "escrow.frozen");
  CHECK(contested.sent<MoneyFrozen>()->at_stake == usd(875));
  CHECK(contested.as(delivery).when(RefundEscrow{usd(0), usd(875), "no_show"}) == "! disputed");
  contested.as(dispute).when(SettleDispute{quarrel, back, usd(3500)});
  CHECK(contested.state.refunded == usd(3500));
}

TEST_CASE("escrow: a fee that was disputed pays the traveler what an undisputed one does") {
  GivenEscrow waiting = held();
  waiting.as(delivery).when(RefundEscrow{usd(2625), usd(875), "no_show", true});
  waiting.as(dispute).when(FreezeEscrow{quarrel});
  GivenEscrow whole = waiting, part = waiting;
  whole.when(SettleDispute{quarrel, back, usd(0)});
  CHECK(whole.sent<CreditPending>()->amount == usd(875));
  CHECK(whole.state.fee_taken == usd(0));
  CHECK(balanced(whole.emitted<EscrowReleased>()->postings));
  part.when(SettleDispute{quarrel, back, usd(400)});
  CHECK(part.state.to_traveler == usd(475));
  GivenEscrow agreed = held();
  agreed.as(delivery).when(RefundEscrow{usd(2625), usd(875), "no_show", true});
  agreed.as(user(ana)).when(ProposeSplit{400, ""});
  agreed_by(agreed, ben, 400);
  CHECK(agreed.state.to_traveler == usd(475));
}

TEST_CASE("escrow: what is agreed while the parcel is under way refunds at once, and pays when that way is over") {
  GivenEscrow carried = held();
  CHECK(carried.as(delivery).when(DropSplit{{}, ParcelWay::to_receiver}) == "escrow.parcel_under_way");
  CHECK(carried.when(DropSplit{{}, ParcelWay::to_receiver}) == "(nothing)");
  carried.as(user(ana)).when(ProposeSplit{1000, "a day late"});
  CHECK(carried.sent<Notify>()->variables.contains("underWay"));
  CHECK(agreed_by(carried, ben, 1000) == "payment.split_agreed, payment.refunded");
  CHECK(carried.state.held == usd(2500));
  CHECK(carried.sent<FundsReturned>()->standing->held == usd(2500));
  CHECK_FALSE(carried.sent<RestAgreed>());
  CHECK(carried.as(delivery).when(ReleaseEscrow{"delivery verified"}) == "payment.escrow_released");
  CHECK(carried.state.to_traveler == usd(2250));

  GivenEscrow back_home = held();
  back_home.as(delivery).when(DropSplit{{}, ParcelWay::back});
  back_home.as(user(ben)).when(ProposeSplit{0, "I went all the way"});
  CHECK(back_home.sent<Notify>()->variables.contains("comesBack"));
  CHECK(agreed_by(back_home, ana, 0) == "payment.split_agreed");
  CHECK(back_home.sent<RestAgreed>()->rest.held == usd(3500));
  CHECK(back_home.sent<RestAgreed>()->rest.to_traveler == usd(3150));  // less the platform's fee
  // The return was scanned before the delivery heard of it.
  CHECK(back_home.as(delivery).when(RefundEscrow{usd(3500), usd(0), "returned"}) == "payment.escrow_released");
  CHECK(back_home.state.to_traveler == usd(3150));
  CHECK(back_home.sent<SharedOutBefore>()->standing.to_traveler == usd(3150));

  GivenEscrow all_back = held();
  all_back.as(delivery).when(DropSplit{{}, ParcelWay::to_receiver});
  all_back.as(user(ben)).when(ProposeSplit{3500, ""});
  CHECK(agreed_by(all_back, ana, 3500) == "payment.split_agreed, payment.refunded");
  CHECK(all_back.state.status == EscrowStatus::refunded);

  GivenEscrow ended = held();  // the parcel is back, and the refund waits for an objection
  ended.as(delivery).when(DropSplit{{}, ParcelWay::back});
  CHECK(ended.when(DropSplit{{}, ParcelWay::not_carried}) == "escrow.parcel_under_way");
  ended.as(user(ben)).when(ProposeSplit{1000, ""});
  CHECK(agreed_by(ended, ana, 1000) == "payment.split_agreed, payment.refunded, payment.escrow_released");
}

TEST_CASE("escrow: what a judge leaves of a parcel under way is paid when that way is over") {
  const auto under_way = [](ParcelWay parcel) {
    GivenEscrow escrow = held();
    escrow.as(delivery).when(DropSplit{{}, parcel});
    escrow.as(dispute).when(FreezeEscrow{quarrel});
    return escrow;
  };
  GivenEscrow carried = under_way(ParcelWay::to_receiver);
  CHECK(carried.when(SettleDispute{quarrel, back, usd(1000)}) == "payment.refunded, escrow.unfrozen");
  CHECK(carried.state.held == usd(2500));
  CHECK(carried.sent<EscrowSettled>()->rest_waits);
  CHECK(carried.sent<EscrowSettled>()->released == usd(0));
  CHECK_FALSE(carried.sent<RestAgreed>());
  CHECK(carried.as(delivery).when(ReleaseEscrow{"delivery verified"}) == "payment.escrow_released");
  CHECK(carried.state.to_traveler == usd(2250));

  GivenEscrow comes_back = under_way(ParcelWay::back);
  CHECK(comes_back.when(SettleDispute{quarrel, back, usd(1000)}) == "payment.refunded, escrow.unfrozen");
  CHECK(comes_back.sent<RestAgreed>()->rest.to_traveler == usd(2250));
  CHECK(comes_back.sent<RestAgreed>()->rest.by_judge);
  CHECK(comes_back.as(delivery).when(RefundEscrow{usd(1000), usd(2250), "returned"}) == "payment.escrow_released");
  CHECK(comes_back.state.to_traveler == usd(2250));
  // It is back, and the escrow has not heard so: what the judge gives is paid at once.
  GivenEscrow behind = under_way(ParcelWay::back);
  CHECK(behind.when(SettleDispute{quarrel, back, usd(1000), true}) ==
        "payment.refunded, payment.escrow_released, escrow.unfrozen");
  CHECK_FALSE(behind.sent<EscrowSettled>()->rest_waits);
  GivenEscrow due = under_way(ParcelWay::back);  // nobody takes it back
  CHECK(due.when(SettleDispute{quarrel, back, usd(0)}) == "payment.escrow_released, escrow.unfrozen");

  GivenEscrow arrived = under_way(ParcelWay::to_receiver);
  arrived.as(delivery).when(ReleaseEscrow{"delivery verified"});
  CHECK(arrived.as(dispute).when(SettleDispute{quarrel, back, usd(1000)}) ==
        "payment.refunded, payment.escrow_released, escrow.unfrozen");
  CHECK_FALSE(arrived.sent<EscrowSettled>()->rest_waits);
  GivenEscrow whole = under_way(ParcelWay::to_receiver);
  CHECK(whole.when(SettleDispute{quarrel, back, usd(3500)}) == "payment.refunded, escrow.unfrozen");
  CHECK_FALSE(whole.sent<EscrowSettled>()->rest_waits);
}

TEST_CASE("escrow: a dispute holds the fee of an end, not what nobody else has a claim to") {
  GivenEscrow escrow = held();
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  CHECK(escrow.as(delivery).when(RefundEscrow{usd(2625), usd(875), "no_show", true}) == "! disputed");
  CHECK(escrow.when(RefundEscrow{usd(2625), usd(875), "no_show", true, true}) == "payment.refunded");
  CHECK(escrow.sent<MoneyFrozen>()->at_stake == usd(875));
  CHECK(escrow.when(RefundEscrow{usd(2625), usd(875), "no_show", true, true}) == "(nothing)");
  GivenEscrow released = escrow;
  released.as(dispute).when(SettleDispute{quarrel, back, usd(0)});
  CHECK(released.state.to_traveler == usd(875));  // not the price: it was for coming, and bears no fee
  GivenEscrow free = held();
  free.as(dispute).when(FreezeEscrow{quarrel});
  CHECK(free.as(delivery).when(RefundEscrow{usd(3500), usd(0), "changed plans", false, true}) == "payment.refunded");
  CHECK(free.state.status == EscrowStatus::refunded);
  CHECK(free.sent<MoneyFrozen>()->at_stake == usd(0));
  CHECK(free.as(dispute).when(SettleDispute{quarrel, back, usd(0)}) == "escrow.unfrozen");
  CHECK(free.sent<EscrowSettled>()->refunded == usd(0));
}

TEST_CASE("escrow: the money is taken when somebody carries for it, once, and the rest of it alone") {
  GivenEscrow carried = held();
  carried.as(admin(finn, Permission::finance)).when(RefundPayment{back, 500, "late"});
  CHECK(carried.as(delivery).when(DropSplit{{}, ParcelWay::to_receiver}) == "escrow.parcel_under_way");
  REQUIRE(carried.sent<Capture>());
  CHECK(carried.sent<Capture>()->amount == usd(3000));
  CHECK(carried.when(DropSplit{{}, ParcelWay::back}) == "escrow.parcel_under_way");
  CHECK_FALSE(carried.sent<Capture>());
  CHECK(carried.as(timer()).when(TimerFired{"hold_expiring"}) == "(nothing)");
  CHECK(answer_with(carried, PaymentOutcome::done) == "escrow.provider_done");
  carried.as(delivery).when(ReleaseEscrow{"delivery verified"});
  CHECK_FALSE(carried.sent<Capture>());
  GivenEscrow left = held();
  CHECK(left.as(delivery).when(DropSplit{{}, ParcelWay::not_carried}) == "(nothing)");
}

TEST_CASE("escrow: a refund that waited for a capture that is refused asks nobody for money that never came") {
  GivenEscrow escrow = held();
  escrow.as(delivery).when(DropSplit{{}, ParcelWay::to_receiver});
  escrow.as(user(ana)).when(ProposeSplit{1000, "a day late"});
  agreed_by(escrow, ben, 1000);
  CHECK(escrow.state.tasks.size() == 2);
  CHECK(answer_with(escrow, PaymentOutcome::declined, "expired") == "finance.alert");
  CHECK(balanced(escrow.emitted<FinanceAlert>()->postings));
  CHECK(escrow.state.tasks.empty());
  CHECK(escrow.state.refunds.front().status == RefundStatus::processed);
  CHECK_FALSE(escrow.sent<Refund>());
  CHECK(escrow.sent<FundsUncollected>());
  escrow.as(delivery).when(RefundEscrow{usd(2500), usd(0), "returned"});
  CHECK_FALSE(escrow.sent<Refund>());
  std::int64_t owed = 0;
  for (const LedgerEntry& entry : escrow.state.ledger)
    for (const Posting& line : entry.postings) owed += line.account == LedgerAccount::customer_funds ? line.amount : 0;
  CHECK(owed == 0);
}

TEST_CASE("escrow: what finance gave back is a part of a later refund, and the fee is whole") {
  GivenEscrow escrow = held();
  escrow.as(admin(finn, Permission::finance)).when(RefundPayment{back, 1000, "late"});
  escrow.as(delivery).when(RefundEscrow{usd(3150), usd(350), "cancelled"});
  CHECK(escrow.state.refunded == usd(3150));
  CHECK(escrow.state.to_traveler == usd(350));
}

TEST_CASE("escrow: a dispute that is withdrawn while the money is not there holds the payout that comes later") {
  GivenEscrow escrow = released();
  answer_with(escrow, PaymentOutcome::dropped);
  REQUIRE(escrow.state.uncollected);
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  escrow.when(UnfreezeEscrow{quarrel, true});
  const Time until = escrow.now + std::chrono::hours{24};
  CHECK_FALSE(escrow.sent<UnfreezePayout>());
  GivenEscrow collected = escrow, decided = escrow;
  escrow.as(admin(finn, Permission::finance)).when(WriteOffEscrow{"paid in cash"});
  REQUIRE(escrow.sent<UnfreezePayout>());
  CHECK(escrow.sent<UnfreezePayout>()->held_until == until);
  collected.as(admin(finn, Permission::finance)).when(CollectEscrow{"ask again"});
  answer_with(collected, PaymentOutcome::done);
  REQUIRE(collected.sent<UnfreezePayout>());
  CHECK(collected.sent<UnfreezePayout>()->held_until == until);
  // A judge's word ends that.
  decided.as(dispute).when(FreezeEscrow{quarrel});
  decided.when(SettleDispute{quarrel, back, usd(0)});
  decided.as(admin(finn, Permission::finance)).when(WriteOffEscrow{"paid in cash"});
  REQUIRE(decided.sent<UnfreezePayout>());
  CHECK_FALSE(decided.sent<UnfreezePayout>()->held_until);
}

TEST_CASE("escrow: money that the provider refuses to take is not paid out, until finance undoes it or bears it") {
  GivenEscrow escrow = released();
  CHECK(answer_with(escrow, PaymentOutcome::declined, "expired") == "finance.alert");
  REQUIRE(escrow.sent<FreezePayout>());
  REQUIRE(escrow.sent<Notify>());
  CHECK(escrow.sent<Notify>()->template_id == "payout_withheld");
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  escrow.when(SettleDispute{quarrel, back, usd(0)});
  CHECK_FALSE(escrow.sent<UnfreezePayout>());
  GivenEscrow undone = escrow;
  undone.as(admin(finn, Permission::finance)).when(RefundPayment{back, {}, "never paid"});
  CHECK(undone.as(wallet).when(TakenBack{parcel, back, usd(3150)}) == "payment.refunded");
  CHECK_FALSE(undone.sent<Refund>());  // there is nothing that could be given back
  CHECK(undone.state.refunds.front().status == RefundStatus::processed);
  CHECK(escrow.as(delivery).when(ReleaseEscrow{"again", {}}) == "(nothing)");
  CHECK(escrow.as(service()).when(ReleaseEscrow{"delivery verified", {}}) == "(nothing)");
  CHECK(escrow.as(service()).when(WriteOffEscrow{"paid in cash"}) == "! not_allowed");
  CHECK(escrow.as(admin(eve, Permission::disputes)).when(WriteOffEscrow{"paid in cash"}) == "! not_allowed");
  CHECK(escrow.as(admin(ana, Permission::finance)).when(WriteOffEscrow{"paid in cash"}) == "! self_not_allowed");
  Caller borrowed = admin(finn, Permission::finance);
  borrowed.service = Uuid{};
  CHECK(escrow.as(borrowed).when(WriteOffEscrow{"paid in cash"}) == "! not_allowed");
  CHECK(escrow.as(admin(finn, Permission::finance)).when(WriteOffEscrow{"paid in cash"}) == "escrow.written_off");
  CHECK(escrow.emitted<EscrowWrittenOff>()->amount == usd(3500));
  CHECK(balanced(escrow.emitted<EscrowWrittenOff>()->postings));
  CHECK(escrow.sent<UnfreezePayout>());
  CHECK(escrow.when(WriteOffEscrow{"twice"}) == "! nothing_to_write_off");
  GivenEscrow early = held();
  early.as(timer()).when(TimerFired{"hold_expiring"});
  CHECK(answer_with(early, PaymentOutcome::declined) == "finance.alert");
  early.as(delivery).when(ReleaseEscrow{"delivered", {}});
  CHECK(early.sent<FreezePayout>());
}

}  // namespace escrow_fees_test
