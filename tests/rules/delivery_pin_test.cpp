#include <algorithm>

#include "actors/delivery/policy.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/tracker/entity.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_pin_test {

using namespace caravan;
using namespace caravan::delivery_stages;

namespace {

/// An accepted delivery whose pickup was guessed from its address: the centre of a postal code.
Given<Delivery> guessed() {
  BeginAcceptance begin = terms();
  begin.pickup.uncertainty_meters = 5'000;
  return accepted_for(begin);
}

/// So many metres north of the stop.
Coordinates north(double meters, PinType type = PinType::pickup) {
  const Coordinates stop = type == PinType::pickup ? pickup_place : dropoff_place;
  return {stop.lat + meters / 111'195, stop.lng};
}

ScanCode scan_at(const Given<Delivery>& delivery, Coordinates place) {
  ScanCode scan = scan_of(delivery, Handover::pickup);
  scan.location = {place.lat, place.lng, 10.0};
  return scan;
}

PinResource pin_of(Given<Delivery>& delivery) {
  const Answer answer = delivery.as(user(sender)).ask(ViewDelivery{});
  return answer.resource.get_if<DeliveryResource>()->pins.at(0);
}

}  // namespace

TEST_CASE("pins: where a place was guessed a code is taken as far off as the guess may be, and no farther") {
  Given<Delivery> delivery = guessed();
  CHECK(code_for(delivery, Handover::pickup).radius == 5'000);
  CHECK(code_for(delivery, Handover::delivery).radius == delivery_policy::place_radius_meters);
  delivery.as(user(carrier)).when(scan_at(delivery, north(6'000)));
  CHECK(scan_outcome(delivery) == "qr_wrong_location");
  const std::string detail = delivery.last.reply.get_if<ScanResult>()->detail;
  CHECK_MESSAGE(detail.find("6000 m from the pickup") != std::string::npos, detail);
  CHECK_MESSAGE(detail.find("at most 5000 m") != std::string::npos, detail);
  CHECK_MESSAGE(detail.find("/pin") != std::string::npos, detail);
  delivery.when(scan_at(delivery, north(880)));
  CHECK(scan_outcome(delivery) == "accepted");
}

TEST_CASE("pins: fences are drawn as wide as a guess, and narrowly around a pin") {
  Given<Delivery> delivery(parcel);
  BeginAcceptance begin = terms();
  begin.dropoff.uncertainty_meters = 20'000;
  delivery.as(entity({EntityKind::request, test_id<RequestId>(20).value})).when(begin);
  delivery.as(entity(escrow)).when(FundsHeld{delivery.state.escrow_id, delivery.state.intent_id, test_start});
  delivery.as(entity(trip)).when(CapacityReserved{TripId{trip.id}});
  const auto* define = delivery.sent<DefineGeofences>();
  REQUIRE(define);
  CHECK(define->fences.at(0).geometry.radius == delivery_policy::place_radius_meters);
  CHECK(define->fences.at(1).geometry.radius == 20'000);
}

TEST_CASE("pins: one side proposes, the other side's same call agrees, and codes and fence are bound to the pin") {
  Given<Delivery> delivery = guessed();
  CHECK(pin_of(delivery).status == PinStatus::guessed);
  CHECK(delivery.as(user(carrier)).when(SetPin{PinType::pickup, north(880)}) == "delivery.pin_proposed");
  CHECK(delivery.when(SetPin{PinType::pickup, north(880)}) == "(nothing)");
  CHECK(pin_of(delivery).status == PinStatus::proposed);
  CHECK(pin_of(delivery).proposal->by == carrier);
  CHECK_FALSE(delivery.state.terms.pickup.is_pinned());

  // Another place is another proposal.
  CHECK(delivery.as(user(sender)).when(SetPin{PinType::pickup, north(1'000)}) == "delivery.pin_proposed");
  CHECK(delivery.as(user(carrier)).when(SetPin{PinType::pickup, north(1'010)}) == "delivery.pin_agreed");
  CHECK(delivery.state.terms.pickup.is_pinned());
  CHECK(delivery.state.terms.pickup.at() == north(1'000));
  CHECK(pin_of(delivery).status == PinStatus::set);
  CHECK_FALSE(pin_of(delivery).proposal);

  const QrCode& code = code_for(delivery, Handover::pickup);
  CHECK(code.radius == delivery_policy::place_radius_meters);
  delivery.as(user(carrier)).when(scan_at(delivery, north(0)));
  CHECK(scan_outcome(delivery) == "qr_wrong_location");
  delivery.when(scan_at(delivery, north(1'050)));
  CHECK(scan_outcome(delivery) == "accepted");
}

TEST_CASE("pins: the fence moves with the pin; a wait there goes on only where the tracker says so") {
  Given<Delivery> delivery = guessed();
  const Time since = delivery.now;
  wait_at(delivery, Handover::pickup, std::chrono::minutes{16});
  agree(delivery, PinType::pickup, north(880));
  const auto* edit = delivery.sent<EditGeofence>();
  REQUIRE(edit);
  CHECK(edit->geofence_id == test_id<GeofenceId>(30));
  CHECK(edit->geometry->center == north(880));
  CHECK(edit->geometry->radius == delivery_policy::place_radius_meters);
  // Until it has said so a fee does not pay by itself.
  Given<Delivery> unsure = delivery, over = delivery;
  unsure.as(user(carrier)).when(CancelDelivery{"no_show"});
  CHECK(unsure.state.settlement->needs_decision);
  seen(delivery, Handover::pickup, since);
  delivery.as(user(carrier)).when(CancelDelivery{"no_show"});
  CHECK(delivery.state.settlement->held_until);
  over.as(entity(tracker)).when(TravelerSeen{test_id<GeofenceId>(30), Handover::pickup, {}, {}});
  CHECK(over.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
}

TEST_CASE("pins: a proposal lapses after an hour, and its side may take it back before") {
  const SetPin pin{PinType::pickup, north(880)};
  Given<Delivery> delivery = guessed();
  CHECK(delivery.as(user(sender)).when(pin) == "delivery.pin_proposed");
  CHECK(delivery.as(user(carrier)).when(WithdrawPin{PinType::pickup}) == "! invalid_state");
  CHECK(delivery.as(user(stranger)).when(WithdrawPin{PinType::pickup}) == "! not_found");
  Given<Delivery> withdrawn = delivery;
  CHECK(withdrawn.as(user(sender)).when(WithdrawPin{PinType::delivery}) == "! invalid_state");
  CHECK(withdrawn.when(WithdrawPin{PinType::pickup}) == "delivery.pin_withdrawn");
  CHECK(withdrawn.last.effects.at(0).to == inbox_of(carrier));
  CHECK(withdrawn.when(WithdrawPin{PinType::pickup}) == "! invalid_state");
  CHECK(withdrawn.as(user(carrier)).when(pin) == "delivery.pin_proposed");  // there is nothing to agree to
  delivery.now += std::chrono::minutes{59};
  Given<Delivery> in_time = delivery;
  CHECK(in_time.as(user(carrier)).when(pin) == "delivery.pin_agreed");
  delivery.now += std::chrono::minutes{1};
  CHECK(pin_of(delivery).status == PinStatus::guessed);
  CHECK(delivery.as(user(sender)).when(WithdrawPin{PinType::pickup}) == "! invalid_state");
  CHECK(delivery.as(user(carrier)).when(pin) == "delivery.pin_proposed");
}

TEST_CASE("pins: sides that agree again and again crowd nothing else out of the timeline") {
  Given<Delivery> delivery = guessed();
  for (int round = 0; round < 2 * delivery_policy::max_alike; ++round) {
    REQUIRE(agree(delivery, PinType::pickup, north(100 * (1 + round % 2))) == "delivery.pin_agreed");
  }
  const auto is_of = [](std::string_view type) { return [type](const TimelineItem& row) { return row.type == type; }; };
  CHECK(std::ranges::count_if(delivery.state.timeline, is_of("pin_agreed")) == delivery_policy::max_alike);
  CHECK(std::ranges::count_if(delivery.state.timeline, is_of("accepted")) == 1);
}

TEST_CASE("pins: a code made later is bound to the pin too") {
  Given<Delivery> delivery = guessed();
  agree(delivery, PinType::pickup, north(880));
  delivery.as(user(sender)).when(RotateCode{code_for(delivery, Handover::pickup).qr_code_id});
  CHECK(code_for(delivery, Handover::pickup).bound_to == north(880));
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
  delivery.when(StartReturn{"refused", {}, {}});
  CHECK(code_for(delivery, Handover::giving_back).bound_to == north(880));
}

TEST_CASE("pins: only the two sides set one, and only of a handover that lies ahead") {
  const SetPin pickup{PinType::pickup, north(100)}, dropoff{PinType::delivery, dropoff_place};
  Given<Delivery> delivery = accepted();
  CHECK(delivery.as(user(stranger)).when(pickup) == "! not_found");
  CHECK(delivery.as(service()).when(pickup) == "! forbidden");
  CHECK(delivery.as(admin(stranger, Permission::deliveries)).when(pickup) == "! forbidden");
  Given<Delivery> carried = in_transit();
  CHECK(carried.as(user(sender)).when(pickup) == "! invalid_state");
  CHECK(carried.when(dropoff) == "delivery.pin_proposed");
  Given<Delivery> back = returning();
  CHECK(back.as(user(sender)).when(pickup) == "delivery.pin_proposed");
  CHECK(back.when(dropoff) == "! invalid_state");
  CHECK(delivered().as(user(sender)).when(dropoff) == "! delivery_closed");
}

TEST_CASE("pins: one far from where the stop was is mailed with both places, and no wait there pays by itself") {
  Given<Delivery> near = accepted(), far = accepted(), in_steps = accepted();
  CHECK(agree(near, PinType::pickup, north(490)) == "delivery.pin_agreed");
  CHECK(near.sent<Notify>()->template_id == "pin_agreed");
  CHECK(agree(far, PinType::pickup, north(510)) == "delivery.pin_agreed");
  REQUIRE(far.sent<Notify>());
  CHECK(far.sent<Notify>()->template_id == "pin_moved");
  CHECK(far.sent<Notify>()->variables.at("from").find(degrees_text(pickup_place.lat)) == 0);
  CHECK(far.sent<Notify>()->variables.at("from").find(far.state.terms.pickup.address) != std::string::npos);
  CHECK(far.sent<Notify>()->variables.at("to").find("40.75") == 0);
  CHECK(far.sent<Notify>()->variables.at("meters") == "510");
  CHECK(template_rule("pin_moved").email);
  CHECK(template_rule("pin_moved").any_hour);
  for (const double meters : {400.0, 800.0, 1'200.0})
    CHECK(agree(in_steps, PinType::pickup, north(meters)) == "delivery.pin_agreed");

  seen(far, Handover::pickup, far.now);
  REQUIRE(far.sent<Notify>());
  CHECK(far.sent<Notify>()->variables.at("place").find(degrees_text(north(510).lat)) == 0);
  for (Given<Delivery>* delivery : {&near, &far, &in_steps}) {
    wait_at(*delivery, Handover::pickup, std::chrono::minutes{16});
    delivery->as(user(carrier)).when(CancelDelivery{"no_show"});
    CHECK(delivery->state.settlement->needs_decision == (delivery != &near));
  }
}

TEST_CASE("pins: no failed attempt pays by itself at one far from the receiver's, whenever it was agreed on") {
  const auto at = [](double meters) { return north(meters, PinType::delivery); };
  for (const bool is_carried : {false, true})
    for (const auto& [steps, is_far] :
         {std::pair<std::vector<double>, bool>{{490}, false}, {{510}, true}, {{400, 800}, true}, {{510, 490}, false}}) {
      Given<Delivery> delivery = is_carried ? in_transit() : accepted();
      for (const double meters : steps) CHECK(agree(delivery, PinType::delivery, at(meters)) == "delivery.pin_agreed");
      REQUIRE(delivery.sent<Notify>());
      CHECK(delivery.sent<Notify>()->template_id == (is_far ? "pin_moved" : "pin_agreed"));
      if (!is_carried) delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
      wait_at(delivery, Handover::delivery, std::chrono::minutes{16});
      delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
      REQUIRE(delivery.state.attempt_at_pin);
      CHECK(*delivery.state.attempt_at_pin == !is_far);
    }
}

TEST_CASE("pins: a key, or a service in somebody's name, sends no parcel far away, but may correct the door") {
  Caller key = user(sender), app = user(sender);
  key.api_key = test_id<UserId>(60).value;
  app.service = test_id<UserId>(61).value;
  for (const Caller& by : {key, app}) {
    Given<Delivery> delivery = accepted();
    CHECK(delivery.as(by).when(SetPin{PinType::pickup, north(5'000)}) == "! forbidden");
    CHECK(delivery.when(SetPin{PinType::delivery, north(5'000, PinType::delivery)}) == "! forbidden");
    delivery.as(user(carrier)).when(SetPin{PinType::pickup, north(5'000)});
    CHECK(delivery.as(by).when(SetPin{PinType::pickup, north(5'000)}) == "! forbidden");
    CHECK(delivery.as(by).when(SetPin{PinType::pickup, north(200)}) == "delivery.pin_proposed");
    CHECK(delivery.as(user(carrier)).when(SetPin{PinType::pickup, north(200)}) == "delivery.pin_agreed");
  }
}

}  // namespace delivery_pin_test
