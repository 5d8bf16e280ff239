#include "actors/account/entity.hpp"
#include "actors/request/entity.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/read_models/requests.hpp"
#include "tests/storage/story.hpp"

namespace requests_read_model_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

constexpr Coordinates new_york{40.7128, -74.006}, boston{42.3601, -71.0589}, hartford{41.7658, -72.6734};
const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2), cat = test_id<UserId>(3);
const Viewer viewer{test_start, user(bob)};
using Numbers = std::vector<int>;

Address request(std::uint8_t number) { return {EntityKind::request, test_id<RequestId>(number).value}; }

RequestDetails details(std::string title, Coordinates from, Coordinates to) {
  RequestDetails out;
  out.title = std::move(title);
  out.pickup = {"Elm Street", from.lat, from.lng, "Ann", "+12125550100", {}};
  out.dropoff = {"Oak Avenue", to.lat, to.lng, "Cat", "+16175550100", {}};
  out.dropoff.area = "Oak Bluffs, MA";
  out.item = {"A fragile vase", "ceramics", {2'500}, {3'000}, 1, {}, {}};
  out.max_price = {6'000, *Currency::parse("USD")};
  return out;
}

/// 1: New York to Boston, 2: Hartford to Boston, 3: Boston to New York, 4: bob's own, 5: cancelled.
struct Market : Story {
  Market() {
    post(1, ann, details("Books for a friend", new_york, boston));
    post(2, ann, details("A bicycle", hartford, boston));
    post(3, ann, details("Documents", boston, new_york));
    post(4, bob, details("Mine", new_york, boston));
    post(5, ann, details("Gone", new_york, boston));
    tell(request(5), RequestCancelled{ann, "sold", test_start});
  }
  void post(std::uint8_t number, UserId customer, RequestDetails what) {
    tell(request(number),
         RequestCreated{customer, std::move(what), test_start + 48h, test_start + std::chrono::seconds(number)});
  }
  void offer(std::uint8_t number, std::uint8_t on, UserId traveler) {
    tell(request(on), OfferSubmitted{test_id<OfferId>(number),
                                     test_id<TripId>(9),
                                     traveler,
                                     ann,
                                     {3'500, *Currency::parse("USD")},
                                     {},
                                     test_start + 24h,
                                     test_start + std::chrono::minutes(number)});
  }
  Numbers found(const RequestSearch& search) {
    Numbers out;
    for (const RequestHit& hit : search_requests(models, viewer, search, {}).items)
      out.push_back(hit.request_id.value.bytes[15]);
    return out;
  }
};

RequestSearch search() { return {}; }

TripFacts drive(const std::vector<Coordinates>& route) {
  TripFacts trip;
  trip.traveler = bob;
  for (const Coordinates& at : route) trip.points.push_back({at, test_start});
  return trip;
}

}  // namespace

TEST_CASE("requests: neither narrow circles nor words of an address find out where a parcel is") {
  Market market;
  RequestDetails hidden = details("A watch", {40.7484, -73.9857}, boston);
  hidden.pickup.address = "350 5th Ave, New York, NY 10118";
  hidden.pickup.area = "New York, NY";
  market.post(6, ann, hidden);
  const Coordinates middle = area_center(hidden.pickup.at());
  REQUIRE(distance_meters(middle, hidden.pickup.at()) > 400);
  RequestSearch narrow = search();
  narrow.max_distance_meters = 100;
  narrow.route = {hidden.pickup.at()};
  CHECK(market.found(narrow) == Numbers{});
  narrow.route = {middle};
  CHECK(market.found(narrow) == Numbers{6});
  RequestSearch words = search();
  words.text = "5th ave";
  CHECK(market.found(words) == Numbers{});
  words.text = "10118";
  CHECK(market.found(words) == Numbers{});
  words.text = "new york";
  CHECK(market.found(words) == Numbers{6});
  // Another house of the same cell gives the same distances, and the same matches.
  RequestSearch far = search();
  far.route = {new_york};
  const auto distance = [&] {
    for (const RequestHit& hit : search_requests(market.models, viewer, far, {}).items)
      if (hit.request_id.value.bytes[15] == 6) return *hit.distance_to_pickup;
    return std::int64_t{-1};
  };
  const auto facts = [&] { return open_requests_along(market.models, drive({new_york, boston})).front().pickup; };
  const std::int64_t before = distance();
  CHECK(before >= 0);
  CHECK(facts() == middle);
  hidden.pickup.lat = *hidden.pickup.lat + 0.0005;
  REQUIRE(area_center(hidden.pickup.at()) == middle);
  market.tell(request(6), RequestUpdated{ann, hidden, test_start + 48h});
  CHECK(distance() == before);
  CHECK(facts() == middle);
}

TEST_CASE("requests: open ones of others near a route, in its direction") {
  Market market;
  CHECK(market.found(search()) == Numbers{3, 2, 1});
  RequestSearch by_route = search();
  by_route.route = {new_york, hartford, boston};
  by_route.max_distance_meters = 20'000;
  CHECK(market.found(by_route) == Numbers{2, 1});
  by_route.route = {boston, new_york};
  CHECK(market.found(by_route) == Numbers{3});
  by_route.route = {hartford};
  CHECK(market.found(by_route) == Numbers{2});
  const auto facts = open_requests_along(market.models, drive({new_york, boston}));
  const auto holds = [&](std::uint8_t number) {
    return std::ranges::find(facts, request(number).id, [](const RequestFacts& one) { return one.id.value; }) !=
           facts.end();
  };
  CHECK(holds(1));
  CHECK(holds(2));
  CHECK_FALSE(holds(4));  // bob's own
  CHECK_FALSE(holds(5));
  CHECK(facts.back().customer == ann);
  CHECK(facts.back().load.weight == Kilograms{2'500});
  CHECK(facts.back().deliver_by == test_start + std::chrono::seconds(1) + horizon_of(Urgency::standard));
}

TEST_CASE("requests: words, category, room and price narrow the search; operators of the index do nothing") {
  Market market;
  const auto with = [&](auto change) {
    RequestSearch narrowed = search();
    change(narrowed);
    return market.found(narrowed);
  };
  CHECK(with([](auto& s) { s.text = "bicy"; }) == Numbers{2});
  CHECK(with([](auto& s) { s.text = "VASE oak"; }) == Numbers{3, 2, 1});
  CHECK(with([](auto& s) { s.text = "vase bicycle books"; }) == Numbers{});
  CHECK(with([](auto& s) { s.text = "\" OR * NEAR( title:"; }) == Numbers{});
  CHECK(with([](auto& s) { s.category = "ceramics"; }).size() == 3);
  CHECK(with([](auto& s) { s.category = "food"; }).empty());
  CHECK(with([](auto& s) { s.room = Load{{2'500}, {3'000}, 1}; }).size() == 3);
  CHECK(with([](auto& s) { s.room = Load{{2'499}, {3'000}, 1}; }).empty());
  CHECK(with([](auto& s) { s.min_price = Price{600'000}; }).size() == 3);
  CHECK(with([](auto& s) { s.min_price = Price{600'001}; }).empty());
  CHECK(with([](auto& s) { s.urgency = Urgency::express; }).empty());
}

TEST_CASE("requests: strangers see no contacts in a list, the owner sees them") {
  Market market;
  const auto hits = search_requests(market.models, viewer, search(), {});
  CHECK_FALSE(hits.items.at(0).pickup.contact_phone);
  const auto own = own_requests(market.models, {test_start, user(ann)}, ann, {}, {.limit = 2, .cursor = {}});
  REQUIRE(own.items.size() == 2);
  CHECK(own.items[0].request_id.value == request(5).id);
  CHECK(own.items[0].pickup.contact_phone == "+12125550100");
  const auto rest =
      own_requests(market.models, {test_start, user(ann)}, ann, {}, {.limit = 2, .cursor = *own.next_cursor});
  CHECK(rest.items.size() == 2);
  CHECK_FALSE(rest.next_cursor);
  CHECK(own_requests(market.models, viewer, ann, RequestStatus::cancelled, {}).items.size() == 1);
}

TEST_CASE("offers: made and received, by status, and found by their id") {
  Market market;
  market.offer(1, 1, bob);
  market.offer(2, 1, cat);
  market.offer(3, 2, bob);
  market.tell(request(2), OfferWithdrawn{test_id<OfferId>(3), bob, test_start + 5min});
  const auto numbers = [&](UserId who, OfferRole role, std::optional<OfferStatus> status = {}) {
    Numbers out;
    for (const auto& offer : own_offers(market.models, {test_start, user(who)}, who, role, status, {}).items)
      out.push_back(offer.offer_id.value.bytes[15]);
    return out;
  };
  CHECK(numbers(bob, OfferRole::any) == Numbers{3, 1});
  CHECK(numbers(bob, OfferRole::made, OfferStatus::pending) == Numbers{1});
  CHECK(numbers(bob, OfferRole::made, OfferStatus::withdrawn) == Numbers{3});
  CHECK(numbers(bob, OfferRole::received) == Numbers{});
  CHECK(numbers(ann, OfferRole::received) == Numbers{3, 2, 1});
  CHECK(numbers(ann, OfferRole::made) == Numbers{});
  CHECK(locate(market.models, test_id<OfferId>(2).value) == request(1));
}

TEST_CASE("invitations: found by their id, whatever became of them and of the file") {
  Market market;
  const auto invite = [&](std::uint8_t number, std::uint8_t to) {
    InvitationSent sent;
    sent.invitation_id = test_id<InvitationId>(number);
    sent.traveler_id = bob;
    sent.customer_id = ann;
    market.tell(request(to), sent);
  };
  invite(31, 1);
  invite(32, 2);
  market.tell(request(1), InvitationDeclined{test_id<InvitationId>(31), bob, test_start});
  const auto check = [&] {
    CHECK(locate(market.models, test_id<InvitationId>(31).value) == request(1));
    CHECK(locate(market.models, test_id<InvitationId>(32).value) == request(2));
    CHECK_FALSE(locate(market.models, test_id<InvitationId>(33).value));
  };
  check();
  market.models.rebuild(market.journal);
  check();
}

TEST_CASE("locator: a part that was just made is known at once; what was told long ago gives way") {
  RecentParts parts;
  const auto id = [](std::uint32_t number) {
    Uuid out;
    for (std::size_t i = 0; i < 4; ++i) out.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
    return out;
  };
  const Address owner{EntityKind::request, id(7)};
  parts.remember(id(1), owner);
  CHECK(parts.find(id(1)) == owner);
  CHECK_FALSE(parts.find(id(2)));
  for (std::uint32_t number = 10; number < 50'010; ++number) parts.remember(id(number), owner);
  CHECK(parts.find(id(1)) == owner);
  for (std::uint32_t number = 50'010; number < 150'010; ++number) parts.remember(id(number), owner);
  CHECK_FALSE(parts.find(id(1)));
  CHECK(parts.find(id(150'009)) == owner);
}

TEST_CASE("requests: words and categories are compared with full case folding") {
  Market market;
  RequestDetails street = details("GRO\u1E9EE Kiste", new_york, boston);
  street.item.category = "Kaffee & Stra\u00DFe";
  market.post(6, ann, street);
  for (const char* words : {"grosse", "GRO\u00DFE", "gro\u00DFe kiste", "KAFFEE"}) {
    RequestSearch by_words = search();
    by_words.text = words;
    CHECK_MESSAGE(market.found(by_words) == Numbers{6}, words);
  }
  RequestSearch by_category = search();
  by_category.category = "KAFFEE & STRASSE";
  CHECK(market.found(by_category) == Numbers{6});
}

TEST_CASE("requests: by words nobody finds out what is masked for them") {
  Market market;
  RequestDetails written = details("Vase, write to tom@example.net", new_york, boston);
  written.item.description = "or ring 0171 2345678";
  written.item.category = "vases 030-123456789";
  market.post(6, ann, written);
  const auto found = [&](const char* words) {
    RequestSearch by_words = search();
    by_words.text = words;
    return market.found(by_words);
  };
  CHECK(found("vase write") == Numbers{6});
  for (const char* masked : {"tom", "example", "0171", "2345678", "030", "1234"})
    CHECK_MESSAGE(found(masked).empty(), std::string(masked));
}

TEST_CASE("requests: those of suspended and banned accounts are not found, by search or along a trip") {
  Market market;
  UserRegistered registered;
  registered.user_id = ann;
  registered.at = test_start;
  const Address account{EntityKind::account, ann.value};
  market.tell(account, registered, EmailVerified{});
  const auto all = market.found(search());
  REQUIRE_FALSE(all.empty());
  for (const UserStatus status : {UserStatus::suspended, UserStatus::banned}) {
    market.tell(account, UserSuspended{status, "fraud", test_id<UserId>(9), test_start});
    CHECK(market.found(search()).empty());
    CHECK(open_requests_along(market.models, drive({new_york, boston})).empty());
    market.tell(account, UserReactivated{test_id<UserId>(9), test_start});
    CHECK(market.found(search()) == all);
  }
}

}  // namespace requests_read_model_test
