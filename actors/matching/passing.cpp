#include "actors/matching/passing.hpp"

#include <algorithm>
#include <cmath>

namespace caravan {

namespace {

/// A place as it is seen from one leg, or from one stop.
struct Seen {
  double beside = 0;  // metres
  double along = 0;   // metres of the whole way
  Time due;
};

/// By leg; by stop for travel that keeps to them.
std::vector<Seen> seen_from(const std::vector<TripPoint>& points, bool stops, Coordinates place) {
  std::vector<Seen> out;
  double way = 0;
  for (std::size_t i = 0; i < points.size(); ++i) {
    const TripPoint& at = points[i];
    if (stops) out.push_back({distance_meters(at.at, place), way, at.due});
    if (i + 1 == points.size()) break;
    const TripPoint& next = points[i + 1];
    const double length = distance_meters(at.at, next.at);
    const LegPosition nearest = nearest_on_leg(at.at, next.at, place);
    if (!stops) out.push_back({nearest.meters, way + length * nearest.share, at_share(at, next, nearest.share)});
    way += length;
  }
  return out;
}

/// How long before a departure the traveler is at the stop, and after an arrival still there.
struct Dwell {
  std::chrono::minutes before{0}, after{0};
};
Dwell dwell_of(TransportMode mode) {
  using std::chrono::minutes;
  switch (mode) {
    case TransportMode::plane:
      return {minutes{90}, minutes{30}};
    case TransportMode::train:
      return {minutes{20}, minutes{10}};
    case TransportMode::bus:
      return {minutes{15}, minutes{10}};
    default:
      return {};
  }
}

}  // namespace

Duration driven(double meters) { return Duration{std::llround(meters / detour_speed * 1'000)}; }

Time at_share(const TripPoint& from, const TripPoint& to, double share) {
  const auto whole = static_cast<double>((to.due - from.due).count());
  return from.due + Duration{std::llround(whole * std::clamp(share, 0.0, 1.0))};
}

Time fetched_for(const TripPoint& stop, TransportMode mode, double meters) {
  return stop.due - dwell_of(mode).before - driven(meters);
}

Time brought_from(const TripPoint& stop, TransportMode mode, double meters) {
  return stop.due + dwell_of(mode).after + driven(meters);
}

Passing passing(const std::vector<TripPoint>& points, TransportMode mode, Coordinates pickup, Coordinates dropoff) {
  const bool stops = keeps_to_stops(mode);
  const std::vector<Seen> on = seen_from(points, stops, pickup), off = seen_from(points, stops, dropoff);
  double any = INFINITY, best = INFINITY;
  Passing out;
  for (std::size_t i = 0; i < on.size(); ++i)
    for (std::size_t j = 0; j < off.size(); ++j) {
      const double beside = on[i].beside + off[j].beside;
      any = std::min(any, beside);
      // At one stop a parcel gets on or off, not both; on one leg the traveler may turn round a little.
      if (j < i || (stops && j == i)) continue;
      const double back = std::max(0.0, on[i].along - off[j].along);
      if (beside + back >= best) continue;
      best = beside + back;
      out.beside_meters = std::llround(std::max(on[i].beside, off[j].beside));
      out.picked_up = stops ? fetched_for(points[i], mode, on[i].beside) : on[i].due + driven(on[i].beside);
      out.delivered = stops ? brought_from(points[j], mode, off[j].beside)
                            : std::max(off[j].due, out.picked_up) + driven(off[j].beside);
    }
  out.back_meters = std::llround(best - any);
  return out;
}

}  // namespace caravan
