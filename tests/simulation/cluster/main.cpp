// Membership and ownership of many nodes in one thread, by seed; the command line is in ../seeds.hpp.
#include <fmt/format.h>

#include "tests/simulation/cluster/cluster_world.hpp"
#include "tests/simulation/seeds.hpp"

using namespace caravan;
using namespace caravan::simulation;

namespace {

constexpr TrueTime start_takes = 15 * second;
constexpr TrueTime healing_takes = 40 * second;

struct ClusterTotals {
  std::uint64_t deaths = 0, opened = 0, moves = 0, written = 0, fenced = 0;
};

/// A start, a storm, and rest.
std::vector<std::string> run_seed(std::uint64_t seed, bool is_read, ClusterTotals& totals) {
  ClusterWorld world(seed, is_read, {});
  world.weather.only_store = seed % 10 == 0;
  world.weather.quiet = seed % 50 == 1;
  world.run(start_takes);
  if (world.faults().empty() && world.now() == start_takes) world.check_at_rest();
  const std::uint64_t deaths_before = world.deaths;
  const TrueTime storm_ends = start_takes + world.chance.between(10, 40) * second;
  while (world.now() < storm_ends && world.faults().empty()) {
    world.trouble();
    world.run(world.now() + world.chance.between(50, 4'000) * millisecond);
  }
  const bool nobody_may_die = world.weather.only_store || world.weather.quiet;
  world.heal();
  if (world.faults().empty()) world.run(world.now() + healing_takes);
  if (world.faults().empty()) world.check_at_rest();
  auto faults = world.faults();
  if (nobody_may_die && world.deaths != deaths_before) faults.push_back("a member died of the store's outage");
  totals.deaths += world.deaths;
  totals.opened += world.opened;
  totals.moves += world.moves;
  totals.written += world.written;
  totals.fenced += world.fenced;
  return faults;
}

}  // namespace

int main(int argc, char** argv) {
  ClusterTotals totals;
  const auto run_one = [&](std::uint64_t seed, bool verbose) { return run_seed(seed, verbose, totals); };
  const auto tell = [&] {
    return fmt::format("{} members died, {} shards opened, {} moves, {} writes landed, {} were fenced", totals.deaths,
                       totals.opened, totals.moves, totals.written, totals.fenced);
  };
  return run_seed_program({"cluster_simulation", run_one, tell}, argc, argv);
}
