// Backups that are added to, and what they are set back to.
#include <filesystem>
#include <fstream>
#include <random>

#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "storage/journal/tools.hpp"
#include "storage/uploads/uploads.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

namespace backup_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

constexpr std::uint8_t entities = 10;

/// A journal that sends, settles, sets and clears at random.
class Busy {
 public:
  explicit Busy(const std::string& folder) : journal_(open_sqlite_journal(folder, {.shards = 3, .index_rows = 20})) {
    journal_->claim_all_shards("test");
  }

  Journal& journal() { return *journal_; }

  void write(int batches) {
    for (int i = 0; i < batches; ++i) {
      std::vector<Write> batch;
      for (std::uint8_t number = 1; number <= entities; ++number)
        if (random_() % 2 == 0) batch.push_back(write_of(number));
      for (const Committed& fate : journal_->commit(batch)) REQUIRE(fate.status == CommitStatus::committed);
    }
    journal_->set_setting("clock-offset-ms", std::to_string(random_() % 3));
  }

 private:
  Write write_of(std::uint8_t number) {
    JournalEntry entry;
    entry.origin.command = "PlanTrip";
    Write write;
    write.shard = number % 3U;
    write.entity = {EntityKind::trip, test_id<TripId>(number).value};
    write.sequence = ++sequences_[number];
    write.lane = random_() % 4 == 0 ? Lane::track : Lane::journal;
    write.body = encode_body(entry);
    if (random_() % 3 == 0) {
      write.sends = {{{write.entity, write.sequence}, write.entity, "command", "", ""}};
      pending_.push_back({write.entity, write.sequence});
    }
    if (pending_.size() > 5) {
      write.settled = {pending_.front()};
      pending_.erase(pending_.begin());
    }
    const std::string name = random_() % 2 == 0 ? "leave" : "arrive";
    write.timers = {{name, write.sequence, random_() % 3 == 0 ? std::nullopt : std::optional(test_start)}};
    if (random_() % 5 == 0) write.snapshot = Snapshot{write.sequence, std::to_string(write.sequence)};
    return write;
  }

  std::unique_ptr<Journal> journal_;
  std::mt19937 random_{1};
  std::uint64_t sequences_[entities + 1] = {};
  std::vector<EffectKey> pending_;
};

/// All that a journal says, as a text.
std::string told(Journal& journal) {
  std::string out = "head " + std::to_string(journal.head());
  for (const FeedEntry& entry : journal.feed(0, SIZE_MAX))
    out += "\n" + std::to_string(entry.position) + ' ' + to_text(entry.entity) + ' ' + std::to_string(entry.sequence);
  for (std::uint8_t number = 1; number <= entities; ++number) {
    const Address entity{EntityKind::trip, test_id<TripId>(number).value};
    const Stored stored = journal.load(entity);
    const auto rows = journal.history(entity, 1, SIZE_MAX);
    out += "\n" + to_text(entity) + ": " + std::to_string(rows.size());
    // A snapshot may be older than at the moment itself, or not be there: what follows it makes up for that.
    const std::uint64_t newest =
        stored.after.empty() ? stored.snapshot ? stored.snapshot->sequence : 0 : stored.after.back().sequence;
    out += " up to " + std::to_string(newest);
    for (const Stored::Row& row : rows) out += row.lane == Lane::track ? 't' : 'j';
  }
  for (const PendingEffect& effect : journal.pending_effects({}, SIZE_MAX))
    out += "\neffect " + to_text(effect.key.sender) + ' ' + std::to_string(effect.key.number) + effect.command;
  for (const PendingTimer& timer : journal.due_timers(test_start, SIZE_MAX))
    out += "\ntimer " + to_text(timer.entity) + timer.timer.name + ' ' + std::to_string(timer.timer.generation);
  return out + "\noffset " + journal.setting("clock-offset-ms").value_or("");
}

}  // namespace

TEST_CASE("backup: a backup that is added to can be set back to each of its points") {
  const TemporaryFolder folder;
  const std::string data = folder.path + "/data", backup = folder.path + "/backup";
  Busy busy(data);
  Uploads uploads(data);
  std::vector<std::string> moments;
  std::vector<tools::CopyReport> points;
  for (int i = 0; i < 12; ++i) {
    busy.write(i == 6 ? 0 : 1 + i * 3);
    moments.push_back(told(busy.journal()));
    points.push_back(tools::backup(data, backup));
    CHECK(points.back().point == points.size());
    CHECK(points.back().head == busy.journal().head());
    CHECK(tools::verify(backup).ok());
  }
  const UploadId upload = "01900000-0000-7000-8000-0000000000ab";
  uploads.put(upload, "pixels");
  tools::backup(data, backup);
  for (std::size_t i = 0; i < moments.size(); ++i) {
    CAPTURE(i);
    const std::string by_time = folder.path + "/time" + std::to_string(i);
    const auto report = tools::restore(backup, by_time, {.time = points[i].as_of});
    CHECK(report.as_of == points[i].as_of);
    CHECK(report.head == points[i].head);
    for (const std::string& problem : tools::verify(by_time).problems) FAIL_CHECK(problem);
    CHECK(tools::stats(by_time).shards[0].epoch > tools::stats(data).shards[0].epoch);
    CHECK(Uploads(by_time).read(upload) == "pixels");
    CHECK(told(*open_sqlite_journal(by_time)) == moments[i]);
    const std::string by_position = folder.path + "/position" + std::to_string(i);
    CHECK(tools::restore(backup, by_position, {.position = points[i].head}).head == points[i].head);
  }
  CHECK_THROWS_WITH_AS(tools::restore(backup, folder.path + "/early", {.time = points[0].as_of - Duration(1)}),
                       doctest::Contains("no point as early"), StorageError);

  // A journal that was set back goes on in a history of its own, which is none of that backup.
  const std::string fork = folder.path + "/time3";
  Busy(fork).journal().set_setting("who", "fork");
  CHECK_THROWS_WITH_AS(tools::backup(fork, backup), doctest::Contains("set back"), StorageError);
  const auto kept = tools::restore(backup, folder.path + "/newest");
  CHECK(kept.head == busy.journal().head());
}

TEST_CASE("backup: a point is added while the node writes") {
  const TemporaryFolder folder;
  const std::string data = folder.path + "/data", backup = folder.path + "/backup";
  Busy busy(data);
  busy.write(5);
  tools::backup(data, backup);
  busy.write(5);
  sqlite::Connection node(journal_file::path_in(data), sqlite::Access::write);
  const sqlite::Transaction writes(node);
  CHECK(tools::backup(data, backup).head == busy.journal().head());
}

TEST_CASE("backup: into a new folder that is named by one word, with the permissions of what is copied") {
  namespace fs = std::filesystem;
  const TemporaryFolder folder;
  const std::string data = folder.path + "/data";
  {
    Busy busy(data);
    busy.write(5);
    fs::create_directory(data + "/keys");
    fs::permissions(data + "/keys", fs::perms::owner_all);
    std::ofstream(data + "/keys/key") << "secret";
  }
  const fs::path before = fs::current_path();
  fs::current_path(folder.path);
  tools::backup("data", "backup");
  tools::restore("backup", "restored");
  CHECK_THROWS_WITH_AS(tools::backup("data", "data/inside"), doctest::Contains("within its origin"), StorageError);
  fs::current_path(before);
  for (const char* copy : {"/backup/keys", "/restored/keys"})
    CHECK(fs::status(folder.path + copy).permissions() == fs::perms::owner_all);
}

TEST_CASE("backup: what an earlier release backed up is restored as it is") {
  const TemporaryFolder folder;
  const std::string data = folder.path + "/data", backup = folder.path + "/backup";
  {
    Busy busy(data);
    busy.write(5);
    tools::backup(data, backup);
  }
  sqlite::Connection(journal_file::path_in(backup), sqlite::Access::write)
      .run("DROP TABLE point; DROP TABLE kept_outbox; DROP TABLE kept_timer; DROP TABLE kept_setting");
  CHECK_THROWS_WITH_AS(tools::restore(backup, folder.path + "/a", {.position = 3}), doctest::Contains("--until"),
                       StorageError);
  tools::restore(backup, folder.path + "/b");
  CHECK(told(*open_sqlite_journal(folder.path + "/b")) == told(*open_sqlite_journal(data)));
  CHECK_THROWS_WITH_AS(tools::backup(data, backup), doctest::Contains("not empty"), StorageError);
}

}  // namespace backup_test
