#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "actors/values/coordinates.hpp"

namespace caravan {

/// Finds the points nearest to a point. Thread-safe; built when it is first asked, as a start need not wait for it.
class PlaceTree {
 public:
  explicit PlaceTree(std::vector<Coordinates> points);
  ~PlaceTree();

  /// Indices of the nearest points, nearest first.
  std::vector<std::uint32_t> nearest(Coordinates point, std::size_t count) const;

 private:
  struct Data;
  std::unique_ptr<Data> data_;
};

}  // namespace caravan
