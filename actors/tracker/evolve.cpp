#include <algorithm>

#include "actors/tracker/entity.hpp"
#include "actors/tracker/judgement.hpp"

namespace caravan {

namespace {

WatchedFence* find_fence(TrackerState& state, GeofenceId id) {
  auto found = std::ranges::find_if(state.fences, [&](const auto& watched) { return watched.fence.geofence_id == id; });
  return found == state.fences.end() ? nullptr : &*found;
}

WatchedFence watched_from_now(const Geofence& fence) {
  WatchedFence watched;
  watched.fence = fence;
  return watched;
}

void keep_hit(TrackerState& state, const Crossing& crossing, GeofenceEventType type) {
  if (state.hits.size() >= max_hits) state.hits.erase(state.hits.begin());
  state.hits.push_back({crossing.geofence_id, crossing.geofence_type, type, crossing.timestamp, crossing.location,
                        crossing.received_at});
  WatchedFence* watched = find_fence(state, crossing.geofence_id);
  if (!watched) return;
  watched->is_inside = type != GeofenceEventType::exit;
  watched->has_dwelled = type == GeofenceEventType::dwell;
  watched->last_hit_at = crossing.timestamp;
}

}  // namespace

void evolve(TrackerState& state, const GeofencesSet& event) {
  state.customer = event.customer;
  state.traveler = event.traveler;
  state.mode = event.mode;
  state.policy_version = event.policy_version;
  state.parcel_name = event.parcel_name;
  for (const Geofence& fence : event.fences) state.fences.push_back(watched_from_now(fence));
}

void evolve(TrackerState& state, const GeofencesRemoved&) {
  state.fences.clear();
  state.status = TrackingStatus::ended;
}

void evolve(TrackerState& state, const TrackingStarted& event) {
  state.status = TrackingStatus::active;
  state.tracking_id = event.tracking_id;
  state.started_at = event.at;
  state.stopped_at.reset();
  state.awaits_first = true;
  state.source = event.source;
  state.source_is_key = event.by_key;
}

void evolve(TrackerState& state, const TrackingTakenOver& event) {
  state.source = event.source;
  state.source_is_key = false;
}

void evolve(TrackerState& state, const PositionsRecorded& event) {
  std::vector<std::vector<GeofenceEvent>> seen;
  state.implausible_until = event.implausible_until;
  take_fixes(state, event.points, seen, event.rules);
  const Fix& newest = event.points.back();
  if (!state.last || newest.timestamp > state.last->timestamp) state.last = newest;
  state.last_received_at = event.received_at;
  state.points += static_cast<std::int64_t>(event.points.size());
  if (event.rules == FenceRules::plain) return;
  state.jump.reset();
  std::vector<Time> times;
  for (const Fix& fix : event.points) times.push_back(fix.timestamp);
  add_times(state.known, times);
}

void evolve(TrackerState& state, const PositionsKeptOut& event) {
  state.kept_out += event.count;
  state.jump = event.jump;
  state.implausible_until = event.implausible_until;
}

void evolve(TrackerState& state, const TrackingStopped& event) {
  state.status = event.for_good ? TrackingStatus::ended : TrackingStatus::stopped;
  state.stopped_at = event.at;
}

void evolve(TrackerState& state, const WayBegan&) { state.awaits_first = false; }

void evolve(TrackerState& state, const WayAwaited&) { state.awaits_first = true; }

void evolve(TrackerState& state, const GeofenceEntered& event) {
  keep_hit(state, event.crossing, GeofenceEventType::entry);
}

void evolve(TrackerState& state, const GeofenceExited& event) {
  keep_hit(state, event.crossing, GeofenceEventType::exit);
}

void evolve(TrackerState& state, const GeofenceDwelled& event) {
  keep_hit(state, event.crossing, GeofenceEventType::dwell);
}

void evolve(TrackerState& state, const GeofenceAdded& event) { state.fences.push_back(watched_from_now(event.fence)); }

void evolve(TrackerState& state, const GeofenceEdited& event) {
  WatchedFence* watched = find_fence(state, event.fence.geofence_id);
  if (!watched) return;
  // Whether a stay goes on is told by PresenceNoted.
  WatchedFence fresh = watched_from_now(event.fence);
  fresh.present_since = watched->present_since;
  fresh.present_until = watched->present_until;
  *watched = std::move(fresh);
}

void evolve(TrackerState& state, const PresenceNoted& event) {
  WatchedFence* watched = find_fence(state, event.geofence_id);
  if (!watched) return;
  watched->present_since = event.since;
  watched->present_until = event.until;
}

void evolve(TrackerState& state, const GeofenceDeleted& event) {
  std::erase_if(state.fences, [&](const auto& watched) { return watched.fence.geofence_id == event.geofence_id; });
}

}  // namespace caravan
