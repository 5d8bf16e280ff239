#include <algorithm>

#include "actors/account/undo.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/rules/wallet_given.hpp"

/// Which account money goes to, where somebody else than the owner may have added, removed or chosen it.
namespace payout_accounts_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::wallets;
using namespace std::chrono_literals;

namespace {

const Caller account = entity({EntityKind::account, ben.value});
constexpr auto week = 7 * 24h;

/// What is earned now is paid at once; where to.
std::optional<PayoutAccountId> earn(GivenWallet& wallet, std::uint8_t number) {
  credit_more(wallet, number, usd(1000));
  wallet.as(timer()).when(TimerFired{"payout:" + wallet.state.payouts.back().payout_id.text()});
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::pay_out, wallet.state.payouts.back().operation_id, PaymentOutcome::done, "",
                          "", "ref"});
  return wallet.state.payouts.back().account_id;
}

}  // namespace

TEST_CASE(
    "payout accounts: an account that was added within a week of another password waits a week, whenever the money "
    "came") {
  const Caller account = entity({EntityKind::account, ben.value});
  GivenWallet wallet = with_account();
  CHECK(wallet.as(user(ben)).when(NotePasswordChange{}) == "! not_allowed");
  wallet.at(test_start + week);  // of an account that old nobody doubts
  CHECK(wallet.as(account).when(NotePasswordChange{}) == "wallet.password_change_noted");
  GivenWallet known = wallet;
  wallet.as(user(ben)).when(RemovePayoutAccount{bank});
  wallet.at(wallet.now + 7 * 24h - 1s);
  const Time usable = wallet.now + 7 * 24h;
  wallet.when(AddPayoutAccount{other_bank, "sandbox", "tok_ok", "Ben", dollars});
  CHECK(wallet.sent<Notify>()->variables.contains("waitsUntil"));
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::verify_account, wallet.state.accounts.back().operation_id,
                          PaymentOutcome::done, "", "", ""});
  wallet.as(escrow).when(CreditPending{escrow_id, parcel, usd(3150), wallet.now + 48h});
  wallet.at(wallet.now + 48h);
  CHECK(fire(wallet) == "(nothing)");
  REQUIRE(wallet.last.timers.size() == 1);
  CHECK(wallet.last.timers.front().due == usable);
  wallet.at(usable);
  CHECK(fire(wallet) == "payout.requested");
  // One that was there before is paid to meanwhile, and one that is added later waits no longer than others.
  known.as(escrow).when(CreditPending{escrow_id, parcel, usd(3150), known.now});
  CHECK(fire(known) == "payout.requested");
  known.at(test_start + 2 * week).as(user(ben));
  known.when(AddPayoutAccount{other_bank, "sandbox", "tok_ok", "Ben", dollars});
  CHECK_FALSE(known.sent<Notify>()->variables.contains("waitsUntil"));
}

TEST_CASE("payout accounts: accounts that were added since a thief may have been in go, and it is told") {
  GivenWallet wallet = with_account();
  const PayoutAccountId thief = test_id<PayoutAccountId>(98);
  wallet.at(wallet.now + 8 * 24h);
  wallet.as(user(ben)).when(AddPayoutAccount{thief, "sandbox", "tok_thief", "Eve", dollars});
  const Uuid check = wallet.state.accounts.back().operation_id;
  wallet.at(wallet.now + 1h);
  CHECK(wallet.when(RemoveNewAccounts{wallet.now - 7 * 24h}) == "! not_allowed");
  wallet.as(entity({EntityKind::account, ben.value}));
  CHECK(wallet.when(RemoveNewAccounts{wallet.now - 7 * 24h}) == "wallet.payout_account_removed");
  CHECK(wallet.last.withdrawn == std::vector{check});
  REQUIRE(wallet.state.accounts.size() == 1);
  CHECK(wallet.state.accounts.front().account_id == bank);
  REQUIRE(wallet.sent<Notify>());
  CHECK(wallet.sent<Notify>()->template_id == "payout_account_removed");
  CHECK(wallet.sent<Notify>()->variables.at("last4") == "hief");
  CHECK(wallet.when(RemoveNewAccounts{wallet.now - 7 * 24h}) == "(nothing)");
  CHECK_FALSE(wallet.sent<Notify>());
  wallet.as(user(ben)).when(RemovePayoutAccount{bank});
  REQUIRE(wallet.sent<Notify>());
  CHECK(wallet.sent<Notify>()->template_id == "payout_account_removed");
  CHECK(template_rule("payout_account_removed").mandatory);
}

TEST_CASE("payout accounts: the oldest is paid on until the owner chooses another") {
  GivenWallet wallet = with_account();
  wallet.at(test_start + 1h);
  add_account(wallet, other_bank);
  // What is earned after the newer one came waits for nothing, and still goes to the older one, though nothing was
  // paid to either before.
  CHECK(earn(wallet, 21) == bank);
  CHECK(wallet.sent<Notify>()->template_id == "payout_processed");
  CHECK(wallet.sent<Notify>()->variables.at("last4") == "k_ok");
  CHECK(wallet.sent<Notify>()->variables.at("accountSince") == to_rfc3339(test_start));
  wallet.at(test_start + 30 * 24h);
  CHECK(earn(wallet, 22) == bank);
  CHECK(wallet.as(user(eve)).when(MakeDefaultAccount{other_bank}) == "! not_allowed");
  CHECK(wallet.as(user(ben)).when(MakeDefaultAccount{extra_bank}) == "! not_found");
  CHECK(wallet.when(MakeDefaultAccount{other_bank}) == "wallet.default_account_changed");
  REQUIRE(wallet.sent<MailPayoutChange>());
  CHECK(wallet.sent<MailPayoutChange>()->change == PayoutAccountChange::chosen);
  CHECK(wallet.when(MakeDefaultAccount{other_bank}) == "(nothing)");
  CHECK(earn(wallet, 23) == other_bank);
  wallet.as(user(ben)).when(RemovePayoutAccount{other_bank});
  CHECK(earn(wallet, 24) == bank);
}

TEST_CASE("payout accounts: an account that is not verified is chosen by nobody") {
  GivenWallet wallet(self);
  wallet.as(user(ben)).when(AddPayoutAccount{bank, "sandbox", "tok_ok", "Ben", dollars});
  CHECK(wallet.when(MakeDefaultAccount{bank}) == "! payout_account_not_verified");
}

TEST_CASE("payout accounts: one that a young client added waits a week") {
  GivenWallet wallet(self);
  AddPayoutAccount command{bank, "sandbox", "tok_ok", "Eve", dollars};
  command.by_young_client = true;
  wallet.as(user(ben)).when(command);
  CHECK(wallet.state.accounts.front().waits_until == test_start + week);
  REQUIRE(wallet.sent<MailPayoutChange>());
  CHECK(wallet.sent<MailPayoutChange>()->change == PayoutAccountChange::added);
  CHECK(wallet.sent<MailPayoutChange>()->waits_until == test_start + week);
  wallet.as(provider())
      .when(PaymentAnswer{PaymentOperation::verify_account, wallet.state.accounts.back().operation_id,
                          PaymentOutcome::done, "", "", ""});
  wallet.at(test_start + week - 1s);
  CHECK_FALSE(earn(wallet, 21));
  wallet.at(test_start + week);
  CHECK(earn(wallet, 22) == bank);
}

TEST_CASE("payout accounts: after another password those of the last week wait a week, and it is told") {
  GivenWallet wallet = with_account();
  wallet.at(test_start + week);
  add_account(wallet, other_bank);
  CHECK(wallet.as(account).when(NotePasswordChange{}) == "wallet.password_change_noted");
  CHECK_FALSE(wallet.state.accounts.front().waits_until);
  CHECK(wallet.state.accounts.back().waits_until == wallet.now + week);
  REQUIRE(wallet.sent<Notify>());
  CHECK(wallet.sent<Notify>()->template_id == "payout_account_held");
  CHECK(wallet.sent<Notify>()->variables.at("waitsUntil") == to_rfc3339(wallet.now + week));
  // Builds before held none, and a journal of theirs says so.
  GivenWallet old = with_account();
  old.event(PasswordChangeNoted{test_start});
  CHECK_FALSE(old.state.accounts.front().waits_until);
}

TEST_CASE("payout accounts: a choice of the last week is taken back with a reset, and with an undo") {
  for (const bool restores : {false, true}) {
    GivenWallet wallet = with_account();
    add_account(wallet, other_bank);
    wallet.at(test_start + 2 * week);
    add_account(wallet, extra_bank);
    wallet.at(test_start + 4 * week).as(user(ben));
    REQUIRE(wallet.when(MakeDefaultAccount{other_bank}) == "wallet.default_account_changed");  // her own
    const GivenWallet own = wallet;
    wallet.at(wallet.now + week - 1h).as(user(ben));
    wallet.when(MakeDefaultAccount{extra_bank});  // a thief's
    wallet.at(wallet.now + 1h).as(user(ben));
    wallet.when(MakeDefaultAccount{bank});
    wallet.when(MakeDefaultAccount{extra_bank});
    CHECK(earn(wallet, 21) == extra_bank);
    CHECK(wallet.as(account).when(RemoveNewAccounts{wallet.now - week, restores}) == "wallet.payout_choice_taken_back");
    CHECK(wallet.sent<Notify>()->template_id == "payout_choice_taken_back");
    CHECK(earn(wallet, 22) == other_bank);
    CHECK(wallet.as(account).when(RemoveNewAccounts{wallet.now - week, restores}) == "(nothing)");
    // Where none was chosen before, the oldest is paid again.
    GivenWallet first = own;
    CHECK(first.as(account).when(RemoveNewAccounts{first.now - week, restores}) == "wallet.payout_choice_taken_back");
    CHECK(earn(first, 23) == bank);
    // Nor does a removed one that was chosen lately come back as the chosen one.
    GivenWallet removed = wallet;
    removed.as(user(ben)).when(MakeDefaultAccount{extra_bank});
    removed.when(RemovePayoutAccount{extra_bank});
    removed.as(account).when(RemoveNewAccounts{removed.now - week, true});
    CHECK(earn(removed, 24) == other_bank);
  }
}

TEST_CASE("payout accounts: what is taken back takes a removed account back, at its old place") {
  GivenWallet wallet = with_account();
  wallet.at(test_start + week);
  const PayoutAccountId thiefs = extra_bank;
  add_account(wallet, thiefs);
  CHECK(wallet.as(user(ben)).when(RemovePayoutAccount{bank}) == "wallet.payout_account_removed");
  REQUIRE(wallet.sent<MailPayoutChange>());
  CHECK(wallet.sent<MailPayoutChange>()->change == PayoutAccountChange::removed);
  GivenWallet by_reset = wallet, late = wallet;
  wallet.as(account);
  CHECK(wallet.when(RemoveNewAccounts{wallet.now - week, true}) ==
        "wallet.payout_account_removed, wallet.payout_account_restored");
  REQUIRE(wallet.state.accounts.size() == 1);
  CHECK(wallet.state.accounts.front().account_id == bank);
  CHECK(wallet.state.removed.empty());
  CHECK(earn(wallet, 21) == bank);
  // A thief's own does not come back, nor does any after a week, nor by a reset, which takes no change back.
  CHECK(by_reset.as(account).when(RemoveNewAccounts{by_reset.now - week}) == "wallet.payout_account_removed");
  CHECK(by_reset.state.removed.size() == 1);
  late.as(user(ben)).when(RemovePayoutAccount{thiefs});
  CHECK(late.state.removed.size() == 1);
  late.at(late.now + week).as(account);
  GivenWallet closing = late;
  CHECK(late.when(RemoveNewAccounts{late.now - week, true}) == "(nothing)");
  // An account that was closing meanwhile looks further back.
  CHECK(closing.when(RemoveNewAccounts{closing.now - 2 * week, true}) == "wallet.payout_account_restored");
  CHECK(closing.state.accounts.front().account_id == bank);
}

}  // namespace payout_accounts_test
