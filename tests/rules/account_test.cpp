#include <algorithm>

#include "actors/account/rules.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/request/commands.hpp"
#include "actors/trip/commands.hpp"
#include "storage/codec/digest.hpp"
#include "tests/testkit/mails.hpp"

namespace account_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const Address self = account_address(ann);
const ClientFacts phone_client{"192.0.2.1", "phone", "192.0.2.1"}, laptop{"192.0.2.2", "laptop", "192.0.2.2"};

Register registration() {
  Register command;
  command.email = "Ann@example.com";
  command.first_name = "Ann";
  command.last_name = "Archer";
  command.password_hash = "hash";
  return command;
}

Given<Account> pending() {
  Given<Account> account(self);
  account.when(registration());
  return account;
}

Given<Account> active() {
  Given<Account> account = pending();
  account.when(VerifyEmail{mailed(account, "verificationToken")});
  return account;
}

SignIn sign_in(const Given<Account>& account) {
  const SignIn* answer = account.last.reply.get_if<SignIn>();
  REQUIRE(answer);
  return *answer;
}

SignIn logged_in(Given<Account>& account, const ClientFacts& client = phone_client) {
  REQUIRE(account.as({}).when(RecordLogin{account.state.credentials_version, client}).ends_with("user.login"));
  return sign_in(account);
}

std::vector<std::string> with_second_factor(Given<Account>& account) {
  account.as(user(ann));
  REQUIRE(account.when(SetUpTwoFactor{{"sealed"}}) == "two_factor.prepared");
  REQUIRE(account.when(EnableTwoFactor{"123456", 100}) == "user.two_factor_enabled");
  return account.last.reply.get_if<RecoveryCodes>()->recovery_codes;
}

std::string challenged(Given<Account>& account) {
  REQUIRE(account.as({}).when(RecordLogin{account.state.credentials_version, laptop}) == "login.challenged");
  return *sign_in(account).challenge_token;
}

}  // namespace

TEST_CASE("account: registration confirms the claim, makes profile and inbox, and mails a token kept as a hash") {
  Given<Account> account(self);
  CHECK(account.when(registration()) == "user.registered, verification.sent");
  CHECK(effects(account.last) ==
        std::vector<std::string>{"claim confirm_claim", "user create_profile", "inbox update_contact", "inbox notify"});
  CHECK(account.last.effects.at(0).to == email_claim_address(sodium_crypto, "ann@example.com"));
  const std::string token = mailed(account, "verificationToken");
  CHECK(account.state.verification.hash == sha256_hex(token));
  CHECK(account.when(registration()) == "! already_registered");

  CHECK(account.when(VerifyEmail{"a-wrong-token"}) == "! token_invalid");
  CHECK(account.when(VerifyEmail{token}) == "user.email_verified");
  CHECK(account.state.status == UserStatus::active);
  CHECK(account.when(VerifyEmail{token}) == "! token_invalid");
}

TEST_CASE("account: a verification token ends after a day; one that is unused stays good when another is sent") {
  Given<Account> account = pending();
  const std::string first = mailed(account, "verificationToken");
  CHECK(account.when(ResendVerification{laptop}) == "verification.sent");
  const std::string second = mailed(account, "verificationToken");
  auto early = account;
  CHECK(early.when(VerifyEmail{first}) == "user.email_verified");
  CHECK(early.when(VerifyEmail{second}) == "! token_invalid");
  account.at(test_start + 24h);
  CHECK(account.when(VerifyEmail{first}) == "! token_invalid");
  CHECK(account.when(VerifyEmail{second}) == "! token_invalid");
}

TEST_CASE("account: mails of a kind are limited in an hour, silently") {
  Given<Account> account = pending();
  for (int i = 0; i < max_mails_an_hour; ++i) CHECK(account.when(ResendVerification{laptop}) == "verification.sent");
  CHECK(account.when(ResendVerification{laptop}) == "(nothing)");
  account.at(test_start + 1h);
  CHECK(account.when(ResendVerification{laptop}) == "verification.sent");
  for (int i = 0; i < max_mails_an_hour; ++i)
    CHECK(account.when(RequestPasswordReset{laptop}) == "password_reset.sent");
  CHECK(account.when(RequestPasswordReset{laptop}) == "(nothing)");
}

TEST_CASE("account: the first administrator needs no verification and may do everything") {
  Given<Account> account(self);
  Register command = registration();
  command.first_administrator = true;
  CHECK(account.when(command) == "user.registered");
  CHECK(account.state.permissions == all_permissions);
  CHECK(account.when(RecordLogin{1, laptop}) == "user.login");
}

TEST_CASE("account: signing in waits for verification, and for the credentials that were checked") {
  Given<Account> account = pending();
  const std::string token = mailed(account, "verificationToken");
  CHECK(account.when(RecordLogin{1, laptop}) == "! email_not_verified");
  account.when(VerifyEmail{token});
  CHECK(account.when(RecordLogin{0, laptop}) == "! invalid_credentials");
  CHECK(account.when(RecordLogin{1, laptop}) == "user.login");
  CHECK(!account.sent<Notify>());  // the first device is nothing to warn of
  CHECK(account.when(RecordLogin{1, phone_client}) == "user.login");
  CHECK(account.sent<Notify>()->template_id == "new_login");
  CHECK(account.when(RecordLogin{1, laptop}) == "user.login");
  CHECK(!account.sent<Notify>());
}

TEST_CASE("account: too many failures lock it for a while, and a right password does not open it") {
  Given<Account> account = active();
  for (int i = 1; i < max_login_failures; ++i) CHECK(account.when(RecordLoginFailure{laptop}) == "login.failed");
  CHECK(account.when(RecordLoginFailure{laptop}) == "login.failed, security.alert");
  CHECK(account.sent<Notify>()->template_id == "account_locked");
  CHECK(account.when(RecordLogin{1, laptop}) == "! account_locked");
  CHECK(account.when(RecordLoginFailure{laptop}) == "! account_locked");
  account.at(test_start + 15min);
  CHECK(account.when(RecordLogin{1, laptop}) == "user.login");
  CHECK(account.state.login_failures == 0);
}

TEST_CASE("account: refresh tokens rotate; an old one ends the family, a made-up one ends nothing") {
  Given<Account> account = active();
  const std::string first = logged_in(account).refresh_token;
  const std::string other = logged_in(account, laptop).refresh_token;
  CHECK(account.when(RefreshSession{first, phone_client}) == "session.refreshed");
  const std::string second = sign_in(account).refresh_token;
  CHECK(second != first);
  std::string forged = second;
  forged[40] = forged[40] == 'A' ? 'B' : 'A';  // within the session's id
  CHECK(account.when(RefreshSession{forged, laptop}) == "! refresh_token_invalid");
  CHECK(account.when(RefreshSession{"not-a-token-at-all", laptop}) == "! refresh_token_invalid");
  CHECK(account.when(RefreshSession{first, laptop}) == "security.alert, session.revoked");
  CHECK(sign_in(account).refusal == "refresh_token_reused");
  CHECK(account.when(RefreshSession{second, phone_client}) == "! refresh_token_invalid");
  CHECK(account.when(RefreshSession{other, laptop}) == "session.refreshed");
}

TEST_CASE("account: a session that nobody uses ends after thirty days") {
  Given<Account> account = active();
  std::string token = logged_in(account).refresh_token;
  account.at(test_start + std::chrono::days{29});
  CHECK(account.when(RefreshSession{token, laptop}) == "session.refreshed");
  token = sign_in(account).refresh_token;
  account.at(account.now + std::chrono::days{30});
  CHECK(account.when(RefreshSession{token, laptop}) == "! refresh_token_invalid");
}

TEST_CASE("account: sessions are bounded; the one unused for longest goes") {
  Given<Account> account = active();
  for (std::size_t i = 0; i < max_sessions + 3; ++i) {
    account.at(account.now + 1s);
    logged_in(account);
  }
  CHECK(account.state.sessions.size() == max_sessions);
}

TEST_CASE("account: the second factor asks for a code, which is good once") {
  Given<Account> account = active();
  const auto codes = with_second_factor(account);
  CHECK(codes.size() == account::recovery_code_count);
  std::string token = challenged(account);
  CHECK(account.when(CompleteChallenge{token, "123456", 100, laptop}) ==
        "login.challenge_failed");  // that step is used
  CHECK(sign_in(account).refusal == "code_invalid");
  CHECK(account.when(CompleteChallenge{token, "234567", 101, laptop}) == "user.login");
  CHECK(account.when(CompleteChallenge{token, "345678", 102, laptop}) == "! challenge_invalid");
  token = challenged(account);
  CHECK(account.when(CompleteChallenge{token, "234567", 101, laptop}) == "login.challenge_failed");
  account.at(account.now + account::challenge_life);
  CHECK(account.when(CompleteChallenge{token, "456789", 103, laptop}) == "! challenge_invalid");
}

TEST_CASE("account: a recovery code is good once, in any letter case") {
  Given<Account> account = active();
  auto codes = with_second_factor(account);
  std::ranges::transform(codes[0], codes[0].begin(), [](char c) { return static_cast<char>(std::toupper(c)); });
  CHECK(account.when(CompleteChallenge{challenged(account), codes[0], 0, laptop}) == "user.login");
  CHECK(account.when(CompleteChallenge{challenged(account), codes[0], 0, laptop}) == "login.challenge_failed");
  account.as(user(ann)).when(ReplaceRecoveryCodes{});
  CHECK(account.when(CompleteChallenge{challenged(account), codes[1], 0, laptop}) == "login.challenge_failed");
}

TEST_CASE("account: failures of the second factor lock the account, over several challenges too") {
  Given<Account> account = active();
  with_second_factor(account);
  for (int i = 1; i < max_login_failures; ++i)
    CHECK(account.when(CompleteChallenge{challenged(account), "000000", 0, laptop}) == "login.challenge_failed");
  CHECK(account.when(CompleteChallenge{challenged(account), "000000", 0, laptop}) ==
        "login.challenge_failed, security.alert, security.alert");  // that client, and all strangers
  CHECK(account.when(RecordLogin{account.state.credentials_version, laptop}) == "! account_locked");
}

TEST_CASE("account: a reset token is good once, for an hour, and ends all sessions") {
  Given<Account> account = active();
  logged_in(account);
  CHECK(account.when(RequestPasswordReset{laptop}) == "password_reset.sent");
  const std::string token = mailed(account, "resetToken");
  CHECK(account.when(ResetPassword{"a-wrong-token", "new"}) == "! token_invalid");
  CHECK(account.when(ResetPassword{token, "new"}) == "user.password_changed, user.sessions_revoked");
  CHECK(account.state.sessions.empty());
  CHECK(account.state.password_hash == "new");
  CHECK(account.when(ResetPassword{token, "newer"}) == "! token_invalid");
  account.when(RequestPasswordReset{laptop});
  const std::string late = mailed(account, "resetToken");
  account.at(account.now + 1h);
  CHECK(account.when(ResetPassword{late, "newer"}) == "! token_invalid");
}

TEST_CASE("account: a changed password ends all sessions and answers a new one, which is not stepped up") {
  Given<Account> account = active();
  const SignIn first = logged_in(account);
  const Uuid here = first.session_id;
  const std::string old = first.refresh_token;
  logged_in(account, laptop);
  account.as(user(ann));
  CHECK(account.when(ChangePassword{"new", 0, here}) == "! invalid_credentials");
  REQUIRE(account.when(RefreshSession{old, phone_client}) == "session.refreshed");
  const std::string stolen = sign_in(account).refresh_token;
  CHECK(account.when(ChangePassword{"new", 1, here, false, phone_client}) ==
        "user.password_changed, user.sessions_revoked, user.login");
  REQUIRE(account.state.sessions.size() == 1);
  CHECK(account.state.sessions[0].id == sign_in(account).session_id);
  CHECK(account.state.sessions[0].id != here);
  CHECK_FALSE(account.state.sessions[0].stepped_up_at);
  const std::string fresh = sign_in(account).refresh_token;
  CHECK(account.when(RefreshSession{stolen, phone_client}) == "! refresh_token_invalid");
  CHECK(account.when(RefreshSession{fresh, phone_client}) == "session.refreshed");
}

TEST_CASE("account: a telephone code goes to the number itself, and is void after a few failures") {
  Given<Account> account = active();
  account.as(user(ann));
  CHECK(account.when(SendPhoneCode{}) == "! conflict");
  CHECK(account.when(SendPhoneCode{"+12025550100"}) == "phone_code.sent");
  CHECK(account.sent<Notify>()->recipient == "+12025550100");
  std::string code = mailed(account, "code");
  CHECK(code.size() == 6);
  const std::string wrong = code == "000000" ? "000001" : "000000";
  for (int i = 0; i < max_code_failures; ++i) CHECK(account.when(VerifyPhone{wrong}) == "phone_code.failed");
  CHECK(account.when(VerifyPhone{code}) == "! too_many_attempts");
  account.when(SendPhoneCode{"+12025550100"});
  code = mailed(account, "code");
  CHECK(account.when(VerifyPhone{code}) == "user.phone_verified");
  CHECK(effects(account.last) == std::vector<std::string>{"claim confirm_claim", "user record_contact_verified",
                                                          "inbox update_contact", "inbox notify"});
  CHECK(account.sent<Notify>()->template_id == "phone_verified");
  CHECK(account.when(VerifyPhone{code}) == "! code_invalid");
  CHECK(account.when(SendPhoneCode{}) == "! already_verified");
}

TEST_CASE("account: nobody gives or takes a permission that they do not hold, nor changes their own") {
  Given<Account> account = active();
  account.as(admin(bob, Permission::users));
  CHECK(account.when(SetRoles{{Role::admin}, {PermissionName::finance}}) == "! permission_denied");
  account.caller.permissions = all_permissions;
  CHECK(account.when(SetRoles{{Role::customer}, {PermissionName::finance}}) == "! permission_denied");
  CHECK(account.when(SetRoles{{Role::admin, Role::traveler}, {PermissionName::finance}}) == "user.roles_set");
  CHECK(account.state.permissions ==
        (static_cast<std::uint32_t>(Permission::finance) | static_cast<std::uint32_t>(Permission::read)));
  CHECK(account.state.user_type == UserType::traveler);
  account.as(admin(bob, Permission::users));
  CHECK(account.when(SetRoles{{Role::customer}}) == "! permission_denied");
  CHECK(account.when(SetAccountStatus{UserStatus::banned}) == "! permission_denied");
  CHECK(account.when(RevokeAllSessions{}) == "! permission_denied");
  CHECK(account.when(DeleteAccount{}) == "! permission_denied");
  CHECK(account.when(SetRoles{{Role::admin, Role::customer}, {PermissionName::finance}}) == "! permission_denied");
  account.as(admin(ann, Permission::users));
  CHECK(account.when(SetRoles{{Role::admin}}) == "! self_not_allowed");
}

TEST_CASE("account: suspension signs out and bars; reactivation opens again") {
  Given<Account> account = active();
  const std::string token = logged_in(account).refresh_token;
  account.as(admin(bob, Permission::users));
  CHECK(account.when(SetAccountStatus{UserStatus::suspended, "fraud"}) == "user.suspended, user.sessions_revoked");
  CHECK(account.as({}).when(RecordLogin{1, laptop}) == "! account_suspended");
  CHECK(account.when(RefreshSession{token, laptop}) == "! refresh_token_invalid");
  account.as(admin(bob, Permission::users));
  CHECK(account.when(SetAccountStatus{UserStatus::active}) == "user.reactivated");
  CHECK(account.as({}).when(RecordLogin{1, laptop}) == "user.login");
}

TEST_CASE(
    "account: an erasure closes profile and inbox, frees the address and cancels what is open, until nothing is") {
  Given<Account> account = active();
  logged_in(account);
  account.as(user(ann)).when(DeleteAccount{});
  account.at(account.state.closes_at.value()).as(timer());
  CHECK(account.when(TimerFired{"closing"}) == "user.deleted, user.sessions_revoked");
  CHECK(effects(account.last) == std::vector<std::string>{"inbox notify", "user close_profile", "inbox close_inbox",
                                                          "files close_files", "claim release_claim",
                                                          "directory find_open_work"});
  CHECK(account.sent<Notify>()->template_id == "account_deleted");
  CHECK(account.sent<Notify>()->recipient == "Ann@example.com");
  CHECK(account.last.effects.at(4).to == email_claim_address(sodium_crypto, "ann@example.com"));
  CHECK(account.state.sessions.empty());
  CHECK(account.state.email.empty());
  CHECK(account.as({}).when(RecordLogin{1, laptop}) == "! account_deleted");

  account.as(provider());
  const OpenWorkFound found{{test_id<RequestId>(5)}, {test_id<TripId>(6)}, {test_id<DeliveryId>(7)}};
  CHECK(account.when(found) == "open_work.cancelled");
  CHECK(account.sent<CancelRequest>()->reason == "user_deleted");
  CHECK(account.sent<CancelTrip>()->reason == "user_deleted");
  CHECK(account.sent<CancelDelivery>()->reason == "user_deleted");
  REQUIRE(account.last.timers.size() == 1);
  account.at(*account.last.timers[0].due).as(timer());
  CHECK(account.when(TimerFired{"open_work"}) == "(nothing)");
  CHECK(account.sent<FindOpenWork>());
  CHECK(account.as(provider()).when(OpenWorkFound{}) == "deletion.finished");
  CHECK(account.when(OpenWorkFound{}) == "(nothing)");
  CHECK(account.last.timers.empty());
}

TEST_CASE("account: a deletion looks for open work until there is none, less and less often, and tells how far it is") {
  Given<Account> account = active();
  account.as(user(ann)).when(DeleteAccount{});
  const auto progress = [&] {
    return *account.as(admin(bob, Permission::users)).ask(ViewAccount{}).resource.get_if<AccountResource>()->deletion;
  };
  Duration waited{};
  for (int round = 0; round < 40; ++round) {
    REQUIRE(account.as(provider()).when(OpenWorkFound{{}, {}, {test_id<DeliveryId>(7)}}) == "open_work.cancelled");
    REQUIRE(account.sent<CancelDelivery>());
    REQUIRE(account.last.timers.size() == 1);
    const Time next = *account.last.timers[0].due;
    CHECK(next - account.now >= waited);
    CHECK(next - account.now <= 9h);
    CHECK(progress().next_look_at == next);
    waited = next - account.now;
    account.at(next).as(timer()).when(TimerFired{"open_work"});
    REQUIRE(account.sent<FindOpenWork>());
  }
  CHECK(progress().open_work == 1);
  CHECK(progress().looks == 40);
  CHECK_FALSE(progress().finished);
  CHECK(account.as(admin(bob, Permission::users)).when(DeleteAccount{}) == "(nothing)");
  CHECK(account.sent<FindOpenWork>());  // asks at once
  CHECK(account.as(provider()).when(OpenWorkFound{}) == "deletion.finished");
  CHECK(progress().finished);
  CHECK(progress().open_work == 0);
  CHECK_FALSE(progress().next_look_at);
}

TEST_CASE("account: an address that nobody verified for a week is free again, and its token void") {
  Given<Account> account = pending();
  const std::string token = mailed(account, "verificationToken");
  const auto set = std::ranges::find(account.last.timers, std::string("unverified"), &TimerChange::name);
  REQUIRE(set != account.last.timers.end());
  const Time due = set->due.value();
  CHECK(due == test_start + 7 * 24h);
  account.at(due - 1h).as({}).when(ResendVerification{laptop});
  const std::string second = mailed(account, "verificationToken");
  CHECK(account.at(due).as(timer()).when(TimerFired{"unverified"}) == "user.deleted, user.sessions_revoked");
  const auto freed = std::ranges::find_if(account.last.effects,
                                          [](const Effect& e) { return e.command.get_if<ReleaseClaim>() != nullptr; });
  REQUIRE(freed != account.last.effects.end());
  CHECK(freed->to == email_claim_address(sodium_crypto, "ann@example.com"));
  CHECK(account.as({}).when(VerifyEmail{token}) == "! token_invalid");
  CHECK(account.when(VerifyEmail{second}) == "! token_invalid");
  CHECK(account.when(ResendVerification{laptop}) == "(nothing)");
}

TEST_CASE("account: a verified address stays") {
  Given<Account> account = active();
  CHECK(std::ranges::any_of(account.last.timers,
                            [](const TimerChange& change) { return change.name == "unverified" && !change.due; }));
  CHECK(account.as(timer()).when(TimerFired{"unverified"}) == "(nothing)");
}

TEST_CASE("account: a key may do what was chosen, never more than its maker or what its owner holds now") {
  Given<Account> account = active();
  CHECK(account.as(user(ann)).when(CreateApiKey{"shop", {{PermissionName::finance}}}) == "! permission_denied");
  Caller boss = admin(bob, Permission::users);
  boss.permissions = all_permissions;
  account.as(boss).when(SetRoles{{Role::customer, Role::admin}, {PermissionName::finance, PermissionName::read}});
  // By a key that holds nothing: the account's own permissions do not help.
  CHECK(account.as(user(ann)).when(CreateApiKey{"shop", {{PermissionName::finance}}}) == "! permission_denied");
  Caller self_signed_in = user(ann);
  self_signed_in.permissions = account.state.permissions;
  CHECK(account.as(self_signed_in).when(CreateApiKey{"books", {{PermissionName::finance}}, true}) == "api_key.created");
  const auto made = *account.last.reply.get_if<ApiKeyResource>();
  CHECK(made.permissions == std::vector{PermissionName::finance});
  CHECK(made.read_only);
  const auto list = *account.ask(ListApiKeys{}).resource.get_if<ApiKeyList>();
  CHECK(list.items.at(0).permissions == made.permissions);
  CHECK(list.items.at(0).read_only);
  const auto standing = [&] {
    return *account.as(provider()).ask(CheckApiKey{sha256_hex(*made.key)}).resource.get_if<SessionStanding>();
  };
  CHECK(standing().permissions == static_cast<std::uint32_t>(Permission::finance));
  CHECK(standing().read_only);
  account.as(boss).when(SetRoles{{Role::customer}});
  CHECK(standing().permissions == 0);
}

TEST_CASE("account: an API key is shown once and kept as a hash") {
  Given<Account> account = active();
  account.as(user(ann));
  CHECK(account.when(CreateApiKey{"shop"}) == "api_key.created");
  const auto key = *account.last.reply.get_if<ApiKeyResource>();
  REQUIRE(key.key);
  CHECK(account.state.api_keys[0].hash == sha256_hex(*key.key));
  account.as(provider());
  CHECK(account.ask(CheckApiKey{sha256_hex(*key.key)}).resource.get_if<SessionStanding>()->active);
  CHECK(!account.ask(CheckApiKey{sha256_hex("other")}).resource.get_if<SessionStanding>()->active);
  account.as(user(ann));
  CHECK(account.when(RevokeApiKey{key.key_id}) == "api_key.revoked");
  CHECK(account.when(RevokeApiKey{key.key_id}) == "! not_found");
}

TEST_CASE("account: credentials are for the platform alone, sessions for their owner") {
  Given<Account> account = active();
  const Uuid session = logged_in(account).session_id;
  CHECK(account.as(user(ann)).ask(ViewCredentials{}).rejection->code == "not_owner");
  CHECK(account.as(user(bob)).ask(ListSessions{}).rejection->code == "not_owner");
  CHECK(account.as(provider()).ask(CheckSession{session}).resource.get_if<SessionStanding>()->active);
  CHECK(account.as(user(ann)).when(RevokeSession{session}) == "session.revoked");
  CHECK(!account.as(provider()).ask(CheckSession{session}).resource.get_if<SessionStanding>()->active);
}

}  // namespace account_test
