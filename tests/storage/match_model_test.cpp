#include "storage/read_models/match_model.hpp"

#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"
#include "tests/storage/story.hpp"

namespace match_model_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

constexpr Coordinates new_york{40.7128, -74.006}, boston{42.3601, -71.0589};
const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2);
const TripId drive = test_id<TripId>(9);
const Currency dollars = *Currency::parse("USD");

Address request(std::uint8_t number) { return {EntityKind::request, test_id<RequestId>(number).value}; }

/// A drive from New York to Boston, and requests of parcels along it.
struct Market : Story {
  Market() {
    TripDetails trip;
    trip.title = "Home";
    trip.places = {{"New York", new_york.lat, new_york.lng}, {"Boston", boston.lat, boston.lng}};
    trip.departure_time = test_start + 24h;
    trip.arrival_time = test_start + 29h;
    trip.capacity = {{5'000}, {10'000}, 3};
    trip.currency = dollars;
    tell({EntityKind::trip, drive.value}, TripCreated{bob, trip, test_start});
  }
  void post(std::uint8_t number, UserId customer = ann) {
    RequestDetails details;
    details.title = "Books";
    details.pickup = {"Elm Street", new_york.lat, new_york.lng, "Ann", "+12125550100", {}};
    details.dropoff = {"Oak Avenue", boston.lat, boston.lng, "Cat", "+16175550100", {}};
    details.item = {"Books", "books", {2'500}, {3'000}, 1, {}, {}};
    details.max_price = {6'000, dollars};
    tell(request(number), RequestCreated{customer, std::move(details), test_start + 48h, test_start});
  }
  void offer(std::uint8_t on, std::uint8_t number, TripId trip = drive, std::optional<double> rating = {},
             UserId traveler = bob) {
    tell(
        request(on),
        OfferSubmitted{
            test_id<OfferId>(number), trip, traveler, ann, {3'500, dollars}, {}, test_start + 24h, test_start, rating});
  }
};

}  // namespace

TEST_CASE("match model: it learns what became of each offer, once") {
  Market market;
  CHECK(learnt_match_model(market.models).outcomes == 0);
  market.post(1);
  market.offer(1, 11);
  CHECK(learnt_match_model(market.models).outcomes == 0);
  market.tell(request(1), OfferRejected{test_id<OfferId>(11), bob, {}, test_start});
  CHECK(learnt_match_model(market.models).outcomes == 1);
  CHECK(learnt_match_model(market.models).accepted == 0);
  market.offer(1, 12);
  market.tell(request(1), OfferAccepted{test_id<OfferId>(12), drive, bob, ann, {3'500, dollars}, {}, {}, test_start});
  const MatchModel model = learnt_match_model(market.models);
  CHECK(model.outcomes == 2);
  CHECK(model.accepted == 1);
  CHECK(model.weights.size() == learnt_features);
  CHECK(match_window(market.models).outcomes.size() == 2);
  CHECK(match_window(market.models).outcomes.back().accepted);
}

TEST_CASE("match model: an offer taken back, or on a trip that is not known, teaches nothing") {
  Market market;
  market.post(1);
  market.offer(1, 11);
  market.tell(request(1), OfferWithdrawn{test_id<OfferId>(11), bob, test_start});
  market.offer(1, 12, test_id<TripId>(77));
  market.tell(request(1), OfferRejected{test_id<OfferId>(12), bob, {}, test_start});
  CHECK(learnt_match_model(market.models).outcomes == 0);
}

TEST_CASE("match model: it learns that the better rated are taken") {
  Market market;
  for (std::uint8_t i = 1; i <= 60; ++i) {
    const bool good = i % 2 == 0;
    const auto offer = static_cast<std::uint8_t>(100 + i);
    market.post(i, test_id<UserId>(i));  // many people, who teach it one outcome each
    market.offer(i, offer, drive, good ? 5.0 : 1.0, test_id<UserId>(offer));
    if (good) {
      market.tell(request(i),
                  OfferAccepted{test_id<OfferId>(offer), drive, bob, ann, {3'500, dollars}, {}, {}, test_start});
    } else {
      market.tell(request(i), OfferRejected{test_id<OfferId>(offer), bob, {}, test_start});
    }
  }
  const MatchModel model = learnt_match_model(market.models);
  LearntFeatures liked{}, disliked{};
  liked.fill(0.5);
  disliked.fill(0.5);
  liked[static_cast<std::size_t>(LearntFeature::rating)] = 1;
  disliked[static_cast<std::size_t>(LearntFeature::rating)] = 0;
  CHECK(predict(model, liked) > predict(model, disliked));
}

TEST_CASE("match model: two accounts that make offers to each other teach it a few outcomes, and then no more") {
  Market market;
  std::uint8_t next = 1;
  const auto refuse = [&](UserId customer, UserId traveler) {
    const std::uint8_t on = next++, number = static_cast<std::uint8_t>(100 + on);
    market.post(on, customer);
    market.offer(on, number, drive, 5.0, traveler);
    market.tell(request(on), OfferRejected{test_id<OfferId>(number), traveler, {}, test_start});
    return learnt_match_model(market.models).outcomes;
  };
  for (std::int64_t i = 1; i <= 10; ++i) CHECK(refuse(ann, bob) == i);
  for (int i = 0; i < 15; ++i) CHECK(refuse(ann, bob) == 10);
  market.models.rebuild(market.journal);
  CHECK(learnt_match_model(market.models).outcomes == 10);
  const UserId cat = test_id<UserId>(3), dan = test_id<UserId>(4);
  CHECK(refuse(bob, cat) == 10);  // the sides in turn are no way out, nor is another partner
  CHECK(refuse(dan, ann) == 10);
  CHECK(refuse(dan, cat) == 11);
}

TEST_CASE("match model: built anew it is the same") {
  Market market;
  for (std::uint8_t i = 1; i <= 20; ++i) {
    market.post(i);
    market.offer(i, static_cast<std::uint8_t>(100 + i));
    if (i % 3 == 0)
      market.tell(request(i),
                  OfferExpired{test_id<OfferId>(static_cast<std::uint8_t>(100 + i)), bob, "time", test_start});
  }
  const MatchModel before = learnt_match_model(market.models);
  CHECK(before.outcomes == 6);
  market.models.rebuild(market.journal);
  const MatchModel after = learnt_match_model(market.models);
  CHECK(after.outcomes == before.outcomes);
  REQUIRE(after.weights.size() == before.weights.size());
  for (std::size_t i = 0; i < learnt_features; ++i)
    CHECK(after.weights[i] == doctest::Approx(before.weights[i]));  // but for the order of what a batch brought
}

}  // namespace match_model_test
