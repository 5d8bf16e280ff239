#include <algorithm>

#include "actors/escrow/commands.hpp"
#include "actors/request/commands.hpp"
#include "actors/tracker/commands.hpp"
#include "actors/trip/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_acceptance_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;

namespace {

std::string steps(const DeliveryState& state) {
  std::string text;
  for (const SagaStep& step : state.steps) {
    if (!text.empty()) text += ' ';
    text += enum_labels(SagaStepState{})[static_cast<std::size_t>(step.state)];
  }
  return text;
}

}  // namespace

TEST_CASE("delivery acceptance: each step asks for the next, and the last one makes the delivery") {
  Given<Delivery> delivery = began();
  CHECK(steps(delivery.state) == "done pending");
  const auto* escrow_asked = delivery.sent<CreateEscrow>();
  REQUIRE(escrow_asked);
  CHECK(escrow_asked->amount.amount == 3'500);
  CHECK(escrow_asked->platform_fee.amount == 350);
  CHECK(delivery.sent<TakeNumber>());
  CHECK(delivery.last.timers.at(0).name == "saga");

  delivery.as(entity(escrow)).when(FundsHeld{delivery.state.escrow_id, delivery.state.intent_id, test_start});
  CHECK(steps(delivery.state) == "done done pending");
  CHECK(delivery.sent<ReserveCapacity>()->load.weight.units == 2'500);

  delivery.as(entity(trip)).when(CapacityReserved{TripId{trip.id}});
  CHECK(steps(delivery.state) == "done done done done pending");
  CHECK(delivery.sent<DefineGeofences>()->fences.size() == 2);
  CHECK(delivery.state.codes.size() == 2);

  delivery.as(entity(tracker));
  CHECK(delivery.when(GeofencesDefined{{{test_id<GeofenceId>(30), Handover::pickup}}}) ==
        "delivery.geofences_set, delivery.saga_step_changed");
  CHECK_FALSE(delivery.state.is_created());  // the number is still to come
  CHECK(delivery.when(AssignNumber{123}) == "delivery.numbered, delivery.created");
  CHECK(delivery.state.status == DeliveryStatus::accepted);
  CHECK(delivery.state.saga == SagaState::completed);
  const auto* completed = delivery.sent<AcceptanceCompleted>();
  REQUIRE(completed);
  CHECK(completed->delivery_number == "DEL-000123");
  CHECK(completed->qr_codes.size() == 2);
  CHECK(completed->geofences.size() == 1);
  CHECK(delivery.sent<ConfirmReservation>());
}

TEST_CASE("delivery acceptance: fee and payout delay are those of the terms that the offer was accepted under") {
  Given<Delivery> delivery(parcel);
  BeginAcceptance begin = terms();
  begin.deal = {250, 3'600};
  delivery.as(entity({EntityKind::request, begin.request_id.value})).when(begin);
  const auto* asked = delivery.sent<CreateEscrow>();
  REQUIRE(asked);
  CHECK(asked->platform_fee.amount == 88);  // 2.5 % of 35.00, rounded half up
  CHECK(asked->payout_delay_seconds == 3'600);
  CHECK(delivery.state.terms.deal.payout_delay_seconds == 3'600);
}

TEST_CASE("delivery acceptance: a repeat of any message changes nothing") {
  Given<Delivery> delivery = accepted();
  CHECK(delivery.when(terms()) == "(nothing)");
  CHECK(delivery.when(FundsHeld{}) == "(nothing)");
  CHECK(delivery.when(CapacityReserved{}) == "(nothing)");
  CHECK(delivery.when(GeofencesDefined{}) == "(nothing)");
  CHECK(delivery.when(AssignNumber{124}) == "(nothing)");
  CHECK(delivery.when(TimerFired{"saga"}) == "(nothing)");
  CHECK(delivery_number(delivery.state) == "DEL-000123");
}

TEST_CASE("delivery acceptance: a declined card undoes the offer, and there is no payment to undo") {
  Given<Delivery> delivery = failed();
  CHECK(steps(delivery.state) == "undone failed");
  CHECK(delivery.sent<AcceptanceFailed>()->code == "payment_declined");
  CHECK_FALSE(delivery.sent<CancelIntent>());
  CHECK_FALSE(delivery.sent<ReleaseReservation>());
  CHECK(delivery.state.saga == SagaState::compensated);
  CHECK(delivery.as(user(sender)).ask(ViewDelivery{}).rejection->code == "not_found");
  CHECK(delivery.ask(ViewSaga{}).resource.get_if<SagaResource>()->code == "payment_declined");
  // The traveler learns that it failed, and not that the card is bad.
  const Answer shown = delivery.as(user(carrier)).ask(ViewSaga{});
  const auto& saga = *shown.resource.get_if<SagaResource>();
  CHECK(saga.state == SagaState::compensated);
  CHECK_FALSE(saga.code);
  for (const SagaStep& step : saga.steps) CHECK_FALSE(step.error);
}

TEST_CASE("delivery acceptance: a full trip gives the money back") {
  Given<Delivery> delivery = paid();
  delivery.as(entity(trip)).when(CapacityRefused{"capacity_exceeded"});
  CHECK(steps(delivery.state) == "undone undone failed");
  CHECK(delivery.sent<CancelIntent>());
  CHECK(delivery.sent<AcceptanceFailed>()->code == "capacity_exceeded");
}

TEST_CASE("delivery acceptance: room is asked for the plan that the offer was made for, and another plan undoes it") {
  Given<Delivery> delivery(parcel);
  BeginAcceptance begin = terms();
  begin.trip_plan = 77;
  delivery.as(entity({EntityKind::request, begin.request_id.value})).when(begin);
  delivery.as(entity(escrow)).when(FundsHeld{delivery.state.escrow_id, delivery.state.intent_id, test_start});
  CHECK(delivery.sent<ReserveCapacity>()->plan == 77);
  delivery.as(entity(trip)).when(CapacityRefused{"offer_changed"});
  CHECK(delivery.sent<CancelIntent>());
  CHECK(delivery.sent<AcceptanceFailed>()->code == "offer_changed");
  CHECK(delivery.sent<AcceptanceFailed>()->detail.find("have changed since the offer") != std::string::npos);
}

TEST_CASE("delivery acceptance: what takes too long is undone in reverse, and late answers change nothing") {
  Given<Delivery> delivery = began();
  delivery.as(timer()).when(TimerFired{"saga"});
  CHECK(delivery.sent<AcceptanceFailed>()->code == "payment_failed");
  CHECK(delivery.sent<CancelIntent>());  // the provider may still answer
  CHECK(delivery.as(entity(escrow)).when(FundsHeld{}) == "(nothing)");

  delivery = reserved();
  delivery.as(timer()).when(TimerFired{"saga"});
  CHECK(steps(delivery.state) == "undone undone undone undone failed");
  const auto sent = effects(delivery.last);
  const auto at = [&](const char* what) { return std::ranges::find(sent, what) - sent.begin(); };
  CHECK(at("tracker remove_geofences") < at("trip release_reservation"));
  CHECK(at("trip release_reservation") < at("escrow cancel_intent"));
  CHECK(at("escrow cancel_intent") < at("request acceptance_failed"));
  for (const QrCode& code : delivery.state.codes) CHECK(code.status == QrStatus::revoked);
}

TEST_CASE("delivery acceptance: a reservation that lapsed before it was confirmed ends the delivery") {
  Given<Delivery> delivery = accepted();
  delivery.as(entity(trip)).when(CapacityRefused{"trip_not_open"});
  CHECK(delivery.state.status == DeliveryStatus::cancelled);
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 3'500);
}

TEST_CASE("delivery acceptance: money that was given back meanwhile ends it, since none begins without its hold") {
  Given<Delivery> delivery = began();
  delivery.as(entity(escrow)).when(FundsHeld{delivery.state.escrow_id, delivery.state.intent_id, test_start});
  delivery.when(FundsReturned{{3'500, {}}});
  CHECK(delivery.state.status == DeliveryStatus::acceptance_failed);
  CHECK(delivery.sent<AcceptanceFailed>()->code == "payment_failed");
  CHECK(delivery.sent<ReleaseReservation>());
  CHECK(delivery.sent<CancelIntent>());
}

}  // namespace delivery_acceptance_test
