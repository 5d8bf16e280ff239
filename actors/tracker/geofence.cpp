#include "actors/tracker/geofence.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caravan {

namespace {

constexpr double metres_per_degree = 6'371'008.8 * std::numbers::pi / 180;
// Share of the reach: a single fix so far outside the edge is enough to count as left.
constexpr double exit_margin = 0.2;
constexpr std::int32_t fixes_to_leave = 2;
constexpr Duration longest_straight_line = std::chrono::minutes{15};  // between two fixes that are joined by a line

/// Metres on a plane that touches the sphere at some origin; good for a few hundred kilometres around it.
struct Flat {
  double x = 0, y = 0;
};

Flat flat(Coordinates origin, Coordinates point) {
  const double lng = std::remainder(point.lng - origin.lng, 360.0);  // the short way over the date line
  return {lng * metres_per_degree * std::cos(origin.lat * std::numbers::pi / 180),
          (point.lat - origin.lat) * metres_per_degree};
}

/// Beyond it a meridian is no straight line of such a plane.
constexpr double polar_latitude = 80;

/// Metres from the origin, by the true distance and direction: good around a pole.
Flat polar(Coordinates origin, Coordinates point) {
  constexpr double radians = std::numbers::pi / 180;
  const double from = origin.lat * radians, to = point.lat * radians, lng = (point.lng - origin.lng) * radians;
  const double bearing = std::atan2(std::sin(lng) * std::cos(to),
                                    std::cos(from) * std::sin(to) - std::sin(from) * std::cos(to) * std::cos(lng));
  const double meters = distance_meters(origin, point);
  return {meters * std::sin(bearing), meters * std::cos(bearing)};
}

bool is_polar(const Geometry& geometry) {
  const auto lies_there = [](const Coordinates& at) { return std::abs(at.lat) > polar_latitude; };
  return geometry.center ? lies_there(*geometry.center) : std::ranges::any_of(geometry.vertices, lies_there);
}

/// The longitude of the next vertex, the short way from the one before it: a fence over the date line is one piece.
double next_lng(double before, Coordinates next) { return before + std::remainder(next.lng - before, 360.0); }

/// The vertices as they are seen from the origin.
std::vector<Flat> outline(const Geometry& geometry, Coordinates origin, FenceRules rules) {
  std::vector<Flat> out;
  const bool turns = rules == FenceRules::angles && is_polar(geometry);
  const double meters_east = metres_per_degree * std::cos(origin.lat * std::numbers::pi / 180);
  double lng = origin.lng;
  for (const Coordinates& vertex : geometry.vertices) {
    lng = next_lng(lng, vertex);
    if (turns)
      out.push_back(polar(origin, vertex));
    else if (rules == FenceRules::plain)
      out.push_back(flat(origin, vertex));
    else
      out.push_back({(lng - origin.lng) * meters_east, (vertex.lat - origin.lat) * metres_per_degree});
  }
  return out;
}

/// Where on the line from a to b, from 0 to 1, the point nearest to the origin is.
double nearest_share(Flat a, Flat b) {
  const double dx = b.x - a.x, dy = b.y - a.y;
  const double square = dx * dx + dy * dy;
  return square <= 0 ? 0 : std::clamp(-(a.x * dx + a.y * dy) / square, 0.0, 1.0);
}

double distance_to_line(Flat a, Flat b) {
  const double t = nearest_share(a, b);
  return std::hypot(a.x + t * (b.x - a.x), a.y + t * (b.y - a.y));
}

/// Even-odd rule: crossings of the ray from the origin to the right.
bool crosses_ray(Flat a, Flat b) {
  if ((a.y > 0) == (b.y > 0)) return false;
  return a.x + (b.x - a.x) * (-a.y / (b.y - a.y)) > 0;
}

double polygon_distance(const Geometry& geometry, Coordinates point, FenceRules rules) {
  bool inside = false;
  double nearest = 1e12;
  const std::vector<Flat> corners = outline(geometry, point, rules);
  for (std::size_t i = 0; i < corners.size(); ++i) {
    const Flat a = corners[i], b = corners[(i + 1) % corners.size()];
    if (crosses_ray(a, b)) inside = !inside;
    nearest = std::min(nearest, distance_to_line(a, b));
  }
  return inside ? -nearest : nearest;
}

Coordinates between(Coordinates a, Coordinates b, double share) {
  const double lng = a.lng + share * std::remainder(b.lng - a.lng, 360.0);
  return {a.lat + share * (b.lat - a.lat), std::remainder(lng, 360.0)};
}

/// The middle of the fence's bounds.
Coordinates middle_of(const Geometry& geometry, FenceRules rules) {
  if (geometry.type == GeometryKind::circle) return *geometry.center;
  std::vector<Coordinates> corners = geometry.vertices;
  double sum = 0;  // around a pole it comes to a whole turn
  if (rules == FenceRules::angles) {
    for (std::size_t i = 1; i < corners.size(); ++i) corners[i].lng = next_lng(corners[i - 1].lng, corners[i]);
    sum = next_lng(corners.back().lng, corners.front()) - corners.front().lng;
  }
  auto [south, north] = std::ranges::minmax(corners, {}, &Coordinates::lat);
  if (std::abs(sum) > 180) return {std::copysign(90.0, south.lat + north.lat), 0};
  auto [west, east] = std::ranges::minmax(corners, {}, &Coordinates::lng);
  const double lng = (west.lng + east.lng) / 2;
  return {(south.lat + north.lat) / 2, rules == FenceRules::angles ? std::remainder(lng, 360.0) : lng};
}

GeofenceEvent happening(const Geofence& fence, GeofenceEventType what, Time at, Coordinates where) {
  return {fence.geofence_id, fence.type, what, at, where};
}

void enter(const Geofence& fence, FenceProgress& progress, Time at, Coordinates where,
           std::vector<GeofenceEvent>& out) {
  progress = {};
  progress.inside = true;
  progress.entered_at = at;
  out.push_back(happening(fence, GeofenceEventType::entry, at, where));
}

/// Two fixes outside the fence, with a line between them that may cross it. The traveler surely came through only where
/// the nearest point of that line is deeper inside than either fix may be wrong.
bool came_through(const Geofence& fence, const Fix& from, const Fix& to, FenceRules rules, Time& at,
                  Coordinates& where) {
  if (to.timestamp - from.timestamp > longest_straight_line) return false;
  const Coordinates middle = middle_of(fence.geometry, rules);
  const bool turns = rules == FenceRules::angles && is_polar(fence.geometry);
  const auto seen = [&](Coordinates point) { return turns ? polar(middle, point) : flat(middle, point); };
  const double share = nearest_share(seen(from.location), seen(to.location));
  if (share <= 0 || share >= 1) return false;
  where = turns ? point_on_leg(from.location, to.location, share) : between(from.location, to.location, share);
  const double doubt = std::max(from.accuracy.value_or(0), to.accuracy.value_or(0));
  if (edge_distance_meters(fence.geometry, where, rules) + doubt > 0) return false;
  const auto millis = static_cast<double>((to.timestamp - from.timestamp).count());
  at = from.timestamp + Duration{static_cast<std::int64_t>(millis * share)};
  return true;
}

void judge_inside(const Geofence& fence, FenceProgress& progress, const Fix& fix, double beyond, FenceRules rules,
                  std::vector<GeofenceEvent>& out) {
  const double doubt = fix.accuracy.value_or(0);
  if (beyond <= doubt) {  // inside, or so near the edge that the fix cannot tell
    if (beyond <= 0) progress.outside_streak = 0;
    if (!progress.dwelled && fix.timestamp - progress.entered_at >= std::chrono::seconds{fence.dwell_seconds}) {
      progress.dwelled = true;
      out.push_back(happening(fence, GeofenceEventType::dwell, fix.timestamp, fix.location));
    }
    return;
  }
  if (progress.outside_streak++ == 0) {
    progress.first_outside_at = fix.timestamp;
    progress.first_outside = fix.location;
  }
  const bool is_far = beyond > exit_margin * reach_meters(fence.geometry, rules) + doubt;
  if (!is_far && progress.outside_streak < fixes_to_leave) return;
  out.push_back(happening(fence, GeofenceEventType::exit, progress.first_outside_at, progress.first_outside));
  progress = {};
}

}  // namespace

bool is_complete(const Geometry& geometry) {
  if (geometry.type == GeometryKind::circle) return geometry.center && geometry.radius;
  return geometry.vertices.size() >= 3;
}

double edge_distance_meters(const Geometry& geometry, Coordinates point, FenceRules rules) {
  if (geometry.type == GeometryKind::polygon) return polygon_distance(geometry, point, rules);
  return distance_meters(*geometry.center, point) - *geometry.radius;
}

double reach_meters(const Geometry& geometry, FenceRules rules) {
  if (geometry.type == GeometryKind::circle) return *geometry.radius;
  double twice_area = 0;
  const std::vector<Flat> all = outline(geometry, geometry.vertices.front(), rules);
  for (std::size_t i = 0; i < all.size(); ++i) {
    const Flat a = all[i], b = all[(i + 1) % all.size()];
    twice_area += a.x * b.y - b.x * a.y;
  }
  return std::sqrt(std::abs(twice_area) / 2 / std::numbers::pi);
}

void advance(const Geofence& fence, FenceProgress& progress, const Fix* previous, const Fix& fix,
             std::vector<GeofenceEvent>& out, FenceRules rules) {
  if (fix.accuracy.value_or(0) > reach_meters(fence.geometry, rules)) return;
  const double beyond = edge_distance_meters(fence.geometry, fix.location, rules);
  if (!progress.inside) {
    Time at;
    Coordinates where;
    if (beyond <= 0) return enter(fence, progress, fix.timestamp, fix.location, out);
    if (!previous || !came_through(fence, *previous, fix, rules, at, where)) return;
    enter(fence, progress, at, where, out);
  }
  judge_inside(fence, progress, fix, beyond, rules, out);
}

}  // namespace caravan
