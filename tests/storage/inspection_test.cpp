#include "storage/journal/inspection.hpp"

#include <fstream>

#include "actors/claim/entity.hpp"
#include "storage/journal/backup.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "storage/sqlite/database.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

using namespace caravan;
using namespace caravan::testkit;

namespace {

Write taken_claim(std::uint8_t number, std::uint64_t sequence = 1) {
  Write write;
  write.entity = {EntityKind::claim, test_id<UserId>(number).value};
  write.sequence = sequence;
  JournalEntry entry;
  entry.entity = write.entity;
  entry.sequence = sequence;
  entry.origin.at = from_millis(1'000 + number);
  entry.origin.command = "take_claim";
  entry.events.emplace_back(ClaimTaken{test_id<UserId>(static_cast<std::uint8_t>(number + 100)).value, "print", true});
  write.body = encode_body(entry);
  return write;
}

/// A journal of three claims.
struct Filled {
  TemporaryFolder folder;
  std::unique_ptr<Journal> journal = open_sqlite_journal(folder.path, {.shards = 2});
  Filled() {
    journal->claim_all_shards("test");
    for (const Committed& fate : journal->commit({taken_claim(1), taken_claim(2), taken_claim(3)}))
      REQUIRE(fate.status == CommitStatus::committed);
  }
  void damage(const std::string& sql) const {
    sqlite::Database(folder.path + "/journal.sqlite", sqlite::Access::write).run(sql);
  }
};

}  // namespace

TEST_CASE("inspection: a sound journal has no faults, beside its open writer") {
  const Filled filled;
  const JournalCheck check = check_journal(filled.folder.path, nullptr);
  CHECK(check.fault_count == 0);
  CHECK(check.entries == 3);
  const JournalStats stats = journal_stats(filled.folder.path, nullptr);
  CHECK(stats.kinds.at("claim").entities == 3);
  CHECK(stats.events.at("claim.taken") == 3);
  CHECK(stats.shards == 2);
  CHECK(to_millis(*stats.last_at) == 1'003);
}

TEST_CASE("inspection: each kind of damage is named") {
  const Filled filled;
  filled.damage("UPDATE entry SET body = x'00ff' WHERE position = 1");
  CHECK(check_journal(filled.folder.path, nullptr).faults.at(0).ends_with("wrong checksum"));
  filled.damage("UPDATE entry SET sequence = 5 WHERE position = 2");
  const JournalCheck check = check_journal(filled.folder.path, nullptr);
  CHECK(check.fault_count == 3);  // two checksums, one gap
  CHECK(check.faults.back().ends_with("its sequence goes from 5 to 5"));
  CHECK_THROWS_AS(check_journal("/nowhere", nullptr), StorageError);
}

TEST_CASE("inspection: a dump begins and ends where it is told") {
  const Filled filled;
  std::vector<std::uint64_t> positions;
  read_journal(filled.folder.path, 1, [&](std::uint64_t position, const JournalEntry& entry) {
    positions.push_back(position);
    CHECK(entry.events.at(0).type().name == "claim.taken");
    return positions.size() < 2;
  });
  CHECK(positions == std::vector<std::uint64_t>{2, 3});
}

TEST_CASE("backup: a running journal, keys and uploads come back whole, under a higher epoch") {
  Filled filled;
  std::filesystem::create_directories(filled.folder.path + "/keys");
  std::ofstream(filled.folder.path + "/keys/a.ed25519") << "seed";
  std::ofstream(filled.folder.path + "/read_models.sqlite") << "made anew";
  const TemporaryFolder elsewhere;
  const std::string copy = elsewhere.path + "/copy", restored = elsewhere.path + "/restored";
  const CopiedData copied = back_up(filled.folder.path, copy);
  CHECK(copied.entries == 3);
  CHECK(copied.files == 1);
  CHECK_THROWS_AS(back_up(filled.folder.path, copy), StorageError);
  CHECK(filled.journal->commit({taken_claim(4)})[0].status == CommitStatus::committed);

  const auto lease = filled.journal->claim_all_shards("later")[0];
  restore_backup(copy, restored);
  CHECK(std::filesystem::exists(restored + "/keys/a.ed25519"));
  CHECK_FALSE(std::filesystem::exists(restored + "/read_models.sqlite"));
  CHECK(check_journal(restored, nullptr).fault_count == 0);
  CHECK(journal_stats(restored, nullptr).head == 3);
  CHECK(open_sqlite_journal(restored)->claim_all_shards("new")[0].epoch > lease.epoch);
  CHECK_THROWS_AS(restore_backup(copy, restored), StorageError);
}
