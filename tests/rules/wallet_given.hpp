#pragma once

#include "actors/payments/requests.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/testkit/entity.hpp"

/// A traveler's wallet at each stage of a payout of 31.50 USD.
namespace caravan::testkit::wallets {

using namespace std::chrono_literals;

inline const UserId ben = test_id<UserId>(2), eve = test_id<UserId>(3), finn = test_id<UserId>(4);
inline const DeliveryId parcel = test_id<DeliveryId>(5);
inline const EscrowId escrow_id = test_id<EscrowId>(6);
inline const RefundId back = test_id<RefundId>(8);
inline const Address self{EntityKind::wallet, ben.value};
inline const Caller escrow = entity({EntityKind::escrow, escrow_id.value});
inline const PaymentMethodId visa = test_id<PaymentMethodId>(11), master = test_id<PaymentMethodId>(12);
inline const PayoutAccountId bank = test_id<PayoutAccountId>(13), other_bank = test_id<PayoutAccountId>(16);
inline const PayoutAccountId extra_bank = test_id<PayoutAccountId>(17);
inline const PayoutId extra = test_id<PayoutId>(14);
inline const Currency dollars = *Currency::parse("USD");
inline const Time due = test_start + 48h;

inline Money usd(std::int64_t cents) { return {cents, dollars}; }
using GivenWallet = Given<Wallet>;

/// Adds an account, which the provider verifies. The outcome of that.
inline std::string add_account(GivenWallet& wallet, PayoutAccountId id) {
  wallet.as(user(ben)).when(AddPayoutAccount{id, "sandbox", "tok_ok", "Ben", dollars});
  return wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::verify_account, wallet.state.accounts.back().operation_id,
                          PaymentOutcome::done, "", "", ""});
}
inline GivenWallet with_account() {
  GivenWallet wallet(self);
  add_account(wallet, bank);
  return wallet;
}
inline GivenWallet credited_without_account() {
  GivenWallet wallet(self);
  wallet.as(escrow).when(CreditPending{escrow_id, parcel, usd(3150), due});
  return wallet;
}
inline GivenWallet credited() {
  GivenWallet wallet = with_account();
  wallet.as(escrow).when(CreditPending{escrow_id, parcel, usd(3150), due});
  return wallet;
}
inline std::string timer_name(const GivenWallet& wallet) {
  return "payout:" + wallet.state.payouts.front().payout_id.text();
}
inline std::string fire(GivenWallet& wallet) { return wallet.as(timer()).when(TimerFired{timer_name(wallet)}); }
inline std::string provider_says(GivenWallet& wallet, PaymentOutcome outcome) {
  const Uuid operation = wallet.state.payouts.empty() ? Uuid{} : wallet.state.payouts.front().operation_id;
  return wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::pay_out, operation, outcome, "account_closed", "busy", "ref"});
}
inline GivenWallet processing() {
  GivenWallet wallet = credited();
  wallet.at(due);
  fire(wallet);
  return wallet;
}
inline GivenWallet paid() {
  GivenWallet wallet = processing();
  provider_says(wallet, PaymentOutcome::done);
  return wallet;
}
inline GivenWallet failed() {
  GivenWallet wallet = processing();
  provider_says(wallet, PaymentOutcome::declined);
  return wallet;
}
inline GivenWallet frozen() {
  GivenWallet wallet = credited();
  wallet.as(escrow).when(FreezePayout{parcel});
  return wallet;
}
/// 10.00 USD were given back after all had been paid out.
inline GivenWallet in_debt() {
  GivenWallet wallet = paid();
  wallet.as(escrow).when(TakeBack{parcel, back, usd(1000)});
  return wallet;
}
/// One more credit, of another delivery.
inline std::string credit_more(GivenWallet& wallet, std::uint8_t number, Money amount) {
  return wallet.as(escrow).when(
      CreditPending{test_id<EscrowId>(number), test_id<DeliveryId>(number), amount, wallet.now});
}
/// One more credit, of another delivery, whose payout fails.
inline void add_failed(GivenWallet& wallet, std::uint8_t number, Money amount) {
  credit_more(wallet, number, amount);
  wallet.as(timer()).when(TimerFired{"payout:" + wallet.state.payouts.back().payout_id.text()});
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::pay_out, wallet.state.payouts.back().operation_id, PaymentOutcome::declined,
                          "account_closed", "busy", "ref"});
}
/// What the statement's lines come to: what is there, less what is owed.
inline std::int64_t statement_sum(const WalletState& state) {
  std::int64_t sum = 0;
  for (const auto& line : state.transactions) sum += line.amount;
  return sum;
}
inline BalanceResource balance(GivenWallet& wallet) {
  return wallet.as(user(ben)).ask(ViewWallet{}).resource.get_if<WalletResource>()->balances.at(0);
}
inline PayoutResource payout(GivenWallet& wallet) {
  return wallet.as(user(ben)).ask(ListPayouts{}).resource.get_if<PayoutList>()->items.back();
}

}  // namespace caravan::testkit::wallets
