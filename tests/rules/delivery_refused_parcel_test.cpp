#include <algorithm>

#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/files/commands.hpp"
#include "actors/user/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_refused_parcel_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

const UploadId picture = "a-picture";

CancelDelivery refusal() {
  CancelDelivery command{"not_as_declared"};
  command.note = "40 kg instead of 2.5";
  command.location = MeasuredPlace{pickup_place.lat, pickup_place.lng, 10.0};
  command.photo = picture;
  return command;
}

/// The traveler stands at the door, is shown another parcel than was declared, and does not take it.
Given<Delivery> refused() {
  Given<Delivery> delivery = accepted();
  wait_at(delivery, Handover::pickup, minutes{2});
  CHECK(delivery.as(user(carrier)).when(refusal()).starts_with("delivery.cancelled"));
  return delivery;
}

}  // namespace

TEST_CASE("refused parcels: what is not as declared costs its traveler nothing, and the share of a no-show waits") {
  const Given<Delivery> delivery = refused();
  REQUIRE(delivery.state.settlement);
  const Settlement& settlement = *delivery.state.settlement;
  CHECK(settlement.by == "traveler");
  CHECK(settlement.refund.amount == 2'625);
  CHECK(settlement.compensation.amount == 875);
  CHECK(settlement.needs_decision);
  CHECK_FALSE(settlement.held_until);
  CHECK(settlement.fault == Fault::nobody);
  REQUIRE(delivery.sent<RefundEscrow>());
  CHECK(delivery.sent<RefundEscrow>()->compensation_waits);
  CHECK_FALSE(due(delivery, "fee"));
  for (const Effect& effect : delivery.last.effects)
    if (const auto* ended = effect.command.get_if<RecordDelivery>()) CHECK(ended->outcome.by_other);
  // An administrator sees what was declared, and what the traveler shows.
  REQUIRE(delivery.sent<OpenDispute>());
  CHECK(delivery.sent<OpenDispute>()->opener == carrier);
  CHECK(delivery.sent<OpenDispute>()->description.ends_with("Declared: A camera: 1 item, 2.5 kg, 3 l"));
  CHECK(delivery.sent<KeepUpload>()->upload_id == picture);
  const auto row = std::ranges::find(delivery.state.timeline, "cancelled", &TimelineItem::type);
  REQUIRE(row != delivery.state.timeline.end());
  const auto& facts = row->facts;
  CHECK(facts.at("declared") == "A camera: 1 item, 2.5 kg, 3 l");
  CHECK(facts.at("note") == "40 kg instead of 2.5");
  CHECK(facts.contains("lat"));
  REQUIRE(delivery.state.proofs.size() == 1);
  CHECK(delivery.state.proofs.front().step == "refused_parcel");
  CHECK(delivery.state.proofs.front().upload_id == picture);
}

TEST_CASE("refused parcels: it counts against nobody until it is decided, and then against who was wrong") {
  const DisputeId quarrel{parcel.id};
  const auto decided = [&](const char* resolution) {
    Given<Delivery> delivery = refused();
    delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
    delivery.when(DisputeSettled{quarrel, resolution});
    return found_at_fault(delivery);
  };
  CHECK(found_at_fault(refused()).empty());
  CHECK(decided("release") == std::vector{user_address(sender)});
  CHECK(decided("refund") == std::vector{user_address(carrier)});
  CHECK(decided("split").empty());
  CHECK(decided("dismiss").empty());
  // So does a no-show that was none.
  Given<Delivery> absent = accepted();
  absent.state.terms.pickup.uncertainty_meters = 5'000;
  wait_at(absent, Handover::pickup, minutes{16});
  absent.as(user(carrier)).when(CancelDelivery{"no_show"});
  REQUIRE(absent.state.settlement->needs_decision);
  absent.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
  absent.when(DisputeSettled{quarrel, "refund"});
  CHECK(found_at_fault(absent) == std::vector{user_address(carrier)});
}

TEST_CASE("refused parcels: only by a traveler who is seen at the pickup, when the sender has to be there") {
  Given<Delivery> delivery = accepted();
  CHECK(delivery.as(user(carrier)).when(refusal()) == "! not_waited_enough");
  seen(delivery, Handover::pickup, delivery.now);  // one point
  CHECK(delivery.as(user(carrier)).when(refusal()) == "! not_waited_enough");
  delivery.now += minutes{6};
  CHECK(delivery.when(refusal()) == "! not_waited_enough");  // points stopped coming
  CHECK(delivery.state.status == DeliveryStatus::accepted);
  Given<Delivery> early = accepted();
  early.state.pickup_until = early.now + hours{50};
  wait_at(early, Handover::pickup, minutes{16});
  CHECK(early.as(user(carrier)).when(refusal()) == "! not_waited_enough");
  Given<Delivery> taken = picked_up();
  CHECK(taken.as(user(carrier)).when(refusal()) == "! return_required");
}

TEST_CASE("refused parcels: the parcel is refused where it is shown, as exactly as a fix can tell") {
  const auto refuse_from = [](double north_meters, double accuracy) {
    Given<Delivery> delivery = accepted();
    wait_at(delivery, Handover::pickup, minutes{2});
    CancelDelivery command = refusal();
    command.location = MeasuredPlace{pickup_place.lat + north_meters / 111'195, pickup_place.lng, accuracy};
    const std::string said = delivery.as(user(carrier)).when(command);
    if (delivery.last.rejection) CHECK(delivery.last.rejection->field == "location");
    return said;
  };
  CHECK(refuse_from(90, 0).starts_with("delivery.cancelled"));
  CHECK(refuse_from(150, 60).starts_with("delivery.cancelled"));
  CHECK(refuse_from(150, 0) == "! validation_failed");
  CHECK(refuse_from(30'000, 100'000) == "! validation_failed");
}

TEST_CASE("refused parcels: the words are the traveler's alone, and nothing is shown with another reason") {
  Given<Delivery> delivery = accepted();
  wait_at(delivery, Handover::pickup, minutes{2});
  for (const Caller& who : {user(sender), service(), admin(stranger, Permission::deliveries)})
    CHECK(delivery.as(who).when(refusal()) == "! forbidden");
  CancelDelivery other = refusal();
  other.reason = "no_show";
  CHECK(delivery.as(user(carrier)).when(other) == "! forbidden");
  CHECK(delivery.as(user(sender)).when(CancelDelivery{"not_as_declared"}).starts_with("delivery.cancelled"));
  CHECK(delivery.state.settlement->fault == Fault::customer);
  CHECK(delivery.state.settlement->compensation.amount == 0);
}

TEST_CASE("refused parcels: what is refused stays so where the sender's account is closed meanwhile") {
  Given<Delivery> delivery = accepted();
  wait_at(delivery, Handover::pickup, minutes{2});
  CancelDelivery command = refusal();
  command.other_inactive = true;
  delivery.as(user(carrier)).when(command);
  CHECK(delivery.state.settlement->compensation.amount == 875);
  CHECK(delivery.state.settlement->needs_decision);
}

}  // namespace delivery_refused_parcel_test
