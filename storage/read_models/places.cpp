#include "storage/read_models/places.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace caravan::read_models {

namespace {

constexpr double meters_per_degree = 111'195;  // of latitude, on the sphere that distance_meters measures on
constexpr double margin = 1e-4;                // degrees: an R*Tree keeps 32-bit floats

}  // namespace

Box box_around(Coordinates centre, double radius_meters) {
  const double lat = radius_meters / meters_per_degree + margin;
  Box box;
  box.south = std::max(-90.0, centre.lat - lat);
  box.north = std::min(90.0, centre.lat + lat);
  const double widest = std::max(std::abs(box.south), std::abs(box.north));
  const double shrink = std::cos(widest * std::numbers::pi / 180);
  if (shrink < 0.01) return box;
  const double lng = lat / shrink;
  if (centre.lng - lng < -180 || centre.lng + lng > 180) return box;
  box.west = centre.lng - lng;
  box.east = centre.lng + lng;
  return box;
}

Box box_around(const std::optional<Coordinates>& centre, double radius_meters) {
  return centre ? box_around(*centre, radius_meters) : Box{};
}

}  // namespace caravan::read_models
