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
  using Events =
      List<GeofencesSet, GeofencesRemoved, TrackingStarted, PositionsRecorded, TrackingStopped, WayBegan, WayAwaited,
           GeofenceEntered, GeofenceExited, GeofenceDwelled, GeofenceAdded, GeofenceEdited, GeofenceDeleted>;
  using Queries = List<ViewTracking, ViewPosition, ViewGeofences, ViewGeofence, ViewGeofenceEvents>;
};

Decision decide(const TrackerState&, const Context&, const DefineGeofences&);
Decision decide(const TrackerState&, const Context&, const RemoveGeofences&);
Decision decide(const TrackerState&, const Context&, const EndTracking&);
Decision decide(const TrackerState&, const Context&, const ParcelTaken&);
Decision decide(const TrackerState&, const Context&, const StartTracking&);
Decision decide(const TrackerState&, const Context&, const RecordPositions&);
Decision decide(const TrackerState&, const Context&, const StopTracking&);
Decision decide(const TrackerState&, const Context&, const AddGeofence&);
Decision decide(const TrackerState&, const Context&, const EditGeofence&);
Decision decide(const TrackerState&, const Context&, const DeleteGeofence&);

void evolve(TrackerState&, const GeofencesSet&);
void evolve(TrackerState&, const GeofencesRemoved&);
void evolve(TrackerState&, const TrackingStarted&);
void evolve(TrackerState&, const PositionsRecorded&);
void evolve(TrackerState&, const TrackingStopped&);
void evolve(TrackerState&, const WayBegan&);
void evolve(TrackerState&, const WayAwaited&);
void evolve(TrackerState&, const GeofenceEntered&);
void evolve(TrackerState&, const GeofenceExited&);
void evolve(TrackerState&, const GeofenceDwelled&);
void evolve(TrackerState&, const GeofenceAdded&);
void evolve(TrackerState&, const GeofenceEdited&);
void evolve(TrackerState&, const GeofenceDeleted&);

Answer answer(const TrackerState&, const Context&, const ViewTracking&);
Answer answer(const TrackerState&, const Context&, const ViewPosition&);
Answer answer(const TrackerState&, const Context&, const ViewGeofences&);
Answer answer(const TrackerState&, const Context&, const ViewGeofence&);
Answer answer(const TrackerState&, const Context&, const ViewGeofenceEvents&);

}  // namespace caravan
