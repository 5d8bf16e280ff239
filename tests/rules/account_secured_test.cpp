#include <algorithm>

#include "actors/account/rules.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/user/commands.hpp"
#include "actors/user/entity.hpp"
#include "actors/wallet/commands.hpp"
#include "storage/codec/digest.hpp"
#include "tests/testkit/robbed_account.hpp"

/// What a thief leaves behind is of no use to them once the owner has secured the account.
namespace account_secured_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::robbed;
using namespace std::chrono_literals;

namespace {

/// By a mailed link.
void reset(Given<Account>& account) {
  account.as({}).when(RequestPasswordReset{home});
  REQUIRE(account.when(ResetPassword{account.sent<Notify>()->variables.at("resetToken"), "new"})
              .starts_with("user.password_changed"));
}

void prove_phone(Robbed& robbed, const std::string& number) {
  robbed.account.as(user(ann)).when(SendPhoneCode{number});
  REQUIRE(robbed.account.when(VerifyPhone{robbed.account.sent<Notify>()->variables.at("code")}) ==
          "user.phone_verified");
}

bool is_released(const Given<Account>& account, const std::string& number) {
  return std::ranges::any_of(account.last.effects, [&](const Effect& effect) {
    return effect.to == phone_claim_address(sodium_crypto, number) && effect.command.get_if<ReleaseClaim>();
  });
}

constexpr const char* number = "+12025550100";

}  // namespace

TEST_CASE("account secured: a token of the account's own address is no use to whoever copied it") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  std::vector<std::string> planted;
  for (const Uuid& session : {robbed.own, robbed.stolen}) {
    account.as(user(ann)).when(RequestEmailChange{"thief@example.com", session});
    planted.push_back(robbed.mail("email_change_undo_template")->variables.at("undoToken"));
    account.when(RevokeSession{session});
  }
  SUBCASE("after a reset") { reset(account); }
  SUBCASE("after signing out everywhere") { account.when(RevokeAllSessions{}); }
  SUBCASE("after an undo") {
    account.as({});
    CHECK(account.when(UndoChanges{planted.back(), home}).starts_with("user.changes_undone, undos.voided"));
  }
  robbed.enable_two_factor();
  for (const std::string& token : planted) CHECK(account.as({}).when(UndoChanges{token, away}) == "! token_invalid");
  CHECK(account.state.two_factor());
}

TEST_CASE("account secured: a second factor that the owner sets up after a reset is no older token's to take off") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const std::string before = robbed.change_email("thief@example.com").second;
  reset(account);
  robbed.enable_two_factor();
  CHECK(account.as({}).when(UndoChanges{before, away}) == "! token_invalid");
  CHECK(account.state.two_factor());
  CHECK_FALSE(account.state.two_factor_removal);
}

TEST_CASE("account secured: a row of requests that nobody proves keeps one token") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const std::string first = robbed.change_email("a@example.com").second;
  std::string last;
  std::size_t asked = 1;
  for (; asked < max_mails_a_day; ++asked) {
    const Uuid session = test_id<TripId>(static_cast<std::uint8_t>(asked)).value;
    REQUIRE(account.when(RequestEmailChange{"x@example.com", session}) == "email_change.requested");
    last = robbed.mail("email_change_undo_template")->variables.at("undoToken");
  }
  CHECK(account.state.undo_tokens.size() == 1);
  SUBCASE("the newest mail's is good") {
    CHECK(account.as({}).when(UndoChanges{first, home}) == "! token_invalid");
    CHECK(account.when(UndoChanges{last, home}).starts_with("user.changes_undone"));
  }
  SUBCASE("and the owner may leave that mailbox the next day") {
    reset(account);
    CHECK(account.state.undo_tokens.empty());
    account.at(account.now + 24h).as(user(ann));
    CHECK(account.when(RequestEmailChange{"safe@example.com", robbed.own}) == "email_change.requested");
  }
}

TEST_CASE("account secured: requests of builds before kept a token each, and do in their journals") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const Time until = account.now + account::undo_life;
  for (const char* hash : {"one", "two"}) {
    EmailChangeRequested event{"x@example.com", "x", until, account.now, {}, hash, until};
    event.older_stay = true;
    account.event(event);
  }
  CHECK(account.state.undo_tokens.size() == 2);
}

TEST_CASE("account secured: whoever changed the password cannot void the way back by signing everybody out") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.as(user(ann)).when(ChangePassword{"thief's", account.state.credentials_version, robbed.stolen});
  const std::string undo = robbed.mail("password_undo_template")->variables.at("undoToken");
  account.as(user(ann)).when(RevokeAllSessions{});
  CHECK(account.as({}).when(UndoChanges{undo, home}).starts_with("user.changes_undone"));
}

TEST_CASE("account secured: another password is taken back by the link in its mail alone") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto change = [&] {
    account.as(user(ann)).when(ChangePassword{"thief's", account.state.credentials_version, robbed.stolen});
    REQUIRE(robbed.mail("password_changed"));
    CHECK_FALSE(robbed.mail("password_changed")->variables.contains("undoToken"));
    CHECK(std::ranges::count(robbed.mail("password_changed")->channels, Channel::email) == 0);
    REQUIRE(account.sent<NotePasswordChange>());
    return robbed.mail("password_undo_template")->variables.at("undoToken");
  };
  std::string undo = change();
  SUBCASE("for a week, though every mail of a reset is used up") {
    account.at(account.now + account::undo_life - 1s).as({});
    for (int i = 0; i < 2 * max_mails_a_day; ++i) account.when(RequestPasswordReset{away});
    CHECK(account.when(UndoChanges{undo, home}) == "user.changes_undone, user.sessions_revoked, password_reset.sent");
    account.when(ResetPassword{robbed.mail("changes_undone_template")->variables.at("resetToken"), "new"});
    CHECK(account.when(RecordLogin{account.state.credentials_version, home}) == "user.login");
  }
  SUBCASE("no longer") {
    account.at(account.now + account::undo_life).as({});
    CHECK(account.when(UndoChanges{undo, home}) == "! token_invalid");
  }
  SUBCASE("with an address from after it") {
    const std::string token = robbed.change_email("thief@example.com").first;
    account.as({}).when(RedeemEmailChange{token});
    account.when(UndoChanges{undo, home});
    CHECK(account.state.email == "ann@example.com");
  }
  SUBCASE("a row of changes keeps the tokens of the first and of the newest, and a reset ends them") {
    std::string newest;
    for (std::size_t i = 0; i < 2 * account::max_undo_tokens; ++i) newest = change();
    CHECK(account.state.undo_tokens.size() == 2);
    for (const std::string& token : {undo, newest}) {
      Given<Account> taken_back = account;
      CHECK(taken_back.as({}).when(UndoChanges{token, home}).starts_with("user.changes_undone"));
    }
    reset(account);
    for (const std::string& token : {undo, newest}) CHECK(account.when(UndoChanges{token, away}) == "! token_invalid");
  }
  SUBCASE("a new one takes nothing back that is from before it") {
    robbed.enable_two_factor();
    const std::string later = change();
    account.as({}).when(UndoChanges{later, home});
    CHECK(account.state.two_factor());
    CHECK_FALSE(account.state.two_factor_removal);
  }
  CHECK(template_rule("password_undo_template").secret);
}

TEST_CASE("account secured: builds before mailed no link with another password") {
  Robbed robbed;
  robbed.account.event(PasswordChanged{"new", robbed.account.now});
  CHECK(robbed.account.state.undo_tokens.empty());
}

TEST_CASE("account secured: the link of a second factor takes it off a day later, and its owner can keep it") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const std::string undo = robbed.enable_two_factor();
  account.at(account.now + std::chrono::days{3}).as({});
  REQUIRE(account.when(UndoChanges{undo, away}) ==
          "user.changes_undone, user.sessions_revoked, password_reset.sent, two_factor_removal.requested");
  CHECK(account.state.two_factor());
  CHECK(account.state.sessions.empty());
  CHECK(account.state.password_hash.empty());
  const Time due = account.now + account::removal_wait;
  CHECK(account.state.two_factor_removal->due == due);
  CHECK(std::ranges::any_of(account.last.timers, [&](const TimerChange& timer) { return timer.due == due; }));
  REQUIRE(robbed.mail("two_factor_removal_template"));
  CHECK(robbed.mail("two_factor_removal_template")->variables.at("byLink") == "true");
  CHECK(robbed.mail("changes_undone_template")->variables.contains("factorWaits"));
  REQUIRE(robbed.mail("two_factor_removal_requested"));
  CHECK_FALSE(robbed.mail("two_factor_removal_requested")->variables.contains("keepToken"));
  const std::string keep = robbed.mail("two_factor_removal_template")->variables.at("keepToken");
  // Whoever reads the mailbox gets as far as the password. The link is a new one then: the first may have been copied.
  reset(account);
  REQUIRE(robbed.mail("two_factor_removal_template"));
  const std::string newer = robbed.mail("two_factor_removal_template")->variables.at("keepToken");
  CHECK(account.as({}).when(RecordLogin{account.state.credentials_version, away}) == "login.challenged");
  const auto fire = [&] { return account.at(due).as(timer()).when(TimerFired{std::string(account::removal_timer)}); };
  SUBCASE("it goes off") { CHECK(fire() == "user.two_factor_disabled"); }
  SUBCASE("the owner keeps it, signed in") {
    CHECK(account.as(user(ann)).when(KeepTwoFactor{}) == "two_factor_removal.stopped");
    CHECK(fire() == "(nothing)");
    CHECK(account.state.two_factor());
  }
  SUBCASE("or by the other mail") {
    CHECK(account.as({}).when(KeepTwoFactor{keep}) == "! token_invalid");
    CHECK(account.when(KeepTwoFactor{newer}) == "two_factor_removal.stopped");
    CHECK(account.when(UndoChanges{undo, away}) == "! token_invalid");
  }
}

TEST_CASE("account secured: a second factor from before another address waits; one from after it goes at once") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto move = [&] {
    const auto [token, undo] = robbed.change_email("new@example.com");
    REQUIRE(account.as({}).when(RedeemEmailChange{token}) == "user.email_changed");
    return undo;
  };
  SUBCASE("before") {
    const std::string undo = robbed.enable_two_factor();
    move();
    CHECK(account.when(UndoChanges{undo, away}).ends_with("two_factor_removal.requested"));
    CHECK(account.state.two_factor());
    // Whoever made the change reads no link that keeps it.
    for (const Effect& effect : account.last.effects)
      if (const auto* told = effect.command.get_if<Notify>(); told && told->variables.contains("keepToken"))
        CHECK(told->recipient == "ann@example.com");
  }
  SUBCASE("after") {
    const std::string undo = move();
    robbed.enable_two_factor();
    account.as({}).when(UndoChanges{undo, home});
    CHECK_FALSE(account.state.two_factor());
    CHECK_FALSE(account.state.two_factor_removal);
  }
  CHECK(account.state.email == "ann@example.com");
}

TEST_CASE("account secured: a number that was proven within the last week is not, and nothing is sent to it") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  prove_phone(robbed, number);
  std::string undo;
  SUBCASE("after a reset") {}
  SUBCASE("after an undo") { undo = robbed.change_email("thief@example.com").second; }
  const auto secure = [&] {
    if (undo.empty()) return reset(account);
    REQUIRE(account.as({}).when(UndoChanges{undo, home}).starts_with("user.changes_undone"));
  };
  const auto told = [&] {
    const Notify* mail = robbed.mail(undo.empty() ? "password_reset_done" : "changes_undone_template");
    REQUIRE(mail);
    return mail->variables.contains("phoneVoid");
  };
  SUBCASE("within it") {
    account.at(account.now + account::undo_life - 1s);
    for (UndoToken& token : account.state.undo_tokens) token.expires_at = account.now + 1h;
    secure();
    CHECK_FALSE(account.state.phone_verified);
    CHECK(is_released(account, number));
    CHECK(account.sent<RecordPhoneUnproven>()->phone == number);
    CHECK(account.sent<UpdateContact>()->phone == "");
    CHECK(told());
    CHECK(account.as(user(ann)).when(SendPhoneCode{number}) == "phone_code.sent");  // its owner proves it anew
  }
  SUBCASE("later it is the owner's") {
    account.at(account.now + account::undo_life);
    for (UndoToken& token : account.state.undo_tokens) token.expires_at = account.now + 1h;
    secure();
    CHECK(account.state.phone_verified);
    CHECK_FALSE(account.sent<RecordPhoneUnproven>());
    CHECK_FALSE(told());
  }
}

TEST_CASE("account secured: since when a number is proven, builds before did not keep") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.event(PhoneVerified{number, account.now});
  CHECK_FALSE(account.state.phone_since);
  reset(account);
  CHECK(account.state.phone_verified);
}

TEST_CASE("account secured: the profile falls by the number's level, where it is that number still") {
  Given<User> person(user_address(ann));
  person.as(entity(self)).when(CreateProfile{{"ann@example.com", "Ann", "Archer"}});
  person.when(RecordContactVerified{{}, number});
  REQUIRE(person.state.level == VerificationLevel::phone);
  CHECK(person.when(RecordPhoneUnproven{"+12025550101"}) == "(nothing)");
  CHECK(person.as(user(ann)).when(RecordPhoneUnproven{number}) == "! not_owner");
  CHECK(person.as(entity(self)).when(RecordPhoneUnproven{number}) == "phone.unproven");
  CHECK(person.state.level == VerificationLevel::email);
  CHECK(person.when(RecordPhoneUnproven{number}) == "(nothing)");
}

}  // namespace account_secured_test
