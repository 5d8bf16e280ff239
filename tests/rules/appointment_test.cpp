#include "actors/entity/appointment.hpp"
#include "actors/account/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/wallet/commands.hpp"
#include "tests/rules/escrow_given.hpp"

/// Who gave somebody the permission that they use.
namespace appointment_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::escrows;
using namespace std::chrono_literals;

namespace {

const UserId puppet = test_id<UserId>(20), boss = test_id<UserId>(21);

/// Between Ana and Ben, opened by Ana.
Given<Dispute> opened() {
  OpenDispute complaint;
  complaint.delivery_id = parcel;
  complaint.opener = complaint.customer = ana;
  complaint.traveler = ben;
  complaint.amount = usd(3500);
  Given<Dispute> dispute({EntityKind::dispute, quarrel.value});
  REQUIRE(dispute.as(user(ana)).when(complaint) == "dispute.opened");
  return dispute;
}

ResolveDispute release(Appointment judge) { return {DisputeResolution::release, {}, "so be it", judge}; }

}  // namespace

TEST_CASE("appointment: an account knows who gave it each permission, and when") {
  Given<Account> account(account_address(puppet));
  account.state.registered = true;
  account.state.status = UserStatus::active;
  Caller root = admin(boss, Permission::users), colleague = admin(eve, Permission::users);
  root.permissions = colleague.permissions = ~0U;
  account.as(root).when(SetRoles{{Role::admin}, {PermissionName::disputes}});
  account.now += 1h;
  account.as(colleague).when(SetRoles{{Role::admin}, {PermissionName::disputes, PermissionName::finance}});
  const auto of = [&](PermissionName name) {
    account.as(provider());
    return *account.ask(ViewAppointment{name}).resource.get_if<Appointment>();
  };
  CHECK(of(PermissionName::disputes).by == boss);
  CHECK(of(PermissionName::disputes).since == test_start);
  CHECK(of(PermissionName::finance).by == eve);
  CHECK(of(PermissionName::finance).since == account.now);
  CHECK(of(PermissionName::ops).by.is_nil());
  account.as(colleague).when(SetRoles{{Role::admin}, {PermissionName::finance}});
  account.when(SetRoles{{Role::admin}, {PermissionName::finance, PermissionName::disputes}});
  CHECK(of(PermissionName::disputes).by == eve);
  CHECK(account.as(root).ask(ViewAppointment{}).rejection);
  // What the settings gave, nobody gave.
  account.as(provider()).event(EmailVerified{account.now}).when(RestoreAdministrator{});
  CHECK(of(PermissionName::ops).by.is_nil());
}

TEST_CASE("appointment: an account knows who ended that it may use a permission, and when, until it may again") {
  Given<Account> account(account_address(puppet));
  account.state.registered = account.state.email_verified = true;
  account.state.status = UserStatus::active;
  Caller root = admin(boss, Permission::users), colleague = admin(eve, Permission::users);
  root.permissions = colleague.permissions = ~0U;
  const auto departure = [&](PermissionName name) {
    account.as(provider());
    return *account.ask(ViewDeparture{name}).resource.get_if<Appointment>();
  };
  account.as(root).when(SetRoles{{Role::admin}, {PermissionName::disputes, PermissionName::finance}});
  CHECK(departure(PermissionName::disputes).by.is_nil());
  account.now += 1h;
  account.as(colleague).when(SetAccountStatus{UserStatus::suspended, "a minute"});
  CHECK(departure(PermissionName::disputes).by == eve);
  CHECK(departure(PermissionName::disputes).since == account.now);
  account.as(root).when(SetAccountStatus{UserStatus::active, ""});
  CHECK(departure(PermissionName::disputes).by.is_nil());
  account.as(colleague).when(SetRoles{{Role::admin}, {PermissionName::finance}});
  account.as(root).when(SetRoles{{Role::admin}, {PermissionName::ops}});
  CHECK(departure(PermissionName::disputes).by == eve);  // whoever takes another one later changes nothing
  CHECK(departure(PermissionName::finance).by == boss);
  account.as(root).when(SetRoles{{Role::admin}, {PermissionName::disputes}});
  CHECK(departure(PermissionName::disputes).by.is_nil());
  CHECK(account.as(root).ask(ViewDeparture{}).rejection);
}

TEST_CASE("appointment: nobody has their case decided by whom they made a judge") {
  for (const UserId side : {ana, ben}) {
    Given<Dispute> dispute = opened();
    const Appointment by_side{side, test_start - 24h};
    dispute.as(admin(puppet, Permission::disputes));
    CHECK(dispute.when(release(by_side)) == "! self_not_allowed");
    CHECK(dispute.when(AssignDispute{puppet, false, by_side}) == "! self_not_allowed");
    CHECK(dispute.when(release({boss, test_start - 24h})) == "dispute.resolved");
    dispute.as(entity(escrows::self)).when(EscrowSettled{{}, usd(0), usd(3500)});
    dispute.as(admin(boss, Permission::disputes));
    CHECK(dispute.when(ReopenDispute{"again", by_side}) == "! self_not_allowed");
    CHECK(dispute.when(ReopenDispute{"again", {}}) == "dispute.reopened");
  }
}

TEST_CASE("appointment: nor by a friend of a friend, nor by whom a side has permissions from") {
  for (const UserId side : {ana, ben}) {
    Given<Dispute> dispute = opened();
    const Appointment tied{boss, test_start - 24h, {eve, side}}, free{boss, test_start - 24h, {eve}};
    dispute.as(admin(puppet, Permission::disputes));
    CHECK(dispute.when(release(tied)) == "! self_not_allowed");
    CHECK(dispute.when(AssignDispute{puppet, false, tied}) == "! self_not_allowed");
    CHECK(dispute.when(release(free)) == "dispute.resolved");
    GivenEscrow escrow = held();
    escrow.as(admin(puppet, Permission::finance));
    CHECK(escrow.when(RefundPayment{back, 500, "late", tied}) == "! self_not_allowed");
    CHECK(escrow.when(RefundPayment{back, 500, "late", free}) == "payment.refunded");
  }
}

TEST_CASE("appointment: a permission that is taken for a minute is as old as it was, a new one stays new") {
  Given<Account> account(account_address(puppet));
  account.state.registered = true;
  account.state.status = UserStatus::active;
  Caller root = admin(boss, Permission::users), thief = admin(eve, Permission::users), other = thief;
  root.permissions = thief.permissions = other.permissions = ~0U;
  other.user = ana;
  const SetRoles judge{{Role::admin}, {PermissionName::disputes}}, nobody{{Role::customer}, {}};
  const auto office = [&] {
    account.as(provider());
    return *account.ask(ViewAppointment{PermissionName::disputes}).resource.get_if<Appointment>();
  };
  const auto hands = [&](bool lost_too) {
    account.as(provider());
    const ListGrantRoots query{static_cast<std::uint32_t>(Permission::disputes), Time{}, lost_too};
    return account.ask(query).resource.get_if<GrantRoots>()->roots;
  };
  account.as(root).when(judge);
  SUBCASE("of less than a week") {
    account.now += 24h;
    account.as(thief).when(nobody);
    CHECK(hands(false).empty());
    CHECK(hands(true).size() == 1);  // who gave it before stays known
    account.as(thief).when(judge);
    CHECK(office().by == eve);
    CHECK(office().since == account.now);
  }
  SUBCASE("of less than a day: it ties them to nobody once it is gone") {
    account.now += 24h - 1s;
    account.as(thief).when(nobody);
    CHECK(account.state.permissions == 0);
    CHECK(hands(true).empty());
  }
  SUBCASE("of a week, by whoever took it") {
    account.now += std::chrono::days{8};
    account.as(thief).when(nobody);
    account.now += 1h;
    account.when(judge);
    CHECK(office().by == boss);
    CHECK(office().since == test_start);
    CHECK(hands(false).size() == 1);
  }
  SUBCASE("by another: it came through their hands as well") {
    account.now += std::chrono::days{8};
    account.as(thief).when(nobody);
    account.as(other).when(judge);
    CHECK(office().since == test_start);
    CHECK(hands(false).size() == 2);
  }
  SUBCASE("not a week later") {
    account.now += std::chrono::days{8};
    account.as(thief).when(nobody);
    account.now += std::chrono::days{7};
    account.when(judge);
    CHECK(office().by == eve);
    CHECK(office().since == account.now);
  }
  SUBCASE("nor as earlier builds wrote it") {
    account.now += std::chrono::days{8};
    account.event(RolesSet{UserType::both, 0, eve, account.now});
    account.as(thief).when(judge);
    CHECK(office().by == eve);
  }
}

TEST_CASE("appointment: whoever became a judge after the dispute was opened does not decide it") {
  Given<Dispute> dispute = opened();
  dispute.as(admin(puppet, Permission::disputes));
  CHECK(dispute.when(release({boss, test_start + 1s})) == "! self_not_allowed");
  CHECK(dispute.when(AssignDispute{puppet, false, {boss, test_start + 1s}}) == "! self_not_allowed");
  CHECK(dispute.when(AssignDispute{boss, false, {boss, test_start + 1s}}) == "! self_not_allowed");
  CHECK(dispute.when(AssignDispute{boss, false, {}}) == "dispute.assigned");
  CHECK(dispute.as(admin(boss, Permission::disputes)).when(release({})) == "dispute.resolved");
}

TEST_CASE("appointment: a case stays with its judge, though somebody takes the permission and gives it anew") {
  Given<Dispute> dispute = opened();
  dispute.as(admin(puppet, Permission::disputes)).when(AssignDispute{puppet, false, {boss, test_start - 24h}});
  REQUIRE(dispute.state.assignee == puppet);
  dispute.now += 72h;
  for (const UserId by : {boss, ana}) {
    Given<Dispute> anew = dispute;
    CHECK(anew.when(release({by, anew.now - 1h})) == "dispute.resolved");
  }
  // Whoever has no case gains none by it.
  CHECK(dispute.as(admin(eve, Permission::disputes)).when(release({boss, dispute.now - 1h})) == "! self_not_allowed");
}

TEST_CASE("appointment: nor does finance move money for whoever appointed it") {
  const Appointment by_ben{ben, test_start - 24h}, by_boss{boss, test_start - 24h};
  GivenEscrow escrow = held();
  escrow.as(admin(puppet, Permission::finance));
  CHECK(escrow.when(RefundPayment{back, 500, "late", by_ben}) == "! self_not_allowed");
  CHECK(escrow.when(RefundPayment{back, 500, "late", by_boss}) == "payment.refunded");
  GivenEscrow unpaid = released();
  answer_with(unpaid, PaymentOutcome::dropped);
  unpaid.as(admin(puppet, Permission::finance));
  CHECK(unpaid.when(WriteOffEscrow{"x", by_ben}) == "! self_not_allowed");
  CHECK(unpaid.when(CollectEscrow{"x", by_ben}) == "! self_not_allowed");
  CHECK(unpaid.when(WriteOffEscrow{"x", by_boss}) == "escrow.written_off");
}

TEST_CASE("escrow: a capture that was dropped without an answer is asked for again under its name, a refused one not") {
  GivenEscrow escrow = released();
  const Uuid identity = escrow.state.tasks.front().operation_id;
  answer_with(escrow, PaymentOutcome::dropped);
  CHECK(escrow.as(admin(eve, Permission::disputes)).when(CollectEscrow{"x"}) == "! not_allowed");
  CHECK(escrow.as(service()).when(CollectEscrow{"x"}) == "! not_allowed");
  CHECK(escrow.as(admin(ana, Permission::finance)).when(CollectEscrow{"x"}) == "! self_not_allowed");
  CHECK(escrow.as(admin(finn, Permission::finance)).when(CollectEscrow{"it is well again"}) ==
        "escrow.collection_asked");
  REQUIRE(escrow.sent<Capture>());
  CHECK(escrow.sent<Capture>()->operation_id == identity);
  CHECK(escrow.when(CollectEscrow{"twice"}) == "! nothing_to_collect");
  CHECK(answer_with(escrow, PaymentOutcome::done) == "escrow.provider_done");
  CHECK_FALSE(escrow.state.uncollected);
  CHECK(escrow.sent<UnfreezePayout>());
  CHECK(escrow.as(admin(finn, Permission::finance)).when(CollectEscrow{"thrice"}) == "! nothing_to_collect");

  GivenEscrow refused = released();
  answer_with(refused, PaymentOutcome::declined);
  CHECK(refused.as(admin(finn, Permission::finance)).when(CollectEscrow{"x"}) == "! nothing_to_collect");
  CHECK(refused.when(WriteOffEscrow{"x"}) == "escrow.written_off");
}

TEST_CASE("account: whoever's roles change is told which they have") {
  Given<Account> account(account_address(puppet));
  account.state.registered = true;
  account.state.status = UserStatus::active;
  Caller root = admin(boss, Permission::users);
  root.permissions = ~0U;
  REQUIRE(account.as(root).when(SetRoles{{Role::customer, Role::admin}, {PermissionName::users}}) == "user.roles_set");
  REQUIRE(account.sent<Notify>());
  CHECK(account.sent<Notify>()->template_id == "roles_changed");
  CHECK(account.sent<Notify>()->variables.at("roles") == "customer, admin (read, users)");
}

TEST_CASE("account: a ban holds the payouts, and its end lets them go") {
  Given<Account> account(account_address(puppet));
  account.state.registered = account.state.email_verified = true;
  account.state.status = UserStatus::active;
  account.as(admin(boss, Permission::users)).when(SetAccountStatus{UserStatus::banned, "fraud"});
  REQUIRE(account.sent<HoldPayouts>());
  CHECK(account.sent<HoldPayouts>()->until == test_start + std::chrono::days{30});
  account.when(SetAccountStatus{UserStatus::active, ""});
  REQUIRE(account.sent<ReleasePayouts>());
  CHECK(account.sent<ReleasePayouts>()->from == account.now + 24h);
  account.when(SetAccountStatus{UserStatus::suspended, "a look"});
  CHECK_FALSE(account.sent<HoldPayouts>());
}

}  // namespace appointment_test
