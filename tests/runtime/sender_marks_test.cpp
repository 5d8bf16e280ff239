#include "runtime/sender_marks.hpp"

#include <doctest/doctest.h>

#include <caf/actor_system.hpp>
#include <caf/actor_system_config.hpp>
#include <caf/scheduler/test_coordinator.hpp>

#include "actors/sequence/entity.hpp"
#include "runtime/residents.hpp"
#include "storage/codec/codec.hpp"
#include "storage/journal/memory_journal.hpp"
#include "tests/testkit/simulated_node.hpp"

/// Which effects an entity remembers to have taken: few, and none is taken twice for that.
namespace sender_marks_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

using Known = SenderMarks::Known;

constexpr std::size_t most = 4;
const Address numbers{EntityKind::sequence, test_id<UserId>(9).value};

Address sender(std::uint64_t number) {
  Uuid id;
  for (std::size_t i = 0; i < 8; ++i) id.bytes[15 - i] = static_cast<std::uint8_t>(number >> (8 * i));
  return {EntityKind::delivery, id};
}

Stimulus take_number(std::uint64_t from, std::uint64_t number = 1) {
  Stimulus stimulus{.kind = Stimulus::Kind::effect, .command = TakeNumber{}, .key = {sender(from), number}};
  stimulus.origin.caller.kind = Caller::Kind::entity;
  stimulus.origin.caller.entity = sender(from);
  return stimulus;
}

/// What the sender's decision left in the outbox.
PendingEffect asked(std::uint64_t from, std::uint64_t number = 1) {
  PendingEffect effect{
      .key = {sender(from), number}, .receiver = numbers, .command = {}, .trace_id = {}, .correlation_id = {}};
  codec::encode_tagged(TakeNumber{}, effect.command);
  return effect;
}

std::int64_t last_number(const EntityHost& host) { return static_cast<const SequenceState*>(host.state())->last; }

/// One node's actors and nothing that sends effects: the test does.
struct Office {
  struct Config : caf::actor_system_config {
    Config() { set("scheduler.policy", caf::atom("testing")); }
  };

  Office() {
    around.worked = [this](const std::shared_ptr<Activation>& activation) { residents.worked(activation); };
    around.dropped = [this](const std::shared_ptr<Activation>& activation) { residents.drop(activation); };
    leases = journal.claim_all_shards("office");
    end_life();
  }
  ~Office() { residents.clear(); }

  void send(std::uint64_t from, std::uint64_t number = 1) {
    Write write{.shard = shards.of(sender(from)), .entity = sender(from)};
    write.sends.push_back(asked(from, number));
    REQUIRE(journal.commit({write}).front().status == CommitStatus::committed);
  }
  /// It comes, or comes again; nothing is committed meanwhile.
  void deliver(std::uint64_t from, std::uint64_t number = 1) {
    auto work = std::make_shared<Work>();
    work->stimulus = take_number(from, number);
    work->handler = [this](const Reply& reply) { outcomes.push_back(reply.outcome); };
    REQUIRE(residents.deliver(numbers, std::move(work)));
    dynamic_cast<caf::scheduler::test_coordinator&>(system.scheduler()).run();
  }
  void commit() {
    while (commits.commit_batch(false)) {
    }
  }
  void end_life() {
    for (const ShardLease& lease : leases) {
      residents.close(lease.shard);
      residents.open(lease.shard, lease.epoch);
    }
  }
  std::int64_t last() {
    EntityHost host(*find_entity(EntityKind::sequence), numbers, shards.of(numbers), 1'000);
    host.load(journal.load(numbers));
    return last_number(host);
  }

  Config config;
  caf::actor_system system{config};
  MemoryJournal journal;
  ManualClock clock{test_start};
  SeededRandom random;
  Shards shards{journal.shard_count()};
  CommitLine commits{
      journal, {}, {[](CommitItem&, std::uint64_t) {}, [](const std::shared_ptr<Activation>&) {}, [] {}}};
  ActorSurroundings around{.journal = journal,
                           .commits = commits,
                           .clock = clock,
                           .random = random,
                           .shards = shards,
                           .snapshot_every = 3,
                           .key_life = std::chrono::days{30},
                           .most_marks = most,
                           .worked = {},
                           .dropped = {}};
  Residents residents{system, around, std::chrono::steady_clock::now, {}};
  std::vector<ShardLease> leases;
  std::vector<Outcome> outcomes;
};

}  // namespace

TEST_CASE("sender marks: the oldest of too many are forgotten, but none that is not durable") {
  SenderMarks marks(100);
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    marks.add({sender(i), 7}, i);
    marks.forget(i);
    CHECK(marks.all().size() <= 125);
  }
  CHECK(marks.find({sender(1'000), 7}) == Known::taken);
  CHECK(marks.find({sender(1'000), 8}) == Known::fresh);
  CHECK(marks.find({sender(1), 7}) == Known::forgotten);

  SenderMarks waiting(100);
  for (std::uint64_t i = 1; i <= 1'000; ++i) {
    waiting.add({sender(i), 1}, i);
    waiting.forget(10);
  }
  CHECK(waiting.all().size() == 990);
  CHECK(waiting.find({sender(10), 1}) == Known::forgotten);
  CHECK(waiting.find({sender(11), 1}) == Known::taken);
  CHECK(SenderMarks().find({sender(1), 1}) == Known::fresh);
}

TEST_CASE("sender marks: an entity that thousands wrote to stays small, in memory and in its snapshots") {
  EntityHost host(*find_entity(EntityKind::sequence), numbers, 0, 100);
  SeededRandom random;
  std::size_t largest = 0;
  for (std::uint64_t i = 1; i <= 5'000; ++i) {
    host.forget_marks(host.sequence());
    const Verdict verdict = host.decide(take_number(i), test_start, random);
    if (verdict.write->snapshot) largest = std::max(largest, verdict.write->snapshot->body.size());
  }
  CHECK(host.marks() <= SenderMarks::usual_most * 5 / 4 + 1);
  CHECK(largest > 0);
  CHECK(largest < 60'000);
  host.rest();
  host.wake();
  CHECK(host.decide(take_number(5'000), test_start, random).reply.outcome == Outcome::done);
  CHECK(last_number(host) == 5'000);
  CHECK(host.may_have_taken(take_number(1)));
  CHECK_FALSE(host.may_have_taken(take_number(5'000)));
}

TEST_CASE("sender marks: an effect that comes again after its mark is forgotten is not taken twice, in any life") {
  Office office;
  for (std::uint64_t i = 1; i <= 40; ++i) {
    office.send(i);
    office.deliver(i);
    office.commit();
  }
  CHECK(office.last() == 40);
  for (int life = 0; life < 2; ++life) {
    for (std::uint64_t i = 1; i <= 40; ++i) office.deliver(i);
    office.commit();
    CHECK(office.last() == 40);
    office.end_life();
  }
  CHECK(office.outcomes == std::vector(120, Outcome::done));
  office.send(1, 2);  // what it never took it takes, though the sender's mark is gone
  office.deliver(1, 2);
  office.commit();
  CHECK(office.last() == 41);
}

TEST_CASE("sender marks: an effect that comes again before anything is durable is not taken twice") {
  Office office;
  for (std::uint64_t i = 1; i <= 40; ++i) {
    office.send(i);
    office.deliver(i);
  }
  for (std::uint64_t i = 1; i <= 40; ++i) office.deliver(i);
  CHECK(office.outcomes.empty());
  office.commit();
  CHECK(office.outcomes == std::vector(80, Outcome::done));
  CHECK(office.last() == 40);
}

}  // namespace sender_marks_test
