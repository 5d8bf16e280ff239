#include <algorithm>

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

}  // namespace delivery_told_test
