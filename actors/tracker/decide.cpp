#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/tracker/judgement.hpp"
#include "actors/tracker/sifting.hpp"

namespace caravan {

namespace {

Address delivery_of(const Context& context) { return {EntityKind::delivery, context.self.id}; }

bool may_see(const TrackerState& state, const Caller& caller) {
  return caller.is_user(state.customer) || caller.is_user(state.traveler) || caller.is_admin() || caller.is_service() ||
         caller.is_platform();
}

std::optional<TrackerRejection> not_traveler(const TrackerState& state, const Caller& caller) {
  if (!may_see(state, caller)) return TrackerRejection::not_found;
  if (!caller.is_user(state.traveler)) return TrackerRejection::forbidden;
  return std::nullopt;
}

const WatchedFence* find_fence(const TrackerState& state, GeofenceId id) {
  auto found = std::ranges::find_if(state.fences, [&](const auto& watched) { return watched.fence.geofence_id == id; });
  return found == state.fences.end() ? nullptr : &*found;
}

TrackingResource resource_of(const TrackerState& state, const Context& context) {
  return {state.tracking_id, DeliveryId{context.self.id}, state.status, state.started_at, state.stopped_at,
          state.points};
}

void tell(Decision& decision, const TrackerState& state, const Context& context, const GeofenceEvent& hit) {
  const Crossing crossing{hit.geofence_id, hit.geofence_type, DeliveryId{context.self.id}, state.traveler, hit.location,
                          hit.timestamp,   hit.received_at};
  switch (hit.event_type) {
    case GeofenceEventType::entry:
      decision.emit(GeofenceEntered{crossing});
      break;
    case GeofenceEventType::exit:
      decision.emit(GeofenceExited{crossing});
      break;
    case GeofenceEventType::dwell:
      decision.emit(GeofenceDwelled{crossing});
      break;
  }
  decision.send(delivery_of(context), GeofenceHit{hit.geofence_id, hit.geofence_type, hit.event_type, hit.timestamp,
                                                  hit.location, state.traveler});
}

void tell_presence(Decision& decision, const Context& context, const Geofence& fence, const PresenceNoted& noted) {
  decision.emit(noted);
  decision.send(delivery_of(context),
                TravelerSeen{fence.geofence_id, fence.type, noted.since, noted.until, noted.plausible_from});
}

/// A key or a service, in whose hands nobody knows.
bool is_key(const Caller& caller) { return caller.api_key || caller.service || caller.is_service(); }

/// The traveler's own session measures, whatever a key had begun before.
bool takes_over(const TrackerState& state, const Caller& caller, const std::optional<Uuid>& source) {
  return state.source_is_key && source && !is_key(caller);
}

/// Between two points of one stay.
Duration largest_gap(const TrackerState& state) {
  return std::chrono::seconds{kept_policy(state.policy_version).waiting.largest_gap_seconds};
}

/// What started tracking measures, a session before a key: while its points go on arriving within a fence, those of
/// another session, or of a key, neither end that stay nor begin another. Whether they contradict it is told all the
/// same.
bool is_others_word(const TrackerState& state, const Context& context, const RecordPositions& command,
                    const WatchedFence& watched, const PresenceNoted& noted) {
  if (!state.source || command.source == state.source) return false;
  if (!state.source_is_key && is_key(context.caller)) return true;
  if (!watched.present_since) return false;
  const Time until = watched.present_until.value_or(*watched.present_since);
  const bool goes_on = context.now - until <= largest_gap(state);
  return goes_on && noted.since != watched.present_since;
}

/// Whoever was at a place is there no longer, as far as the tracker can tell.
void end_presence(Decision& decision, const Context& context, const WatchedFence& watched) {
  if (watched.present_since) tell_presence(decision, context, watched.fence, {watched.fence.geofence_id, {}, {}});
}

/// What the key measured until now counts for nobody.
void take_over(Decision& decision, TrackerState& state, const Context& context, Uuid source) {
  for (WatchedFence& watched : state.fences) {
    end_presence(decision, context, watched);
    watched.present_since.reset();
    watched.present_until.reset();
  }
  decision.emit(TrackingTakenOver{source, context.now});
  state.source = source;
  state.source_is_key = false;
}

}  // namespace

Decision decide(const TrackerState& state, const Context& context, const DefineGeofences& command) {
  if (!context.caller.is_platform()) return reject(TrackerRejection::forbidden);
  Decision decision;
  if (!state.exists())
    decision.emit(GeofencesSet{command.customer, command.traveler, command.fences, command.mode, command.policy_version,
                               command.parcel_name});
  GeofencesDefined defined;
  for (const Geofence& fence : command.fences) defined.geofences.push_back({fence.geofence_id, fence.type});
  return decision.send(delivery_of(context), std::move(defined));
}

Decision decide(const TrackerState& state, const Context& context, const RemoveGeofences&) {
  if (!context.caller.is_platform()) return reject(TrackerRejection::forbidden);
  if (state.status == TrackingStatus::ended) return {};
  return Decision{}.emit(GeofencesRemoved{});
}

Decision decide(const TrackerState& state, const Context& context, const EndTracking&) {
  if (!context.caller.is_platform()) return reject(TrackerRejection::forbidden);
  if (state.status == TrackingStatus::ended) return {};
  return Decision{}.emit(TrackingStopped{DeliveryId{context.self.id}, state.traveler, true, context.now});
}

Decision decide(const TrackerState& state, const Context& context, const ParcelTaken&) {
  if (!context.caller.is_platform()) return reject(TrackerRejection::forbidden);
  if (state.status == TrackingStatus::ended) return {};
  Decision decision;
  // Where the parcel was taken the traveler was: a stay anywhere begins anew with the next point.
  for (const WatchedFence& watched : state.fences) end_presence(decision, context, watched);
  if (!state.awaits_first) decision.emit(WayAwaited{});
  return decision;
}

Decision decide(const TrackerState& state, const Context& context, const StartTracking& command) {
  if (auto why = not_traveler(state, context.caller)) return reject(*why);
  if (state.status == TrackingStatus::ended) return reject(TrackerRejection::tracking_ended);
  Decision decision;
  if (state.status == TrackingStatus::active) {
    TrackerState after = state;
    if (takes_over(state, context.caller, command.source)) take_over(decision, after, context, *command.source);
    return decision.answer(resource_of(state, context));
  }
  const TrackingStarted started{
      context.new_id<TrackingId>(), DeliveryId{context.self.id}, state.traveler, context.now, command.source,
      is_key(context.caller)};
  decision.emit(started);
  Notify notice{.template_id = "tracking_started",
                .variables = {{"deliveryId", started.delivery_id.text()}},
                .subject = context.self.id};
  if (state.parcel_name) name_parcel(notice.variables, *state.parcel_name, state.parcel_name->traveler_name);
  decision.send(inbox_of(state.customer), std::move(notice));
  return decision.answer(TrackingResource{
      started.tracking_id, started.delivery_id, TrackingStatus::active, context.now, {}, state.points});
}

namespace {

Decision record(Decision decision, const TrackerState& state, const Context& context, const RecordPositions& command) {
  Sifted sifted = sift(state, command.points, context.now);
  std::vector<Fix>& fresh = sifted.fresh;
  PositionsTaken& taken = sifted.taken;
  if (taken.out_of_range == static_cast<std::int32_t>(command.points.size()))
    return reject(TrackerRejection::timestamp_out_of_range, "A point is at most 7 days old and 5 minutes ahead.");
  // What nobody can have reached is not where the traveler was, but it contradicts what else was told.
  const std::optional<Time> implausible_until = implausible_after(state, sifted.told);
  const PositionsKeptOut kept_out{taken.implausible, sifted.jump, implausible_until, context.now};
  if (fresh.empty()) {
    if (taken.implausible > 0) decision.emit(kept_out);
    return decision.answer(std::move(taken));
  }
  taken.geofence_events = new_hits(state, fresh);
  for (GeofenceEvent& hit : taken.geofence_events) {
    hit.received_at = context.now;
    hit.told_late = is_told_late(hit.timestamp, context.now);
  }
  taken.began = state.awaits_first;
  const Time first = fresh.front().timestamp;
  for (const WatchedFence& watched : state.fences)
    if (const auto noted = presence_after(watched, fresh, context.now, implausible_until, largest_gap(state));
        noted && !is_others_word(state, context, command, watched, *noted))
      tell_presence(decision, context, watched.fence, *noted);
  decision.emit(PositionsRecorded{std::move(fresh), context.now, implausible_until, FenceRules::angles});
  if (taken.implausible > 0) decision.emit(kept_out);
  if (taken.began) {
    decision.emit(WayBegan{first});
    decision.send(delivery_of(context), TrackingBegan{first});
  }
  for (const GeofenceEvent& hit : taken.geofence_events) tell(decision, state, context, hit);
  return decision.answer(std::move(taken));
}

}  // namespace

Decision decide(const TrackerState& state, const Context& context, const RecordPositions& command) {
  if (auto why = not_traveler(state, context.caller)) return reject(*why);
  if (state.status == TrackingStatus::ended) return reject(TrackerRejection::tracking_ended);
  if (state.status != TrackingStatus::active) return reject(TrackerRejection::tracking_not_active);
  if (!takes_over(state, context.caller, command.source)) return record({}, state, context, command);
  Decision decision;
  TrackerState after = state;
  take_over(decision, after, context, *command.source);
  return record(std::move(decision), after, context, command);
}

Decision decide(const TrackerState& state, const Context& context, const StopTracking&) {
  if (auto why = not_traveler(state, context.caller)) return reject(*why);
  if (state.status == TrackingStatus::active && state.source && !state.source_is_key && is_key(context.caller))
    return reject(TrackerRejection::forbidden, "A session of the traveler's tracks, and no key stops it.");
  TrackingResource out = resource_of(state, context);
  if (state.status == TrackingStatus::stopped || state.status == TrackingStatus::ended)
    return Decision{}.answer(std::move(out));
  if (state.status != TrackingStatus::active) return reject(TrackerRejection::tracking_not_active);
  out.status = TrackingStatus::stopped;
  out.stopped_at = context.now;
  Decision decision;
  for (const WatchedFence& watched : state.fences) end_presence(decision, context, watched);
  decision.emit(TrackingStopped{DeliveryId{context.self.id}, state.traveler, false, context.now});
  return decision.answer(std::move(out));
}

Decision decide(const TrackerState& state, const Context& context, const AddGeofence& command) {
  if (!context.caller.is_service()) return reject(TrackerRejection::forbidden);
  if (state.status == TrackingStatus::ended) return reject(TrackerRejection::tracking_ended);
  if (!is_complete(command.fence.geometry)) return reject(TrackerRejection::invalid_geometry);
  if (find_fence(state, command.fence.geofence_id)) return {};
  if (state.fences.size() >= max_geofences) return reject(TrackerRejection::limit_reached);
  GeofenceAdded added{command.fence};
  added.fence.by_service = true;
  return Decision{}.emit(std::move(added));
}

namespace {

/// Waits are measured in the fence around a stop, and paid for: it lies where both sides say, and nobody else moves it.
std::optional<Decision> follows_its_pin(const Context& context, const WatchedFence& watched) {
  if (context.caller.is_platform() || watched.fence.by_service) return std::nullopt;
  return reject(TrackerRejection::forbidden, "The fence of a handover follows its pin.");
}

}  // namespace

Decision decide(const TrackerState& state, const Context& context, const EditGeofence& command) {
  if (!context.caller.is_service() && !context.caller.is_platform()) return reject(TrackerRejection::forbidden);
  const WatchedFence* watched = find_fence(state, command.geofence_id);
  if (!watched) return reject(TrackerRejection::not_found);
  if (const auto no = follows_its_pin(context, *watched)) return *no;
  if (command.geometry && !is_complete(*command.geometry)) return reject(TrackerRejection::invalid_geometry);
  GeofenceEdited edited{watched->fence};
  if (command.name) edited.fence.name = *command.name;
  if (command.geometry) edited.fence.geometry = *command.geometry;
  if (command.dwell_seconds) edited.fence.dwell_seconds = *command.dwell_seconds;
  Decision decision;
  const std::optional<Time> since = present_within(state, *watched, edited.fence.geometry);
  if (!since) end_presence(decision, context, *watched);
  const Geofence fence = edited.fence;
  decision.emit(std::move(edited));
  if (since) {
    // Points that came since the stay was told last may be all that lie in the new fence, and a phone may be ahead.
    const Time began = std::min(*since, context.now);
    const Time until = std::max(began, watched->present_until.value_or(began));
    tell_presence(decision, context, fence,
                  {fence.geofence_id, began, until, doubt_of(state.implausible_until, began)});
  }
  return decision;
}

Decision decide(const TrackerState& state, const Context& context, const DeleteGeofence& command) {
  if (!context.caller.is_service()) return reject(TrackerRejection::forbidden);
  const WatchedFence* watched = find_fence(state, command.geofence_id);
  if (!watched) return reject(TrackerRejection::not_found);
  if (const auto no = follows_its_pin(context, *watched)) return *no;
  Decision decision;
  end_presence(decision, context, *watched);
  return decision.emit(GeofenceDeleted{command.geofence_id});
}

}  // namespace caravan
