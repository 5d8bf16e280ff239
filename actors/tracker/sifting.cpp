#include "actors/tracker/sifting.hpp"

#include <algorithm>
#include <cmath>

namespace caravan {

namespace {

constexpr double fastest_fix = 400;           // metres a second: nobody flies faster
constexpr double most_accuracy = 100'000;     // metres; what is less exact tells no place
constexpr double null_island_doubt = 10'000;  // metres; a device that knows nothing says 0/0

template <class Number>
void leave_out(std::optional<Number>& value, Number least, Number most) {
  if (value && !(*value >= least && *value <= most)) value.reset();  // nor what is no number
}

/// Without what its device does not know; nothing where it tells no place.
std::optional<Fix> usable(Fix fix) {
  const Coordinates at = fix.location;
  if (!(std::abs(at.lat) <= 90 && std::abs(at.lng) <= 180)) return std::nullopt;
  if (fix.accuracy && *fix.accuracy > most_accuracy) return std::nullopt;
  if (at == Coordinates{} && fix.accuracy.value_or(0) >= null_island_doubt) return std::nullopt;
  leave_out(fix.accuracy, 0.0, most_accuracy);
  leave_out(fix.speed, 0.0, 1'000.0);
  leave_out(fix.heading, 0.0, 360.0);
  leave_out(fix.battery_level, 0, 100);
  return fix;
}

bool can_reach(const Fix& from, const Fix& to) {
  const double doubt = from.accuracy.value_or(0) + to.accuracy.value_or(0);
  const double seconds = std::abs(static_cast<double>((to.timestamp - from.timestamp).count())) / 1'000;
  return distance_meters(from.location, to.location) - doubt <= fastest_fix * std::max(seconds, 1.0);
}

struct Told {
  Fix fix;
  std::size_t index = 0;  // in the batch
};

/// Whether each point, in order of their time, is one that somebody can have reached.
std::vector<bool> believed(const TrackerState& state, const std::vector<Told>& points, std::optional<Fix>& jump) {
  std::vector<bool> out(points.size(), true);
  std::optional<Fix> last = state.horizon;
  const std::size_t none = points.size();
  std::size_t own_jump = none;  // where `jump` is one of these points
  auto known = state.window.begin();
  for (std::size_t i = 0; i < points.size(); ++i) {
    const Fix& fix = points[i].fix;
    for (; known != state.window.end() && known->timestamp < fix.timestamp; ++known)
      if (!last || known->timestamp > last->timestamp) last = *known;
    const bool is_newest = known == state.window.end();
    // Before the horizon nothing is known of where it was.
    const bool from_last = !last || last->timestamp > fix.timestamp || can_reach(*last, fix);
    const bool stands_by = is_newest && jump && jump->timestamp < fix.timestamp && can_reach(*jump, fix);
    out[i] = (from_last || stands_by) && (is_newest || can_reach(fix, *known));
    if (out[i]) {
      if (!from_last && own_jump != none) out[own_jump] = true;
      if (is_newest) {
        jump.reset();
        own_jump = none;
      }
      if (!last || fix.timestamp > last->timestamp) last = fix;
    } else if (is_newest) {
      jump = fix;
      own_jump = i;
    }
  }
  return out;
}

/// The points that are new, in order of their time; notes what becomes of the others.
std::vector<Told> unknown(const TrackerState& state, const std::vector<Fix>& points, Time now,
                          std::vector<PointOutcome>& results) {
  std::vector<Told> out;
  out.reserve(points.size());
  std::optional<std::vector<Time>> times;  // looked up where a point may be a repeat at all
  const auto is_known = [&](Time at) {
    if (std::ranges::binary_search(state.window, at, {}, &Fix::timestamp)) return true;
    if (state.known.forgotten_until && at <= *state.known.forgotten_until) return true;
    if (state.known.count == 0 || at > state.known.last) return false;
    if (!times) times = all_times(state.known);
    return std::ranges::binary_search(*times, at);
  };
  for (std::size_t i = 0; i < points.size(); ++i) {
    const auto fix = usable(points[i]);
    if (!fix)
      results[i] = PointOutcome::unusable;
    else if (fix->timestamp > now + max_ahead || fix->timestamp < now - max_behind)
      results[i] = PointOutcome::out_of_range;
    else if (is_known(fix->timestamp))
      results[i] = PointOutcome::repeated;
    else
      out.push_back({*fix, i});
  }
  const auto inexact = [](const Fix& fix) { return fix.accuracy.value_or(most_accuracy); };
  std::ranges::stable_sort(out, [&](const Told& a, const Told& b) {
    if (a.fix.timestamp != b.fix.timestamp) return a.fix.timestamp < b.fix.timestamp;
    return inexact(a.fix) < inexact(b.fix);
  });
  std::vector<Told> once;
  for (const Told& told : out) {
    if (!once.empty() && once.back().fix.timestamp == told.fix.timestamp)
      results[told.index] = PointOutcome::repeated;
    else
      once.push_back(told);
  }
  return once;
}

}  // namespace

Sifted sift(const TrackerState& state, const std::vector<Fix>& points, Time now) {
  Sifted out;
  out.jump = state.jump;
  std::vector<PointOutcome>& results = out.taken.results;
  results.assign(points.size(), PointOutcome::accepted);
  const std::vector<Told> once = unknown(state, points, now, results);
  const std::vector<bool> is_believed = believed(state, once, out.jump);
  for (std::size_t i = 0; i < once.size(); ++i) {
    out.told.push_back(once[i].fix);
    if (is_believed[i])
      out.fresh.push_back(once[i].fix);
    else
      results[once[i].index] = PointOutcome::implausible;
  }
  const auto count = [&](PointOutcome outcome) {
    return static_cast<std::int32_t>(std::ranges::count(results, outcome));
  };
  out.taken.accepted = count(PointOutcome::accepted);
  out.taken.repeated = count(PointOutcome::repeated);
  out.taken.out_of_range = count(PointOutcome::out_of_range);
  out.taken.implausible = count(PointOutcome::implausible);
  out.taken.unusable = count(PointOutcome::unusable);
  return out;
}

}  // namespace caravan
