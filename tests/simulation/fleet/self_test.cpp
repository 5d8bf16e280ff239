#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "tests/simulation/fleet/fleet.hpp"
#include "tests/simulation/run.hpp"
#include "tests/simulation/world.hpp"

using namespace caravan;
using namespace caravan::simulation;

// A checker that has never failed proves nothing: each case breaks one rule and counts the runs in which it is seen.

namespace {

using Sabotage = std::function<void(World& world, Fleet& fleet)>;

Report run_fleet(std::uint64_t seed, const Sabotage& sabotage = {}) {
  FleetCounts counts;
  const auto make = [&](World& world) { return std::make_unique<Fleet>(world, counts); };
  return run(seed, make, false, [&](World& world) {
    if (sabotage) sabotage(world, dynamic_cast<Fleet&>(*world.nodes));
  });
}

/// In how many of so many runs a fault with that text was found.
std::size_t caught(std::uint64_t runs, const Sabotage& sabotage, std::string_view text) {
  std::size_t found = 0;
  for (std::uint64_t seed = 1; seed <= runs; ++seed)
    found += std::ranges::any_of(run_fleet(seed, sabotage).faults,
                                 [&](const std::string& fault) { return fault.find(text) != std::string::npos; });
  return found;
}

}  // namespace

TEST_CASE("fleet: a seed is one run, and another seed another") {
  std::set<std::uint64_t> digests;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Report report = run_fleet(seed);
    CHECK(report.digest == run_fleet(seed).digest);
    digests.insert(report.digest);
  }
  CHECK(digests.size() == 10);
}

TEST_CASE("fleet: sees a journal that takes writes of who does not own the shard any more") {
  const auto sabotage = [](World& world, Fleet& fleet) {
    fleet.weather.freeze = 8;
    world.seam.keeps = [](Write& write) {
      write.epoch = 0;
      return true;
    };
    for (const auto& computer : fleet.computers) computer->ignores_fences = true;
  };
  CHECK(caught(40, sabotage, ", which is ") > 10);
}

TEST_CASE("fleet: sees a lease by a clock that stands still while the process is frozen") {
  const auto sabotage = [](World&, Fleet& fleet) {
    fleet.weather.freeze = 8;
    for (const auto& computer : fleet.computers) computer->clock_stops_when_frozen = true;
  };
  CHECK(caught(100, sabotage, "before it was asked") > 3);
}
