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
  agreed.as(user(ben)).when(AcceptSplit{400});
  CHECK(agreed.state.to_traveler == usd(475));
}

TEST_CASE("escrow: what finance gave back is a part of a later refund, and the fee is whole") {
  GivenEscrow escrow = held();
  escrow.as(admin(finn, Permission::finance)).when(RefundPayment{back, 1000, "late"});
  escrow.as(delivery).when(RefundEscrow{usd(3150), usd(350), "cancelled"});
  CHECK(escrow.state.refunded == usd(3150));
  CHECK(escrow.state.to_traveler == usd(350));
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
