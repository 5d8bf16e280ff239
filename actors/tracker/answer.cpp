#include <algorithm>

#include "actors/tracker/entity.hpp"
#include "actors/values/parcel.hpp"

namespace caravan {

namespace {

bool is_hidden(const TrackerState& state, const Caller& caller) {
  return !caller.is_user(state.customer) && !caller.is_user(state.traveler) && !caller.is_admin() &&
         !caller.is_service() && !caller.is_platform();
}

/// Where somebody was and is: for the two sides, and for whoever may look at what is private.
bool hides_track(const TrackerState& state, const Caller& caller) {
  return !caller.is_user(state.customer) && !caller.is_user(state.traveler) && !caller.is_platform() &&
         !caller.may(Permission::private_data);
}

/// Any point of a complete geometry.
Coordinates a_point_of(const Geometry& geometry) {
  return geometry.center ? *geometry.center : geometry.vertices.empty() ? Coordinates{} : geometry.vertices.front();
}

/// A fence around a stop says where that is exactly, by its name too: others see the area. Services know where they set
/// their own.
GeofenceResource resource_of(const TrackerState& state, const Context& context, const WatchedFence& watched) {
  const Geofence& fence = watched.fence;
  GeofenceResource out{fence.geofence_id, DeliveryId{context.self.id}, fence.name,       fence.type,
                       fence.geometry,    fence.dwell_seconds,         watched.is_inside};
  if (!hides_track(state, context.caller) || (fence.by_service && context.caller.is_service())) return out;
  const Place area = area_of({"", a_point_of(fence.geometry).lat, a_point_of(fence.geometry).lng, {}});
  out.name = area.address;
  out.geometry = {GeometryKind::circle, area.at(), area_radius_meters, {}};
  return out;
}

}  // namespace

Answer answer(const TrackerState& state, const Context& context, const ViewTracking&) {
  if (hides_track(state, context.caller)) return refuse(TrackerRejection::not_found);
  return show(TrackingResource{state.tracking_id, DeliveryId{context.self.id}, state.status, state.started_at,
                               state.stopped_at, state.points});
}

Answer answer(const TrackerState& state, const Context& context, const ViewPosition&) {
  if (hides_track(state, context.caller)) return refuse(TrackerRejection::not_found);
  PositionResource out;
  out.delivery_id = DeliveryId{context.self.id};
  out.status = state.status;
  if (state.last) {
    out.location = state.last->location;
    out.accuracy = state.last->accuracy;
    out.speed = state.last->speed;
    out.heading = state.last->heading;
    out.battery_level = state.last->battery_level;
    out.timestamp = state.last->timestamp;
    out.age_seconds = std::max<std::int64_t>(0, (context.now - state.last->timestamp).count() / 1'000);
  }
  return show(std::move(out));
}

Answer answer(const TrackerState& state, const Context& context, const ViewGeofences&) {
  if (is_hidden(state, context.caller)) return refuse(TrackerRejection::not_found);
  GeofenceList out;
  for (const WatchedFence& watched : state.fences) out.items.push_back(resource_of(state, context, watched));
  return show(std::move(out));
}

Answer answer(const TrackerState& state, const Context& context, const ViewGeofence& query) {
  if (is_hidden(state, context.caller)) return refuse(TrackerRejection::not_found);
  for (const WatchedFence& watched : state.fences)
    if (watched.fence.geofence_id == query.geofence_id) return show(resource_of(state, context, watched));
  return refuse(TrackerRejection::not_found);
}

Answer answer(const TrackerState& state, const Context& context, const ViewGeofenceEvents& query) {
  if (is_hidden(state, context.caller)) return refuse(TrackerRejection::not_found);
  GeofenceEventList out;
  for (auto hit = state.hits.rbegin(); hit != state.hits.rend(); ++hit)
    if (hit->geofence_id == query.geofence_id) out.items.push_back(*hit);
  for (GeofenceEvent& hit : out.items) hit.told_late = hit.received_at && is_told_late(hit.timestamp, *hit.received_at);
  // Others learn that the traveler came by, and near where.
  if (hides_track(state, context.caller))
    for (GeofenceEvent& hit : out.items) hit.location = area_center(hit.location);
  return show(std::move(out));
}

}  // namespace caravan
