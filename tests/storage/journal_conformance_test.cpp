// What every journal keeps to, whatever it is made of. A new one is a row of `kinds`.
#include <memory>

#include "storage/journal/memory_journal.hpp"
#include "storage/journal/postgres_journal.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"
#include "tests/testkit/postgres_server.hpp"

namespace journal_conformance_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

struct JournalKind {
  const char* name;
  std::unique_ptr<Journal> (*open)(const std::string& folder);
  bool on_disk;
};

/// Tables of its own for each folder, so that opening a folder again finds them.
std::unique_ptr<Journal> open_on_postgres(const std::string& folder) {
  PostgresServer& server = PostgresServer::shared();
  std::string schema = "t" + folder.substr(folder.size() - 6);  // mkdtemp's letters
  for (char& letter : schema) letter = static_cast<char>(std::tolower(letter));
  return open_postgres_journal(server.url(schema), {.shards = 4});
}

const JournalKind kinds[] = {
    {"sqlite", [](const std::string& folder) { return open_sqlite_journal(folder, {.shards = 4}); }, true},
    {"sqlite, no index in memory",
     [](const std::string& folder) { return open_sqlite_journal(folder, {.shards = 4, .index_rows = 0}); }, true},
    {"postgres", open_on_postgres, true},
    {"memory", [](const std::string&) -> std::unique_ptr<Journal> { return std::make_unique<MemoryJournal>(4); },
     false},
};

const Address trip{EntityKind::trip, test_id<TripId>(1).value};
const Address other{EntityKind::trip, test_id<TripId>(2).value};
const Address user_address{EntityKind::user, test_id<UserId>(1).value};

Write entry(Address entity, std::uint64_t sequence, std::string body, std::uint32_t shard = 0) {
  Write write;
  write.shard = shard;
  write.entity = entity;
  write.sequence = sequence;
  write.body = std::move(body);
  return write;
}

std::vector<CommitStatus> statuses(const std::vector<Committed>& fates) {
  std::vector<CommitStatus> out;
  for (const Committed& fate : fates) out.push_back(fate.status);
  return out;
}

std::vector<std::string> bodies(const std::vector<Stored::Row>& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows) out.push_back(row.body);
  return out;
}

using enum CommitStatus;

/// Runs the body once for each kind of journal, opened and claimed.
template <class Body>
void for_each_journal(Body body) {
  for (const JournalKind& kind : kinds) {
    CAPTURE(kind.name);
    TemporaryFolder folder;
    auto journal = kind.open(folder.path);
    journal->claim_all_shards("test");
    body(*journal);
    CHECK(journal->failure().empty());
  }
}

}  // namespace

TEST_CASE("journal: nothing is written before the shards are claimed, and epochs rise") {
  for (const JournalKind& kind : kinds) {
    CAPTURE(kind.name);
    TemporaryFolder folder;
    auto journal = kind.open(folder.path);
    CHECK(journal->shard_count() == 4);
    CHECK(statuses(journal->commit({entry(trip, 1, "a")})) == std::vector{fenced});
    const auto first = journal->claim_all_shards("a");
    const auto second = journal->claim_all_shards("b");
    REQUIRE(first.size() == 4);
    REQUIRE(second.size() == 4);
    for (std::size_t i = 0; i < 4; ++i) {
      CHECK(first[i].shard == i);
      CHECK(second[i].epoch > first[i].epoch);
    }
    CHECK(statuses(journal->commit({entry(trip, 1, "a"), entry(trip, 2, "b", 99)})) == std::vector{committed, fenced});
  }
}

TEST_CASE("journal: one shard is claimed where its epoch is still the expected one") {
  for (const JournalKind& kind : kinds) {
    CAPTURE(kind.name);
    TemporaryFolder folder;
    auto journal = kind.open(folder.path);
    const auto first = journal->claim_shard(2, 0, "a/1");
    REQUIRE(first);
    CHECK(first->shard == 2);
    CHECK(first->epoch == 1);
    CHECK(statuses(journal->commit({entry(trip, 1, "a", 2), entry(other, 1, "b", 1)})) ==
          std::vector{committed, fenced});
    CHECK_FALSE(journal->claim_shard(2, 0, "a/1"));
    CHECK_FALSE(journal->claim_shard(2, 2, "a/1"));
    CHECK_FALSE(journal->claim_shard(99, 0, "a/1"));
    CHECK(statuses(journal->commit({entry(trip, 2, "a", 2)})) == std::vector{committed});
    CHECK(journal->claim_shard(2, 1, "a/1")->epoch == 2);
    CHECK(journal->claim_all_shards("all").at(2).epoch == 3);
  }
}

TEST_CASE("journal: what was decided under an epoch does not land under a later one, though this process holds it") {
  for_each_journal([](Journal& journal) {
    REQUIRE(journal.claim_shard(0, 1, "a/1"));
    Write stale = entry(trip, 1, "stale"), fresh = entry(other, 1, "fresh"), any = entry(user_address, 1, "any");
    stale.epoch = 1;
    fresh.epoch = 2;
    CHECK(statuses(journal.commit({stale, fresh, any})) == std::vector{fenced, committed, committed});
    CHECK(journal.load(trip).after.empty());
    CHECK(bodies(journal.load(other).after) == std::vector<std::string>{"fresh"});
  });
}

TEST_CASE("journal: entries come back in order, by entity and by position") {
  for_each_journal([](Journal& journal) {
    const std::string binary("\0\xff\n", 3);
    const auto fates = journal.commit({entry(trip, 1, "one"), entry(other, 1, binary, 2), entry(trip, 2, "")});
    REQUIRE(statuses(fates) == std::vector{committed, committed, committed});
    CHECK(fates[0].position < fates[1].position);
    CHECK(fates[1].position < fates[2].position);
    CHECK(journal.head() == fates[2].position);

    CHECK(bodies(journal.load(trip).after) == std::vector<std::string>{"one", ""});
    CHECK(bodies(journal.load(other).after) == std::vector{binary});
    CHECK(journal.load(user_address).after.empty());
    CHECK(bodies(journal.history(trip, 2, 10)) == std::vector<std::string>{""});
    CHECK(bodies(journal.history(trip, 1, 1)) == std::vector<std::string>{"one"});
    CHECK(journal.entry(trip, 1)->body == "one");
    CHECK_FALSE(journal.entry(trip, 3));

    const auto feed = journal.feed(0, 2);
    REQUIRE(feed.size() == 2);
    CHECK(feed[0].entity == trip);
    CHECK(feed[0].position == fates[0].position);
    CHECK(feed[1].entity == other);
    CHECK(feed[1].sequence == 1);
    CHECK(feed[1].body == binary);
    CHECK(journal.feed(feed[1].position, 10).size() == 1);
    CHECK(journal.feed(journal.head(), 10).empty());
  });
}

TEST_CASE("journal: positions of the track lane are the entity's history but not the feed's") {
  for_each_journal([](Journal& journal) {
    Write track = entry(trip, 2, "position");
    track.lane = Lane::track;
    const auto fates = journal.commit({entry(trip, 1, "one"), track, entry(trip, 3, "three")});
    CHECK(fates[1].status == committed);
    CHECK(fates[1].position == 0);
    const Stored stored = journal.load(trip);
    CHECK(bodies(stored.after) == std::vector<std::string>{"one", "position", "three"});
    CHECK(stored.after[1].lane == Lane::track);
    CHECK(journal.entry(trip, 2)->lane == Lane::track);
    CHECK(journal.feed(0, 10).size() == 2);
    // A sequence is taken by either lane.
    Write again = entry(trip, 3, "again");
    again.lane = Lane::track;
    CHECK(statuses(journal.commit({again})) == std::vector{conflict});
    CHECK(statuses(journal.commit({entry(trip, 2, "again")})) == std::vector{conflict});
    CHECK(bodies(journal.history(trip, 1, 10, Lane::track)) == std::vector<std::string>{"position"});
    CHECK(bodies(journal.history(trip, 2, 1, Lane::journal)) == std::vector<std::string>{"three"});
  });
}

TEST_CASE("journal: a duplicate leaves only its own write out, and all of it") {
  for_each_journal([](Journal& journal) {
    REQUIRE(journal.commit({entry(trip, 1, "one")})[0].status == committed);
    Write duplicate = entry(trip, 1, "twice");
    duplicate.sends = {{{trip, 1}, user_address, "effect", "", ""}};
    duplicate.timers = {{"t", 1, test_start}};
    duplicate.snapshot = Snapshot{1, "state"};
    const auto fates = journal.commit({duplicate, entry(trip, 2, "built on it"), entry(other, 1, "mine")});
    CHECK(statuses(fates) == std::vector{conflict, conflict, committed});
    CHECK(bodies(journal.load(trip).after) == std::vector<std::string>{"one"});
    CHECK_FALSE(journal.load(trip).snapshot);
    CHECK(journal.pending_effects({}, 10).empty());
    CHECK_FALSE(journal.next_due());
    CHECK(journal.feed(0, 10).size() == 2);
  });
}

TEST_CASE("journal: an effect's number that is taken leaves the whole write out") {
  for_each_journal([](Journal& journal) {
    Write first = entry(trip, 1, "one");
    first.sends = {{{trip, 1}, user_address, "a", "", ""}};
    REQUIRE(journal.commit({first})[0].status == committed);
    Write second = entry(trip, 2, "two");
    second.sends = {{{trip, 2}, user_address, "b", "", ""}, {{trip, 1}, user_address, "again", "", ""}};
    const auto fates = journal.commit({entry(other, 1, "x"), second, entry(user_address, 1, "y")});
    CHECK(statuses(fates) == std::vector{committed, conflict, committed});
    CHECK(journal.load(trip).after.size() == 1);
    CHECK(journal.pending_effects({}, 10).size() == 1);
    CHECK(journal.pending_effects({}, 10)[0].command == "a");
    CHECK(journal.head() == fates[2].position);
  });
}

TEST_CASE("journal: effects wait in order of sender and number until they are settled") {
  for_each_journal([](Journal& journal) {
    Write first = entry(trip, 1, "one");
    first.sends = {{{trip, 1}, user_address, "a", "trace", "correlation"}, {{trip, 2}, other, "b", "", ""}};
    Write second = entry(other, 1, "one");
    second.sends = {{{other, 1}, user_address, std::string("\0c", 2), "", ""}};
    REQUIRE(statuses(journal.commit({second, first})) == std::vector{committed, committed});
    const auto effects = journal.pending_effects({}, 2);
    REQUIRE(effects.size() == 2);
    CHECK(effects[0].key == EffectKey{trip, 1});
    CHECK(effects[0].receiver == user_address);
    CHECK(effects[0].command == "a");
    CHECK(effects[0].trace_id == "trace");
    CHECK(effects[0].correlation_id == "correlation");
    CHECK(effects[1].key == EffectKey{trip, 2});
    const auto rest = journal.pending_effects(effects[1].key, 10);
    REQUIRE(rest.size() == 1);
    CHECK(rest[0].command == std::string("\0c", 2));

    // Settled with the receiver's own entry, or by a write without one.
    Write receiver = entry(user_address, 1, "took a");
    receiver.settled = {{trip, 1}};
    Write bare;
    bare.entity = other;
    bare.settled = {{trip, 2}, {trip, 99}};
    CHECK(statuses(journal.commit({receiver, bare})) == std::vector{committed, committed});
    REQUIRE(journal.pending_effects({}, 10).size() == 1);
    CHECK(journal.pending_effects({}, 10)[0].key == EffectKey{other, 1});
  });
}

TEST_CASE("journal: timers are due in order of time, replaced by name, and gone when cleared") {
  using std::chrono::seconds;
  for_each_journal([](Journal& journal) {
    CHECK_FALSE(journal.next_due());
    Write set = entry(trip, 1, "one");
    set.timers = {{"late", 1, test_start + seconds(20)}, {"early", 1, test_start + seconds(10)}};
    journal.commit({set});
    CHECK(journal.next_due() == test_start + seconds(10));
    CHECK(journal.due_timers(test_start + seconds(9), 10).empty());
    REQUIRE(journal.due_timers(test_start + seconds(10), 10).size() == 1);
    CHECK(journal.due_timers(test_start + seconds(30), 1)[0].timer.name == "early");
    REQUIRE(journal.due_timers(test_start + seconds(30), 2, 1).size() == 1);
    CHECK(journal.due_timers(test_start + seconds(30), 2, 1)[0].timer.name == "late");
    CHECK(journal.due_timers(test_start + seconds(30), 2, 2).empty());

    Write change = entry(trip, 2, "two");
    change.timers = {{"early", 2, test_start + seconds(30)}};
    journal.commit({change});
    auto due = journal.due_timers(test_start + seconds(30), 10);
    REQUIRE(due.size() == 2);
    CHECK(due[0].timer.name == "late");
    CHECK(due[1].timer.generation == 2);
    CHECK(due[1].entity == trip);

    Write clear = entry(trip, 3, "three");
    clear.timers = {{"early", 3, {}}, {"late", 2, {}}, {"never set", 1, {}}};
    CHECK(journal.commit({clear})[0].status == committed);
    CHECK_FALSE(journal.next_due());
  });
}

TEST_CASE("journal: a snapshot replaces the entries before it, and the former snapshot") {
  for_each_journal([](Journal& journal) {
    Write write = entry(trip, 1, "one");
    write.snapshot = Snapshot{1, "state 1"};
    journal.commit({write, entry(trip, 2, "two"), entry(trip, 3, "three")});
    CHECK(journal.load(trip).snapshot->body == "state 1");
    CHECK(bodies(journal.load(trip).after) == std::vector<std::string>{"two", "three"});
    Write later;
    later.entity = trip;
    later.snapshot = Snapshot{3, "state 3"};
    const auto fates = journal.commit({later});
    CHECK(fates[0].status == committed);
    CHECK(fates[0].position == 0);
    CHECK(journal.load(trip).snapshot->sequence == 3);
    CHECK(journal.load(trip).after.empty());
    CHECK(journal.history(trip, 1, 10).size() == 3);
  });
}

TEST_CASE("journal: settings are kept by name") {
  for_each_journal([](Journal& journal) {
    CHECK_FALSE(journal.setting("clock"));
    journal.set_setting("clock", "1");
    journal.set_setting("clock", "2");
    CHECK(journal.setting("clock") == "2");
  });
}

TEST_CASE("journal: what was committed is there for the next process, which fences the former") {
  for (const JournalKind& kind : kinds) {
    if (!kind.on_disk) continue;
    CAPTURE(kind.name);
    TemporaryFolder folder;
    auto former = kind.open(folder.path);
    former->claim_all_shards("former");
    Write write = entry(trip, 1, "one");
    write.sends = {{{trip, 1}, user_address, "a", "", ""}};
    write.timers = {{"t", 1, test_start}};
    write.snapshot = Snapshot{1, "state"};
    REQUIRE(former->commit({write})[0].status == committed);

    auto next = kind.open(folder.path);
    next->claim_all_shards("next");
    CHECK(statuses(former->commit({entry(trip, 2, "stale")})) == std::vector{fenced});
    CHECK(former->failure().empty());
    CHECK(statuses(next->commit({entry(trip, 2, "two")})) == std::vector{committed});
    former.reset();
    next.reset();

    auto again = kind.open(folder.path);
    CHECK(again->load(trip).snapshot->body == "state");
    CHECK(bodies(again->history(trip, 1, 10)) == std::vector<std::string>{"one", "two"});
    CHECK(again->pending_effects({}, 10).size() == 1);
    CHECK(again->next_due() == test_start);
    CHECK(again->head() == 2);
  }
}

}  // namespace journal_conformance_test
