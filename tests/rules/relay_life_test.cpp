#include "actors/delivery/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/user/invitations.hpp"
#include "tests/rules/relay_given.hpp"
#include "tests/testkit/small_world.hpp"

/// Relays from the first scan to the last one, with their deliveries and their money.
namespace relay_life_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::relay;

namespace {

/// A relay of Ben's and Cem's in a world of rules alone.
class Life {
 public:
  Life()
      : world({EntityKind::request, EntityKind::delivery, EntityKind::escrow, EntityKind::wallet, EntityKind::tracker,
               EntityKind::dispute}) {
    PostRequest wanted = post();
    wanted.deliver_by = test_start + hours{72};
    tell(wanted, ann);
    tell(to_new_haven(), ben);
    tell(from_new_haven(), cem);
    CHECK(tell(take({offer_id, other_offer}), ann).empty());
  }

  template <class Command>
  std::string tell(Command command, UserId who) {
    return world.tell(self, AnyRecord(std::move(command)), user(who));
  }
  template <class Command>
  std::string tell_leg(OfferId leg, Command command, UserId who) {
    return world.tell(address(leg), AnyRecord(std::move(command)), user(who));
  }
  /// The newest code of the leg for that handover is scanned at its place.
  std::string scan(OfferId leg, Handover type, UserId who) {
    const QrCode* newest = nullptr;
    for (const QrCode& code : delivery(leg).codes)
      if (code.type == type && code.status == QrStatus::active) newest = &code;
    if (!newest) return "no code";
    const ScanCode command{
        newest->qr_code_id, newest->secret, {newest->bound_to->lat, newest->bound_to->lng, 10.0}, {}, {}, {}};
    return tell_leg(leg, command, who);
  }
  const RequestState& request() { return world.state<Request>(self.id); }
  Address address(OfferId leg) {
    return {EntityKind::delivery, request().find(leg)->attempt.value_or(DeliveryId{}).value};
  }
  const DeliveryState& delivery(OfferId leg) { return world.state<Delivery>(address(leg).id); }
  const EscrowState& escrow(OfferId leg) { return world.state<Escrow>(delivery(leg).escrow_id.value); }
  Given<Delivery> as_given(OfferId leg) {
    Given<Delivery> given(address(leg));
    given.state = delivery(leg);
    return given;
  }

  SmallWorld world;
};

}  // namespace

TEST_CASE("relay life: the code between travelers ends one leg and begins the next; each is paid as it ends") {
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
  CHECK(life.escrow(offer_id).is_released());
  CHECK_FALSE(life.escrow(other_offer).is_released());

  life.scan(other_offer, Handover::delivery, cem);
  CHECK(life.delivery(other_offer).status == DeliveryStatus::delivered);
  CHECK(life.escrow(other_offer).is_released());
  for (const RelayLeg& leg : life.request().relay->legs) CHECK(leg.state == LegState::delivered);
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
  CHECK(life.request().status == RequestStatus::accepted);  // nobody is sought again
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
  life.scan(third_offer, Handover::pickup, dan);
  CHECK(life.delivery(offer_id).status == DeliveryStatus::delivered);
  CHECK(life.escrow(offer_id).is_released());
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
  Life life;
  broken(life);
  life.world.pass(life.request().expires_at - life.world.now);
  CHECK(life.request().status == RequestStatus::expired);
  CHECK(life.delivery(offer_id).status == DeliveryStatus::returning);
}

}  // namespace relay_life_test
