#include "actors/delivery/policy.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_delay_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

constexpr Time leaves = test_start + hours{30}, arrives = test_start + hours{40}, deadline = test_start + hours{72};

/// Leaves at 30 h and arrives at 40 h; to be there after 72 h.
Given<Delivery> planned(std::optional<Time> deliver_by = deadline, Time arrival = arrives) {
  return accepted_for(terms(deliver_by), {TripId{trip.id}, leaves, arrival});
}

std::string delay(Given<Delivery>& delivery, Duration pickup, Duration arrival) {
  const auto whole = [](Duration time) { return std::chrono::floor<seconds>(time).count(); };
  return delivery.as(entity(trip)).when(TripDelayed{whole(pickup), whole(arrival)});
}

/// Cents that leaving costs the customer now; whose failure it is.
std::pair<std::int64_t, std::optional<Fault>> cost_of_leaving(Given<Delivery> delivery) {
  delivery.as(user(sender)).when(CancelDelivery{"too late for me"});
  return {delivery.state.settlement->compensation.amount, delivery.state.settlement->fault};
}

}  // namespace

TEST_CASE("delivery delay: the customer hears when the trip leaves and arrives now, and the codes stay good") {
  Given<Delivery> delivery = planned(test_start + hours{31});
  const Time expires = code_for(delivery, Handover::pickup).expires_at;
  CHECK(expires == test_start + hours{55});
  delivery.now = test_start + hours{28};
  CHECK(delay(delivery, minutes{115}, minutes{110}) == "delivery.delayed");
  CHECK(effects(delivery.last) == std::vector<std::string>{"inbox notify"});
  const Notify& told = *delivery.sent<Notify>();
  CHECK(told.template_id == "trip_delayed");
  CHECK(told.variables.at("later") == "1 h 55 min");
  CHECK(told.variables.at("leavesAt") == to_rfc3339(leaves + minutes{115}));
  CHECK(told.variables.at("arrivesAt") == to_rfc3339(arrives + minutes{110}));
  CHECK_FALSE(told.variables.contains("mayLeave"));
  CHECK(due(delivery, "overdue") == leaves + minutes{115} + hours{24});
  CHECK(code_for(delivery, Handover::pickup).expires_at == leaves + minutes{115} + hours{24});
  CHECK(code_for(delivery, Handover::delivery).expires_at == leaves + minutes{115} + hours{24});
  CHECK(delivery.state.timeline.back().type == "delayed");
  const auto shown = *delivery.as(user(sender)).ask(ViewDelivery{}).resource.get_if<DeliveryResource>();
  CHECK(shown.planned_arrival == arrives + minutes{110});
  CHECK(shown.delay->agreed_arrival == arrives);
}

TEST_CASE("delivery delay: after the pickup the arrival follows, and lateness goes by what was agreed") {
  Given<Delivery> delivery = planned(std::nullopt, leaves + days{14});
  delivery.at(leaves).as(user(carrier)).when(scan_of(delivery, Handover::pickup));
  REQUIRE(scan_outcome(delivery) == "accepted");
  CHECK(delay(delivery, hours{5}, hours{50}) == "delivery.delayed");
  CHECK(delivery.state.pickup_until == leaves);
  CHECK(delivery.sent<Notify>()->variables.at("later") == "50 h 00 min");
  CHECK_FALSE(delivery.sent<Notify>()->variables.contains("leavesAt"));
  CHECK_FALSE(delivery.sent<Notify>()->variables.contains("mayLeave"));
  const Time now_planned = leaves + days{14} + hours{50};
  CHECK(due(delivery, "overdue") == now_planned + hours{24});
  CHECK(delivery.state.planned_arrival == now_planned);
  delivery.at(now_planned).as(user(carrier)).when(scan_of(delivery, Handover::delivery));
  REQUIRE(delivery.state.handed_late);
  CHECK(delivery.state.handed_late->late_seconds == 50 * 3'600);
}

TEST_CASE("delivery delay: a little one binds the customer, and one that breaks what was agreed does not") {
  struct Case {
    Duration told_at, pickup, arrival, deliver_by;
    bool is_free;
  };
  for (const auto& [told_at, pickup, arrival, deliver_by, is_free] : {
           Case{hours{20}, hours{2}, hours{2}, hours{72}, false},
           Case{hours{20}, hours{2} + seconds{1}, hours{2}, hours{72}, true},
           Case{hours{20}, hours{0}, hours{2} + seconds{1}, hours{72}, true},
           Case{hours{20}, hours{1}, hours{1}, hours{41}, false},
           Case{hours{20}, hours{1}, hours{1} + seconds{1}, hours{41}, true},
           Case{hours{20}, hours{1}, hours{1}, hours{39}, false},  // that was late from the beginning
           Case{hours{28}, minutes{5}, minutes{5}, hours{72}, false},
           Case{hours{28} + seconds{1}, minutes{5}, minutes{5}, hours{72}, true},   // nobody plans anew by that
           Case{hours{28} + seconds{1}, minutes{0}, minutes{5}, hours{72}, false},  // the pickup stays
           Case{hours{30}, minutes{5}, minutes{5}, hours{72}, true},                // told when it should have left
       }) {
    Given<Delivery> delivery = planned(test_start + deliver_by);
    delivery.now = test_start + told_at;
    delay(delivery, pickup, arrival);
    CHECK(delivery.sent<Notify>()->variables.contains("mayLeave") == is_free);
    const auto expected = is_free ? std::pair{std::int64_t{0}, std::optional(Fault::traveler)}
                                  : std::pair{std::int64_t{350}, std::optional(Fault::customer)};
    CHECK(cost_of_leaving(delivery) == expected);
    delivery.now = leaves + pickup;  // and it stays so until the parcel is taken
    CHECK(cost_of_leaving(delivery) == expected);
  }
}

TEST_CASE(
    "delivery delay: of a deal from before short notice counted, a delay is told until the trip should have left") {
  for (const bool has_left : {false, true}) {
    Given<Delivery> delivery = planned();
    delivery.state.policy_version = 6;
    delivery.now = has_left ? leaves : leaves - seconds{1};
    delay(delivery, minutes{5}, minutes{5});
    CHECK(delivery.sent<Notify>()->variables.contains("mayLeave") == has_left);
  }
}

TEST_CASE("delivery delay: small ones add up against what was agreed") {
  Given<Delivery> delivery = planned();
  delivery.now = test_start + hours{20};
  delay(delivery, minutes{90}, minutes{90});
  CHECK(cost_of_leaving(delivery).first == 350);
  delay(delivery, minutes{31}, minutes{31});
  CHECK(cost_of_leaving(delivery).first == 0);
  CHECK(delivery.state.delay->agreed_pickup == leaves);
}

TEST_CASE("delivery delay: nobody who has not come makes up for it by telling a delay") {
  Given<Delivery> delivery = planned();
  delivery.now = leaves + minutes{30};
  CHECK(cost_of_leaving(delivery) == std::pair{std::int64_t{0}, std::optional(Fault::traveler)});
  delay(delivery, minutes{90}, minutes{90});
  CHECK(cost_of_leaving(delivery) == std::pair{std::int64_t{0}, std::optional(Fault::traveler)});
}

TEST_CASE("delivery delay: nobody waits by the old plan where the sender was told to come by the new one") {
  Given<Delivery> delivery = planned();
  delivery.now = leaves - minutes{90};
  delay(delivery, hours{2}, hours{2});
  wait_at(delivery, Handover::pickup, minutes{29});
  CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
  // A wait that was told before the delay is lost as well.
  Given<Delivery> earlier = planned();
  earlier.now = leaves - minutes{60};
  wait_at(earlier, Handover::pickup, minutes{20});
  delay(earlier, hours{2}, hours{2});
  CHECK_FALSE(earlier.state.came_at);
  CHECK(earlier.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
  // By the new plan it counts; as it was told late, an administrator decides.
  for (const bool is_late : {true, false}) {
    Given<Delivery> told = is_late ? earlier : planned();
    if (!is_late) {
      told.now = leaves - hours{2};
      delay(told, hours{2}, hours{2});
    }
    told.now = leaves + minutes{110};
    wait_at(told, Handover::pickup, minutes{20});
    told.as(user(carrier)).when(CancelDelivery{"no_show"});
    CHECK(told.state.settlement->compensation.amount == 875);
    CHECK(told.state.settlement->held_until.has_value() == !is_late);
    CHECK(told.state.settlement->needs_decision == is_late);
  }
}

TEST_CASE("delivery delay: an arrival that is told once it should have been brings no wait that pays by itself") {
  for (const bool is_late : {false, true}) {
    Given<Delivery> delivery = planned();
    delivery.at(leaves).as(user(carrier)).when(scan_of(delivery, Handover::pickup));
    REQUIRE(scan_outcome(delivery) == "accepted");
    delivery.now = is_late ? arrives + hours{7} : arrives - hours{1};
    CHECK(delay(delivery, seconds{0}, minutes{115}) == "delivery.delayed");
    CHECK(delivery.state.is_plan_broken() == is_late);
  }
}

TEST_CASE("delivery delay: by a plan that the customer never agreed to no wait pays by itself") {
  Given<Delivery> delivery = planned();
  delivery.now = test_start + hours{20};
  delay(delivery, hours{9}, hours{9});  // to the middle of the night
  delivery.now = leaves + hours{9} - minutes{60};
  wait_at(delivery, Handover::pickup, minutes{20});
  delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
  CHECK(delivery.state.settlement->needs_decision);
  CHECK_FALSE(delivery.state.settlement->held_until);
}

TEST_CASE("delivery delay: only its own trip tells one, and what is over stays as it ended") {
  Given<Delivery> delivery = planned();
  const TripDelayed later{3'600, 3'600};
  CHECK(delivery.as(user(carrier)).when(later) == "! forbidden");
  CHECK(delivery.as(service()).when(later) == "! forbidden");
  CHECK(delivery.as(entity({EntityKind::trip, test_id<TripId>(99).value})).when(later) == "! forbidden");
  CHECK(delivery.as(entity(trip)).when(TripDelayed{0, 0}) == "(nothing)");
  for (Given<Delivery> other : {reserved(), accepted(), delivered(), returning(), cancelled()}) {
    CHECK(other.as(entity(trip)).when(later) == "(nothing)");  // without a plan nothing moves
  }
}

}  // namespace delivery_delay_test
