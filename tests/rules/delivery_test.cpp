#include <algorithm>

#include "actors/delivery/policy.hpp"
#include "actors/dispute/commands.hpp"
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

TEST_CASE("delivery: the late fee ends where the trip should have left the pickup and nobody came") {
  const auto leaves = [](Duration after, bool came) {
    Given<Delivery> delivery = accepted();
    delivery.state.pickup_until = test_start + hours{5};
    delivery.now = test_start + after;
    if (came) wait_at(delivery, Handover::pickup, minutes{16});
    delivery.as(user(sender)).when(CancelDelivery{"where are you"});
    return delivery.sent<RefundEscrow>()->compensation.amount;
  };
  CHECK(leaves(hours{4}, false) == 350);
  CHECK(leaves(hours{5} + minutes{29}, false) == 350);
  CHECK(leaves(hours{5} + minutes{30}, false) == 0);
  CHECK(leaves(hours{5} + minutes{30}, true) == 875);
}

TEST_CASE("delivery: the fee is due however the customer leaves") {
  const Caller closed_account = entity({EntityKind::account, sender.value});
  const std::vector<std::pair<Caller, std::string>> ways{
      {user(sender), ""}, {user(sender), "no_show"}, {user(sender), "whatever"}, {closed_account, "user_deleted"}};
  for (const auto& way : ways) {
    Given<Delivery> late = accepted();
    late.now += hours{3};
    late.as(way.first).when(CancelDelivery{way.second});
    CHECK(late.sent<RefundEscrow>()->compensation.amount == 350);
    CHECK_FALSE(late.sent<RefundEscrow>()->compensation_waits);
    CHECK(late.state.settlement->by == "customer");
    Given<Delivery> awaited = accepted();
    awaited.now += hours{2};
    wait_at(awaited, Handover::pickup, minutes{16});
    awaited.as(way.first).when(CancelDelivery{way.second});
    CHECK(awaited.sent<RefundEscrow>()->compensation.amount == 875);
    CHECK(awaited.sent<RefundEscrow>()->compensation_waits);
  }
  Given<Delivery> gone = accepted();
  gone.now += hours{3};
  gone.as(entity({EntityKind::account, carrier.value})).when(CancelDelivery{"user_deleted"});
  CHECK(gone.sent<RefundEscrow>()->compensation.amount == 0);
}

TEST_CASE("delivery: where the trip is completed, a parcel that was not fetched costs nothing, one on board goes on") {
  Given<Delivery> never = accepted();
  never.now += hours{3};
  never.as(entity(trip)).when(CancelDelivery{std::string(trip_completed)});
  CHECK(never.state.status == DeliveryStatus::cancelled);
  CHECK(never.sent<RefundEscrow>()->refund.amount == 3'500);
  Given<Delivery> aboard = in_transit();
  CHECK(aboard.as(entity(trip)).when(CancelDelivery{std::string(trip_completed)}) == "(nothing)");
  Given<Delivery> taken = picked_up();
  CHECK(taken.sent<DropSplit>());
}

TEST_CASE("delivery: a customer who ends the trip as an administrator leaves as its customer") {
  CancelDelivery trip_ended{"trip_cancelled", sender};
  Given<Delivery> late = accepted();
  late.now += hours{3};
  late.as(entity(trip)).when(trip_ended);
  CHECK(late.sent<RefundEscrow>()->compensation.amount == 350);
  CHECK(in_transit().as(entity(trip)).when(trip_ended) == "(nothing)");
  trip_ended.by = carrier;
  Given<Delivery> honest = accepted();
  honest.now += hours{3};
  honest.as(entity(trip)).when(trip_ended);
  CHECK(honest.sent<RefundEscrow>()->compensation.amount == 0);
}

TEST_CASE("delivery: being able to look is not enough to cancel") {
  Given<Delivery> delivery = accepted();
  CHECK(delivery.as(admin(stranger, Permission::read)).when(CancelDelivery{"x"}) == "! forbidden");
  CHECK(delivery.as(admin(stranger, Permission::deliveries)).when(CancelDelivery{"x"}) != "! forbidden");
}

TEST_CASE("delivery: before the pickup it ends where nothing is held any more, and takes no scan") {
  const FundsStanding part{{2'500, {}}, {1'000, {}}, {0, {}}}, all{{0, {}}, {3'500, {}}, {0, {}}};
  Given<Delivery> delivery = accepted();
  const ScanCode scan = scan_of(delivery, Handover::pickup);
  delivery.as(entity(escrow));
  CHECK(delivery.when(FundsReturned{{1'000, {}}, part}) == "delivery.funds_moved");
  CHECK(delivery.state.is_open());
  delivery.when(FundsReturned{{2'500, {}}, all});
  CHECK(delivery.state.status == DeliveryStatus::cancelled);
  CHECK(delivery.state.settlement->refund.amount == 3'500);
  CHECK(delivery.state.settlement->fault == Fault::both);
  CHECK_FALSE(delivery.sent<RefundEscrow>());
  CHECK(delivery.sent<ReleaseReservation>());
  delivery.as(user(carrier)).when(scan);
  CHECK(scan_outcome(delivery) == "qr_revoked");
}

TEST_CASE("delivery: a parcel whose money is gone comes back and pays nobody, or ends in time") {
  const FundsStanding all{{0, {}}, {3'500, {}}, {0, {}}};
  for (Given<Delivery> delivery : {picked_up(), in_transit(), returning()}) {
    const bool was_carried = delivery.state.is_carried();
    const ScanCode to_receiver = scan_of(delivery, Handover::delivery);
    delivery.as(entity(escrow)).when(FundsReturned{{3'500, {}}, all});
    CHECK(delivery.state.status == DeliveryStatus::returning);
    if (was_carried) CHECK(due(delivery, "overdue") == delivery.now + std::chrono::days{14});
    delivery.as(user(carrier)).when(to_receiver);
    CHECK(scan_outcome(delivery) == "qr_revoked");
    delivery.as(entity(escrow));
    CHECK(delivery.when(FundsReturned{{0, {}}, all}) == "delivery.funds_moved");  // told twice
    Given<Delivery> lost = delivery;
    lost.as(timer()).when(TimerFired{"overdue"});
    CHECK(lost.state.status == DeliveryStatus::cancelled);
    CHECK(lost.state.settlement->reason == "the parcel did not come back");
    CHECK(lost.state.settlement->refund.amount == 3'500);
    CHECK(lost.state.settlement->fault == Fault::traveler);
    CHECK_FALSE(lost.sent<RefundEscrow>());
    CHECK_FALSE(lost.sent<OpenDispute>());  // there is nothing left to decide about
    delivery.as(user(carrier)).when(scan_of(delivery, Handover::giving_back));
    CHECK(delivery.state.status == DeliveryStatus::returned);
    CHECK(delivery.state.settlement->refund.amount == 3'500);
    CHECK(delivery.state.settlement->compensation.amount == 0);
    CHECK_FALSE(delivery.sent<RefundEscrow>());
  }
  Given<Delivery> paid_early = in_transit();
  paid_early.as(entity(escrow)).when(FundsReleased{FundsStanding{{0, {}}, {500, {}}, {2'700, {}}}});
  CHECK(paid_early.state.status == DeliveryStatus::returning);
  paid_early.as(user(sender)).when(ConfirmReceipt{});
  CHECK(paid_early.state.settlement->compensation.amount == 2'700);
  Given<Delivery> judged = in_transit();
  const DisputeId dispute = test_id<DisputeId>(40);
  judged.as(entity({EntityKind::dispute, dispute.value})).when(DisputeOpened{dispute});
  judged.as(entity(escrow)).when(FundsReturned{{3'500, {}}, all});
  CHECK(judged.state.status == DeliveryStatus::returning);  // whoever took the money away, the parcel is not theirs
  judged.at(judged.now + std::chrono::days{20}).as(entity({EntityKind::dispute, dispute.value}));
  judged.when(DisputeSettled{dispute, "refund"});
  CHECK(due(judged, "overdue") == judged.now + hours{24});
  judged.as(timer()).when(TimerFired{"overdue"});
  CHECK(judged.state.status == DeliveryStatus::cancelled);
}

TEST_CASE("delivery: what stands still ends, or becomes an administrator's matter") {
  Given<Delivery> unfetched = accepted();
  CHECK(due(unfetched, "overdue") == *unfetched.state.terms.deliver_by + hours{24});
  unfetched.now = *due(unfetched, "overdue");
  unfetched.as(timer()).when(TimerFired{"overdue"});
  CHECK(unfetched.state.status == DeliveryStatus::cancelled);
  CHECK(unfetched.sent<RefundEscrow>()->refund.amount == 3'500);
  Given<Delivery> carried = picked_up();
  CHECK(due(carried, "overdue") == carried.now + hours{14 * 24});
  CHECK(carried.as(timer()).when(TimerFired{"overdue"}) == "delivery.decision_asked");
  CHECK(carried.sent<OpenDispute>()->opener == sender);
  Given<Delivery> back = returning();
  CHECK(due(back, "overdue") == back.now + hours{14 * 24});
  CHECK(back.as(timer()).when(TimerFired{"overdue"}) == "delivery.decision_asked");
  CHECK(delivered().as(timer()).when(TimerFired{"overdue"}) == "(nothing)");
}

TEST_CASE("delivery: the timeline keeps what matters, however often somebody repeats what they may do") {
  Given<Delivery> delivery = in_transit();
  ScanCode forged = scan_of(delivery, Handover::delivery);
  forged.secret.value = "forged";
  delivery.as(user(stranger));
  for (int i = 0; i < 600; ++i) {
    delivery.now += minutes{1};
    delivery.when(forged);
  }
  const DisputeId quarrel{parcel.id};
  delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{quarrel});
  const Answer timeline = delivery.as(user(sender)).ask(ViewTimeline{});
  const auto& items = timeline.resource.get_if<DeliveryPage<TimelineItem>>()->items;
  const auto rows = [&](std::string_view type) { return std::ranges::count(items, type, &TimelineItem::type); };
  CHECK(rows("picked_up") == 1);
  CHECK(rows("dispute_opened") == 1);
  CHECK(rows("scan_refused") == delivery_policy::max_alike);
  CHECK(delivery.state.scans.front().outcome == ScanOutcome::accepted);
  CHECK(delivery.state.scans.size() <= static_cast<std::size_t>(delivery_policy::max_refused_scans) + 2);
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
  const RecordFailedAttempt nobody{"recipient_absent", "Rang twice", 600, NextStep::giving_back, {}, {}};
  CHECK(delivery.as(user(carrier)).when(nobody) == "! not_waited_enough");
  wait_at(delivery, Handover::delivery, minutes{12});
  CHECK(delivery.as(user(carrier)).when(nobody) == "! not_waited_enough");
  delivery.now += minutes{4};
  CHECK(delivery.when(nobody).starts_with("delivery.attempt_failed, delivery.return_started"));
  CHECK(delivery.emitted<AttemptFailed>()->measured_wait_seconds == 960);
  CHECK(delivery.state.status == DeliveryStatus::returning);
  delivery.when(scan_of(delivery, Handover::giving_back));
  CHECK(scan_outcome(delivery) == "accepted");
  CHECK(delivery.state.status == DeliveryStatus::returned);
  CHECK(delivery.sent<RefundEscrow>()->compensation.amount == 1'750);
  CHECK(delivery.sent<RefundEscrow>()->compensation_waits);
  CHECK(due(delivery, "fee") == delivery.now + hours{24});
  Given<Delivery> at_once = returning();
  at_once.as(user(sender)).when(ConfirmReceipt{});
  CHECK_FALSE(at_once.sent<RefundEscrow>());  // nobody but the customer says so
  CHECK(at_once.emitted<DeliveryReturned>()->handed.by == "customer");
  CHECK(at_once.emitted<DeliveryReturned>()->handed.at == at_once.now);
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

TEST_CASE("delivery: messages end two weeks after the delivery, or where one blocks the other") {
  Given<Delivery> delivery = delivered();
  CHECK(delivery.as(user(carrier)).when(PostMessage{"thanks"}) == "delivery.message_posted");
  CHECK(delivery.when(PostMessage{"I know where you live", true}) == "! forbidden");
  delivery.now += std::chrono::days{policy.disputes.open_days};
  CHECK(delivery.when(PostMessage{"one more thing"}) == "! delivery_closed");
  Given<Delivery> under_way = in_transit();
  CHECK(under_way.as(user(carrier)).when(PostMessage{"at the door", true}) == "delivery.message_posted");
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
  CHECK(items[0].by == "customer");
  CHECK(items[1].type == "picked_up");
  CHECK(items[1].by == "traveler");
  CHECK(items[1].facts.at("lat") == "40.748400");
}

TEST_CASE("delivery: its timeline says who took whose price") {
  Given<Delivery> delivery = reserved();
  delivery.state.terms.by_traveler = true;
  delivery.as(entity(tracker)).when(GeofencesDefined{{{test_id<GeofenceId>(30), Handover::pickup}}});
  REQUIRE(delivery.state.status == DeliveryStatus::accepted);
  CHECK(delivery.state.timeline.front().by == "traveler");
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
  const QrCodeId last_code = code_for(known, Handover::delivery).qr_code_id;
  const auto reported = [](DeliveryStatus status, QrCodeId qr, Coordinates at) {
    return AnyRecord(ChangeStatus{status, qr, carrier, {}, MeasuredPlace{at.lat, at.lng, 10.0}, {}, {}});
  };
  const Caller from_escrow = entity(escrow), from_tracker = entity(tracker);
  std::vector<NamedCommand> commands{
      {"", AnyRecord(terms()), entity({EntityKind::request, test_id<RequestId>(20).value})},
      {"by customer", AnyRecord(terms()), user(sender)},
      {"", AnyRecord(AssignNumber{7}), from_escrow},
      {"", AnyRecord(FundsHeld{}), from_escrow},
      {"by customer", AnyRecord(FundsHeld{}), user(sender)},
      {"", AnyRecord(PaymentRefused{"payment_declined", ""}), from_escrow},
      {"", AnyRecord(FundsReleased{FundsStanding{{0, {}}, {0, {}}, {3'150, {}}}}), from_escrow},
      {"", AnyRecord(FundsReturned{{3'500, {}}, FundsStanding{{0, {}}, {3'500, {}}, {0, {}}}}), from_escrow},
      {"of a part", AnyRecord(FundsReturned{{500, {}}, FundsStanding{{3'000, {}}, {500, {}}, {0, {}}}}), from_escrow},
      {"", AnyRecord(CapacityReserved{}), entity(trip)},
      {"", AnyRecord(CapacityRefused{"capacity_exceeded"}), entity(trip)},
      {"", AnyRecord(TripDelayed{3'600, 3'600}), entity(trip)},
      {"by traveler", AnyRecord(TripDelayed{3'600, 3'600}), user(carrier)},
      {"by request", AnyRecord(UndoLeg{}), entity({EntityKind::request, test_id<RequestId>(20).value})},
      {"by request", AnyRecord(LinkLeg{.begins = true}), entity({EntityKind::request, test_id<RequestId>(20).value})},
      {"by another delivery", AnyRecord(HandOn{}), entity({EntityKind::delivery, test_id<DeliveryId>(99).value})},
      {"by another delivery", AnyRecord(OpenLeg{}), entity({EntityKind::delivery, test_id<DeliveryId>(99).value})},
      {"by another delivery", AnyRecord(MeetLater{}), entity({EntityKind::delivery, test_id<DeliveryId>(99).value})},
      {"by another delivery", AnyRecord(EndWay{}), entity({EntityKind::delivery, test_id<DeliveryId>(99).value})},
      {"", AnyRecord(GeofencesDefined{}), from_tracker},
      {"", AnyRecord(TrackingBegan{test_start}), from_tracker},
      {"by traveler", AnyRecord(TrackingBegan{test_start}), user(carrier)},
      {"leaving pickup", AnyRecord(hit(Handover::pickup, GeofenceEventType::exit, test_start)), from_tracker},
      {"by traveler", AnyRecord(hit(Handover::pickup, GeofenceEventType::exit, test_start)), user(carrier)},
      {"", AnyRecord(TravelerSeen{test_id<GeofenceId>(30), Handover::pickup, test_start, test_start}), from_tracker},
      {"by customer", AnyRecord(CancelDelivery{"x"}), user(sender)},
      {"by traveler", AnyRecord(CancelDelivery{"x"}), user(carrier)},
      {"by stranger", AnyRecord(CancelDelivery{"x"}), user(stranger)},
      {"by platform", AnyRecord(CancelDelivery{"trip_cancelled"}), entity(trip)},
      {"", AnyRecord(DisputeOpened{test_id<DisputeId>(40)}), entity({EntityKind::dispute, parcel.id})},
      {"", AnyRecord(DisputeSettled{test_id<DisputeId>(40), "refund"}), entity({EntityKind::dispute, parcel.id})},
      {"withdrawn", AnyRecord(DisputeSettled{test_id<DisputeId>(40), std::string(dispute_withdrawn)}),
       entity({EntityKind::dispute, parcel.id})},
      {"", AnyRecord(FundsUncollected{"expired"}), from_escrow},
      {"", AnyRecord(RestAgreed{{{3'000, {}}, {2'700, {}}}}), from_escrow},
      {"", AnyRecord(SharedOutBefore{FundsStanding{{0, {}}, {500, {}}, {2'700, {}}}}), from_escrow},
      {"of pickup by traveler", AnyRecord(scan_of(known, Handover::pickup)), user(carrier)},
      {"of delivery by traveler", AnyRecord(scan_of(known, Handover::delivery)), user(carrier)},
      {"of pickup by service", AnyRecord(scan_of(known, Handover::pickup)), service()},
      {"by customer", AnyRecord(RotateCode{code}), user(sender)},
      {"by traveler", AnyRecord(RotateCode{code}), user(carrier)},
      {"of customer", AnyRecord(RenewCodes{sender}), entity({EntityKind::account, sender.value})},
      {"by customer", AnyRecord(RevokeCode{code}), user(sender)},
      {"by stranger", AnyRecord(RevokeCode{code}), user(stranger)},
      {"of pickup by service", AnyRecord(IssueCode{}), service()},
      {"by customer", AnyRecord(IssueCode{}), user(sender)},
      {"picked_up by service", reported(DeliveryStatus::picked_up, code, pickup_place), service()},
      {"picked_up without a code by service",
       AnyRecord(ChangeStatus{DeliveryStatus::picked_up, {}, {}, {}, {}, {}, {}}), service()},
      {"delivered by service", reported(DeliveryStatus::delivered, last_code, dropoff_place), service()},
      {"in_transit by service", AnyRecord(ChangeStatus{DeliveryStatus::in_transit, {}, {}, {}, {}, {}, {}}), service()},
      {"delivered by traveler", AnyRecord(ChangeStatus{DeliveryStatus::delivered, {}, {}, {}, {}, {}, {}}),
       user(carrier)},
      {"by customer", AnyRecord(ConfirmReceipt{}), user(sender)},
      {"by traveler", AnyRecord(ConfirmReceipt{}), user(carrier)},
      {"by traveler", AnyRecord(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}}), user(carrier)},
      {"by customer", AnyRecord(RecordFailedAttempt{"absent", {}, {}, {}, {}, {}}), user(sender)},
      {"by traveler", AnyRecord(StartReturn{}), user(carrier)},
      {"by stranger", AnyRecord(StartReturn{}), user(stranger)},
      {"of pickup by customer", AnyRecord(SetPin{PinType::pickup, pickup_place}), user(sender)},
      {"of delivery by traveler", AnyRecord(SetPin{PinType::delivery, dropoff_place}), user(carrier)},
      {"by customer", AnyRecord(WithdrawPin{PinType::pickup}), user(sender)},
      {"by stranger", AnyRecord(WithdrawPin{PinType::pickup}), user(stranger)},
      {"by customer", AnyRecord(SayPresent{}), user(sender)},
      {"by traveler", AnyRecord(SayPresent{}), user(carrier)},
      {"", AnyRecord(DoubtWait{100'000}), entity({EntityKind::user, carrier.value})},
      {"by profile", AnyRecord(SideClosed{sender}), entity(user_address(sender))},
      {"by customer", AnyRecord(SideClosed{sender}), user(sender)},
      {"of customer", AnyRecord(SideInactive{sender}), entity({EntityKind::account, sender.value})},
      {"of banned traveler", AnyRecord(SideInactive{carrier, true}), entity({EntityKind::account, carrier.value})},
      {"by customer", AnyRecord(SideInactive{carrier, true}), user(sender)},
      {"of customer", AnyRecord(SideStanding{sender}), entity(account_address(sender))},
      {"of traveler", AnyRecord(SideStanding{carrier}), entity(account_address(carrier))},
      {"by customer", AnyRecord(SideStanding{sender}), user(sender)},
      {"by customer", AnyRecord(ShareDelivery{}), user(sender)},
      {"by stranger", AnyRecord(ShareDelivery{}), user(stranger)},
      {"by customer", AnyRecord(EndShare{}), user(sender)},
      {"by customer", AnyRecord(PostMessage{"hi"}), user(sender)},
      {"by admin", AnyRecord(PostMessage{"hi"}), admin(stranger, Permission::deliveries)},
      {"saga", AnyRecord(TimerFired{"saga"}), timer()},
      {"late", AnyRecord(TimerFired{"late"}), timer()},
      {"fee", AnyRecord(TimerFired{"fee"}), timer()},
      {"overdue", AnyRecord(TimerFired{"overdue"}), timer()},
  };
  check_table<Delivery>(states, commands, parcel);
}

}  // namespace delivery_test
