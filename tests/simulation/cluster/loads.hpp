#pragma once

#include <array>
#include <vector>

#include "runtime/cluster/balancer.hpp"
#include "tests/simulation/chance.hpp"

namespace caravan::simulation {

/// How busy shards are, and what nodes know of it: late, and not exactly.
class Loads {
 public:
  Loads(Chance& chance, std::size_t shards);

  /// Where they are served, once a second; a measure is a fifth off, and goes into an average.
  void measure();
  /// What one node has been told by now: of each shard what was measured one to three seconds ago.
  std::vector<double> told();
  /// What is true.
  std::vector<double> weights() const { return weights_of(rates_); }

 private:
  static std::vector<double> weights_of(const std::vector<double>& rates);

  Chance& chance_;
  std::vector<double> rates_;                    // work items a second
  std::array<std::vector<double>, 4> measured_;  // now, and one to three seconds ago
};

}  // namespace caravan::simulation
