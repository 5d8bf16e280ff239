#include <algorithm>
#include <vector>

#include "actors/user/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// Whose failure an end was, as a judge's decision says.
namespace delivery_verdict_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

Money usd(std::int64_t amount) { return {amount, accepted().state.terms.price.currency}; }

}  // namespace

TEST_CASE("delivery: whoever said wrongly that nobody was there has left") {
  const DisputeId quarrel{parcel.id};
  const Caller from_dispute = entity({EntityKind::dispute, parcel.id});
  for (const auto& [resolution, counts] : {std::pair{"refund", true}, {"split", false}, {"release", false}}) {
    Given<Delivery> delivery = accepted();
    wait_at(delivery, Handover::pickup, minutes{16});
    delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
    delivery.as(from_dispute).when(DisputeOpened{quarrel});
    delivery.when(DisputeSettled{quarrel, resolution});
    CHECK((found_at_fault(delivery) == std::vector{user_address(carrier)}) == counts);
  }
  Given<Delivery> over_both = accepted();
  wait_at(over_both, Handover::pickup, minutes{16});
  over_both.as(service()).when(CancelDelivery{"asked by phone"});
  over_both.as(from_dispute).when(DisputeOpened{quarrel});
  over_both.when(DisputeSettled{quarrel, "refund"});
  CHECK(found_at_fault(over_both).empty());
}

TEST_CASE("delivery: a fee that a judge gives back whole turns the mark round, and another decision turns it back") {
  const DisputeId quarrel{parcel.id};
  const Caller from_dispute = entity({EntityKind::dispute, parcel.id});
  const std::vector<Address> the_customer{user_address(sender)}, the_traveler{user_address(carrier)};
  Given<Delivery> late = accepted();  // a tenth was paid for leaving late; then she shows that he never came
  late.at(late.now + hours{3}).as(user(sender)).when(CancelDelivery{"changed plans"});
  REQUIRE(late.state.settlement->fault == Fault::customer);
  const auto decided = [&](Given<Delivery> delivery, const char* resolution, std::int64_t refunded) {
    delivery.as(from_dispute).when(DisputeOpened{quarrel});
    delivery.when(DisputeSettled{quarrel, resolution, usd(refunded)});
    CHECK((delivery.receivers<RecordVerdict>().size() == 2) ==
          !found_at_fault(delivery).empty());  // both sides hear of it
    return found_at_fault(delivery);
  };
  CHECK(decided(late, "refund", 350) == the_traveler);
  CHECK(decided(late, "refund", 349).empty());
  CHECK(decided(late, "split", 349).empty());
  CHECK(decided(late, "release", 0) == the_customer);
  CHECK(decided(late, "dismiss", 0).empty());
  Given<Delivery> free = accepted();  // nothing is at stake, but a judge says who was right
  free.as(user(sender)).when(CancelDelivery{"he took it without a scan"});
  CHECK(decided(free, "refund", 0) == the_traveler);
}

TEST_CASE("delivery: of what was delivered a judge's word counts by what was at stake, not by the whole price") {
  const DisputeId quarrel{parcel.id};
  const auto decided = [&](const char* resolution, std::int64_t refunded, std::optional<Money> at_stake) {
    Given<Delivery> delivery = in_transit();
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
    REQUIRE(delivery.state.status == DeliveryStatus::delivered);
    delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
    delivery.when(DisputeSettled{quarrel, resolution, usd(refunded), false, at_stake});
    return found_at_fault(delivery) == std::vector{user_address(carrier)};
  };
  CHECK(decided("refund", 1750, usd(1750)));  // half had been given back on the way
  CHECK(decided("split", 876, usd(1750)));
  CHECK_FALSE(decided("split", 875, usd(1750)));
  CHECK(decided("refund", 1, usd(1)));
  CHECK_FALSE(decided("refund", 0, usd(0)));
  CHECK_FALSE(decided("split", 1750, usd(3500)));
  CHECK(decided("split", 1751, usd(3500)));
  CHECK_FALSE(decided("split", 1750, {}));  // an earlier build's
  CHECK(decided("split", 1751, {}));
}

TEST_CASE("delivery: where a judge gave all back on the way, its end is the traveler's doing alone") {
  const DisputeId quarrel{parcel.id};
  struct Case {
    const char* resolution;
    std::int64_t refunded, at_stake;
    Fault fault;
  };
  for (const Case& each : {Case{"refund", 3500, 3500, Fault::traveler}, Case{"refund", 1750, 1750, Fault::traveler},
                           Case{"refund", 1749, 1750, Fault::both}, Case{"dismiss", 0, 3500, Fault::both}}) {
    Given<Delivery> carried = in_transit();
    carried.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
    Given<Delivery> waiting = accepted();
    waiting.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
    const DisputeSettled settled{quarrel, each.resolution, usd(each.refunded), false, usd(each.at_stake)};
    const FundsReturned returned{usd(each.refunded), FundsStanding{usd(0), usd(3500), usd(0)}};
    carried.as(entity(escrow)).when(returned);  // the money moves first, as the escrow tells it
    carried.as(entity({EntityKind::dispute, parcel.id})).when(settled);
    REQUIRE(carried.state.status == DeliveryStatus::returning);
    carried.as(user(carrier)).when(scan_of(carried, Handover::giving_back));
    CHECK(carried.state.settlement->fault == each.fault);
    waiting.as(entity({EntityKind::dispute, parcel.id})).when(settled);  // or after the judge's word
    waiting.as(entity(escrow)).when(returned);
    REQUIRE(waiting.state.status == DeliveryStatus::cancelled);
    CHECK(waiting.state.settlement->fault == each.fault);
  }
}

TEST_CASE("delivery: whoever has the price back, whichever way, makes nobody known by the delivery") {
  const std::vector<Address> both{user_address(sender), user_address(carrier)};
  const Caller from_escrow = entity(escrow);
  const FundsReturned most{usd(3100), FundsStanding{usd(0), usd(3100), usd(400)}};
  Given<Delivery> after = delivered();
  CHECK(after.receivers<RecordCheap>().empty());
  after.as(from_escrow).when(FundsReturned{usd(1000), FundsStanding{usd(2500), usd(1000), usd(0)}});
  CHECK(after.receivers<RecordCheap>().empty());  // something was paid
  after.when(most);
  CHECK(after.receivers<RecordCheap>() == both);
  after.when(FundsReturned{usd(400), FundsStanding{usd(0), usd(3500), usd(0)}});
  CHECK(after.receivers<RecordCheap>().empty());  // once
  Given<Delivery> before = in_transit();
  before.as(from_escrow).when(FundsReturned{usd(3100), FundsStanding{usd(400), usd(3100), usd(0)}});
  before.as(user(carrier)).when(scan_of(before, Handover::delivery));
  REQUIRE(before.state.status == DeliveryStatus::delivered);
  CHECK(before.receivers<RecordCheap>() == both);
  Given<Delivery> unpaid = delivered();
  unpaid.as(from_escrow).when(FundsUncollected{"expired"});
  CHECK(unpaid.receivers<RecordCheap>() == std::vector{user_address(carrier)});
}

TEST_CASE("delivery: where nobody fetched the parcel in time, a judge says who did not come") {
  const DisputeId quarrel{parcel.id};
  for (const auto& [resolution, fault] :
       {std::pair{"refund", std::optional(carrier)}, {"release", std::optional(sender)}, {"dismiss", std::nullopt}}) {
    Given<Delivery> delivery = accepted();
    delivery.state.pickup_until = delivery.now + hours{1};
    delivery.state.came_at = delivery.now;  // he drove past the door
    delivery.at(delivery.now + hours{24 * 40}).as(entity({})).when(TimerFired{"overdue"});
    REQUIRE(delivery.state.status == DeliveryStatus::cancelled);
    REQUIRE(delivery.state.settlement->fault == Fault::nobody);
    delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
    delivery.when(DisputeSettled{quarrel, resolution, usd(0)});
    const std::vector<Address> expected = fault ? std::vector{user_address(*fault)} : std::vector<Address>{};
    CHECK(found_at_fault(delivery) == expected);
  }
}

}  // namespace delivery_verdict_test
