#include "actors/tracker/judgement.hpp"

#include <algorithm>
#include <cmath>

namespace caravan {

namespace {

constexpr double most_doubt_meters = 1'000;  // of a point that the way is judged by

bool is_exact(const Fix& fix) { return fix.accuracy.value_or(0) <= most_doubt_meters; }

bool can_tell(const Geometry& geometry, const Fix& fix, FenceRules rules = FenceRules::angles) {
  return fix.accuracy.value_or(0) <= reach_meters(geometry, rules);
}

/// Where a fix shows the traveler: nowhere, where it is too inexact to tell.
enum class Side : std::uint8_t { inside, outside, unknown };
Side side_of(const Geometry& geometry, const Fix& fix) {
  const double beyond = edge_distance_meters(geometry, fix.location);
  if (beyond > fix.accuracy.value_or(0)) return Side::outside;
  return beyond <= 0 && can_tell(geometry, fix) ? Side::inside : Side::unknown;
}

/// The newest fix before position `end` of the window that is accurate enough for this fence. The horizon (the newest
/// fix that left the window) counts as the one before all; nullptr where none is.
const Fix* before(const TrackerState& state, const Geofence& fence, std::size_t end, FenceRules rules) {
  while (end > 0)
    if (const Fix& fix = state.window[--end]; can_tell(fence.geometry, fix, rules)) return &fix;
  return state.horizon && can_tell(fence.geometry, *state.horizon, rules) ? &*state.horizon : nullptr;
}

void judge(const TrackerState& state, const Geofence& fence, FenceProgress& progress, std::size_t from, std::size_t to,
           FenceRules rules, std::vector<GeofenceEvent>& out) {
  const Fix* previous = before(state, fence, from, rules);
  for (std::size_t i = from; i < to; ++i) {
    const Fix& fix = state.window[i];
    advance(fence, progress, previous, fix, out, rules);
    if (can_tell(fence.geometry, fix, rules)) previous = &fix;
  }
}

/// Drops the older half of a full window. Before that each checkpoint is moved past the dropped fixes, because they can
/// never be judged again.
void trim(TrackerState& state, FenceRules rules) {
  const std::size_t most = rules == FenceRules::plain ? max_window_before : max_window;
  if (state.window.size() <= most) return;
  const std::size_t leave = state.window.size() - most / 2;
  std::vector<GeofenceEvent> ignored;
  for (WatchedFence& watched : state.fences) judge(state, watched.fence, watched.checkpoint, 0, leave, rules, ignored);
  state.horizon = state.window[leave - 1];
  state.window.erase(state.window.begin(), state.window.begin() + static_cast<std::ptrdiff_t>(leave));
}

/// Adds to `out` the events of `seen` that others must still hear: newer than the last one told of this fence, and
/// possible after it (no second entry without an exit).
void tell_new(const WatchedFence& watched, const std::vector<GeofenceEvent>& seen, std::vector<GeofenceEvent>& out) {
  bool inside = watched.is_inside, dwelled = watched.has_dwelled;
  for (const GeofenceEvent& event : seen) {
    if (watched.last_hit_at && event.timestamp <= *watched.last_hit_at) continue;
    const bool goes_on = event.event_type == GeofenceEventType::entry  ? !inside
                         : event.event_type == GeofenceEventType::exit ? inside
                                                                       : inside && !dwelled;
    if (!goes_on) continue;
    inside = event.event_type != GeofenceEventType::exit;
    dwelled = inside && (dwelled || event.event_type == GeofenceEventType::dwell);
    out.push_back(event);
  }
  // A late fix may have changed the past, so that what was told and the judged state disagree. A last event then tells
  // others where the traveler really is.
  if (inside == watched.current.inside || seen.empty()) return;
  GeofenceEvent last = seen.back();
  last.event_type = inside ? GeofenceEventType::exit : GeofenceEventType::entry;
  if (watched.last_hit_at) last.timestamp = std::max(last.timestamp, *watched.last_hit_at);
  out.push_back(last);
}

}  // namespace

void take_fixes(TrackerState& state, const std::vector<Fix>& fixes, std::vector<std::vector<GeofenceEvent>>& seen,
                FenceRules rules) {
  const std::size_t end = state.window.size();
  const bool in_order = end == 0 || fixes.empty() || fixes.front().timestamp > state.window.back().timestamp;
  for (const Fix& fix : fixes) {
    if (state.horizon && fix.timestamp <= state.horizon->timestamp) continue;  // too late to judge
    state.window.insert(std::ranges::upper_bound(state.window, fix.timestamp, {}, &Fix::timestamp), fix);
  }
  seen.assign(state.fences.size(), {});
  for (std::size_t i = 0; i < state.fences.size(); ++i) {
    WatchedFence& watched = state.fences[i];
    if (!in_order) watched.current = watched.checkpoint;
    judge(state, watched.fence, watched.current, in_order ? end : 0, state.window.size(), rules, seen[i]);
  }
  trim(state, rules);
}

std::vector<GeofenceEvent> new_hits(const TrackerState& state, const std::vector<Fix>& fixes) {
  TrackerState after;
  after.fences = state.fences;
  after.window = state.window;
  after.horizon = state.horizon;
  std::vector<std::vector<GeofenceEvent>> seen;
  take_fixes(after, fixes, seen, FenceRules::angles);
  std::vector<GeofenceEvent> out;
  for (std::size_t i = 0; i < seen.size(); ++i) tell_new(after.fences[i], seen[i], out);
  std::ranges::stable_sort(out, {}, &GeofenceEvent::timestamp);
  return out;
}

std::optional<Time> present_within(const TrackerState& state, const WatchedFence& watched, const Geometry& geometry) {
  if (!watched.present_since) return std::nullopt;
  std::optional<Time> since;
  for (auto fix = state.window.rbegin(); fix != state.window.rend(); ++fix) {
    const Side side = side_of(geometry, *fix);
    if (side == Side::outside) break;
    if (side == Side::inside) since = fix->timestamp;
  }
  return since ? std::optional(std::max(*since, *watched.present_since)) : std::nullopt;
}

std::optional<Time> implausible_after(const TrackerState& state, const std::vector<Fix>& fixes) {
  const double speed = fastest_speed(state.mode.value_or(TransportMode::plane));
  std::optional<Time> until = state.implausible_until;
  const auto exact = std::ranges::find_if(state.window.rbegin(), state.window.rend(), is_exact);
  const Fix* last = exact == state.window.rend() ? nullptr : &*exact;
  if (!last && state.horizon && is_exact(*state.horizon)) last = &*state.horizon;
  for (const Fix& fix : fixes) {
    // The way to a point that is told late was judged with the next one; a coarse one may be anywhere.
    if (!is_exact(fix) || (last && fix.timestamp <= last->timestamp)) continue;
    if (last) {
      const double doubt = fix.accuracy.value_or(0) + last->accuracy.value_or(0);
      const double meters = std::max(0.0, distance_meters(last->location, fix.location) - doubt);
      const Time earliest = last->timestamp + Duration{std::llround(meters / speed * 1'000)};
      if (earliest > fix.timestamp) until = std::max(until.value_or(earliest), earliest);
    }
    last = &fix;
  }
  return until;
}

std::optional<Time> doubt_of(std::optional<Time> implausible_until, Time since) {
  return implausible_until && *implausible_until > since ? implausible_until : std::nullopt;
}

std::optional<PresenceNoted> presence_after(const WatchedFence& watched, const std::vector<Fix>& fixes, Time now,
                                            std::optional<Time> implausible_until, Duration largest_gap) {
  std::optional<Time> since = watched.present_since;
  if (since && now - watched.present_until.value_or(*since) > largest_gap) since.reset();
  bool is_seen = false;
  for (const Fix& fix : fixes) {
    const Side side = side_of(watched.fence.geometry, fix);
    if (side == Side::outside) {
      const bool is_earlier = since && *since < now && fix.timestamp < *since;  // the way to the place, told late
      if (is_earlier) continue;
      since.reset();
      is_seen = false;
    } else if (side == Side::inside && now - fix.timestamp <= largest_gap) {
      if (!since) since = now;
      is_seen = true;
    }
  }
  const GeofenceId id = watched.fence.geofence_id;
  if (!since) return watched.present_since ? std::optional(PresenceNoted{id, {}, {}}) : std::nullopt;
  const bool was_told = since == watched.present_since && now - *watched.present_until < presence_pause;
  if (!is_seen || was_told) return std::nullopt;
  return PresenceNoted{id, since, now, doubt_of(implausible_until, *since)};
}

}  // namespace caravan
