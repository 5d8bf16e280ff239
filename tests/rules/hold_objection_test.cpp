#include "actors/account/entity.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "tests/rules/escrow_given.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// Money that is held until somebody might have objected does not pay while they cannot sign in.
namespace hold_objection_test {

using namespace caravan;
using namespace caravan::delivery_stages;
using namespace std::chrono_literals;

namespace {

/// The fee of a wait at the pickup is held, and a handover off its place.
Given<Delivery> no_show() {
  Given<Delivery> delivery = accepted();
  wait_at(delivery, Handover::pickup, 16min);
  delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
  REQUIRE(delivery.state.settlement->held_until);
  return delivery;
}
Given<Delivery> came_late() {
  Given<Delivery> delivery = picked_up();
  delivery.now += 200h;
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
  REQUIRE(delivery.state.handover_held_until());
  return delivery;
}

std::string says(Given<Delivery>& delivery, SideStanding standing) {
  return delivery.as(entity(account_address(standing.side))).when(standing);
}

bool pays(const Given<Delivery>& delivery) { return delivery.sent<RefundEscrow>() || delivery.sent<ReleaseEscrow>(); }

}  // namespace

TEST_CASE("holds: both accounts are asked before held money pays, the customer's first") {
  for (Given<Delivery> delivery : {no_show(), came_late()}) {
    // What the acceptance asked may be answered as late as this, and pays nothing.
    const Time until = delivery.now + 24h;
    CHECK(says(delivery, {carrier}) == "(nothing)");
    CHECK_FALSE(pays(delivery));
    CHECK(due(delivery, "fee") == until);  // nor is the end of the hold forgotten
    delivery.now += 24h;
    delivery.as(timer()).when(TimerFired{"fee"});
    CHECK_FALSE(pays(delivery));
    CHECK(effects(delivery.last) == std::vector<std::string>{"account ask_standing"});
    says(delivery, {sender});
    CHECK_FALSE(pays(delivery));
    CHECK(delivery.sent<AskStanding>());
    says(delivery, {carrier});
    CHECK(pays(delivery));
    CHECK(delivery.as(user(carrier)).when(SideStanding{carrier}) == "! forbidden");
  }
}

TEST_CASE("holds: what the customer confirmed while it was disputed pays once the dispute is withdrawn") {
  Given<Delivery> delivery = came_late();
  const Caller dispute = entity({EntityKind::dispute, parcel.id});
  delivery.as(dispute).when(DisputeOpened{DisputeId{parcel.id}});
  Given<Delivery> silent = delivery;
  delivery.as(user(sender)).when(ConfirmReceipt{});
  CHECK_FALSE(pays(delivery));
  delivery.as(dispute).when(DisputeSettled{DisputeId{parcel.id}, std::string(dispute_withdrawn)});
  CHECK(pays(delivery));
  silent.as(dispute).when(DisputeSettled{DisputeId{parcel.id}, std::string(dispute_withdrawn)});
  CHECK_FALSE(pays(silent));
}

TEST_CASE("holds: an end of the hold that crossed the dispute pays nothing once that is withdrawn, for another day") {
  namespace money = testkit::escrows;
  Given<Delivery> delivery = came_late();
  const DisputeId quarrel{parcel.id};
  const Caller dispute = entity({EntityKind::dispute, parcel.id});
  delivery.at(*delivery.state.handover_held_until()).as(timer()).when(TimerFired{"fee"});
  says(delivery, {sender});
  says(delivery, {carrier});
  REQUIRE(delivery.sent<ReleaseEscrow>());
  money::GivenEscrow escrow = money::held();
  escrow.as(dispute).when(FreezeEscrow{quarrel});
  CHECK(escrow.as(money::delivery).when(*delivery.sent<ReleaseEscrow>()) == "escrow.release_deferred");
  delivery.as(dispute).when(DisputeOpened{quarrel});
  CHECK(escrow.as(dispute).when(UnfreezeEscrow{quarrel, true}) == "escrow.unfrozen");
  delivery.as(dispute).when(DisputeSettled{quarrel, std::string(dispute_withdrawn)});
  CHECK_FALSE(pays(delivery));
  CHECK(delivery.state.handover_held_until() == delivery.now + 24h);
  CHECK(due(delivery, "fee") == delivery.now + 24h);
}

TEST_CASE("holds: where a side is suspended or banned an administrator decides") {
  for (Given<Delivery> held : {no_show(), came_late()})
    for (const UserId away : {sender, carrier}) {
      Given<Delivery> delivery = held;
      delivery.now += 24h;
      delivery.as(timer()).when(TimerFired{"fee"});
      if (away == carrier) says(delivery, {sender});
      says(delivery, {away, true});
      CHECK_FALSE(pays(delivery));
      REQUIRE(delivery.sent<OpenDispute>());
      CHECK(delivery.sent<OpenDispute>()->reason == "a side is suspended");
    }
}

TEST_CASE("holds: whoever was shut out for a while has a day from their return") {
  Given<Delivery> delivery = no_show();
  delivery.now += 24h;
  const Time back = delivery.now - 1h;
  delivery.as(timer()).when(TimerFired{"fee"});
  says(delivery, {sender, false, back});
  CHECK_FALSE(pays(delivery));
  CHECK(due(delivery, "fee") == back + 24h);
  delivery.at(back + 24h).as(timer()).when(TimerFired{"fee"});
  says(delivery, {sender, false, back});
  says(delivery, {carrier, false, back - 300h});
  CHECK(pays(delivery));
}

TEST_CASE("holds: what a judge has looked at since the end pays though a side is away, and nothing else does") {
  const DisputeId quarrel{parcel.id};
  const Caller from_dispute = entity(dispute_address(DeliveryId{parcel.id}));
  const auto settle = [&](Given<Delivery> delivery, std::string resolution) {
    delivery.now += 1h;
    delivery.as(from_dispute).when(DisputeOpened{quarrel});
    delivery.now += 48h;
    delivery.when(DisputeSettled{quarrel, std::move(resolution)});
    REQUIRE(due(delivery, "fee"));
    delivery.as(timer()).when(TimerFired{"fee"});
    return delivery;
  };
  for (const Given<Delivery>& held : {no_show(), came_late()}) {
    const Given<Delivery> dismissed = settle(held, "dismiss");
    CHECK(pays(dismissed));
    CHECK_FALSE(dismissed.sent<AskStanding>());
    const Given<Delivery> withdrawn = settle(held, std::string(dispute_withdrawn));
    CHECK_FALSE(pays(withdrawn));
    CHECK(withdrawn.sent<AskStanding>());
  }
  // A judge of before knew nothing of the end.
  Given<Delivery> before = accepted();
  before.as(from_dispute).when(DisputeOpened{quarrel});
  before.when(DisputeSettled{quarrel, "dismiss"});
  wait_at(before, Handover::pickup, 16min);
  before.as(user(carrier)).when(CancelDelivery{"no_show"});
  REQUIRE(before.state.settlement->held_until);
  before.at(before.now + 24h).as(timer()).when(TimerFired{"fee"});
  CHECK_FALSE(pays(before));
  CHECK(before.sent<AskStanding>());
}

TEST_CASE("holds: an account says whether its owner is shut out, and since when no more") {
  Given<Account> account(account_address(sender));
  account.state.registered = account.state.email_verified = true;
  account.state.status = UserStatus::active;
  const auto standing = [&] {
    account.as(entity(parcel)).when(AskStanding{});
    REQUIRE(account.sent<SideStanding>());
    return *account.sent<SideStanding>();
  };
  CHECK_FALSE(standing().is_away);
  CHECK_FALSE(standing().back_at);
  for (const UserStatus out : {UserStatus::suspended, UserStatus::banned}) {
    account.as(admin(stranger, Permission::users)).when(SetAccountStatus{out, "a while"});
    CHECK(standing().is_away);
    account.now += 1h;
    account.as(admin(stranger, Permission::users)).when(SetAccountStatus{UserStatus::active, ""});
    CHECK_FALSE(standing().is_away);
    CHECK(standing().back_at == account.now);
  }
  CHECK(account.as(user(sender)).when(AskStanding{}) == "! permission_denied");
}

}  // namespace hold_objection_test
