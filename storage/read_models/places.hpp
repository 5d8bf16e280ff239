#pragma once

#include <optional>

#include "actors/values/coordinates.hpp"

namespace caravan::read_models {

/// Degrees between which all points within a radius lie, for R*Trees. Around a pole or over the 180th meridian it is
/// the whole circle of longitudes: the exact distance decides afterwards.
struct Box {
  double south = -90, north = 90, west = -180, east = 180;
};
Box box_around(Coordinates centre, double radius_meters);
/// A box with so much more on each side.
Box grown(const Box& box, double meters);
/// The smallest box that holds both.
Box joined(const Box& one, const Box& other);
/// The whole earth where there is no point.
Box box_around(const std::optional<Coordinates>& centre, double radius_meters);

}  // namespace caravan::read_models
