#include "actors/account/rules.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/files/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/request/commands.hpp"
#include "actors/services/commands.hpp"
#include "actors/trip/commands.hpp"
#include "actors/user/commands.hpp"
#include "actors/wallet/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"
#include "tests/testkit/robbed_account.hpp"

/// The deletion of an account, until it is erased.
namespace account_closing_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::robbed;
using namespace std::chrono_literals;

namespace {

constexpr auto wait = std::chrono::days{policy.accounts.closing_days};

/// A thief has asked for the deletion: the token that was mailed to the owner.
std::string closed_by_thief(Robbed& robbed) {
  REQUIRE(robbed.account.as(user(ann)).when(DeleteAccount{}).starts_with("user.deletion_requested"));
  REQUIRE(robbed.mail("deletion_undo_template"));
  return robbed.mail("deletion_undo_template")->variables.at("undoToken");
}

bool is_freed(const Given<Account>& account) { return account.sent<ReleaseClaim>() != nullptr; }

UserStatus status_after_wait(Given<Account> account) {
  account.at(account.now + wait).as(timer()).when(TimerFired{std::string(account::closing_timer)});
  return account.state.status;
}

}  // namespace

TEST_CASE("account closing: everybody is out at once, what is open ends, and nothing is erased yet") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.as(user(ann)).when(CreateApiKey{"shop"});
  CHECK(account.when(DeleteAccount{}) == "user.deletion_requested, user.sessions_revoked, api_keys.revoked");
  CHECK(effects(account.last) ==
        std::vector<std::string>{"inbox notify", "inbox forget_devices", "directory find_open_work"});
  CHECK(account.sent<Notify>()->recipient == "ann@example.com");
  CHECK(account.sent<Notify>()->variables.at("until") == to_rfc3339(account.now + wait));
  CHECK(account.state.sessions.empty());
  CHECK(account.state.api_keys.empty());
  CHECK(account.state.email == "ann@example.com");
  const auto shown =
      *account.as(admin(test_id<UserId>(2), Permission::users)).ask(ViewAccount{}).resource.get_if<AccountResource>();
  CHECK(shown.status == UserStatus::closing);
  REQUIRE(shown.deletion);
  CHECK(shown.deletion->erased_at == account.now + wait);

  account.as(provider());
  CHECK(account.when(OpenWorkFound{{test_id<RequestId>(5)}, {test_id<TripId>(6)}, {test_id<DeliveryId>(7)}}) ==
        "open_work.cancelled");
  CHECK(account.sent<CancelRequest>());
  CHECK(account.sent<CancelTrip>());
  CHECK(account.sent<CancelDelivery>());
  account.at(*account.last.timers.at(0).due).as(timer());
  CHECK(account.when(TimerFired{std::string(account::open_work_timer)}) == "(nothing)");
  CHECK(account.sent<FindOpenWork>());
  CHECK(account.as(provider()).when(OpenWorkFound{}) == "deletion.finished");
  account.as(entity({EntityKind::delivery, test_id<DeliveryId>(8).value})).when(AskStanding{});
  CHECK(account.sent<SideStanding>()->is_closed);
}

TEST_CASE("account closing: it is erased when the time is over, and not before") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const std::string undo = closed_by_thief(robbed);
  const Time end = account.now + wait;
  account.as(timer());
  CHECK(account.at(end - 1s).when(TimerFired{std::string(account::closing_timer)}) == "(nothing)");
  REQUIRE(account.last.timers.size() == 1);
  CHECK(account.last.timers.front().name == account::closing_timer);
  CHECK(account.last.timers.front().due == end);
  CHECK(account.at(end).when(TimerFired{std::string(account::closing_timer)}) == "user.deleted, user.sessions_revoked");
  CHECK(account.sent<Notify>()->template_id == "account_deleted");
  CHECK(account.sent<CloseProfile>());
  CHECK(account.sent<CloseInbox>());
  CHECK(account.sent<CloseFiles>());
  CHECK(robbed.released("ann@example.com"));
  CHECK(account.sent<FindOpenWork>());
  CHECK(account.state.email.empty());
  CHECK_FALSE(account.state.closes_at);
  CHECK(account.as({}).when(UndoChanges{undo, home}) == "! token_invalid");
  CHECK(account.when(RecordLogin{1, home}) == "! account_deleted");
}

TEST_CASE("account closing: the mailed link takes it back once, and asks for a new password") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const std::string undo = closed_by_thief(robbed);
  account.as(provider()).when(OpenWorkFound{});
  account.at(account.now + wait - 1s).as({});
  CHECK(account.when(UndoChanges{undo, home}) ==
        "user.changes_undone, user.deletion_taken_back, user.sessions_revoked, password_reset.sent");
  CHECK(account.state.status == UserStatus::active);
  CHECK_FALSE(account.state.closes_at);
  CHECK_FALSE(is_freed(account));
  for (const std::string_view stopped : {account::closing_timer, account::open_work_timer})
    CHECK(std::ranges::any_of(account.last.timers,
                              [&](const TimerChange& change) { return change.name == stopped && !change.due; }));
  CHECK(robbed.mail("changes_undone_template")->variables.at("accountKept") == "true");
  const std::string reset = robbed.mail("changes_undone_template")->variables.at("resetToken");
  CHECK(account.when(UndoChanges{undo, home}) == "! token_invalid");
  CHECK(account.when(ResetPassword{reset, "new", home}).starts_with("user.password_changed"));
  CHECK(account.when(RecordLogin{account.state.credentials_version, home}) == "user.login");
  // What was on its way to it before finds it open.
  CHECK(account.as(provider()).when(OpenWorkFound{{test_id<RequestId>(5)}, {}, {}}) == "(nothing)");
  CHECK(account.last.effects.empty());
  CHECK(status_after_wait(account) == UserStatus::active);
  // Asked for again, it begins anew.
  CHECK(account.as(user(ann)).when(DeleteAccount{}).starts_with("user.deletion_requested"));
  CHECK(account.as(provider()).when(OpenWorkFound{}) == "open_work.cancelled");
}

TEST_CASE("account closing: whoever shows password and code is told until when, and nobody else") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto login = [&] { return account.as({}).when(RecordLogin{account.state.credentials_version, home}); };
  SUBCASE("with a password alone") {
    closed_by_thief(robbed);
    CHECK(login() == "! account_closing");
    CHECK(account.last.rejection->detail.find(to_rfc3339(*account.state.closes_at)) != std::string::npos);
    CHECK(account.when(RecordLogin{account.state.credentials_version - 1, home}) == "! invalid_credentials");
  }
  SUBCASE("with a second factor") {
    robbed.enable_two_factor();
    closed_by_thief(robbed);
    REQUIRE(login() == "login.challenged");
    const std::string challenge = *account.last.reply.get_if<SignIn>()->challenge_token;
    CHECK(account.when(CompleteChallenge{challenge, "000000", 0, home}).starts_with("login.challenge_failed"));
    CHECK(account.when(CompleteChallenge{challenge, "234567", 200, home}) == "! account_closing");
  }
  SUBCASE("whoever tries too often is locked out, as ever") {
    closed_by_thief(robbed);
    account.as({});
    for (int i = 0; i < max_login_failures; ++i) account.when(RecordLoginFailure{home});
    CHECK(login() == "! account_locked");
  }
}

TEST_CASE("account closing: whoever lost the mail asks for a new password, and is mailed the link anew") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.as({}).when(RequestPasswordReset{home, "ann@example.com"});
  const std::string reset = account.sent<Notify>()->variables.at("resetToken");
  const std::string undo = closed_by_thief(robbed);
  CHECK(account.as({}).when(ResetPassword{reset, "new", home}) == "! token_invalid");
  CHECK(account.when(RequestPasswordReset{home, "Ann@example.com"}) == "undo.renewed");
  REQUIRE(robbed.mail("deletion_undo_template"));
  CHECK(robbed.mail("deletion_undo_template")->recipient == "ann@example.com");
  const std::string anew = robbed.mail("deletion_undo_template")->variables.at("undoToken");
  Given<Account> found = account;  // the mail from before
  CHECK(found.when(UndoChanges{undo, home}).starts_with("user.changes_undone, user.deletion_taken_back"));
  CHECK(found.when(UndoChanges{anew, home}) == "! token_invalid");
  Given<Account> other = account;  // an address that it never proved
  CHECK(other.when(RequestPasswordReset{home, "stranger@example.com"}) == "undo.renewed");
  CHECK(other.sent<Notify>()->recipient == "ann@example.com");
  CHECK(account.when(UndoChanges{anew, home}).starts_with("user.changes_undone, user.deletion_taken_back"));
}

TEST_CASE("account closing: a thief who took the address first keeps neither it nor the account") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto [token, undo] = robbed.change_email("thief@example.com");
  account.as({}).when(RedeemEmailChange{token});
  account.at(account.now + account::undo_life - 1h).as(user(ann)).when(DeleteAccount{});
  std::vector<std::string> told;
  for (const Effect& effect : account.last.effects)
    if (const auto* notify = effect.command.get_if<Notify>()) {
      told.push_back(notify->recipient.value_or(""));
      // The link of the address that the account has is the thief's, and brings no other back.
      CHECK(notify->variables.contains("undoToken") == (notify->recipient == "thief@example.com"));
    }
  CHECK(told == std::vector<std::string>{"ann@example.com", "thief@example.com"});
  // The address would have been given up an hour later.
  account.at(account.now + 2h).as(timer()).when(TimerFired{std::string(account::undo_timer)});
  CHECK_FALSE(robbed.released("ann@example.com"));
  account.at(account.now + wait - 3h).as({});
  SUBCASE("by the link of the change") {
    CHECK(account.when(UndoChanges{undo, home}).starts_with("user.changes_undone, user.deletion_taken_back"));
  }
  SUBCASE("by a new one, that the address asked for") {
    CHECK(account.when(RequestPasswordReset{home, "ann@example.com"}) == "undo.renewed");
    const std::string anew = robbed.mail("address_back_template")->variables.at("undoToken");
    CHECK(account.when(UndoChanges{anew, home}).starts_with("user.changes_undone, user.deletion_taken_back"));
  }
  CHECK(account.state.email == "ann@example.com");
  CHECK(account.state.status == UserStatus::active);
  CHECK(robbed.released("thief@example.com"));
}

TEST_CASE("account closing: a second factor of the week before goes off by the mailed link, a day later") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  robbed.enable_two_factor();
  SUBCASE("a thief's, of that week") {
    account.at(account.now + account::undo_life - 1s);
    const std::string undo = closed_by_thief(robbed);
    account.at(account.now + wait - 1s).as({});
    REQUIRE(account.when(UndoChanges{undo, home}).starts_with("user.changes_undone, user.deletion_taken_back"));
    CHECK(robbed.mail("changes_undone_template")->variables.contains("factorWaits"));
    CHECK(robbed.mail("two_factor_removal_template")->recipient == "ann@example.com");
    CHECK(account.state.two_factor());
    REQUIRE(account.state.two_factor_removal);
    account.at(account.state.two_factor_removal->due).as(timer());
    account.when(TimerFired{std::string(account::removal_timer)});
    CHECK_FALSE(account.state.two_factor());
  }
  SUBCASE("an older one stays") {
    account.at(account.now + account::undo_life);
    const std::string undo = closed_by_thief(robbed);
    REQUIRE(account.as({}).when(UndoChanges{undo, home}).starts_with("user.changes_undone, user.deletion_taken_back"));
    CHECK_FALSE(robbed.mail("changes_undone_template")->variables.contains("factorWaits"));
    CHECK_FALSE(account.state.two_factor_removal);
    CHECK(account.state.two_factor());
  }
}

TEST_CASE("account closing: whoever asks for the link again and again makes no mailed one void") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const std::string first = closed_by_thief(robbed);
  std::string newest;
  int sent = 0;
  for (std::size_t i = 0; i < 5 * account::max_live_tokens; ++i) {
    account.at(account.now + 1h).as({});
    if (account.when(RequestPasswordReset{away, "ann@example.com"}) != "undo.renewed") continue;
    newest = robbed.mail("deletion_undo_template")->variables.at("undoToken");
    ++sent;
  }
  CHECK(sent > static_cast<int>(account::max_live_tokens));
  REQUIRE(account.state.undo_tokens.size() == 1);
  CHECK(account.state.undo_tokens.front().older.size() == account::max_live_tokens);
  for (const std::string& token : {first, newest}) {
    Given<Account> owner = account;
    CHECK(owner.when(UndoChanges{token, home}).starts_with("user.changes_undone, user.deletion_taken_back"));
    CHECK(owner.state.status == UserStatus::active);
  }
  account.at(*account.state.closes_at);
  CHECK(account.when(UndoChanges{first, home}) == "! token_invalid");
}

TEST_CASE("account closing: a thief who uses up the mails of a deletion leaves those of the address from before") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto [token, undo] = robbed.change_email("thief@example.com");
  account.as({}).when(RedeemEmailChange{token});
  account.as(user(ann)).when(DeleteAccount{});
  const auto ask = [&](const ClientFacts& client, const char* email) {
    return account.as({}).when(RequestPasswordReset{client, email});
  };
  for (int i = 0; i < 2 * max_mails_a_day; ++i)
    for (const ClientFacts& client : {home, away}) ask(client, "thief@example.com");
  CHECK(ask(home, "thief@example.com") == "(nothing)");
  CHECK(account.state.address_back.sent == 0);
  CHECK(ask(home, "ann@example.com") == "undo.renewed");
  CHECK(robbed.mail("address_back_template")->recipient == "ann@example.com");
  // Nor do many of that address leave it without a fresh one.
  for (int i = 0; i < 2 * max_mails_a_day; ++i) ask(away, "ann@example.com");
  account.at(account.now + 1h);
  CHECK(ask(away, "ann@example.com") == "undo.renewed");
}

TEST_CASE("account closing: what a thief left goes on the last day as well, from a week before the deletion on") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const UserId before = test_id<UserId>(7), friendly = test_id<UserId>(8);
  account.as(provider()).when(NoteRolesGiven{before});
  account.at(account.now + 1h).as(provider()).when(NoteRolesGiven{friendly});
  account.as(user(ann)).when(SendPhoneCode{"+12025550100"});
  account.when(VerifyPhone{account.sent<Notify>()->variables.at("code")});
  account.at(account.now + account::undo_life - 1h);
  const std::string undo = closed_by_thief(robbed);
  const Time since = account.now - account::undo_life;
  account.at(account.now + wait - 1s).as(provider());
  SUBCASE("and the edge is told since when") {
    // Who is noted meanwhile pushes nobody out.
    account.when(NoteRolesGiven{test_id<UserId>(9)});
    const auto given = *account.ask(ListRolesGiven{account.now - account::undo_life}).resource.get_if<RolesGivenList>();
    CHECK(given.since == since);
    CHECK(given.users == std::vector{friendly, test_id<UserId>(9)});
  }
  SUBCASE("and the account's own part ends") {
    account.as({}).when(UndoChanges{undo, home});
    CHECK_FALSE(account.state.phone_verified);
    CHECK(robbed.mail("changes_undone_template")->variables.contains("phoneVoid"));
    REQUIRE(account.sent<RemoveNewAccounts>());
    CHECK(account.sent<RemoveNewAccounts>()->since == since);
    CHECK(account.sent<RestorePreferences>()->since == since);
    CHECK(account.sent<PauseServices>()->since == since);
    std::vector<Address> lose;
    for (const Effect& effect : account.last.effects)
      if (const auto* takes = effect.command.get_if<TakeRolesBack>(); takes && takes->since == since)
        lose.push_back(effect.to);
    CHECK(lose == std::vector{account_address(friendly)});
  }
}

TEST_CASE("account closing: what a thief left is reckoned from the deletion, however long accounts close by now") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const Time asked_at = account.now;
  account.event(DeletionRequested{asked_at + wait / 2, "hash", {}, asked_at});  // by another policy
  account.at(asked_at + 24h).as(provider());
  const auto since = [&] { return account.ask(ListRolesGiven{account.now}).resource.get_if<RolesGivenList>()->since; };
  CHECK(since() == asked_at - account::undo_life);
  account.event(DeletionTakenBack{account.now});
  CHECK(since() == account.now - account::undo_life);
}

TEST_CASE("account closing: nobody else changes its status, nor do the settings: the mailed link brings it back") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.state.permissions = static_cast<std::uint32_t>(Permission::security);
  const std::string undo = closed_by_thief(robbed);
  CHECK(account.sent<PauseServices>()->permissions == 0);
  Caller office = admin(test_id<UserId>(2), Permission::users);
  office.permissions = all_permissions;
  account.as(office);
  for (const UserStatus other : {UserStatus::active, UserStatus::suspended})
    CHECK(account.when(SetAccountStatus{other, "x"}) == "! account_closing");
  CHECK(account.as(user(ann)).when(ReplaceRecoveryCodes{}) == "! account_closing");
  // The thief knows the password: a start opens nothing to them, and leaves the link good.
  CHECK(account.as(provider()).when(RestoreAdministrator{}) == "! account_closing");
  CHECK(account.last.rejection->detail.find("link") != std::string::npos);
  CHECK(account.as({}).when(UndoChanges{undo, home}).starts_with("user.changes_undone, user.deletion_taken_back"));
  CHECK(account.state.password_hash.empty());
  CHECK(account.as(provider()).when(RestoreAdministrator{}) == "user.roles_set");
  CHECK(account.state.permissions == all_permissions);
  CHECK(status_after_wait(account) == UserStatus::active);
  // And no status is closing by an administrator's word.
  CHECK(account.as(office).when(SetAccountStatus{UserStatus::closing, "x"}) == "! invalid_transition");
}

TEST_CASE("account closing: nobody leaves to get around a ban, which takes the place of the deletion") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const Caller office = admin(test_id<UserId>(2), Permission::users);
  account.as(user(ann)).when(SendPhoneCode{"+12025550100"});
  account.when(VerifyPhone{account.sent<Notify>()->variables.at("code")});
  const std::string undo = closed_by_thief(robbed);
  account.as(provider()).when(OpenWorkFound{{test_id<RequestId>(5)}, {}, {}});
  account.at(account.now + 1h).as(office);
  REQUIRE(account.when(SetAccountStatus{UserStatus::banned, "fraud"}).starts_with("user.suspended"));
  CHECK(account.state.status == UserStatus::banned);
  CHECK_FALSE(is_freed(account));
  CHECK(account.sent<HoldPayouts>());
  CHECK(account.sent<FindOpenWork>());
  for (const std::string_view stopped : {account::closing_timer, account::open_work_timer})
    CHECK(std::ranges::any_of(account.last.timers,
                              [&](const TimerChange& change) { return change.name == stopped && !change.due; }));
  CHECK(account.as(provider()).when(OpenWorkFound{{}, {}, {test_id<DeliveryId>(7)}}) == "(nothing)");
  CHECK(account.sent<SideInactive>());
  CHECK_FALSE(account.sent<CancelDelivery>());
  // Nothing erases it, and no link of the deletion opens it.
  CHECK(status_after_wait(account) == UserStatus::banned);
  CHECK(account.state.email == "ann@example.com");
  CHECK(account.state.phone_verified);
  CHECK(account.as({}).when(UndoChanges{undo, home}) == "! token_invalid");
  CHECK(account.when(RequestPasswordReset{home, "ann@example.com"}) == "password_reset.sent");
  CHECK(account.when(RecordLogin{account.state.credentials_version, home}) == "! account_banned");
  CHECK(account.as(office).when(SetAccountStatus{UserStatus::active, "appeal"}) == "user.reactivated");
  CHECK(account.state.status == UserStatus::active);
  CHECK(account.as(user(ann)).when(DeleteAccount{}).starts_with("user.deletion_requested"));
}

TEST_CASE("account closing: one that is shut out is erased at once, as nobody could take it back") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.as(admin(test_id<UserId>(2), Permission::users)).when(SetAccountStatus{UserStatus::banned, "fraud"});
  CHECK(account.when(DeleteAccount{}) == "user.deleted, user.sessions_revoked");
}

TEST_CASE("account closing: a delivery that was accepted while an account closed ends, and gives its money back") {
  using namespace delivery_stages;
  for (const UserId side : {sender, carrier}) {
    Given<Delivery> delivery = accepted();
    CHECK(delivery.receivers<AskStanding>() == std::vector{account_address(sender), account_address(carrier)});
    Given<Delivery> open = delivery;
    CHECK(open.as(entity(account_address(side))).when(SideStanding{side}) == "(nothing)");
    // It was open when the acceptance began, and looked for what it had before this was made.
    SideStanding gone{side};
    gone.is_closed = true;
    delivery.as(entity(account_address(side))).when(gone);
    CHECK(delivery.state.status == DeliveryStatus::cancelled);
    REQUIRE(delivery.sent<RefundEscrow>());
    CHECK(delivery.sent<RefundEscrow>()->refund.amount == 3'500);
    // The look of the account itself finds nothing to end any more.
    CHECK(delivery.when(CancelDelivery{std::string(user_deleted)}) == "(nothing)");
  }
  // While the acceptance is under way, whatever step it has come to, nobody keeps a hold or room.
  for (Given<Delivery> delivery : {began(), paid(), reserved()}) {
    SideStanding gone{carrier};
    gone.is_closed = true;
    delivery.as(entity(account_address(carrier))).when(gone);
    CHECK(delivery.state.saga == SagaState::compensated);
    CHECK(delivery.sent<CancelIntent>());
    CHECK(delivery.sent<AcceptanceFailed>());
  }
}

}  // namespace account_closing_test
