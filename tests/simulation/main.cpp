// The whole node in one thread, by seed; the command line is in seeds.hpp.
#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "tests/simulation/one_node.hpp"
#include "tests/simulation/run.hpp"
#include "tests/simulation/seeds.hpp"

using namespace caravan::simulation;

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  Report totals;
  const auto run_one = [&](std::uint64_t seed, bool verbose) {
    Report report = run(
        seed, [](World& world) { return std::make_unique<OneNode>(world); }, verbose);
    totals.entries += report.entries;
    totals.deliveries += report.deliveries;
    totals.acknowledged += report.acknowledged;
    totals.repeats += report.repeats;
    totals.crashes += report.crashes;
    totals.census.add(report.census);
    return std::move(report.faults);
  };
  const auto tell = [&] {
    return fmt::format("{} entries, {} acceptances, {} writes acknowledged, {} repeated, {} crashes\n{}",
                       totals.entries, totals.deliveries, totals.acknowledged, totals.repeats, totals.crashes,
                       totals.census.text());
  };
  return run_seed_program({"simulation", run_one, tell, [&] { return totals.census.missing(); }}, argc, argv);
}
