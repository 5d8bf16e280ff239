#include "actors/claim/entity.hpp"
#include "storage/journal/memory_journal.hpp"
#include "tests/testkit/simulated_node.hpp"

namespace gate_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const Address text{EntityKind::claim, test_id<UserId>(9).value};
const Uuid ann = test_id<UserId>(1).value, bob = test_id<UserId>(2).value;
const Caller ann_herself = user({ann}), bob_himself = user({bob});

Uuid holder(const Reply& reply) {
  REQUIRE(reply.resource.get_if<ClaimHolder>());
  return reply.resource.get_if<ClaimHolder>()->owner;
}

Ask take(Uuid owner) { return {.to = text, .command = TakeClaim{owner, "", {}}, .origin = {.caller = user({owner})}}; }

}  // namespace

TEST_CASE("gate: no answer leaves before its decision is durable, a query's neither") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  auto reply = node.begin_ask(take(ann));
  auto seen = std::make_shared<Reply>();
  node.door().query(text, ViewClaim{}, {}, [seen](Reply given) { *seen = std::move(given); });
  node.run_actors();
  CHECK(reply->outcome == Outcome::unknown);
  CHECK(seen->outcome == Outcome::unknown);
  node.commit();
  CHECK(reply->outcome == Outcome::done);
  CHECK(holder(*seen) == ann);
  CHECK(reply->version == 1);
  CHECK(reply->position == 1);
}

TEST_CASE("gate: many decisions of one entity land in one batch, in order") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  auto first = node.begin_ask(take(ann));
  auto release = node.begin_ask({.to = text, .command = ReleaseClaim{ann}, .origin = {.caller = ann_herself}});
  auto second = node.begin_ask(take(bob));
  node.run_actors();
  CHECK(node.commit());
  CHECK_FALSE(node.commit());
  CHECK(holder(*first) == ann);
  CHECK(release->outcome == Outcome::done);
  CHECK(holder(*second) == bob);
  CHECK(second->version == 3);
}

TEST_CASE("an entity lives on in another node: by its entries, and by a snapshot with the entries after it") {
  for (std::uint64_t snapshot_every : {std::uint64_t{1000}, std::uint64_t{2}}) {
    MemoryJournal journal;
    {
      SimulatedNode node(journal, 1, {.snapshot_every = snapshot_every});
      for (int i = 0; i < 3; ++i) {
        node.ask(text, TakeClaim{ann, "", {}}, ann_herself);
        node.ask(text, ReleaseClaim{ann}, ann_herself);
      }
      node.ask(text, TakeClaim{bob, "print", {}}, bob_himself);
    }
    SimulatedNode again(journal, 2);
    const Reply reply = again.query(text, ViewClaim{});
    CHECK(holder(reply) == bob);
    CHECK(reply.version == 7);
  }
}

TEST_CASE("an idempotency key answers the first answer again, in this life and the next") {
  MemoryJournal journal;
  {
    SimulatedNode node(journal);
    CHECK_FALSE(node.ask(text, TakeClaim{ann, "", {}}, ann_herself, "key-1", "hash").is_replay);
    const Reply again = node.ask(text, TakeClaim{ann, "", {}}, ann_herself, "key-1", "hash");
    CHECK(again.is_replay);
    CHECK(again.version == 1);
    CHECK_FALSE(again.replayed.empty());
    CHECK(node.ask(text, TakeClaim{ann, "", {}}, ann_herself, "key-1", "other").outcome == Outcome::key_reused);
    // Another caller's key of the same text is another key.
    CHECK(node.ask(text, ReleaseClaim{bob}, bob_himself, "key-1", "hash").outcome == Outcome::rejected);
    const Reply refused = node.ask(text, ReleaseClaim{bob}, bob_himself, "key-1", "hash");
    CHECK(refused.is_replay);
    CHECK(refused.rejection->code == "not_owner");
  }
  SimulatedNode node(journal);
  CHECK(node.ask(text, TakeClaim{ann, "", {}}, ann_herself, "key-1", "hash").is_replay);
  CHECK(node.ask(text, ReleaseClaim{bob}, bob_himself, "key-1", "hash").rejection->code == "not_owner");
}

TEST_CASE("a repeat that meets its first on the way waits for it") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  Ask ask = take(ann);
  ask.origin.idempotency_key = "key";
  auto first = node.begin_ask(ask), second = node.begin_ask(ask);
  node.run_actors();
  CHECK(second->outcome == Outcome::unknown);
  node.commit();
  CHECK_FALSE(first->is_replay);
  CHECK(second->is_replay);
  CHECK(journal.head() == 1);
}

TEST_CASE("a stale version is refused") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  node.ask(text, TakeClaim{ann, "", {}}, ann_herself);
  auto reply = node.begin_ask(
      {.to = text, .command = ReleaseClaim{ann}, .expected_versions = {7}, .origin = {.caller = ann_herself}});
  node.settle();
  CHECK(reply->outcome == Outcome::stale);
  CHECK(reply->version == 1);
}

TEST_CASE("timers: fire at their time, once, also after a restart; a cleared one never") {
  MemoryJournal journal;
  const Time until = test_start + std::chrono::minutes{10};
  {
    SimulatedNode node(journal);
    node.ask(text, TakeClaim{ann, "", until}, ann_herself);
    node.advance(std::chrono::minutes{9});
    CHECK(holder(node.query(text, ViewClaim{})) == ann);
    node.advance(std::chrono::minutes{1});
    CHECK(node.query(text, ViewClaim{}).rejection->code == "not_found");
    CHECK(node.node().stats().timers_fired == 1);
    node.ask(text, TakeClaim{bob, "", node.clock.now() + std::chrono::minutes{10}}, bob_himself);
  }
  SimulatedNode node(journal);
  node.clock.set(until);
  node.ask(text, ConfirmClaim{bob}, bob_himself);
  node.advance(std::chrono::hours{1});
  CHECK(holder(node.query(text, ViewClaim{})) == bob);
  CHECK(node.node().stats().timers_fired == 0);
}

TEST_CASE("a store that cannot be read for a while delays timers and repeated answers, and ends nothing") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  Ask once = take(ann);
  once.origin.idempotency_key = "a key";
  once.command = AnyRecord(TakeClaim{ann, "", test_start + std::chrono::minutes{10}});
  auto first = node.begin_ask(once);
  node.settle();
  CHECK(first->outcome == Outcome::done);
  journal.refuse_reads(true);
  auto again = node.begin_ask(once);
  node.run_actors();
  node.commit();
  CHECK(again->outcome == Outcome::unavailable);
  node.clock.set(test_start + std::chrono::minutes{11});
  for (int i = 0; i < 3; ++i) node.tick();
  CHECK(node.node().stats().timers_fired == 0);
  journal.refuse_reads(false);
  node.advance(std::chrono::seconds{1});
  CHECK(node.query(text, ViewClaim{}).rejection->code == "not_found");
  CHECK(node.node().stats().timers_fired == 1);
}

TEST_CASE("await: answers when a later decision makes the answer acceptable, and at the latest at its deadline") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  node.ask(text, TakeClaim{ann, "", {}}, ann_herself);
  auto seen = std::make_shared<Reply>();
  node.door().await(
      text, ViewClaim{}, {},
      [](const Reply& reply) {
        const auto* claim = reply.resource.get_if<ClaimHolder>();
        return claim && claim->owner == bob;
      },
      std::chrono::seconds{5}, [seen](Reply reply) { *seen = std::move(reply); });
  node.settle();
  CHECK(seen->outcome == Outcome::unknown);
  node.ask(text, ReleaseClaim{ann}, ann_herself);
  node.ask(text, TakeClaim{bob, "", {}}, bob_himself);
  CHECK(holder(*seen) == bob);
}

TEST_CASE("limits: a full mailbox refuses at the door, and takes work again when it has room") {
  MemoryJournal journal;
  SimulatedNode node(journal, 1, {.mailbox_limit = 3});
  std::vector<std::shared_ptr<Reply>> replies;
  for (int i = 0; i < 5; ++i) replies.push_back(node.begin_ask(take(ann)));
  CHECK(replies[4]->outcome == Outcome::overloaded);
  CHECK(replies[4]->retry_after.count() > 0);
  node.settle();
  CHECK(replies[0]->outcome == Outcome::done);
  CHECK(replies[2]->outcome == Outcome::done);
  CHECK(node.ask(text, TakeClaim{ann, "", {}}).outcome == Outcome::done);
}

TEST_CASE("passivation: beyond the resident limit idle entities leave memory and come back with their state") {
  MemoryJournal journal;
  SimulatedNode node(journal, 1, {.resident_limit = 64});
  std::vector<Address> all;
  for (int i = 0; i < 4000; ++i) {
    Address address{EntityKind::claim, {}};
    address.id.bytes[14] = static_cast<std::uint8_t>(i >> 8);
    address.id.bytes[15] = static_cast<std::uint8_t>(i);
    all.push_back(address);
    node.ask(address, TakeClaim{ann, "", {}}, ann_herself);
  }
  CHECK(node.node().stats().residents < 3000);
  CHECK(node.node().stats().passivations > 0);
  CHECK(holder(node.query(all.front(), ViewClaim{})) == ann);
}

TEST_CASE("rest: an entity without work shrinks to bytes, and is the same when work comes") {
  MemoryJournal journal;
  SimulatedNode node(journal);
  REQUIRE(node.ask(text, TakeClaim{ann, "", {}}, ann_herself, "key").outcome == Outcome::done);
  CHECK(node.node().stats().at_rest == 0);
  node.advance(std::chrono::seconds(15));
  CHECK(node.node().stats().at_rest == 1);
  CHECK(holder(node.query(text, ViewClaim{})) == ann);
  CHECK(node.node().stats().at_rest == 0);
  node.advance(std::chrono::seconds(15));
  CHECK(node.node().stats().at_rest == 1);
  const Reply again = node.ask(text, TakeClaim{ann, "", {}}, ann_herself, "key");
  CHECK(again.is_replay);
  CHECK(again.version == 1);
}

}  // namespace gate_test
