// What an escrow asks of the payment provider, and what becomes of answers that are late, or never come.
#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/wallet/commands.hpp"
#include "tests/rules/escrow_given.hpp"

namespace escrow_provider_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::escrows;
using namespace std::chrono_literals;

namespace {

std::int64_t balance(const GivenEscrow& escrow, LedgerAccount account) {
  std::int64_t sum = 0;
  for (const LedgerEntry& entry : escrow.state.ledger)
    for (const Posting& line : entry.postings) sum += line.account == account ? line.amount : 0;
  return sum;
}

}  // namespace

TEST_CASE("escrow: the provider is asked once, with a term; the runtime repeats") {
  GivenEscrow escrow = asked();
  CHECK(escrow.sent<Authorize>()->term == Term{test_start, test_start + 30s, 3});
  CHECK(escrow.last.timers.empty());
  CHECK(answer_with(escrow, PaymentOutcome::failed) == "(nothing)");
  GivenEscrow done = released();
  CHECK(done.sent<Capture>()->term == Term{test_start, test_start + 24h, 0});
  for (const TimerChange& timer : done.last.timers) CHECK_FALSE(timer.due);
}

TEST_CASE("escrow: an authorisation that was given up is let go of, and again once nothing can come of it any more") {
  for (const PaymentOutcome how : {PaymentOutcome::undelivered, PaymentOutcome::dropped}) {
    GivenEscrow escrow = asked();
    const Uuid authorisation = escrow.state.tasks.front().operation_id;
    CHECK(answer_with(escrow, how) == "payment.failed");
    CHECK(effects(escrow.last) ==
          std::vector<std::string>{"delivery payment_refused", "inbox notify", "payments void"});
    CHECK(escrow.sent<Void>()->authorisation_id == authorisation);
    CHECK(escrow.last.withdrawn == std::vector{authorisation});
    const Time again = *escrow.last.timers.front().due;
    CHECK(again >= test_start + longest_way);
    CHECK(answer_with(escrow, PaymentOutcome::done) == "escrow.provider_done");
    escrow.at(again);
    CHECK(escrow.as(timer()).when(TimerFired{"late_reservation"}) == "escrow.late_reservation");
    CHECK(escrow.sent<Void>()->authorisation_id == authorisation);
    CHECK(answer_with(escrow, PaymentOutcome::done) == "escrow.provider_done");
    CHECK(escrow.as(timer()).when(TimerFired{"late_reservation"}) == "(nothing)");
    CHECK(escrow.state.given_up.empty());
  }
}

TEST_CASE("escrow: an authorisation that succeeds after it was given up is answered with a void, once") {
  const auto check_late = [](GivenEscrow escrow, const PaymentAnswer& late) {
    CHECK(escrow.as(provider()).when(late) == "escrow.late_reservation");
    CHECK(escrow.emitted<LateReservation>()->is_known);
    CHECK(escrow.when(late) == "(nothing)");
    while (!escrow.state.tasks.empty()) {
      CHECK(escrow.state.tasks.front().voids == late.operation_id);
      CHECK(answer_with(escrow, PaymentOutcome::done) == "escrow.provider_done");
    }
    CHECK(escrow.state.held == usd(0));
  };
  GivenEscrow failed = asked();
  const PaymentAnswer late = says(failed.state, PaymentOutcome::done);
  answer_with(failed, PaymentOutcome::undelivered);
  check_late(failed, late);
  GivenEscrow cancelled = asked();
  cancelled.as(user(ana)).when(CancelIntent{});
  CHECK(cancelled.last.withdrawn == std::vector{late.operation_id});
  check_late(cancelled, late);
  // What was declined reserves nothing: its answer comes twice.
  GivenEscrow declined = asked();
  const PaymentAnswer no = says(declined.state, PaymentOutcome::declined);
  declined.as(provider()).when(no);
  CHECK(declined.when(no) == "(nothing)");
  // Nor is the hold let go of when its own answer comes twice.
  GivenEscrow twice = asked();
  const PaymentAnswer yes = says(twice.state, PaymentOutcome::done);
  twice.as(provider()).when(yes);
  CHECK(twice.when(yes) == "(nothing)");
}

TEST_CASE("escrow: a late authorisation does not cost a customer the payment that was made instead") {
  GivenEscrow escrow(self);
  escrow.as(service()).when(terms(""));
  escrow.as(user(ana)).when(ConfirmIntent{{}, "tok_slow", "sandbox"});
  const PaymentAnswer late = says(escrow.state, PaymentOutcome::done);
  answer_with(escrow, PaymentOutcome::undelivered);
  CHECK(answer_with(escrow, PaymentOutcome::done) == "escrow.provider_done");
  escrow.as(user(ana)).when(ConfirmIntent{{}, "tok_ok", "sandbox"});
  CHECK(answer_with(escrow, PaymentOutcome::done) == "payment.completed, payment.escrow_held");
  CHECK(escrow.when(late) == "escrow.late_reservation");
  CHECK(escrow.sent<Void>()->authorisation_id == late.operation_id);
  CHECK(escrow.state.held == usd(3500));
}

TEST_CASE("escrow: what was given up is a person's matter, once; an operator has it asked for again") {
  GivenEscrow escrow = released();
  CHECK(answer_with(escrow, PaymentOutcome::undelivered) == "finance.alert");
  CHECK(escrow.emitted<FinanceAlert>()->goes_on);
  CHECK(answer_with(escrow, PaymentOutcome::undelivered) == "(nothing)");
  CHECK(answer_with(escrow, PaymentOutcome::done) == "escrow.provider_done");
  CHECK(escrow.state.tasks.empty());
}

TEST_CASE("escrow: what an operator drops has ended undone; if it was done after all, the books show it") {
  GivenEscrow escrow = released();
  const PaymentAnswer captured = says(escrow.state, PaymentOutcome::done);
  CHECK(answer_with(escrow, PaymentOutcome::dropped) == "finance.alert");
  CHECK_FALSE(escrow.emitted<FinanceAlert>()->goes_on);
  CHECK(escrow.state.tasks.empty());
  CHECK(escrow.as(provider()).when(captured) == "escrow.provider_done");
  CHECK(balanced(escrow.emitted<ProviderTaskDone>()->postings));
  CHECK(escrow.emitted<ProviderTaskDone>()->postings.size() == 2);
  CHECK(escrow.when(captured) == "(nothing)");
  escrow.as(admin(finn, Permission::finance)).when(RefundPayment{back, {}, ""});
  escrow.as(wallet).when(TakenBack{parcel, back, usd(3150)});
  const PaymentAnswer refunded = says(escrow.state, PaymentOutcome::done);
  CHECK(answer_with(escrow, PaymentOutcome::dropped) == "finance.alert");
  CHECK(escrow.state.refunds.front().status == RefundStatus::failed);
  CHECK(escrow.as(provider()).when(refunded) == "escrow.provider_done");
  CHECK(escrow.state.refunds.front().status == RefundStatus::processed);
  CHECK(escrow.when(refunded) == "(nothing)");
}

TEST_CASE("escrow: a capture that was dropped and went through after all pays, and gives back what was given back") {
  GivenEscrow paid = released();
  const PaymentAnswer captured = says(paid.state, PaymentOutcome::done);
  answer_with(paid, PaymentOutcome::dropped);
  CHECK(paid.sent<FreezePayout>());
  REQUIRE(paid.sent<Notify>());
  CHECK(paid.sent<Notify>()->template_id == "payout_withheld");
  CHECK(paid.state.is_owed());
  CHECK(std::ranges::any_of(paid.last.effects, [](const Effect& effect) {
    const auto* told = effect.command.get_if<Notify>();
    return told && effect.to == inbox_of(ana) && told->template_id == "payment_owed";
  }));
  CHECK(paid.as(provider()).when(captured) == "escrow.provider_done");
  CHECK(paid.sent<UnfreezePayout>());
  CHECK_FALSE(paid.sent<Refund>());
  CHECK_FALSE(paid.state.uncollected);

  GivenEscrow shared = held();
  shared.as(timer()).when(TimerFired{"hold_expiring"});
  const PaymentAnswer taken = says(shared.state, PaymentOutcome::done);
  answer_with(shared, PaymentOutcome::dropped);
  shared.as(admin(finn, Permission::finance)).when(RefundPayment{back, 500, "late"});
  CHECK_FALSE(shared.sent<Refund>());
  CHECK(shared.as(provider()).when(taken) == "escrow.provider_done");
  CHECK(balanced(shared.emitted<ProviderTaskDone>()->postings));
  REQUIRE(shared.sent<Refund>());
  CHECK(shared.sent<Refund>()->amount == usd(500));
  CHECK(answer_with(shared, PaymentOutcome::done) == "escrow.provider_done");
  CHECK(balance(shared, LedgerAccount::provider_clearing) == 3'000);
  CHECK(balance(shared, LedgerAccount::refunds_payable) == 0);
  CHECK(balance(shared, LedgerAccount::customer_funds) == 0);

  GivenEscrow borne = released();
  const PaymentAnswer late = says(borne.state, PaymentOutcome::done);
  answer_with(borne, PaymentOutcome::dropped);
  CHECK(borne.as(admin(finn, Permission::finance)).when(WriteOffEscrow{"written off"}) == "escrow.written_off");
  CHECK(borne.as(provider()).when(late) == "escrow.provider_done");
  CHECK(balance(borne, LedgerAccount::platform_revenue) == -350);
  CHECK(balance(borne, LedgerAccount::customer_funds) == 0);
}

TEST_CASE("escrow: what the platform has borne and then takes back is its own again; the provider is asked nothing") {
  GivenEscrow borne = released();
  answer_with(borne, PaymentOutcome::declined);
  borne.as(admin(finn, Permission::finance)).when(WriteOffEscrow{"bad card"});
  borne.when(RefundPayment{back, {}, "empty box"});
  REQUIRE(borne.sent<TakeBack>());
  borne.as(wallet).when(TakenBack{parcel, back, borne.sent<TakeBack>()->amount});
  CHECK(borne.state.refunded == usd(3'500));
  CHECK_FALSE(borne.sent<Refund>());
  CHECK(borne.sent<Notify>()->template_id == "refunded_by_hand");  // from the traveler's wallet; nothing goes back to
  CHECK(std::ranges::count_if(borne.last.effects, [](const Effect& effect) {  // a card that was never charged
          return effect.command.get_if<Notify>() != nullptr;
        }) == 1);
  CHECK(balance(borne, LedgerAccount::refunds_payable) == 0);
  CHECK(balance(borne, LedgerAccount::traveler_payable) == 0);
  CHECK(balance(borne, LedgerAccount::platform_revenue) == 0);
}

TEST_CASE("escrow: money that the provider refuses before the release is told at once to who would carry for it") {
  GivenEscrow escrow = held();
  escrow.as(timer()).when(TimerFired{"hold_expiring"});
  CHECK(answer_with(escrow, PaymentOutcome::declined, "expired") == "finance.alert");
  REQUIRE(escrow.sent<FundsUncollected>());
  CHECK(escrow.sent<FundsUncollected>()->reason == "expired");
  CHECK(escrow.sent<Notify>()->template_id == "payment_failed");
  CHECK(escrow.as(delivery).when(RefundEscrow{usd(3'500), usd(0), "not paid"}) == "payment.refunded");
  CHECK_FALSE(escrow.sent<Refund>());
  CHECK_FALSE(escrow.sent<Void>());
  CHECK(balance(escrow, LedgerAccount::customer_funds) == 0);
}

TEST_CASE("escrow: a question of an earlier build is asked anew when its timer fires") {
  GivenEscrow escrow = released();
  const Uuid identity = escrow.state.tasks.front().operation_id;
  CHECK(escrow.as(timer()).when(TimerFired{"provider"}) == "escrow.provider_asked");
  CHECK(escrow.sent<Capture>()->operation_id == identity);
  CHECK(escrow.sent<Capture>()->term.deadline);
  CHECK(escrow.last.timers.empty());
}

TEST_CASE("escrow: what the provider refuses is a person's matter at once") {
  GivenEscrow escrow = released();
  CHECK(answer_with(escrow, PaymentOutcome::declined) == "finance.alert");
  CHECK(escrow.state.tasks.empty());
}

}  // namespace escrow_provider_test
