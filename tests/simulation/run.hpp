#pragma once

#include <functional>
#include <string>
#include <vector>

#include "tests/simulation/world.hpp"

namespace caravan::simulation {

/// What came of one run.
struct Report {
  std::uint64_t seed = 0;
  std::vector<std::string> faults;  // none: all held
  std::uint64_t entries = 0, deliveries = 0, acknowledged = 0, repeats = 0, crashes = 0;
  std::uint64_t digest = 0;  // of the journal: the same run has the same
  Census census;
};

/// Runs a storm of some thousand steps, then a season in which people do what they planned, then rest, then the end of
/// all that is under way, with checks after each of the last two. `sabotage` breaks a rule of the world before it
/// begins.
Report run(std::uint64_t seed, const MakeNodes& make_nodes, bool is_read = false,
           const std::function<void(World&)>& sabotage = {});

}  // namespace caravan::simulation
