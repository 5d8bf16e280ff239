// The SQLite journal beside the one in memory, under the same random writes: what moves from memory into the file's
// index is neither missed nor seen twice.
#include <memory>
#include <random>

#include "storage/journal/memory_journal.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

namespace entity_index_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

constexpr std::size_t index_rows = 700;  // some ten commits move them
constexpr int entities = 60;

Address entity(int i) { return {EntityKind::trip, test_id<TripId>(static_cast<std::uint8_t>(i)).value}; }

std::vector<std::string> texts(const std::vector<Stored::Row>& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows)
    out.push_back(std::to_string(row.sequence) + (row.lane == Lane::track ? "t" : "j") + row.body);
  return out;
}

/// Two journals that are told the same.
struct Twins {
  explicit Twins(unsigned seed) : random(seed) { open(); }
  void open() {
    sqlite.reset();
    sqlite = open_sqlite_journal(folder.path, {.shards = 2, .checkpoint_pages = 50, .index_rows = index_rows});
    sqlite->claim_all_shards("test");
    memory.claim_all_shards("test");
  }
  int below(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
  Write write() {
    const int i = below(entities);
    Write out;
    out.entity = entity(i);
    out.shard = static_cast<std::uint32_t>(i % 2);
    out.sequence = below(50) == 0 && last[i] > 0 ? last[i] : ++last[i];  // now and then one that is taken
    out.lane = below(3) == 0 ? Lane::track : Lane::journal;
    out.body = std::to_string(random());
    if (below(40) == 0) out.snapshot = Snapshot{out.sequence, "state"};
    return out;
  }
  void commit() {
    std::vector<Write> batch(static_cast<std::size_t>(1 + below(60)));
    for (Write& one : batch) one = write();
    const auto fates = sqlite->commit(batch), expected = memory.commit(batch);
    for (std::size_t i = 0; i < batch.size(); ++i) REQUIRE(fates[i].status == expected[i].status);
    // What was decided upon a write that stayed out stays out too.
    for (int i = 0; i < entities; ++i) {
      const auto rows = memory.history(entity(i), 0, SIZE_MAX, {});
      last[i] = rows.empty() ? 0 : rows.back().sequence;
    }
  }
  void compare(int i) {
    const Stored stored = sqlite->load(entity(i)), expected = memory.load(entity(i));
    CHECK(stored.snapshot.has_value() == expected.snapshot.has_value());
    CHECK(texts(stored.after) == texts(expected.after));
    const auto from = static_cast<std::uint64_t>(below(100));
    const auto limit = static_cast<std::size_t>(below(200));
    for (const auto lane : {std::optional<Lane>(), std::optional(Lane::journal), std::optional(Lane::track)})
      CHECK(texts(sqlite->history(entity(i), from, limit, lane)) ==
            texts(memory.history(entity(i), from, limit, lane)));
    CHECK(sqlite->entry(entity(i), from).has_value() == memory.entry(entity(i), from).has_value());
  }
  std::int64_t rows_in_file() {
    return sqlite::Connection(journal_file::path_in(folder.path), sqlite::Access::read)
        .integer("SELECT count(*) FROM entity_index");
  }

  std::mt19937 random;
  TemporaryFolder folder;
  MemoryJournal memory{2};
  std::unique_ptr<Journal> sqlite;
  std::uint64_t last[entities] = {};
};

}  // namespace

TEST_CASE("journal index: reads see every row once while the index moves into the file, and after each start") {
  for (const unsigned seed : {1U, 2U, 3U}) {
    CAPTURE(seed);
    Twins twins(seed);
    for (int round = 0; round < 150; ++round) {
      twins.commit();
      twins.compare(twins.below(entities));
      if (twins.below(20) == 0) twins.open();  // perhaps in the midst of a move
    }
    for (int i = 0; i < entities; ++i) twins.compare(i);
    CHECK(twins.rows_in_file() > static_cast<std::int64_t>(index_rows));
  }
}

}  // namespace entity_index_test
