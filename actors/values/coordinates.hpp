#pragma once

#include <array>

#include "actors/schema/field.hpp"

namespace caravan {

/// A point on WGS 84, in degrees.
struct Coordinates {
  double lat = 0;
  double lng = 0;
  friend bool operator==(const Coordinates&, const Coordinates&) = default;

  static constexpr std::string_view record_name = "Coordinates";
  static constexpr auto fields() {
    return std::array{field<&Coordinates::lat>(1, "lat", between_real(-90, 90)),
                      field<&Coordinates::lng>(2, "lng", between_real(-180, 180))};
  }
};

/// From the middle of the earth, whose surface is 1 away.
using SpherePoint = std::array<double, 3>;
SpherePoint on_sphere(Coordinates c);

/// Metres between two points on the sphere of mean radius (haversine; within 0.6 % of the geodesic). Rules that
/// judge a radius use it; routes and prices use the geodesic that the edge measured.
double distance_meters(Coordinates a, Coordinates b);

/// Where on the leg from a to b, the shorter arc of their great circle, a point comes nearest.
struct LegPosition {
  double meters = 0;  // from the point
  double share = 0;   // of the leg before it, in [0, 1]
};
LegPosition nearest_on_leg(Coordinates a, Coordinates b, Coordinates point);
/// The point at `share` of the chord from a to b, seen from the earth's centre; near enough to find trips by.
Coordinates point_on_leg(Coordinates a, Coordinates b, double share);

/// The middle of the cell that the point lies in, of a grid of about 2 km: what others than those who carry a parcel
/// are shown of its places, and what is computed for them. Two points of a cell give the same, so that no comparison
/// of answers tells more.
Coordinates area_center(Coordinates exact);
/// How far from that middle the place may be.
inline constexpr std::int32_t area_radius_meters = 1'500;

}  // namespace caravan
