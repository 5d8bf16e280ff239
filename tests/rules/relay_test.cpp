#include "actors/inbox/commands.hpp"
#include "actors/request/closing.hpp"
#include "actors/request/matching_facts.hpp"
#include "tests/rules/relay_given.hpp"

namespace relay_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::relay;

namespace {

/// Ann takes both, and their sagas run.
Given<Request> started() {
  auto request = chained();
  request.as(user(ann)).when(take({offer_id, other_offer}));
  return request;
}

std::string ready(Given<Request>& request, OfferId offer) {
  return request.as(leg(request, offer)).when(LegReady{offer});
}

/// What taking these offers is refused with, one of which was changed first.
std::string refused(void (*change)(SubmitOffer&), std::vector<OfferId> ids = {offer_id, other_offer}) {
  auto request = posted();
  request.as(user(ben)).when(to_new_haven());
  SubmitOffer second = from_new_haven();
  change(second);
  CHECK(request.as(user(cem)).when(second) == "offer.submitted");
  return request.as(user(ann)).when(take(std::move(ids)));
}

}  // namespace

TEST_CASE("relay: each leg has a delivery with its own places, money and trip; none begins before all are ready") {
  auto request = chained();
  CHECK(request.as(user(ann)).when(take({offer_id, other_offer})) == "relay.started");
  CHECK(effects(request.last) == std::vector<std::string>{"delivery begin_acceptance", "delivery begin_acceptance"});
  const auto* first = request.last.effects[0].command.get_if<BeginAcceptance>();
  const auto* second = request.last.effects[1].command.get_if<BeginAcceptance>();
  CHECK(first->pickup.address == "New York, NY");
  CHECK(first->dropoff.address == new_haven.address);
  CHECK(first->dropoff.is_pinned());
  CHECK(first->price.amount == 2'500);
  CHECK(first->planned_arrival == test_start + hours{27});  // when the next traveler comes
  CHECK(first->leg->hands_on);
  CHECK_FALSE(first->leg->giver);
  CHECK(second->pickup == first->dropoff);
  CHECK(second->dropoff.address == "Boston, MA");
  CHECK_FALSE(second->leg->hands_on);
  CHECK(second->leg->giver == ben);
  CHECK(second->leg->from->value == request.last.effects[0].to.id);
  CHECK(request.state.status == RequestStatus::accepting);
  CHECK(request.as(user(ann)).when(take({offer_id, other_offer})) == "(nothing)");  // a repeat

  CHECK(ready(request, other_offer) == "relay.leg_moved");
  CHECK(request.last.effects.empty());
  CHECK(ready(request, offer_id) == "relay.leg_moved");
  CHECK(effects(request.last) == std::vector<std::string>{"delivery link_leg", "delivery link_leg"});
  const auto* link = request.last.effects[0].command.get_if<LinkLeg>();
  CHECK(link->begins);
  CHECK(link->next->value == request.last.effects[1].to.id);
  CHECK(link->meets_at == test_start + hours{27});
  CHECK_FALSE(request.last.effects[1].command.get_if<LinkLeg>()->next);

  CHECK(complete(request, offer_id) == "relay.leg_moved, offer.accepted");
  CHECK(complete(request, other_offer) == "relay.leg_moved, offer.accepted");
  CHECK(request.state.status == RequestStatus::accepted);
  const auto shown = *request.as(user(ann)).ask(ViewRelay{}).resource.get_if<RelayResource>();
  CHECK_FALSE(shown.running);
  REQUIRE(shown.legs.size() == 2);
  CHECK(shown.legs[0].handover.to == HandoverTo::traveler);
  CHECK(shown.legs[0].handover.traveler_id == cem);
  CHECK(shown.legs[1].handover.to == HandoverTo::receiver);
  CHECK(request.as(user(ben)).ask(ViewRelay{}).rejection->code == "not_found");
}

TEST_CASE("relay: one leg that fails undoes the others, and then all offers are open again") {
  auto request = started();
  ready(request, offer_id);
  CHECK(fail(request, other_offer, "payment_declined") == "relay.leg_moved");
  CHECK(effects(request.last) == std::vector<std::string>{"delivery undo_leg"});
  CHECK(request.last.effects[0].to == leg(request, offer_id).entity);
  CHECK(request.state.status == RequestStatus::accepting);
  CHECK(fail(request, offer_id, "relay_undone") ==
        "relay.leg_moved, offer.acceptance_failed, offer.acceptance_failed, relay.undone");
  CHECK(effects(request.last) == std::vector<std::string>{"inbox notify"});  // of the leg that was to blame
  CHECK(request.sent<Notify>()->template_id == "acceptance_failed");
  CHECK(request.state.status == RequestStatus::open);
  CHECK_FALSE(request.state.relay);
  CHECK(request.state.find(offer_id)->is_open());
  CHECK(request.state.find(other_offer)->failure_code == "payment_declined");
  CHECK(request.as(user(ann)).when(take({offer_id, other_offer})) == "relay.started");
}

TEST_CASE("relay: an offer whose trip has changed ends with the relay that it failed") {
  auto request = started();
  fail(request, other_offer, "offer_changed");
  CHECK(fail(request, offer_id, "relay_undone") ==
        "relay.leg_moved, offer.acceptance_failed, offer.acceptance_failed, offer.expired, relay.undone");
  CHECK(request.state.find(offer_id)->is_open());
  CHECK(request.state.find(other_offer)->status == OfferStatus::expired);
}

TEST_CASE("relay: offers that make up no way are refused, and named") {
  CHECK(refused([](SubmitOffer&) {}) == "relay.started");
  CHECK(refused([](SubmitOffer&) {}, {other_offer, offer_id}) == "! broken_chain");
  CHECK(refused([](SubmitOffer&) {}, {offer_id}) == "! broken_chain");
  CHECK(refused([](SubmitOffer&) {}, {offer_id, offer_id}) == "! broken_chain");
  CHECK(refused([](SubmitOffer&) {}, {offer_id, third_offer}) == "! not_found");
  CHECK(refused([](SubmitOffer& c) { c.from->lat = 41.31; }) == "! broken_chain");  // a mile further
  CHECK(refused([](SubmitOffer& c) { c.passing->picked_up = test_start + hours{26}; }) == "! broken_chain");
  CHECK(refused([](SubmitOffer& c) { c.trip_id = to_new_haven().trip_id; }) == "! broken_chain");
  CHECK(refused([](SubmitOffer& c) { c.from.reset(); }) == "! broken_chain");
  CHECK(refused([](SubmitOffer& c) { c.price = Price{400'000}; }) == "! invalid_amount");  // 65 of at most 60
  const auto meets = [](SubmitOffer& c) { c.passing = Passing{0, 0, test_start + hours{75}, test_start + hours{78}}; };
  CHECK(refused(meets) == "! broken_chain");  // Ben would have the parcel for 49 h after he has arrived
  auto request = chained();
  AcceptRelay foes = take({offer_id, other_offer});
  foes.facts[1].blocked = true;  // by who gives it
  CHECK(request.as(user(ann)).when(foes) == "! blocked");
  CHECK(request.last.rejection->field == "offerIds[1]");
  CHECK(request.as(user(ben)).when(take({offer_id, other_offer})) == "! not_owner");
  AcceptRelay unpaid = take({offer_id, other_offer});
  unpaid.facts[1].payment_token.clear();
  CHECK(request.as(user(ann)).when(unpaid) == "! missing_payment_method");
  CHECK(request.last.rejection->field == "offerIds[1]");
  request.as(user(ann)).when(CounterOffer{other_offer, Price{200'000}, {}});
  CHECK(request.when(take({offer_id, other_offer})) == "! invalid_state");
}

TEST_CASE("relay: a meeting is never after the request's deadline") {
  Given<Request> request(self);
  PostRequest wanted = post();
  wanted.deliver_by = test_start + hours{26} + std::chrono::minutes{45};
  request.as(user(ann)).when(wanted);
  request.as(user(ben)).when(to_new_haven());
  CHECK(request.as(user(cem)).when(from_new_haven()) == "offer.submitted");  // late, as Ann sees
  CHECK(request.as(user(ann)).when(take({offer_id, other_offer})) == "! broken_chain");
  CHECK(request.last.rejection->detail.find("deadline") != std::string::npos);
}

TEST_CASE("relay: what the unverified may pay is asked of all legs together") {
  const Price most = unverified_limit(*Currency::parse("USD"));
  Given<Request> request(self);
  PostRequest wanted = post();
  wanted.max_price = Price{2 * most.units};
  request.as(user(ann)).when(wanted);
  SubmitOffer first = to_new_haven(), second = from_new_haven();
  first.price = second.price = Price{most.units / 5 * 4};
  CHECK(request.as(user(ben)).when(first) == "offer.submitted");
  CHECK(request.as(user(cem)).when(second) == "offer.submitted");
  AcceptRelay both = take({offer_id, other_offer});
  CHECK(request.as(user(ann)).when(both) == "! verification_required");
  for (AcceptOffer& fact : both.facts) fact.is_verified = fact.customer_verified = true;
  CHECK(request.when(both) == "relay.started");
}

TEST_CASE("relay: an offer for a part is none for the whole way, and the request's own places are no parts") {
  auto request = chained();
  CHECK(request.as(user(ann)).when(accept(offer_id)) == "! invalid_state");
  const auto offered = [](std::optional<MeetingPoint> from, std::optional<MeetingPoint> to) {
    auto one = posted();
    const std::string outcome = one.as(user(ben)).when(part(offer_id, ben, from, to, hours{24}, hours{30}));
    const bool is_leg = one.state.find(offer_id) && one.state.find(offer_id)->is_leg();
    return outcome + (is_leg ? " leg" : "");
  };
  const MeetingPoint new_york{"New York, NY", 40.7130, -74.0065}, boston{"Boston, MA", 42.3600, -71.0580};
  CHECK(offered(new_york, boston) == "offer.submitted");
  CHECK(offered(new_york, new_haven) == "offer.submitted leg");
  CHECK(offered(new_haven, boston) == "offer.submitted leg");
  CHECK(offered(boston, {}) == "! same_place");
  CHECK(offered({}, new_york) == "! same_place");
  CHECK(offered(new_haven, new_haven) == "! same_place");
  CHECK(offered(MeetingPoint{"nowhere", {}, {}}, {}) == "! address_not_found");
  MeetingPoint guess = new_haven;  // somewhere in the town
  guess.uncertainty_meters = 5'000;
  CHECK(offered({}, guess) == "! address_not_found");
  CHECK(offered(guess, {}) == "! address_not_found");
  MeetingPoint off = new_haven;
  off.off_address_meters = 900;
  CHECK(offered({}, off) == "! address_not_found");
}

TEST_CASE("relay: a return that was begun while the next traveler took the parcel seeks nobody") {
  auto request = started();
  for (const OfferId offer : {offer_id, other_offer}) ready(request, offer);
  for (const OfferId offer : {offer_id, other_offer}) complete(request, offer);
  const auto moved = [&](OfferId offer, LegState state) {
    return request.as(leg(request, offer)).when(LegMoved{offer, state});
  };
  CHECK(moved(offer_id, LegState::carried) == "relay.leg_moved");
  CHECK(moved(offer_id, LegState::returning) == "relay.leg_moved");
  CHECK(effects(request.last) == std::vector<std::string>{"delivery undo_leg"});
  CHECK(moved(other_offer, LegState::carried) == "relay.leg_moved");  // the scan was first
  CHECK(moved(offer_id, LegState::delivered) == "relay.leg_moved");
  CHECK(moved(other_offer, LegState::delivered) == "relay.leg_moved");
  CHECK(request.state.status == RequestStatus::accepted);
  CHECK(request.state.relay->legs.size() == 2);
}

TEST_CASE("relay: only the deliveries of its legs move it") {
  auto request = started();
  CHECK(request.as(user(ann)).when(LegReady{offer_id}) == "! not_allowed");
  CHECK(request.as(user(ann)).when(LegMoved{offer_id, LegState::carried}) == "! not_allowed");
  CHECK(request.as(entity({EntityKind::delivery, test_id<DeliveryId>(99).value})).when(LegReady{offer_id}) ==
        "(nothing)");
  CHECK(request.as(leg(request, other_offer)).when(LegMoved{offer_id, LegState::undone}) == "(nothing)");
}

}  // namespace relay_test
