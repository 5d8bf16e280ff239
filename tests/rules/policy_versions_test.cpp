#include "actors/dispute/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/tracker/commands.hpp"
#include "actors/user/commands.hpp"
#include "tests/rules/escrow_given.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// Each deal is judged by the policy that it was agreed under, whatever became of the terms since.
namespace policy_versions_test {

using namespace caravan;
using namespace caravan::delivery_stages;
using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

/// A second version, as far as it lasts.
class NextPolicy {
 public:
  NextPolicy() {
    Policy& next = both_[1];
    next.version = policy.version + 1;
    next.cancellation.free_seconds = 60;
    next.cancellation.late_fee_percent = 40;
    next.waiting.wait_seconds = 60 * 60;
    next.waiting.no_show_percent = 80;
    next.waiting.largest_gap_seconds = 20 * 60;
    next.disputes.open_days = 3;
    next.reviews.open_days = 2;
    next.reviews.counted_dollars = 1'000;
    next.disputes.split_held_seconds = 3'600;
    next.disputes.assigned_days = 1;
    known_policies() = both_;
  }
  ~NextPolicy() { known_policies() = policy_versions; }
  NextPolicy(const NextPolicy&) = delete;
  NextPolicy& operator=(const NextPolicy&) = delete;

 private:
  std::array<Policy, 2> both_{policy, policy};
};

DeliveryResource shown(Given<Delivery> delivery) {
  return *delivery.as(user(sender)).ask(ViewDelivery{}).resource.get_if<DeliveryResource>();
}

std::int64_t paid_for_leaving(Given<Delivery> delivery, Duration later) {
  delivery.now += later;
  delivery.as(user(sender)).when(CancelDelivery{"changed my mind"});
  REQUIRE(delivery.state.settlement);
  return delivery.state.settlement->compensation.amount;
}

std::int64_t paid_for_no_show(Given<Delivery> delivery, Duration wait) {
  wait_at(delivery, Handover::pickup, wait);
  delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
  return delivery.state.settlement ? delivery.state.settlement->compensation.amount : 0;
}

OpenDispute dispute_of(std::optional<std::int32_t> version) {
  OpenDispute opened;
  opened.delivery_id = DeliveryId{parcel.id};
  opened.reason = "damaged";
  opened.description = "broken";
  opened.customer = opened.opener = sender;
  opened.traveler = carrier;
  opened.amount = {3'500, Currency{}};
  opened.ended_at = test_start;
  opened.policy_version = version;
  return opened;
}

}  // namespace

TEST_CASE("policy: a deal keeps the numbers that it was agreed under") {
  const Given<Delivery> before = accepted();
  REQUIRE(before.state.policy_version == policy.version);
  const NextPolicy changed;
  const Given<Delivery> after = accepted();
  CHECK(shown(before).policy_version == policy.version);
  CHECK(shown(after).policy_version == policy.version + 1);
  CHECK(paid_for_leaving(before, hours{1}) == 0);
  CHECK(paid_for_leaving(after, hours{1}) == 1'400);
  CHECK(paid_for_leaving(before, hours{3}) == 350);
  CHECK(paid_for_no_show(before, minutes{16}) == 875);
  CHECK(paid_for_no_show(after, minutes{16}) == 0);  // refused: it is not long enough any more
  CHECK(paid_for_no_show(after, minutes{61}) == 2'800);
}

TEST_CASE("policy: a deal of a build that kept no version is judged by the first") {
  Given<Delivery> old = accepted();
  old.state.policy_version.reset();
  const NextPolicy changed;
  CHECK(shown(old).policy_version == known_policies().front().version);
  CHECK(paid_for_leaving(old, hours{3}) == 350);
}

TEST_CASE("policy: a version that this build does not know yet is judged by the newest that it knows") {
  const NextPolicy changed;
  CHECK(kept_policy(policy.version + 7).version == policy.version + 1);
  CHECK_FALSE(find_policy(policy.version + 7));
}

TEST_CASE("policy: disputes are opened for as long as the deal's own terms say") {
  const NextPolicy changed;
  for (const auto& [version, is_taken] : {std::pair<std::optional<std::int32_t>, bool>{std::nullopt, true},
                                          {policy.version, true},
                                          {policy.version + 1, false}}) {
    Given<Dispute> dispute{{EntityKind::dispute, parcel.id}};
    dispute.now = test_start + days{4};
    const std::string said = dispute.as(user(sender)).when(dispute_of(version));
    CHECK((said != "! dispute_window_closed") == is_taken);
  }
}

TEST_CASE("policy: both sides and the tracker are told which version the deal has") {
  const NextPolicy changed;
  Given<Delivery> begun = paid();
  begun.as(entity(trip)).when(CapacityReserved{TripId{trip.id}});
  REQUIRE(begun.sent<DefineGeofences>());
  CHECK(begun.sent<DefineGeofences>()->policy_version == policy.version + 1);
  const Given<Delivery> ended = delivered();
  REQUIRE(ended.sent<RecordDelivery>());
  CHECK(ended.sent<RecordDelivery>()->outcome.policy_version == policy.version + 1);
}

TEST_CASE("policy: what makes a delivery slight goes by the deal's own terms") {
  const auto is_cheap = [](Given<Delivery> carried) {
    carried.as(user(carrier)).when(scan_of(carried, Handover::delivery));
    REQUIRE(carried.sent<RecordDelivery>());
    return carried.sent<RecordDelivery>()->outcome.cheap;
  };
  const Given<Delivery> before = in_transit();
  const NextPolicy changed;
  CHECK_FALSE(is_cheap(before));
  CHECK(is_cheap(in_transit()));
}

TEST_CASE("policy: the escrow is told the deal's version, and holds what was agreed for as long as that says") {
  const NextPolicy changed;
  Given<Delivery> begun{parcel};
  begun.as(entity({EntityKind::request, test_id<RequestId>(20).value})).when(terms());
  REQUIRE(begun.sent<CreateEscrow>());
  CHECK(begun.sent<CreateEscrow>()->policy_version == policy.version + 1);
  for (const auto& [version, held_for] : {std::pair<std::optional<std::int32_t>, Duration>{std::nullopt, hours{24}},
                                          {policy.version, hours{24}},
                                          {policy.version + 1, hours{1}}}) {
    Given<Escrow> money = testkit::escrows::asked(version);
    testkit::escrows::answer_with(money, PaymentOutcome::done);
    money.as(user(testkit::escrows::ana)).when(ProposeSplit{1000, ""});
    money.as(user(testkit::escrows::ben)).when(AcceptSplit{1000});
    REQUIRE(money.state.is_agreed());
    CHECK(*money.state.split->pays_at == money.now + held_for);
  }
}

}  // namespace policy_versions_test
