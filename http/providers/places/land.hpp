#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "actors/values/coordinates.hpp"

namespace caravan {

/// What lies in a cell of a tenth of a degree.
struct LandCell {
  std::uint16_t mass = 0;     // a number for all land that one can drive about without a crossing; 0: sea
  std::uint16_t country = 0;  // ISO 3166-1, numeric; 0: unknown
};

/// Where land is (config/ways/land.txt.gz): rows of cells from the south, each in runs of equal ones.
class Land {
 public:
  /// Throws std::runtime_error on a text that is none of that file.
  explicit Land(std::string_view text);

  LandCell at(Coordinates point) const;
  /// The point itself where it lies on land, else the middle of the nearest cell of land, at most some 35 km off; it
  /// lies at sea where there is none.
  Coordinates ashore(Coordinates point) const;
  /// Whether the great circle between two points keeps to the landmass, but for bays.
  bool keeps_to(std::uint16_t mass, Coordinates a, Coordinates b) const;

 private:
  struct Run {
    std::uint16_t end;  // the column after it
    LandCell cell;
  };
  std::vector<Run> runs_;
  std::vector<std::uint32_t> rows_;  // where each begins
};

/// Points on the shorter great circle between two others.
class GreatCircle {
 public:
  GreatCircle(Coordinates a, Coordinates b);
  double meters() const;  // on the sphere of mean radius
  Coordinates at(double share) const;

 private:
  SpherePoint from_, to_;
  double angle_ = 0;
};

}  // namespace caravan
