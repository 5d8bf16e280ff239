#pragma once

#include <cstddef>
#include <stdexcept>

namespace caravan {

/// Neither land nor a crossing leads from one point to another: indices of a route's points, or of a matrix's origins
/// and destinations.
struct NoRoute : std::runtime_error {
  NoRoute(std::size_t origin, std::size_t destination)
      : std::runtime_error("neither land nor a crossing leads there"), from(origin), to(destination) {}
  std::size_t from, to;
};

}  // namespace caravan
