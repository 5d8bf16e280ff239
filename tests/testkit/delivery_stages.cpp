#include "tests/testkit/delivery_stages.hpp"

#include "actors/dispute/commands.hpp"
#include "actors/user/commands.hpp"

namespace caravan::delivery_stages {

using namespace testkit;

BeginAcceptance terms(std::optional<Time> deliver_by) {
  BeginAcceptance out;
  out.request_id = test_id<RequestId>(20);
  out.offer_id = test_id<OfferId>(21);
  out.trip_id = TripId{trip.id};
  out.customer = sender;
  out.traveler = carrier;
  out.price = {3'500, {}};
  out.pickup = {"New York, NY", pickup_place.lat, pickup_place.lng, "Ana", "+12125550100", {}, 0};
  out.dropoff = {"Boston, MA", dropoff_place.lat, dropoff_place.lng, "Finn", "+16175550100", {}, 0};
  out.item.description = "A camera";
  out.item.weight = {2'500};
  out.item.volume = {3'000};
  out.deliver_by = deliver_by;
  out.customer_name = "Sonia";
  out.traveler_name = "Carl";
  out.payment_token = "tok_ok";
  out.provider = "sandbox";
  return out;
}

namespace {

Given<Delivery> began_for(const BeginAcceptance& begin) {
  Given<Delivery> delivery(parcel);
  delivery.as(entity({EntityKind::request, test_id<RequestId>(20).value})).when(begin);
  return delivery;
}

Given<Delivery> paid_for(const BeginAcceptance& begin) {
  Given<Delivery> delivery = began_for(begin);
  delivery.as(entity(escrow)).when(FundsHeld{delivery.state.escrow_id, delivery.state.intent_id, test_start});
  return delivery;
}

Given<Delivery> reserved_for(const BeginAcceptance& begin, const CapacityReserved& plan) {
  Given<Delivery> delivery = paid_for(begin);
  delivery.as(entity(trip)).when(plan);
  delivery.as(entity(escrow)).when(AssignNumber{123});
  return delivery;
}

}  // namespace

Given<Delivery> began() { return began_for(terms()); }

Given<Delivery> paid() { return paid_for(terms()); }

Given<Delivery> reserved() { return reserved_for(terms(), {TripId{trip.id}}); }

Given<Delivery> accepted() { return accepted_for(terms()); }

Given<Delivery> accepted_for(const BeginAcceptance& begin, const CapacityReserved& plan) {
  Given<Delivery> delivery = reserved_for(begin, plan);
  delivery.as(entity(tracker))
      .when(GeofencesDefined{
          {{test_id<GeofenceId>(30), Handover::pickup}, {test_id<GeofenceId>(31), Handover::delivery}}});
  REQUIRE(delivery.state.status == DeliveryStatus::accepted);
  return delivery;
}

Given<Delivery> picked_up() {
  Given<Delivery> delivery = accepted();
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
  return delivery;
}

Given<Delivery> in_transit() {
  Given<Delivery> delivery = picked_up();
  delivery.as(entity(tracker)).when(TrackingBegan{delivery.now});
  return delivery;
}

Given<Delivery> delivered() {
  Given<Delivery> delivery = in_transit();
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
  return delivery;
}

Given<Delivery> returning() {
  Given<Delivery> delivery = in_transit();
  delivery.as(user(carrier)).when(StartReturn{"refused", {}, {}});
  return delivery;
}

Given<Delivery> returned() {
  Given<Delivery> delivery = returning();
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
  return delivery;
}

Given<Delivery> cancelled() {
  Given<Delivery> delivery = accepted();
  delivery.as(user(sender)).when(CancelDelivery{"changed my mind"});
  return delivery;
}

Given<Delivery> failed() {
  Given<Delivery> delivery = began();
  delivery.as(entity(escrow)).when(PaymentRefused{"payment_declined", "Declined."});
  return delivery;
}

const QrCode& code_for(const Given<Delivery>& delivery, Handover type) {
  const QrCode* newest = nullptr;
  for (const QrCode& code : delivery.state.codes)
    if (code.type == type) newest = &code;
  REQUIRE(newest != nullptr);
  return *newest;
}

ScanCode scan_of(const Given<Delivery>& delivery, Handover type) {
  const QrCode& code = code_for(delivery, type);
  const Coordinates place = code.bound_to.value_or(Coordinates{});
  return {code.qr_code_id, code.secret, {place.lat, place.lng, 10.0}, {}, {}, {}};
}

std::string scan_outcome(const Given<Delivery>& delivery) {
  const auto* result = delivery.last.reply.get_if<ScanResult>();
  REQUIRE(result != nullptr);
  if (!result->code) return "accepted";
  return std::string(enum_labels(ScanOutcome{})[static_cast<std::size_t>(*result->code)]);
}

GeofenceHit hit(Handover type, GeofenceEventType what, Time at) {
  const bool at_receiver = type == Handover::delivery;
  return {test_id<GeofenceId>(at_receiver ? 31 : 30), type, what, at, at_receiver ? dropoff_place : pickup_place, {}};
}

void arrive(Given<Delivery>& delivery, Handover at) {
  delivery.as(entity(tracker)).when(hit(at, GeofenceEventType::entry, delivery.now));
}

void seen(Given<Delivery>& delivery, Handover at, Time since) {
  delivery.as(entity(tracker))
      .when(TravelerSeen{test_id<GeofenceId>(at == Handover::delivery ? 31 : 30), at, since, delivery.now});
}

void wait_at(Given<Delivery>& delivery, Handover at, Duration time) {
  const Time since = delivery.now, end = since + time;
  seen(delivery, at, since);
  while (delivery.now < end) {
    delivery.now = std::min<Time>(end, delivery.now + std::chrono::minutes{4});
    seen(delivery, at, since);
  }
}

std::string agree(Given<Delivery>& delivery, PinType type, Coordinates at) {
  delivery.as(user(sender)).when(SetPin{type, at});
  return delivery.as(user(carrier)).when(SetPin{type, at});
}

std::vector<Address> found_at_fault(const Given<Delivery>& delivery) {
  std::vector<Address> all;
  for (const Effect& effect : delivery.last.effects) {
    const auto* verdict = effect.command.get_if<RecordVerdict>();
    const bool is_theirs = verdict && verdict->at_fault && user_address(*verdict->at_fault) == effect.to;
    if (is_theirs || effect.command.get_if<RecordFailure>()) all.push_back(effect.to);
  }
  return all;
}

std::vector<UserId> leavers(const Given<Delivery>& delivery) {
  std::vector<UserId> all;
  for (const Effect& effect : delivery.last.effects)
    if (const auto* withdrawn = effect.command.get_if<WithdrawDispute>()) {
      REQUIRE(withdrawn->leaver);
      CHECK(effect.to == Address{EntityKind::dispute, delivery.state.dispute->value});
      all.push_back(*withdrawn->leaver);
    }
  return all;
}

std::string hold_is_over(Given<Delivery>& delivery) {
  delivery.now = std::max(delivery.now, delivery.state.money_held_until().value_or(delivery.now));
  std::string came = delivery.as(timer()).when(TimerFired{"fee"});
  for (const UserId side : {delivery.state.terms.customer, delivery.state.terms.traveler})
    if (delivery.sent<AskStanding>()) came = delivery.as(entity(account_address(side))).when(SideStanding{side});
  return came;
}

std::optional<Time> due(const Given<Delivery>& delivery, std::string_view name) {
  std::optional<Time> at;
  for (const TimerChange& change : delivery.last.timers)
    if (change.name == name) at = change.due;
  return at;
}

}  // namespace caravan::delivery_stages
