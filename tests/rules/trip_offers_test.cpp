#include <algorithm>

#include "actors/inbox/commands.hpp"
#include "actors/trip/entity.hpp"
#include "tests/rules/request_given.hpp"

/// What becomes of offers when their trip ends, and of those of newcomers on a full list.
namespace trip_offers_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::request;

namespace {

const Address trip_address{EntityKind::trip, trip_id.value};
const RequestId request_id{self.id};

Given<Trip> bens_trip() {
  Given<Trip> trip(trip_address);
  trip.state.traveler_id = ben;
  return trip;
}

/// A request that a hundred newcomers have offered for, the dearest for 50 dollars.
Given<Request> full() {
  auto request = posted();
  for (std::uint8_t i = 100; request.state.offers.size() < max_offers; ++i) {
    SubmitOffer offer = submit(test_id<OfferId>(i), test_id<UserId>(i));
    if (i == 150) offer.price = Price{500'000};
    REQUIRE(request.as(user(test_id<UserId>(i))).when(offer) == "offer.submitted");
  }
  return request;
}

}  // namespace

TEST_CASE("trip offers: what was offered on a trip ends when it sets out or ends, and both sides hear of it") {
  auto request = offered();
  REQUIRE(request.sent<NoteOffer>());
  CHECK(request.sent<NoteOffer>()->request_id == request_id);
  auto trip = bens_trip();
  CHECK(trip.as(user(ann)).when(NoteOffer{request_id}) == "! not_allowed");
  CHECK(trip.as(entity(self)).when(NoteOffer{request_id}) == "trip.offer_noted");
  CHECK(trip.when(NoteOffer{request_id}) == "(nothing)");
  auto started = trip;
  CHECK(started.as(user(ben)).when(StartTrip{}) == "trip.started");
  CHECK(started.sent<TripClosed>());
  CHECK(started.as(entity(self)).when(NoteOffer{test_id<RequestId>(77)}) == "(nothing)");
  CHECK(started.sent<TripClosed>());
  started.as(user(ben)).when(CompleteTrip{});
  CHECK(started.sent<TripClosed>());

  CHECK(trip.as(user(ben)).when(CancelTrip{"ill"}) == "trip.cancelled");
  REQUIRE(trip.sent<TripClosed>());
  CHECK(trip.last.effects.front().to == self);
  CHECK(request.as(user(ben)).when(*trip.sent<TripClosed>()) == "! not_allowed");
  CHECK(request.as(entity(trip_address)).when(*trip.sent<TripClosed>()) == "offer.expired");
  CHECK(request.state.find(offer_id)->status == OfferStatus::expired);
  CHECK(request.state.find(offer_id)->close_reason == "trip_over");
  for (const UserId side : {ann, ben})
    CHECK(std::ranges::any_of(request.last.effects, [&](const Effect& effect) { return effect.to == inbox_of(side); }));
  CHECK(request.sent<Notify>()->template_id == "offer_expired");
  CHECK(request.when(*trip.sent<TripClosed>()) == "(nothing)");
}

TEST_CASE("trip offers: an offer that crosses the end of its trip ends as well") {
  auto trip = bens_trip();
  trip.as(user(ben)).when(CancelTrip{"ill"});
  CHECK(trip.as(entity(self)).when(NoteOffer{request_id}) == "(nothing)");
  REQUIRE(trip.sent<TripClosed>());
  CHECK(trip.last.effects.front().to == self);
}

TEST_CASE("trip offers: of other trips nothing ends, nor what is being accepted") {
  auto request = offered();
  CHECK(request.as(entity(trip_address)).when(TripClosed{test_id<TripId>(21)}) == "(nothing)");
  request.as(user(ann)).when(accept(offer_id));
  CHECK(request.as(entity(trip_address)).when(TripClosed{trip_id}) == "(nothing)");
  // The trip refuses the room, and what it refuses for good is not open any more.
  CHECK(fail(request, offer_id, "trip_not_open") == "offer.acceptance_failed, offer.expired");
  CHECK(request.state.find(offer_id)->close_reason == "trip_over");
}

TEST_CASE("trip offers: a trip remembers the newest requests that it was offered for") {
  auto trip = bens_trip();
  for (std::size_t i = 0; i < max_offered_for + 3; ++i) {
    RequestId id = test_id<RequestId>(static_cast<std::uint8_t>(i));
    id.value.bytes[14] = static_cast<std::uint8_t>(i / 256 + 1);
    trip.as(entity({EntityKind::request, id.value})).when(NoteOffer{id});
  }
  CHECK(trip.state.offered_for.size() == max_offered_for);
}

TEST_CASE("offers: whoever is known takes the place of a newcomer on a full list, a newcomer nobody's") {
  const OfferId mine = test_id<OfferId>(99), dearest = test_id<OfferId>(150);
  const UserId last = test_id<UserId>(99);
  CHECK(full().as(user(last)).when(submit(mine, last)) == "! too_many");
  SubmitOffer known = submit(mine, last);
  known.has_delivered = true;
  auto request = full();
  CHECK(request.as(user(last)).when(known) == "offer.expired, offer.forgotten, offer.submitted");
  CHECK(request.state.offers.size() == max_offers);
  CHECK(request.state.find(dearest) == nullptr);
  CHECK(request.last.effects.front().to == inbox_of(test_id<UserId>(150)));
  CHECK(request.sent<Notify>()->template_id == "offer_expired");

  // What is closed goes first, and nobody need be told.
  SubmitOffer verified = submit(mine, last);
  verified.is_verified = true;
  auto withdrawn = full();
  withdrawn.as(user(test_id<UserId>(120))).when(WithdrawOffer{test_id<OfferId>(120)});
  CHECK(withdrawn.as(user(last)).when(verified) == "offer.forgotten, offer.submitted");
  CHECK(withdrawn.state.find(dearest));
}

TEST_CASE("offers: closed ones of anybody give way, the oldest first, and count for their traveler as before") {
  auto request = posted();
  for (std::uint8_t i = 100; request.state.offers.size() < max_offers; ++i) {
    const UserId known = test_id<UserId>(static_cast<std::uint8_t>(100 + i % 20));
    SubmitOffer offer = submit(test_id<OfferId>(i), known);
    offer.has_delivered = true;
    REQUIRE(request.as(user(known)).when(offer) == "offer.submitted");
    request.when(WithdrawOffer{offer.offer_id});
  }
  const UserId honest = test_id<UserId>(99), rival = request.state.offers.front().traveler_id;
  CHECK(request.as(user(honest)).when(submit(test_id<OfferId>(99), honest)) == "offer.forgotten, offer.submitted");
  CHECK(request.state.find(test_id<OfferId>(100)) == nullptr);
  CHECK(request.state.offers.size() == max_offers);
  CHECK(request.as(user(rival)).when(submit(test_id<OfferId>(98), rival)) == "! too_many");
}

TEST_CASE("offers: nobody takes the place of whoever is known") {
  auto request = posted();
  for (std::uint8_t i = 100; request.state.offers.size() < max_offers; ++i) {
    SubmitOffer offer = submit(test_id<OfferId>(i), test_id<UserId>(i));
    offer.has_delivered = true;
    request.as(user(test_id<UserId>(i))).when(offer);
  }
  SubmitOffer known = submit(test_id<OfferId>(99), test_id<UserId>(99));
  known.is_verified = true;
  CHECK(request.as(user(test_id<UserId>(99))).when(known) == "! too_many");
}

}  // namespace trip_offers_test
