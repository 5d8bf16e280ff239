#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "actors/wallet/entity.hpp"
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

TEST_CASE("fleet: a node that does not hear an owner reaches it over a third one") {
  FleetCounts counts;
  std::unique_ptr<World> world;
  Fleet* fleet = nullptr;
  for (std::uint64_t seed = 1; !fleet || fleet->computers.size() != 3; ++seed) {
    world = std::make_unique<World>(seed, false, [&](World& in) {
      auto made = std::make_unique<Fleet>(in, counts);
      fleet = made.get();
      return made;
    });
  }
  world->faults = world->faults.healed();
  fleet->heal();
  const auto run = [&](int rounds) {
    for (int round = 0; round < rounds; ++round) fleet->work_off();
  };
  Computer &a = *fleet->computers[0], &b = *fleet->computers[1];
  fleet->cut(a, b, std::chrono::minutes(10));
  fleet->cut(b, a, std::chrono::minutes(10));
  run(100);  // ten seconds, or nearly: the links have fallen silent
  std::size_t asked = 0, answered = 0;
  for (Computer* computer : {&a, &b})
    for (; asked < 100U * (computer == &a ? 1 : 2); ++asked) {
      const Address wallet{EntityKind::wallet, world->chance.id<UserId>(world->now()).value};
      world->clients.read(computer->node().door(), wallet, AnyRecord(ViewWallet{}), world->people.office(),
                          [&](const Reply& reply) {
                            answered += reply.outcome == Outcome::done || reply.outcome == Outcome::rejected;
                          });
    }
  run(20);
  CHECK(answered == asked);
  for (const auto& computer : fleet->computers) CHECK(computer->node().node().cluster_state()->shards > 5);
}
