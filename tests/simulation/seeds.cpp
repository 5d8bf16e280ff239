#include "tests/simulation/seeds.hpp"

#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <fmt/format.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>

namespace caravan::simulation {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_failures = 10;    // then it stops
constexpr std::uint64_t enough_seeds = 200;  // everything that has to happen happens in so many
constexpr double tell_every = 5;             // seconds

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

struct Seeds {
  std::uint64_t from = 1, count = 1'000;
  double seconds = 0;  // more than 0: so long, whatever the count
  bool verbose = false;
};

int run_seeds(const SeedProgram& program, const char* path, const Seeds& seeds) {
  const auto start = Clock::now();
  auto told = start;
  std::size_t failures = 0;
  std::uint64_t done = 0;
  const auto goes_on = [&] { return seeds.seconds > 0 ? seconds_since(start) < seeds.seconds : done < seeds.count; };
  for (; goes_on() && failures < most_failures; ++done) {
    const std::uint64_t seed = seeds.from + done;
    if (const auto faults = program.run(seed, seeds.verbose); !faults.empty()) {
      ++failures;
      fmt::print("seed {} fails:\n", seed);
      for (const std::string& fault : faults) fmt::print("  {}\n", fault);
      fmt::print("  again: {} --seed {} --verbose\n", path, seed);
      std::fflush(stdout);
    }
    if (seconds_since(told) < tell_every) continue;
    told = Clock::now();
    const std::string of = seeds.seconds > 0 ? "" : fmt::format(" of {}", seeds.count);
    fmt::print(stderr, "{}{} seeds, {:.0f} s\n", done + 1, of, seconds_since(start));
  }
  fmt::print("{} seeds in {:.1f} s: {} failed; {}\n", done, seconds_since(start), failures, program.totals());
  if (done >= enough_seeds && program.missing)
    for (const std::string& what : program.missing()) {
      ++failures;
      fmt::print("never seen: {}\n", what);
    }
  return failures == 0 ? 0 : 1;
}

}  // namespace

int run_seed_program(const SeedProgram& program, int argc, char** argv) {
  Seeds seeds;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--self-test") return doctest::Context(argc - i, argv + i).run();
    const bool has_value = i + 1 < argc;
    if (word == "--verbose") {
      seeds.verbose = true;
    } else if (word == "--seeds" && has_value) {
      seeds.count = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--minutes" && has_value) {
      seeds.seconds = 60 * std::strtod(argv[++i], nullptr);
    } else if (word == "--from" && has_value) {
      seeds.from = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--seed" && has_value) {
      seeds.from = std::strtoull(argv[++i], nullptr, 10);
      seeds.count = 1;
    } else {
      fmt::print(stderr, "usage: {} [--seeds N | --minutes M] [--from S] | --seed S [--verbose] | --self-test\n",
                 program.name);
      return 2;
    }
  }
  return run_seeds(program, argv[0], seeds);
}

}  // namespace caravan::simulation
