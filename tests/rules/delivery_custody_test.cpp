#include <algorithm>
#include <chrono>

#include "actors/delivery/policy.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/files/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

/// The money goes by where the parcel ends, not by the name of the code that was shown.
namespace delivery_custody_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

/// A return after an attempt that earned a fee.
Given<Delivery> turned_away() {
  Given<Delivery> delivery = in_transit();
  arrive(delivery, Handover::delivery);
  wait_at(delivery, Handover::delivery, minutes{16});
  delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
  REQUIRE(delivery.state.status == DeliveryStatus::returning);
  return delivery;
}

/// The receiver's code off the receiver's place, with what the traveler says of it.
ScanCode off_place(const Given<Delivery>& delivery, Coordinates at, std::optional<std::string> elsewhere) {
  ScanCode scan = scan_of(delivery, Handover::delivery);
  scan.location = {at.lat, at.lng, 10.0};
  scan.elsewhere = std::move(elsewhere);
  return scan;
}

constexpr Coordinates some_way_off{dropoff_place.lat + 0.0287, dropoff_place.lng};  // 3.2 km

}  // namespace

TEST_CASE("custody: on the way back the receiver's code, shown at the receiver's, delivers for the price and no more") {
  for (Given<Delivery> delivery : {returning(), turned_away()}) {
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
    CHECK(scan_outcome(delivery) == "accepted");
    CHECK(delivery.state.status == DeliveryStatus::delivered);
    CHECK(delivery.sent<ReleaseEscrow>());
    CHECK_FALSE(delivery.sent<RefundEscrow>());
    CHECK_FALSE(delivery.state.settlement);  // what the attempt had earned is a part of the price
    CHECK(code_for(delivery, Handover::giving_back).status == QrStatus::revoked);
    hold_is_over(delivery);
    CHECK(delivery.last.effects.empty());
  }
  Given<Delivery> far = returning();
  ScanCode scan = scan_of(far, Handover::delivery);
  scan.location = {pickup_place.lat, pickup_place.lng, {}};
  far.as(user(carrier)).when(scan);
  CHECK(scan_outcome(far) == "qr_wrong_location");
  Given<Delivery> renewed = returning();
  renewed.as(user(sender)).when(RotateCode{code_for(renewed, Handover::delivery).qr_code_id});
  const ScanCode forged{{}, {}, scan_of(renewed, Handover::giving_back).location, {}, {}, {}};
  renewed.as(user(carrier)).when(forged);
  CHECK(renewed.last.reply.get_if<ScanResult>()->type == Handover::giving_back);  // a guess counts at the code due next
  renewed.when(scan_of(renewed, Handover::delivery));
  CHECK(renewed.state.status == DeliveryStatus::delivered);
}

TEST_CASE("custody: the receiver's code is void where the customer has the money back, and good where it was shared") {
  for (const std::int64_t to_traveler : {0, 2'700}) {
    const FundsStanding gone{{0, {}}, {3'500 - to_traveler, {}}, {to_traveler, {}}};
    for (Given<Delivery> delivery : {in_transit(), returning()}) {
      delivery.as(entity(escrow)).when(FundsReturned{gone.refunded, gone});
      REQUIRE(delivery.state.status == DeliveryStatus::returning);
      delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
      CHECK(scan_outcome(delivery) == (to_traveler > 0 ? "accepted" : "qr_revoked"));
      CHECK_FALSE(delivery.sent<ReleaseEscrow>());
    }
  }
}

TEST_CASE("custody: a return that ends nearer to the receiver than to the sender is decided, with all the money held") {
  for (Given<Delivery> delivery : {returning(), turned_away()}) {
    agree(delivery, PinType::pickup, {dropoff_place.lat + 0.05, dropoff_place.lng});
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
    CHECK(delivery.state.status == DeliveryStatus::returned);
    REQUIRE(delivery.state.settlement);
    CHECK(delivery.state.settlement->needs_decision);
    CHECK(delivery.state.settlement->refund_waits);
    CHECK_FALSE(delivery.state.settlement->held_until);
    CHECK_FALSE(delivery.sent<RefundEscrow>());
    REQUIRE(delivery.sent<OpenDispute>());
    CHECK(delivery.sent<OpenDispute>()->opener == carrier);
    hold_is_over(delivery);
    CHECK_FALSE(delivery.sent<RefundEscrow>());
  }
  // The sender may well have moved a little, or half of the way.
  for (const Coordinates at : {Coordinates{pickup_place.lat + 0.02, pickup_place.lng}, Coordinates{41.4, -72.6}}) {
    Given<Delivery> delivery = turned_away();
    agree(delivery, PinType::pickup, at);
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
    CHECK(delivery.sent<RefundEscrow>()->refund.amount == 1'750);
    CHECK(delivery.state.settlement->held_until);
  }
}

TEST_CASE("custody: a parcel goes back to where it was taken, and not to where the pin was before or came later") {
  Given<Delivery> delivery = accepted();
  const Coordinates near_receiver{dropoff_place.lat + 0.05, dropoff_place.lng};
  agree(delivery, PinType::pickup, near_receiver);
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::pickup));
  REQUIRE(delivery.state.taken_at == near_receiver);
  delivery.when(StartReturn{});
  delivery.when(scan_of(delivery, Handover::giving_back));
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 3'500);
  // Two doors of one street: at the sender's it is back, although the receiver lives next door.
  Given<Delivery> street = returning();
  street.state.terms.dropoff.lat = pickup_place.lat + 0.0005;
  street.state.terms.dropoff.lng = pickup_place.lng;
  ScanCode scan = scan_of(street, Handover::giving_back);
  scan.location.lat += 0.0004;
  street.as(user(carrier)).when(scan);
  CHECK(street.sent<RefundEscrow>());
}

TEST_CASE("custody: that it came back on the customer's word alone pays nobody for a day") {
  Given<Delivery> delivery = returning();
  delivery.as(user(sender)).when(ConfirmReceipt{});
  CHECK(delivery.state.status == DeliveryStatus::returned);
  CHECK_FALSE(delivery.sent<RefundEscrow>());
  CHECK(delivery.state.settlement->refund_waits);
  CHECK(delivery.state.settlement->held_until == delivery.now + hours{24});
  CHECK(due(delivery, "fee") == delivery.now + hours{24});
  const auto* told = delivery.sent<Notify>();
  REQUIRE(told);
  CHECK(told->variables.at("heldRefund") == "35.00 USD");
  CHECK_FALSE(told->variables.contains("refund"));
  Given<Delivery> objected = delivery;
  objected.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{DisputeId{parcel.id}});
  hold_is_over(objected);
  CHECK(objected.last.effects.empty());
  hold_is_over(delivery);
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 3'500);
  CHECK_FALSE(delivery.sent<RefundEscrow>()->compensation_waits);

  Given<Delivery> earned = turned_away();  // and was last seen at the receiver's
  earned.as(user(sender)).when(ConfirmReceipt{});
  CHECK(earned.state.settlement->needs_decision);
  CHECK(earned.state.settlement->compensation.amount == 1'750);
  CHECK(earned.sent<OpenDispute>());
  CHECK_FALSE(earned.sent<RefundEscrow>());
  Given<Delivery> came = turned_away();
  came.as(entity(tracker)).when(hit(Handover::pickup, GeofenceEventType::entry, came.now));
  came.as(user(sender)).when(ConfirmReceipt{});
  CHECK_FALSE(came.state.settlement->needs_decision);
  Given<Delivery> moved = returning();  // never seen at the receiver's; but the two agreed to meet there
  agree(moved, PinType::pickup, dropoff_place);
  moved.as(user(sender)).when(ConfirmReceipt{});
  CHECK(moved.state.settlement->needs_decision);
  hold_is_over(came);
  CHECK(came.sent<RefundEscrow>()->refund.amount == 1'750);
  CHECK(came.sent<RefundEscrow>()->compensation.amount == 1'750);
}

TEST_CASE("custody: an attempt whose fee is to be decided is, although the parcel came back on the customer's word") {
  Given<Delivery> delivery = in_transit();
  delivery.state.terms.dropoff.uncertainty_meters = 5'000;
  wait_at(delivery, Handover::delivery, minutes{16});
  delivery.as(user(carrier)).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
  REQUIRE(delivery.state.attempt_at_pin == false);
  delivery.as(user(sender)).when(ConfirmReceipt{});
  REQUIRE(delivery.state.status == DeliveryStatus::returned);
  CHECK(delivery.state.settlement->reason == "returned after a failed attempt");
  CHECK(delivery.state.settlement->compensation.amount == 1'750);
  CHECK(delivery.state.settlement->needs_decision);
  CHECK(delivery.state.settlement->refund_waits);
  CHECK_FALSE(delivery.state.settlement->held_until);
  CHECK_FALSE(delivery.sent<RefundEscrow>());
  CHECK_FALSE(due(delivery, "fee"));
  REQUIRE(delivery.sent<OpenDispute>());
  CHECK(delivery.sent<OpenDispute>()->opener == carrier);
  hold_is_over(delivery);
  CHECK(delivery.last.effects.empty());
}

TEST_CASE(
    "custody: a good code off its place is no guess; its pictures stay, so many of them, and it says what to do") {
  Given<Delivery> delivery = in_transit();
  ScanCode scan = off_place(delivery, some_way_off, {});
  scan.photo = "photo";
  scan.signature = "signature";
  delivery.as(user(carrier));
  for (int i = 0; i < 20; ++i) {
    CHECK(delivery.when(scan) == "security.qr_validation_failed");
    CHECK(delivery.last.reply.get_if<ScanResult>()->keeps_files == (i < 5));
    CHECK((delivery.sent<KeepUpload>() != nullptr) == (i < 5));
  }
  CHECK(code_for(delivery, Handover::delivery).status == QrStatus::active);
  CHECK(code_for(delivery, Handover::delivery).failed_scans == 0);
  const std::string detail = delivery.last.reply.get_if<ScanResult>()->detail;
  CHECK(detail.find("3191 m") != std::string::npos);
  CHECK(detail.find("`elsewhere`") != std::string::npos);
  const auto proofs = delivery.ask(ViewProof{}).resource.get_if<DeliveryPage<ProofItem>>()->items;
  CHECK(std::ranges::count(proofs, refused_scan_step, &ProofItem::step) == delivery_policy::max_refused_proofs);
  scan.secret.value = "guessed";
  delivery.when(scan);
  CHECK_FALSE(delivery.last.reply.get_if<ScanResult>()->keeps_files);
  CHECK_FALSE(delivery.sent<KeepUpload>());
  CHECK(code_for(delivery, Handover::delivery).failed_scans == 1);
}

TEST_CASE("custody: handed over elsewhere it is delivered, and paid after a day unless the customer objects") {
  Given<Delivery> delivery = in_transit();
  ScanCode scan = off_place(delivery, some_way_off, "The pin lies in the harbour; she met me at her door.");
  scan.photo = "photo";
  delivery.as(user(carrier)).when(scan);
  CHECK(scan_outcome(delivery) == "accepted");
  CHECK(delivery.state.status == DeliveryStatus::delivered);
  CHECK_FALSE(delivery.sent<ReleaseEscrow>());
  CHECK(due(delivery, "fee") == delivery.now + hours{24});
  REQUIRE(delivery.state.handed_elsewhere);
  CHECK(delivery.state.handed_elsewhere->held_until == delivery.now + hours{24});
  CHECK(delivery.sent<Notify>()->variables.at("meters") == "3191");
  Given<Delivery> objected = delivery, agreed = delivery, repaid = delivery;
  objected.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{DisputeId{parcel.id}});
  hold_is_over(objected);
  CHECK_FALSE(objected.sent<ReleaseEscrow>());
  objected.as(user(sender)).when(ConfirmReceipt{});  // while it is disputed their word pays nobody
  CHECK_FALSE(objected.sent<ReleaseEscrow>());
  agreed.as(user(sender)).when(ConfirmReceipt{});
  CHECK(agreed.sent<ReleaseEscrow>()->qr_code_id == scan.qr_code_id);
  agreed.when(ConfirmReceipt{});
  CHECK(agreed.last.effects.empty());
  repaid.as(entity(escrow)).when(FundsReturned{{3'500, {}}, FundsStanding{{0, {}}, {3'500, {}}, {0, {}}}});
  hold_is_over(repaid);
  CHECK(repaid.last.effects.empty());
  hold_is_over(delivery);
  CHECK(delivery.sent<ReleaseEscrow>()->qr_code_id == scan.qr_code_id);
}

TEST_CASE("custody: on the way back it is handed over elsewhere as on the way there, for the price and no more") {
  for (const Given<Delivery>& begun : {returning(), turned_away()})
    for (const auto& [at, is_decided] : {std::pair{some_way_off, false}, {pickup_place, true}}) {
      Given<Delivery> delivery = begun;
      const ScanCode scan = off_place(delivery, at, "She came after me.");
      delivery.as(user(carrier)).when(scan);
      CHECK(scan_outcome(delivery) == "accepted");
      CHECK(delivery.state.status == DeliveryStatus::delivered);
      REQUIRE(delivery.state.handed_elsewhere);
      CHECK(delivery.state.handed_elsewhere->needs_decision == is_decided);
      CHECK_FALSE(delivery.state.settlement);
      CHECK(code_for(delivery, Handover::giving_back).status == QrStatus::revoked);
      CHECK_FALSE(delivery.sent<ReleaseEscrow>());
      CHECK(due(delivery, "fee") == (is_decided ? std::nullopt : std::optional(delivery.now + hours{24})));
      CHECK((delivery.sent<OpenDispute>() != nullptr) == is_decided);
      hold_is_over(delivery);
      CHECK_FALSE(delivery.sent<RefundEscrow>());
      CHECK((delivery.sent<ReleaseEscrow>() != nullptr) == !is_decided);
    }
}

TEST_CASE("custody: a code that was read out by phone, far from the receiver, is put before an administrator") {
  Given<Delivery> delivery = in_transit();
  delivery.as(user(carrier)).when(off_place(delivery, pickup_place, "handed over"));
  CHECK(delivery.state.status == DeliveryStatus::delivered);
  CHECK(delivery.state.handed_elsewhere->needs_decision);
  CHECK_FALSE(delivery.sent<ReleaseEscrow>());
  CHECK(delivery.sent<OpenDispute>()->opener == carrier);
  hold_is_over(delivery);
  CHECK_FALSE(delivery.sent<ReleaseEscrow>());
  // What is said of a scan at the place, of another code, or by a guesser changes nothing.
  Given<Delivery> there = in_transit();
  ScanCode scan = scan_of(there, Handover::delivery);
  scan.elsewhere = "not really";
  Given<Delivery> guessed = there;
  there.as(user(carrier)).when(scan);
  CHECK(there.sent<ReleaseEscrow>());
  CHECK_FALSE(there.state.handed_elsewhere);
  scan.secret.value = "guessed";
  guessed.as(user(carrier)).when(scan);
  CHECK(scan_outcome(guessed) == "qr_invalid");
  Given<Delivery> early = accepted();
  ScanCode pickup = scan_of(early, Handover::pickup);
  pickup.location = {0, 0, {}};
  pickup.elsewhere = "we met elsewhere";
  early.as(user(carrier)).when(pickup);
  CHECK(scan_outcome(early) == "qr_wrong_location");
}

TEST_CASE("custody: a key starts no return, neither at once nor by a failed attempt") {
  Caller key = user(carrier);
  key.api_key = test_id<UserId>(60).value;
  Given<Delivery> delivery = in_transit();
  CHECK(delivery.as(key).when(StartReturn{}) == "! forbidden");
  wait_at(delivery, Handover::delivery, minutes{16});
  CHECK(delivery.as(key).when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}}) == "! forbidden");
  CHECK(delivery.state.status == DeliveryStatus::in_transit);
  CHECK(delivery.when(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}}) == "delivery.attempt_failed");
  CHECK(delivery.as(user(carrier)).when(StartReturn{}) != "! forbidden");
  CHECK(delivery.state.status == DeliveryStatus::returning);
}

TEST_CASE("custody: neither a key nor a service says that the parcel came back") {
  Caller key = user(sender), service = user(sender);
  key.api_key = test_id<UserId>(60).value;
  service.service = test_id<UserId>(61).value;
  Given<Delivery> delivery = in_transit();
  delivery.as(user(carrier)).when(StartReturn{});
  REQUIRE(delivery.state.status == DeliveryStatus::returning);
  CHECK(delivery.as(key).when(ConfirmReceipt{}) == "! forbidden");
  CHECK(delivery.as(service).when(ConfirmReceipt{}) == "! forbidden");
  CHECK(delivery.as(user(sender)).when(ConfirmReceipt{}) != "! forbidden");
  CHECK(delivery.state.status == DeliveryStatus::returned);
}

TEST_CASE("custody: a split that was agreed before the pickup falls with whoever leaves before it") {
  for (const UserId side : {sender, carrier}) {
    Given<Delivery> delivery = accepted();
    delivery.as(user(side)).when(CancelDelivery{"changed my mind"});
    REQUIRE(delivery.state.status == DeliveryStatus::cancelled);
    const auto* dropped = delivery.sent<DropSplit>();
    REQUIRE(dropped);
    CHECK_FALSE(dropped->only_of);
    CHECK_FALSE(dropped->parcel);
  }
}

TEST_CASE("custody: whoever goes in and out at the receiver's is announced once an hour, and seen each time") {
  Given<Delivery> delivery = in_transit();
  const auto at_receivers = [&](GeofenceEventType what) {
    GeofenceHit hit;
    hit.geofence_type = Handover::delivery;
    hit.event_type = what;
    hit.at = delivery.now;
    return delivery.as(entity(tracker)).when(hit);
  };
  const auto times_told = [&](Duration pause) {
    int told = 0;
    for (int i = 0; i < 20; ++i) {
      CHECK(at_receivers(GeofenceEventType::entry) == "delivery.geofence_hit");
      const Notify* notice = delivery.sent<Notify>();
      if (notice) CHECK(notice->template_id == "arriving");
      told += notice ? 1 : 0;
      CHECK(at_receivers(GeofenceEventType::exit) == "delivery.geofence_hit");
      CHECK_FALSE(delivery.sent<Notify>());
      delivery.now += pause;
    }
    return told;
  };
  CHECK(times_told(std::chrono::minutes{1}) == 1);
  CHECK(times_told(std::chrono::minutes{30}) == 9);  // every other time, once an hour has passed
}

}  // namespace delivery_custody_test
