#include "runtime/seen_keys.hpp"

#include <algorithm>

#include "actors/claim/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "runtime/host.hpp"
#include "storage/codec/codec.hpp"
#include "storage/codec/digest.hpp"
#include "storage/journal/memory_journal.hpp"
#include "tests/testkit/simulated_node.hpp"

/// Idempotency keys end, are bounded, and last where what they did could be done twice.
namespace seen_keys_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

constexpr Duration life = std::chrono::days{30};
const Address text{EntityKind::claim, test_id<UserId>(9).value};
const Address escrow{EntityKind::escrow, test_id<EscrowId>(3).value};
const UserId ann = test_id<UserId>(1), bob = test_id<UserId>(2), clerk = test_id<UserId>(3);

/// Held: 40.00 of Ann's for Bob.
CreateEscrow created_escrow() {
  CreateEscrow command;
  command.delivery_id = test_id<DeliveryId>(4);
  command.intent_id = test_id<IntentId>(5);
  command.customer = ann;
  command.traveler = bob;
  command.amount = {4'000, Currency::parse("USD").value()};
  command.platform_fee = {400, Currency::parse("USD").value()};
  command.payment_token = "tok_ok";
  command.provider = "sandbox";
  return command;
}

/// What a build without times of keys wrote into a snapshot.
struct OldMark {
  std::int64_t hash = 0;
  std::uint64_t sequence = 0;
  static constexpr std::string_view record_name = "KeyMark";
  static constexpr auto fields() {
    return std::array{field<&OldMark::hash>(1, "hash"), field<&OldMark::sequence>(2, "sequence")};
  }
};
struct NewMark {
  std::int64_t hash = 0;
  std::uint64_t sequence = 0;
  Time at;
  static constexpr std::string_view record_name = "KeyMark";
  static constexpr auto fields() {
    return std::array{field<&NewMark::hash>(1, "hash"), field<&NewMark::sequence>(2, "sequence"),
                      field<&NewMark::at>(3, "at")};
  }
};
template <class Mark>
struct Body {
  Bytes state;
  std::vector<Mark> keys;
  static constexpr std::string_view record_name = "Snapshot";
  static constexpr auto fields() { return std::array{field<&Body::state>(1, "state"), field<&Body::keys>(4, "keys")}; }
};

Stimulus keyed(AnyRecord command, UserId by, const std::string& key) {
  return {.command = std::move(command), .origin = {.caller = user(by), .idempotency_key = key, .request_hash = "x"}};
}

}  // namespace

TEST_CASE("seen keys: end after their time, but for those that last") {
  SeenKeys keys;
  keys.add(1, {1, test_start, false}, life);
  keys.add(2, {2, test_start, true}, life);
  CHECK(keys.find(1, test_start + life - std::chrono::milliseconds{1}, life) == 1);
  CHECK(keys.find(1, test_start + life, life) == 0);
  CHECK(keys.find(2, test_start + 100 * life, life) == 2);
  CHECK(keys.find(3, test_start, life) == 0);
  keys.add(4, {4, test_start + life, false}, life);
  CHECK(keys.all().size() == 2);  // nothing is kept of what has ended
}

TEST_CASE("seen keys: of too many the oldest are forgotten, and a lasting one never") {
  SeenKeys keys;
  keys.add(1, {1, test_start, true}, life);
  const std::uint64_t many = 3 * SeenKeys::most;
  for (std::uint64_t i = 2; i <= many; ++i) keys.add(i, {i, test_start + std::chrono::milliseconds(i), false}, life);
  CHECK(keys.all().size() <= SeenKeys::most + 1);
  CHECK(keys.all().size() > SeenKeys::most / 2);
  CHECK(keys.find(1, test_start, life) == 1);
  CHECK(keys.find(2, test_start, life) == 0);
  CHECK(keys.find(many, test_start, life) == many);
}

TEST_CASE("seen keys: an entity forgets a key after its time, in this life and by its entries and snapshots") {
  for (const std::uint64_t snapshot_every : {std::uint64_t{1'000}, std::uint64_t{1}}) {
    MemoryJournal journal;
    const NodeOptions options{.snapshot_every = snapshot_every, .key_life = std::chrono::days{2}};
    const auto take = [](SimulatedNode& node) {
      return node.ask(text, TakeClaim{ann.value, "", {}}, user(ann), "key", "hash").is_replay;
    };
    {
      SimulatedNode node(journal, 1, options);
      CHECK_FALSE(take(node));
      node.advance(std::chrono::hours{47});
      CHECK(take(node));
    }
    SimulatedNode node(journal, 2, options);
    node.clock.set(test_start + std::chrono::hours{47});
    CHECK(take(node));
    node.clock.set(test_start + std::chrono::hours{48});
    CHECK_FALSE(take(node));
  }
}

TEST_CASE("seen keys: what a snapshot of an older build knew lives on, and ends") {
  MemoryJournal journal;
  std::int64_t hash = 0;
  std::string state;
  {
    SimulatedNode node(journal, 1, {.snapshot_every = 1});
    node.ask(text, TakeClaim{ann.value, "", {}}, user(ann), "key", "x");
    Body<NewMark> body;
    REQUIRE(codec::decode(schema::type_of<Body<NewMark>>(), journal.load(text).snapshot->body, &body));
    REQUIRE(body.keys.size() == 1);
    CHECK(body.keys.front().at == test_start);
    hash = body.keys.front().hash;
    state = body.state.value;
  }
  Stored stored;
  Body<OldMark> old{{state}, {{hash, 1}}};
  stored.snapshot.emplace(Snapshot{1, {}});
  codec::encode(schema::type_of<Body<OldMark>>(), &old, stored.snapshot->body);
  EntityHost host(*find_entity(EntityKind::claim), text, 0, 1'000, life);
  host.load(stored);
  SeededRandom random;
  const Time later = test_start + 100 * life;
  CHECK(host.decide(keyed(TakeClaim{ann.value, "", {}}, ann, "key"), later, random).replays == 1);
  // From the next write on its time is known.
  CHECK(host.decide(keyed(ReleaseClaim{ann.value}, ann, "another"), later, random).write);
  host.rest();
  host.wake();
  CHECK(host.decide(keyed(TakeClaim{ann.value, "", {}}, ann, "key"), later + life - Duration{1}, random).replays == 1);
  CHECK(host.decide(keyed(TakeClaim{ann.value, "", {}}, ann, "key"), later + life, random).replays == 0);
}

TEST_CASE("seen keys: two refunds of one amount under two keys are two, one key is one for ever") {
  for (const std::uint64_t snapshot_every : {std::uint64_t{1'000}, std::uint64_t{1}}) {
    EntityHost host(*find_entity(EntityKind::escrow), escrow, 0, snapshot_every, life);
    SeededRandom random;
    Time now = test_start;
    const auto decide = [&](AnyRecord command, Caller caller, const std::string& key) {
      return host.decide(
          {.command = std::move(command), .origin = {.caller = caller, .idempotency_key = key, .request_hash = "x"}},
          now, random);
    };
    const auto state = [&] { return static_cast<const EscrowState*>(host.state()); };
    const Verdict made = decide(created_escrow(), service(), "made");
    const auto asked = std::ranges::find_if(made.outgoing, [](const OutgoingEffect& effect) {
      return effect.stored.receiver.kind == EntityKind::payments;
    });
    REQUIRE(asked != made.outgoing.end());
    PaymentAnswer held;
    held.operation_id = state()->tasks.front().operation_id;
    held.outcome = PaymentOutcome::done;
    REQUIRE(host.decide({.kind = Stimulus::Kind::answer,
                         .command = held,
                         .origin = {.caller = provider()},
                         .key = asked->stored.key},
                        now, random)
                .write);
    REQUIRE(state()->is_held());

    const auto refund = [&](const std::string& key) {
      const RefundPayment command{Context{now, {}, escrow, random, sodium_crypto}.new_id<RefundId>(), 1'000, "late"};
      return decide(command, admin(clerk, Permission::finance), key);
    };
    CHECK(refund("one").write);
    CHECK(refund("two").write);
    const Time again_at[] = {now, now + life, now + 50 * life};
    for (const Time at : again_at) {
      now = at;
      CHECK(refund("one").replays > 0);
      CHECK(refund("two").replays > 0);
      host.rest();
      host.wake();
    }
    CHECK(state()->refunds.size() == 2);
    // What was refused did nothing, and ends.
    now = test_start;
    const auto refused = [&] { return decide(AcceptSplit{}, user(ann), "refused"); };
    CHECK(refused().reply.outcome == Outcome::rejected);
    CHECK(refused().replays > 0);
    now += life;
    CHECK(refused().replays == 0);
  }
}

}  // namespace seen_keys_test
