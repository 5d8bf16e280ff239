#include "actors/account/entity.hpp"
#include "actors/wallet/entity.hpp"
#include "tests/rules/request_given.hpp"
#include "tests/rules/trip_given.hpp"
#include "tests/rules/wallet_given.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// An administrator whom permissions tie to a side ends no deal of theirs and moves none of their money.
namespace ties_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId clerk = test_id<UserId>(90), boss = test_id<UserId>(91);

/// Got the permission from a side, by the first hand or through others', or gave that side one.
std::vector<Appointment> tied_to(UserId side) {
  return {{side, test_start - 24h}, {boss, test_start - 24h, {boss, side}}};
}
const Appointment free_of_them{boss, test_start - 24h, {boss}};

}  // namespace

TEST_CASE("ties: finance neither pays out nor lets payouts go of a wallet whose owner they are tied to") {
  using namespace wallets;
  for (const Appointment& tied : tied_to(ben)) {
    GivenWallet wallet = failed();  // what it left is available again
    wallet.now += 24h;
    wallet.as(admin(clerk, Permission::finance));
    RequestPayout payout{extra, {}, dollars, {}};
    payout.office = tied;
    CHECK(wallet.when(payout) == "! not_allowed");
    payout.office = free_of_them;
    CHECK(wallet.when(payout) == "payout.requested");
    GivenWallet held = credited();
    held.as(entity(account_address(ben))).when(HoldPayouts{due + 240h});
    held.as(admin(clerk, Permission::finance));
    CHECK(held.when(ReleasePayouts{"x", {}, tied}) == "! not_allowed");
    CHECK(held.when(ReleasePayouts{"x", {}, free_of_them}) == "wallet.payouts_released");
  }
}

TEST_CASE("ties: the owner asks for their own payout, whoever their permissions are from") {
  using namespace wallets;
  GivenWallet wallet = failed();
  wallet.now += 24h;
  RequestPayout payout{extra, {}, dollars, {}};
  payout.office = {ben, test_start - 24h, {ben}};
  CHECK(wallet.as(admin(ben, Permission::finance)).when(payout) == "payout.requested");
}

TEST_CASE("ties: nobody cancels a delivery of either side's") {
  using namespace delivery_stages;
  for (const UserId side : {sender, carrier})
    for (const Appointment& tied : tied_to(side)) {
      Given<Delivery> delivery = accepted();
      delivery.as(admin(clerk, Permission::deliveries));
      CancelDelivery command{"x"};
      command.office = tied;
      CHECK(delivery.when(command) == "! forbidden");
      command.office = free_of_them;
      delivery.when(command);
      CHECK(delivery.state.status == DeliveryStatus::cancelled);
    }
}

TEST_CASE("ties: nobody cancels a trip of its traveler's") {
  for (const Appointment& tied : tied_to(trips::ben)) {
    Given<Trip> trip = trips::published();
    trip.as(admin(clerk, Permission::deliveries));
    CHECK(trip.when(CancelTrip{"x", tied}) == "! forbidden");
    CHECK(trip.when(CancelTrip{"x", free_of_them}) == "trip.cancelled");
  }
}

TEST_CASE("ties: nobody cancels a request of its customer's, nor one that a traveler waits for") {
  for (const UserId side : {request::ann, request::ben})
    for (const Appointment& tied : tied_to(side)) {
      Given<Request> offered = request::offered();
      offered.as(admin(clerk, Permission::deliveries));
      CHECK(offered.when(CancelRequest{"x", tied}) == "! forbidden");
      CHECK(offered.when(CancelRequest{"x", free_of_them}) == "request.cancelled, offer.rejected");
    }
  // Whoever has withdrawn their offer waits for nothing.
  Given<Request> withdrawn = request::offered();
  withdrawn.as(user(request::ben)).when(WithdrawOffer{request::offer_id});
  withdrawn.as(admin(clerk, Permission::deliveries));
  CHECK(withdrawn.when(CancelRequest{"x", tied_to(request::ben).front()}) == "request.cancelled");
  // The customer and the platform ask nobody.
  CHECK(request::offered().as(user(request::ann)).when(CancelRequest{"x", {request::ann, {}, {}}}) ==
        "request.cancelled, offer.rejected");
}

TEST_CASE("ties: nobody ends or lessens a friend's ban, nor what was made of it") {
  const UserId ann = test_id<UserId>(92), colleague = test_id<UserId>(93);
  const auto under = [&](UserStatus status, UserId by) {
    Given<Account> account(account_address(ann));
    account.state.registered = account.state.email_verified = true;
    account.state.status = UserStatus::active;
    account.as(admin(by, Permission::users)).when(SetAccountStatus{status, "fraud"});
    return account;
  };
  for (const Appointment& tied : tied_to(ann)) {
    for (const UserStatus to : {UserStatus::suspended, UserStatus::active}) {
      Given<Account> banned = under(UserStatus::banned, colleague);
      banned.as(admin(clerk, Permission::users));
      CHECK(banned.when(SetAccountStatus{to, "x", tied}) == "! self_not_allowed");
      CHECK(banned.when(SetAccountStatus{to, "x", free_of_them}).starts_with("user."));
    }
    Given<Account> lessened = under(UserStatus::banned, colleague);
    lessened.when(SetAccountStatus{UserStatus::suspended, "a look", free_of_them});
    REQUIRE(lessened.state.status == UserStatus::suspended);
    lessened.as(admin(clerk, Permission::users));
    CHECK(lessened.when(SetAccountStatus{UserStatus::active, "x", tied}) == "! self_not_allowed");
    // More is decided by anybody, and does not become theirs to end by that.
    CHECK(lessened.when(SetAccountStatus{UserStatus::banned, "x", tied}).starts_with("user.suspended"));
    CHECK(lessened.when(SetAccountStatus{UserStatus::active, "x", tied}) == "! self_not_allowed");
    CHECK(lessened.when(SetAccountStatus{UserStatus::active, "x", free_of_them}) == "user.reactivated");
    // What an administrator made of the ban, before there was a tie, is theirs to end.
    Given<Account> own = under(UserStatus::banned, colleague);
    own.as(admin(clerk, Permission::users)).when(SetAccountStatus{UserStatus::suspended, "a look", free_of_them});
    CHECK(own.when(SetAccountStatus{UserStatus::active, "x", tied}) == "user.reactivated");
    // A suspension that was never a ban holds nothing, and is ended by any; one of a ban long ago is such a one.
    own.as(admin(colleague, Permission::users)).when(SetAccountStatus{UserStatus::suspended, "a look"});
    CHECK(own.as(admin(clerk, Permission::users)).when(SetAccountStatus{UserStatus::active, "x", tied}) ==
          "user.reactivated");
  }
}

}  // namespace ties_test
