#include "actors/dispute/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// Which waits pay by themselves, and about which an administrator decides.
namespace delivery_paid_wait_test {

using namespace caravan;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

TEST_CASE("waits: whose price was taken at night may not know of it, and an administrator decides about the fee") {
  const auto decided = [](bool by_traveler, Duration later, bool wrote) {
    Given<Delivery> delivery = accepted();
    delivery.state.terms.by_traveler = by_traveler;
    if (wrote) delivery.as(user(sender)).when(PostMessage{"See you soon"});
    delivery.now += later;
    wait_at(delivery, Handover::pickup, minutes{16});
    delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
    REQUIRE(delivery.state.settlement);
    CHECK(delivery.state.settlement->compensation.amount == 875);
    if (const OpenDispute* asked = delivery.sent<OpenDispute>())
      CHECK(asked->description.find("may not have known of the deal") != std::string::npos);
    return delivery.state.settlement->needs_decision;
  };
  CHECK_FALSE(decided(false, minutes{0}, false));
  CHECK(decided(true, minutes{0}, false));
  CHECK(decided(true, hours{12} - std::chrono::seconds{1}, false));
  CHECK_FALSE(decided(true, hours{12}, false));
  CHECK_FALSE(decided(true, minutes{0}, true));
}

TEST_CASE("waits: an attempt two hours before the trip should arrive pays by itself, one a second earlier does not") {
  for (const auto& [too_early, by_itself] : {std::pair{std::chrono::seconds{1}, false}, {{}, true}}) {
    Given<Delivery> delivery = in_transit();
    wait_at(delivery, Handover::delivery, minutes{16});
    delivery.state.planned_arrival = delivery.now + hours{2} + too_early;
    delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
    REQUIRE(delivery.state.attempt_at_pin);
    CHECK(*delivery.state.attempt_at_pin == by_itself);
  }
}

TEST_CASE("waits: whoever says that they come again is paid for it by itself once they have") {
  using Says = std::vector<NextStep>;
  const auto paid_by_itself = [](const Says& steps) {
    Given<Delivery> delivery = in_transit();
    for (const NextStep next : steps) {
      wait_at(delivery, Handover::delivery, minutes{15});
      delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, next, {}, {}});
    }
    delivery.as(user(sender)).when(SayPresent{});  // an hour later somebody is at home, and in vain
    delivery.now += hours{1};
    delivery.as(user(carrier)).when(StartReturn{});
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
    CHECK(delivery.state.settlement->compensation.amount == 1'750);
    CHECK(delivery.state.settlement->fault == Fault::nobody);
    const OpenDispute* asked = delivery.sent<OpenDispute>();
    CHECK(static_cast<bool>(asked) == delivery.state.settlement->needs_decision);
    const bool names_retry = asked && asked->description.find("would come again") != std::string::npos;
    CHECK(names_retry == (steps.back() == NextStep::retry));
    return !delivery.state.settlement->needs_decision;
  };
  CHECK(paid_by_itself({NextStep::giving_back}));
  CHECK(paid_by_itself({NextStep::retry, NextStep::giving_back}));
  CHECK_FALSE(paid_by_itself({NextStep::retry}));
  CHECK_FALSE(paid_by_itself({NextStep::retry, NextStep::retry}));
}

TEST_CASE("waits: one at the pickup pays by itself where it lasts beyond the planned time") {
  for (const auto& [ahead, by_itself] : {std::pair{minutes{16}, true}, {minutes{17}, false}}) {
    Given<Delivery> delivery = accepted();
    const Time planned = delivery.now + hours{30};
    delivery.state.pickup_until = planned;
    delivery.now = planned - ahead;
    wait_at(delivery, Handover::pickup, minutes{16});
    Given<Delivery> left_first = delivery;
    left_first.as(user(sender)).when(CancelDelivery{});
    CHECK(left_first.state.settlement->needs_decision == !by_itself);
    delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
    CHECK(delivery.state.settlement->compensation.amount == 875);
    CHECK(delivery.state.settlement->needs_decision == !by_itself);
    CHECK(static_cast<bool>(delivery.state.settlement->held_until) == by_itself);
    if (by_itself) continue;
    const OpenDispute* asked = delivery.sent<OpenDispute>();
    REQUIRE(asked);
    CHECK(asked->description.find("the pickup was planned for " + to_rfc3339(planned)) != std::string::npos);
  }
}

TEST_CASE(
    "waits: one at the receiver's that begins six hours after the planned arrival pays by itself, a later one not") {
  for (const auto& [too_late, by_itself] : {std::pair{std::chrono::seconds{1}, false}, {{}, true}}) {
    Given<Delivery> delivery = in_transit();
    delivery.state.planned_arrival = delivery.now - hours{6} - too_late;
    wait_at(delivery, Handover::delivery, minutes{46});  // how long it lasts says nothing of when it began
    delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
    REQUIRE(delivery.state.attempt_at_pin);
    CHECK(*delivery.state.attempt_at_pin == by_itself);
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
    REQUIRE(delivery.state.settlement);
    CHECK(delivery.state.settlement->compensation.amount == 1'750);
    CHECK(delivery.state.settlement->needs_decision == !by_itself);
    CHECK(static_cast<bool>(delivery.sent<OpenDispute>()) == !by_itself);
    if (by_itself) continue;
    CHECK(delivery.sent<OpenDispute>()->description.find("6 hours after the trip's planned arrival") !=
          std::string::npos);
  }
}

}  // namespace delivery_paid_wait_test
