#include <algorithm>

#include "actors/dispute/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "tests/testkit/delivery_stages.hpp"

namespace delivery_told_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace caravan::delivery_stages;
using std::chrono::hours;
using std::chrono::minutes;

TEST_CASE("told: the timeline says when a place that was reached was told, and what was told late or in a dispute") {
  const auto told = [](Duration age, bool disputed) {
    Given<Delivery> delivery = accepted();
    delivery.now += hours{48};
    if (disputed) delivery.state.dispute = test_id<DisputeId>(77);
    delivery.as(entity(tracker)).when(hit(Handover::pickup, GeofenceEventType::entry, delivery.now - age));
    const auto shown = delivery.as(user(sender)).ask(ViewTimeline{}).resource;
    for (const TimelineItem& item : shown.get_if<DeliveryPage<TimelineItem>>()->items)
      if (item.type == "geofence_entry") {
        CHECK(item.at == delivery.now - age);
        CHECK(item.received_at == delivery.now);
        return item.told_late;
      }
    FAIL("nothing was told");
    return false;
  };
  CHECK_FALSE(told(minutes{1}, false));
  CHECK_FALSE(told(minutes{10}, false));
  CHECK(told(minutes{11}, false));
  CHECK(told(hours{21}, false));
  CHECK(told(minutes{1}, true));
  // Of an earlier build: it keeps what it showed.
  Given<Delivery> delivery = accepted();
  evolve(delivery.state,
         PlaceReached{hit(Handover::pickup, GeofenceEventType::entry, test_start), test_start + hours{1}});
  CHECK_FALSE(delivery.state.timeline.back().received_at);
}

TEST_CASE("told: a parcel is on its way no earlier than it was picked up") {
  for (const Time at : {test_start - hours{96}, picked_up().now + minutes{3}}) {
    Given<Delivery> delivery = picked_up();
    delivery.as(entity(tracker)).when(TrackingBegan{at});
    REQUIRE(delivery.state.timeline.back().type == "in_transit");
    CHECK(delivery.state.timeline.back().at == std::max(at, *delivery.state.pickup_completed_at));
  }
  Given<Delivery> left = picked_up();
  left.as(entity(tracker)).when(hit(Handover::pickup, GeofenceEventType::exit, test_start - hours{96}));
  CHECK(left.state.timeline.back().at == *left.state.pickup_completed_at);
}

TEST_CASE("delivery: whoever is suspended or banned, the other side hears so at once") {
  const Caller from_account = entity({EntityKind::account, carrier.value});
  for (const UserId inactive : {sender, carrier}) {
    Given<Delivery> delivery = accepted();
    CHECK(delivery.as(user(inactive)).when(SideInactive{inactive, true}) == "! forbidden");
    CHECK(delivery.as(from_account).when(SideInactive{test_id<UserId>(99), true}) == "(nothing)");
    CHECK(delivery.last.effects.empty());
    CHECK(delivery.when(SideInactive{inactive, true}) == "(nothing)");
    REQUIRE(delivery.last.effects.size() == 1);
    CHECK(delivery.last.effects.front().to == inbox_of(inactive == sender ? carrier : sender));
    CHECK(delivery.sent<Notify>()->template_id == "other_side_inactive");
    CHECK(delivery.sent<Notify>()->priority == NotifyPriority::high);
    CHECK(delivery.sent<Notify>()->variables.contains("mayLeave"));
  }
  Given<Delivery> over = delivered();
  CHECK(over.as(from_account).when(SideInactive{carrier, true}) == "(nothing)");
  CHECK(over.last.effects.empty());
}

TEST_CASE("delivery: a parcel whose traveler is banned is an administrator's matter at once; a suspension may end") {
  const Caller from_account = entity({EntityKind::account, carrier.value});
  Given<Delivery> delivery = in_transit();
  CHECK(delivery.as(from_account).when(SideInactive{carrier, false}) == "(nothing)");
  CHECK(delivery.sent<Notify>()->variables.contains("withThem"));
  CHECK_FALSE(delivery.sent<OpenDispute>());
  CHECK(delivery.when(SideInactive{carrier, true}) == "delivery.decision_asked");
  REQUIRE(delivery.sent<OpenDispute>());
  CHECK(delivery.sent<OpenDispute>()->opener == sender);
  CHECK(delivery.sent<OpenDispute>()->reason == "traveler banned");
  delivery.as(entity({EntityKind::dispute, parcel.id})).when(DisputeOpened{DisputeId{parcel.id}});
  CHECK(delivery.as(from_account).when(SideInactive{carrier, true}) == "(nothing)");

  Given<Delivery> of_customer = in_transit();
  CHECK(of_customer.as(from_account).when(SideInactive{sender, true}) == "(nothing)");
  CHECK(of_customer.sent<Notify>()->variables.contains("withYou"));
}

}  // namespace delivery_told_test
