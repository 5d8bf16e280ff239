#include "actors/user/commands.hpp"
#include "tests/rules/relay_life.hpp"

/// What the legs of a relay and its request tell each other about a meeting, and who may do what there.
namespace relay_meeting_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::relay;

namespace {

Caller trip_of(const Given<Delivery>& given) { return entity({EntityKind::trip, given.state.terms.trip_id.value}); }

LegShown shown_to(Given<Delivery>& given, UserId who) {
  const Answer answer = given.as(user(who)).ask(ViewDelivery{});
  const auto* resource = answer.resource.get_if<DeliveryResource>();
  REQUIRE(resource);
  REQUIRE(resource->leg);
  return *resource->leg;
}

/// The meeting was held: Ben's leg is delivered, and Cem has the parcel.
void hand_on(Life& life) {
  life.scan(offer_id, Handover::pickup, ben);
  life.scan(other_offer, Handover::pickup, cem);
}

/// A dispute about it is decided. Nothing where the leg before is not told.
std::optional<EndWay> told_after(Given<Delivery> given, const std::string& resolution) {
  const DisputeId dispute{given.self.id};
  given.as(entity({EntityKind::dispute, given.self.id})).when(DisputeOpened{dispute});
  given.when(DisputeSettled{dispute, resolution, Money{0, given.state.terms.price.currency}});
  CHECK(given.state.settled);
  const EndWay* told = given.sent<EndWay>();
  return told ? std::optional(*told) : std::nullopt;
}

}  // namespace

TEST_CASE("relay meeting: who has the parcel hears who takes it on, and when") {
  Life life;
  life.scan(offer_id, Handover::pickup, ben);
  auto held = life.as_given(offer_id);
  LinkLeg link{.next = test_id<DeliveryId>(88), .next_name = "Dan", .meets_at = test_start + hours{50}};
  held.as(entity(self));
  CHECK(held.when(link) == "delivery.leg_linked");
  CHECK(held.state.planned_arrival == test_start + hours{50});
  REQUIRE(held.sent<Notify>());
  CHECK(held.sent<Notify>()->template_id == "next_traveler");
  CHECK(held.sent<Notify>()->variables.at("nextTraveler") == "Dan");
  CHECK(held.sent<Notify>()->variables.at("meetsAt") == to_rfc3339(test_start + hours{50}));
  CHECK_FALSE(held.last.timers.empty());
  const auto shown = *held.as(user(ben)).ask(ViewDelivery{}).resource.get_if<DeliveryResource>();
  CHECK(shown.leg->meets_at == test_start + hours{50});
  CHECK(shown.leg->next_name == "Dan");
  CHECK(held.as(entity(self)).when(link) == "(nothing)");
}

TEST_CASE("relay meeting: who has the parcel hears that the next traveler comes later") {
  for (const bool is_taken : {false, true}) {
    Life life;
    if (is_taken) life.scan(offer_id, Handover::pickup, ben);
    auto next = life.as_given(other_offer);
    next.state.pickup_until = test_start + hours{27};
    next.as(entity({EntityKind::trip, next.state.terms.trip_id.value})).when(TripDelayed{3 * 3'600, 3 * 3'600});
    REQUIRE(next.sent<MeetLater>());
    const MeetLater told = *next.sent<MeetLater>();
    CHECK(told.meets_at == test_start + hours{30});
    auto held = life.as_given(offer_id);
    CHECK(held.as(entity(self)).when(told) == "(nothing)");  // only the next leg says so
    CHECK(held.as(entity(next.self)).when(told) == "delivery.leg_linked");
    CHECK(held.state.planned_arrival == test_start + hours{30});
    CHECK(held.state.next_leg->value == next.self.id);
    REQUIRE(held.sent<Notify>());
    CHECK(held.sent<Notify>()->template_id == "next_traveler");
    CHECK(held.sent<Notify>()->variables.contains("later"));
    CHECK(held.when(told) == "(nothing)");
  }
}

TEST_CASE("relay meeting: a delay on the way of the next traveler changes nothing of when they come") {
  Life life;
  auto next = life.as_given(other_offer);
  CHECK(next.as(trip_of(next)).when(TripDelayed{0, 3'600}) == "delivery.delayed");
  CHECK_FALSE(next.sent<MeetLater>());
}

TEST_CASE("relay meeting: who is late there says nothing of when the next traveler comes") {
  Life life;
  life.scan(offer_id, Handover::pickup, ben);
  auto held = life.as_given(offer_id);
  CHECK(held.as(trip_of(held)).when(TripDelayed{0, 2 * 3'600}) == "delivery.delayed");
  CHECK(held.state.planned_arrival == test_start + hours{29});
  CHECK(shown_to(held, ben).meets_at == test_start + hours{27});
}

TEST_CASE("relay meeting: who has the parcel of a cut relay meets nobody until another one is found") {
  Life life;
  life.scan(offer_id, Handover::pickup, ben);
  const Address fell_out = life.address(other_offer);
  CHECK(life.delivery(offer_id).next_leg->value == fell_out.id);
  life.tell_leg(other_offer, CancelDelivery{"ill"}, cem);
  auto held = life.as_given(offer_id);
  const LegShown shown = shown_to(held, ben);
  CHECK(shown.hands_on);
  CHECK_FALSE(shown.next);
  CHECK(shown.next_name.empty());
  CHECK_FALSE(shown.meets_at);
  CHECK(held.as(entity(fell_out)).when(MeetLater{test_start + hours{40}}) == "(nothing)");
  CHECK(held.when(HandOn{}) == "(nothing)");
  CHECK(held.state.is_carried());
}

TEST_CASE("relay meeting: each leg is told by whom it concerns alone") {
  Life life;
  const Address first = life.address(offer_id), second = life.address(other_offer);
  CHECK(life.delivery(offer_id).may_be_fetched());  // from the sender
  auto ahead = life.as_given(other_offer);
  CHECK_FALSE(ahead.state.may_be_fetched());
  CHECK(ahead.as(user(ben)).when(OpenLeg{}) == "! forbidden");
  CHECK(ahead.as(entity(self)).when(OpenLeg{}) == "(nothing)");
  CHECK(ahead.as(entity(first)).when(OpenLeg{}) == "delivery.leg_opened");
  CHECK(ahead.state.may_be_fetched());
  CHECK(ahead.when(OpenLeg{}) == "(nothing)");
  CHECK(ahead.when(LinkLeg{.next = test_id<DeliveryId>(88)}) == "(nothing)");  // the request says who

  hand_on(life);
  auto handed = life.as_given(offer_id);
  CHECK(handed.as(user(cem)).when(EndWay{true}) == "! forbidden");
  CHECK(handed.as(entity(self)).when(EndWay{true}) == "(nothing)");
  CHECK(handed.as(entity(second)).when(EndWay{true}) == "delivery.way_ended");
  CHECK_FALSE(handed.state.handed_elsewhere->until_arrival);
  CHECK(handed.when(EndWay{true}) == "(nothing)");
}

TEST_CASE("relay meeting: its code is made by its giver, neither by a service nor as the customer's password changes") {
  Life life;
  auto second = life.as_given(other_offer);
  const auto active = [&](Handover type) {
    const auto found = std::ranges::find_if(
        second.state.codes, [&](const QrCode& each) { return each.type == type && each.status == QrStatus::active; });
    REQUIRE(found != second.state.codes.end());
    return found->qr_code_id;
  };
  const QrCodeId met = active(Handover::pickup), received = active(Handover::delivery);
  CHECK(second.as(service()).when(IssueCode{.type = Handover::pickup}) == "! forbidden");
  CHECK(second.when(IssueCode{.type = Handover::delivery}) == "qr.revoked, qr.generated");
  const QrCodeId issued = active(Handover::delivery);
  CHECK(issued != received);
  CHECK(second.as(entity({EntityKind::account, ann.value})).when(RenewCodes{ann}) == "qr.revoked, qr.generated");
  CHECK(active(Handover::pickup) == met);
  CHECK(active(Handover::delivery) != issued);
}

TEST_CASE(
    "relay meeting: what a leg's money was worth says nothing of where the parcel is, unless it is the last one") {
  Life life;
  hand_on(life);
  auto middle = life.as_given(offer_id);
  middle.state.terms.leg->from = test_id<DeliveryId>(88);  // as if somebody else had fetched it from Ann
  for (const char* resolution : {"refund", "split", "release"}) CHECK_FALSE(told_after(middle, resolution));
  middle.as(entity(life.address(other_offer))).when(EndWay{true});
  REQUIRE(middle.sent<EndWay>());
  CHECK(middle.sent<EndWay>()->arrived);

  life.scan(other_offer, Handover::delivery, cem);
  const auto last = life.as_given(other_offer);
  REQUIRE(last.state.status == DeliveryStatus::delivered);
  REQUIRE(told_after(last, "release"));
  CHECK(told_after(last, "release")->arrived);
  REQUIRE(told_after(last, "refund"));
  CHECK_FALSE(told_after(last, "refund")->arrived);
}

TEST_CASE("relay meeting: nobody of the customer's stands there, who could say so") {
  Life life;
  life.scan(offer_id, Handover::pickup, ben);
  CHECK(life.tell_leg(offer_id, SayPresent{}, ann) == "invalid_state");
}

TEST_CASE("relay meeting: however the last leg's money was shared out, the leg before hears that the parcel arrived") {
  Life life;
  hand_on(life);
  const auto told = [&](std::int64_t to_traveler) {
    Given<Delivery> last = life.as_given(other_offer);
    last.state.status = DeliveryStatus::delivered;
    const Currency usd = last.state.terms.price.currency;
    FundsReturned shared;
    shared.refunded = Money{500, usd};
    shared.standing = FundsStanding{{0, usd}, {500, usd}, {to_traveler, usd}};
    last.as(entity({EntityKind::escrow, last.state.escrow_id.value})).when(shared);
    const EndWay* way = last.sent<EndWay>();
    REQUIRE(way);
    return way->arrived;
  };
  CHECK(told(2'000));
  CHECK_FALSE(told(0));
}

}  // namespace relay_meeting_test
