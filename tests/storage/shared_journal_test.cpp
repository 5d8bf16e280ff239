// Several processes on one data folder, as journals that know nothing of each other.
#include <future>
#include <memory>
#include <random>

#include "storage/journal/memory_journal.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

namespace shared_journal_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

constexpr int processes = 3;
constexpr std::uint32_t shards = 4;
constexpr int shared_entities = 40;

Address shared_entity(int i) { return {EntityKind::trip, test_id<TripId>(static_cast<std::uint8_t>(i)).value}; }
std::uint32_t shard_of_entity(int i) { return static_cast<std::uint32_t>(i) % shards; }

std::vector<std::string> shared_texts(const std::vector<Stored::Row>& rows) {
  std::vector<std::string> out;
  for (const auto& row : rows)
    out.push_back(std::to_string(row.sequence) + (row.lane == Lane::track ? "t" : "j") + row.body);
  return out;
}

/// Processes that take shards from each other and write; beside them one journal in memory that is told the same.
struct Processes {
  Processes(unsigned seed, std::size_t rows) : random(seed), index_rows(rows) {
    for (int i = 0; i < processes; ++i) open(i);
  }
  void open(int i) {
    journals[i].reset();
    journals[i] = open_sqlite_journal(
        folder.path,
        {.shards = shards, .checkpoint_pages = 200, .index_rows = index_rows, .checkpoint_thread = i == 0});
    std::erase_if(holder, [i](const auto& held) { return held.second == i; });
  }
  int below(int n) { return static_cast<int>(random() % static_cast<unsigned>(n)); }
  void claim() {
    const auto shard = static_cast<std::uint32_t>(below(shards));
    const int i = below(processes);
    REQUIRE(journals[i]->claim_shard(shard, epochs[shard], "node").has_value());
    ++epochs[shard];
    holder[shard] = i;
    for (int e = 0; e < shared_entities; ++e)
      if (shard_of_entity(e) == shard) compare(e);
  }
  void commit() {
    const int writer = below(processes);
    std::vector<Write> batch(static_cast<std::size_t>(1 + below(40)));
    for (Write& write : batch) {
      const int e = below(shared_entities);
      write.entity = shared_entity(e);
      write.shard = shard_of_entity(e);
      write.sequence = last[e] + 1;
      if (holder.contains(write.shard) && holder[write.shard] == writer) ++last[e];
      write.lane = below(3) == 0 ? Lane::track : Lane::journal;
      write.body = std::to_string(random());
    }
    const auto fates = journals[writer]->commit(batch);
    REQUIRE(journals[writer]->failure().empty());
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const bool is_held = holder.contains(batch[i].shard) && holder[batch[i].shard] == writer;
      REQUIRE((fates[i].status == CommitStatus::committed) == is_held);
      if (is_held) expected[batch[i].entity].push_back({batch[i].sequence, batch[i].lane, batch[i].body});
    }
  }
  /// What the owner of an entity's shard reads.
  void compare(int e) {
    const auto found = holder.find(shard_of_entity(e));
    if (found == holder.end()) return;
    const Stored stored = journals[found->second]->load(shared_entity(e));
    REQUIRE(shared_texts(stored.after) == shared_texts(expected[shared_entity(e)]));
  }

  std::mt19937 random;
  const std::size_t index_rows;
  TemporaryFolder folder;
  std::unique_ptr<Journal> journals[processes];
  std::map<std::uint32_t, int> holder;  // by shard
  std::uint64_t epochs[shards] = {};
  std::uint64_t last[shared_entities] = {};
  std::map<Address, std::vector<Stored::Row>> expected;
};

}  // namespace

TEST_CASE("shared journal: who claims a shard sees every row of it, whoever wrote and indexed it") {
  for (const unsigned seed : {1U, 2U}) {
    for (const std::size_t index_rows : {0U, 300U}) {
      CAPTURE(seed);
      CAPTURE(index_rows);
      Processes all(seed, index_rows);
      for (int round = 0; round < 150; ++round) {
        if (all.below(4) == 0) all.claim();
        if (all.below(30) == 0) all.open(all.below(processes));
        all.commit();
        all.compare(all.below(shared_entities));
      }
      // A fresh start knows the rows behind `indexed` only: none before it may be missing.
      for (int i = 0; i < processes; ++i) all.open(i);
      for (std::uint32_t shard = 0; shard < shards; ++shard) {
        REQUIRE(all.journals[0]->claim_shard(shard, all.epochs[shard], "last"));
        all.holder[shard] = 0;
      }
      for (int e = 0; e < shared_entities; ++e) all.compare(e);
      CHECK(sqlite::Connection(journal_file::path_in(all.folder.path), sqlite::Access::read)
                .integer("SELECT min(position) FROM indexed") > 0);
    }
  }
}

TEST_CASE("shared journal: a fenced process cannot write, and what it wrote before is not written over") {
  TemporaryFolder folder;
  auto former = open_sqlite_journal(folder.path, {.shards = 1});
  auto next = open_sqlite_journal(folder.path, {.shards = 1});
  REQUIRE(former->claim_shard(0, 0, "a/1"));
  Write write;
  write.entity = shared_entity(1);
  write.sequence = 1;
  write.body = "one";
  CHECK(former->commit({write})[0].status == CommitStatus::committed);
  REQUIRE(next->claim_shard(0, 1, "b/2"));
  CHECK(next->commit({write})[0].status == CommitStatus::conflict);
  write.sequence = 2;
  CHECK(former->commit({write})[0].status == CommitStatus::fenced);
  CHECK(next->commit({write})[0].status == CommitStatus::committed);
  CHECK(next->commit({write})[0].status == CommitStatus::conflict);
}

TEST_CASE("shared journal: who owns nothing reads the history that others write") {
  for (const std::size_t index_rows : {0U, 300U}) {
    Processes all(7, index_rows);
    for (int round = 0; round < 60; ++round) {
      if (all.below(4) == 0) all.claim();
      all.commit();
      const int e = all.below(shared_entities);
      for (const auto& journal : all.journals)
        REQUIRE(shared_texts(journal->history(shared_entity(e), 0, SIZE_MAX)) ==
                shared_texts(all.expected[shared_entity(e)]));
    }
  }
}

TEST_CASE("shared journal: a commit waits for a process that was stopped while it wrote, and reads do not") {
  TemporaryFolder folder;
  const auto journal = open_sqlite_journal(folder.path, {.shards = 1});
  REQUIRE(journal->claim_shard(0, 0, "a/1"));
  Write write;
  write.entity = shared_entity(1);
  write.sequence = 1;
  write.body = "one";
  sqlite::Connection stopped(journal_file::path_in(folder.path), sqlite::Access::write);
  auto holds = std::make_unique<sqlite::Transaction>(stopped);
  auto commit = std::async(std::launch::async, [&] { return journal->commit({write}); });
  // Longer than the journal waits in one go.
  CHECK(commit.wait_for(std::chrono::milliseconds(600)) == std::future_status::timeout);
  CHECK(journal->history(write.entity, 0, 10).empty());
  CHECK(journal->failure().empty());
  holds.reset();
  CHECK(commit.get()[0].status == CommitStatus::committed);
  CHECK(journal->history(write.entity, 0, 10).size() == 1);
}

TEST_CASE("shared journal: a commit that has waited long enough says who is to be stopped") {
  TemporaryFolder folder;
  const auto journal = open_sqlite_journal(folder.path, {.shards = 1, .lock_patience = std::chrono::milliseconds(1)});
  REQUIRE(journal->claim_shard(0, 0, "a/1"));
  Write write;
  write.entity = shared_entity(1);
  sqlite::Connection stopped(journal_file::path_in(folder.path), sqlite::Access::write);
  const sqlite::Transaction holds(stopped);
  CHECK(journal->commit({write})[0].status == CommitStatus::unknown);
  CHECK(journal->failure().find("another process keeps the file locked") != std::string::npos);
}

}  // namespace shared_journal_test
