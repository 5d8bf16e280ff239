#include "actors/delivery/policy.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/trip/commands.hpp"
#include "actors/user/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

namespace {

GeofenceHit hit(Handover type, GeofenceEventType what, Time at) {
  return {test_id<GeofenceId>(30), type, what, at, pickup_place, {}};
}

}  // namespace

TEST_CASE("delivery: the first point, or leaving the pickup, sets it in transit") {
  Given<Delivery> delivery = picked_up();
  delivery.as(entity(tracker));
  CHECK(delivery.when(TrackingBegan{test_start}) == "delivery.in_transit, delivery.status_changed");
  CHECK(delivery.when(TrackingBegan{test_start}) == "(nothing)");
  delivery = picked_up();
  delivery.as(entity(tracker)).when(hit(Handover::pickup, GeofenceEventType::exit, test_start));
  CHECK(delivery.state.status == DeliveryStatus::in_transit);
}

TEST_CASE("delivery: cancelled early it costs nothing, later the customer pays the fee") {
  Given<Delivery> delivery = cancelled();
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 3'500);
  CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 0);
  CHECK(delivery.sent<ReleaseReservation>());
  CHECK_FALSE(delivery.sent<RecordDelivery>()->outcome.successful);
  delivery = accepted();
  delivery.now += hours{3};
  delivery.as(user(sender)).when(CancelDelivery{"late"});
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 3'150);
  CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 350);
  delivery = accepted();
  delivery.now += hours{3};
  delivery.as(user(carrier)).when(CancelDelivery{"ill"});
  CHECK(delivery.sent<RefundEscrow>()->refund.amount == 3'500);
}

TEST_CASE("delivery: a no-show is paid for only by a traveler who was seen waiting") {
  Given<Delivery> delivery = accepted();
  CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) == "! not_waited_enough");
  delivery.as(entity(tracker)).when(hit(Handover::pickup, GeofenceEventType::entry, delivery.now));
  delivery.now += minutes{16};
  CHECK(delivery.as(user(carrier)).when(CancelDelivery{"no_show"}) != "! not_waited_enough");
  CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 875);
}

TEST_CASE("delivery: after pickup a party cannot cancel, and the platform sends the parcel back") {
  Given<Delivery> delivery = in_transit();
  CHECK(delivery.as(user(sender)).when(CancelDelivery{"please"}) == "! return_required");
  delivery.as(entity(trip)).when(CancelDelivery{"trip_cancelled"});
  CHECK(delivery.state.status == DeliveryStatus::returning);
  CHECK_FALSE(delivery.sent<RefundEscrow>());
}

TEST_CASE("delivery: a failed attempt is paid for when the parcel comes back") {
  Given<Delivery> delivery = in_transit();
  delivery.as(entity(tracker)).when(hit(Handover::delivery, GeofenceEventType::entry, delivery.now));
  delivery.now += minutes{12};
  delivery.as(user(carrier));
  CHECK(delivery.when(RecordFailedAttempt{"recipient_absent", "Rang twice", 600, {}, {}, {}}) ==
        "delivery.attempt_failed");
  CHECK(delivery.emitted<AttemptFailed>()->measured_wait_seconds == 720);
  delivery.when(StartReturn{});
  CHECK(delivery.state.status == DeliveryStatus::returning);
  delivery.when(scan_of(delivery, Handover::giving_back));
  CHECK(scan_outcome(delivery) == "accepted");
  CHECK(delivery.state.status == DeliveryStatus::returned);
  CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 1'750);
}

TEST_CASE("delivery: after three failed attempts only the return is left") {
  Given<Delivery> delivery = in_transit();
  delivery.as(user(carrier));
  for (int i = 0; i < 3; ++i) CHECK(delivery.when(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}}) != "");
  CHECK(delivery.when(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}}) == "! attempts_exhausted");
  delivery.when(RecordFailedAttempt{"absent", {}, {}, NextStep::giving_back, {}, {}});
  CHECK(delivery.state.status == DeliveryStatus::returning);
}

TEST_CASE("delivery: a dispute holds the money back") {
  Given<Delivery> delivery = in_transit();
  const DisputeId dispute = test_id<DisputeId>(40);
  delivery.as(entity({EntityKind::dispute, dispute.value})).when(DisputeOpened{dispute});
  delivery.as(user(carrier)).when(scan_of(delivery, Handover::delivery));
  CHECK(delivery.state.status == DeliveryStatus::delivered);
  CHECK_FALSE(delivery.sent<ReleaseEscrow>());
  CHECK(delivery.as(entity({EntityKind::dispute, dispute.value})).when(DisputeSettled{dispute, "refund"}) ==
        "delivery.dispute_settled");
  delivery = accepted();
  delivery.as(entity({EntityKind::dispute, dispute.value})).when(DisputeOpened{dispute});
  CHECK(delivery.as(user(sender)).when(CancelDelivery{}) == "! disputed");
}

TEST_CASE("delivery: one that is late says so, once, and only while it is under way") {
  Given<Delivery> delivery = in_transit();
  delivery.now = *delivery.state.terms.deliver_by;
  CHECK(delivery.as(timer()).when(TimerFired{"late"}) == "delivery.late");
  CHECK(delivery.when(TimerFired{"late"}) == "(nothing)");
  delivery = delivered();
  CHECK(delivery.as(timer()).when(TimerFired{"late"}) == "(nothing)");
}

TEST_CASE("delivery: a message is told at once, those that follow it together") {
  Given<Delivery> delivery = accepted();
  CHECK(delivery.as(user(sender)).when(PostMessage{"one"}) == "delivery.message_posted");
  REQUIRE(delivery.last.effects.size() == 1);
  CHECK(delivery.last.effects.at(0).to == inbox_of(carrier));
  delivery.when(PostMessage{"two"});
  CHECK(delivery.last.effects.empty());
  REQUIRE(delivery.last.timers.size() == 1);
  const TimerChange timer_of_notice = delivery.last.timers.at(0);
  CHECK(timer_of_notice.due == delivery.now + delivery_policy::message_notice_pause);
  delivery.when(PostMessage{"three"});
  CHECK(delivery.last.timers.empty());

  delivery.now = *timer_of_notice.due;
  CHECK(delivery.as(timer()).when(TimerFired{timer_of_notice.name}) == "delivery.messages_announced");
  REQUIRE(delivery.last.effects.size() == 1);
  CHECK(delivery.last.effects.at(0).command.get_if<Notify>()->variables.at("count") == "2");
  CHECK(delivery.when(TimerFired{timer_of_notice.name}) == "(nothing)");

  CHECK(delivery.as(user(carrier)).when(PostMessage{"I see"}) == "delivery.message_posted");  // the other way: at once
  CHECK(delivery.last.effects.at(0).to == inbox_of(sender));
  delivery.now += delivery_policy::message_notice_pause;
  delivery.as(user(sender)).when(PostMessage{"four"});
  CHECK(delivery.last.effects.size() == 1);
  CHECK(delivery.as(user(stranger)).when(PostMessage{"hello"}) == "! not_found");
}

TEST_CASE("delivery: the notice of a long message is cut between characters, as its host cuts") {
  Given<Delivery> delivery = accepted();
  std::string text(199, 'a');
  delivery.as(user(sender)).when(PostMessage{text + "ée"});
  CHECK(delivery.last.effects.at(0).command.get_if<Notify>()->variables.at("text") == text + "é");
  CHECK(delivery.emitted<DeliveryMessagePosted>()->message.text == text + "ée");
}

TEST_CASE("delivery: timeline and proof tell what happened, with the facts") {
  Given<Delivery> delivery = accepted();
  ScanCode scan = scan_of(delivery, Handover::pickup);
  scan.photo = "aa";
  scan.signature = "bb";
  delivery.as(user(carrier)).when(scan);
  const Answer proof = delivery.ask(ViewProof{});
  CHECK(proof.resource.get_if<DeliveryPage<ProofItem>>()->items.size() == 3);
  const Answer timeline = delivery.ask(ViewTimeline{});
  const auto& items = timeline.resource.get_if<DeliveryPage<TimelineItem>>()->items;
  REQUIRE(items.size() == 2);
  CHECK(items[0].type == "accepted");
  CHECK(items[1].type == "picked_up");
  CHECK(items[1].by == "traveler");
  CHECK(items[1].facts.at("lat") == "40.748400");
}

TEST_CASE("delivery: a new dispute counts although the end of the one before is still on its way") {
  Given<Delivery> delivery = accepted();
  const DisputeId first = test_id<DisputeId>(40), second = test_id<DisputeId>(41);
  delivery.as(entity({EntityKind::dispute, first.value})).when(DisputeOpened{first});
  CHECK(delivery.when(DisputeOpened{first}) == "(nothing)");
  CHECK(delivery.when(DisputeOpened{second}) == "delivery.disputed");
  CHECK(delivery.when(DisputeSettled{first, "release"}) == "(nothing)");
  CHECK(delivery.state.dispute == second);
  CHECK(delivery.when(DisputeSettled{second, "release"}) == "delivery.dispute_settled");
}

TEST_CASE("delivery: every state against every command") {
  const std::vector<NamedState<Delivery>> states{
      {"unknown", {}},
      {"accepting", began().state},
      {"paid", paid().state},
      {"reserved", reserved().state},
      {"acceptance_failed", failed().state},
      {"accepted", accepted().state},
      {"picked_up", picked_up().state},
      {"in_transit", in_transit().state},
      {"delivered", delivered().state},
      {"cancelled", cancelled().state},
      {"returning", returning().state},
      {"returned", returned().state},
  };
  const Given<Delivery> known = accepted();
  const QrCodeId code = code_for(known, Handover::pickup).qr_code_id;
  const Caller from_escrow = entity(escrow), from_tracker = entity(tracker);
  std::vector<NamedCommand> commands{
      {"", AnyRecord(terms()), entity({EntityKind::request, test_id<RequestId>(20).value})},
      {"by customer", AnyRecord(terms()), user(sender)},
      {"", AnyRecord(AssignNumber{7}), from_escrow},
      {"", AnyRecord(FundsHeld{}), from_escrow},
      {"by customer", AnyRecord(FundsHeld{}), user(sender)},
      {"", AnyRecord(PaymentRefused{"payment_declined", ""}), from_escrow},
      {"", AnyRecord(FundsReleased{}), from_escrow},
      {"", AnyRecord(FundsReturned{{3'500, {}}}), from_escrow},
      {"", AnyRecord(CapacityReserved{}), entity(trip)},
      {"", AnyRecord(CapacityRefused{"capacity_exceeded"}), entity(trip)},
      {"", AnyRecord(GeofencesDefined{}), from_tracker},
      {"", AnyRecord(TrackingBegan{test_start}), from_tracker},
      {"by traveler", AnyRecord(TrackingBegan{test_start}), user(carrier)},
      {"leaving pickup", AnyRecord(hit(Handover::pickup, GeofenceEventType::exit, test_start)), from_tracker},
      {"by traveler", AnyRecord(hit(Handover::pickup, GeofenceEventType::exit, test_start)), user(carrier)},
      {"by customer", AnyRecord(CancelDelivery{"x"}), user(sender)},
      {"by traveler", AnyRecord(CancelDelivery{"x"}), user(carrier)},
      {"by stranger", AnyRecord(CancelDelivery{"x"}), user(stranger)},
      {"by platform", AnyRecord(CancelDelivery{"trip_cancelled"}), entity(trip)},
      {"", AnyRecord(DisputeOpened{test_id<DisputeId>(40)}), entity({EntityKind::dispute, parcel.id})},
      {"", AnyRecord(DisputeSettled{test_id<DisputeId>(40), "refund"}), entity({EntityKind::dispute, parcel.id})},
      {"of pickup by traveler", AnyRecord(scan_of(known, Handover::pickup)), user(carrier)},
      {"of delivery by traveler", AnyRecord(scan_of(known, Handover::delivery)), user(carrier)},
      {"of pickup by service", AnyRecord(scan_of(known, Handover::pickup)), service()},
      {"by customer", AnyRecord(RotateCode{code}), user(sender)},
      {"by traveler", AnyRecord(RotateCode{code}), user(carrier)},
      {"by customer", AnyRecord(RevokeCode{code}), user(sender)},
      {"by stranger", AnyRecord(RevokeCode{code}), user(stranger)},
      {"of pickup by service", AnyRecord(IssueCode{}), service()},
      {"by customer", AnyRecord(IssueCode{}), user(sender)},
      {"picked_up by service", AnyRecord(ChangeStatus{DeliveryStatus::picked_up, {}, {}, {}, {}, {}, {}}), service()},
      {"delivered by service", AnyRecord(ChangeStatus{DeliveryStatus::delivered, {}, {}, {}, {}, {}, {}}), service()},
      {"delivered by traveler", AnyRecord(ChangeStatus{DeliveryStatus::delivered, {}, {}, {}, {}, {}, {}}),
       user(carrier)},
      {"by customer", AnyRecord(ConfirmReceipt{}), user(sender)},
      {"by traveler", AnyRecord(ConfirmReceipt{}), user(carrier)},
      {"by traveler", AnyRecord(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}}), user(carrier)},
      {"by customer", AnyRecord(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}}), user(sender)},
      {"by traveler", AnyRecord(StartReturn{}), user(carrier)},
      {"by stranger", AnyRecord(StartReturn{}), user(stranger)},
      {"by customer", AnyRecord(PostMessage{"hi"}), user(sender)},
      {"by admin", AnyRecord(PostMessage{"hi"}), admin(stranger, Permission::deliveries)},
      {"saga", AnyRecord(TimerFired{"saga"}), timer()},
      {"late", AnyRecord(TimerFired{"late"}), timer()},
  };
  check_table<Delivery>(states, commands, parcel);
}

}  // namespace delivery_test
