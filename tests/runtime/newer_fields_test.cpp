#include "actors/claim/entity.hpp"
#include "actors/registry.hpp"
#include "runtime/host.hpp"
#include "runtime/wire.hpp"
#include "storage/codec/codec.hpp"
#include "tests/testkit/simulated_node.hpp"

/// What a newer build wrote outlives the older one that takes the entity over meanwhile.
namespace newer_fields_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const Address text{EntityKind::claim, test_id<UserId>(9).value};
const Uuid ann = test_id<UserId>(1).value;

/// ClaimTaken and ClaimState of a build that has a field more.
struct NewerTaken {
  static constexpr Tag tag = ClaimTaken::tag;
  Uuid owner;
  std::string more;
  static constexpr auto fields() {
    return std::array{field<&NewerTaken::owner>(1, "owner"), field<&NewerTaken::more>(2'000, "more")};
  }
};
struct NewerState {
  Uuid owner;
  std::string more;
  static constexpr std::string_view record_name = "ClaimState";
  static constexpr auto fields() {
    return std::array{field<&NewerState::owner>(1, "owner"), field<&NewerState::more>(2'000, "more")};
  }
};
/// A snapshot of such a build, with or without a field of bookkeeping more.
struct NewerSnapshot {
  Bytes state;
  std::string more;
  static constexpr std::string_view record_name = "Snapshot";
  static constexpr auto fields() {
    return std::array{field<&NewerSnapshot::state>(1, "state"), field<&NewerSnapshot::more>(2'000, "more")};
  }
};
/// TakeClaim of such a build.
struct NewerTake {
  static constexpr Tag tag = TakeClaim::tag;
  Uuid owner;
  std::string more;
  static constexpr auto fields() {
    return std::array{field<&NewerTake::owner>(1, "owner"), field<&NewerTake::more>(2'000, "more")};
  }
};

Stored::Row entry_of(AnyRecord event) {
  JournalEntry entry;
  entry.entity = text;
  entry.sequence = 1;
  entry.events.push_back(std::move(event));
  return {1, Lane::journal, encode_body(entry)};
}

template <class State>
Stored snapshot_of(const State& state) {
  NewerSnapshot newer;
  codec::encode(schema::type_of<State>(), &state, newer.state.value);
  Stored stored;
  stored.snapshot.emplace(Snapshot{1, {}});
  codec::encode(schema::type_of<NewerSnapshot>(), &newer, stored.snapshot->body);
  return stored;
}

/// Whether this build, which takes a snapshot with every entry, takes one of what is stored.
bool takes_snapshot(const Stored& stored) {
  EntityHost host(*find_entity(EntityKind::claim), text, 0, 1);
  host.load(stored);
  host.rest();
  host.wake();
  SeededRandom random;
  const Verdict verdict =
      host.decide({.command = ReleaseClaim{ann}, .origin = {.caller = user({ann})}}, test_start, random);
  REQUIRE(verdict.write);
  return verdict.write->snapshot.has_value();
}

}  // namespace

TEST_CASE("newer fields: decoding tells that there are some, at any depth") {
  std::string bytes;
  const NewerTaken newer{ann, ""};
  codec::encode(schema::type_of<NewerTaken>(), &newer, bytes);
  ClaimTaken event;
  bool holds_more = false;
  REQUIRE(codec::decode(schema::type_of<ClaimTaken>(), bytes, &event, &holds_more));
  CHECK(holds_more);
  CHECK(event.owner == ann);
  holds_more = false;
  NewerTaken same;
  REQUIRE(codec::decode(schema::type_of<NewerTaken>(), bytes, &same, &holds_more));
  CHECK_FALSE(holds_more);
  JournalEntry entry;
  REQUIRE(decode_body(*find_entity(EntityKind::claim), entry_of(NewerTaken{ann, "x"}).body, entry));
  CHECK(entry.holds_more);
}

TEST_CASE("newer fields: no snapshot is taken of an entity that holds what this build does not know") {
  Stored known;
  known.after.push_back(entry_of(ClaimTaken{.owner = ann, .fingerprint = "", .confirmed = true}));
  CHECK(takes_snapshot(known));
  Stored newer;
  newer.after.push_back(entry_of(NewerTaken{ann, "x"}));
  CHECK_FALSE(takes_snapshot(newer));
  CHECK_FALSE(takes_snapshot(snapshot_of(NewerState{ann, "x"})));
  CHECK_FALSE(takes_snapshot(snapshot_of(ClaimState{.owner = ann, .fingerprint = ""})));  // `more` of the snapshot
}

TEST_CASE("newer fields: an effect goes to another node as it is stored") {
  std::string stored;
  codec::encode_tagged(NewerTake{ann, "x"}, stored);
  bool holds_more = false;
  Work work;
  work.stimulus.kind = Stimulus::Kind::effect;
  work.stimulus.command = codec::decode_tagged(find_entity(EntityKind::claim)->commands, stored, &holds_more);
  REQUIRE(holds_more);
  work.stimulus.as_written = stored;
  const wire::Errand errand = wire::errand(1, text, work, {}, {});
  CHECK(errand.command.value == stored);
  // The node that gets it may have to pass it on.
  CHECK(wire::errand(2, text, *wire::work_of(errand), {}, {}).command.value == stored);
  work.stimulus.as_written.clear();
  CHECK(wire::errand(1, text, work, {}, {}).command.value != stored);
}

}  // namespace newer_fields_test
