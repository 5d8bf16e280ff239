#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "actors/registry.hpp"
#include "actors/wallet/entity.hpp"
#include "runtime/wire.hpp"
#include "tests/simulation/fleet/fleet.hpp"
#include "tests/simulation/run.hpp"
#include "tests/simulation/world.hpp"

namespace self_test {

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
  for (std::uint64_t seed = 1; seed <= runs; ++seed) {
    const std::vector<std::string> faults = run_fleet(seed, sabotage).faults;
    found +=
        std::ranges::any_of(faults, [&](const std::string& fault) { return fault.find(text) != std::string::npos; });
    if (text.empty() && !faults.empty()) MESSAGE("seed ", seed, ": ", faults.front());
  }
  return found;
}

void break_rule(Fleet& fleet, bool BrokenRules::*rule) {
  for (const auto& computer : fleet.computers) computer->sabotage.*rule = true;
}

/// Falsifies what an entity reads: it does not say any more which effects the entity has taken.
void forget_senders(World& world, const Address& entity, Stored& stored) {
  stored = {.snapshot = {}, .after = world.journal.history(entity, 1, SIZE_MAX, {})};
  for (Stored::Row& row : stored.after) {
    JournalEntry entry{.entity = entity, .sequence = row.sequence, .lane = row.lane};
    if (!decode_body(*find_entity(entity.kind), row.body, entry) || entry.origin.sender.kind == EntityKind::none)
      continue;
    entry.origin.sender = {};
    entry.origin.number = 0;
    row.body = encode_body(entry);
  }
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
    fleet.weather.freeze = 4;
    world.seam.keeps = [file = world.journal.file()](Write& write) {
      write.epoch = file->shards.at(write.shard).epoch;
      return true;
    };
    break_rule(fleet, &BrokenRules::ignores_fences);
  };
  CHECK(caught(40, sabotage, ", which is ") > 10);
  CHECK(caught(90, sabotage, " comes after ") > 6);  // two owners count on from the same number
}

TEST_CASE("fleet: sees a write that does not say under which epoch it was decided") {
  const auto sabotage = [](World& world, Fleet&) {
    world.seam.keeps = [](Write& write) {
      write.epoch = 0;
      return true;
    };
  };
  CHECK(caught(5, sabotage, " under epoch 0, and has it under ") == 5);
}

TEST_CASE("fleet: sees a lease by a clock that stands still while the process is frozen") {
  const auto sabotage = [](World&, Fleet& fleet) {
    fleet.weather = {.freeze = 3};
    break_rule(fleet, &BrokenRules::clock_stops_when_frozen);
  };
  CHECK(caught(300, sabotage, "before it was asked") > 6);  // a reader must come in the instant between
}

TEST_CASE("fleet: sees that not all nodes serve once all is well again") {
  const auto sabotage = [](World&, Fleet& fleet) { fleet.computers[0]->sabotage.is_cut_off_for_good = true; };
  CHECK(caught(10, sabotage, " not come to rest") == 10);
}

TEST_CASE("fleet: sees a move that does not end") {
  const auto sabotage = [](World&, Fleet& fleet) { break_rule(fleet, &BrokenRules::moves_never_end); };
  CHECK(caught(10, sabotage, "the fleet does not come to rest: ") > 5);
}

TEST_CASE("fleet: sees a version that is written before all can read it") {
  const auto sabotage = [](World&, Fleet& fleet) {
    fleet.weather.kill = 8;
    break_rule(fleet, &BrokenRules::writes_newest_version);
  };
  CHECK(caught(40, sabotage, " cannot read") > 10);
}

TEST_CASE("fleet: sees a link that answers a write in its owner's name") {
  const auto sabotage = [](World&, Fleet& fleet) {
    fleet.network.answers = [written = 0](const std::string& message) mutable -> std::string {
      const AnyRecord record = wire::decode(message);
      const auto* errand = record.get_if<wire::Errand>();
      if (!errand || errand->origin.idempotency_key.empty() || ++written % 20 != 0) return "";
      return wire::encode(wire::answered(errand->number, {.outcome = Outcome::done, .version = 1}));
    };
  };
  CHECK(caught(20, sabotage, "was answered, and is not in the journal") > 10);
}

TEST_CASE("fleet: takes no effect twice that links bring twice, and sees entities that do") {
  const auto links_repeat = [](World&, Fleet& fleet) { fleet.network.repeated_percent = 50; };
  CHECK(caught(20, links_repeat, "") == 0);
  const auto sabotage = [](World& world, Fleet& fleet) {
    fleet.network.repeated_percent = 50;
    world.seam.falsifies = [&world](const Address& entity, Stored& stored) { forget_senders(world, entity, stored); };
  };
  CHECK(caught(20, sabotage, "an effect was taken twice") > 10);
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

}  // namespace self_test
