#include "actors/account/rules.hpp"
#include "tests/testkit/entity.hpp"

namespace account_table_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const ClientFacts client{"192.0.2.1", "phone", "192.0.2.1"};

Given<Account> registered() {
  Given<Account> account(account_address(ann));
  Register command;
  command.email = "ann@example.com";
  command.first_name = "Ann";
  command.last_name = "Archer";
  command.password_hash = "hash";
  account.when(command);
  return account;
}

struct Tokens {
  std::string verification, reset, refresh, challenge, code, change, undo, keep;
  Uuid session, key;
};

/// An account in which every part is there: a session, a reset token, a telephone code, a key.
Given<Account> active(Tokens& tokens) {
  Given<Account> account = registered();
  tokens.verification = account.sent<Notify>()->variables.at("verificationToken");
  account.when(VerifyEmail{tokens.verification});
  account.when(RecordLogin{1, client});
  const auto* signed_in = account.last.reply.get_if<SignIn>();
  tokens.refresh = signed_in->refresh_token;
  tokens.session = signed_in->session_id;
  account.when(RequestPasswordReset{});
  tokens.reset = account.sent<Notify>()->variables.at("resetToken");
  account.as(user(ann));
  account.when(SendPhoneCode{"+12025550100"});
  tokens.code = account.sent<Notify>()->variables.at("code");
  account.when(RequestEmailChange{"ann@example.org"});
  tokens.change = account.sent<Notify>()->variables.at("verificationToken");
  tokens.undo = account.last.effects.at(2).command.get_if<Notify>()->variables.at("undoToken");
  account.when(CreateApiKey{"shop"});
  tokens.key = account.state.api_keys.at(0).id;
  return account;
}

}  // namespace

TEST_CASE("account: every state against every command") {
  Tokens tokens;
  const auto one = active(tokens);
  auto prepared = one;
  prepared.when(SetUpTwoFactor{{"sealed"}});
  auto secured = prepared;
  secured.when(EnableTwoFactor{"123456", 100});
  secured.as({}).when(RecordLogin{2, client});
  tokens.challenge = *secured.last.reply.get_if<SignIn>()->challenge_token;
  auto leaving = secured;
  leaving.as(admin(bob, Permission::users)).when(RequestTwoFactorRemoval{"lost"});
  tokens.keep = leaving.sent<Notify>()->variables.at("keepToken");
  auto locked = one;
  for (int i = 0; i < max_login_failures; ++i) locked.when(RecordLoginFailure{client});
  auto suspended = one, banned = one;
  suspended.as(admin(bob, Permission::users)).when(SetAccountStatus{UserStatus::suspended});
  banned.as(admin(bob, Permission::users)).when(SetAccountStatus{UserStatus::banned});
  auto closing = secured;
  closing.as(user(ann)).when(DeleteAccount{});
  auto deleted = one;
  deleted.as(user(ann)).when(DeleteAccount{});
  deleted.at(deleted.state.closes_at.value()).as(timer()).when(TimerFired{"closing"});
  Register again;
  again.email = "ann@example.com";
  Caller everything = admin(bob, Permission::users);
  everything.permissions = all_permissions;
  check_table<Account>({{"none", {}},
                        {"pending", registered().state},
                        {"active", one.state},
                        {"prepared", prepared.state},
                        {"secured", secured.state},
                        {"leaving", leaving.state},
                        {"locked", locked.state},
                        {"suspended", suspended.state},
                        {"banned", banned.state},
                        {"closing", closing.state},
                        {"deleted", deleted.state}},
                       {{"", AnyRecord(again), Caller{}},
                        {"right token", AnyRecord(VerifyEmail{tokens.verification}), Caller{}},
                        {"", AnyRecord(ResendVerification{}), Caller{}},
                        {"credentials 1", AnyRecord(RecordLogin{1, client}), Caller{}},
                        {"credentials 2", AnyRecord(RecordLogin{2, client}), Caller{}},
                        {"", AnyRecord(RecordLoginFailure{client}), Caller{}},
                        {"right code", AnyRecord(CompleteChallenge{tokens.challenge, "234567", 101, client}), Caller{}},
                        {"wrong code", AnyRecord(CompleteChallenge{tokens.challenge, "000000", 0, client}), Caller{}},
                        {"newest token", AnyRecord(RefreshSession{tokens.refresh, client}), Caller{}},
                        {"by owner", AnyRecord(RevokeSession{tokens.session}), user(ann)},
                        {"by other", AnyRecord(RevokeSession{tokens.session}), user(bob)},
                        {"by owner", AnyRecord(RevokeAllSessions{}), user(ann)},
                        {"by admin", AnyRecord(RevokeAllSessions{}), everything},
                        {"by other", AnyRecord(RevokeAllSessions{}), user(bob)},
                        {"", AnyRecord(RequestPasswordReset{}), Caller{}},
                        {"right token", AnyRecord(ResetPassword{tokens.reset, "new"}), Caller{}},
                        {"by owner", AnyRecord(ChangePassword{"new", 1, tokens.session}), user(ann)},
                        {"by other", AnyRecord(ChangePassword{"new", 1, tokens.session}), user(bob)},
                        {"by owner", AnyRecord(SetUpTwoFactor{{"sealed"}}), user(ann)},
                        {"by other", AnyRecord(SetUpTwoFactor{{"sealed"}}), user(bob)},
                        {"right code", AnyRecord(EnableTwoFactor{"123456", 100}), user(ann)},
                        {"wrong code", AnyRecord(EnableTwoFactor{"000000", 0}), user(ann)},
                        {"by other", AnyRecord(EnableTwoFactor{"123456", 100}), user(bob)},
                        {"right code", AnyRecord(DisableTwoFactor{"234567", 101, 2}), user(ann)},
                        {"wrong code", AnyRecord(DisableTwoFactor{"000000", 0, 2}), user(ann)},
                        {"by other", AnyRecord(DisableTwoFactor{"234567", 101, 2}), user(bob)},
                        {"by owner", AnyRecord(ReplaceRecoveryCodes{}), user(ann)},
                        {"by other", AnyRecord(ReplaceRecoveryCodes{}), user(bob)},
                        {"by owner", AnyRecord(SendPhoneCode{"+12025550101"}), user(ann)},
                        {"by other", AnyRecord(SendPhoneCode{"+12025550101"}), user(bob)},
                        {"right code", AnyRecord(VerifyPhone{tokens.code}), user(ann)},
                        {"by other", AnyRecord(VerifyPhone{tokens.code}), user(bob)},
                        {"suspend by admin", AnyRecord(SetAccountStatus{UserStatus::suspended}), everything},
                        {"activate by admin", AnyRecord(SetAccountStatus{UserStatus::active}), everything},
                        {"delete by admin", AnyRecord(SetAccountStatus{UserStatus::deleted}), everything},
                        {"suspend by owner", AnyRecord(SetAccountStatus{UserStatus::suspended}), user(ann)},
                        {"by admin", AnyRecord(SetRoles{{Role::admin}, {}}), everything},
                        {"by owner", AnyRecord(SetRoles{{Role::admin}, {}}), user(ann)},
                        {"at start", AnyRecord(RestoreAdministrator{}), provider()},
                        {"by owner", AnyRecord(RestoreAdministrator{}), user(ann)},
                        {"by owner", AnyRecord(DeleteAccount{}), user(ann)},
                        {"by other", AnyRecord(DeleteAccount{}), user(bob)},
                        {"", AnyRecord(OpenWorkFound{{test_id<RequestId>(5)}, {}, {}}), provider()},
                        {"by owner", AnyRecord(CreateApiKey{"shop"}), user(ann)},
                        {"by other", AnyRecord(CreateApiKey{"shop"}), user(bob)},
                        {"by owner", AnyRecord(RequestEmailChange{"new@example.com"}), user(ann)},
                        {"by other", AnyRecord(RequestEmailChange{"new@example.com"}), user(bob)},
                        {"wrong token", AnyRecord(RedeemEmailChange{"x"}), Caller{}},
                        {"right token", AnyRecord(RedeemEmailChange{tokens.change}), Caller{}},
                        {"right token", AnyRecord(RejectEmail{tokens.change}), Caller{}},
                        {"of registration", AnyRecord(RejectEmail{tokens.verification}), Caller{}},
                        {"by profile", AnyRecord(NotePhoneChange{"+12025550102"}), provider()},
                        {"by owner", AnyRecord(NotePhoneChange{"+12025550102"}), user(ann)},
                        {"by owner", AnyRecord(RevokeApiKey{tokens.key}), user(ann)},
                        {"by other", AnyRecord(RevokeApiKey{tokens.key}), user(bob)},
                        {"password", AnyRecord(StepUp{tokens.session, 1, "", 0, client}), user(ann)},
                        {"right code", AnyRecord(StepUp{tokens.session, 0, "234567", 101, client}), user(ann)},
                        {"wrong code", AnyRecord(StepUp{tokens.session, 0, "000000", 0, client}), user(ann)},
                        {"by other", AnyRecord(StepUp{tokens.session, 1, "", 0, client}), user(bob)},
                        {"right token", AnyRecord(UndoChanges{tokens.undo, client}), Caller{}},
                        {"wrong token", AnyRecord(UndoChanges{"x", client}), Caller{}},
                        {"by admin", AnyRecord(RequestTwoFactorRemoval{"lost"}), everything},
                        {"by owner", AnyRecord(RequestTwoFactorRemoval{"lost"}), user(ann)},
                        {"right token", AnyRecord(KeepTwoFactor{tokens.keep}), Caller{}},
                        {"wrong token", AnyRecord(KeepTwoFactor{"x"}), Caller{}},
                        {"by owner", AnyRecord(KeepTwoFactor{}), user(ann)},
                        {"by other", AnyRecord(KeepTwoFactor{}), user(bob)},
                        {"by wallet", AnyRecord(MailPayoutChange{PayoutAccountChange::added, "6789"}),
                         entity({EntityKind::wallet, ann.value})},
                        {"by delivery", AnyRecord(AskStanding{}), entity({EntityKind::delivery, bob.value})},
                        {"by owner", AnyRecord(AskStanding{}), user(ann)},
                        {"by account", AnyRecord(NoteRolesGiven{bob}), entity(account_address(bob))},
                        {"by owner", AnyRecord(NoteRolesGiven{bob}), user(ann)},
                        {"by account", AnyRecord(TakeRolesBack{bob, test_start}), entity(account_address(bob))},
                        {"by owner", AnyRecord(TakeRolesBack{bob, test_start}), user(ann)},
                        {"by owner", AnyRecord(MailPayoutChange{PayoutAccountChange::added, "6789"}), user(ann)},
                        {"too early", AnyRecord(TimerFired{"two_factor_removal"}), timer()},
                        {"sessions", AnyRecord(TimerFired{"sessions"}), timer()},
                        {"open work", AnyRecord(TimerFired{"open_work"}), timer()}},
                       account_address(ann));
}

}  // namespace account_table_test
