#include "actors/account/rules.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/directory/questions.hpp"
#include "actors/services/commands.hpp"
#include "storage/codec/digest.hpp"
#include "tests/testkit/entity.hpp"

namespace account_rights_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const ClientFacts phone{"192.0.2.1", "phone"};

Given<Account> active() {
  Given<Account> account(account_address(ann));
  Register command;
  command.email = "ann@example.com";
  command.password_hash = "hash";
  account.when(command);
  account.when(VerifyEmail{account.sent<Notify>()->variables.at("verificationToken")});
  return account;
}

Uuid signed_in(Given<Account>& account) {
  REQUIRE(account.as({}).when(RecordLogin{account.state.credentials_version, phone}) == "user.login");
  const Uuid session = account.last.reply.get_if<SignIn>()->session_id;
  account.as(user(ann));
  return session;
}

std::optional<Time> stepped_up(Given<Account>& account, const Uuid& session) {
  account.as(provider());
  const auto standing = *account.ask(CheckSession{session}).resource.get_if<SessionStanding>();
  account.as(user(ann));
  return standing.stepped_up_at;
}

SessionStanding standing_of_key(Given<Account>& account, const std::string& key) {
  account.as(provider());
  const auto standing = *account.ask(CheckApiKey{sha256_hex(key)}).resource.get_if<SessionStanding>();
  account.as(user(ann));
  return standing;
}

}  // namespace

TEST_CASE("account rights: since when somebody was away counts on over a moment between two suspensions") {
  Given<Account> account = active();
  const Caller office = admin(test_id<UserId>(9), Permission::users);
  const auto absence = [&] {
    return account.as(provider()).ask(ViewCredentials{}).resource.get_if<Credentials>()->absence;
  };
  const auto suspend = [&](Duration lasts) {
    REQUIRE(account.as(office).when(SetAccountStatus{UserStatus::suspended, "x"}).starts_with("user.suspended"));
    account.at(account.now + lasts).as(office).when(SetAccountStatus{UserStatus::active});
  };
  CHECK_FALSE(absence());
  const Time first = account.now;
  suspend(24h);
  REQUIRE(absence());
  CHECK(absence()->since == first);
  CHECK(absence()->until == first + 24h);
  account.at(account.now + account::absence_heals - 1s);
  suspend(1h);
  CHECK(absence()->since == first);
  CHECK(absence()->until == account.now);
  account.at(account.now + account::absence_heals);
  const Time second = account.now;
  suspend(1h);
  CHECK(absence()->since == second);
}

TEST_CASE("account rights: a sign-in steps up, a refresh does not, and the password steps up again") {
  Given<Account> account = active();
  const Uuid session = signed_in(account);
  const Time first = account.now;
  CHECK(stepped_up(account, session) == first);
  account.now += 10min;
  CHECK(account.when(StepUp{session, account.state.credentials_version + 1, "", 0, phone}) == "! invalid_credentials");
  CHECK(stepped_up(account, session) == first);
  CHECK(account.when(StepUp{session, account.state.credentials_version, "", 0, phone}) == "session.stepped_up");
  CHECK(stepped_up(account, session) == account.now);
  CHECK(account.when(StepUp{test_id<TripId>(7).value, account.state.credentials_version, "", 0, phone}) ==
        "! not_found");
  CHECK(account.as(user(bob)).when(StepUp{session, account.state.credentials_version, "", 0, phone}) == "! not_owner");
}

TEST_CASE("account rights: with a second factor the code alone opens, once, and wrong ones lock") {
  Given<Account> account = active();
  const Uuid other = signed_in(account), session = signed_in(account);
  REQUIRE(account.when(SetUpTwoFactor{{"sealed"}}) == "two_factor.prepared");
  EnableTwoFactor enable{"123456", 100};
  enable.session_id = session;
  REQUIRE(account.when(enable) == "user.two_factor_enabled");
  const std::string recovery = account.last.reply.get_if<RecoveryCodes>()->recovery_codes.at(0);
  CHECK(stepped_up(account, session));
  CHECK_FALSE(stepped_up(account, other));  // it never showed a code
  CHECK(account.when(StepUp{other, account.state.credentials_version, "", 0, phone}) == "login.challenge_failed");
  CHECK(account.when(StepUp{other, 0, "234567", 100, phone}) == "login.challenge_failed");  // that code was used
  CHECK_FALSE(stepped_up(account, other));
  CHECK(account.when(StepUp{other, 0, "234567", 101, phone}) == "session.stepped_up");
  CHECK(stepped_up(account, other) == account.now);
  CHECK(account.when(StepUp{other, 0, "234567", 101, phone}) == "login.challenge_failed");
  CHECK(account.when(StepUp{session, 0, recovery, 0, phone}) == "session.stepped_up");
  CHECK(account.when(StepUp{session, 0, recovery, 0, phone}) == "login.challenge_failed");
  for (int i = 0; i < max_login_failures; ++i) account.when(StepUp{session, 0, "000000", 0, phone});
  CHECK(account.when(StepUp{session, 0, "234567", 102, phone}) == "! account_locked");
}

TEST_CASE("account rights: a key has the scopes that were chosen, and by default those that read") {
  Given<Account> account = active();
  signed_in(account);
  const auto made = [&](CreateApiKey command) {
    CHECK(account.when(std::move(command)) == "api_key.created");
    return *account.last.reply.get_if<ApiKeyResource>();
  };
  CHECK(standing_of_key(account, *made({"reader"}).key).scopes == read_scopes());
  const auto chosen = made({.name = "shop", .scopes = {{Scope::trips_write, Scope::qr_scan}}});
  CHECK(chosen.scopes == std::vector{Scope::trips_write, Scope::qr_scan});
  CHECK(standing_of_key(account, *chosen.key).scopes == (bit(Scope::trips_write) | bit(Scope::qr_scan)));
  for (const Scope scope : {Scope::ops_read, Scope::act_users, Scope::private_read, Scope::admin_users})
    CHECK(account.when(CreateApiKey{.name = "x", .scopes = {{scope}}}) == "! permission_denied");
}

TEST_CASE("account rights: a key ends when it was to end") {
  Given<Account> account = active();
  signed_in(account);
  CreateApiKey command{.name = "week", .expires_at = account.now + 7 * 24h};
  CHECK(account.when(command) == "api_key.created");
  const std::string key = *account.last.reply.get_if<ApiKeyResource>()->key;
  CHECK(standing_of_key(account, key).active);
  account.now += 7 * 24h;
  CHECK_FALSE(standing_of_key(account, key).active);
}

TEST_CASE(
    "account rights: keys of builds before scopes go on: a read-only one reads, the others do what needs no step-up") {
  Given<Account> account = active();
  account.state.api_keys.push_back({.id = test_id<TripId>(1).value, .hash = sha256_hex("old"), .permissions = 0});
  account.state.api_keys.push_back({.id = test_id<TripId>(2).value, .hash = sha256_hex("reads"), .read_only = true});
  CHECK(standing_of_key(account, "old").scopes == user_scopes);
  CHECK(standing_of_key(account, "reads").scopes == read_scopes());
}

TEST_CASE("account rights: whoever may do less neither signs an administrator out nor changes what they are") {
  Given<Account> account = active();
  signed_in(account);
  account.state.permissions = all_permissions;
  account.as(admin(bob, Permission::users));
  CHECK(account.when(RevokeAllSessions{}) == "! permission_denied");
  CHECK(account.when(SetRoles{{Role::customer, Role::admin}, permission_list(all_permissions)}) ==
        "! permission_denied");
  Caller equal = admin(bob, Permission::users);
  equal.permissions = all_permissions;
  CHECK(account.as(equal).when(SetRoles{{Role::customer, Role::admin}, permission_list(all_permissions)}) ==
        "user.roles_set");
  CHECK(account.when(RevokeAllSessions{}) == "user.sessions_revoked");
}

TEST_CASE("account rights: whoever lacks one permission gives it to nobody; the settings restore all") {
  Given<Account> account = active();
  Caller root = admin(bob, Permission::users);
  root.permissions = all_permissions & ~static_cast<std::uint32_t>(Permission::private_data);
  account.as(root);
  CHECK(account.when(SetRoles{{Role::customer, Role::admin}, permission_list(all_permissions)}) ==
        "! permission_denied");
  CHECK(account.when(SetRoles{{Role::customer, Role::admin}, permission_list(root.permissions)}) == "user.roles_set");
  CHECK(account.when(RestoreAdministrator{}) == "! permission_denied");
  CHECK(account.as(user(ann)).when(RestoreAdministrator{}) == "! permission_denied");
  account.as(root).when(SetAccountStatus{UserStatus::banned, "takeover"});
  CHECK(account.as(provider()).when(RestoreAdministrator{}) == "user.reactivated, user.roles_set");
  CHECK(account.state.permissions == all_permissions);
  CHECK(account.state.status == UserStatus::active);
  CHECK(account.when(RestoreAdministrator{}) == "(nothing)");
}

TEST_CASE("account rights: with a permission go the services that rest on it, and with a key its devices") {
  Given<Account> account = active();
  constexpr auto security = static_cast<std::uint32_t>(Permission::security);
  account.state.permissions = security | static_cast<std::uint32_t>(Permission::finance);
  Caller boss = admin(bob, Permission::users);
  boss.permissions = all_permissions;
  const auto left = [&] {
    const PauseServices* command = account.sent<PauseServices>();
    REQUIRE(command);
    CHECK(command->made_by == ann);
    return command->permissions;
  };
  SUBCASE("demoted") {
    account.as(boss).when(SetRoles{{Role::admin}, {PermissionName::security}});
    CHECK(left() == (security | static_cast<std::uint32_t>(Permission::read)));
  }
  SUBCASE("banned") {
    account.as(boss).when(SetAccountStatus{UserStatus::banned, "fraud"});
    CHECK(left() == 0);
  }
  SUBCASE("deleted") {
    account.as(user(ann)).when(DeleteAccount{});
    CHECK(left() == 0);
  }
  SUBCASE("who gains one keeps them") {
    account.state.permissions = security;
    account.as(boss).when(SetRoles{{Role::admin}, {PermissionName::security, PermissionName::finance}});
    CHECK_FALSE(account.sent<PauseServices>());
  }
  SUBCASE("a key is revoked") {
    account.as(user(ann)).when(CreateApiKey{"shop"});
    const Uuid key = account.state.api_keys.at(0).id;
    account.when(RevokeApiKey{key});
    REQUIRE(account.sent<ForgetDevices>());
    CHECK(account.sent<ForgetDevices>()->of_key == key);
  }
}

TEST_CASE("account rights: keys end with demotion, suspension, and an administrator who signs the owner out") {
  Given<Account> account = active();
  signed_in(account);
  account.state.permissions = static_cast<std::uint32_t>(Permission::finance);
  Caller root = admin(bob, Permission::users);
  root.permissions = all_permissions;
  const auto key = [&](CreateApiKey command) {
    REQUIRE(account.as(admin(ann, Permission::finance)).when(std::move(command)) == "api_key.created");
    return *account.last.reply.get_if<ApiKeyResource>()->key;
  };
  const std::string finance = key({.name = "books", .permissions = {{PermissionName::finance}}});
  const std::string plain = key({.name = "reader"});
  CHECK(account.as(root).when(SetRoles{{Role::customer}}) == "user.roles_set, api_key.revoked");
  CHECK(account.when(SetRoles{{Role::customer, Role::admin}, {PermissionName::finance}}) == "user.roles_set");
  CHECK_FALSE(standing_of_key(account, finance).active);  // not with the next promotion either
  CHECK(standing_of_key(account, plain).active);
  CHECK(account.as(root).when(SetAccountStatus{UserStatus::suspended, "x"}) ==
        "user.suspended, user.sessions_revoked, api_keys.revoked");
  account.as(root).when(SetAccountStatus{UserStatus::active});
  CHECK_FALSE(standing_of_key(account, plain).active);
  const std::string later = key({.name = "later"});
  CHECK(account.as(user(ann)).when(RevokeAllSessions{}) == "(nothing)");  // no session is left, and keys are none
  CHECK(standing_of_key(account, later).active);
  CHECK(account.as(root).when(RevokeAllSessions{}) == "api_keys.revoked");
  CHECK_FALSE(standing_of_key(account, later).active);
}

TEST_CASE("account: the deliveries of whoever is suspended or banned hear of it, and nothing is cancelled") {
  const OpenWorkFound found{{test_id<RequestId>(5)}, {test_id<TripId>(6)}, {test_id<DeliveryId>(7)}};
  for (const UserStatus status : {UserStatus::suspended, UserStatus::banned}) {
    Given<Account> account = active();
    account.as(admin(bob, Permission::users)).when(SetAccountStatus{status, "fraud"});
    CHECK(account.sent<FindOpenWork>()->user_id == ann);
    CHECK(account.as(provider()).when(found) == "(nothing)");
    REQUIRE(account.last.effects.size() == 1);
    CHECK(account.last.effects.front().to == Address{EntityKind::delivery, test_id<DeliveryId>(7).value});
    CHECK(account.sent<SideInactive>()->side == ann);
    CHECK(account.sent<SideInactive>()->banned == (status == UserStatus::banned));
    account.as(admin(bob, Permission::users)).when(SetAccountStatus{UserStatus::active});
    CHECK(account.as(provider()).when(found) == "(nothing)");
    CHECK(account.last.effects.empty());
  }
}

}  // namespace account_rights_test
