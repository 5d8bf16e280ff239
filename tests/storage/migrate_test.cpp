// A data folder's journal on its way into PostgreSQL.
#include "storage/journal/migrate.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cstring>
#include <random>

#include "storage/journal/open.hpp"
#include "storage/journal/postgres_journal.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "storage/journal/tools.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"
#include "tests/testkit/postgres_proxy.hpp"

namespace migrate_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;

namespace {

constexpr std::uint32_t shards = 3;
constexpr std::uint8_t entities = 40;

std::string fresh_url() {
  static int count = 0;
  return PostgresServer::shared().url("migrated" + std::to_string(++count));
}

/// A data folder whose entities write, send, set timers and are tracked.
struct FilledFolder {
  TemporaryFolder temporary;
  std::string path = temporary.path + "/data";
  std::unique_ptr<Journal> journal = open_sqlite_journal(path, {.shards = shards});
  std::uint64_t sequence = 0;

  explicit FilledFolder(std::uint64_t rounds) {
    journal->claim_all_shards("test");
    journal->set_setting("clock-offset-ms", "42");
    add(rounds);
  }

  static Address entity(std::uint8_t number) { return {EntityKind::trip, test_id<TripId>(number).value}; }

  /// One more entry of each entity, again and again.
  void add(std::uint64_t rounds) {
    std::vector<Write> batch;
    for (const std::uint64_t to = sequence + rounds; sequence < to;) {
      ++sequence;
      for (std::uint8_t number = 1; number <= entities; ++number) batch.push_back(write_of(number));
      const auto fates = journal->commit(batch);
      REQUIRE(std::ranges::all_of(fates, [](const auto& fate) { return fate.status == CommitStatus::committed; }));
      batch.clear();
    }
  }

  Write write_of(std::uint8_t number) const {
    JournalEntry entry;
    entry.origin.command = "PlanTrip";
    Write write;
    write.shard = static_cast<std::uint32_t>(number % shards);
    write.entity = entity(number);
    write.sequence = sequence;
    write.lane = (sequence + number) % 4 == 0 ? Lane::track : Lane::journal;
    write.body = encode_body(entry);
    write.sends = {{{write.entity, sequence},
                    entity(static_cast<std::uint8_t>(number + 1)),
                    std::string("\0command", 8),
                    "trace",
                    ""}};
    if (sequence > 1) write.settled = {{write.entity, sequence - 1}};
    write.timers = {{"leave", sequence, test_start}};
    if (sequence % 10 == 0) write.snapshot = Snapshot{sequence, "state " + std::to_string(sequence)};
    return write;
  }
};

bool is_same(const Stored::Row& a, const Stored::Row& b) {
  return a.sequence == b.sequence && a.lane == b.lane && a.body == b.body;
}

/// Checks that the journal in the database says what the file's says.
void check_same(Journal& file, Journal& database) {
  CHECK(database.shard_count() == file.shard_count());
  CHECK(database.head() == file.head());
  const auto feed = file.feed(0, SIZE_MAX), copied = database.feed(0, SIZE_MAX);
  CHECK(std::ranges::equal(feed, copied, [](const FeedEntry& a, const FeedEntry& b) {
    return a.position == b.position && a.entity == b.entity && a.sequence == b.sequence && a.body == b.body;
  }));
  for (std::uint8_t number = 1; number <= entities; ++number) {
    const Address entity = FilledFolder::entity(number);
    CHECK(std::ranges::equal(file.history(entity, 1, SIZE_MAX), database.history(entity, 1, SIZE_MAX), is_same));
    const Stored stored = file.load(entity), there = database.load(entity);
    CHECK(stored.snapshot.has_value() == there.snapshot.has_value());
    CHECK((!stored.snapshot || stored.snapshot->body == there.snapshot->body));
    CHECK(std::ranges::equal(stored.after, there.after, is_same));
  }
  CHECK(std::ranges::equal(file.pending_effects({}, SIZE_MAX), database.pending_effects({}, SIZE_MAX),
                           [](const PendingEffect& a, const PendingEffect& b) {
                             return a.key == b.key && a.receiver == b.receiver && a.command == b.command &&
                                    a.trace_id == b.trace_id && a.correlation_id == b.correlation_id;
                           }));
  const auto timers = database.due_timers(test_start, SIZE_MAX);
  CHECK(std::ranges::equal(file.due_timers(test_start, SIZE_MAX), timers,
                           [](const PendingTimer& a, const PendingTimer& b) {
                             return a.entity == b.entity && a.timer.name == b.timer.name &&
                                    a.timer.generation == b.timer.generation && a.timer.due == b.timer.due;
                           }));
  CHECK(timers.size() == entities);
  CHECK(database.setting("clock-offset-ms") == "42");
}

}  // namespace

TEST_CASE(
    "migrate: a journal goes into a database beside its node, which then serves from there and not from the file") {
  FilledFolder folder(120);
  const std::string url = fresh_url();
  auto node = std::make_unique<DataFolder>(folder.path);  // as a node that serves holds it
  int waited = 0;
  std::uint64_t progress = 0, of = 0;
  const tools::MigrationWatch watch{.progress =
                                        [&](std::uint64_t done, std::uint64_t all) {
                                          progress = done;
                                          of = all;
                                        },
                                    .waits =
                                        [&](std::uint64_t position) {
                                          CHECK(position == folder.journal->head());
                                          CHECK_THROWS_WITH_AS(open_postgres_journal(url),
                                                               doctest::Contains("caravan migrate"), StorageError);
                                          folder.add(7);
                                          if (++waited == 2) node.reset();
                                        }};
  const tools::MigrationReport report = tools::migrate(folder.path, url, watch);
  CHECK(waited == 2);
  CHECK(progress == of);
  CHECK(report.head == folder.journal->head());
  CHECK(report.entries + report.track_entries == 134 * entities);
  CHECK(report.effects == entities);
  CHECK(report.timers == entities);
  CHECK(report.snapshots == entities);
  CHECK_FALSE(report.was_complete);
  check_same(*folder.journal, *open_postgres_journal(url));
  const auto in_file = tools::verify(folder.path), in_database = tools::verify_database(url);
  CHECK(in_database.ok());
  CHECK(in_database.entities == entities);
  CHECK(in_database.entries == in_file.entries);
  CHECK(in_database.track_entries == in_file.track_entries);
  CHECK(in_database.snapshots == in_file.snapshots);
  CHECK(in_database.effects == in_file.effects);
  const auto file_stats = tools::stats(folder.path), stats = tools::database_stats(url);
  CHECK(stats.head == file_stats.head);
  CHECK(stats.next_due == file_stats.next_due);
  REQUIRE(stats.kinds.size() == 1);
  CHECK(stats.kinds[0].entities == entities);
  CHECK(stats.kinds[0].entries == file_stats.kinds[0].entries);
  CHECK(stats.kinds[0].bytes == file_stats.kinds[0].bytes);
  CHECK(stats.shards.size() == shards);
  const std::uint64_t epoch = tools::stats(folder.path).shards[0].epoch;
  folder.journal.reset();

  const DataFolder data(folder.path);
  CHECK_THROWS_WITH_AS(open_journal("", data, 1), doctest::Contains("--journal"), StorageError);
  const auto journal = open_journal(url, data, 1);
  CHECK(journal->claim_all_shards("node")[0].epoch == epoch + 1);
  ++folder.sequence;
  const auto fates = journal->commit({folder.write_of(1), folder.write_of(2)});
  CHECK(fates[0].status == CommitStatus::committed);
  CHECK(fates[1].position == report.head + 1);
  CHECK(tools::migrate(folder.path, url).was_complete);
}

TEST_CASE("migrate: what is killed at any time goes on where it was") {
  FilledFolder folder(300);
  const std::string url = fresh_url();
  std::mt19937 random(1);
  int killed = 0;
  for (bool ended = false; !ended;) {
    const pid_t child = fork();
    REQUIRE(child >= 0);
    if (child == 0) {
      try {
        tools::migrate(folder.path, url);
        _exit(0);
      } catch (const std::exception& error) {
        (void)!write(STDERR_FILENO, error.what(), strlen(error.what()));
        _exit(1);
      }
    }
    const auto until = std::chrono::steady_clock::now() + 5ms * killed + std::chrono::milliseconds(random() % 50);
    int status = 0;
    pid_t gone = 0;
    while ((gone = waitpid(child, &status, WNOHANG)) == 0 && std::chrono::steady_clock::now() < until)
      std::this_thread::yield();
    if (gone == 0) {
      kill(child, SIGKILL);
      waitpid(child, &status, 0);
      ++killed;
    }
    ended = WIFEXITED(status);
    if (ended) CHECK(WEXITSTATUS(status) == 0);
  }
  CHECK(killed >= 3);
  check_same(*folder.journal, *open_postgres_journal(url));
}

TEST_CASE("migrate: connections that break in the middle of a commit neither lose nor double anything") {
  FilledFolder folder(120);
  const TemporaryFolder proxy_folder;
  PostgresProxy proxy(PostgresServer::shared(), proxy_folder.path);
  const std::string url = fresh_url();
  int batches = 0;
  proxy.cut_next(PostgresProxy::Cut::before_answer);
  const tools::MigrationWatch watch{.progress = [&](std::uint64_t, std::uint64_t) {
    proxy.cut_next(++batches % 2 == 0 ? PostgresProxy::Cut::before_answer : PostgresProxy::Cut::before_commit);
  }};
  tools::migrate(folder.path, proxy.by_way(url), watch);
  CHECK(proxy.cuts() >= 3);
  check_same(*folder.journal, *open_postgres_journal(url));
}

TEST_CASE("migrate: a database with another journal, and a folder of another, are left alone") {
  FilledFolder folder(1);
  const std::string used = fresh_url(), begun = fresh_url();
  open_postgres_journal(used, {.shards = shards})->claim_all_shards("other");
  CHECK_THROWS_WITH_AS(tools::migrate(folder.path, used), doctest::Contains("another journal"), StorageError);
  const std::string other_count = fresh_url();
  open_postgres_journal(other_count, {.shards = shards + 1});
  CHECK_THROWS_WITH_AS(tools::migrate(folder.path, other_count), doctest::Contains("empty database"), StorageError);

  FilledFolder second(1);
  tools::migrate(second.path, begun);
  CHECK_THROWS_WITH_AS(tools::migrate(folder.path, begun), doctest::Contains("another journal"), StorageError);
  CHECK_THROWS_WITH_AS(tools::migrate(second.path, fresh_url()), doctest::Contains("another database"), StorageError);
  std::filesystem::remove(second.path + "/journal.store");  // as in a copy of the folder
  CHECK_THROWS_WITH_AS(tools::migrate(second.path, begun), doctest::Contains("another copy"), StorageError);
  CHECK_THROWS_WITH_AS(tools::migrate(folder.path, "mysql://x"), doctest::Contains("--to"), StorageError);
  CHECK_THROWS_WITH_AS(tools::migrate(folder.path, "postgresql://nobody@127.0.0.1:1/none"),
                       doctest::Contains("--to has its address, name and password"), StorageError);
  CHECK_THROWS_WITH_AS(tools::verify_database("postgresql://nobody@127.0.0.1:1/none"),
                       doctest::Contains("--journal has its address, name and password"), StorageError);
  CHECK_THROWS_WITH_AS(tools::migrate(folder.temporary.path + "/none", begun), doctest::Contains("--data"),
                       StorageError);
}

TEST_CASE("migrate: a damaged entry is found before it is carried over") {
  FilledFolder folder(3);
  folder.journal.reset();
  sqlite::Connection(journal_file::path_in(folder.path), sqlite::Access::write)
      .run("UPDATE entry SET body = zeroblob(30) WHERE position = 50");
  const std::string url = fresh_url();
  CHECK_THROWS_WITH_AS(tools::migrate(folder.path, url), doctest::Contains("wrong checksum"), StorageError);
  CHECK_THROWS_WITH_AS(open_postgres_journal(url), doctest::Contains("caravan migrate"), StorageError);
}

}  // namespace migrate_test
