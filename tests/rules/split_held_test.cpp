#include "actors/delivery/commands.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/wallet/commands.hpp"
#include "tests/rules/escrow_given.hpp"

/// What both sides agreed on waits a day: a thief of one account may have said yes.
namespace split_held_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::escrows;
using namespace std::chrono_literals;

namespace {

/// Ana has proposed to have 1000 back, and Ben has accepted.
GivenEscrow accepted(ParcelWay parcel = ParcelWay::not_carried) {
  GivenEscrow escrow = asked(policy.version);
  answer_with(escrow, PaymentOutcome::done);
  escrow.as(delivery).when(DropSplit{{}, parcel});
  escrow.as(user(ana)).when(ProposeSplit{1000, ""});
  REQUIRE(escrow.as(user(ben)).when(AcceptSplit{1000}) == "payment.split_accepted");
  return escrow;
}

/// The day is over, and both could have objected.
std::string due(GivenEscrow& escrow, SideStanding anas = {ana}, SideStanding bens = {ben}) {
  escrow.at(test_start + 24h).as(timer()).when(TimerFired{"split_agreed"});
  REQUIRE(escrow.sent<AskStanding>());
  const std::string came = escrow.as(entity(account_address(ana))).when(anas);
  return escrow.sent<AskStanding>() ? escrow.as(entity(account_address(ben))).when(bens) : came;
}

/// Neither side takes it back alone, and a reset of either asks an administrator.
void check_bound(const GivenEscrow& escrow) {
  for (const UserId side : {ana, ben}) {
    GivenEscrow regretted = escrow;
    CHECK(regretted.as(user(side)).when(TakeSplitBack{}) == "! conflict");
    GivenEscrow reset = escrow;
    CHECK(reset.as(provider()).when(DropSplit{side}) == "(nothing)");
    REQUIRE(reset.sent<OpenDispute>());
    CHECK(reset.sent<OpenDispute>()->opener == side);
    CHECK(reset.sent<OpenDispute>()->reason == "an account was secured");
    CHECK(reset.sent<OpenDispute>()->ended_at);
    CHECK(reset.sent<OpenDispute>()->policy_version == policy.version);
  }
}

std::size_t told(const GivenEscrow& escrow, std::string_view template_id) {
  std::size_t count = 0;
  for (const Effect& effect : escrow.last.effects)
    if (const auto* notice = effect.command.get_if<Notify>()) count += notice->template_id == template_id;
  return count;
}

}  // namespace

TEST_CASE("split: what was accepted moves nothing for a day, and both are told when it will") {
  GivenEscrow escrow = accepted();
  CHECK(told(escrow, "split_accepted") == 2);
  CHECK(escrow.sent<Notify>()->variables.at("paysAt") == to_rfc3339(test_start + 24h));
  CHECK(escrow.state.held == usd(3500));
  CHECK(escrow.when(AcceptSplit{1000}) == "(nothing)");
  CHECK(escrow.as(user(ana)).when(ProposeSplit{0, ""}) == "! conflict");
  CHECK(escrow.as(admin(finn, Permission::finance)).when(RefundPayment{back, 500, "late"}) == "! conflict");
  // Before the day is over it does not matter who could have objected: it is asked again then.
  CHECK(escrow.as(entity(account_address(ben))).when(SideStanding{ben}) == "(nothing)");
  REQUIRE(escrow.last.timers.size() == 1);
  CHECK(escrow.last.timers.front().due == test_start + 24h);
  CHECK(due(escrow) == "payment.split_agreed, payment.refunded, payment.escrow_released");
  CHECK(escrow.state.to_traveler == usd(2250));
  CHECK(told(escrow, "split_agreed") == 2);
  CHECK(escrow.as(user(ben)).when(TakeSplitBack{}) == "! no_proposal");
}

TEST_CASE("split: either side takes it back until then, and so does the reset of either") {
  for (const UserId side : {ana, ben}) {
    GivenEscrow escrow = accepted();
    CHECK(escrow.as(user(side)).when(TakeSplitBack{}) == "payment.split_dropped");
    CHECK(told(escrow, "split_taken_back") == 2);
    CHECK(escrow.as(timer()).when(TimerFired{"split_agreed"}) == "(nothing)");
    CHECK(escrow.last.effects.empty());
    CHECK(escrow.as(user(ben)).when(AcceptSplit{1000}) == "! no_proposal");
    GivenEscrow reset = accepted();
    CHECK(reset.as(provider()).when(DropSplit{side}) == "payment.split_dropped");
  }
  GivenEscrow escrow = accepted();
  CHECK(escrow.as(user(eve)).when(TakeSplitBack{}) == "! not_found");
  GivenEscrow proposed = held();
  proposed.as(user(ana)).when(ProposeSplit{1000, ""});
  CHECK(proposed.as(user(ben)).when(TakeSplitBack{}) == "! not_allowed");
  CHECK(proposed.as(user(ana)).when(TakeSplitBack{}) == "payment.split_dropped");
}

TEST_CASE("split: a side that is shut out agrees on nothing, and whoever was has the day anew") {
  for (const UserId away : {ana, ben}) {
    GivenEscrow escrow = accepted();
    SideStanding anas{ana}, bens{ben};
    (away == ana ? anas : bens).is_away = true;
    CHECK(due(escrow, anas, bens) == "payment.split_dropped");
    CHECK(escrow.state.held == usd(3500));
  }
  GivenEscrow escrow = accepted();
  CHECK(due(escrow, {ana, false, test_start + 20h}) == "(nothing)");
  REQUIRE(escrow.last.timers.size() == 1);
  CHECK(escrow.last.timers.front().due == test_start + 44h);
  CHECK(escrow.state.held == usd(3500));
}

TEST_CASE("split: a parcel that arrives meanwhile is paid as agreed") {
  GivenEscrow escrow = accepted(ParcelWay::to_receiver);
  CHECK(escrow.as(delivery).when(ReleaseEscrow{"delivery verified"}) == "escrow.release_deferred");
  CHECK(escrow.when(DropSplit{{}, ParcelWay::not_carried}) == "escrow.parcel_under_way");
  check_bound(escrow);
  CHECK(due(escrow) == "payment.split_agreed, payment.refunded, payment.escrow_released");
  CHECK(escrow.state.refunded == usd(1000));
  CHECK(escrow.state.to_traveler == usd(2250));
  // What is still carried is paid when it has arrived.
  GivenEscrow carried = accepted(ParcelWay::to_receiver);
  CHECK(due(carried) == "payment.split_agreed, payment.refunded");
  CHECK(carried.state.held == usd(2500));
}

TEST_CASE("split: a delivery that ends meanwhile is shared out as agreed, and no side undoes that alone") {
  GivenEscrow escrow = accepted(ParcelWay::back);
  CHECK(escrow.as(delivery).when(RefundEscrow{usd(3500), usd(0), "returned by the traveler"}) == "escrow.end_deferred");
  CHECK(escrow.state.held == usd(3500));
  check_bound(escrow);
  CHECK(due(escrow) == "payment.split_agreed, payment.refunded, payment.escrow_released");
  REQUIRE(escrow.sent<SharedOutBefore>());
  CHECK(escrow.sent<SharedOutBefore>()->standing.refunded == usd(1000));
  CHECK(escrow.state.to_traveler == usd(2250));
}

TEST_CASE("split: a parcel that is back binds both, though the delivery's end waits for a word") {
  GivenEscrow escrow = accepted(ParcelWay::back);
  CHECK(escrow.as(delivery).when(DropSplit{{}, ParcelWay::not_carried}) == "escrow.parcel_under_way");
  check_bound(escrow);
  CHECK(due(escrow) == "payment.split_agreed, payment.refunded, payment.escrow_released");
  CHECK(escrow.sent<SharedOutBefore>());
  // What is agreed on only then binds nobody yet.
  GivenEscrow later = held();
  for (const ParcelWay way : {ParcelWay::back, ParcelWay::not_carried}) later.as(delivery).when(DropSplit{{}, way});
  later.as(user(ana)).when(ProposeSplit{1000, ""});
  later.as(user(ben)).when(AcceptSplit{1000});
  CHECK(later.when(TakeSplitBack{}) == "payment.split_dropped");
}

TEST_CASE("split: the end and the fee of a day later wait alike, and what was agreed takes their place") {
  GivenEscrow escrow = accepted();
  CHECK(escrow.as(delivery).when(RefundEscrow{usd(2625), usd(875), "no_show", true}) == "escrow.end_deferred");
  CHECK(escrow.when(RefundEscrow{usd(0), usd(875), "no_show"}) == "escrow.end_deferred");
  check_bound(escrow);
  CHECK(due(escrow) == "payment.split_agreed, payment.refunded, payment.escrow_released");
  CHECK(escrow.state.refunded == usd(1000));
  CHECK(escrow.state.to_traveler == usd(2250));
}

TEST_CASE("split: of what binds both an administrator decides where a side is shut out") {
  for (const UserId away : {ana, ben}) {
    GivenEscrow escrow = accepted(ParcelWay::to_receiver);
    escrow.as(delivery).when(ReleaseEscrow{"delivery verified"});
    SideStanding anas{ana}, bens{ben};
    (away == ana ? anas : bens).is_away = true;
    CHECK(due(escrow, anas, bens) == "(nothing)");
    REQUIRE(escrow.sent<OpenDispute>());
    CHECK(escrow.sent<OpenDispute>()->reason == "a side is suspended");
    CHECK(escrow.state.held == usd(3500));
  }
}

TEST_CASE("split: where a side has left an administrator decides at once, asked by the other one and naming nobody") {
  for (const UserId left : {ana, ben}) {
    GivenEscrow escrow = accepted(ParcelWay::to_receiver);
    escrow.state.parcel_name = ParcelName{"DEL-000123", "A camera", "Boston", "New York", "Ana", "Ben"};
    escrow.as(delivery).when(ReleaseEscrow{"delivery verified"});
    SideStanding anas{ana}, bens{ben};
    SideStanding& gone = left == ana ? anas : bens;
    gone.is_closed = true;
    gone.back_at = test_start + 24h;  // who was away before, and has left, is waited for no more
    CHECK(due(escrow, anas, bens) == "(nothing)");
    const auto* claim = escrow.sent<OpenDispute>();
    REQUIRE(claim);
    CHECK(claim->reason == "a side has left");
    CHECK(claim->opener == (left == ana ? ben : ana));
    CHECK(claim->description.starts_with(left == ana ? "The customer" : "The traveler"));
    REQUIRE(claim->parcel_name);
    CHECK(claim->parcel_name->delivery_number == "DEL-000123");
    CHECK(claim->parcel_name->customer_name.empty());
    CHECK(claim->parcel_name->traveler_name.empty());
    CHECK(escrow.state.held == usd(3500));
  }
}

TEST_CASE("split: a dispute holds what binds both whole, and one that comes to nothing leaves it as agreed") {
  GivenEscrow arrived = accepted(ParcelWay::to_receiver), came_back = accepted(ParcelWay::back);
  arrived.as(delivery).when(ReleaseEscrow{"delivery verified"});
  came_back.as(delivery).when(RefundEscrow{usd(3500), usd(0), "returned by the traveler"});
  for (GivenEscrow escrow : {arrived, came_back}) {
    CHECK(escrow.as(dispute).when(FreezeEscrow{quarrel}) == "escrow.frozen");
    CHECK(escrow.sent<MoneyFrozen>()->at_stake == usd(3500));
    for (const UserId side : {ana, ben}) CHECK(escrow.as(user(side)).when(TakeSplitBack{}) == "! conflict");
    CHECK(escrow.as(provider()).when(DropSplit{ana}) == "(nothing)");
    REQUIRE(escrow.sent<OpenDispute>());  // their claim in the one there is, which nobody withdraws then
    CHECK(escrow.sent<OpenDispute>()->opener == ana);
    CHECK(escrow.at(test_start + 24h).as(timer()).when(TimerFired{"split_agreed"}) == "(nothing)");
    CHECK_FALSE(escrow.sent<AskStanding>());
    CHECK(escrow.as(entity(account_address(ben))).when(SideStanding{ben}) == "(nothing)");
    GivenEscrow judged = escrow;
    CHECK(judged.as(dispute).when(SettleDispute{quarrel, back, usd(3500)}) ==
          "payment.split_dropped, payment.refunded, escrow.unfrozen");
    CHECK(judged.state.refunded == usd(3500));
    CHECK(judged.as(user(ben)).when(TakeSplitBack{}) == "! no_proposal");
    GivenEscrow shared = escrow;
    shared.as(dispute).when(SettleDispute{quarrel, back, usd(500)});
    CHECK(shared.state.refunded == usd(500));
    CHECK(shared.state.held == usd(0));
    // Nobody undoes alone what binds both by a dispute that they withdraw.
    GivenEscrow withdrawn = escrow;
    const auto pays_from = [](const GivenEscrow& each) {
      for (const TimerChange& timer : each.last.timers)
        if (timer.name == "split_agreed" && timer.due) return *timer.due;
      return Time{};
    };
    CHECK(escrow.as(dispute).when(UnfreezeEscrow{quarrel}) == "escrow.unfrozen");
    // Who withdrew it may be a thief: both sides have a day again.
    CHECK(withdrawn.as(dispute).when(UnfreezeEscrow{quarrel, true}) == "escrow.unfrozen");
    CHECK(pays_from(withdrawn) == withdrawn.now + 24h);
    CHECK(withdrawn.state.split->pays_at == withdrawn.now + 24h);  // as it is shown
    check_bound(escrow);
    CHECK(due(escrow) == "payment.split_agreed, payment.refunded, payment.escrow_released");
    CHECK(escrow.state.refunded == usd(1000));
  }
}

TEST_CASE("split: a dispute, and other hands, end what was agreed and binds nobody yet") {
  GivenEscrow contested = accepted(ParcelWay::to_receiver);
  CHECK(contested.as(dispute).when(FreezeEscrow{quarrel}) == "payment.split_dropped, escrow.frozen");
  contested.as(delivery).when(ReleaseEscrow{"delivery verified"});
  CHECK(contested.as(dispute).when(UnfreezeEscrow{quarrel}) == "escrow.unfrozen, payment.escrow_released");
  GivenEscrow taken = accepted();
  CHECK(taken.as(delivery).when(DropSplit{{}, ParcelWay::to_receiver}) ==
        "payment.split_dropped, escrow.parcel_under_way");
}

}  // namespace split_held_test
