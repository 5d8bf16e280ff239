#include "actors/delivery/policy.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/trip/commands.hpp"
#include "actors/user/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_plan_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

TEST_CASE("delivery plan: nobody is late by what both knew when they agreed") {
  // The parcel may not be fetched before the trip has left, or should be there before it leaves: the offer was accepted
  // all the same.
  const auto fee = [](Duration after, std::optional<Duration> pickup_from, std::optional<Duration> deliver_by) {
    Given<Delivery> delivery = accepted();
    delivery.state.pickup_until = test_start + hours{30};
    delivery.state.planned_arrival = test_start + hours{40};
    delivery.state.terms.deliver_by.reset();
    if (pickup_from) delivery.state.terms.pickup_from = test_start + *pickup_from;
    if (deliver_by) delivery.state.terms.deliver_by = test_start + *deliver_by;
    if (deliver_by && after >= *deliver_by) delivery.as(timer()).when(TimerFired{"late"});
    delivery.now = test_start + after;
    delivery.as(user(sender)).when(CancelDelivery{"where are you"});
    return delivery.sent<RefundEscrow>()->compensation.amount;
  };
  CHECK(fee(hours{31}, {}, {}) == 0);
  CHECK(fee(hours{31}, hours{72}, {}) == 350);
  CHECK(fee(hours{72}, hours{72}, {}) == 350);
  CHECK(fee(hours{72} + minutes{30}, hours{72}, {}) == 0);
  CHECK(fee(hours{4}, {}, hours{3}) == 350);
  CHECK(fee(hours{39}, hours{50}, hours{3}) == 350);
  CHECK(fee(hours{40}, hours{50}, hours{3}) == 0);
}

TEST_CASE("delivery plan: whose price is taken while they sleep may still leave in the morning, but not on the way") {
  const auto fee = [](bool by_traveler, Duration leaves, Duration after) {
    Given<Delivery> delivery = accepted();
    delivery.state.terms.by_traveler = by_traveler;
    delivery.state.pickup_until = test_start + leaves;
    delivery.now = test_start + after;
    delivery.as(user(sender)).when(CancelDelivery{"I thought again"});
    return delivery.sent<RefundEscrow>()->compensation.amount;
  };
  CHECK(fee(false, hours{48}, hours{2}) == 350);
  CHECK(fee(true, hours{48}, hours{12} - minutes{1}) == 0);
  CHECK(fee(true, hours{48}, hours{12}) == 350);
  // A wait counts from two hours before the trip leaves: six hours before that the traveler may rely on it.
  CHECK(fee(true, hours{14}, hours{6} - minutes{1}) == 0);
  CHECK(fee(true, hours{14}, hours{6}) == 350);
  CHECK(fee(true, hours{5}, hours{2} - minutes{1}) == 0);
  CHECK(fee(true, hours{5}, hours{2}) == 350);
}

TEST_CASE("delivery plan: it stands still for too long by the trip's plan, not by the day of the acceptance") {
  const auto with_plan = [](Duration leaves, Duration arrives, std::optional<Time> deliver_by) {
    return accepted_for(terms(deliver_by), {TripId{trip.id}, test_start + leaves, test_start + arrives});
  };
  const Duration day = hours{24};
  Given<Delivery> far = with_plan(45 * day, 70 * day, {});
  CHECK(due(far, "overdue") == test_start + 46 * day);
  CHECK(code_for(far, Handover::pickup).expires_at == test_start + 46 * day);
  far.now = test_start + 45 * day;
  far.as(user(carrier)).when(scan_of(far, Handover::pickup));
  REQUIRE(scan_outcome(far) == "accepted");
  CHECK(due(far, "overdue") == test_start + 71 * day);
  CHECK(code_for(far, Handover::delivery).expires_at == test_start + 72 * day);
  CHECK(due(with_plan(5 * day, 6 * day, test_start + hours{3}), "overdue") == test_start + 6 * day);
  CHECK(due(with_plan(5 * day, 6 * day, {}), "overdue") == test_start + 30 * day);
}

namespace {

/// Accepted for these times, on a trip that leaves five hours after the acceptance and goes on for days.
Given<Delivery> agreed_on(std::optional<Time> pickup, std::optional<Time> arrival) {
  BeginAcceptance begin = terms(test_start + hours{20});
  begin.planned_pickup = pickup;
  begin.planned_arrival = arrival;
  return accepted_for(begin, {TripId{trip.id}, test_start + hours{5}, test_start + hours{90}});
}

}  // namespace

TEST_CASE("delivery plan: the rules count by the times that the offer showed, wherever its trip is meanwhile") {
  const Time pickup = test_start + hours{30}, arrival = test_start + hours{40};
  Given<Delivery> agreed = agreed_on(pickup, arrival);
  const Answer answer = agreed.as(user(carrier)).ask(ViewDelivery{});
  const auto* shown = answer.resource.get_if<DeliveryResource>();
  REQUIRE(shown);
  CHECK(shown->pickup_awaited_from == pickup - hours{2});
  CHECK(shown->planned_pickup == pickup);
  CHECK(shown->planned_arrival == arrival);

  Given<Delivery> early = agreed;  // the trip leaves its first place
  early.now = test_start + hours{4};
  wait_at(early, Handover::pickup, minutes{20});
  CHECK(early.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
  early.now = test_start + hours{6};
  early.as(user(sender)).when(CancelDelivery{"nobody came"});
  CHECK(early.state.settlement->compensation.amount == 350);
  CHECK(early.state.settlement->fault == Fault::customer);

  Given<Delivery> waits = agreed;
  waits.now = pickup;
  wait_at(waits, Handover::pickup, minutes{16});
  waits.as(user(carrier)).when(CancelDelivery{"no_show"});
  CHECK(waits.state.settlement->held_until);

  Given<Delivery> carried = agreed;
  carried.now = pickup;
  carried.as(user(carrier)).when(scan_of(carried, Handover::pickup));
  carried.now = arrival - hours{2};
  Given<Delivery> attempt = carried;
  wait_at(attempt, Handover::delivery, minutes{16});
  attempt.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
  CHECK(attempt.state.attempt_at_pin == true);
  carried.now = arrival + hours{24} + minutes{1};
  carried.as(user(carrier)).when(scan_of(carried, Handover::delivery));
  CHECK(carried.state.handed_late);

  // A deal of an earlier build knows the trip's times alone.
  CHECK(agreed_on({}, {}).state.pickup_until == test_start + hours{5});
  CHECK(agreed_on({}, {}).state.planned_arrival == test_start + hours{90});
}

TEST_CASE("delivery plan: a pickup whose time has passed when they agree is due from then on") {
  Given<Delivery> delivery = agreed_on(test_start - hours{1}, test_start + hours{40});
  CHECK(delivery.state.pickup_until == test_start);
  delivery.now += minutes{29};
  delivery.as(user(sender)).when(CancelDelivery{"where are you"});
  CHECK(delivery.state.settlement->fault == Fault::customer);
}

TEST_CASE("delivery plan: an end counts in the statistics of the side that left") {
  const auto counts = [](Given<Delivery> delivery) {
    std::string who;
    for (const Effect& effect : delivery.last.effects)
      if (const auto* record = effect.command.get_if<RecordDelivery>())
        if (!record->outcome.by_other)
          who += record->outcome.role == DeliveryRole::customer ? "customer " : "traveler ";
    return who;
  };
  const auto cancelled_by = [](const Caller& who, const CancelDelivery& command, bool awaited = false) {
    Given<Delivery> delivery = accepted();
    if (awaited) wait_at(delivery, Handover::pickup, minutes{16});
    delivery.as(who).when(command);
    REQUIRE(delivery.state.status == DeliveryStatus::cancelled);
    return delivery;
  };
  CHECK(counts(delivered()) == "customer traveler ");
  CHECK(counts(cancelled_by(user(sender), {"x"})) == "customer ");
  CHECK(counts(cancelled_by(user(carrier), {"x"})) == "traveler ");
  CHECK(counts(cancelled_by(entity({EntityKind::account, sender.value}), {"user_deleted"})) == "customer ");
  CHECK(counts(cancelled_by(entity({EntityKind::account, carrier.value}), {"user_deleted"})) == "traveler ");
  CHECK(counts(cancelled_by(entity(trip), {"trip_cancelled", carrier})) == "traveler ");
  CHECK(counts(cancelled_by(entity(trip), {std::string(trip_completed), carrier})) == "traveler ");
  CHECK(counts(cancelled_by(user(carrier), {"no_show"}, true)).empty());  // one of them says so
  CHECK(counts(cancelled_by(user(sender), {"x"}, true)) == "customer ");
  Given<Delivery> unfetched = accepted();
  unfetched.as(timer()).when(TimerFired{"overdue"});
  CHECK(counts(unfetched) == "customer traveler ");
}

TEST_CASE("delivery plan: an end counts for the traveler who did not come, not for the customer who then leaves") {
  const auto fault = [](bool is_customer, Duration after) {
    Given<Delivery> delivery = accepted();
    delivery.state.pickup_until = test_start + hours{3};
    delivery.now = test_start + after;
    if (is_customer)
      delivery.as(user(sender)).when(CancelDelivery{"nobody came"});
    else
      delivery.as(timer()).when(TimerFired{"overdue"});
    REQUIRE(delivery.state.status == DeliveryStatus::cancelled);
    return delivery.state.settlement->fault;
  };
  CHECK(fault(true, hours{3}) == Fault::customer);
  CHECK(fault(true, hours{3} + minutes{30}) == Fault::traveler);
  CHECK(fault(false, hours{3}) == Fault::both);
  CHECK(fault(false, hours{30}) == Fault::traveler);
}

TEST_CASE("delivery plan: a return counts for the traveler who began it without an attempt, for nobody after one") {
  const auto fault = [](const Caller& by, const auto& start, bool attempts) {
    Given<Delivery> delivery = in_transit();
    if (attempts) {
      wait_at(delivery, Handover::delivery, minutes{15});
      delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}});
    }
    delivery.as(by).when(start);
    delivery.as(user(sender)).when(ConfirmReceipt{});
    REQUIRE(delivery.state.status == DeliveryStatus::returned);
    return delivery.state.settlement->fault;
  };
  CHECK(fault(user(carrier), StartReturn{}, false) == Fault::traveler);
  CHECK(fault(user(carrier), StartReturn{}, true) == Fault::nobody);
  CHECK(fault(entity(trip), CancelDelivery{"trip_cancelled", carrier}, true) == Fault::traveler);
  CHECK(fault(entity({EntityKind::account, stranger.value}), CancelDelivery{"asked"}, false) == Fault::both);
}

TEST_CASE("delivery plan: a fee for a wait counts for the customer once it is paid, or decided so") {
  const auto reported = [] {
    Given<Delivery> delivery = accepted();
    wait_at(delivery, Handover::pickup, minutes{16});
    delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
    return delivery;
  };
  const std::vector<Address> nobody, the_customer{user_address(sender)}, the_traveler{user_address(carrier)};
  Given<Delivery> paid = reported();
  CHECK(found_at_fault(paid) == nobody);
  hold_is_over(paid);
  REQUIRE(paid.sent<RefundEscrow>());
  CHECK(found_at_fault(paid) == nobody);
  // The two may share the fee otherwise, by what they agreed on before: then it was nobody's failure.
  const Money fee = paid.state.settlement->compensation, back = paid.state.settlement->refund;
  const Money none = fee - fee, half{fee.amount / 2, fee.currency};
  Given<Delivery> agreed = paid;
  agreed.as(entity(escrow)).when(FundsReleased{FundsStanding{none, back + fee - half, half}});
  CHECK(found_at_fault(agreed) == nobody);
  paid.as(entity(escrow)).when(FundsReleased{FundsStanding{none, back, fee}});
  CHECK(found_at_fault(paid) == the_customer);
  paid.when(FundsReleased{FundsStanding{none, back, fee}});
  CHECK(found_at_fault(paid) == nobody);  // once
  const auto decided = [&](Given<Delivery> delivery, const std::string& resolution, std::int64_t refund) {
    const DisputeId dispute{parcel.id};
    delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{dispute});
    delivery.when(DisputeSettled{dispute, resolution, Money{refund, {}}});
    return found_at_fault(delivery);
  };
  CHECK(decided(reported(), "release", 0) == the_customer);
  CHECK(decided(reported(), "refund", 874) == nobody);
  CHECK(decided(reported(), "refund", 875) == the_traveler);  // nobody was absent but in their word
  // What was delivered counts as a failure of the traveler's where most of the money is taken back.
  CHECK(decided(delivered(), "split", 1'750) == nobody);
  CHECK(decided(delivered(), "split", 1'751) == the_traveler);
  CHECK(decided(delivered(), "refund", 3'500) == the_traveler);
  CHECK(decided(delivered(), "release", 0) == nobody);
}

TEST_CASE("delivery: whom nobody can come for any more is left free of charge, and it counts as theirs") {
  const auto left = [](UserId by, bool inactive) {
    auto delivery = accepted();
    delivery.now += std::chrono::hours{3};
    CancelDelivery command{"they are banned"};
    command.other_inactive = inactive;
    delivery.as(testkit::user(by)).when(command);
    return delivery.state.settlement.value_or(Settlement{});
  };
  CHECK(left(sender, false).compensation.amount > 0);
  CHECK(left(sender, true).compensation.amount == 0);
  CHECK(left(sender, true).by == "traveler");
  CHECK_FALSE(delivery_policy::ended_by_other(left(sender, true), Fault::traveler));
  CHECK(delivery_policy::ended_by_other(left(sender, true), Fault::customer));
  CHECK(left(carrier, false).by == "traveler");
  CHECK(left(carrier, true).by == "customer");
  CHECK(left(carrier, true).compensation.amount == 0);
}

}  // namespace delivery_plan_test
