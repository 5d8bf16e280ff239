#include <algorithm>

#include "actors/account/rules.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/wallet/commands.hpp"
#include "storage/codec/digest.hpp"
#include "tests/testkit/robbed_account.hpp"

/// What a thief of a session leaves behind ends with the session, or is taken back through the owner's mailbox.
namespace account_undo_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::robbed;
using namespace std::chrono_literals;

TEST_CASE("account undo: an address that waits to be proven is void once the owner throws a thief out") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const std::string token = robbed.change_email("thief@example.com").first;
  SUBCASE("by a reset") {
    account.as({}).when(RequestPasswordReset{home});
    account.when(ResetPassword{account.sent<Notify>()->variables.at("resetToken"), "new"});
  }
  SUBCASE("by another password") { account.when(ChangePassword{"new", 1, robbed.own}); }
  SUBCASE("by signing out everywhere") { account.when(RevokeAllSessions{}); }
  SUBCASE("by ending that session") { account.when(RevokeSession{robbed.stolen}); }
  SUBCASE("where the session had ended by itself") {
    account.state.sessions.clear();
    CHECK(account.when(RevokeAllSessions{}) == "undos.voided, user.sessions_revoked");
  }
  SUBCASE("by a second factor") { robbed.enable_two_factor(); }
  CHECK(account.as({}).when(RedeemEmailChange{token}) == "! token_invalid");
  CHECK_FALSE(account.as(provider()).ask(CheckEmailChange{token}).resource.get_if<ProvenContact>()->contact);
  CHECK(account.state.email == "ann@example.com");
}

TEST_CASE("account undo: another session that ends leaves a change of address alone") {
  Robbed robbed;
  const std::string token = robbed.change_email("new@example.com").first;
  robbed.account.when(RevokeSession{robbed.own});
  CHECK(robbed.account.as({}).when(RedeemEmailChange{token}) == "user.email_changed");
}

TEST_CASE("account undo: the mails that a stolen session asks for do not use up the owner's") {
  Robbed robbed;
  for (int i = 0; i < max_mails_an_hour; ++i) robbed.change_email("thief@example.com");
  CHECK(robbed.account.when(RequestEmailChange{"thief@example.com", robbed.stolen}) == "! too_many_attempts");
  CHECK(robbed.account.when(RequestEmailChange{"new@example.com", robbed.own}) == "email_change.requested");
}

TEST_CASE("account undo: a change of address is taken back, before and after it is proven, for a week") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.when(CreateApiKey{"thief"});
  const auto [token, undo] = robbed.change_email("thief@example.com");
  CHECK(robbed.mail("email_change_undo_template")->recipient == "ann@example.com");
  account.as({});
  std::optional<Notify> again;
  const auto take_back = [&](const std::string& with) {
    const std::string done = account.when(UndoChanges{with, home});
    REQUIRE(robbed.mail("changes_undone_template"));
    again = *robbed.mail("changes_undone_template");
    auto repeat = account;
    CHECK(repeat.when(UndoChanges{with, home}) == "! token_invalid");
    return done;
  };
  SUBCASE("before") {
    CHECK(take_back(undo) == "user.changes_undone, user.sessions_revoked, api_keys.revoked, password_reset.sent");
    CHECK(account.when(RedeemEmailChange{token}) == "! token_invalid");
  }
  SUBCASE("after, whatever the thief did then") {
    REQUIRE(account.when(RedeemEmailChange{token}) == "user.email_changed");
    CHECK_FALSE(robbed.released("ann@example.com"));  // nobody else gets it meanwhile
    const Notify* told = robbed.mail("email_changed_undo_template");
    REQUIRE(told);
    CHECK(told->recipient == "ann@example.com");
    const std::string late_undo = told->variables.at("undoToken");
    account.as(user(ann));
    CHECK(account.when(RequestEmailChange{"other@example.com", robbed.stolen}) == "! too_many_attempts");
    robbed.enable_two_factor();
    account.as({}).when(RequestPasswordReset{away});
    account.when(ResetPassword{account.sent<Notify>()->variables.at("resetToken"), "thief's"});
    account.at(account.now + account::undo_life - 1s);
    SUBCASE("with the first mail") { take_back(undo); }
    SUBCASE("with the second mail") { take_back(late_undo); }
    CHECK(account.state.email == "ann@example.com");
    CHECK_FALSE(account.state.two_factor());
    CHECK(robbed.released("thief@example.com"));
    CHECK_FALSE(robbed.released("ann@example.com"));
    CHECK(account.sent<UpdateContact>()->email == "ann@example.com");
    REQUIRE(robbed.mail("changes_undone"));
    CHECK(robbed.mail("changes_undone")->recipient == "thief@example.com");  // or the owner's, where a thief undid
  }
  CHECK(account.state.sessions.empty());
  CHECK(account.state.api_keys.empty());
  CHECK(account.state.password_hash.empty());
  REQUIRE(again);
  CHECK(again->recipient == "ann@example.com");
  const std::string reset = again->variables.at("resetToken");
  CHECK(account.when(ResetPassword{reset, "new"}) == "user.password_changed, user.sessions_revoked");
}

TEST_CASE("account undo: no row of changes hides the owner's address, and none gives the thief a token") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto [token, undo] = robbed.change_email("thief@example.com");
  account.as({}).when(RedeemEmailChange{token});
  const std::string late_undo = robbed.mail("email_changed_undo_template")->variables.at("undoToken");
  // Back to where it was, so that nothing looks wrong.
  account.as(user(ann));
  REQUIRE(account.when(RequestEmailChange{"ann@example.com", robbed.stolen}) == "email_change.requested");
  CHECK_FALSE(robbed.mail("email_change_undo_template"));
  CHECK(robbed.mail("email_change_requested")->channels == std::vector{Channel::in_app, Channel::push, Channel::email});
  const std::string back = robbed.mail("email_change_template")->variables.at("verificationToken");
  REQUIRE(account.as({}).when(RedeemEmailChange{back}) == "user.email_changed");
  CHECK_FALSE(robbed.mail("email_changed_undo_template"));
  CHECK(robbed.mail("email_changed")->recipient == "thief@example.com");
  CHECK(robbed.released("thief@example.com"));
  CHECK(account.last.timers.empty());  // that of the owner's tokens goes on
  account.as(user(ann));
  std::size_t asked = 0;
  std::string answer;
  do {
    const Uuid session = test_id<TripId>(static_cast<std::uint8_t>(++asked)).value;
    answer = account.when(RequestEmailChange{"other@example.com", session});
  } while (answer == "email_change.requested");
  CHECK(answer == "! too_many_attempts");
  CHECK(account.state.undo_tokens.size() < account::max_undo_tokens);
  SUBCASE("with the first mail") {
    CHECK(account.as({}).when(UndoChanges{undo, home}).starts_with("user.changes_undone"));
  }
  SUBCASE("with the second mail") {
    CHECK(account.as({}).when(UndoChanges{late_undo, home}).starts_with("user.changes_undone"));
  }
  SUBCASE("in a week the address may change once more") {
    account.at(account.now + account::undo_life);
    CHECK(account.when(RequestEmailChange{"new@example.com", robbed.own}) == "undos.ended, email_change.requested");
  }
}

TEST_CASE("account undo: what builds before kept for an address that was given up is void once the owner is back") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const Time until = account.now + account::undo_life;
  const auto hash = [](std::string_view token) { return sodium_crypto.sha256_hex(token); };
  account.event(EmailChanged{"thief@example.com", account.now, hash("first"), until});
  account.event(EmailChanged{"ann@example.com", account.now, hash("thief's"), until});
  account.event(EmailChangeRequested{"x@example.com", "x", until, account.now, {}, hash("last"), until});
  account.as({});
  SUBCASE("by a reset") {
    account.when(RequestPasswordReset{home});
    CHECK(account.when(ResetPassword{account.sent<Notify>()->variables.at("resetToken"), "new"}) ==
          "user.password_changed, undos.voided, user.sessions_revoked");
  }
  SUBCASE("by an undo with the newest token") {
    CHECK(account.when(UndoChanges{"last", home}) ==
          "user.changes_undone, undos.voided, user.sessions_revoked, password_reset.sent");
  }
  CHECK(robbed.released("thief@example.com"));
  CHECK_FALSE(robbed.released("ann@example.com"));
  for (const char* ended : {"thief's", "first"}) CHECK(account.when(UndoChanges{ended, away}) == "! token_invalid");
}

TEST_CASE("account undo: the oldest token dropped in builds before, and does in their journals") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const Time until = account.now + account::undo_life;
  for (const bool older_stay : {false, true}) {
    account.state.undo_tokens.clear();
    for (std::size_t i = 0; i < 2 * account::max_undo_tokens_alike; ++i) {
      EmailChangeRequested event{"x@example.com", "x", until, account.now, {}, std::to_string(i), until};
      event.older_stay = older_stay;
      account.event(event);
    }
    CHECK(account.state.undo_tokens.front().hash ==
          (older_stay ? "0" : std::to_string(account::max_undo_tokens_alike)));
  }
}

TEST_CASE("account undo: the token of a second factor ends with it, so that none is planted for later") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const std::string planted = robbed.enable_two_factor();
  const auto disable = [&](std::int64_t step) {
    return account.as(user(ann)).when(
        DisableTwoFactor{"123456", step, account.state.credentials_version, home, robbed.stolen});
  };
  REQUIRE(disable(101) == "user.two_factor_disabled, undos.voided");
  account.when(SetUpTwoFactor{{"own"}});
  REQUIRE(account.when(EnableTwoFactor{"123456", 102, home, robbed.own}) == "user.two_factor_enabled");
  const std::string own = robbed.mail("two_factor_undo_template")->variables.at("undoToken");
  CHECK(account.as({}).when(UndoChanges{planted, away}) == "! token_invalid");
  CHECK(account.when(UndoChanges{own, home}).starts_with("user.changes_undone"));
  CHECK(account.state.two_factor_removal);
}

TEST_CASE("account undo: a reset and an undo take new payout accounts away") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.as({});
  SUBCASE("a reset") {
    account.when(RequestPasswordReset{home});
    account.when(ResetPassword{account.sent<Notify>()->variables.at("resetToken"), "new"});
  }
  SUBCASE("an undo") {
    const std::string undo = robbed.change_email("thief@example.com").second;
    account.as({}).when(UndoChanges{undo, home});
  }
  REQUIRE(account.sent<RemoveNewAccounts>());
  CHECK(account.sent<RemoveNewAccounts>()->since == account.now - 7 * 24h);
}

TEST_CASE("account undo: an address from before is free once it cannot come back, or the account is gone") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto [token, undo] = robbed.change_email("new@example.com");
  account.as({}).when(RedeemEmailChange{token});
  REQUIRE(account.last.timers.size() == 1);
  const Time due = account.last.timers[0].due.value();
  CHECK(due == account.now + account::undo_life);
  SUBCASE("by time") {
    account.at(due).as(timer());
    CHECK(account.when(TimerFired{"undo"}) == "undos.ended");
    CHECK(robbed.released("ann@example.com"));
    CHECK(account.as({}).when(UndoChanges{undo, home}) == "! token_invalid");
    CHECK(account.as(timer()).when(TimerFired{"undo"}) == "(nothing)");
  }
  SUBCASE("by deletion, which is told to both") {
    account.as(user(ann)).when(DeleteAccount{});
    account.at(account.state.closes_at.value()).as(timer()).when(TimerFired{"closing"});
    CHECK(robbed.released("ann@example.com"));
    CHECK(robbed.released("new@example.com"));
    std::vector<std::string> told;
    for (const Effect& effect : account.last.effects)
      if (const auto* notify = effect.command.get_if<Notify>()) told.push_back(notify->recipient.value_or(""));
    CHECK(told == std::vector<std::string>{"ann@example.com", "new@example.com"});
  }
}

TEST_CASE("account undo: a second factor is taken back, also after a reset, and its link is in the mail alone") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const std::string undo = robbed.enable_two_factor();
  CHECK(account.sent<Notify>()->template_id == "two_factor_enabled");
  CHECK(account.sent<Notify>()->variables.empty());  // whoever has a session reads the inbox
  for (const char* id : {"two_factor_undo_template", "email_change_undo_template", "email_changed_undo_template",
                         "changes_undone_template", "two_factor_removal_template"})
    CHECK_MESSAGE(template_rule(id).secret, id);
  account.as({}).when(RequestPasswordReset{home});
  account.when(ResetPassword{account.sent<Notify>()->variables.at("resetToken"), "new"});
  CHECK(account.state.two_factor());
  CHECK(account.when(UndoChanges{"no-such-token", home}) == "! token_invalid");
  SUBCASE("in time") {
    CHECK(account.when(UndoChanges{undo, home}) ==
          "user.changes_undone, user.sessions_revoked, password_reset.sent, two_factor_removal.requested");
    account.when(ResetPassword{robbed.mail("changes_undone_template")->variables.at("resetToken"), "newer"});
    CHECK(account.when(RecordLogin{account.state.credentials_version, home}) == "login.challenged");
    account.at(account.now + account::removal_wait).as(timer());
    CHECK(account.when(TimerFired{std::string(account::removal_timer)}) == "user.two_factor_disabled");
    CHECK(account.as({}).when(RecordLogin{account.state.credentials_version, home}) == "user.login");
  }
  SUBCASE("too late") {
    account.at(account.now + account::undo_life);
    CHECK(account.when(UndoChanges{undo, home}) == "! token_invalid");
  }
}

TEST_CASE("account undo: the mail of a deletion goes out though the inbox closes") {
  Given<Inbox> inbox(inbox_of(ann));
  inbox.as(entity(self)).when(UpdateContact{"ann@example.com", {}, "en", "UTC", "Ann", false});
  inbox.when(Notify{"welcome", {}});
  inbox.when(Notify{"account_deleted", {}, {Channel::email}, NotifyPriority::high, {}, "ann@example.com"});
  REQUIRE(inbox.sent<SendMessage>());
  const Uuid last = inbox.sent<SendMessage>()->notification_id;
  inbox.when(CloseInbox{});
  CHECK(inbox.last.withdrawn.size() == 1);
  CHECK(std::ranges::find(inbox.last.withdrawn, last) == inbox.last.withdrawn.end());
}

TEST_CASE("account undo: a stolen refresh token makes no client known; a known one stays so by use") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto stranger = [&](const ClientFacts& client) {
    return account::source_of(account.state, client, {}, account.now).stranger;
  };
  account.at(account.now + account::known_for - 1h);
  account.state.sessions.back().expires_at = account.now + 1h;
  REQUIRE(account.as({}).when(RefreshSession{robbed.stolen_token, home}) == "session.refreshed");
  const std::string next = account.last.reply.get_if<SignIn>()->refresh_token;
  REQUIRE(account.when(RefreshSession{next, away}) == "session.refreshed");
  CHECK(stranger(away));
  account.at(account.now + 2h);
  CHECK_FALSE(stranger(home));
}

TEST_CASE(
    "account undo: whoever has the password and no code does not push out the owner's challenge, and is told of") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  robbed.enable_two_factor();
  account.as({});
  REQUIRE(account.when(RecordLogin{2, home}) == "login.challenged");
  CHECK_FALSE(account.sent<Notify>());  // a client that the owner uses
  const std::string own = *account.last.reply.get_if<SignIn>()->challenge_token;
  REQUIRE(account.when(RecordLogin{2, away}) == "login.challenged");
  REQUIRE(account.sent<Notify>());
  CHECK(account.sent<Notify>()->template_id == "second_factor_asked");
  CHECK(template_rule("second_factor_asked").mandatory);
  CHECK(account.state.security_events.back().type == "second_factor_asked");
  CHECK(account.state.security_events.back().ip == away.ip);
  for (int i = 0; i < 200; ++i) {
    const std::string address = "203.0.113." + std::to_string(i);
    account.when(RecordLogin{2, i % 2 == 0 ? away : ClientFacts{address, "curl", address}});
  }
  CHECK_FALSE(account.sent<Notify>());  // one mail for a source, few at a time
  CHECK(account.state.challenges.size() <= max_challenges_in_all);
  CHECK(account.when(CompleteChallenge{own, "234567", 101, home}) == "user.login");
}

TEST_CASE("account undo: a session that was not used for too long ends with its push devices, by a timer") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  REQUIRE(account.last.timers.size() == 1);
  const Time due = account.last.timers[0].due.value();
  CHECK(due == account.state.sessions.at(0).expires_at);
  account.at(due - 1h).as({}).when(RefreshSession{robbed.stolen_token, home});
  account.at(due).as(timer());
  CHECK(account.when(TimerFired{"sessions"}) == "session.revoked");
  CHECK(account.sent<ForgetDevices>()->of_session == robbed.own);
  REQUIRE(account.state.sessions.size() == 1);
  const Time next = account.last.timers.at(0).due.value();
  CHECK(next == account.state.sessions.at(0).expires_at);
  CHECK(account.at(next - 1s).when(TimerFired{"sessions"}) == "(nothing)");  // it was used meanwhile
  CHECK(account.last.timers.at(0).due == next);
  CHECK(account.at(next).when(TimerFired{"sessions"}) == "session.revoked");
  CHECK(account.sent<ForgetDevices>()->of_session == robbed.stolen);
  CHECK(account.last.timers.empty());
  CHECK(account.state.sessions.empty());
}

TEST_CASE("account undo: strangers have 20 mails of a kind sent a day, and then one when the last link ends") {
  const auto stranger = [](int number) {
    const std::string address = "203.0.113." + std::to_string(number);
    return ClientFacts{address, "curl", address};
  };
  const auto sent_in_a_day = [&](Given<Account>& given, auto ask) {
    int sent = 0;
    for (int hour = 0; hour < 23; ++hour) {
      for (int i = 0; i < 10; ++i)
        if (given.as({}).when(ask(stranger(i))) != "(nothing)") ++sent;
      given.at(given.now + 1h);
    }
    return sent;
  };
  const auto reset = [](const ClientFacts& client) { return RequestPasswordReset{client}; };
  Robbed asked;
  // They are used up in two hours; each of the 21 hours after that has one link that is good.
  CHECK(sent_in_a_day(asked.account, reset) == max_mails_a_day + 21);
  CHECK(asked.account.when(reset(home)) == "password_reset.sent");
  asked.account.at(asked.account.now + 24h);
  CHECK(asked.account.when(reset(stranger(1))) == "password_reset.sent");
  // A known client may be a thief's: it is bounded as well.
  Robbed robbed;
  int own = 0;
  for (int hour = 0; hour < 6; ++hour) {
    for (int i = 0; i < max_mails_an_hour; ++i)
      own += robbed.account.as({}).when(reset(home)) == "password_reset.sent" ? 1 : 0;
    robbed.account.at(robbed.account.now + 1h);
  }
  CHECK(own == max_mails_a_day + 2);
  Given<Account> registered(self);
  registered.when(Register{.email = "ann@example.com", .first_name = "Ann", .last_name = "Archer"});
  CHECK(sent_in_a_day(registered, [](const ClientFacts& client) { return ResendVerification{client}; }) ==
        max_mails_a_day - 1);  // beside that of the registration
}

TEST_CASE("account undo: a thief who changes the password does not use up the mails by which the owner comes back") {
  const auto asks = [](Given<Account>& given, const ClientFacts& client) {
    return given.as({}).when(RequestPasswordReset{client});
  };
  Robbed robbed;
  Given<Account>& account = robbed.account;
  REQUIRE(account.when(RecordLogin{account.state.credentials_version, home}) == "user.login");
  account.at(account.now + std::chrono::days{8});
  const ClientFacts thief{"198.51.100.7", "curl", "198.51.100.7"};
  account.when(RecordLogin{account.state.credentials_version, thief});
  account.as(user(ann)).when(ChangePassword{"thief's", account.state.credentials_version, robbed.stolen});
  for (int i = 0; i < max_mails_a_day; ++i) {
    const std::string address = "203.0.113." + std::to_string(i);
    asks(account, {address, "curl", address});
    if (i % max_mails_an_hour == max_mails_an_hour - 1) account.at(account.now + 1h);
  }
  CHECK(asks(account, thief) == "password_reset.sent");  // as no link is good any more
  CHECK(asks(account, thief) == "(nothing)");
  CHECK(asks(account, home) == "password_reset.sent");
}

TEST_CASE("account: nobody hides what they did behind a row of something else") {
  AccountState state;
  evolve(state, SessionsRevoked{});
  for (int i = 0; i < 300; ++i) evolve(state, PhoneChanged{"+1202555" + std::to_string(1'000 + i), {}});
  CHECK(state.security_events.size() == max_security_events);
  CHECK(state.security_events.front().type == "sessions_revoked");
}

}  // namespace account_undo_test
