#include <algorithm>

#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/rules/wallet_given.hpp"

/// What a refund takes back of a wallet, and what the traveler owes where it was paid out already.
namespace wallet_debt_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::wallets;

namespace {

/// The variable of the last decision's notice of that template; "none" without one.
std::string told(const GivenWallet& wallet, const std::string& template_id, const std::string& variable) {
  for (const Effect& effect : wallet.last.effects) {
    const Notify* notify = effect.command.get_if<Notify>();
    if (!notify || notify->template_id != template_id) continue;
    const auto found = notify->variables.find(variable);
    return found == notify->variables.end() ? "absent" : found->second;
  }
  return "none";
}

}  // namespace

TEST_CASE("wallet debt: a part or all of a payout that waits is taken back, without a debt") {
  GivenWallet wallet = frozen();
  CHECK(wallet.as(escrow).when(TakeBack{parcel, back, usd(1000)}) == "wallet.taken_back");
  CHECK(wallet.sent<TakenBack>()->taken == usd(1000));
  CHECK(wallet.state.pending_in(dollars) == usd(2150));
  CHECK(wallet.when(TakeBack{parcel, back, usd(2150)}) == "wallet.taken_back");
  CHECK(wallet.state.payouts.front().status == PayoutStatus::taken_back);
  CHECK(statement_sum(wallet.state) == 0);
  CHECK(wallet.state.debt_in(dollars) == usd(0));
  GivenWallet free_again = failed();
  CHECK(free_again.as(escrow).when(TakeBack{parcel, back, usd(1000)}) == "wallet.taken_back");
  CHECK(free_again.state.available_in(dollars) == usd(2150));
}

TEST_CASE("wallet debt: what was paid out is owed, to the cent, and the traveler is told") {
  GivenWallet wallet = paid();
  CHECK(wallet.as(escrow).when(TakeBack{parcel, back, usd(1000)}) == "wallet.taken_back, wallet.debt_incurred");
  CHECK(wallet.sent<TakenBack>()->taken == usd(1000));
  const WalletDebtIncurred* event = wallet.emitted<WalletDebtIncurred>();
  CHECK(event->delivery_id == parcel);
  CHECK(event->amount == usd(1000));
  CHECK(event->postings == std::vector<Posting>{{LedgerAccount::traveler_debts, 1000, dollars},
                                                {LedgerAccount::traveler_payable, -1000, dollars}});
  CHECK(told(wallet, "wallet_debt", "deliveryId") == parcel.text());
  CHECK(told(wallet, "wallet_debt", "amount") == "10.00 USD");
  CHECK(told(wallet, "wallet_debt", "debt") == "10.00 USD");
  CHECK(balance(wallet).debt == 1000);
  CHECK(balance(wallet).available == 0);
  CHECK(statement_sum(wallet.state) == -1000);
  // One that waits covers what it can.
  GivenWallet part = frozen();
  CHECK(part.as(escrow).when(TakeBack{parcel, back, usd(4000)}) ==
        "wallet.taken_back, wallet.taken_back, wallet.debt_incurred");
  CHECK(part.state.debt_in(dollars) == usd(850));
}

TEST_CASE("wallet debt: a payout that is under way is owed, and pays that itself should it fail") {
  GivenWallet wallet = processing();
  CHECK(wallet.as(escrow).when(TakeBack{parcel, back, usd(1000)}) == "wallet.taken_back, wallet.debt_incurred");
  GivenWallet sent = wallet;
  CHECK(provider_says(sent, PaymentOutcome::done) == "payout.processed");
  CHECK(sent.state.debt_in(dollars) == usd(1000));
  CHECK(provider_says(wallet, PaymentOutcome::declined) == "payout.failed, wallet.debt_paid");
  CHECK(balanced(wallet.emitted<WalletDebtPaid>()->postings));
  CHECK(wallet.state.debt_in(dollars) == usd(0));
  CHECK(wallet.state.available_in(dollars) == usd(2150));
}

TEST_CASE("wallet debt: what is earned next pays it first, and the rest is paid out as ever") {
  GivenWallet wallet = in_debt();
  CHECK(credit_more(wallet, 21, usd(400)) == "wallet.credited, wallet.debt_paid");
  CHECK(wallet.state.payouts.back().status == PayoutStatus::set_off);
  CHECK(told(wallet, "wallet_debt_paid", "amount") == "4.00 USD");
  CHECK(told(wallet, "wallet_debt_paid", "debt") == "6.00 USD");
  CHECK(wallet.as(timer()).when(TimerFired{"payout:" + wallet.state.payouts.back().payout_id.text()}) == "(nothing)");
  CHECK(credit_more(wallet, 22, usd(1000)) == "wallet.credited, wallet.debt_paid");
  CHECK(wallet.emitted<WalletDebtPaid>()->postings ==
        std::vector<Posting>{{LedgerAccount::traveler_payable, 600, dollars},
                             {LedgerAccount::traveler_debts, -600, dollars}});
  CHECK(told(wallet, "wallet_debt_paid", "debt") == "absent");
  CHECK(balance(wallet).debt == 0);
  CHECK(balance(wallet).pending == 400);
  CHECK(statement_sum(wallet.state) == 400);
  wallet.as(timer()).when(TimerFired{"payout:" + wallet.state.payouts.back().payout_id.text()});
  CHECK(wallet.sent<PayOut>()->amount == usd(400));
}

TEST_CASE("wallet debt: payouts of other deliveries that wait pay it, but none that a dispute holds") {
  GivenWallet wallet = paid();
  credit_more(wallet, 21, usd(300));
  credit_more(wallet, 22, usd(500));
  credit_more(wallet, 23, usd(900));
  wallet.as(escrow).when(FreezePayout{test_id<DeliveryId>(22)});
  CHECK(wallet.as(escrow).when(TakeBack{parcel, back, usd(1000)}) ==
        "wallet.taken_back, wallet.debt_incurred, wallet.debt_paid, wallet.debt_paid");
  CHECK(wallet.state.debt_in(dollars) == usd(0));
  CHECK(wallet.state.pending_in(dollars) == usd(700));
  CHECK(told(wallet, "wallet_debt", "debt") == "none");
  GivenWallet more = wallet;
  more.when(TakeBack{parcel, back, usd(500)});
  CHECK(more.state.debt_in(dollars) == usd(300));
  CHECK(more.when(UnfreezePayout{test_id<DeliveryId>(22)}) ==
        "wallet.payout_unfrozen, wallet.debt_paid, payout.requested");
  CHECK(more.sent<PayOut>()->amount == usd(200));
}

TEST_CASE("wallet debt: nothing is paid out by hand, and the refusal names the rule and the amount") {
  GivenWallet wallet = in_debt();
  for (const Caller& asker : {user(ben), admin(finn, Permission::finance)}) {
    CHECK(wallet.as(asker).when(RequestPayout{extra, {}, dollars, {}}) == "! wallet_in_debt");
    CHECK(wallet.last.rejection->detail.find("10.00 USD") != std::string::npos);
    CHECK(wallet.when(RequestPayout{extra, 1, {}, {}}) == "! wallet_in_debt");
  }
  // Another currency's money is its owner's.
  const Currency euros = *Currency::parse("EUR");
  wallet.as(escrow).when(CreditPending{test_id<EscrowId>(21), test_id<DeliveryId>(21), {500, euros}, wallet.now});
  CHECK(wallet.state.debt_in(dollars) == usd(1000));
  CHECK(wallet.state.pending_in(euros).amount == 500);
}

TEST_CASE("wallet debt: a balance that an earlier build left below zero is a debt too") {
  GivenWallet wallet = with_account();
  wallet.state.available = {usd(-700)};
  CHECK(balance(wallet).debt == 700);
  CHECK(balance(wallet).available == 0);
  CHECK(wallet.when(RequestPayout{extra, {}, dollars, {}}) == "! wallet_in_debt");
  CHECK(credit_more(wallet, 21, usd(1000)) == "wallet.credited, wallet.debt_incurred, wallet.debt_paid");
  CHECK(wallet.state.debt_in(dollars) == usd(0));
  CHECK(wallet.state.pending_in(dollars) == usd(300));
}

TEST_CASE("wallet debt: what a failed payout of a disputed delivery left is pending, not available, and pays no debt") {
  GivenWallet wallet = failed();
  CHECK(balance(wallet).available == 3150);
  wallet.as(escrow).when(FreezePayout{parcel});
  CHECK(balance(wallet).available == 0);
  CHECK(balance(wallet).pending == 3150);
  add_failed(wallet, 21, usd(500));
  CHECK(balance(wallet).available == 500);
  wallet.as(escrow).when(TakeBack{parcel, back, usd(1000)});
  CHECK(balance(wallet).available == 500);
  CHECK(balance(wallet).pending == 2150);
  wallet.as(escrow).when(UnfreezePayout{parcel});
  CHECK(balance(wallet).available == 2650);
  CHECK(balance(wallet).pending == 0);
}

}  // namespace wallet_debt_test
