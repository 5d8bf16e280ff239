#include <algorithm>

#include "actors/account/rules.hpp"
#include "actors/account/undo.hpp"
#include "actors/wallet/commands.hpp"
#include "storage/codec/digest.hpp"
#include "tests/testkit/robbed_account.hpp"

/// Whoever has the password, or tries as a stranger, does not keep the owner out.
namespace account_ways_in_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::robbed;
using namespace std::chrono_literals;

namespace {

constexpr auto week = 7 * 24h;

ClientFacts program(int number) {
  return {"203.0.113.9", "Thief/" + std::string(static_cast<std::size_t>(number) + 1, 'x'), "203.0.113.9"};
}

bool is_known(const Given<Account>& account, const ClientFacts& client) {
  return !account::is_new_client(account.state, client, account.now);
}

bool is_young(Given<Account>& account, const ClientFacts& client) {
  return account.as(provider()).ask(CheckClient{client}).resource.get_if<ClientStanding>()->is_young;
}

/// Strangers from these networks lock all strangers out.
void lock_strangers(Given<Account>& account) {
  for (int i = 0; i < account::max_stranger_failures; ++i) {
    const std::string network = "198.51.100." + std::to_string(100 + i / 4);
    account.as({}).when(RecordLoginFailure{{network, "x", network}});
  }
  REQUIRE(account.state.locked_until);
}

std::optional<std::string> asks_reset(Given<Account>& account, const ClientFacts& client) {
  if (account.as({}).when(RequestPasswordReset{client}) != "password_reset.sent") return std::nullopt;
  return account.sent<Notify>()->variables.at("resetToken");
}

}  // namespace

TEST_CASE("account ways in: a row of new clients pushes out none that was there before") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.at(account.now + week);
  for (int i = 0; i < 40; ++i) robbed.login(program(i));
  CHECK(is_known(account, home));
  CHECK(is_known(account, program(39)));
  CHECK(account.state.known_clients.size() == 1 + account::max_young_clients);
  // Nor do those that have grown old, week after week.
  for (int i = 0; i < 60; ++i) {
    account.at(account.now + 24h * 2);
    robbed.login(program(i % 40));
  }
  CHECK(is_known(account, home) == (account.now - test_start < account::known_for));
  CHECK(std::ranges::find(account.state.known_clients, account::client_key(home), &KnownClient::key) !=
        account.state.known_clients.end());
  CHECK(account.state.known_clients.size() <= account::max_known_clients + account::max_young_clients);
}

TEST_CASE("account ways in: a sign-in of a build before let the client that was used longest ago drop, and does") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  for (int i = 0; i < 20; ++i) {
    UserLogin login;
    login.client = program(i);
    login.at = account.now + 1s * (i + 1);
    account.event(login);
  }
  CHECK_FALSE(is_known(account, home));
  CHECK(account.state.known_clients.size() == account::max_known_clients);
}

TEST_CASE("account ways in: a client is young for a week, but the account's first one") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  CHECK_FALSE(is_young(account, home));
  CHECK(is_young(account, away));
  account.at(account.now + 1h);
  robbed.login(away);
  CHECK(is_young(account, away));
  account.at(account.now + week);
  CHECK_FALSE(is_young(account, away));
  CHECK(account.as(user(ann)).ask(CheckClient{away}).rejection->code == "not_owner");
}

TEST_CASE("account ways in: strangers who use up the mails leave the owner a good link in the mailbox") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  int mails = 0;
  const Time start = account.now;
  std::optional<std::string> newest;
  Time mailed_at = start;
  for (int minute = 0; minute < 24 * 60; ++minute) {
    account.at(start + 1min * minute);
    for (const ClientFacts& stranger : {program(1), ClientFacts{"198.51.100.7", "x", "198.51.100.7"}})
      if (const auto token = asks_reset(account, stranger)) {
        newest = token;
        mailed_at = account.now;
        ++mails;
      }
    // Whoever reads the mailbox at any minute finds a link that is good for some time.
    REQUIRE(account.now - mailed_at <= account::reset_life - account::link_stays_fresh);
  }
  CHECK(mails <= max_mails_a_day + 48);
  CHECK(account.as({}).when(ResetPassword{*newest, "new", away}).starts_with("user.password_changed"));
}

TEST_CASE("account ways in: whoever proves the mailbox signs in, whatever strangers try") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto token = asks_reset(account, away);
  REQUIRE(token);
  CHECK(account.when(ResetPassword{*token, "new", away}).starts_with("user.password_changed"));
  lock_strangers(account);
  const auto sign_in = [&](const ClientFacts& client) {
    return account.as({}).when(RecordLogin{account.state.credentials_version, client});
  };
  CHECK(sign_in(program(1)) == "! account_locked");
  {
    Given<Account> late = account;
    late.at(late.now + account::mailbox_proof_life);
    lock_strangers(late);
    CHECK(late.as({}).when(RecordLogin{late.state.credentials_version, away}) == "! account_locked");
  }
  // Its own wrong passwords lock it out like anybody.
  Given<Account> guesses = account;
  for (int i = 0; i < max_login_failures; ++i) guesses.as({}).when(RecordLoginFailure{away});
  CHECK(guesses.as({}).when(RecordLogin{guesses.state.credentials_version, away}) == "! account_locked");
  CHECK(sign_in(away) == "user.login");
}

TEST_CASE("account ways in: the mail of a changed payout account carries a link that takes it back") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const Caller wallet = entity({EntityKind::wallet, ann.value});
  const auto change = [&](PayoutAccountChange what) {
    REQUIRE(account.as(wallet).when(MailPayoutChange{what, "6789"}) == "payout_undo.mailed");
    const Notify* mail = robbed.mail("payout_account_undo_template");
    REQUIRE(mail);
    CHECK(mail->channels == std::vector{Channel::email});
    CHECK(mail->variables.at("last4") == "6789");
    return mail->variables.at("undoToken");
  };
  CHECK(account.as(user(ann)).when(MailPayoutChange{}) == "! not_owner");
  const std::string first = change(PayoutAccountChange::added);
  std::string newest;
  for (std::size_t i = 0; i < 2 * account::max_undo_tokens; ++i) newest = change(PayoutAccountChange::removed);
  CHECK(account.state.undo_tokens.size() == 2);
  SUBCASE("of a row of changes the first and the newest are good") {
    for (const std::string& token : {first, newest}) {
      Given<Account> copy = account;
      CHECK(copy.as({}).when(UndoChanges{token, home}).starts_with("user.changes_undone"));
      CHECK(copy.state.sessions.empty());
      CHECK(copy.state.password_hash.empty());
      REQUIRE(copy.sent<RemoveNewAccounts>());
      CHECK(copy.sent<RemoveNewAccounts>()->restores);
      CHECK(copy.state.undo_tokens.empty());
    }
  }
  SUBCASE("signing out everywhere leaves them, a reset ends them") {
    account.as(user(ann)).when(RevokeAllSessions{});
    CHECK(account.state.undo_tokens.size() == 2);
    const auto token = asks_reset(account, home);
    account.when(ResetPassword{*token, "new", home});
    CHECK(account.state.undo_tokens.empty());
  }
  SUBCASE("for a week") {
    account.at(account.now + week).as({});
    CHECK(account.when(UndoChanges{newest, home}) == "! token_invalid");
  }
}

TEST_CASE("account ways in: an address that may come back is mailed the link anew, whatever a thief deleted") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto [token, undo] = robbed.change_email("thief@example.com");
  const Time ends = account.now + account::undo_life;
  REQUIRE(account.as({}).when(RedeemEmailChange{token}) == "user.email_changed");
  const std::string late_undo = robbed.mail("email_changed_undo_template")->variables.at("undoToken");
  const auto forgot = [&](const char* email) { return account.as({}).when(RequestPasswordReset{home, email}); };
  CHECK(forgot("thief@example.com") == "password_reset.sent");  // the account's own
  CHECK(robbed.mail("password_reset_template"));
  CHECK(forgot("stranger@example.com") == "password_reset.sent");
  account.at(account.now + 48h);
  REQUIRE(forgot("Ann@Example.com") == "undo.renewed");
  CHECK(account.last.effects.size() == 1);  // the thief's address hears nothing
  const Notify* mail = robbed.mail("address_back_template");
  REQUIRE(mail);
  CHECK(mail->recipient == "ann@example.com");
  CHECK(mail->variables.at("until") == to_rfc3339(ends));
  const std::string anew = mail->variables.at("undoToken");
  SUBCASE("the first one works as well") {
    REQUIRE(account.when(UndoChanges{undo, home}).starts_with("user.changes_undone"));
    CHECK(account.when(UndoChanges{anew, home}) == "! token_invalid");
  }
  SUBCASE("it brings the address back, and what came after goes") {
    robbed.enable_two_factor();
    REQUIRE(account.as({}).when(UndoChanges{anew, home}).starts_with("user.changes_undone"));
    CHECK(account.state.email == "ann@example.com");
    CHECK_FALSE(account.state.two_factor());
    CHECK(account.state.undo_tokens.empty());
    CHECK(robbed.released("thief@example.com"));
    CHECK(forgot("ann@example.com") == "password_reset.sent");
  }
  SUBCASE("the one that was mailed with the change works as well") {
    REQUIRE(account.when(UndoChanges{late_undo, home}).starts_with("user.changes_undone"));
    CHECK(account.when(UndoChanges{anew, home}) == "! token_invalid");
  }
  SUBCASE("it holds the address no longer than the change did") {
    account.at(ends);
    CHECK(account.when(UndoChanges{anew, home}) == "! token_invalid");
    CHECK(forgot("ann@example.com") == "password_reset.sent");
  }
  SUBCASE("strangers have no more of them sent than resets") {
    int sent = 0;
    for (int ask = 0; ask < 100; ++ask)
      sent += account.when(RequestPasswordReset{away, "ann@example.com"}) == "undo.renewed" ? 1 : 0;
    CHECK(sent > 0);
    CHECK(sent <= account::max_mails_for_strangers);
    account.at(account.now + account::reset_life);  // the last link is not fresh: one more goes
    CHECK(account.when(RequestPasswordReset{away, "ann@example.com"}) == "undo.renewed");
  }
  SUBCASE("nobody is mailed for an account that is gone") {
    account.as(user(ann)).when(DeleteAccount{});
    account.at(account.state.closes_at.value()).as(timer()).when(TimerFired{"closing"});
    CHECK(forgot("ann@example.com") == "(nothing)");
  }
}

}  // namespace account_ways_in_test
