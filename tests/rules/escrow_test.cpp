#include "actors/cover/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/user/commands.hpp"
#include "actors/wallet/commands.hpp"
#include "tests/rules/escrow_given.hpp"

namespace escrow_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::escrows;
using namespace std::chrono_literals;

TEST_CASE("escrow: the money is held once the provider reserved it, and the delivery hears of it") {
  GivenEscrow escrow(self);
  CHECK(escrow.as(delivery).when(terms()) == "payment.intent_created");
  const Authorize* request = escrow.sent<Authorize>();
  REQUIRE(request);
  CHECK(request->amount == usd(3500));
  CHECK(request->token == "tok_ok");
  CHECK(answer_with(escrow, PaymentOutcome::done) == "payment.completed, payment.escrow_held");
  CHECK(escrow.state.held == usd(3500));
  REQUIRE(escrow.sent<FundsHeld>());
  CHECK(escrow.sent<FundsHeld>()->hold_until == test_start + 7 * 24h);
  CHECK(escrow.sent<Notify>()->template_id == "payment_held");
  CHECK(escrow.as(delivery).when(terms()) == "(nothing)");
}

TEST_CASE("escrow: a declined card is told to the delivery at once") {
  GivenEscrow escrow = asked();
  CHECK(answer_with(escrow, PaymentOutcome::declined, "insufficient_funds") == "payment.failed");
  REQUIRE(escrow.sent<PaymentRefused>());
  CHECK(escrow.sent<PaymentRefused>()->code == "payment_declined");
  CHECK(escrow.sent<PaymentRefused>()->detail == "insufficient_funds");
  CHECK(escrow.state.tasks.empty());
}

TEST_CASE("escrow: a release gives the platform its fee and the traveler the rest, and then takes the money") {
  GivenEscrow escrow = held();
  CHECK(escrow.as(delivery).when(ReleaseEscrow{"delivered", {}}) == "payment.escrow_released");
  const EscrowReleased* event = escrow.emitted<EscrowReleased>();
  CHECK(event->platform_fee == 350);
  CHECK(event->traveler_amount == 3150);
  CHECK(escrow.sent<CreditPending>()->amount == usd(3150));
  CHECK(escrow.sent<CreditPending>()->available_at == test_start + 48h);
  CHECK(escrow.sent<Capture>()->amount == usd(3500));
  CHECK(escrow.sent<FundsReleased>());
  CHECK(answer_with(escrow, PaymentOutcome::done) == "escrow.provider_done");
  CHECK(escrow.as(delivery).when(ReleaseEscrow{"again", {}}) == "(nothing)");
}

TEST_CASE("escrow: parts add up to the cent, whatever the amount") {
  for (std::int64_t amount = 1; amount < 60; ++amount) {
    GivenEscrow escrow(self);
    escrow.as(delivery).when(terms("tok_ok", amount));
    answer_with(escrow, PaymentOutcome::done);
    escrow.as(delivery).when(ReleaseEscrow{});
    CHECK(escrow.state.to_traveler + escrow.state.fee_taken == usd(amount));
  }
}

TEST_CASE("escrow: a cancellation refunds, compensates the traveler, and gives the platform what remains") {
  GivenEscrow escrow = held();
  CHECK(escrow.as(delivery).when(RefundEscrow{usd(2500), usd(800), "late"}) ==
        "payment.refunded, payment.escrow_released");
  CHECK(escrow.state.status == EscrowStatus::refunded);
  CHECK(escrow.state.refunded == usd(2500));
  CHECK(escrow.state.to_traveler == usd(800));
  CHECK(escrow.state.fee_taken == usd(200));
  CHECK(escrow.sent<Capture>()->amount == usd(1000));
  CHECK(escrow.sent<CreditPending>()->amount == usd(800));
  GivenEscrow whole = held();
  CHECK(whole.as(delivery).when(RefundEscrow{usd(3500), usd(0), "early"}) == "payment.refunded");
  CHECK(whole.sent<Void>());
  CHECK(whole.sent<FundsReturned>()->refunded == usd(3500));
  CHECK(held().as(delivery).when(RefundEscrow{usd(3500), usd(1), ""}) == "! invalid_amount");
  CHECK(held().as(delivery).when(RefundEscrow{{10, *Currency::parse("EUR")}, usd(1), ""}) == "! invalid_amount");
}

TEST_CASE("escrow: a receipt says when the money was held, not when the intent was made") {
  GivenEscrow escrow = asked();
  escrow.now += 5min;
  answer_with(escrow, PaymentOutcome::done);
  const Answer receipt = escrow.as(user(ana)).ask(ViewReceipt{});
  CHECK(receipt.resource.get_if<ReceiptResource>()->paid_at == test_start + 5min);
}

TEST_CASE("escrow: before the card's reservation ends the money is taken, and then given back by a refund") {
  GivenEscrow escrow = held();
  CHECK(escrow.last.timers.back().name == "hold_expiring");
  CHECK(*escrow.last.timers.back().due == test_start + 5 * 24h);
  CHECK(escrow.as(timer()).when(TimerFired{"hold_expiring"}) == "payment.hold_expiring");
  CHECK(escrow.sent<Capture>()->amount == usd(3500));
  CHECK(escrow.as(delivery).when(RefundEscrow{usd(3500), usd(0), ""}) == "payment.refunded");
  CHECK_FALSE(escrow.sent<Refund>());  // not before the provider took the money
  CHECK(answer_with(escrow, PaymentOutcome::done) == "escrow.provider_done");
  CHECK(escrow.sent<Refund>()->amount == usd(3500));
  CHECK(escrow.state.refunds.front().status == RefundStatus::pending);
  answer_with(escrow, PaymentOutcome::done);
  CHECK(escrow.state.refunds.front().status == RefundStatus::processed);
}

TEST_CASE("escrow: while frozen a release is remembered, and the settlement shares the money out") {
  GivenEscrow escrow = frozen();
  CHECK(escrow.as(delivery).when(ReleaseEscrow{"delivered", {}}) == "escrow.release_deferred");
  CHECK(escrow.as(delivery).when(RefundEscrow{usd(1), usd(0), ""}) == "! disputed");
  CHECK(escrow.as(dispute).when(SettleDispute{quarrel, back, usd(1500)}) ==
        "payment.refunded, payment.escrow_released, escrow.unfrozen");
  CHECK(escrow.state.status == EscrowStatus::settled);
  CHECK(escrow.state.fee_taken == usd(200));
  CHECK(escrow.state.to_traveler == usd(1800));
  CHECK(escrow.sent<EscrowSettled>()->refunded == usd(1500));
  CHECK(escrow.sent<EscrowSettled>()->released == usd(2000));
  CHECK(escrow.as(dispute).when(SettleDispute{quarrel, back, usd(1500)}) == "(nothing)");
  // A dispute that froze nothing, since another was faster, must not wait for ever.
  CHECK(escrow.sent<EscrowSettled>()->refunded == usd(0));
  CHECK(escrow.sent<EscrowSettled>()->released == usd(0));
}

TEST_CASE("escrow: a full refund drops the remembered release; a release carries it out") {
  GivenEscrow escrow = frozen();
  escrow.as(delivery).when(ReleaseEscrow{});
  CHECK(escrow.as(dispute).when(SettleDispute{quarrel, back, usd(3500)}) == "payment.refunded, escrow.unfrozen");
  CHECK(escrow.state.status == EscrowStatus::refunded);
  GivenEscrow other = frozen();
  CHECK(other.as(dispute).when(SettleDispute{quarrel, back, usd(0)}) == "payment.escrow_released, escrow.unfrozen");
  CHECK_FALSE(other.sent<EscrowSettled>()->refund_id);
}

TEST_CASE(
    "escrow: after the release a settlement takes the traveler's part out of the wallet, and the platform's share") {
  GivenEscrow escrow = released();
  CHECK(escrow.as(dispute).when(FreezeEscrow{quarrel}) == "escrow.frozen");
  CHECK(escrow.sent<FreezePayout>());
  CHECK(escrow.when(SettleDispute{quarrel, back, usd(1000)}) == "escrow.take_back_asked");
  CHECK(escrow.sent<TakeBack>()->amount == usd(900));
  GivenEscrow earlier = escrow;
  CHECK(escrow.as(wallet).when(TakenBack{parcel, back, usd(900)}) == "payment.refunded, escrow.unfrozen");
  CHECK(escrow.emitted<PaymentRefunded>()->amount.amount == 1000);
  CHECK(balanced(escrow.emitted<PaymentRefunded>()->postings));
  CHECK(escrow.sent<EscrowSettled>()->refunded == usd(1000));
  CHECK(escrow.sent<EscrowSettled>()->released == usd(2500));
  CHECK(escrow.state.to_traveler == usd(2250));
  CHECK(escrow.as(wallet).when(TakenBack{parcel, back, usd(900)}) == "(nothing)");
  // A wallet of an earlier build gave no more than it had.
  CHECK(earlier.as(wallet).when(TakenBack{parcel, back, usd(600)}) == "payment.refunded, escrow.unfrozen");
  CHECK(earlier.sent<EscrowSettled>()->refunded == usd(700));
}

TEST_CASE("escrow: a decision that comes while the wallet is asked for finance's refund waits for its answer") {
  GivenEscrow escrow = released();
  escrow.as(admin(finn, Permission::finance)).when(RefundPayment{back, 1000, ""});
  CHECK(escrow.as(dispute).when(FreezeEscrow{quarrel}) == "escrow.frozen");
  const RefundId second = test_id<RefundId>(21);
  CHECK(escrow.when(SettleDispute{quarrel, second, usd(3500)}) == "escrow.settlement_deferred");
  CHECK(escrow.as(wallet).when(TakenBack{parcel, back, usd(900)}) == "payment.refunded, escrow.take_back_asked");
  CHECK(escrow.as(wallet).when(TakenBack{parcel, second, usd(2250)}) == "payment.refunded, escrow.unfrozen");
  CHECK(escrow.state.refunded == usd(3500));
  CHECK(escrow.state.status == EscrowStatus::refunded);
}

TEST_CASE("escrow: a customer who cancels the authorisation ends the acceptance that waits for it") {
  GivenEscrow escrow = asked();
  CHECK(escrow.as(user(ana)).when(CancelIntent{}) == "payment.intent_cancelled");
  CHECK(escrow.sent<PaymentRefused>()->code == "payment_failed");
  CHECK(escrow.sent<Void>());
}

TEST_CASE("escrow: finance gives a part back out of the hold, or out of what was released") {
  GivenEscrow escrow = held();
  CHECK(escrow.as(admin(finn, Permission::finance)).when(RefundPayment{back, 500, "late"}) == "payment.refunded");
  CHECK(escrow.state.held == usd(3000));
  CHECK(escrow.as(delivery).when(ReleaseEscrow{}) == "payment.escrow_released");
  CHECK(escrow.emitted<EscrowReleased>()->platform_fee == 300);
  CHECK(escrow.as(admin(finn, Permission::finance)).when(RefundPayment{test_id<RefundId>(20), {}, ""}) ==
        "escrow.take_back_asked");
  CHECK(escrow.sent<TakeBack>()->amount == usd(2700));
  CHECK(escrow.as(user(ana)).when(RefundPayment{back, 500, ""}) == "! not_allowed");
  CHECK(escrow.as(admin(ana, Permission::finance)).when(RefundPayment{back, 500, ""}) == "! self_not_allowed");
  CHECK(escrow.as(admin(ben, Permission::finance)).when(RefundPayment{back, 500, ""}) == "! self_not_allowed");
}

TEST_CASE("escrow: a cancellation after a part was given back shares out what is left") {
  GivenEscrow escrow = held();
  escrow.as(admin(finn, Permission::finance)).when(RefundPayment{back, 500, "late"});
  CHECK(escrow.as(delivery).when(RefundEscrow{usd(3500), usd(0), "cancelled"}) == "payment.refunded");
  CHECK(escrow.state.refunded == usd(3500));
  CHECK(escrow.state.status == EscrowStatus::refunded);
  CHECK(escrow.sent<Void>());
}

TEST_CASE("escrow: both sides can agree on a split; who proposed cannot accept") {
  GivenEscrow escrow = held();
  CHECK(escrow.as(user(eve)).when(ProposeSplit{100, ""}) == "! not_found");
  CHECK(escrow.as(user(ana)).when(ProposeSplit{1000, "scratched"}) == "payment.split_proposed");
  CHECK(escrow.when(AcceptSplit{1000}) == "! own_proposal");
  CHECK(escrow.as(user(ben)).when(AcceptSplit{0}) == "! split_changed");
  CHECK(agreed_by(escrow, ben, 1000) == "payment.split_agreed, payment.refunded, payment.escrow_released");
  CHECK(escrow.state.status == EscrowStatus::settled);
  CHECK(escrow.state.to_traveler == usd(2250));
}

TEST_CASE("escrow: a service does not agree with itself on behalf of both sides") {
  const auto acting = [](UserId who, std::uint8_t number) {
    Caller caller = user(who);
    caller.service = test_id<UserId>(number).value;
    return caller;
  };
  GivenEscrow escrow = held();
  escrow.as(acting(ana, 90)).when(ProposeSplit{1000, ""});
  CHECK(escrow.as(acting(ben, 90)).when(AcceptSplit{1000}) == "! own_proposal");
  CHECK(escrow.as(acting(ben, 91)).when(AcceptSplit{1000}) == "payment.split_accepted");
}

TEST_CASE("escrow: an intent without a method waits for one, and a declined one can be paid again") {
  GivenEscrow escrow(self);
  CHECK(escrow.as(service()).when(terms("")) == "payment.intent_created");
  CHECK(escrow.last.effects.empty());
  CHECK(escrow.as(user(ben)).when(ConfirmIntent{{}, "tok_ok", "sandbox"}) == "! not_allowed");
  CHECK(escrow.as(user(ana)).when(ConfirmIntent{{}, "tok_declined", "sandbox"}) == "payment.intent_confirmed");
  CHECK(answer_with(escrow, PaymentOutcome::declined, "card_declined") == "payment.failed");
  CHECK(escrow.as(user(ana)).when(ConfirmIntent{{}, "tok_ok", "sandbox"}) == "payment.intent_confirmed");
  CHECK(answer_with(escrow, PaymentOutcome::done) == "payment.completed, payment.escrow_held");
}

TEST_CASE("escrow: strangers see nothing, parties see the parts add up") {
  GivenEscrow escrow = held();
  CHECK(escrow.as(user(eve)).ask(ViewEscrow{}).rejection->code == "not_found");
  const EscrowResource copy = *escrow.as(user(ben)).ask(ViewEscrow{}).resource.get_if<EscrowResource>();
  CHECK(copy.status == "held");
  CHECK(copy.platform_fee + copy.traveler_amount == copy.amount);
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  CHECK(escrow.as(user(ana)).ask(ViewEscrow{}).resource.get_if<EscrowResource>()->status == "frozen");
}

TEST_CASE("escrow: a dispute that is withdrawn leaves the money as it was, and a release that waited is made up") {
  GivenEscrow escrow = held();
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  CHECK(escrow.when(UnfreezeEscrow{quarrel}) == "escrow.unfrozen");
  CHECK(escrow.sent<EscrowSettled>()->refunded == usd(0));
  CHECK(escrow.state.held == usd(3500));
  CHECK(escrow.when(UnfreezeEscrow{quarrel}) == "(nothing)");
  CHECK(escrow.sent<EscrowSettled>());  // nobody waits for ever
  escrow.when(FreezeEscrow{quarrel});
  escrow.as(delivery).when(ReleaseEscrow{"delivered", {}});
  CHECK(escrow.as(dispute).when(UnfreezeEscrow{quarrel}) == "escrow.unfrozen, payment.escrow_released");
  escrow.when(FreezeEscrow{quarrel});
  CHECK(escrow.when(UnfreezeEscrow{quarrel}) == "escrow.unfrozen");
  CHECK(escrow.sent<UnfreezePayout>());
}

TEST_CASE("escrow: a release that crossed the freeze is left to the delivery where a side withdrew the dispute") {
  GivenEscrow escrow = frozen();
  CHECK(escrow.as(delivery).when(ReleaseEscrow{"delivery verified", {}}) == "escrow.release_deferred");
  GivenEscrow dismissed = escrow;
  CHECK(dismissed.as(dispute).when(UnfreezeEscrow{quarrel}) == "escrow.unfrozen, payment.escrow_released");
  CHECK(escrow.as(dispute).when(UnfreezeEscrow{quarrel, true}) == "escrow.unfrozen");
  CHECK(escrow.sent<EscrowSettled>());
  CHECK(escrow.state.held == usd(3500));
  CHECK(escrow.as(delivery).when(ReleaseEscrow{"delivery verified", {}}) == "payment.escrow_released");
  // Of what was released before, the payout is held anew.
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  escrow.when(UnfreezeEscrow{quarrel, true});
  REQUIRE(escrow.sent<UnfreezePayout>());
  CHECK(escrow.sent<UnfreezePayout>()->held_until == escrow.now + std::chrono::hours{24});
}

TEST_CASE("escrow: a delivery that ends after the money was shared out hears to whom") {
  GivenEscrow escrow = held();
  escrow.as(user(ana)).when(ProposeSplit{1000, ""});
  agreed_by(escrow, ben, 1000);
  CHECK(escrow.as(delivery).when(RefundEscrow{usd(3500), usd(0), "changed plans"}) == "(nothing)");
  CHECK(escrow.sent<SharedOutBefore>()->standing.refunded == usd(1000));
}

TEST_CASE("escrow: a proposal to split lapses after a day, and where the parcel changes hands") {
  GivenEscrow escrow = held();
  escrow.as(user(ben)).when(ProposeSplit{3500, "I cannot come"});
  GivenEscrow old = escrow;
  CHECK(escrow.when(DropSplit{}) == "! not_allowed");
  GivenEscrow renewed = escrow;
  CHECK(renewed.as(provider()).when(DropSplit{ana}) == "(nothing)");
  CHECK(renewed.when(DropSplit{ben}) == "payment.split_dropped");
  CHECK(escrow.as(delivery).when(DropSplit{}) == "payment.split_dropped");
  CHECK(escrow.when(DropSplit{}) == "(nothing)");
  CHECK(escrow.as(user(ana)).when(AcceptSplit{3500}) == "! no_proposal");
  old.now += split_validity + std::chrono::seconds{1};
  CHECK(old.as(user(ana)).when(AcceptSplit{3500}) == "! no_proposal");
}

TEST_CASE("escrow: every state against every command") {
  GivenEscrow waiting(self);
  waiting.as(delivery).when(terms(""));
  GivenEscrow failed = asked();
  answer_with(failed, PaymentOutcome::declined);
  GivenEscrow cancelled = asked();
  cancelled.as(delivery).when(CancelIntent{});
  GivenEscrow refunded = held();
  refunded.as(delivery).when(RefundEscrow{usd(3500), usd(0), ""});
  GivenEscrow settled = frozen();
  settled.as(dispute).when(SettleDispute{quarrel, back, usd(1000)});
  GivenEscrow contested = released();
  contested.as(dispute).when(FreezeEscrow{quarrel});
  GivenEscrow taking = released();
  taking.as(admin(finn, Permission::finance)).when(RefundPayment{back, {}, ""});
  GivenEscrow proposed = held();
  proposed.as(user(ana)).when(ProposeSplit{1000, ""});
  GivenEscrow agreed = proposed;
  agreed.as(user(ben)).when(AcceptSplit{1000});
  GivenEscrow done = released();
  answer_with(done, PaymentOutcome::done);

  GivenEscrow uncollected = released();
  answer_with(uncollected, PaymentOutcome::declined);

  std::vector<NamedState<Escrow>> states{{"none", {}},
                                         {"requires_payment", waiting.state},
                                         {"authorising", asked().state},
                                         {"failed", failed.state},
                                         {"cancelled", cancelled.state},
                                         {"held", held().state},
                                         {"held, split proposed", proposed.state},
                                         {"held, split accepted", agreed.state},
                                         {"frozen", frozen().state},
                                         {"released, capturing", released().state},
                                         {"released", done.state},
                                         {"released, disputed", contested.state},
                                         {"released, taking back", taking.state},
                                         {"refunded", refunded.state},
                                         {"settled", settled.state},
                                         {"released, uncollected", uncollected.state}};
  // The seeded generator gives a state's task the same identity in each of them, but for their order of making.
  const Caller finance = admin(finn, Permission::finance);
  check_table<Escrow>(states,
                      {{"by delivery", AnyRecord(terms()), delivery},
                       {"by customer", AnyRecord(terms()), user(ana)},
                       {"by customer", AnyRecord(ConfirmIntent{{}, "tok_ok", "sandbox"}), user(ana)},
                       {"by stranger", AnyRecord(ConfirmIntent{{}, "tok_ok", "sandbox"}), user(eve)},
                       {"by delivery", AnyRecord(CancelIntent{}), delivery},
                       {"by customer", AnyRecord(CancelIntent{}), user(ana)},
                       {"by traveler", AnyRecord(CancelIntent{}), user(ben)},
                       {"by delivery", AnyRecord(ReleaseEscrow{}), delivery},
                       {"by traveler", AnyRecord(ReleaseEscrow{}), user(ben)},
                       {"whole by delivery", AnyRecord(RefundEscrow{usd(3500), usd(0), ""}), delivery},
                       {"part by delivery", AnyRecord(RefundEscrow{usd(2000), usd(500), ""}), delivery},
                       {"by customer", AnyRecord(RefundEscrow{usd(3500), usd(0), ""}), user(ana)},
                       {"by finance", AnyRecord(RefundPayment{test_id<RefundId>(30), {}, ""}), finance},
                       {"by customer", AnyRecord(RefundPayment{test_id<RefundId>(30), {}, ""}), user(ana)},
                       {"by dispute", AnyRecord(FreezeEscrow{quarrel}), dispute},
                       {"by customer", AnyRecord(FreezeEscrow{quarrel}), user(ana)},
                       {"by dispute", AnyRecord(SettleDispute{quarrel, back, usd(1000)}), dispute},
                       {"by customer", AnyRecord(SettleDispute{quarrel, back, usd(1000)}), user(ana)},
                       {"by dispute", AnyRecord(UnfreezeEscrow{quarrel}), dispute},
                       {"by customer", AnyRecord(UnfreezeEscrow{quarrel}), user(ana)},
                       {"by customer", AnyRecord(ProposeSplit{1000, ""}), user(ana)},
                       {"too much by customer", AnyRecord(ProposeSplit{4000, ""}), user(ana)},
                       {"by customer", AnyRecord(AcceptSplit{1000}), user(ana)},
                       {"by traveler", AnyRecord(AcceptSplit{1000}), user(ben)},
                       {"paid", AnyRecord(CoverAnswered{true}), entity(cover_address)},
                       {"by customer", AnyRecord(CoverAnswered{true}), user(ana)},
                       {"by customer", AnyRecord(TakeSplitBack{}), user(ana)},
                       {"by traveler", AnyRecord(TakeSplitBack{}), user(ben)},
                       {"of the customer", AnyRecord(SideStanding{ana}), entity(account_address(ana))},
                       {"", AnyRecord(DropSplit{}), delivery},
                       {"parcel taken", AnyRecord(DropSplit{{}, ParcelWay::to_receiver}), delivery},
                       {"by wallet", AnyRecord(TakenBack{parcel, back, usd(3150)}), wallet},
                       {"by traveler", AnyRecord(TakenBack{parcel, back, usd(3150)}), user(ben)},
                       {"late", AnyRecord(PaymentAnswer{}), provider()},
                       {"by customer", AnyRecord(PaymentAnswer{}), user(ana)},
                       {"provider", AnyRecord(TimerFired{"provider"}), timer()},
                       {"hold_expiring", AnyRecord(TimerFired{"hold_expiring"}), timer()},
                       {"late_reservation", AnyRecord(TimerFired{"late_reservation"}), timer()},
                       {"by customer", AnyRecord(TimerFired{"provider"}), user(ana)},
                       {"by service", AnyRecord(ReleaseEscrow{}), service()},
                       {"by finance", AnyRecord(WriteOffEscrow{"paid in cash"}), finance},
                       {"by service", AnyRecord(WriteOffEscrow{"paid in cash"}), service()},
                       {"by finance", AnyRecord(CollectEscrow{"again"}), finance},
                       {"by service", AnyRecord(CollectEscrow{"again"}), service()}},
                      self);
}

TEST_CASE("escrow: the traveler hears of what finance gives back by hand, from the hold or from their wallet") {
  const auto told = [](const GivenEscrow& escrow) -> std::string {
    const Notify* notice = escrow.told(ben, "refunded_by_hand");
    return notice ? notice->variables.at("amount") : "nothing";
  };
  GivenEscrow escrow = held();
  escrow.as(admin(finn, Permission::finance)).when(RefundPayment{back, 500, "late"});
  CHECK(told(escrow) == money_text(usd(500)));
  GivenEscrow paid = held();
  paid.as(delivery).when(ReleaseEscrow{"delivered", {}});
  paid.as(admin(finn, Permission::finance)).when(RefundPayment{back, 1000, "late"});
  REQUIRE(paid.sent<TakeBack>());
  paid.as(wallet).when(TakenBack{parcel, back, usd(900)});
  CHECK(told(paid) == money_text(usd(900)));
}

}  // namespace escrow_test
