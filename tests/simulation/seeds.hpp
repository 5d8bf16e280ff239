#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace caravan::simulation {

/// A simulation that is run by seeds.
struct SeedProgram {
  std::string_view name;
  /// Runs one seed, telling its history where `verbose`; what was wrong.
  std::function<std::vector<std::string>(std::uint64_t seed, bool verbose)> run;
  /// What all seeds came to, for people.
  std::function<std::string()> totals;
  /// What has to happen in many seeds, and did not in these.
  std::function<std::vector<std::string>()> missing = {};
};

/// NAME [--seeds N] [--from S]    runs N seeds (1,000) from S (1)
/// NAME --minutes M [--from S]     as many seeds as fit into M minutes
/// NAME --seed S [--verbose]      one seed; with its history
/// NAME --self-test               breaks rules on purpose: it must be seen
/// The exit code: 0 where nothing was wrong. A failing seed says how to see it again; after ten of them it ends. From
/// 200 seeds on it is wrong too where something that has to happen did not.
int run_seed_program(const SeedProgram& program, int argc, char** argv);

}  // namespace caravan::simulation
