#pragma once

#include "actors/entity/entity.hpp"
#include "actors/tracker/commands.hpp"
#include "actors/tracker/events.hpp"
#include "actors/tracker/resources.hpp"
#include "actors/tracker/state.hpp"

namespace caravan {

struct Tracker {
  static constexpr EntityKind kind = EntityKind::tracker;
  using State = TrackerState;
  using Rejection = TrackerRejection;
  using Creates = List<DefineGeofences>;
  using Commands = List<DefineGeofences, RemoveGeofences, EndTracking, ParcelTaken, StartTracking, RecordPositions,
                        StopTracking, AddGeofence, EditGeofence, DeleteGeofence>;
  using Events = List<GeofencesSet, GeofencesRemoved, TrackingStarted, PositionsRecorded, TrackingStopped, WayBegan,
                      WayAwaited, GeofenceEntered, GeofenceExited, GeofenceDwelled, GeofenceAdded, GeofenceEdited,
                      GeofenceDeleted, PresenceNoted, TrackingTakenOver, PositionsKeptOut>;
  using Queries = List<ViewTracking, ViewPosition, ViewGeofences, ViewGeofence, ViewGeofenceEvents>;
};

}  // namespace caravan
