#include <algorithm>

#include "actors/escrow/commands.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/rules/wallet_given.hpp"

namespace wallet_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::wallets;
using namespace std::chrono_literals;

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
  GivenWallet wallet = credited_without_account();
  wallet.at(due - 1h);
  add_account(wallet, bank);
  wallet.at(due);
  CHECK(fire(wallet) == "(nothing)");
  REQUIRE(wallet.last.timers.size() == 1);
  CHECK(wallet.last.timers.front().due == due - 1h + 24h);
  wallet.at(due + 23h);
  CHECK(fire(wallet) == "payout.requested");
  CHECK(wallet.state.payouts.front().account_id == bank);
  // One that was there before is paid on meanwhile.
  GivenWallet known = credited();
  known.at(due - 1h);
  add_account(known, other_bank);
  known.at(due);
  CHECK(fire(known) == "payout.requested");
  CHECK(known.state.payouts.front().account_id == bank);
}

TEST_CASE("wallet: a payout without an account waits, says so, and leaves once one is added and old enough") {
  GivenWallet wallet = credited_without_account();
  CHECK(payout(wallet).waits_for == PayoutWait::payout_account);
  CHECK(wallet.as(escrow).when(CreditPending{test_id<EscrowId>(21), test_id<DeliveryId>(21), usd(500),
                                             due + 90 * 24h}) == "wallet.credited");
  wallet.at(due);
  CHECK(fire(wallet) == "(nothing)");
  CHECK_FALSE(wallet.sent<PayOut>());
  REQUIRE(wallet.sent<Notify>());
  CHECK(wallet.sent<Notify>()->template_id == "payout_account_missing");
  CHECK(payout(wallet).status == "pending");
  CHECK(payout(wallet).waits_for == PayoutWait::payout_account);
  // Nor does a failed account, or one of another currency.
  wallet.as(user(ben)).when(AddPayoutAccount{other_bank, "sandbox", "tok_ok", "Ben", *Currency::parse("EUR")});
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::verify_account, wallet.state.accounts.back().operation_id,
                          PaymentOutcome::done, "", "", ""});
  CHECK(payout(wallet).waits_for == PayoutWait::payout_account);
  wallet.now += 72h;
  CHECK(add_account(wallet, bank) == "wallet.payout_account_checked");
  REQUIRE(wallet.last.timers.size() == 1);  // of what is due
  CHECK(wallet.last.timers.front().name == timer_name(wallet));
  CHECK(wallet.last.timers.front().due == due + 96h);
  CHECK(payout(wallet).waits_for == PayoutWait::new_payout_account);
  wallet.now += 24h;
  CHECK(fire(wallet) == "payout.requested");
  CHECK(wallet.sent<PayOut>()->account == "tok_ok");
  CHECK_FALSE(payout(wallet).waits_for);
}

TEST_CASE("wallet: a payout whose account was removed waits for another; by hand it is refused by name") {
  GivenWallet wallet = credited();
  CHECK(payout(wallet).waits_for == PayoutWait::payout_delay);
  wallet.as(user(ben)).when(RemovePayoutAccount{bank});
  wallet.at(due);
  CHECK(fire(wallet) == "(nothing)");
  GivenWallet free_again = failed();
  free_again.as(user(ben)).when(RemovePayoutAccount{bank});
  for (const Caller& asker : {user(ben), admin(finn, Permission::finance)}) {
    CHECK(free_again.as(asker).when(RequestPayout{extra, {}, dollars, {}}) == "! missing_payout_account");
    CHECK(free_again.last.rejection->detail.find("USD") != std::string::npos);
  }
  free_again.as(user(ben)).when(AddPayoutAccount{other_bank, "sandbox", "tok_ok", "Ben", dollars});
  CHECK(free_again.when(RequestPayout{extra, {}, dollars, {}}) == "! payout_account_not_verified");
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
  CHECK(wallet.as(provider()).when(done) == "payout.processed, wallet.debt_incurred");
  CHECK(balanced(wallet.emitted<PayoutProcessed>()->postings));
  CHECK(wallet.state.payouts.front().status == PayoutStatus::paid);
  CHECK(wallet.state.available_in(dollars) == usd(0));
  CHECK(wallet.state.debt_in(dollars) == usd(1000));
  CHECK(wallet.as(user(ben)).when(RequestPayout{test_id<PayoutId>(99), {}, dollars, {}}) == "! wallet_in_debt");
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
  wallet.when(RemovePayoutAccount{bank});
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

TEST_CASE("wallet: a payout of a dispute that was withdrawn waits a day, in which its owner may open another") {
  GivenWallet wallet = frozen();
  wallet.at(due + 24h);
  const Time again = wallet.now + 24h;
  CHECK(wallet.as(escrow).when(UnfreezePayout{parcel, again}) == "wallet.payout_unfrozen");
  REQUIRE(wallet.last.timers.size() == 1);
  CHECK(wallet.last.timers.front().due == again);
  CHECK(payout(wallet).available_at == again);
  wallet.at(again);
  CHECK(fire(wallet) == "payout.requested");
  // Whatever would have waited longer goes on waiting, and nothing is paid earlier than it was to be.
  GivenWallet early = frozen();
  CHECK(early.as(escrow).when(UnfreezePayout{parcel, early.now + 24h}) == "wallet.payout_unfrozen");
  CHECK(early.last.timers.empty());
  CHECK(payout(early).available_at == due);
}

TEST_CASE("wallet: what a failed payout left waits as well where the dispute was withdrawn") {
  GivenWallet wallet = failed();
  wallet.as(escrow).when(FreezePayout{parcel});
  const Time again = wallet.now + 24h;
  const auto asks = [](GivenWallet from) { return from.as(user(ben)).when(RequestPayout{extra, {}, dollars, {}}); };
  CHECK(wallet.when(UnfreezePayout{parcel, again}) == "wallet.payout_unfrozen");
  REQUIRE(wallet.last.timers.size() == 1);
  CHECK(wallet.last.timers.front().due == again);
  CHECK(asks(wallet) == "! insufficient_balance");
  GivenWallet disputed = wallet, decided = wallet;
  wallet.at(again);
  CHECK(fire(wallet) == "wallet.payout_unfrozen");
  CHECK(asks(wallet) == "payout.requested");
  CHECK(fire(wallet) == "(nothing)");
  // Another dispute freezes it anew, and its end alone frees it.
  CHECK(disputed.as(escrow).when(FreezePayout{parcel}) == "wallet.payout_frozen");
  disputed.at(again);
  CHECK(fire(disputed) == "(nothing)");
  CHECK(asks(disputed) == "! insufficient_balance");
  CHECK(disputed.as(escrow).when(UnfreezePayout{parcel, again}) == "wallet.payout_unfrozen");  // that time is over
  CHECK(asks(disputed) == "payout.requested");
  CHECK(decided.as(escrow).when(UnfreezePayout{parcel}) == "wallet.payout_unfrozen");
  CHECK(asks(decided) == "payout.requested");
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

TEST_CASE("wallet: a payout by hand is all that is there, or at least a dollar's worth") {
  const auto asks = [](const char* currency, std::int64_t available, std::optional<std::int64_t> amount) {
    GivenWallet wallet = with_account();
    const Currency in = *Currency::parse(currency);
    wallet.state.accounts.front().currency = in;
    wallet.state.available = {Money{available, in}};
    return wallet.at(due).as(user(ben)).when(RequestPayout{extra, amount, in, {}});
  };
  CHECK(asks("USD", 9000, 1) == "! invalid_amount");
  CHECK(asks("USD", 9000, 99) == "! invalid_amount");
  CHECK(asks("USD", 9000, 100) == "payout.requested");
  CHECK(asks("USD", 1, {}) == "payout.requested");
  CHECK(asks("USD", 1, 1) == "payout.requested");
  CHECK(asks("JPY", 9000, 156) == "! invalid_amount");
  CHECK(asks("JPY", 9000, 157) == "payout.requested");
  CHECK(asks("XPF", 9000, 8999) == "! invalid_amount");  // nobody knows what it is worth
  CHECK(asks("XPF", 9000, 9000) == "payout.requested");
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

namespace {

GivenWallet held_back() {
  GivenWallet wallet = credited();
  wallet.as(entity({EntityKind::account, ben.value})).when(HoldPayouts{test_start + std::chrono::days{30}});
  return wallet;
}

/// Whether the last decision left no timer of the payout.
bool is_cleared(const GivenWallet& wallet) {
  return std::ranges::any_of(
      wallet.last.timers, [&](const TimerChange& change) { return change.name == timer_name(wallet) && !change.due; });
}

}  // namespace

TEST_CASE("wallet: of a banned account nothing is sent until finance lets it go, or thirty days are over") {
  GivenWallet wallet = held_back();
  wallet.at(due);
  CHECK(fire(wallet) == "(nothing)");
  REQUIRE(wallet.last.timers.size() == 1);
  CHECK(wallet.last.timers.front().due == test_start + std::chrono::days{30});
  CHECK(wallet.as(admin(finn, Permission::finance)).when(RequestPayout{extra, {}, dollars, {}}) == "! account_banned");
  CHECK(wallet.ask(ViewWallet{}).resource.get_if<WalletResource>()->payouts_held_until);
  GivenWallet waited = wallet;
  waited.at(test_start + std::chrono::days{30});
  CHECK(fire(waited) == "payout.requested");

  CHECK(wallet.as(user(ben)).when(ReleasePayouts{}) == "! not_allowed");
  CHECK(wallet.as(admin(ben, Permission::finance)).when(ReleasePayouts{}) == "! not_allowed");
  CHECK(wallet.as(admin(finn, Permission::disputes)).when(ReleasePayouts{}) == "! not_allowed");
  CHECK(wallet.as(admin(finn, Permission::finance)).when(ReleasePayouts{"all is well"}) ==
        "wallet.payouts_released, payout.requested");
  CHECK(wallet.when(ReleasePayouts{}) == "(nothing)");
}

TEST_CASE("wallet: what a ban held waits a day after its end, in which finance lets it go or another ban holds it") {
  GivenWallet wallet = held_back();
  wallet.at(due);
  fire(wallet);
  const Caller account = entity({EntityKind::account, ben.value});
  const Time from = wallet.now + std::chrono::hours{24};
  CHECK(wallet.as(account).when(ReleasePayouts{{}, from}) == "wallet.payouts_held");
  REQUIRE(wallet.last.timers.size() == 1);
  CHECK(wallet.last.timers.front().due == from);
  CHECK(wallet.when(ReleasePayouts{{}, from + std::chrono::hours{1}}) == "(nothing)");
  GivenWallet by_finance = wallet, again = wallet;
  CHECK(by_finance.as(admin(finn, Permission::finance)).when(ReleasePayouts{"all is well"}) ==
        "wallet.payouts_released, payout.requested");
  CHECK(again.as(account).when(HoldPayouts{from + std::chrono::days{29}}) == "wallet.payouts_held");
  CHECK(fire(again.at(from)) == "(nothing)");
  CHECK(fire(wallet.at(from)) == "payout.requested");
}

TEST_CASE("wallet: a payout that is on its way waits for no timer, so nothing asks the provider twice") {
  GivenWallet released = held_back();
  released.at(due);
  fire(released);  // now it waits for the end of the hold
  released.as(admin(finn, Permission::finance)).when(ReleasePayouts{"all is well"});
  CHECK(is_cleared(released));

  GivenWallet unblocked = credited_without_account();
  unblocked.at(due);
  add_account(unblocked, bank);
  fire(unblocked);  // now it waits until the account may be used
  unblocked.at(due + std::chrono::days{30});
  add_account(unblocked, other_bank);
  REQUIRE(unblocked.emitted<PayoutRequested>());
  CHECK(is_cleared(unblocked));
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
       {"failed", failed().state},
       {"credited, no account", credited_without_account().state},
       {"in debt", in_debt().state},
       {"held", held_back().state}},
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
       {"by owner", AnyRecord(MakeDefaultAccount{bank}), owner},
       {"by other", AnyRecord(MakeDefaultAccount{bank}), user(eve)},
       {"by account", AnyRecord(RemoveNewAccounts{test_start - 1h}), entity({EntityKind::account, ben.value})},
       {"by owner", AnyRecord(RemoveNewAccounts{test_start - 1h}), owner},
       {"by account", AnyRecord(NotePasswordChange{}), entity({EntityKind::account, ben.value})},
       {"by owner", AnyRecord(NotePasswordChange{}), owner},
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
       {"of the payout without account", AnyRecord(TimerFired{timer_name(credited_without_account())}), timer()},
       {"by owner", AnyRecord(TimerFired{timer_name(credited())}), owner},
       {"by account", AnyRecord(HoldPayouts{due + 1h}), entity({EntityKind::account, ben.value})},
       {"by owner", AnyRecord(HoldPayouts{due + 1h}), owner},
       {"by finance", AnyRecord(ReleasePayouts{}), admin(finn, Permission::finance)},
       {"by owner", AnyRecord(ReleasePayouts{}), owner}},
      self, due);
}

}  // namespace wallet_test
