#include "actors/values/coordinates.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caravan {

double distance_meters(Coordinates a, Coordinates b) {
  constexpr double mean_radius_meters = 6'371'008.8;  // IUGG
  constexpr double radians = std::numbers::pi / 180;
  const double half_lat = std::sin((b.lat - a.lat) * radians / 2);
  const double half_lng = std::sin((b.lng - a.lng) * radians / 2);
  const double h = half_lat * half_lat + std::cos(a.lat * radians) * std::cos(b.lat * radians) * half_lng * half_lng;
  return 2 * mean_radius_meters * std::asin(std::sqrt(std::clamp(h, 0.0, 1.0)));
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
