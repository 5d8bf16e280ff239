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

}  // namespace caravan
