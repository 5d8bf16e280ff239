#pragma once

#include "actors/tracker/entity.hpp"
#include "tests/testkit/entity.hpp"

/// A tracker with one geofence to begin a test with.
namespace caravan::testkit::trackers {

inline const UserId sender = test_id<UserId>(1), carrier = test_id<UserId>(2);
inline const Address self{EntityKind::tracker, test_id<DeliveryId>(10).value};
inline constexpr Coordinates center{52.5200, 13.4050};
inline constexpr double degrees_per_meter = 1 / 111'195.0;

inline Geofence circle(std::uint8_t number = 30, double radius = 100) {
  Geofence fence;
  fence.geofence_id = test_id<GeofenceId>(number);
  fence.name = "Pickup";
  fence.geometry = {GeometryKind::circle, center, radius, {}};
  return fence;
}

inline Given<Tracker> defined(Geofence fence = circle()) {
  Given<Tracker> tracker(self);
  tracker.as(entity({EntityKind::delivery, self.id})).when(DefineGeofences{sender, carrier, {std::move(fence)}});
  return tracker;
}

}  // namespace caravan::testkit::trackers
