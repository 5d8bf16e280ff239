#include <algorithm>

#include "actors/account/rules.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "storage/codec/digest.hpp"
#include "tests/testkit/mails.hpp"

/// An account against strangers, thieves, and people who give addresses that are not theirs.
namespace account_safety_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1);
const Address self = account_address(ann);
const ClientFacts home{"192.0.2.1", "Fox/128.0", "192.0.2.1"}, newer_fox{"192.0.2.1", "Fox/129.1", "192.0.2.1"};

ClientFacts stranger(int number) {
  const std::string address = "198.51.100." + std::to_string(number);
  return {address, "curl", address};
}

Given<Account> pending() {
  Given<Account> account(self);
  Register command;
  command.email = "ann@example.com";
  command.first_name = "https://evil.example";
  command.last_name = "Archer";
  command.password_hash = "hash";
  command.client = home;
  account.when(command);
  return account;
}

/// Verified, and signed in from home.
Given<Account> active() {
  Given<Account> account = pending();
  REQUIRE(account.when(VerifyEmail{mailed(account, "verificationToken"), {}, home}) == "user.email_verified");
  REQUIRE(account.when(RecordLogin{1, home}) == "user.login");
  return account;
}

Uuid session(const Given<Account>& account) { return account.state.sessions.at(0).id; }

std::string notice(const Given<Account>& account) {
  const Notify* notify = account.sent<Notify>();
  return notify ? notify->template_id : "none";
}

std::optional<std::string> refusal(const Given<Account>& account) {
  const StepOutcome* outcome = account.last.reply.get_if<StepOutcome>();
  REQUIRE(outcome);
  return outcome->refusal;
}

std::optional<Time> lock_of(Given<Account>& account, const ClientFacts& client, std::optional<Uuid> session = {}) {
  const Caller before = account.caller;
  const auto found = account.as(provider()).ask(ViewCredentials{client, session});
  account.as(before);
  return found.resource.get_if<Credentials>()->locked_until;
}

void guess(Given<Account>& account, const ClientFacts& client, int times) {
  account.as({});
  for (int i = 0; i < times; ++i) account.when(RecordLoginFailure{client});
}

}  // namespace

TEST_CASE("account safety: a reset ends every session and every key, and says so") {
  auto account = active();
  account.as(user(ann)).when(CreateApiKey{"thief"});
  CHECK(notice(account) == "api_key_created");
  account.when(CreateApiKey{"shop"});
  account.as({}).when(RequestPasswordReset{home});
  CHECK(account.when(ResetPassword{mailed(account, "resetToken"), "new"}) ==
        "user.password_changed, user.sessions_revoked, api_keys.revoked");
  CHECK(notice(account) == "password_reset_done");
  CHECK(account.state.api_keys.empty());
  CHECK(account.state.sessions.empty());
}

TEST_CASE("account safety: a changed password says how many keys go on working, and ends them where it is told to") {
  auto account = active();
  account.as(user(ann)).when(CreateApiKey{"shop"});
  CHECK(account.when(ChangePassword{"new", 1, session(account)}) ==
        "user.password_changed, user.sessions_revoked, user.login");
  CHECK(mailed(account, "apiKeys") == "1");
  CHECK(account.state.api_keys.size() == 1);
  CHECK(account.when(ChangePassword{"newer", 2, session(account), true}) ==
        "user.password_changed, user.sessions_revoked, api_keys.revoked, user.login");
  CHECK(mailed(account, "apiKeys").empty());
  CHECK(account.state.api_keys.empty());
}

TEST_CASE("account safety: what can take an account over is told to its owner, who cannot mute it") {
  auto account = active();
  account.as(user(ann)).when(SetUpTwoFactor{{"sealed"}});
  account.when(EnableTwoFactor{"123456", 100, home, session(account)});
  CHECK(notice(account) == "two_factor_enabled");
  account.when(ReplaceRecoveryCodes{});
  CHECK(notice(account) == "recovery_codes_replaced");
  account.when(DisableTwoFactor{"234567", 101, 2, home, session(account)});
  CHECK(notice(account) == "two_factor_disabled");
  Given<Wallet> wallet({EntityKind::wallet, ann.value});
  wallet.as(user(ann)).when(AddPayoutAccount{test_id<PayoutAccountId>(4), "sandbox", "bank", {}, {}});
  REQUIRE(wallet.sent<Notify>());
  CHECK(wallet.sent<Notify>()->template_id == "payout_account_added");
  for (const char* id : {"api_key_created", "payout_account_added", "two_factor_enabled", "two_factor_disabled",
                         "recovery_codes_replaced", "password_changed", "password_reset_done", "email_changed",
                         "email_change_requested"}) {
    const TemplateRule rule = template_rule(id);
    CHECK_MESSAGE((rule.mandatory && rule.email && !rule.secret), id);
  }
}

TEST_CASE("account safety: wrong codes of a signed-in person count, and lock that session alone") {
  auto account = active();
  const Uuid here = session(account);
  account.as(user(ann)).when(SetUpTwoFactor{{"sealed"}});
  SUBCASE("while the second factor goes on") {
    for (int i = 0; i < max_login_failures; ++i) {
      account.when(EnableTwoFactor{"000000", 0, home, here});
      CHECK(refusal(account) == "code_invalid");
    }
    CHECK(account.when(EnableTwoFactor{"123456", 100, home, here}) == "! account_locked");
    CHECK(account.when(EnableTwoFactor{"123456", 100, home, test_id<UserId>(9).value}) == "user.two_factor_enabled");
  }
  SUBCASE("while it goes off") {
    account.when(EnableTwoFactor{"123456", 100, home, here});
    for (int i = 0; i < max_login_failures; ++i) {
      account.when(DisableTwoFactor{"000000", 0, 2, home, here});
      CHECK(refusal(account) == "code_invalid");
    }
    CHECK(account.when(DisableTwoFactor{"234567", 101, 2, home, here}) == "! account_locked");
    CHECK(lock_of(account, home, here).has_value());
    CHECK_FALSE(lock_of(account, home));
    account.at(account.now + account::lock_out);
    CHECK(account.when(DisableTwoFactor{"234567", 101, 2, home, here}) == "user.two_factor_disabled, undos.voided");
  }
  SUBCASE("and a wrong password counts with them") {
    for (int i = 0; i < max_login_failures; ++i) account.when(RecordLoginFailure{home, here});
    CHECK(account.when(RecordLoginFailure{home, here}) == "! account_locked");
    CHECK(account.as({}).when(RecordLogin{1, home}) == "user.login");
  }
}

TEST_CASE("account safety: strangers lock themselves out, not the devices that the owner uses") {
  auto account = active();
  guess(account, stranger(1), max_login_failures);
  CHECK(lock_of(account, stranger(1)) == account.now + account::lock_out);
  CHECK(account.when(RecordLogin{1, stranger(1)}) == "! account_locked");
  CHECK_FALSE(lock_of(account, stranger(2)));
  for (int i = 2; i <= 4; ++i) guess(account, stranger(i), max_login_failures);
  CHECK(account.when(RecordLogin{1, stranger(9)}) == "! account_locked");  // too many altogether
  CHECK(lock_of(account, stranger(9)).has_value());
  CHECK(account.as({}).when(RecordLogin{1, home}) == "user.login");
  CHECK(account.when(RecordLogin{1, newer_fox}) == "user.login");  // an update is no other device
  CHECK(account.when(RecordLogin{1, {home.ip, "curl", home.network}}) == "! account_locked");
  CHECK(account.as(user(ann)).when(ChangePassword{"new", 1, session(account)}) ==
        "user.password_changed, user.sessions_revoked, user.login");
  CHECK_FALSE(lock_of(account, stranger(1)));
}

TEST_CASE("account safety: a new password makes a stranger of every client, the thief's too") {
  auto account = active();
  REQUIRE(account.as({}).when(RecordLogin{1, stranger(1)}) == "user.login");
  CHECK_FALSE(account::source_of(account.state, stranger(1), {}, account.now).stranger);
  account.as({}).when(RequestPasswordReset{home});
  account.when(ResetPassword{mailed(account, "resetToken"), "new"});
  CHECK(account::source_of(account.state, stranger(1), {}, account.now).stranger);
  CHECK(account::source_of(account.state, home, {}, account.now).stranger);
}

TEST_CASE("account safety: no administrator proves somebody's address, nor do the settings") {
  auto account = pending();
  account.as(admin(test_id<UserId>(2), Permission::users));
  CHECK(account.when(SetAccountStatus{UserStatus::active}) == "! email_not_verified");
  CHECK(account.when(SetAccountStatus{UserStatus::suspended, "looked at"}) == "user.suspended, user.sessions_revoked");
  CHECK(account.when(SetAccountStatus{UserStatus::active}) == "user.reactivated");
  CHECK_FALSE(account.sent<UpdateContact>());
  CHECK_FALSE(account.state.email_verified);
  CHECK(account.state.status == UserStatus::pending_verification);
  CHECK(account.last.timers.size() == 1);  // it still goes where nobody proves the address
  CHECK(account.as({}).when(RecordLogin{1, home}) == "! email_not_verified");
  CHECK(account.as(provider()).when(RestoreAdministrator{}) == "! email_not_verified");
}

TEST_CASE("account safety: the same program from another network is told as a new sign-in, in words of ours") {
  auto account = active();
  const std::string fox = "Mozilla/5.0 (Windows NT 10.0; rv:128.0) Gecko/20100101 Firefox/128.0 visit evil.example";
  account.as({}).when(RecordLogin{1, {home.ip, fox, home.network}});
  CHECK(mailed(account, "device") == "Firefox, Windows");
  CHECK(account.when(RecordLogin{1, {home.ip, fox, home.network}}) == "user.login");
  CHECK(notice(account) == "none");
  CHECK(account.when(RecordLogin{1, {"198.51.100.1", fox, "198.51.100.1"}}) == "user.login");
  CHECK(notice(account) == "new_login");
  const auto refresh = [&](const ClientFacts& client) {
    const std::string token = account.last.reply.get_if<SignIn>()->refresh_token;
    return account.when(RefreshSession{token, client});
  };
  CHECK(refresh({"198.51.100.2", fox, "198.51.100.2"}) == "session.refreshed");  // networks change under way
  CHECK(notice(account) == "none");
  CHECK(refresh({"198.51.100.2", "curl/8.5", "198.51.100.2"}) == "session.refreshed");
  CHECK(mailed(account, "device") == "curl");  // a token that goes on in another program was copied
  CHECK(account::client_words("evil.example") == "");
  CHECK(account::client_words("curl/8.5") == "curl");
  CHECK(account::client_words("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605 Version/17.5 "
                              "Mobile/15E148 Safari/604.1") == "Safari, iOS");
  CHECK(account::client_words("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 "
                              "Edg/126.0") == "Edge, Linux");
}

TEST_CASE("account safety: push devices go with the sessions that registered them") {
  auto account = active();
  account.as({}).when(RecordLogin{1, stranger(1)});
  const Uuid here = session(account), other = account.state.sessions.at(1).id;
  const auto forgotten = [&] {
    const ForgetDevices* command = account.sent<ForgetDevices>();
    REQUIRE(command);
    return std::pair{command->of_session, command->but};
  };
  using Sent = std::pair<std::optional<Uuid>, std::optional<Uuid>>;
  account.as(user(ann)).when(RevokeSession{other});
  CHECK(forgotten() == Sent{other, {}});
  account.when(RevokeAllSessions{});
  CHECK(forgotten() == Sent{{}, {}});
  account.as({}).when(RequestPasswordReset{home});
  account.when(ResetPassword{mailed(account, "resetToken"), "new"});
  CHECK(forgotten() == Sent{{}, {}});
  account.as({}).when(RecordLogin{2, home});
  const Uuid again = session(account);
  CHECK(again != here);
  account.as(user(ann)).when(ChangePassword{"newer", 2, again});
  REQUIRE(account.sent<ForgetDevices>());
  CHECK_FALSE(account.sent<ForgetDevices>()->of_session);
  for (std::size_t i = 0; i < max_sessions; ++i) {
    const bool is_full = account.state.sessions.size() == max_sessions;
    CHECK(account.as({}).when(RecordLogin{3, home}) == (is_full ? "session.revoked, user.login" : "user.login"));
    CHECK(static_cast<bool>(account.sent<ForgetDevices>()) == is_full);  // one session drops for it
  }
}

TEST_CASE("account safety: an address that waits to be proven ends with the session that a sign-in pushes out") {
  auto account = active();
  account.as({}).when(RecordLogin{1, home});
  account.as(user(ann)).when(RequestEmailChange{"thief@example.com", session(account)});
  CHECK(account.state.pending_email.email == "thief@example.com");
  for (std::size_t i = 0; i < max_sessions; ++i) {
    account.at(account.now + std::chrono::seconds{1});
    account.as({}).when(RecordLogin{1, home});
  }
  CHECK(account.state.pending_email.email.empty());
}

TEST_CASE("account safety: a device that was not used for long is a stranger again, and one that guesses is locked") {
  auto account = active();
  guess(account, home, max_login_failures);
  CHECK(account.when(RecordLogin{1, home}) == "! account_locked");
  CHECK(account.when(RecordLogin{1, stranger(1)}) == "user.login");
  account.at(account.now + account::known_for);
  for (int i = 1; i <= 4; ++i) guess(account, stranger(i + 10), max_login_failures);
  CHECK(account.when(RecordLogin{1, home}) == "! account_locked");
}

TEST_CASE("account safety: failures that are long ago do not count, and one mail tells of many locks") {
  auto account = active();
  guess(account, stranger(1), max_login_failures - 1);
  account.at(account.now + account::tries_for);
  guess(account, stranger(1), 1);
  CHECK_FALSE(lock_of(account, stranger(1)));
  guess(account, stranger(1), max_login_failures - 2);
  account.when(RecordLoginFailure{stranger(1)});
  CHECK(notice(account) == "account_locked");
  guess(account, stranger(2), max_login_failures);
  CHECK(lock_of(account, stranger(2)).has_value());
  CHECK(notice(account) == "none");
}

TEST_CASE("account safety: whoever has the password and guesses codes from many places is stopped early") {
  auto account = active();
  account.as(user(ann)).when(SetUpTwoFactor{{"sealed"}});
  account.when(EnableTwoFactor{"123456", 100, home, session(account)});
  account.as({});
  for (int i = 1; i <= max_login_failures; ++i) {
    account.when(RecordLogin{2, stranger(i)});
    account.when(CompleteChallenge{*account.last.reply.get_if<SignIn>()->challenge_token, "000000", 0, stranger(i)});
  }
  CHECK(account.when(RecordLogin{2, stranger(50)}) == "! account_locked");
  CHECK(account.when(RecordLogin{2, home}) == "login.challenged");
}

TEST_CASE("account safety: a reset opens the lock") {
  auto account = active();
  for (int i = 1; i <= 4; ++i) guess(account, stranger(i), max_login_failures);
  account.when(RequestPasswordReset{stranger(8)});
  account.when(ResetPassword{mailed(account, "resetToken"), "new"});
  CHECK(account.when(RecordLogin{2, stranger(8)}) == "user.login");
}

TEST_CASE("account safety: mails that strangers ask for void none, and do not use up those of the owner") {
  auto account = active();
  account.as({}).when(RequestPasswordReset{home});
  const std::string own = mailed(account, "resetToken");
  for (int i = 0; i < max_mails_an_hour; ++i)
    CHECK(account.when(RequestPasswordReset{stranger(1)}) == "password_reset.sent");
  CHECK(account.when(RequestPasswordReset{stranger(1)}) == "(nothing)");
  for (int i = 0; i < 30; ++i) account.when(RequestPasswordReset{stranger(i + 2)});
  CHECK(account.when(RequestPasswordReset{stranger(99)}) == "(nothing)");
  CHECK(account.when(RequestPasswordReset{home}) == "password_reset.sent");
  const std::string second = mailed(account, "resetToken");
  SUBCASE("the first is still good") {
    CHECK(account.when(ResetPassword{own, "new"}) == "user.password_changed, user.sessions_revoked");
    CHECK(account.when(ResetPassword{second, "newer"}) == "! token_invalid");  // one is enough
  }
  SUBCASE("each ends in its own time") {
    account.at(account.now + account::reset_life);
    CHECK(account.when(ResetPassword{own, "new"}) == "! token_invalid");
    CHECK(account.when(RequestPasswordReset{stranger(1)}) == "password_reset.sent");
  }
}

TEST_CASE("account safety: whoever proves an address that another client registered chooses a password") {
  auto account = pending();
  const std::string token = mailed(account, "verificationToken");
  account.as({});
  CHECK(account.when(VerifyEmail{token, {}, stranger(1)}) == "! password_required");
  CHECK(account.when(VerifyEmail{token, {}, {home.ip, "curl", home.network}}) == "! password_required");
  CHECK(account.when(VerifyEmail{token, "own", stranger(1)}) == "user.email_verified, user.password_changed");
  CHECK(account.state.password_hash == "own");
  CHECK(account.when(RecordLogin{1, home}) == "! invalid_credentials");  // checked against the registrant's
}

TEST_CASE("account safety: who never registered frees the address, once") {
  auto account = pending();
  const std::string token = mailed(account, "verificationToken");
  account.as({});
  CHECK(account.when(RejectEmail{"another-token"}) == "! token_invalid");
  CHECK(account.when(RejectEmail{token}) == "user.deleted, user.sessions_revoked");
  const auto released =
      std::ranges::find(account.last.effects, email_claim_address(sodium_crypto, "ann@example.com"), &Effect::to);
  REQUIRE(released != account.last.effects.end());
  CHECK(released->command.get_if<ReleaseClaim>());
  CHECK(account.when(RejectEmail{token}) == "! token_invalid");
  auto verified = pending();
  const std::string used = mailed(verified, "verificationToken");
  verified.when(VerifyEmail{used, {}, home});
  CHECK(verified.when(RejectEmail{used}) == "! token_invalid");
}

TEST_CASE("account safety: a new address takes the place of the old one once it is proven") {
  auto account = active();
  account.as(user(ann));
  CHECK(account.when(RequestEmailChange{"Ann@Example.com"}) == "! already_verified");
  CHECK(account.when(RequestEmailChange{"new@example.com"}) == "email_change.requested");
  const Notify& mail = *account.sent<Notify>();
  CHECK(mail.recipient == "new@example.com");
  const std::string token = mail.variables.at("verificationToken");
  CHECK(account.last.effects.at(1).command.get_if<Notify>()->template_id == "email_change_requested");
  CHECK(account.state.email == "ann@example.com");
  SUBCASE("proven") {
    CHECK(account.as(provider()).ask(CheckEmailChange{token}).resource.get_if<ProvenContact>()->contact ==
          "new@example.com");
    CHECK(account.as({}).when(RedeemEmailChange{token}) == "user.email_changed");
    CHECK(account.state.email == "new@example.com");
    CHECK(effects(account.last) == std::vector<std::string>{"claim confirm_claim", "user record_contact_verified",
                                                            "inbox update_contact", "inbox notify", "inbox notify"});
    CHECK(account.sent<Notify>()->recipient == "ann@example.com");
    CHECK(account.when(RedeemEmailChange{token}) == "! token_invalid");
  }
  SUBCASE("refused by whose it is") {
    CHECK(account.as({}).when(RejectEmail{token}) == "email_change.rejected");
    CHECK(account.when(RedeemEmailChange{token}) == "! token_invalid");
    CHECK(account.state.email == "ann@example.com");
  }
  SUBCASE("a token proves the address that it was mailed to") {
    account.when(RequestEmailChange{"other@example.com"});
    CHECK(account.as({}).when(RedeemEmailChange{token}) == "! token_invalid");
  }
  SUBCASE("too late") {
    account.at(account.now + account::verification_life);
    CHECK(account.as({}).when(RedeemEmailChange{token}) == "! token_invalid");
  }
  SUBCASE("mails to others are few") {
    for (int i = 1; i < max_mails_an_hour; ++i) account.when(RequestEmailChange{"new@example.com"});
    CHECK(account.when(RequestEmailChange{"new@example.com"}) == "! too_many_attempts");
  }
}

TEST_CASE("account safety: a number that changes is not proven, and free for others") {
  auto account = active();
  account.as(user(ann)).when(SendPhoneCode{"+12025550100"});
  const std::string code = mailed(account, "code");
  CHECK(account.as(provider()).ask(CheckPhoneCode{code}).resource.get_if<ProvenContact>()->contact == "+12025550100");
  CHECK_FALSE(account.ask(CheckPhoneCode{"x"}).resource.get_if<ProvenContact>()->contact);
  account.as(user(ann)).when(VerifyPhone{code});
  CHECK(account.when(NotePhoneChange{"+12025550101"}) == "! not_owner");
  account.as(entity({EntityKind::user, ann.value}));
  CHECK(account.when(NotePhoneChange{"+12025550101"}) == "user.phone_changed");
  CHECK_FALSE(account.state.phone_verified);
  CHECK(effects(account.last) ==
        std::vector<std::string>{"claim release_claim", "inbox notify", "inbox update_contact"});
  CHECK(account.sent<Notify>()->template_id == "phone_changed");
  CHECK(account.when(NotePhoneChange{"+12025550101"}) == "(nothing)");
}

TEST_CASE("account safety: no words of whoever gave an address go there before it is proven") {
  const std::string evil = "https://evil.example";
  Given<Inbox> inbox(inbox_of(ann));
  inbox.as(entity(self)).when(UpdateContact{"ann@example.com", {}, "en", "UTC", evil, true});
  for (const TemplateRule& rule : template_rules())
    for (const auto& channels : {std::vector<Channel>{}, std::vector{Channel::email}}) {
      const std::string word = rule.secret ? "token" : evil;  // a secret's variables are ours
      inbox.when(Notify{std::string(rule.id), {{"firstName", evil}, {"text", word}, {"reason", word}}, channels});
      for (const Effect& effect : inbox.last.effects)
        if (const auto* message = effect.command.get_if<SendMessage>(); message && message->channel == Channel::email)
          for (const auto& variable : message->variables)
            CHECK_MESSAGE(variable.second != evil, rule.id, " ", variable.first);
      CHECK_MESSAGE((rule.secret || !inbox.sent<SendMessage>()), rule.id);
    }
  inbox.when(UpdateContact{.email_unproven = false});
  inbox.when(Notify{"welcome", {}});
  REQUIRE(inbox.sent<SendMessage>());
  CHECK(inbox.sent<SendMessage>()->variables.at("firstName") == evil);
  inbox.when(Notify{"email_change_template", {}, {Channel::email}, NotifyPriority::high, {}, "new@example.com"});
  CHECK_FALSE(inbox.sent<SendMessage>()->variables.contains("firstName"));
}

}  // namespace account_safety_test
