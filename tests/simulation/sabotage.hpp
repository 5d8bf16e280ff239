#pragma once

#include <algorithm>
#include <cstdint>
#include <string_view>

#include "tests/simulation/one_node.hpp"
#include "tests/simulation/run.hpp"

namespace caravan::simulation {

inline std::unique_ptr<Nodes> one_node(World& world) { return std::make_unique<OneNode>(world); }

/// In how many of so many runs a fault with that text was found; once there are `enough`, no more are held.
inline std::size_t caught(std::uint64_t runs, const std::function<void(World&)>& sabotage, std::string_view text,
                          std::size_t enough = SIZE_MAX) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= runs && found < enough; ++seed) {
    const Report report = run(seed, one_node, false, sabotage);
    found += std::ranges::any_of(report.faults,
                                 [&](const std::string& fault) { return fault.find(text) != std::string::npos; });
  }
  return found;
}

}  // namespace caravan::simulation
