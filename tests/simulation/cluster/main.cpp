#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/simulation/cluster/cluster_world.hpp"

// cluster_simulation [--seeds N] [--from S]    runs N seeds (1,000) from S (1)
// cluster_simulation --seed S [--verbose]      one seed; with its history
// cluster_simulation --self-test               breaks rules on purpose: it must be seen
using namespace caravan;
using namespace caravan::simulation;

namespace {

constexpr std::size_t most_failures = 10;  // then it stops
constexpr TrueTime start_takes = 15 * second;
constexpr TrueTime healing_takes = 40 * second;

struct ClusterTotals {
  std::uint64_t deaths = 0, opened = 0, moves = 0, written = 0, fenced = 0;
};

/// A start, a storm, and rest.
std::vector<std::string> run_seed(std::uint64_t seed, bool is_read, ClusterTotals& totals,
                                  cluster::MembershipOptions options = {}) {
  ClusterWorld world(seed, is_read, options);
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

int run_seeds(const char* program, std::uint64_t from, std::uint64_t count, bool is_read) {
  const auto start = std::chrono::steady_clock::now();
  ClusterTotals totals;
  std::size_t failures = 0;
  std::uint64_t done = 0;
  for (; done < count && failures < most_failures; ++done) {
    const auto faults = run_seed(from + done, is_read, totals);
    if (faults.empty()) continue;
    ++failures;
    std::printf("seed %llu fails:\n", static_cast<unsigned long long>(from + done));
    for (const std::string& fault : faults) std::printf("  %s\n", fault.c_str());
    std::printf("  again: %s --seed %llu --verbose\n", program, static_cast<unsigned long long>(from + done));
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  std::printf(
      "%llu seeds in %.1f s: %zu failed; %llu members died, %llu shards opened, %llu moves, %llu writes landed, "
      "%llu were fenced\n",
      static_cast<unsigned long long>(done), took.count(), failures, static_cast<unsigned long long>(totals.deaths),
      static_cast<unsigned long long>(totals.opened), static_cast<unsigned long long>(totals.moves),
      static_cast<unsigned long long>(totals.written), static_cast<unsigned long long>(totals.fenced));
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  std::uint64_t from = 1, count = 1'000;
  bool is_read = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--self-test") return doctest::Context(argc - i, argv + i).run();
    const bool has_value = i + 1 < argc;
    if (word == "--verbose") {
      is_read = true;
    } else if (word == "--seeds" && has_value) {
      count = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--from" && has_value) {
      from = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--seed" && has_value) {
      from = std::strtoull(argv[++i], nullptr, 10);
      count = 1;
    } else {
      std::fprintf(stderr, "usage: cluster_simulation [--seeds N] [--from S] | --seed S [--verbose] | --self-test\n");
      return 2;
    }
  }
  return run_seeds(argv[0], from, count, is_read);
}
