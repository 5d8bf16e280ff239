#include <string>
#include <vector>

#include "actors/account/rules.hpp"
#include "tests/testkit/robbed_account.hpp"

/// A second factor that its owner lost goes off at an administrator's word, unless the owner keeps it.
namespace two_factor_removal_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::robbed;
using namespace std::chrono_literals;

TEST_CASE("second factor: an administrator has a second factor go off after a day, told to every proven address") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const auto [token, undo] = robbed.change_email("new@example.com");
  account.as({}).when(RedeemEmailChange{token});
  robbed.enable_two_factor();
  const Caller office = admin(test_id<UserId>(2), Permission::users);
  REQUIRE(account.as(office).when(RequestTwoFactorRemoval{"lost"}) == "two_factor_removal.requested");
  const Time due = account.last.reply.get_if<TwoFactorRemovalAnswer>()->removed_at;
  CHECK(due == account.now + 24h);
  CHECK(account.last.timers.at(0).due == due);
  CHECK(account.as(user(ann)).ask(ViewAccount{}).resource.get_if<AccountResource>()->two_factor_removal_at == due);
  std::vector<std::string> told;
  for (const Effect& effect : account.last.effects) {
    const auto* notify = effect.command.get_if<Notify>();
    REQUIRE(notify);
    if (notify->template_id == "two_factor_removal_template")
      told.push_back(notify->recipient.value_or(""));
    else
      CHECK(notify->variables.empty());  // whoever has a session reads the inbox
  }
  CHECK(told == std::vector<std::string>{"ann@example.com", "new@example.com"});
  const std::string before = robbed.mail("two_factor_removal_template")->variables.at("keepToken");
  account.at(account.now + 1h).as(office);
  // It ends no later, and the token is a new one: the first may have been copied.
  CHECK(account.when(RequestTwoFactorRemoval{"again"}) == "two_factor_removal.requested");
  const std::string keep = robbed.mail("two_factor_removal_template")->variables.at("keepToken");
  CHECK(account.last.reply.get_if<TwoFactorRemovalAnswer>()->removed_at == due);
  CHECK(account.as({}).when(KeepTwoFactor{before}) == "! token_invalid");
  account.at(due).as(timer());
  const auto stopped = [&] {
    CHECK(account.state.two_factor());
    CHECK_FALSE(account.state.two_factor_removal);
    CHECK(account.as(timer()).when(TimerFired{"two_factor_removal"}) == "(nothing)");
    CHECK(account.state.two_factor());
  };
  SUBCASE("it goes off") {
    CHECK(account.when(TimerFired{"two_factor_removal"}) == "user.two_factor_disabled, undos.voided");
    CHECK_FALSE(account.state.two_factor());
    CHECK_FALSE(account.state.two_factor_removal);
    CHECK(account.sent<Notify>()->recipient == "ann@example.com");
    CHECK(account.as({}).when(RecordLogin{account.state.credentials_version, away}) == "user.login");
    CHECK(account.when(KeepTwoFactor{keep}) == "! token_invalid");
  }
  SUBCASE("not before its time") {
    account.at(due - 1s);
    CHECK(account.when(TimerFired{"two_factor_removal"}) == "(nothing)");
    CHECK(account.state.two_factor());
  }
  SUBCASE("the mailed link keeps it") {
    CHECK(account.as({}).when(KeepTwoFactor{"invented"}) == "! token_invalid");
    CHECK(account.when(KeepTwoFactor{keep}) == "two_factor_removal.stopped");
    CHECK(account.when(KeepTwoFactor{keep}) == "! token_invalid");
    stopped();
  }
  SUBCASE("its owner keeps it, and nobody else") {
    CHECK(account.as(user(test_id<UserId>(3))).when(KeepTwoFactor{}) == "! not_owner");
    CHECK(account.as(user(ann)).when(KeepTwoFactor{}) == "two_factor_removal.stopped");
    CHECK(account.when(KeepTwoFactor{}) == "(nothing)");
    stopped();
  }
}

TEST_CASE(
    "second factor: nobody has their own second factor removed, nor that of who may do more, nor without a right") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const Caller office = admin(test_id<UserId>(2), Permission::users);
  const RequestTwoFactorRemoval command{"lost"};
  CHECK(account.as(office).when(command) == "! two_factor_not_enabled");
  robbed.enable_two_factor();
  CHECK(account.as(user(test_id<UserId>(2))).when(command) == "! permission_denied");
  CHECK(account.as(admin(test_id<UserId>(2), Permission::security)).when(command) == "! permission_denied");
  account.state.permissions =
      static_cast<std::uint32_t>(Permission::users) | static_cast<std::uint32_t>(Permission::ops);
  CHECK(account.as(office).when(command) == "! permission_denied");
  CHECK(account.as(admin(ann, Permission::users)).when(command) == "! self_not_allowed");
  CHECK(account.state.two_factor());
}

}  // namespace two_factor_removal_test
