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
  return grown({centre.lat, centre.lat, centre.lng, centre.lng}, radius_meters);
}

Box grown(const Box& box, double meters) {
  const double lat = meters / meters_per_degree + margin;
  Box out;
  out.south = std::max(-90.0, box.south - lat);
  out.north = std::min(90.0, box.north + lat);
  const double widest = std::max(std::abs(out.south), std::abs(out.north));
  const double shrink = std::cos(widest * std::numbers::pi / 180);
  if (shrink < 0.01) return out;
  const double lng = lat / shrink;
  if (box.west - lng < -180 || box.east + lng > 180) return out;
  out.west = box.west - lng;
  out.east = box.east + lng;
  return out;
}

Box joined(const Box& one, const Box& other) {
  return {std::min(one.south, other.south), std::max(one.north, other.north), std::min(one.west, other.west),
          std::max(one.east, other.east)};
}

Box box_around(const std::optional<Coordinates>& centre, double radius_meters) {
  return centre ? box_around(*centre, radius_meters) : Box{};
}

}  // namespace caravan::read_models
