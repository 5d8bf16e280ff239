#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include "tests/simulation/run.hpp"

// simulation [--seeds N] [--from S]      runs N seeds (1,000) from S (1)
// simulation --seed S [--verbose]        one seed; with its history
// simulation --self-test                 breaks rules on purpose: the checker must see it
using namespace caravan::simulation;

namespace {

constexpr std::size_t most_failures = 10;  // then it stops
using Clock = std::chrono::steady_clock;

struct Totals {
  std::uint64_t entries = 0, deliveries = 0, acknowledged = 0, repeats = 0, crashes = 0;
};

double seconds_since(Clock::time_point start) { return std::chrono::duration<double>(Clock::now() - start).count(); }

bool run_one(const char* program, std::uint64_t seed, bool verbose, Totals& totals) {
  const Report report = run(seed, verbose);
  totals.entries += report.entries;
  totals.deliveries += report.deliveries;
  totals.acknowledged += report.acknowledged;
  totals.repeats += report.repeats;
  totals.crashes += report.crashes;
  if (report.faults.empty()) return true;
  std::printf("seed %llu fails:\n", static_cast<unsigned long long>(seed));
  for (const std::string& fault : report.faults) std::printf("  %s\n", fault.c_str());
  std::printf("  again: %s --seed %llu --verbose\n", program, static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  return false;
}

int run_many(const char* program, std::uint64_t from, std::uint64_t count, bool verbose) {
  const auto start = Clock::now();
  auto told = start;
  Totals totals;
  std::size_t failures = 0;
  std::uint64_t done = 0;
  for (; done < count && failures < most_failures; ++done) {
    if (!run_one(program, from + done, verbose, totals)) ++failures;
    if (seconds_since(told) < 5) continue;
    told = Clock::now();
    std::fprintf(stderr, "%llu of %llu seeds, %.0f s\n", static_cast<unsigned long long>(done + 1),
                 static_cast<unsigned long long>(count), seconds_since(start));
  }
  std::printf(
      "%llu seeds in %.1f s: %zu failed; %llu entries, %llu acceptances, %llu writes acknowledged, %llu repeated, "
      "%llu crashes\n",
      static_cast<unsigned long long>(done), seconds_since(start), failures,
      static_cast<unsigned long long>(totals.entries), static_cast<unsigned long long>(totals.deliveries),
      static_cast<unsigned long long>(totals.acknowledged), static_cast<unsigned long long>(totals.repeats),
      static_cast<unsigned long long>(totals.crashes));
  return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  spdlog::set_level(spdlog::level::off);
  std::uint64_t from = 1, count = 1'000;
  bool verbose = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view word = argv[i];
    if (word == "--self-test") return doctest::Context(argc - i, argv + i).run();
    const bool has_value = i + 1 < argc;
    if (word == "--verbose") {
      verbose = true;
    } else if (word == "--seeds" && has_value) {
      count = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--from" && has_value) {
      from = std::strtoull(argv[++i], nullptr, 10);
    } else if (word == "--seed" && has_value) {
      from = std::strtoull(argv[++i], nullptr, 10);
      count = 1;
    } else {
      std::fprintf(stderr, "usage: simulation [--seeds N] [--from S] | --seed S [--verbose] | --self-test\n");
      return 2;
    }
  }
  return run_many(argv[0], from, count, verbose);
}
