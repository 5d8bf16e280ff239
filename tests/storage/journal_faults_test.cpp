// What the SQLite journal does when the disk does not do what it says.
#include <algorithm>
#include <filesystem>

#include "storage/journal/sqlite_journal.hpp"
#include "tests/storage/fault_vfs.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

namespace journal_faults_test {

using namespace caravan;
using namespace caravan::testkit;
using enum CommitStatus;

namespace {

const Address trip{EntityKind::trip, test_id<TripId>(1).value};

struct Fixture {
  TemporaryFolder folder;
  FaultVfs& faults = FaultVfs::instance();
  std::unique_ptr<Journal> journal;
  std::uint64_t sequence = 0;

  Fixture() { faults.reset(); }
  ~Fixture() {
    journal.reset();
    faults.reset();
  }
  /// Without a thread for checkpoints, so that faults fall where the test says; `threaded` where it does not matter.
  void open(int checkpoint_pages = 16'000, bool threaded = false) {
    journal = open_sqlite_journal(folder.path, {.shards = 1,
                                                .checkpoint_pages = checkpoint_pages,
                                                .index_rows = 3,
                                                .checkpoint_thread = threaded,
                                                .vfs = FaultVfs::name});
    journal->claim_all_shards("test");
  }
  CommitStatus write(std::size_t size = 100) {
    Write write;
    write.entity = trip;
    write.sequence = ++sequence;
    write.body = std::string(size, 'x');
    return journal->commit({write})[0].status;
  }
  void crash(bool torn = false) {
    faults.dead = true;
    journal.reset();
    faults.dead = faults.sync_fails = faults.database_sync_fails = false;
    faults.lose_power(folder.path, torn);
    open();
  }
};

}  // namespace

TEST_CASE("journal faults: a full disk makes the commit unknown, says so, and ends writing") {
  Fixture f;
  f.open();
  REQUIRE(f.write() == committed);
  f.faults.disk_full = true;
  CHECK(f.write(100'000) == unknown);
  CHECK(f.journal->failure().find("disk is full") != std::string::npos);
  f.faults.disk_full = false;
  CHECK(f.write() == unknown);
  CHECK(f.journal->load(trip).after.size() == 1);  // reads go on

  f.journal.reset();
  f.open();
  CHECK(f.journal->load(trip).after.size() == 1);
  f.sequence = 1;
  CHECK(f.write() == committed);
}

TEST_CASE("journal faults: a failed sync is never tried again") {
  Fixture f;
  f.open();
  REQUIRE(f.write() == committed);
  f.faults.sync_fails = true;
  CHECK(f.write() == unknown);
  f.faults.sync_fails = false;
  const std::uint64_t syncs = f.faults.syncs;
  CHECK(f.write() == unknown);
  CHECK_FALSE(f.journal->failure().empty());
  CHECK(f.faults.syncs == syncs);
  f.crash();
  CHECK(f.journal->load(trip).after.size() >= 1);
  CHECK(f.journal->load(trip).after.size() <= 2);
}

TEST_CASE("journal: a thread moves pages while commits go on, and the log begins anew") {
  constexpr int pages = 700, commits = 1'000, writes = 20;
  TemporaryFolder folder;
  const auto journal = open_sqlite_journal(folder.path, {.shards = 1, .checkpoint_pages = pages});
  journal->claim_all_shards("test");
  std::vector<Write> batch(writes);
  std::uint64_t sequence = 0;
  std::uintmax_t largest = 0;
  for (int i = 0; i < commits; ++i) {
    for (Write& write : batch) {
      write.entity = trip;
      write.sequence = ++sequence;
      write.body = std::string(8'000, 'x');
    }
    REQUIRE(journal->commit(batch).back().status == committed);
    largest = std::max(largest, std::filesystem::file_size(std::string(folder.path) + "/journal.sqlite-wal"));
  }
  CHECK(largest < 20U * pages * 4'096U);  // of some 60,000 pages written
  CHECK(journal->failure() == "");
  CHECK(journal->load(trip).after.size() == commits * writes);
}

TEST_CASE("journal faults: a failed sync in the thread that moves pages ends writing") {
  Fixture f;
  f.open(1, true);
  f.faults.database_sync_fails = true;
  int written = 0;
  while (written < 1'000'000 && f.write() == committed) ++written;
  CHECK(written > 0);
  CHECK(f.journal->failure().find("checkpoint") != std::string::npos);
  f.faults.database_sync_fails = false;
  f.crash();
  CHECK(f.journal->load(trip).after.size() == static_cast<std::size_t>(written));
}

TEST_CASE("journal faults: a checkpoint's failed sync keeps what was committed, and ends writing") {
  Fixture f;
  f.open(1);
  REQUIRE(f.write() == committed);
  f.faults.database_sync_fails = true;
  CHECK(f.write() == committed);  // its own bytes are safe in the log
  CHECK(f.write() == unknown);
  CHECK(f.journal->failure().find("checkpoint") != std::string::npos);
  f.faults.database_sync_fails = false;
  f.crash();
  CHECK(f.journal->load(trip).after.size() == 2);
}

TEST_CASE("journal faults: loss of power loses nothing that was committed, torn writes or not") {
  for (const bool torn : {false, true})
    for (const int checkpoint_pages : {1, 7, 16'000}) {
      CAPTURE(torn);
      CAPTURE(checkpoint_pages);
      Fixture f;
      f.open(checkpoint_pages);
      for (int i = 0; i < 40; ++i) REQUIRE(f.write(1'000) == committed);
      f.crash(torn);
      CHECK(f.journal->load(trip).after.size() == 40);
      CHECK(f.write() == committed);
      f.crash(torn);
      CHECK(f.journal->load(trip).after.size() == 41);
    }
}

TEST_CASE("journal faults: power lost within a commit leaves all of it or nothing") {
  for (const bool torn : {false, true}) {
    CAPTURE(torn);
    Fixture f;
    f.open();
    REQUIRE(f.write() == committed);
    f.faults.sync_fails = true;  // written, never durable
    CHECK(f.write(50'000) == unknown);
    f.crash(torn);
    const auto stored = f.journal->load(trip).after;
    REQUIRE(!stored.empty());
    CHECK(stored[0].body.size() == 100);
    if (stored.size() == 2) CHECK(stored[1].body.size() == 50'000);
  }
}

}  // namespace journal_faults_test
