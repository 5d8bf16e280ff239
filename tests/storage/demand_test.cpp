#include "actors/delivery/entity.hpp"
#include "actors/matching/score.hpp"
#include "actors/pricing/pricing.hpp"
#include "actors/request/entity.hpp"
#include "actors/user/entity.hpp"
#include "storage/read_models/accepted_prices.hpp"
#include "tests/storage/story.hpp"
#include "tests/storage/trips_given.hpp"

/// What the read models know of the people on a way, for its price.
namespace demand_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::testkit::trips;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2), cid = test_id<UserId>(3);

Address delivery(std::uint8_t number) { return {EntityKind::delivery, test_id<DeliveryId>(number).value}; }

/// Their telephone number is verified.
void verify(Story& market, UserId person) {
  market.tell(user_address(person), ContactVerified{{}, "+12125550100", test_start});
}

/// What is asked about on that way.
DemandWindow on_the_way(Coordinates pickup, Coordinates dropoff) {
  return {.pickup = pickup,
          .dropoff = dropoff,
          .radius_meters = 20'000,
          .from = test_start,
          .until = test_start + 240h,
          .but = {}};
}

RequestDetails books(Coordinates from, Coordinates to, std::int64_t cents) {
  RequestDetails what;
  what.title = "Books";
  what.pickup = {"Elm Street", from.lat, from.lng, "Ann", "+12125550100", {}};
  what.dropoff = {"Oak Avenue", to.lat, to.lng, "Cat", "+16175550100", {}};
  what.item = {"Books", "books", {2'500}, {3'000}, 1, {}, {}};
  what.max_price = {cents, *Currency::parse("USD")};
  return what;
}

void post(Story& market, std::uint8_t number, UserId by, RequestDetails what) {
  market.tell({EntityKind::request, test_id<RequestId>(number).value},
              RequestCreated{by, std::move(what), test_start + 480h, test_start});
}

}  // namespace

TEST_CASE("demand: open requests, and upcoming trips that leave in time, which go the same way") {
  Story market;
  DemandWindow window = on_the_way(new_york, boston);
  const auto count = [&] { return count_demand(market.models, window); };
  CHECK(count().wanting == 0);
  CHECK(count().going == 0);
  for (const UserId person : {ann, bob, cid}) verify(market, person);
  for (std::uint8_t number = 101; number <= 108; ++number) verify(market, test_id<UserId>(number));
  market.tell(trip(1), TripCreated{ann, details(new_york, boston, test_start + 24h), test_start});
  market.tell(trip(2), TripCreated{bob, details(new_york, boston, test_start + 48h, TransportMode::train), test_start});
  market.tell(trip(3), TripCreated{cid, details(boston, new_york, test_start + 24h), test_start});
  CHECK(count().going == 200);
  window.until = test_start + 25h;
  CHECK(count().going == 100);
  window.until = test_start + 23h;
  CHECK(count().going == 0);
  window.until = test_start + 240h;
  for (std::uint8_t number = 1; number <= 8; ++number)
    post(market, number, test_id<UserId>(static_cast<std::uint8_t>(100 + number)), books(new_york, boston, 6'000));
  post(market, 9, bob, books(boston, new_york, 6'000));
  post(market, 10, bob, books(chicago, boston, 6'000));
  CHECK(count().wanting == 800);
  window.but = test_id<RequestId>(3);
  CHECK(count().wanting == 700);
  market.tell({EntityKind::request, test_id<RequestId>(1).value}, RequestCancelled{bob, "", test_start});
  CHECK(count().wanting == 600);
  // Who has waited for a week wants it half as much, and moves the price half as much.
  window.from = test_start + 7 * 24h;
  CHECK(count().wanting == 300);
  window.from = test_start;
  // More people who want something than who go there: the price goes up.
  PriceFacts facts;
  facts.distance_meters = 300'000;
  const std::int64_t balanced = price(first_pricing_rules(), facts)->amount;
  facts.demand = demand_of(count().wanting, count().going);
  CHECK(price(first_pricing_rules(), facts)->amount > balanced);
}

TEST_CASE("demand: however many people there are, so many are counted at most") {
  Story market;
  constexpr int people = 210;
  static_assert(people > demand_most);
  for (int i = 1; i <= people; ++i) {
    const auto number = static_cast<std::uint8_t>(i);
    const UserId person = test_id<UserId>(number);
    verify(market, person);
    post(market, number, person, books(new_york, boston, 6'000));
    market.tell(trip(number), TripCreated{person, details(new_york, boston, test_start + 24h), test_start});
  }
  const DemandCount count = count_demand(market.models, on_the_way(new_york, boston));
  CHECK(count.wanting == 100 * demand_most);
  CHECK(count.going == 100 * demand_most);
}

TEST_CASE("demand: one person counts once, however many requests and trips they post") {
  Story market;
  const DemandWindow window = on_the_way(new_york, boston);
  const auto count = [&] { return count_demand(market.models, window); };
  const auto go = [&](std::uint8_t number, Time departure) {
    market.tell(trip(number), TripCreated{bob, details(new_york, boston, departure), test_start});
  };
  verify(market, bob);  // or all that new accounts count for together would be one person as well
  for (std::uint8_t number = 1; number <= 90; ++number) {
    post(market, number, bob, books(new_york, boston, 1));
    go(static_cast<std::uint8_t>(100 + number), test_start + 100h);
  }
  CHECK(count().wanting == 100);
  CHECK(count().going == 100);
}

TEST_CASE("demand: ten new accounts move a price no more than one person does") {
  Story market;
  const DemandWindow window = on_the_way(new_york, boston);
  const auto count = [&] { return count_demand(market.models, window); };
  for (std::uint8_t number = 101; number <= 110; ++number) {
    const UserId person = test_id<UserId>(number);
    post(market, number, person, books(new_york, boston, 1));
    market.tell(trip(number), TripCreated{person, details(new_york, boston, test_start + 24h), test_start});
  }
  CHECK(count().wanting == 100);
  CHECK(count().going == 100);
  verify(market, test_id<UserId>(101));
  CHECK(count().wanting == 200);
  CHECK(count().going == 200);
  for (std::uint8_t number = 102; number <= 107; ++number) verify(market, test_id<UserId>(number));
  CHECK(count().wanting == 875);  // seven, and a quarter of them
  CHECK(count().going == 875);
  DeliveryOutcome outcome;
  outcome.delivery_id = test_id<DeliveryId>(1);
  outcome.successful = true;
  outcome.at = test_start;
  market.tell(user_address(test_id<UserId>(109)), DeliveryRecorded{outcome});  // makes one known as well
  CHECK(count().wanting == 1'000);
  market.models.rebuild(market.journal);
  CHECK(count().going == 1'000);
}

TEST_CASE("demand: people fly a way where some do and nobody goes by land") {
  Story market;
  const Coordinates paris{48.8566, 2.3522}, tokyo{35.6762, 139.6503};
  const DemandWindow window = on_the_way(paris, tokyo);
  const auto go = [&](std::uint8_t number, TransportMode mode) {
    verify(market, test_id<UserId>(number));
    market.tell(trip(number),
                TripCreated{test_id<UserId>(number), details(paris, tokyo, test_start + 100h, mode), test_start});
  };
  for (std::uint8_t number = 101; number <= 102; ++number) go(number, TransportMode::plane);
  CHECK_FALSE(count_demand(market.models, window).only_flown);
  go(103, TransportMode::plane);
  CHECK(count_demand(market.models, window).only_flown);
  CHECK(count_demand(market.models, window).going == 300);
  go(104, TransportMode::car);
  CHECK_FALSE(count_demand(market.models, window).only_flown);
}

TEST_CASE("demand: new accounts do not make a way one that people fly, however many they are") {
  Story market;
  const Coordinates paris{48.8566, 2.3522}, tokyo{35.6762, 139.6503};
  const DemandWindow window = on_the_way(paris, tokyo);
  const auto only_flown = [&] { return count_demand(market.models, window).only_flown; };
  for (std::uint8_t number = 101; number <= 110; ++number)
    market.tell(trip(number), TripCreated{test_id<UserId>(number),
                                          details(paris, tokyo, test_start + 100h, TransportMode::plane), test_start});
  CHECK_FALSE(only_flown());
  verify(market, test_id<UserId>(101));
  CHECK_FALSE(only_flown());
  verify(market, test_id<UserId>(102));
  CHECK(only_flown());  // two, and all the others as one more
  market.models.rebuild(market.journal);
  CHECK(only_flown());
  // One who goes by land is one, also where the account is new.
  market.tell(trip(120), TripCreated{test_id<UserId>(120), details(paris, tokyo, test_start + 100h), test_start});
  CHECK_FALSE(only_flown());
}

namespace {

/// People agree on what the books from New York to Boston cost, in percent of what the rules say.
struct Deals : Story {
  RequestDetails what = books(new_york, boston, 100'000);
  std::int64_t expected = 0;

  Deals() {
    PriceFacts facts;
    facts.distance_meters = distance_meters(new_york, boston);
    facts.weight = what.item.weight;
    facts.category = "books";
    expected = price(first_pricing_rules(), facts)->amount;
  }
  void agree(std::uint8_t number, UserId customer, UserId traveler, std::int64_t percent, Time at = test_start) {
    const Address request{EntityKind::request, test_id<RequestId>(number).value};
    const auto offer = test_id<OfferId>(number);
    const Money agreed{expected * percent / 100, *Currency::parse("USD")};
    tell(request, RequestCreated{customer, what, at + 480h, at});
    tell(request, OfferSubmitted{offer, test_id<TripId>(9), traveler, customer, agreed, {}, at + 48h, at});
    const DeliveryId parcel = test_id<DeliveryId>(number);
    tell(request, OfferAcceptanceStarted{offer, parcel, OfferSide::customer, at});
    OfferAccepted accepted;
    accepted.offer_id = offer;
    accepted.traveler_id = traveler;
    accepted.customer_id = customer;
    accepted.price = agreed;
    accepted.at = at;
    tell(request, accepted);
    AcceptanceStarted began;
    began.terms.request_id = RequestId{request.id};
    began.terms.customer = customer;
    began.terms.traveler = traveler;
    began.terms.price = agreed;
    began.at = at;
    DeliveryCreated created;
    created.delivery_id = parcel;
    created.at = at;
    tell(delivery(number), began, DeliveryNumbered{number}, created);
  }
  void take(std::uint8_t number) {
    DeliveryPickedUp taken;
    taken.handed.at = test_start;
    tell(delivery(number), taken);
  }
};

UserId person(int number) { return test_id<UserId>(static_cast<std::uint8_t>(number)); }

}  // namespace

TEST_CASE("accepted prices: the median of what people agreed on, once enough of them did, each of them once") {
  Deals market;
  DemandWindow window = on_the_way(new_york, boston);
  const auto known = [&] { return accepted_share(market.models, window); };
  for (int deal = 0; deal < 19; ++deal)
    market.agree(static_cast<std::uint8_t>(20 + deal), person(100 + deal), person(150 + deal), 80);
  // Two people who deal with each other again and again are two people.
  for (int deal = 0; deal < 19; ++deal)
    market.agree(static_cast<std::uint8_t>(60 + deal), person(100), person(150), 300);
  CHECK_FALSE(known());
  market.agree(90, person(190), person(191), 300);
  // What was only agreed on tells nothing: it may still be left for nothing.
  CHECK_FALSE(known());
  for (std::uint8_t number = 20; number < 39; ++number) market.take(number);
  for (std::uint8_t number = 60; number < 79; ++number) market.take(number);
  CHECK_FALSE(known());
  market.take(90);
  REQUIRE(known());
  CHECK(std::abs(*known() - 8'000) <= 10);
  market.models.rebuild(market.journal);
  REQUIRE(known());
  // Nor does what went back.
  DeliveryFundsMoved back;
  back.refunded = Money{market.expected * 3, *Currency::parse("USD")};
  back.standing = FundsStanding{{0, back.refunded->currency}, *back.refunded, {0, back.refunded->currency}};
  market.tell(delivery(90), back);
  CHECK_FALSE(known());
  market.agree(91, person(192), person(193), 300);
  market.take(91);
  REQUIRE(known());
  window.from = test_start + accepted_lately + 1h;
  CHECK_FALSE(known());
  window.from = test_start;
  window.dropoff = chicago;
  CHECK_FALSE(known());
}

TEST_CASE("accepted prices: what is too old to tell anything is kept no longer, nor what was undone") {
  Deals market;
  DemandWindow window = on_the_way(new_york, boston);
  const auto kept = [&](const std::string& table) {
    const auto reading = market.models.read();
    return (*reading).integer("SELECT count(*) FROM " + table);
  };
  const auto both_keep = [&](std::int64_t deals) {
    CHECK(kept("accepted_price") == deals);
    CHECK(kept("accepted_ends") == deals);
  };
  const auto agree = [&](int number, Time at) {
    market.agree(static_cast<std::uint8_t>(number), person(100 + number), person(150 + number), 80, at);
    market.take(static_cast<std::uint8_t>(number));
  };
  agree(1, test_start);
  for (int number = 2; number <= 21; ++number) agree(number, test_start + 24h);
  both_keep(21);
  // As old as may be still counts, and stays.
  agree(22, test_start + accepted_lately);
  both_keep(22);
  agree(23, test_start + accepted_lately + 24h);
  both_keep(22);
  window.from = test_start + accepted_lately + 24h;
  const auto known = accepted_share(market.models, window);
  REQUIRE(known);
  // What changes with an old request brings it back for nobody.
  const Address first{EntityKind::request, test_id<RequestId>(1).value};
  market.tell(first, RequestPhotoAdded{});
  both_keep(22);
  const Address undone{EntityKind::request, test_id<RequestId>(22).value};
  market.tell(undone, RequestReopened{person(122), test_id<OfferId>(22), test_id<DeliveryId>(22), window.from});
  both_keep(21);
  market.models.rebuild(market.journal);
  both_keep(21);
  CHECK(accepted_share(market.models, window) == known);
}

}  // namespace demand_test
