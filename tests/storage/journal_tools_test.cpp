#include "storage/journal/tools.hpp"

#include <fstream>
#include <sstream>

#include "actors/claim/entity.hpp"
#include "http/json/journal_line.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "storage/uploads/uploads.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"

namespace journal_tools_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

const Address first{EntityKind::claim, test_id<UserId>(1).value};
const Address second{EntityKind::claim, test_id<UserId>(2).value};

Write claim_write(Address entity, std::uint64_t sequence, AnyRecord event) {
  JournalEntry entry;
  entry.entity = entity;
  entry.sequence = sequence;
  entry.origin.at = test_start;
  entry.origin.command = "take_claim";
  entry.events = {std::move(event)};
  Write write;
  write.entity = entity;
  write.sequence = sequence;
  write.body = encode_body(entry);
  return write;
}

/// Five entries of two claims, an effect, a timer and a snapshot.
struct Folder {
  TemporaryFolder temporary;
  std::string path = temporary.path + "/data";
  std::unique_ptr<Journal> journal = open_sqlite_journal(path, {.shards = 2});

  Folder() {
    journal->claim_all_shards("test");
    for (std::uint64_t i = 1; i <= 4; ++i) add(i);
    Write write = claim_write(second, 1, AnyRecord(ClaimTaken{first.id, "print", true}));
    write.shard = 1;
    write.sends = {{{second, 1}, first, "command", "", ""}};
    write.timers = {{"unconfirmed", 1, test_start}};
    write.snapshot = Snapshot{1, "state"};
    REQUIRE(journal->commit({write})[0].status == CommitStatus::committed);
  }
  void add(std::uint64_t sequence) {
    REQUIRE(journal->commit({claim_write(first, sequence, AnyRecord(ClaimReleased{}))})[0].status ==
            CommitStatus::committed);
  }
  void damage(const std::string& sql) {
    journal.reset();
    sqlite::Connection(journal_file::path_in(path), sqlite::Access::write).run(sql);
  }
};

std::string problem_after(const std::string& sql) {
  Folder folder;
  folder.damage(sql);
  const auto report = tools::verify(folder.path);
  REQUIRE(report.problem_count >= 1);
  return report.problems[0];
}

}  // namespace

TEST_CASE("verify: a sound journal beside its running node has no problems") {
  Folder folder;
  const auto report = tools::verify(folder.path);
  CHECK(report.ok());
  CHECK(report.entries == 5);
  CHECK(report.entities == 2);
  CHECK(report.snapshots == 1);
  CHECK(report.effects == 1);
}

TEST_CASE("verify: each kind of damage is named with its place") {
  CHECK(problem_after("UPDATE entry SET body = zeroblob(30) WHERE sequence = 3") ==
        "entry 3 of claim/" + first.id.text() + ": wrong checksum");
  CHECK(problem_after("UPDATE snapshot SET body = 'other'") ==
        "snapshot of claim/" + second.id.text() + ": wrong checksum");
  CHECK(problem_after("UPDATE outbox SET command = 'other'").find("effect 1 of claim/") == 0);
  CHECK(problem_after("UPDATE shard SET last = 9 WHERE id = 0") == "shard 0: last is 9, its entries end at 4");
  CHECK(problem_after("DELETE FROM entry WHERE sequence = 2") == "shard 0: number 3 follows 1");
  CHECK(problem_after("INSERT INTO entity_index SELECT kind, id, sequence, 0, 1 FROM entry WHERE sequence < 4;"
                      "INSERT INTO indexed VALUES(0, 3)") == "index by entity: its rows are not those of the entries");
  // A row in another's place has another's checksum.
  CHECK(problem_after("UPDATE entry SET sequence = 7 WHERE sequence = 4").find("entry 7") == 0);
}

TEST_CASE("journal: reading a damaged entry throws and tells the remedy") {
  Folder folder;
  folder.damage("UPDATE entry SET body = zeroblob(30) WHERE sequence = 3");
  auto journal = open_sqlite_journal(folder.path);
  CHECK_THROWS_WITH_AS(journal->load(first), doctest::Contains("caravan journal verify"), StorageError);
  CHECK(journal->load(second).snapshot);
}

TEST_CASE("journal: a file of another program or of a later format is refused with a remedy") {
  {
    Folder folder;
    folder.damage("PRAGMA user_version = 99");
    CHECK_THROWS_WITH_AS(open_sqlite_journal(folder.path), doctest::Contains("journal format 99"), StorageError);
    CHECK_THROWS_AS(tools::stats(folder.path), StorageError);
  }
  TemporaryFolder other;
  sqlite::Connection(journal_file::path_in(other.path), sqlite::Access::create).run("CREATE TABLE x(y)");
  CHECK_THROWS_WITH_AS(open_sqlite_journal(other.path), doctest::Contains("not a Caravan journal"), StorageError);
  TemporaryFolder text;
  std::ofstream(journal_file::path_in(text.path)) << std::string(10'000, 'x');
  CHECK_THROWS_WITH_AS(open_sqlite_journal(text.path), doctest::Contains("restore"), StorageError);
  CHECK_THROWS_WITH_AS(tools::verify(text.path + "/none"), doctest::Contains("--data"), StorageError);
}

TEST_CASE("dump: one line of JSON an entry, of the feed or of one entity") {
  Folder folder;
  std::vector<std::string> lines;
  const auto collect = [&](const JournalEntry& entry, std::uint64_t position) {
    lines.push_back(http::journal_line(entry, position));
  };
  tools::dump(folder.path, {.after = 3}, collect);
  REQUIRE(lines.size() == 2);
  CHECK(lines[1] ==
        R"({"position":5,"entity":"claim/00000000-0000-7000-8000-000000000002","sequence":1,"origin":)"
        R"({"at":"2027-01-15T10:00:00Z","caller":{"kind":"anonymous","user":"00000000-0000-0000-0000-000000000000",)"
        R"("permissions":0,"entity":{"kind":"none","id":"00000000-0000-0000-0000-000000000000"},"steppedUp":false},)"
        R"("command":"take_claim","sender":{"kind":"none","id":"00000000-0000-0000-0000-000000000000"},"number":0,)"
        R"("idempotencyKey":"","requestHash":"","traceId":"","correlationId":""},"events":[{"claim.taken":)"
        R"({"owner":"00000000-0000-7000-8000-000000000001","fingerprint":"print","confirmed":true}}],)"
        R"("effectsSent":0,"timers":[]})");
  lines.clear();
  tools::dump(folder.path, {.entity = first, .after = 1, .limit = 2}, collect);
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find("\"sequence\":2") != std::string::npos);
}

TEST_CASE("stats: counts by kind and shard") {
  Folder folder;
  const auto stats = tools::stats(folder.path);
  CHECK(stats.entries == 5);
  CHECK(stats.head == 5);
  CHECK(stats.pending_effects == 1);
  CHECK(stats.timers == 1);
  CHECK(stats.next_due == test_start);
  REQUIRE(stats.kinds.size() == 1);
  CHECK(stats.kinds[0].kind == EntityKind::claim);
  CHECK(stats.kinds[0].entities == 2);
  REQUIRE(stats.shards.size() == 2);
  CHECK(stats.shards[0].last == 4);
  CHECK(stats.shards[0].owner == "test");
}

TEST_CASE("backup and restore: a running node's folder, uploads and keys included, under a higher epoch") {
  Folder folder;
  Uploads uploads(folder.path);
  const std::string picture = std::string("\x89PNG\r\n\x1a\n", 8) + "pixels";
  const UploadId id = "01900000-0000-7000-8000-0000000000ab";
  uploads.put(id, picture);
  std::ofstream(folder.path + "/keys.txt") << "key";
  std::ofstream(folder.path + "/read_models.sqlite") << "derived";
  const std::string copy = folder.temporary.path + "/backup", fresh = folder.temporary.path + "/fresh";

  std::uint64_t done = 0, of = 1;
  const auto report = tools::backup(folder.path, copy, [&](std::uint64_t d, std::uint64_t o) {
    done = d;
    of = o;
  });
  CHECK(done == of);
  CHECK(report.head == 5);
  CHECK(report.files == 2);
  CHECK(tools::verify(copy).ok());
  CHECK_FALSE(std::filesystem::exists(copy + "/read_models.sqlite"));
  folder.add(5);  // the original goes on

  tools::restore(copy, fresh);
  CHECK(tools::verify(fresh).ok());
  CHECK(tools::stats(fresh).shards[0].epoch > tools::stats(folder.path).shards[0].epoch);
  std::ifstream restored(fresh + "/uploads/ab/" + id, std::ios::binary);
  CHECK(std::string(std::istreambuf_iterator<char>(restored), {}) == picture);
  auto journal = open_sqlite_journal(fresh);
  CHECK(journal->head() == 5);
  CHECK(journal->load(second).snapshot->body == "state");

  CHECK_THROWS_WITH_AS(tools::restore(copy, folder.path), doctest::Contains("not empty"), StorageError);
  CHECK_THROWS_WITH_AS(tools::backup(folder.path, folder.path + "/in"), doctest::Contains("outside"), StorageError);
}

TEST_CASE("golden: a journal of each format stays readable") {
  for (const char* golden : {"journal_v1.sql", "journal_v2.sql", "journal_v3.sql"}) {
    CAPTURE(golden);
    TemporaryFolder folder;
    std::ifstream file(std::string("tests/storage/golden/") + golden);
    REQUIRE(file);
    std::stringstream sql;
    sql << file.rdbuf();
    sqlite::Connection(journal_file::path_in(folder.path), sqlite::Access::create).run(sql.str());
    auto journal = open_sqlite_journal(folder.path);
    const auto report = tools::verify(folder.path);
    for (const auto& problem : report.problems) MESSAGE(problem);
    CHECK(report.ok());
    CHECK(journal->load(first).after.size() == 4);
    CHECK(journal->shard_count() == 2);
    const auto feed = journal->feed(0, 10);
    REQUIRE(feed.size() == 5);
    JournalEntry entry;
    REQUIRE(decode_body(entity_class<Claim>(), feed[4].body, entry));
    const auto* taken = entry.events.at(0).get_if<ClaimTaken>();
    REQUIRE(taken);
    CHECK(taken->owner == first.id);
    CHECK(taken->fingerprint == "print");
    CHECK(taken->confirmed);
    CHECK(entry.origin.at == test_start);
    CHECK(journal->load(second).snapshot->body == "state");
    CHECK(journal->pending_effects({}, 10).at(0).command == "command");
    CHECK(journal->due_timers(test_start, 10).at(0).timer.name == "unconfirmed");
  }
}

}  // namespace journal_tools_test
