#include "actors/values/coordinates.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caravan {

namespace {

constexpr double mean_radius_meters = 6'371'008.8;  // IUGG
constexpr double radians = std::numbers::pi / 180;

double dot(const SpherePoint& a, const SpherePoint& b) { return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]; }

SpherePoint cross(const SpherePoint& a, const SpherePoint& b) {
  return {a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]};
}

}  // namespace

SpherePoint on_sphere(Coordinates c) {
  const double ring = std::cos(c.lat * radians);
  return {ring * std::cos(c.lng * radians), ring * std::sin(c.lng * radians), std::sin(c.lat * radians)};
}

double distance_meters(Coordinates a, Coordinates b) {
  const double half_lat = std::sin((b.lat - a.lat) * radians / 2);
  const double half_lng = std::sin((b.lng - a.lng) * radians / 2);
  const double h = half_lat * half_lat + std::cos(a.lat * radians) * std::cos(b.lat * radians) * half_lng * half_lng;
  return 2 * mean_radius_meters * std::asin(std::sqrt(std::clamp(h, 0.0, 1.0)));
}

LegPosition nearest_on_leg(Coordinates a, Coordinates b, Coordinates point) {
  const SpherePoint from = on_sphere(a), to = on_sphere(b), at = on_sphere(point);
  const SpherePoint normal = cross(from, to);  // of the plane of the great circle
  const double sine = std::sqrt(dot(normal, normal));
  constexpr double no_leg = 1e-12;  // micrometres
  if (sine < no_leg) return {distance_meters(a, point), 0};
  // The angle from a, along the leg, to the foot of the perpendicular.
  const double whole = std::atan2(sine, dot(from, to));
  const double foot = std::atan2(dot(cross(from, at), normal) / sine, dot(from, at));
  // Of the arc beyond the leg, the half next to a belongs to a.
  if (foot < 0 || foot > whole) {
    const double to_a = distance_meters(a, point), to_b = distance_meters(b, point);
    return to_a <= to_b ? LegPosition{to_a, 0} : LegPosition{to_b, 1};
  }
  const double aside = std::asin(std::clamp(dot(at, normal) / sine, -1.0, 1.0));
  return {std::abs(aside) * mean_radius_meters, foot / whole};
}

Coordinates point_on_leg(Coordinates a, Coordinates b, double share) {
  const SpherePoint from = on_sphere(a), to = on_sphere(b);
  SpherePoint at{};
  for (std::size_t i = 0; i < at.size(); ++i) at[i] = from[i] + (to[i] - from[i]) * share;
  return {std::atan2(at[2], std::hypot(at[0], at[1])) / radians, std::atan2(at[1], at[0]) / radians};
}

Coordinates area_center(Coordinates exact) {
  constexpr double meters_a_degree = 111'195, side_meters = 2'000;
  constexpr double height = side_meters / meters_a_degree;  // of a row, in degrees
  const auto rounded = [](double degrees) { return std::round(degrees * 1e5) / 1e5; };
  const double lat = std::clamp((std::floor(exact.lat / height) + 0.5) * height, -90.0, 90.0);
  // A row has as many cells as fit around the earth where it lies.
  const double cells =
      std::max(1.0, std::floor(360 * meters_a_degree * std::cos(lat * std::numbers::pi / 180) / side_meters));
  const double cell = std::min(std::floor((exact.lng + 180) / 360 * cells), cells - 1);
  return {rounded(lat), rounded((cell + 0.5) / cells * 360 - 180)};
}

}  // namespace caravan
