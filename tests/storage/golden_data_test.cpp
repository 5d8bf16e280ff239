// A data folder that an earlier build left behind after kill -9 (golden/README.md tells what is in it): this build must
// find it whole and replay it. tests/scenarios/earlier/years_later serves it.
#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>

#include "actors/registry.hpp"
#include "runtime/host.hpp"
#include "storage/codec/codec.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "storage/journal/tools.hpp"
#include "storage/read_models/projector.hpp"
#include "storage/read_models/read_models.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

namespace golden_data_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

constexpr std::size_t events_in_it = 148;  // kinds of events; CARAVAN_SHOW_MISSING=1 names the others

/// The folder, unpacked for one test.
struct Golden {
  TemporaryFolder folder;
  const std::string data = folder.path + "/data";
  Golden() { REQUIRE(std::system(("tar -xf tests/storage/golden/market.tar.xz -C " + folder.path).c_str()) == 0); }
};

/// Who has an entry, in both lanes: what has positions has a history beside them.
std::set<Address> all_addresses(Journal& journal) {
  std::set<Address> all;
  for (std::uint64_t after = 0;;) {
    const std::vector<FeedEntry> entries = journal.feed(after, 1'000);
    if (entries.empty()) return all;
    for (const FeedEntry& entry : entries) all.insert(entry.entity);
    after = entries.back().position;
  }
}

std::vector<Stored::Row> history_of(Journal& journal, const Address& entity) {
  return journal.history(entity, 1, 1'000'000);
}

std::string state_of(const Address& entity, const Stored& stored) {
  EntityHost host(*find_entity(entity.kind), entity, 0, 1);
  host.load(stored);
  std::string bytes;
  codec::encode(*find_entity(entity.kind)->state, host.state(), bytes);
  return bytes;
}

}  // namespace

TEST_CASE("golden data: a journal of an earlier build is whole, and holds every kind of entity") {
  const Golden golden;
  const tools::VerifyReport report = tools::verify(golden.data);
  for (const std::string& problem : report.problems) MESSAGE(problem);
  CHECK(report.ok());
  CHECK(report.snapshots > 100);
  CHECK(report.track_entries > 0);
  const tools::JournalStats stats = tools::stats(golden.data);
  CHECK(stats.pending_effects > 0);
  CHECK(stats.timers > 0);
  for (const EntityClass* entity : all_entities())
    // The others are younger than that build.
    if (entity->kind < EntityKind::payments)
      CHECK_MESSAGE(std::ranges::count(stats.kinds, entity->kind, &tools::KindStats::kind) == 1, entity->name);
}

TEST_CASE("golden data: every entity is the same from its first event as from its snapshot") {
  const Golden golden;
  const auto journal = open_sqlite_journal(golden.data);
  std::set<const schema::Type*> seen;
  std::size_t with_snapshot = 0;
  for (const Address& entity : all_addresses(*journal)) {
    const std::vector<Stored::Row> rows = history_of(*journal, entity);
    for (const Stored::Row& row : rows) {
      JournalEntry entry{.entity = entity, .sequence = row.sequence, .lane = row.lane};
      REQUIRE(decode_body(*find_entity(entity.kind), row.body, entry));
      for (const AnyRecord& event : entry.events) seen.insert(&event.type());
    }
    const Stored stored = journal->load(entity);
    CHECK_MESSAGE(state_of(entity, {{}, rows}) == state_of(entity, stored), to_text(entity));
    if (!stored.snapshot) continue;
    ++with_snapshot;
    const auto before = std::ranges::upper_bound(rows, stored.snapshot->sequence, {}, &Stored::Row::sequence);
    CHECK_MESSAGE(state_of(entity, {{}, {rows.begin(), before}}) == state_of(entity, {stored.snapshot, {}}),
                  to_text(entity), " as of its snapshot");
  }
  CHECK(with_snapshot > 100);
  std::size_t events = 0;
  for (const EntityClass* entity : all_entities())
    for (const Alternative& event : entity->events) {
      ++events;
      if (std::getenv("CARAVAN_SHOW_MISSING") && !seen.contains(event.type))
        MESSAGE(entity->name, " never had a ", event.type->name);
    }
  CHECK_MESSAGE(seen.size() >= events_in_it, seen.size(), " of ", events, " kinds of events are in it");
}

TEST_CASE("golden data: read models are built anew from a journal of an earlier build, and go on from its file") {
  const Golden golden;
  const auto journal = open_sqlite_journal(golden.data);
  const TemporaryFolder elsewhere;
  ReadModels fresh(elsewhere.path);
  fresh.rebuild(*journal);
  CHECK(fresh.position() == journal->head());
  std::map<EntityKind, std::size_t> counted;
  std::size_t compared = 0;
  const ReadModels::Reading reading(fresh);
  auto query = (*reading).query("SELECT kind, id, body FROM entity_state");
  while (query.step()) {
    const Address entity{static_cast<EntityKind>(query.integer(0)), query.uuid(1)};
    // Positions are beside the feed, which read models follow.
    const std::vector<Stored::Row> rows = journal->history(entity, 1, 1'000'000, Lane::track);
    if (!rows.empty()) continue;
    ++compared;
    CHECK_MESSAGE(query.view(2) == state_of(entity, {{}, history_of(*journal, entity)}), to_text(entity));
  }
  CHECK(compared > 300);

  ReadModels::forget_other_history(golden.data, *journal);
  ReadModels old(golden.data);
  Projector projector(*journal, old);
  CHECK(old.wait_for(journal->head(), std::chrono::seconds(60)));
  CHECK(projector.failure().empty());
}

}  // namespace golden_data_test
