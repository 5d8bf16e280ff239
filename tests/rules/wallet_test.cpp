#include <algorithm>

#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/payments/requests.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/testkit/entity.hpp"

namespace wallet_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ben = test_id<UserId>(2), eve = test_id<UserId>(3), finn = test_id<UserId>(4);
const DeliveryId parcel = test_id<DeliveryId>(5);
const EscrowId escrow_id = test_id<EscrowId>(6);
const RefundId back = test_id<RefundId>(8);
const Address self{EntityKind::wallet, ben.value};
const Caller escrow = entity({EntityKind::escrow, escrow_id.value});
const PaymentMethodId visa = test_id<PaymentMethodId>(11), master = test_id<PaymentMethodId>(12);
const PayoutAccountId bank = test_id<PayoutAccountId>(13);
const PayoutId extra = test_id<PayoutId>(14);
const Currency dollars = *Currency::parse("USD");
const Time due = test_start + 48h;

Money usd(std::int64_t cents) { return {cents, dollars}; }
using GivenWallet = Given<Wallet>;

GivenWallet credited() {
  GivenWallet wallet(self);
  wallet.as(escrow).when(CreditPending{escrow_id, parcel, usd(3150), due});
  return wallet;
}
std::string timer_name(const GivenWallet& wallet) { return "payout:" + wallet.state.payouts.front().payout_id.text(); }
std::string fire(GivenWallet& wallet) { return wallet.as(timer()).when(TimerFired{timer_name(wallet)}); }
std::string provider_says(GivenWallet& wallet, PaymentOutcome outcome) {
  const Uuid operation = wallet.state.payouts.empty() ? Uuid{} : wallet.state.payouts.front().operation_id;
  return wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::pay_out, operation, outcome, "account_closed", "busy", "ref"});
}
GivenWallet processing() {
  GivenWallet wallet = credited();
  wallet.at(due);
  fire(wallet);
  return wallet;
}
GivenWallet paid() {
  GivenWallet wallet = processing();
  provider_says(wallet, PaymentOutcome::done);
  return wallet;
}
GivenWallet failed() {
  GivenWallet wallet = processing();
  provider_says(wallet, PaymentOutcome::declined);
  return wallet;
}
GivenWallet frozen() {
  GivenWallet wallet = credited();
  wallet.as(escrow).when(FreezePayout{parcel});
  return wallet;
}
GivenWallet with_account() {
  GivenWallet wallet(self);
  wallet.as(user(ben)).when(AddPayoutAccount{bank, "sandbox", "tok_ok", "Ben", dollars});
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::verify_account, wallet.state.accounts.front().operation_id,
                          PaymentOutcome::done, "", "", ""});
  return wallet;
}
/// One more credit, of another delivery, whose payout fails.
void add_failed(GivenWallet& wallet, std::uint8_t number, Money amount) {
  wallet.as(escrow).when(CreditPending{test_id<EscrowId>(number), test_id<DeliveryId>(number), amount, due});
  wallet.as(timer()).when(TimerFired{"payout:" + wallet.state.payouts.back().payout_id.text()});
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::pay_out, wallet.state.payouts.back().operation_id, PaymentOutcome::declined,
                          "account_closed", "busy", "ref"});
}
std::int64_t statement_sum(const WalletState& state) {
  std::int64_t sum = 0;
  for (const auto& line : state.transactions) sum += line.amount;
  return sum;
}

}  // namespace

TEST_CASE("wallet: the first method is the default, and when it goes the next takes its place") {
  GivenWallet wallet(self);
  wallet.as(user(ben));
  CHECK(wallet.when(AddPaymentMethod{visa, "sandbox", "tok_ok", "visa", "4242"}) == "wallet.method_added");
  CHECK(wallet.when(AddPaymentMethod{master, "sandbox", "tok_slow", "visa", "0005"}) == "wallet.method_added");
  CHECK(wallet.ask(FindPaymentToken{}).resource.get_if<PaymentMethodToken>()->token == "tok_ok");
  CHECK(wallet.when(MakeDefaultMethod{master}) == "wallet.default_method_changed");
  CHECK(wallet.ask(FindPaymentToken{}).resource.get_if<PaymentMethodToken>()->token == "tok_slow");
  CHECK(wallet.when(RemovePaymentMethod{master}) == "wallet.method_removed");
  CHECK(wallet.ask(FindPaymentToken{}).resource.get_if<PaymentMethodToken>()->method_id == visa);
  CHECK(wallet.ask(FindPaymentToken{master}).rejection->code == "missing_payment_method");
  CHECK(wallet.as(user(eve)).ask(FindPaymentToken{}).rejection->code == "not_found");
}

TEST_CASE("wallet: an account that was added after the money was earned waits a day for it") {
  const auto add = [](GivenWallet& wallet, PayoutAccountId id) {
    wallet.as(user(ben)).when(AddPayoutAccount{id, "sandbox", "tok_ok", "Ben", dollars});
    wallet.as(provider())
        .when(PaymentAnswer{PaymentOperation::verify_account, wallet.state.accounts.back().operation_id,
                            PaymentOutcome::done, "", "", ""});
  };
  GivenWallet wallet = credited();
  wallet.at(due - 1h);
  add(wallet, bank);
  wallet.at(due);
  CHECK(fire(wallet) == "(nothing)");
  REQUIRE(wallet.last.timers.size() == 1);
  CHECK(wallet.last.timers.front().due == due - 1h + 24h);
  wallet.at(due + 23h);
  CHECK(fire(wallet) == "payout.requested");
  CHECK(wallet.state.payouts.front().account_id == bank);
  // One that was there before is paid on meanwhile.
  GivenWallet known(self);
  add(known, bank);
  known.as(escrow).when(CreditPending{escrow_id, parcel, usd(3150), due});
  known.at(due - 1h);
  add(known, test_id<PayoutAccountId>(99));
  known.at(due);
  CHECK(fire(known) == "payout.requested");
  CHECK(known.state.payouts.front().account_id == bank);
}

TEST_CASE("wallet: a credit is pending until its time, then asked for, then paid") {
  GivenWallet wallet = credited();
  CHECK(wallet.last.timers.front().due == due);
  CHECK(wallet.state.pending_in(dollars) == usd(3150));
  wallet.at(due);
  CHECK(fire(wallet) == "payout.requested");
  REQUIRE(wallet.sent<PayOut>());
  CHECK(wallet.sent<PayOut>()->amount == usd(3150));
  CHECK(provider_says(wallet, PaymentOutcome::done) == "payout.processed");
  CHECK(balanced(wallet.emitted<PayoutProcessed>()->postings));
  CHECK(wallet.sent<Notify>()->template_id == "payout_processed");
  CHECK(wallet.state.pending_in(dollars) == usd(0));
  CHECK(wallet.as(user(ben)).ask(ListPayouts{}).resource.get_if<PayoutList>()->items.front().status == "paid");
  CHECK(fire(wallet) == "(nothing)");
}

TEST_CASE("wallet: while nobody knows whether a payout was sent it is not available, and is asked for once") {
  GivenWallet wallet = processing();
  CHECK(wallet.sent<PayOut>()->term == Term{wallet.now, wallet.now + 24h, 0});
  CHECK(std::ranges::none_of(wallet.last.timers, [](const TimerChange& timer) { return timer.due.has_value(); }));
  for (const PaymentOutcome unclear : {PaymentOutcome::failed, PaymentOutcome::undelivered}) {
    CHECK(provider_says(wallet, unclear) == "(nothing)");
    CHECK(wallet.state.available_in(dollars) == usd(0));
  }
  GivenWallet late = wallet;
  CHECK(provider_says(late, PaymentOutcome::done) == "payout.processed");
  CHECK(provider_says(wallet, PaymentOutcome::dropped) == "payout.failed");
  CHECK(wallet.state.available_in(dollars) == usd(3150));
  CHECK(statement_sum(wallet.state) == 3150);
}

TEST_CASE("wallet: a payout that went through after it was dropped is taken out of the balance again") {
  GivenWallet wallet = processing();
  const PaymentAnswer done{
      PaymentOperation::pay_out, wallet.state.payouts.front().operation_id, PaymentOutcome::done, "", "", "ref"};
  provider_says(wallet, PaymentOutcome::dropped);
  wallet.as(user(ben)).when(RequestPayout{extra, 1000, dollars, {}});
  CHECK(wallet.as(provider()).when(done) == "payout.processed");
  CHECK(balanced(wallet.emitted<PayoutProcessed>()->postings));
  CHECK(wallet.state.payouts.front().status == PayoutStatus::paid);
  CHECK(wallet.state.available_in(dollars) == usd(-1000));
  CHECK(wallet.as(user(ben)).when(RequestPayout{test_id<PayoutId>(99), {}, dollars, {}}) == "! insufficient_balance");
  CHECK(wallet.as(provider()).when(done) == "(nothing)");
}

TEST_CASE("wallet: a payout of an earlier build is asked for anew when its timer fires") {
  GivenWallet wallet = processing();
  const Uuid identity = wallet.state.payouts.front().operation_id;
  CHECK(fire(wallet) == "wallet.payout_retried");
  CHECK(wallet.sent<PayOut>()->operation_id == identity);
  CHECK(wallet.last.timers.empty());
}

TEST_CASE("wallet: an account that is removed before it was checked is asked about no more") {
  GivenWallet wallet(self);
  wallet.as(user(ben)).when(AddPayoutAccount{bank, "sandbox", "tok_ok", "Ben", dollars});
  const Uuid check = wallet.state.accounts.front().operation_id;
  CHECK(wallet.when(RemovePayoutAccount{bank}) == "wallet.payout_account_removed");
  CHECK(wallet.last.withdrawn == std::vector{check});
}

TEST_CASE("wallet: what failed is available, and can be asked for by hand on a verified account") {
  GivenWallet wallet = failed();
  wallet.as(user(ben));
  CHECK(wallet.when(RequestPayout{extra, 4000, dollars, {}}) == "! insufficient_balance");
  CHECK(wallet.when(AddPayoutAccount{bank, "sandbox", "tok_ok", "Ben", dollars}) == "wallet.payout_account_added");
  CHECK(wallet.when(RequestPayout{extra, 1000, dollars, bank}) == "! payout_account_not_verified");
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::verify_account, wallet.state.accounts.front().operation_id,
                          PaymentOutcome::done, "", "", ""});
  // Whoever added it a moment ago may not be the owner: what was earned before waits a day, also by hand.
  CHECK(wallet.as(user(ben)).when(RequestPayout{extra, 1000, dollars, bank}) == "! payout_account_not_verified");
  CHECK(wallet.when(RequestPayout{extra, 1000, dollars, {}}) == "! payout_account_not_verified");
  wallet.now += std::chrono::hours{24};
  CHECK(wallet.when(RequestPayout{extra, 1000, dollars, bank}) == "payout.requested");
  CHECK(wallet.sent<PayOut>()->account == "tok_ok");
  CHECK(wallet.state.available_in(dollars) == usd(2150));
  CHECK(wallet.state.pending_in(dollars) == usd(1000));
}

TEST_CASE("wallet: a frozen payout waits beyond its time and leaves when the dispute is over") {
  GivenWallet wallet = frozen();
  wallet.at(due);
  CHECK(fire(wallet) == "(nothing)");
  CHECK(wallet.as(user(ben)).ask(ListPayouts{}).resource.get_if<PayoutList>()->items.front().status == "frozen");
  CHECK(wallet.as(escrow).when(UnfreezePayout{parcel}) == "wallet.payout_unfrozen, payout.requested");
  GivenWallet early = frozen();
  CHECK(early.as(escrow).when(UnfreezePayout{parcel}) == "wallet.payout_unfrozen");
  early.at(due);
  CHECK(fire(early) == "payout.requested");
}

TEST_CASE("wallet: a dispute freezes what a failed payout of its delivery left, until it is over") {
  GivenWallet wallet = failed();
  CHECK(wallet.as(escrow).when(FreezePayout{parcel}) == "wallet.payout_frozen");
  CHECK(wallet.when(FreezePayout{parcel}) == "(nothing)");
  CHECK(wallet.as(user(ben)).when(RequestPayout{extra, {}, dollars, {}}) == "! insufficient_balance");
  CHECK(wallet.as(user(ben)).when(RequestPayout{extra, 1, dollars, {}}) == "! insufficient_balance");
  CHECK(wallet.as(admin(finn, Permission::finance)).when(RequestPayout{extra, {}, dollars, {}}) ==
        "! insufficient_balance");
  // What the dispute took back is frozen no more, and takes nothing of what another delivery earned with it.
  wallet.as(escrow).when(TakeBack{parcel, back, usd(1000)});
  GivenWallet other = wallet;
  add_failed(other, 21, usd(500));
  CHECK(other.as(user(ben)).when(RequestPayout{extra, 501, dollars, {}}) == "! insufficient_balance");
  CHECK(other.when(RequestPayout{extra, {}, dollars, {}}) == "payout.requested");
  CHECK(other.sent<PayOut>()->amount == usd(500));
  CHECK(wallet.as(escrow).when(UnfreezePayout{parcel}) == "wallet.payout_unfrozen");
  CHECK(wallet.as(user(ben)).when(RequestPayout{extra, {}, dollars, {}}) == "payout.requested");
  CHECK(wallet.sent<PayOut>()->amount == usd(2150));
}

TEST_CASE("wallet: what a dispute took back before the payout failed makes no more of the frozen rest payable") {
  GivenWallet wallet = credited();
  wallet.as(escrow).when(TakeBack{parcel, back, usd(1000)});
  wallet.at(due);
  fire(wallet);
  provider_says(wallet, PaymentOutcome::declined);
  add_failed(wallet, 21, usd(500));
  wallet.as(escrow).when(FreezePayout{parcel});
  CHECK(wallet.as(user(ben)).when(RequestPayout{extra, 501, dollars, {}}) == "! insufficient_balance");
  CHECK(wallet.when(RequestPayout{extra, {}, dollars, {}}) == "payout.requested");
  CHECK(wallet.sent<PayOut>()->amount == usd(500));
}

TEST_CASE("wallet: a payout that was under way when the dispute came is frozen once it fails") {
  GivenWallet wallet = processing();
  CHECK(wallet.as(escrow).when(FreezePayout{parcel}) == "wallet.payout_frozen");
  GivenWallet sent = wallet;
  CHECK(provider_says(sent, PaymentOutcome::done) == "payout.processed");
  CHECK(provider_says(wallet, PaymentOutcome::declined) == "payout.failed");
  CHECK(wallet.as(user(ben)).when(RequestPayout{extra, {}, dollars, {}}) == "! insufficient_balance");
  CHECK(paid().as(escrow).when(FreezePayout{parcel}) == "(nothing)");
}

TEST_CASE("wallet: a part or all of a payout is taken back; what was sent is gone") {
  GivenWallet wallet = frozen();
  CHECK(wallet.as(escrow).when(TakeBack{parcel, back, usd(1000)}) == "wallet.taken_back");
  CHECK(wallet.sent<TakenBack>()->taken == usd(1000));
  CHECK(wallet.state.pending_in(dollars) == usd(2150));
  CHECK(wallet.when(TakeBack{parcel, back, usd(9000)}) == "wallet.taken_back");
  CHECK(wallet.sent<TakenBack>()->taken == usd(2150));
  CHECK(wallet.state.payouts.front().status == PayoutStatus::taken_back);
  CHECK(statement_sum(wallet.state) == 0);
  GivenWallet sent = processing();
  CHECK(sent.as(escrow).when(TakeBack{parcel, back, usd(1000)}) == "(nothing)");
  CHECK(sent.sent<TakenBack>()->taken == usd(0));
  GivenWallet free_again = failed();
  CHECK(free_again.as(escrow).when(TakeBack{parcel, back, usd(1000)}) == "wallet.taken_back");
  CHECK(free_again.state.available_in(dollars) == usd(2150));
}

TEST_CASE("wallet: every state against every command") {
  const Caller owner = user(ben);
  GivenWallet stocked = with_account();
  stocked.as(owner).when(AddPaymentMethod{visa, "sandbox", "tok_ok", "visa", "4242"});
  check_table<Wallet>(
      {{"empty", {}},
       {"with method and account", stocked.state},
       {"credited", credited().state},
       {"frozen", frozen().state},
       {"processing", processing().state},
       {"paid", paid().state},
       {"failed", failed().state}},
      {{"by owner", AnyRecord(AddPaymentMethod{master, "sandbox", "tok_ok", "visa", "4242"}), owner},
       {"by other", AnyRecord(AddPaymentMethod{master, "sandbox", "tok_ok", "visa", "4242"}), user(eve)},
       {"by owner", AnyRecord(RemovePaymentMethod{visa}), owner},
       {"by other", AnyRecord(RemovePaymentMethod{visa}), user(eve)},
       {"by owner", AnyRecord(MakeDefaultMethod{visa}), owner},
       {"by other", AnyRecord(MakeDefaultMethod{visa}), user(eve)},
       {"by owner", AnyRecord(AddPayoutAccount{test_id<PayoutAccountId>(15), "sandbox", "tok_ok", "Ben", dollars}),
        owner},
       {"by other", AnyRecord(AddPayoutAccount{bank, "sandbox", "tok_ok", "Ben", dollars}), user(eve)},
       {"by owner", AnyRecord(RemovePayoutAccount{bank}), owner},
       {"by other", AnyRecord(RemovePayoutAccount{bank}), user(eve)},
       {"by escrow", AnyRecord(CreditPending{escrow_id, parcel, usd(3150), due}), escrow},
       {"by owner", AnyRecord(CreditPending{escrow_id, parcel, usd(3150), due}), owner},
       {"by escrow", AnyRecord(FreezePayout{parcel}), escrow},
       {"by owner", AnyRecord(FreezePayout{parcel}), owner},
       {"by escrow", AnyRecord(UnfreezePayout{parcel}), escrow},
       {"by owner", AnyRecord(UnfreezePayout{parcel}), owner},
       {"by escrow", AnyRecord(TakeBack{parcel, back, usd(1000)}), escrow},
       {"by owner", AnyRecord(TakeBack{parcel, back, usd(1000)}), owner},
       {"by owner", AnyRecord(RequestPayout{extra, {}, dollars, {}}), owner},
       {"by finance", AnyRecord(RequestPayout{extra, {}, dollars, {}}), admin(finn, Permission::finance)},
       {"by other", AnyRecord(RequestPayout{extra, {}, dollars, {}}), user(eve)},
       {"late", AnyRecord(PaymentAnswer{PaymentOperation::pay_out, back.value, PaymentOutcome::done, "", "", ""}),
        provider()},
       {"by owner", AnyRecord(PaymentAnswer{}), owner},
       {"of the payout", AnyRecord(TimerFired{timer_name(credited())}), timer()},
       {"by owner", AnyRecord(TimerFired{timer_name(credited())}), owner}},
      self, due);
}

}  // namespace wallet_test
