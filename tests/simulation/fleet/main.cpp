// A market on many whole nodes in one thread, by seed; the command line is in ../seeds.hpp.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "tests/simulation/fleet/fleet.hpp"
#include "tests/simulation/run.hpp"
#include "tests/simulation/seeds.hpp"

using namespace caravan::simulation;

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  Report totals;
  FleetCounts counts;
  const auto make = [&](World& world) { return std::make_unique<Fleet>(world, counts); };
  const auto run_one = [&](std::uint64_t seed, bool verbose) {
    Report report = run(seed, make, verbose);
    totals.entries += report.entries;
    totals.acknowledged += report.acknowledged;
    totals.crashes += report.crashes;
    totals.census.add(report.census);
    return std::move(report.faults);
  };
  const auto tell = [&] {
    return fmt::format(
        "{} entries, {} writes acknowledged; {} processes killed, {} frozen, {} left, {} cuts, {} connections broken, "
        "{} frames carried, {} of them twice or out of order\n{}",
        totals.entries, totals.acknowledged, totals.crashes, counts.frozen, counts.left, counts.cuts,
        counts.broken_connections, counts.frames, counts.disordered_frames, totals.census.text());
  };
  return run_seed_program({"fleet_simulation", run_one, tell}, argc, argv);
}
