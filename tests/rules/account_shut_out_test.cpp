#include <algorithm>
#include <functional>

#include "actors/account/rules.hpp"
#include "actors/services/commands.hpp"
#include "actors/user/commands.hpp"
#include "actors/wallet/commands.hpp"
#include "tests/testkit/robbed_account.hpp"

/// The list of what ends with a reset and an undo, each made by whoever was in.
namespace account_shut_out_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::robbed;
using namespace std::chrono_literals;

namespace {

const UserId friendly = test_id<UserId>(7), other = test_id<UserId>(8);
const Caller giver = entity(account_address(ann));

template <class T>
const T* sent_to(const Given<Account>& account, Address to) {
  for (const Effect& effect : account.last.effects)
    if (effect.to == to)
      if (const T* command = effect.command.get_if<T>()) return command;
  return nullptr;
}

void reset(Robbed& robbed) {
  robbed.account.as({}).when(RequestPasswordReset{home});
  const std::string token = robbed.account.sent<Notify>()->variables.at("resetToken");
  REQUIRE(robbed.account.when(ResetPassword{token, "new", home}).starts_with("user.password_changed"));
}

void undo(Robbed& robbed) {
  const Caller wallet = entity({EntityKind::wallet, ann.value});
  robbed.account.as(wallet).when(MailPayoutChange{PayoutAccountChange::added, "6789"});
  const std::string token = robbed.mail("payout_account_undo_template")->variables.at("undoToken");
  REQUIRE(robbed.account.as({}).when(UndoChanges{token, home}).starts_with("user.changes_undone"));
}

Given<Account> promoted(std::uint32_t permissions, const Caller& by, const UserId& who) {
  Given<Account> account(account_address(who));
  Register command;
  command.email = "friend@example.com";
  command.first_name = "Fred";
  account.when(command);
  account.when(VerifyEmail{account.sent<Notify>()->variables.at("verificationToken"), {}});
  SetRoles roles{{Role::customer, Role::admin}, permission_list(permissions)};
  REQUIRE(account.as(by).when(roles) == "user.roles_set");
  return account;
}

Caller boss(UserId who) {
  Caller caller = admin(who, Permission::users);
  caller.permissions = all_permissions;
  return caller;
}

}  // namespace

TEST_CASE("account shut out: each thing of the list ends with a reset, and with an undo") {
  struct Thing {
    const char* name;
    std::function<void(Robbed&)> make;
    std::function<bool(Robbed&)> has_ended;
  };
  const Thing list[] = {
      {"sessions", [](Robbed&) {}, [](Robbed& robbed) { return robbed.account.state.sessions.empty(); }},
      {"API keys", [](Robbed& robbed) { robbed.account.as(user(ann)).when(CreateApiKey{"thief's"}); },
       [](Robbed& robbed) { return robbed.account.state.api_keys.empty(); }},
      {"push devices", [](Robbed&) {},
       [](Robbed& robbed) { return sent_to<ForgetDevices>(robbed.account, inbox_of(ann)) != nullptr; }},
      {"a proven number",
       [](Robbed& robbed) {
         robbed.account.as(user(ann)).when(SendPhoneCode{"+12025550100"});
         robbed.account.when(VerifyPhone{robbed.account.sent<Notify>()->variables.at("code")});
       },
       [](Robbed& robbed) { return !robbed.account.state.phone_verified; }},
      {"an address that waits",
       [](Robbed& robbed) {
         robbed.account.as(user(ann)).when(RequestEmailChange{"t@example.com", robbed.stolen});
       },
       [](Robbed& robbed) { return robbed.account.state.pending_email.email.empty(); }},
      {"links that the thief copied",
       [](Robbed& robbed) {
         robbed.account.as(user(ann)).when(RequestEmailChange{"t@example.com", robbed.stolen});
       },
       [](Robbed& robbed) { return robbed.account.state.undo_tokens.empty(); }},
      {"payout accounts", [](Robbed&) {},
       [](Robbed& robbed) {
         const auto* removes = sent_to<RemoveNewAccounts>(robbed.account, {EntityKind::wallet, ann.value});
         return removes && removes->since == robbed.account.now - account::undo_life;
       }},
      {"services and their keys",
       [](Robbed& robbed) {
         robbed.account.event(RolesSet{UserType::both, all_permissions, {}, robbed.account.now});
       },
       [](Robbed& robbed) {
         const auto* pauses = sent_to<PauseServices>(robbed.account, services_address);
         return pauses && pauses->since == robbed.account.now - account::undo_life && pauses->made_by == ann;
       }},
      {"permissions that were given",
       [](Robbed& robbed) { robbed.account.as(entity(account_address(friendly))).when(NoteRolesGiven{friendly}); },
       [](Robbed& robbed) {
         const auto* takes = sent_to<TakeRolesBack>(robbed.account, account_address(friendly));
         return takes && takes->by == ann && takes->since == robbed.account.now - account::undo_life;
       }},
  };
  for (const Thing& thing : list)
    for (const auto& shut_out : {reset, undo}) {
      Robbed robbed;
      thing.make(robbed);
      shut_out(robbed);
      CHECK_MESSAGE(thing.has_ended(robbed), thing.name);
    }
}

TEST_CASE("account shut out: permissions that were given within a week go, with what was made of them") {
  const auto users = static_cast<std::uint32_t>(Permission::users);
  Given<Account> fred = promoted(users, boss(ann), friendly);
  REQUIRE(fred.sent<NoteRolesGiven>());
  CHECK(sent_to<NoteRolesGiven>(fred, account_address(ann))->user == friendly);
  const auto read = static_cast<std::uint32_t>(Permission::read);
  REQUIRE(fred.state.permissions == (users | read));
  const Time since = fred.now - account::undo_life;
  CHECK(fred.as(user(ann)).when(TakeRolesBack{ann, since}) == "! not_owner");
  CHECK(fred.as(giver).when(TakeRolesBack{other, since}) == "(nothing)");
  SUBCASE("and nothing ties the account to a thief") {
    fred.at(fred.now + std::chrono::days{3});
    CHECK(fred.as(giver).when(TakeRolesBack{ann, since}) == "user.roles_set");
    const ListGrantRoots ever{all_permissions, Time{}, true};
    CHECK(fred.as(provider()).ask(ever).resource.get_if<GrantRoots>()->roots.empty());
  }
  SUBCASE("of that giver alone") {
    fred.as(boss(other))
        .when(SetRoles{{Role::customer, Role::admin},
                       permission_list(users | static_cast<std::uint32_t>(Permission::disputes))});
    CHECK(fred.as(giver).when(TakeRolesBack{ann, since}) == "user.roles_set");
    CHECK(fred.state.permissions == static_cast<std::uint32_t>(Permission::disputes));
  }
  SUBCASE("and what they gave in turn") {
    fred.as(entity(account_address(other))).when(NoteRolesGiven{other});
    CHECK(fred.as(giver).when(TakeRolesBack{ann, since}) == "user.roles_set");
    CHECK(fred.state.permissions == 0);
    CHECK(fred.sent<PauseServices>()->permissions == 0);
    REQUIRE(sent_to<TakeRolesBack>(fred, account_address(other)));
    CHECK(sent_to<TakeRolesBack>(fred, account_address(other))->by == friendly);
    CHECK(fred.when(TakeRolesBack{ann, since}) == "(nothing)");
  }
  SUBCASE("what another administrator gave anew stays") {
    fred.as(boss(other)).when(SetRoles{{Role::customer}, {}});
    fred.as(boss(other)).when(SetRoles{{Role::customer, Role::admin}, permission_list(users)});
    CHECK(fred.as(giver).when(TakeRolesBack{ann, since}) == "(nothing)");
    CHECK(fred.state.permissions == (users | read));
  }
  SUBCASE("not what is older") {
    fred.at(fred.now + account::undo_life);
    CHECK(fred.as(giver).when(TakeRolesBack{ann, fred.now - account::undo_life}) == "(nothing)");
  }
}

TEST_CASE("account shut out: what a thief gave ties nobody to the owner, though it was lost before the reset") {
  const auto users = static_cast<std::uint32_t>(Permission::users);
  const ListGrantRoots ever{all_permissions, Time{}, true};
  const auto ties = [&](Given<Account>& account) {
    const auto found = account.as(provider()).ask(ever).resource.get_if<GrantRoots>();
    std::vector<UserId> out;
    for (const GrantRoot& root : found->roots) out.push_back(root.by);
    return out;
  };
  // Held for over a day, so that the loss alone leaves the tie.
  Given<Account> fred = promoted(users, boss(ann), friendly);
  fred.at(fred.now + std::chrono::days{2}).as(boss(other)).when(SetRoles{{Role::customer}, {}});
  REQUIRE(fred.state.permissions == 0);
  REQUIRE(ties(fred) == std::vector{ann});
  const Time since = fred.now - account::undo_life;
  CHECK(fred.as(giver).when(TakeRolesBack{other, since}) == "(nothing)");
  SUBCASE("alone") {
    CHECK(fred.as(giver).when(TakeRolesBack{ann, since}) == "ties.forgotten");
    CHECK(ties(fred).empty());
    CHECK(fred.as(giver).when(TakeRolesBack{ann, since}) == "(nothing)");
  }
  SUBCASE("beside what is there still") {
    fred.as(boss(ann)).when(SetRoles{{Role::customer, Role::admin}, {PermissionName::disputes}});
    CHECK(fred.as(giver).when(TakeRolesBack{ann, since}) == "user.roles_set, ties.forgotten");
    CHECK(ties(fred).empty());
    CHECK(fred.state.permissions == 0);
  }
  SUBCASE("nor is a tie forgotten because the permission is given once more, and taken at once") {
    fred.as(boss(ann)).when(SetRoles{{Role::customer, Role::admin}, permission_list(users)});
    CHECK(ties(fred) == std::vector{ann});
    fred.when(SetRoles{{Role::customer}, {}});
    CHECK(ties(fred) == std::vector{ann});
    SUBCASE("though another does it") {
      fred.as(boss(other)).when(SetRoles{{Role::customer, Role::admin}, permission_list(users)});
      fred.when(SetRoles{{Role::customer}, {}});
      CHECK(ties(fred) == std::vector{ann});
    }
    // Two days of it long ago make it no older.
    fred.at(fred.now + std::chrono::days{5}).as(boss(ann));
    fred.when(SetRoles{{Role::customer, Role::admin}, permission_list(users)});
    CHECK(fred.as(provider()).ask(ViewAppointment{PermissionName::users}).resource.get_if<Appointment>()->since ==
          fred.now);
    CHECK(fred.as(giver).when(TakeRolesBack{ann, since}) == "user.roles_set, ties.forgotten");
    CHECK(ties(fred).empty());
  }
  SUBCASE("nor does a tie come back as a permission, though what was given anew is lost long after") {
    fred.as(boss(other)).when(SetRoles{{Role::customer, Role::admin}, permission_list(users)});
    fred.at(fred.now + std::chrono::days{10});
    // The other's account is closing: what a thief may have given there goes back further than a week.
    CHECK(fred.as(entity(account_address(other))).when(TakeRolesBack{other, fred.now - std::chrono::days{14}}) ==
          "user.roles_set");
    CHECK(ties(fred) == std::vector{ann});
    const UserId third = test_id<UserId>(9);
    fred.as(boss(third)).when(SetRoles{{Role::customer, Role::admin}, permission_list(users)});
    const auto office = *fred.as(provider()).ask(ViewAppointment{PermissionName::users}).resource.get_if<Appointment>();
    CHECK(office.by == third);
    CHECK(office.since == fred.now);
  }
  SUBCASE("what the owner gave before the thief came ties them still") {
    CHECK(fred.as(giver).when(TakeRolesBack{ann, fred.now - std::chrono::days{1}}) == "(nothing)");
    CHECK(ties(fred) == std::vector{ann});
  }
}

TEST_CASE("account shut out: friends who give each other anew what a thief gave them keep none of it") {
  // A thief of Ann's makes both administrators. Each takes the other's permissions, and gives them anew.
  const auto users = static_cast<std::uint32_t>(Permission::users);
  Given<Account> fred = promoted(users, boss(ann), friendly), gail = promoted(users, boss(ann), other);
  const auto roots_of = [](Given<Account>& account) {
    const Time since = account.now - account::undo_life;
    return account.as(provider()).ask(ListGrantRoots{all_permissions, since}).resource.get_if<GrantRoots>()->roots;
  };
  const auto give_anew = [&](Given<Account>& to, UserId by, std::vector<GrantRoot> roots) {
    to.as(boss(by)).when(SetRoles{{Role::customer}, {}});
    REQUIRE(to.when(SetRoles{{Role::customer, Role::admin}, permission_list(users), std::move(roots)}) ==
            "user.roles_set");
  };
  give_anew(gail, friendly, roots_of(fred));
  REQUIRE(sent_to<NoteRolesGiven>(gail, account_address(ann)));  // Ann's account knows of her still
  give_anew(fred, other, roots_of(gail));
  CHECK(sent_to<NoteRolesGiven>(fred, account_address(ann)));
  CHECK_FALSE(sent_to<NoteRolesGiven>(fred, account_address(friendly)));  // nobody takes their own back
  const Time since = fred.now - account::undo_life;
  for (Given<Account>* account : {&fred, &gail}) {
    CHECK(account->as(giver).when(TakeRolesBack{ann, since}) == "user.roles_set");
    CHECK(account->state.permissions == 0);
    CHECK(roots_of(*account).empty());
  }
  SUBCASE("what an administrator gave whose own are older stays") {
    give_anew(fred, test_id<UserId>(9), {});
    CHECK(fred.as(giver).when(TakeRolesBack{ann, since}) == "(nothing)");
  }
  SUBCASE("what the giver had of Ann for longer than a week is theirs") {
    give_anew(fred, other, {{ann, since}});
    CHECK(fred.as(giver).when(TakeRolesBack{ann, since}) == "(nothing)");
    REQUIRE(roots_of(fred).size() == 1);
    CHECK(roots_of(fred)[0].by == other);
  }
  SUBCASE("no row of hands is so long that the first is forgotten") {
    std::vector<GrantRoot> many(account::max_grant_roots + 1, GrantRoot{ann, fred.now});
    CHECK(fred.as(boss(other)).when(SetRoles{{Role::customer, Role::admin}, permission_list(users), many}) ==
          "! limit_reached");
  }
}

TEST_CASE("account shut out: whom somebody gave permissions is remembered for a week, each once") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  CHECK(account.as(user(ann)).when(NoteRolesGiven{friendly}) == "! not_owner");
  for (int i = 0; i < 3; ++i) account.as(provider()).when(NoteRolesGiven{friendly});
  CHECK(account.state.roles_given.size() == 1);
  const auto listed = [&] {
    return account.as(provider())
        .ask(ListRolesGiven{account.now - account::undo_life})
        .resource.get_if<RolesGivenList>()
        ->users;
  };
  CHECK(listed() == std::vector{friendly});
  account.at(account.now + account::undo_life).as(provider()).when(NoteRolesGiven{other});
  CHECK(listed() == std::vector{other});
  CHECK(account.state.roles_given.size() == 1);
}

TEST_CASE("account shut out: of more than can be remembered nobody keeps what was given to them") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.as(provider());
  for (std::size_t i = 0; i < account::max_roles_given; ++i)
    account.state.roles_given.push_back({UserId{account.context().new_uuid()}, account.now});
  CHECK(account.when(NoteRolesGiven{friendly}) == "(nothing)");
  REQUIRE(sent_to<TakeRolesBack>(account, account_address(friendly)));
  CHECK(sent_to<TakeRolesBack>(account, account_address(friendly))->by == ann);
  CHECK(account.when(NoteRolesGiven{account.state.roles_given.front().user}) == "roles.given");
  account.now += account::undo_life;
  CHECK(account.when(NoteRolesGiven{friendly}) == "roles.given");
}

TEST_CASE("account shut out: whoever is banned by a thief's friend takes back what was given in their name") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  account.as(entity(account_address(friendly))).when(NoteRolesGiven{friendly});
  account.as(boss(friendly)).when(SetAccountStatus{UserStatus::banned, "takeover"});
  reset(robbed);
  CHECK(sent_to<TakeRolesBack>(account, account_address(friendly)));
  CHECK(account.state.status == UserStatus::banned);  // the ban is another matter
}

TEST_CASE("account shut out: a keep token that was copied keeps nothing once the owner has reset the password") {
  Robbed robbed;
  Given<Account>& account = robbed.account;
  const std::string thiefs = robbed.enable_two_factor();
  REQUIRE(account.as({}).when(UndoChanges{thiefs, away}).starts_with("user.changes_undone"));
  const std::string copied = robbed.mail("two_factor_removal_template")->variables.at("keepToken");
  const Time due = account.state.two_factor_removal->due;
  const Caller office = admin(test_id<UserId>(2), Permission::users);
  account.at(account.now + 1h);
  SUBCASE("by a reset") { reset(robbed); }
  SUBCASE("by an administrator who asks once more") {
    CHECK(account.as(office).when(RequestTwoFactorRemoval{"stolen"}) == "two_factor_removal.requested");
  }
  const Notify* mail = robbed.mail("two_factor_removal_template");
  REQUIRE(mail);
  CHECK(mail->variables.at("removedAt") == to_rfc3339(due));
  CHECK(account.state.two_factor_removal->due == due);  // no later, and no sooner
  const std::string own = mail->variables.at("keepToken");
  CHECK(account.as({}).when(KeepTwoFactor{copied}) == "! token_invalid");
  Given<Account> keeps = account;
  CHECK(keeps.as({}).when(KeepTwoFactor{own}) == "two_factor_removal.stopped");
  account.at(due).as(timer());
  CHECK(account.when(TimerFired{"two_factor_removal"}).starts_with("user.two_factor_disabled"));
}

}  // namespace account_shut_out_test
