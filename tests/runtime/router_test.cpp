#include "runtime/router.hpp"

#include <doctest/doctest.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>
#include <stdexcept>

#include "actors/claim/entity.hpp"
#include "storage/journal/memory_journal.hpp"
#include "tests/testkit/simulated_node.hpp"

namespace router_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

/// A router whose shards are all a peer's, which answers what the test says.
struct Crossing {
  struct Config : caf::actor_system_config {
    Config() { set("scheduler.policy", caf::atom("testing")); }
  };

  Crossing() {
    router.join(
        [this](const std::string&, const std::string& message) {
          sent.push_back(wire::decode(message).get_if<wire::Errand>()->number);
          if (throws) throw std::runtime_error("simulated: no memory is left");
          return true;
        },
        {}, 0);
    router.set_owners(std::vector<std::string>(shards.count(), "b"));
    router.link_changed("b", true);
  }

  void deliver(std::uint8_t number) {
    auto work = std::make_shared<Work>();
    work->kind = Work::Kind::query;
    work->query = AnyRecord(ViewClaim{});
    work->handler = [this](const Reply& reply) { outcomes.push_back(reply.outcome); };
    REQUIRE(router.deliver({EntityKind::claim, test_id<UserId>(number).value}, std::move(work)));
  }
  /// The peer answers the newest errand so.
  void answer(Outcome outcome) { router.received(wire::answered(sent.back(), Reply{.outcome = outcome})); }

  Config config;
  caf::actor_system system{config};
  MemoryJournal journal;
  ManualClock clock{test_start};
  SeededRandom random;
  Shards shards{journal.shard_count()};
  CommitLine commits{journal, {}, {}};
  ActorSurroundings around{.journal = journal,
                           .commits = commits,
                           .clock = clock,
                           .random = random,
                           .shards = shards,
                           .snapshot_every = 128,
                           .key_life = std::chrono::days{30},
                           .worked = {},
                           .dropped = {}};
  std::chrono::steady_clock::time_point now{1h};
  Stopwatch stopwatch = [this] { return now; };
  Residents residents{system, around, stopwatch, {}};
  Router router{residents, shards, stopwatch, {}};
  std::vector<std::uint64_t> sent;
  std::vector<Outcome> outcomes;
  bool throws = false;
};

}  // namespace

TEST_CASE("router: work whose fate is unknown is tried again ever later, and has an end") {
  Crossing crossing;
  crossing.deliver(1);
  for (int tick = 0; tick < 2'000 && crossing.outcomes.empty(); ++tick) {
    const std::size_t before = crossing.sent.size();
    crossing.now += 10ms;
    crossing.router.tick();
    if (tick == 0 || crossing.sent.size() > before) crossing.answer(Outcome::unknown);
  }
  CHECK(crossing.outcomes == std::vector{Outcome::unknown});
  CHECK(crossing.sent.size() < 30);  // in ten seconds: 20 ms, 40 ms, … at most half a second apart
  CHECK(crossing.sent.size() > 10);
}

TEST_CASE("router: an exception in one repeat costs no other work its turn, and leaves nobody without an answer") {
  Crossing crossing;
  for (std::uint8_t number = 1; number <= 3; ++number) {
    crossing.deliver(number);
    crossing.answer(Outcome::unavailable);
  }
  crossing.throws = true;
  crossing.now += 1s;
  crossing.router.tick();
  CHECK(crossing.sent.size() == 6);
  CHECK(crossing.outcomes == std::vector(3, Outcome::unknown));
}

}  // namespace router_test
