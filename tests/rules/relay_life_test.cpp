#include "tests/rules/relay_life.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/user/commands.hpp"
#include "actors/user/invitations.hpp"

/// Relays from the first scan to the last one, with their deliveries and their money.
namespace relay_life_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::relay;

TEST_CASE(
    "relay life: the code between travelers ends one leg and begins the next; the first is paid a day after the last") {
  Life life;
  CHECK(life.request().status == RequestStatus::accepted);
  for (const OfferId leg : {offer_id, other_offer}) CHECK(life.delivery(leg).status == DeliveryStatus::accepted);
  CHECK(life.delivery(offer_id).codes.size() == 1);  // nobody receives it there but the next traveler
  life.scan(other_offer, Handover::pickup, cem);
  CHECK(life.delivery(other_offer).status == DeliveryStatus::accepted);  // Ben does not have it yet

  life.scan(offer_id, Handover::pickup, ben);
  CHECK(life.delivery(offer_id).status == DeliveryStatus::picked_up);
  CHECK(life.request().relay->holder()->offer_id == offer_id);
  life.scan(other_offer, Handover::pickup, cem);
  CHECK(life.delivery(offer_id).status == DeliveryStatus::delivered);
  CHECK(life.delivery(other_offer).status == DeliveryStatus::picked_up);
  CHECK_FALSE(life.escrow(offer_id).is_released());  // who scans there may be one with who shows the code
  CHECK(life.delivery(offer_id).handed_elsewhere->handed_on);
  CHECK(life.delivery(offer_id).handed_elsewhere->until_arrival);
  CHECK_FALSE(life.escrow(other_offer).is_released());
  life.world.pass(hours{25});
  CHECK_FALSE(life.escrow(offer_id).is_released());

  life.scan(other_offer, Handover::delivery, cem);
  CHECK(life.delivery(other_offer).status == DeliveryStatus::delivered);
  CHECK(life.escrow(other_offer).is_released());
  CHECK_FALSE(life.escrow(offer_id).is_released());
  CHECK(life.delivery(offer_id).handover_held_until() == life.world.now + hours{24});
  life.world.pass(hours{24});
  CHECK(life.escrow(offer_id).is_released());
  for (const RelayLeg& leg : life.request().relay->legs) CHECK(leg.state == LegState::delivered);
}

TEST_CASE("relay life: of a leg that was handed on to nobody's door an administrator says what it is worth") {
  const auto handed_on = [](Life& life) {
    life.scan(offer_id, Handover::pickup, ben);
    life.scan(other_offer, Handover::pickup, cem);
  };
  Life silent;
  handed_on(silent);
  silent.world.pass(hours{24} * 29);
  CHECK(silent.delivery(offer_id).dispute);
  CHECK_FALSE(silent.escrow(offer_id).is_released());

  Life back;
  handed_on(back);
  CHECK_FALSE(back.delivery(offer_id).dispute);
  CHECK(back.tell_leg(other_offer, StartReturn{}, cem).empty());
  back.scan(other_offer, Handover::giving_back, cem);
  CHECK(back.delivery(other_offer).status == DeliveryStatus::returned);
  CHECK(back.delivery(offer_id).dispute);
  CHECK_FALSE(back.escrow(offer_id).is_released());

  Life confirmed;  // by who has nothing to object
  handed_on(confirmed);
  CHECK(confirmed.tell_leg(offer_id, ConfirmReceipt{}, ann).empty());
  CHECK(confirmed.escrow(offer_id).is_released());
}

TEST_CASE("relay life: the code of a meeting is shown by who has the parcel, and by nobody else") {
  Life life;
  auto second = life.as_given(other_offer);
  const QrCodeId code = second.state.codes.front().qr_code_id;
  const auto secret = [&](UserId who) {
    const Answer answer = second.as(user(who)).ask(ViewQrSecret{code});
    return answer.rejection ? std::string(answer.rejection->code) : "shown";
  };
  CHECK(secret(ben) == "shown");
  CHECK(secret(ann) == "forbidden");
  CHECK(secret(cem) == "forbidden");
  CHECK(secret(dan) == "not_found");
  CHECK(second.as(user(ben)).ask(ViewQrCodes{}).resource.get_if<DeliveryPage<QrCodeResource>>()->items.size() == 1);
  CHECK(second.as(user(ben)).ask(ViewDelivery{}).rejection->code == "not_found");
  CHECK(second.as(user(cem)).when(SetPin{PinType::pickup, {41.3, -72.93}}) == "! invalid_state");

  const auto rotated = [&](UserId who) {
    const auto newest = std::ranges::find_if(second.state.codes, [](const QrCode& each) {
      return each.type == Handover::pickup && each.status == QrStatus::active;
    });
    REQUIRE(newest != second.state.codes.end());
    const std::string outcome = second.as(user(who)).when(RotateCode{newest->qr_code_id});
    const auto* made = second.last.reply.get_if<QrCodeResource>();
    return outcome + (made && !made->secret.value.empty() ? " shown" : "");
  };
  CHECK(rotated(ben) == "qr.revoked, qr.generated shown");
  CHECK(rotated(ann) == "! forbidden");  // else the next traveler scans void codes for ever
  CHECK(second.as(user(ann)).when(RevokeCode{second.state.codes.back().qr_code_id}) == "! forbidden");
  CHECK(rotated(cem) == "! forbidden");
  CHECK(rotated(dan) == "! not_found");
  auto first = life.as_given(offer_id);  // its receiver is Cem
  CHECK(first.as(service()).when(IssueCode{.type = Handover::delivery}) == "! invalid_state");
}

TEST_CASE("relay life: before the first pickup a leg that falls out undoes all, for nothing") {
  Life life;
  CHECK(life.tell_leg(other_offer, CancelDelivery{"ill"}, cem).empty());
  for (const OfferId leg : {offer_id, other_offer}) {
    CHECK(life.delivery(leg).status == DeliveryStatus::cancelled);
    CHECK(life.delivery(leg).settlement->refund == life.delivery(leg).terms.price);
    CHECK(life.request().find(leg)->status == OfferStatus::withdrawn);
  }
  CHECK(life.delivery(offer_id).settlement->fault == Fault::nobody);
  CHECK(life.delivery(other_offer).settlement->fault == Fault::traveler);
  CHECK(life.request().status == RequestStatus::open);
  CHECK(life.request().details.pickup.address == "New York, NY");
  CHECK_FALSE(life.request().relay);
}

TEST_CASE("relay life: a customer who leaves one leg leaves all, by the terms of each") {
  Life life;
  life.world.pass(hours{23});
  CHECK(life.tell_leg(other_offer, CancelDelivery{"not needed"}, ann).empty());
  CHECK(life.delivery(offer_id).status == DeliveryStatus::cancelled);
  CHECK(life.delivery(offer_id).settlement->by == "customer");
  for (const OfferId leg : {offer_id, other_offer}) CHECK(life.delivery(leg).settlement->compensation.amount == 250);
  CHECK(life.request().status == RequestStatus::accepted);  // nobody is sought again
}

TEST_CASE("relay life: a customer to whom the first traveler did not come pays none of the others") {
  Life life;
  life.world.pass(hours{24} + std::chrono::minutes{40});
  CHECK(life.tell_leg(offer_id, CancelDelivery{"Nobody came"}, ann).empty());
  CHECK(life.delivery(offer_id).settlement->fault == Fault::traveler);
  CHECK(life.delivery(other_offer).status == DeliveryStatus::cancelled);
  CHECK(life.delivery(other_offer).settlement->fault == Fault::nobody);
  for (const OfferId leg : {offer_id, other_offer}) CHECK(life.delivery(leg).settlement->compensation.amount == 0);
}

TEST_CASE("relay life: a traveler who waits for another one is paid as an administrator says, at nobody's fault") {
  Life life;
  auto met = life.as_given(other_offer);
  const Time since = test_start + hours{27};
  met.at(since + delivery_policy::least_wait(met.state));
  met.state.leg_open = true;
  met.state.pickup_stay = Stay{since, met.now};
  met.state.wait_told_at = since;
  CHECK_FALSE(delivery_policy::pays_by_itself(met.state, Handover::pickup, met.now));
  DeliveryState alone = met.state;  // the same wait at a sender's
  alone.terms.leg.reset();
  CHECK(delivery_policy::pays_by_itself(alone, Handover::pickup, met.now));

  const Settlement left = delivery_policy::cancellation(met.state, user(ann), "", met.now);
  CHECK(left.needs_decision);
  CHECK(left.fault == Fault::nobody);
  CHECK(delivery_policy::cancellation(alone, user(ann), "", met.now).fault == Fault::customer);

  met.as(user(cem)).when(CancelDelivery{"no_show"});
  REQUIRE(met.state.settlement);
  CHECK(met.state.settlement->needs_decision);
  CHECK(met.state.settlement->fault == Fault::nobody);
  const DisputeId dispute{met.self.id};
  met.as(entity({EntityKind::dispute, met.self.id})).when(DisputeOpened{dispute});
  met.when(DisputeSettled{dispute, "release", Money{0, met.state.terms.price.currency}});
  CHECK(met.sent<RecordVerdict>() == nullptr);  // Ann was not to be there
}

TEST_CASE("relay life: who has the parcel hands it to another traveler where the next one fell out") {
  Life life;
  life.scan(offer_id, Handover::pickup, ben);
  CHECK(life.tell_leg(other_offer, CancelDelivery{"ill"}, cem).empty());
  CHECK(life.delivery(other_offer).settlement->refund == life.delivery(other_offer).terms.price);
  CHECK(life.delivery(offer_id).is_carried());
  CHECK(life.request().status == RequestStatus::open);
  CHECK(life.request().is_held());
  CHECK(life.request().details.pickup.address == new_haven.address);
  CHECK(life.request().details.max_price.amount == 3'500);  // 60, of which Ben has 25
  CHECK(life.tell(EditRequest{.title = "x"}, ann) == "request_not_open");

  CHECK(life.tell(part(third_offer, dan, {}, {}, hours{28}, hours{31}), dan).empty());
  CHECK(life.tell(accept(third_offer), ann) == "invalid_state");
  CHECK(life.tell(take({third_offer}), ann).empty());
  CHECK(life.request().status == RequestStatus::accepted);
  CHECK(life.request().relay->legs.size() == 2);
  CHECK(life.delivery(offer_id).planned_arrival == test_start + hours{28});  // when Dan comes, not Cem
  CHECK(life.delivery(offer_id).next_leg->value == life.address(third_offer).id);
  life.scan(third_offer, Handover::pickup, dan);
  CHECK(life.delivery(offer_id).status == DeliveryStatus::delivered);
  life.scan(third_offer, Handover::delivery, dan);
  CHECK(life.delivery(third_offer).status == DeliveryStatus::delivered);
}

TEST_CASE("relay life: who was invited for the whole way hears that it is over, and may be invited for the rest") {
  const auto invite = [](std::uint8_t id) {
    InviteTraveler command;
    command.trip_id = trip_id;
    command.price = Price{300'000};
    command.invitation_id = test_id<InvitationId>(id);
    command.facts = submit({}, dan);
    return command;
  };
  auto request = chained();
  CHECK(request.as(user(ann)).when(invite(50)) == "invitation.sent");
  request.when(take({offer_id, other_offer}));
  for (const OfferId offer : {offer_id, other_offer}) request.as(leg(request, offer)).when(LegReady{offer});
  for (const OfferId offer : {offer_id, other_offer}) complete(request, offer);
  request.as(leg(request, offer_id)).when(LegMoved{offer_id, LegState::carried});
  request.as(leg(request, other_offer)).when(LegMoved{other_offer, LegState::undone, true});
  REQUIRE(request.state.is_held());
  CHECK(request.state.invitations.front().status == InvitationStatus::expired);
  REQUIRE(request.sent<CountInvitation>());
  const SentInvitation end = request.sent<CountInvitation>()->sent;
  CHECK(end.ends);
  CHECK(end.traveler_id == dan);
  CHECK(end.notice.template_id == "request_changed");
  CHECK(end.notice.variables.contains("invited"));
  CHECK(request.as(user(ann)).when(invite(51)) == "invitation.sent");
}

TEST_CASE("relay life: who has the parcel brings it back; the legs ahead are refunded and nobody is sought") {
  Life life;
  life.scan(offer_id, Handover::pickup, ben);
  CHECK(life.tell_leg(offer_id, StartReturn{}, ben).empty());
  CHECK(life.delivery(offer_id).status == DeliveryStatus::returning);
  CHECK(life.delivery(other_offer).status == DeliveryStatus::cancelled);
  CHECK(life.delivery(other_offer).settlement->refund == life.delivery(other_offer).terms.price);
  CHECK(life.request().status == RequestStatus::accepted);
  life.scan(offer_id, Handover::giving_back, ben);
  CHECK(life.delivery(offer_id).status == DeliveryStatus::returned);

  Life broken;
  broken.scan(offer_id, Handover::pickup, ben);
  broken.tell_leg(other_offer, CancelDelivery{"ill"}, cem);
  CHECK(broken.tell_leg(offer_id, StartReturn{}, ben).empty());
  CHECK(broken.request().status == RequestStatus::cancelled);
  CHECK(broken.delivery(offer_id).owed_percent == 50);  // whoever speaks first: nobody carried it on
  broken.scan(offer_id, Handover::giving_back, ben);
  CHECK(broken.delivery(offer_id).settlement->fault == Fault::nobody);
  CHECK(broken.delivery(offer_id).settlement->needs_decision);
}

TEST_CASE("relay life: nobody has the parcel for longer than a meeting may be awaited, whatever the deadline") {
  Life life;
  life.scan(offer_id, Handover::pickup, ben);
  life.tell_leg(other_offer, CancelDelivery{"ill"}, cem);
  CHECK_FALSE(life.delivery(offer_id).next_leg);
  EditRequest later;
  later.deliver_by = test_start + hours{200};
  CHECK(life.tell(later, ann).empty());
  CHECK(life.request().expires_at == test_start + hours{26 + 48});  // Ben arrives at 26 h
  EditRequest from;
  from.pickup_from = test_start + hours{60};
  CHECK(life.tell(from, ann) == "request_not_open");
  CHECK(life.tell(part(third_offer, dan, {}, {}, hours{75}, hours{78}), dan).empty());
  CHECK(life.tell(take({third_offer}), ann) == "broken_chain");
  life.world.pass(hours{74});
  CHECK(life.request().status == RequestStatus::expired);
  CHECK(life.delivery(offer_id).status == DeliveryStatus::returning);
}

TEST_CASE("relay life: where nobody is found in time, or the customer seeks nobody, the parcel comes back") {
  const auto broken = [](Life& life) {
    life.scan(offer_id, Handover::pickup, ben);
    life.tell_leg(other_offer, CancelDelivery{"ill"}, cem);
  };
  Life called_off;
  broken(called_off);
  CHECK(called_off.tell(CancelRequest{"not needed"}, ann).empty());
  CHECK(called_off.delivery(offer_id).status == DeliveryStatus::returning);
  called_off.scan(offer_id, Handover::giving_back, ben);
  CHECK(called_off.delivery(offer_id).status == DeliveryStatus::returned);
  const Settlement half = *called_off.delivery(offer_id).settlement;
  CHECK(half.compensation.amount == 1'250);
  CHECK(half.fault == Fault::nobody);
  CHECK(half.needs_decision);  // nobody saw Ben leave New York
  CHECK(delivery_policy::is_among_travelers(called_off.delivery(offer_id)));

  // Seen at the meeting when the two should have met there; not hours before, when nobody was to be met.
  for (const auto& [too_early, is_owed] : {std::pair{hours{0}, true}, std::pair{hours{3}, false}}) {
    Life seen;
    broken(seen);
    seen.world.pass(*seen.delivery(offer_id).meets_at - too_early - seen.world.now);
    const Address leg = seen.address(offer_id);
    const GeofenceRef fence = seen.delivery(offer_id).geofences.back();
    const GeofenceHit hit{fence.geofence_id,
                          Handover::delivery,
                          GeofenceEventType::entry,
                          seen.world.now,
                          seen.delivery(offer_id).terms.dropoff.at(),
                          {}};
    CHECK(seen.world.tell(leg, AnyRecord(hit), entity({EntityKind::tracker, leg.id})).empty());
    CHECK(seen.tell(CancelRequest{"not needed"}, ann).empty());
    seen.scan(offer_id, Handover::giving_back, ben);
    const Settlement& end = *seen.delivery(offer_id).settlement;
    CHECK(end.needs_decision == !is_owed);
    CHECK((end.held_until == seen.world.now + hours{24}) == is_owed);
  }

  Life shortened;
  broken(shortened);
  EditRequest sooner;
  sooner.deliver_by = shortened.world.now + hours{27};
  CHECK(shortened.tell(sooner, ann).empty());
  shortened.world.pass(hours{27});
  CHECK(shortened.delivery(offer_id).owed_percent == 50);

  Life life;
  broken(life);
  life.world.pass(life.request().expires_at - life.world.now);
  CHECK(life.request().status == RequestStatus::expired);
  CHECK(life.delivery(offer_id).status == DeliveryStatus::returning);
  CHECK(life.delivery(offer_id).owed_percent == 50);
}

TEST_CASE("relay life: who came to the meeting in vain may have the whole price, as an administrator says") {
  Life life;
  life.scan(offer_id, Handover::pickup, ben);
  life.tell_leg(other_offer, CancelDelivery{"ill"}, cem);
  life.world.pass(hours{2});
  const Address leg = life.address(offer_id);
  const TravelerSeen seen{life.delivery(offer_id).geofences.back().geofence_id, Handover::delivery, life.world.now,
                          life.world.now};
  CHECK(life.world.tell(leg, AnyRecord(seen), entity({EntityKind::tracker, leg.id})).empty());
  CHECK(life.tell(CancelRequest{"not needed"}, ann).empty());
  CHECK(life.delivery(offer_id).owed_percent == 100);
  life.scan(offer_id, Handover::giving_back, ben);
  const Settlement whole = *life.delivery(offer_id).settlement;
  CHECK(whole.compensation == life.delivery(offer_id).terms.price);
  CHECK(whole.needs_decision);
  CHECK(whole.fault == Fault::nobody);
}

}  // namespace relay_life_test
