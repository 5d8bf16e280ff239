#include "actors/delivery/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/trip/entity.hpp"
#include "storage/read_models/deliveries.hpp"
#include "storage/read_models/locator.hpp"
#include "storage/read_models/open_work.hpp"
#include "tests/storage/story.hpp"

namespace deliveries_read_model_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2), cat = test_id<UserId>(3);
const TripId trip = test_id<TripId>(1);
using Numbers = std::vector<int>;

Address delivery(std::uint8_t number) { return {EntityKind::delivery, test_id<DeliveryId>(number).value}; }

/// Bob carries 1 and 2 for Ann, Ann carries 3 for Cat. 2 was cancelled, 4 is still being accepted.
struct Market : Story {
  Market() {
    accept(1, ann, bob);
    accept(2, ann, bob);
    accept(3, cat, ann);
    DeliveryStatusChanged cancelled;
    cancelled.new_status = DeliveryStatus::cancelled;
    cancelled.at = test_start + 1h;
    tell(delivery(2), cancelled);
    begin(4, ann, bob);
  }
  void begin(std::uint8_t number, UserId customer, UserId traveler) {
    AcceptanceStarted started;
    started.terms.request_id = test_id<RequestId>(number);
    started.terms.trip_id = trip;
    started.terms.customer = customer;
    started.terms.traveler = traveler;
    started.terms.price = {3'500, *Currency::parse("USD")};
    started.at = test_start + std::chrono::minutes(number);
    tell(delivery(number), started, DeliveryNumbered{number});
  }
  void accept(std::uint8_t number, UserId customer, UserId traveler) {
    begin(number, customer, traveler);
    DeliveryCreated created;
    created.delivery_id = DeliveryId{delivery(number).id};
    created.amount = {3'500, *Currency::parse("USD")};
    created.at = test_start + std::chrono::minutes(number);
    tell(delivery(number), created);
  }
  Numbers found(UserId viewer, const DeliveryFilter& filter) {
    Numbers out;
    for (const auto& item : deliveries(models, {test_start, user(viewer)}, filter, {}).items)
      out.push_back(item.delivery_id.value.bytes[15]);
    return out;
  }
};

DeliveryFilter of(UserId party) {
  DeliveryFilter filter;
  filter.party = party;
  return filter;
}

}  // namespace

TEST_CASE("deliveries: a parcel under way is found however many newer deliveries its sides have") {
  Market market;
  for (const UserId side : {ann, bob, cat}) CHECK_FALSE(parcel_under_way(market.models, side));
  DeliveryStatusChanged carried;
  carried.new_status = DeliveryStatus::in_transit;
  market.tell(delivery(1), carried);
  for (std::uint8_t i = 10; i < 250; ++i) market.accept(i, ann, bob);
  CHECK(parcel_under_way(market.models, ann) == DeliveryId{delivery(1).id});
  CHECK(parcel_under_way(market.models, bob) == DeliveryId{delivery(1).id});
  CHECK_FALSE(parcel_under_way(market.models, cat));
}

TEST_CASE("deliveries: one of two sides that is open or ended lately is found, whichever of them is asked about") {
  Market market;
  const Time late = test_start + 1000h;
  for (const std::uint8_t number : {std::uint8_t{1}, std::uint8_t{3}}) {
    const UserId other = number == 1 ? bob : cat;
    CHECK(delivery_between(market.models, ann, other, late) == DeliveryId{delivery(number).id});
    CHECK(delivery_between(market.models, other, ann, late) == DeliveryId{delivery(number).id});
  }
  CHECK_FALSE(delivery_between(market.models, bob, cat, test_start - 1h));
  DeliveryStatusChanged cancelled;
  cancelled.new_status = DeliveryStatus::cancelled;
  cancelled.at = test_start + 5h;
  cancelled.ends = true;
  market.tell(delivery(1), cancelled);
  CHECK(delivery_between(market.models, bob, ann, test_start + 5h - 1ms) == DeliveryId{delivery(1).id});
  CHECK_FALSE(delivery_between(market.models, bob, ann, test_start + 5h));
  CHECK_FALSE(delivery_between(market.models, ann, bob, late));
}

TEST_CASE("deliveries: with whom somebody shares one, each once, while it is open or ended lately") {
  Market market;
  const auto others = [&](UserId side, Time since) {
    std::vector<UserId> out;
    for (const Counterpart& each : counterparts_of(market.models, side, since)) {
      CHECK(delivery_between(market.models, side, each.user, since));
      out.push_back(each.user);
    }
    std::ranges::sort(out);
    return out;
  };
  std::vector both{bob, cat};
  std::ranges::sort(both);
  const Time late = test_start + 1000h;
  market.accept(10, ann, bob);
  CHECK(others(ann, late) == both);
  CHECK(others(bob, late) == std::vector{ann});
  DeliveryStatusChanged cancelled;
  cancelled.new_status = DeliveryStatus::cancelled;
  cancelled.at = test_start + 5h;
  cancelled.ends = true;
  market.tell(delivery(3), cancelled);
  CHECK(others(ann, test_start + 5h - 1ms) == both);
  CHECK(others(ann, late) == std::vector{bob});
}

TEST_CASE("deliveries: of a side those that are not over are found, in either role") {
  Market market;
  CHECK(open_deliveries_of(market.models, ann).size() == 2);
  CHECK(open_deliveries_of(market.models, bob) == std::vector{DeliveryId{delivery(1).id}});
  CHECK(open_deliveries_of(market.models, cat) == std::vector{DeliveryId{delivery(3).id}});
  DeliveryStatusChanged cancelled;
  cancelled.new_status = DeliveryStatus::cancelled;
  cancelled.ends = true;
  market.tell(delivery(3), cancelled);
  CHECK(open_deliveries_of(market.models, cat).empty());
  CHECK(open_deliveries_of(market.models, ann) == std::vector{DeliveryId{delivery(1).id}});
}

TEST_CASE("deliveries: of a side those that ended lately are found where they are asked for, behind the open ones") {
  Market market;
  DeliveryStatusChanged cancelled;
  cancelled.new_status = DeliveryStatus::cancelled;
  cancelled.at = test_start + 5h;
  cancelled.ends = true;
  market.tell(delivery(1), cancelled);
  const std::vector both{DeliveryId{delivery(3).id}, DeliveryId{delivery(1).id}};
  CHECK(open_deliveries_of(market.models, ann, test_start + 5h - 1ms) == both);
  CHECK(open_deliveries_of(market.models, bob, test_start + 5h - 1ms) == std::vector{DeliveryId{delivery(1).id}});
  CHECK(open_deliveries_of(market.models, ann, test_start + 5h) == std::vector{DeliveryId{delivery(3).id}});
}

TEST_CASE("deliveries: a user's own in either role, newest first; what is not accepted yet is not there") {
  Market market;
  CHECK(market.found(ann, of(ann)) == Numbers{3, 2, 1});
  CHECK(market.found(bob, of(bob)) == Numbers{2, 1});
  CHECK(market.found(cat, of(cat)) == Numbers{3});
  DeliveryFilter filter = of(ann);
  filter.status = DeliveryStatus::accepted;
  CHECK(market.found(ann, filter) == Numbers{3, 1});
  filter = of(ann);
  filter.traveler = ann;
  CHECK(market.found(ann, filter) == Numbers{3});
  filter = {};
  filter.trip = trip;
  CHECK(market.found(bob, filter) == Numbers{2, 1});  // not shown what others carry
  filter = {};
  filter.number = "DEL-000001";
  CHECK(market.found(ann, filter) == Numbers{1});
  filter = {};
  filter.created_from = test_start + 2min;
  filter.created_until = test_start + 3min;
  CHECK(market.found(ann, filter) == Numbers{2});
}

TEST_CASE("deliveries: one that its viewer may not see leaves no gap in the pages") {
  Market market;
  DeliveryFilter all;
  const Viewer viewer{test_start, user(bob)};
  const auto first = deliveries(market.models, viewer, all, {.limit = 1, .cursor = {}});
  CHECK(first.items.empty());
  REQUIRE(first.next_cursor);
  const auto rest = deliveries(market.models, viewer, all, {.limit = 5, .cursor = *first.next_cursor});
  CHECK(rest.items.size() == 2);
}

TEST_CASE("deliveries: codes and geofences are found by their own id") {
  Market market;
  QrGenerated code;
  code.qr_code_id = test_id<QrCodeId>(7);
  market.tell(delivery(1), code);
  GeofencesSet fences;
  fences.fences.resize(1);
  fences.fences[0].geofence_id = test_id<GeofenceId>(8);
  const Address tracker{EntityKind::tracker, delivery(1).id};
  market.tell(tracker, fences);
  CHECK(locate(market.models, test_id<QrCodeId>(7).value) == delivery(1));
  CHECK(locate(market.models, test_id<GeofenceId>(8).value) == tracker);
}

TEST_CASE("open work: what a user who leaves still has to give up") {
  Market market;
  const Address request{EntityKind::request, test_id<RequestId>(9).value};
  RequestCreated created;
  created.customer_id = ann;
  market.tell(request, created);
  TripCreated published;
  published.traveler_id = ann;
  published.details.places = {{"a", 1, 1}, {"b", 2, 2}};
  market.tell({EntityKind::trip, trip.value}, published);
  const OpenWorkFound found = open_work(market.models, ann);
  CHECK(found.requests == std::vector{RequestId{request.id}});
  CHECK(found.trips == std::vector{trip});
  CHECK(found.deliveries == std::vector{DeliveryId{delivery(1).id}, DeliveryId{delivery(3).id}});

  market.tell(request, RequestCancelled{ann, "user_deleted", test_start});
  market.tell({EntityKind::trip, trip.value}, TripCompleted{ann, test_start});
  CHECK(open_work(market.models, ann).requests.empty());
  CHECK(open_work(market.models, ann).trips.empty());
  CHECK(open_work(market.models, test_id<UserId>(8)).deliveries.empty());
}

}  // namespace deliveries_read_model_test
