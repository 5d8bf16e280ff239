// What the journal in PostgreSQL does when connections break, the server restarts, or its disk is full.
#include <sys/mount.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <random>

#include "http/json/journal_line.hpp"
#include "storage/journal/postgres_journal.hpp"
#include "storage/journal/tools.hpp"
#include "storage/postgres/connection.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"
#include "tests/testkit/postgres_proxy.hpp"

namespace postgres_faults_test {

using namespace caravan;
using namespace caravan::testkit;
using namespace std::chrono_literals;
using enum CommitStatus;

namespace {

const Address sender{EntityKind::trip, test_id<TripId>(1).value};
const Address receiver{EntityKind::user, test_id<UserId>(1).value};

/// A batch whose every part shows whether it landed once: two entries, an effect, and the former effect settled.
std::vector<Write> batch_of(std::uint64_t number) {
  std::vector<Write> batch(2);
  batch[0].entity = sender;
  batch[1].entity = receiver;
  batch[1].shard = 1;
  for (Write& write : batch) write.sequence = number;
  batch[0].body = "sent " + std::to_string(number);
  batch[1].body = "took " + std::to_string(number - 1);
  batch[0].sends = {{{sender, number}, receiver, "effect", "", ""}};
  if (number > 1) batch[1].settled = {{sender, number - 1}};
  return batch;
}

bool is_committed(const std::vector<Committed>& fates) {
  return std::ranges::all_of(fates, [](const Committed& fate) { return fate.status == committed; });
}

/// All of `batches` batches are there, once, and nothing else.
void check_holds(Journal& journal, std::uint64_t batches) {
  const auto feed = journal.feed(0, SIZE_MAX);
  REQUIRE(feed.size() == 2 * batches);
  for (std::size_t i = 0; i < feed.size(); ++i) {
    CHECK(feed[i].position == i + 1);
    CHECK(feed[i].sequence == i / 2 + 1);
    CHECK(feed[i].entity == (i % 2 == 0 ? sender : receiver));
  }
  CHECK(journal.head() == feed.size());
  const auto effects = journal.pending_effects({}, 10);
  REQUIRE(effects.size() == 1);
  CHECK(effects[0].key == EffectKey{sender, batches});
}

/// Tables of their own on the shared server.
std::string fresh_url() {
  static int count = 0;
  return PostgresServer::shared().url("faults" + std::to_string(++count));
}

std::unique_ptr<Journal> open(const std::string& url, std::chrono::milliseconds patience = 20s) {
  auto journal = open_postgres_journal(url, {.shards = 2, .patience = patience});
  journal->claim_all_shards("test");
  return journal;
}

/// A file system of 96 MiB.
struct SmallDisk {
  SmallDisk() : is_mounted(mount("none", folder.path.c_str(), "tmpfs", 0, "size=96m") == 0) {}
  ~SmallDisk() {
    if (is_mounted) umount2(folder.path.c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;
  const TemporaryFolder folder;
  const bool is_mounted;
};

}  // namespace

TEST_CASE("postgres faults: a connection cut in the middle of a commit neither loses nor doubles it") {
  PostgresServer& server = PostgresServer::shared();
  const TemporaryFolder folder;
  PostgresProxy proxy(server, folder.path);
  {
    const auto journal = open(proxy.by_way(fresh_url()));
    std::uint64_t batches = 0;
    for (const auto cut :
         {PostgresProxy::Cut::none, PostgresProxy::Cut::before_commit, PostgresProxy::Cut::before_answer,
          PostgresProxy::Cut::none, PostgresProxy::Cut::before_answer}) {
      proxy.cut_next(cut);
      const auto fates = journal->commit(batch_of(++batches));
      REQUIRE(is_committed(fates));
      CHECK(fates[0].position == 2 * batches - 1);
      CHECK(fates[1].position == 2 * batches);
    }
    CHECK(proxy.cuts() == 3);
    CHECK(journal->failure().empty());
    check_holds(*journal, batches);
    // A write without entries, too.
    proxy.cut_next(PostgresProxy::Cut::before_answer);
    Write bare;
    bare.entity = receiver;
    bare.settled = {{sender, batches}};
    CHECK(journal->commit({bare})[0].status == committed);
    CHECK(journal->pending_effects({}, 10).empty());
  }
}

TEST_CASE("postgres faults: a commit whose answer is lost, and whose shards another owner took, is unknown") {
  PostgresServer& server = PostgresServer::shared();
  const TemporaryFolder folder;
  PostgresProxy proxy(server, folder.path);
  const std::string url = fresh_url();
  const auto journal = open(proxy.by_way(url));
  REQUIRE(is_committed(journal->commit(batch_of(1))));
  server.ask("CREATE FUNCTION lose_shards() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN UPDATE faults" +
             url.substr(url.rfind("faults") + 6) + ".shard SET epoch = epoch + 1; RETURN NULL; END $$");
  server.ask("CREATE CONSTRAINT TRIGGER lose AFTER INSERT ON faults" + url.substr(url.rfind("faults") + 6) +
             ".entry DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION lose_shards()");
  proxy.cut_next(PostgresProxy::Cut::before_answer);
  CHECK(journal->commit(batch_of(2))[0].status == unknown);
  CHECK(journal->failure().find("shards are lost") != std::string::npos);
  CHECK(journal->commit(batch_of(3))[0].status == unknown);
}

TEST_CASE("postgres faults: a batch that is fenced as a whole has no answer to lose") {
  PostgresServer& server = PostgresServer::shared();
  const TemporaryFolder folder;
  PostgresProxy proxy(server, folder.path);
  const std::string url = fresh_url();
  const auto journal = open(proxy.by_way(url));
  const auto next = open(url);
  proxy.cut_next(PostgresProxy::Cut::before_answer);
  for (int i = 0; i < 2; ++i) CHECK(journal->commit(batch_of(1))[0].status == fenced);
  CHECK(journal->failure().empty());
  CHECK(is_committed(next->commit(batch_of(1))));
}

TEST_CASE("postgres faults: connections that the server ends again and again") {
  PostgresServer& server = PostgresServer::shared();
  const auto journal = open(fresh_url());
  constexpr std::uint64_t batches = 150;
  std::atomic<std::uint64_t> done = 0;
  std::thread ender([&] {
    std::mt19937 random(1);
    for (std::uint64_t next = 0; next < batches; next = done + 1 + random() % 3) {
      while (done < next && done < batches) std::this_thread::yield();
      std::this_thread::sleep_for(std::chrono::microseconds(random() % 10'000));  // anywhere in a commit
      server.ask(
          "SELECT count(pg_terminate_backend(pid))::text FROM pg_stat_activity"
          " WHERE pid <> pg_backend_pid() AND backend_type = 'client backend'");
    }
  });
  bool all = true;
  for (std::uint64_t number = 1; number <= batches; ++number, ++done) {
    all = is_committed(journal->commit(batch_of(number))) && all;
    all = journal->head() == 2 * number && all;
  }
  ender.join();
  CHECK(all);
  check_holds(*journal, batches);
}

TEST_CASE("postgres faults: a server that crashes and recovers is waited for") {
  PostgresServer& server = PostgresServer::shared();
  const auto journal = open(fresh_url());
  std::atomic<bool> stop = false;
  std::atomic<std::uint64_t> done = 0;
  std::atomic<bool> all = true;
  std::thread writer([&] {
    while (!stop && all) all = is_committed(journal->commit(batch_of(done + 1))) && ++done > 0;
  });
  for (int i = 0; i < 2; ++i) {
    for (const std::uint64_t from = done; done < from + 3 && all;) std::this_thread::yield();
    server.crash();
    server.start();
  }
  stop = true;
  writer.join();
  CHECK(all);
  check_holds(*journal, done);
}

TEST_CASE("postgres faults: a server that stays away ends writing, and reads fail with its name") {
  PostgresServer& server = PostgresServer::shared();
  const std::string url = fresh_url();
  auto journal = open(url, 200ms);
  REQUIRE(is_committed(journal->commit(batch_of(1))));
  server.crash();
  CHECK(journal->commit(batch_of(2))[0].status == unknown);
  CHECK(journal->failure().find("PostgreSQL: ") == 0);
  CHECK_THROWS_WITH_AS(journal->head(), doctest::Contains("PostgreSQL"), StorageError);
  CHECK_THROWS_WITH_AS(open_postgres_journal(url), doctest::Contains("--journal"), StorageError);
  server.start();
  CHECK(journal->commit(batch_of(2))[0].status == unknown);  // what is in memory may be ahead of the store
  CHECK(journal->head() == 2);
  journal = open(url);
  CHECK(is_committed(journal->commit(batch_of(2))));
  check_holds(*journal, 2);
}

TEST_CASE("postgres faults: a store that is set back beneath a process, or of a later format, is refused") {
  PostgresServer& server = PostgresServer::shared();
  const std::string url = fresh_url();
  const std::string schema = url.substr(url.rfind("faults"));
  auto journal = open(url);
  REQUIRE(is_committed(journal->commit(batch_of(1))));
  server.ask("UPDATE " + schema + ".shard SET mark = mark - 1");
  CHECK(journal->commit(batch_of(2))[0].status == unknown);
  CHECK(journal->failure().find("changed beneath") != std::string::npos);
  CHECK(journal->head() == 2);
  server.ask("UPDATE " + schema + ".caravan SET format = 99");
  CHECK_THROWS_WITH_AS(open_postgres_journal(url), doctest::Contains("journal format 99"), StorageError);
}

TEST_CASE("postgres: a journal is dumped as one in a file is, and a database without one is left alone") {
  const std::string url = fresh_url();
  CHECK_THROWS_WITH_AS(open_postgres_journal(url, {.shards = 0}), doctest::Contains("no journal"), StorageError);
  const auto journal = open(url);
  JournalEntry entry;
  entry.origin.command = "PlanTrip";
  Write write = batch_of(1)[0];
  write.body = encode_body(entry);
  REQUIRE(is_committed(journal->commit({write})));
  std::string lines;
  const auto add = [&](const JournalEntry& one, std::uint64_t position) { lines += http::journal_line(one, position); };
  tools::dump(*journal, {}, add);
  tools::dump(*journal, {.entity = sender}, add);
  tools::dump(*journal, {.entity = receiver}, add);
  const std::size_t first = lines.find("PlanTrip");
  CHECK(first != std::string::npos);
  CHECK(lines.find("PlanTrip", first + 1) == lines.rfind("PlanTrip"));
}

TEST_CASE("postgres: verify names each kind of damage") {
  PostgresServer& server = PostgresServer::shared();
  const auto problem_after = [&](const std::string& sql) {
    const std::string url = fresh_url();
    const auto journal = open(url);
    JournalEntry entry;
    std::vector<Write> batch = batch_of(1);
    for (Write& write : batch) write.body = encode_body(entry);
    batch[0].snapshot = Snapshot{1, "state"};
    REQUIRE(is_committed(journal->commit(batch)));
    CHECK(tools::verify_database(url).ok());
    std::string damage = sql;
    damage.replace(damage.find("TABLES"), 6, url.substr(url.rfind("faults")));
    server.ask(damage);
    const auto report = tools::verify_database(url);
    return report.problems.empty() ? "" : report.problems[0];
  };
  const std::string name = to_text(sender);
  CHECK(problem_after("UPDATE TABLES.entry SET body = '\\x00' WHERE position = 1") ==
        "entry 1 of " + name + ": wrong checksum");
  CHECK(problem_after("UPDATE TABLES.entry SET sequence = 2 WHERE position = 1") == name + ": sequence 2 follows 0");
  CHECK(problem_after("UPDATE TABLES.snapshot SET body = '\\x00'") == "snapshot of " + name + ": wrong checksum");
  CHECK(problem_after("UPDATE TABLES.outbox SET command = '\\x00'") == "effect 1 of " + name + ": wrong checksum");
  CHECK(problem_after("UPDATE TABLES.shard SET last = 9 WHERE id = 0") == "shard 0: last is 9, its entries end at 1");
  CHECK(problem_after("UPDATE TABLES.entry SET number = 3 WHERE shard = 1").starts_with("shard 1: last is 1"));
  CHECK(problem_after("DELETE FROM TABLES.entry WHERE shard = 1").starts_with("shard 1: last is 1"));
  CHECK(problem_after("UPDATE TABLES.feed SET head = 7") == "feed: its head is 7, it has 2 entries up to 2");
  CHECK(problem_after("UPDATE TABLES.entry SET lane = 1 WHERE position = 1").ends_with("not that of its lane"));
  CHECK_THROWS_WITH_AS(tools::verify_database(fresh_url()), doctest::Contains("no journal"), StorageError);
}

TEST_CASE("postgres faults: a full disk ends writing, and all that was acknowledged is there") {
  const SmallDisk disk;
  if (!disk.is_mounted) {
    MESSAGE("skipped: a small file system of its own needs root");
    return;
  }
  {
    const std::string& folder = disk.folder.path;
    PostgresServer server(folder);
    const std::string url = server.url("filled");
    auto journal = open(url, 500ms);
    const auto space = std::filesystem::space(folder).available;
    std::ofstream(folder + "/filler") << std::string(space - (3 << 20), 'x') << std::flush;
    std::uint64_t batches = 0;
    for (;;) {
      auto batch = batch_of(batches + 1);
      batch[0].body.resize(300'000);
      std::ranges::generate(batch[0].body,
                            [random = std::mt19937(1)]() mutable { return static_cast<char>(random()); });
      if (!is_committed(journal->commit(batch)) || batches > 100) break;
      ++batches;
    }
    CHECK(batches < 100);
    CHECK_FALSE(journal->failure().empty());
    journal.reset();
    std::filesystem::remove(folder + "/filler");
    server.crash();
    server.start();
    journal = open(url);
    const std::uint64_t landed = journal->head() / 2;  // the last one's outcome was unknown
    CHECK(landed >= batches);
    CHECK(landed <= batches + 1);
    CHECK(is_committed(journal->commit(batch_of(landed + 1))));
    check_holds(*journal, landed + 1);
  }
}

TEST_CASE("postgresql: a process that stands still in a commit does not keep its shards from others for long") {
  const std::string url = fresh_url();
  open(url);
  postgres::Connection frozen(url, 20s), claimant(url, 20s);
  for (const char* sql : {"BEGIN", "UPDATE shard SET last = last WHERE id = 0"}) frozen.run({sql});
  // Without a lock_timeout a claim waits for longer. A node is dead, and its shards may be claimed, after 3.1 s at the
  // earliest.
  for (const char* sql : {"SET lock_timeout = '5s'", "UPDATE shard SET epoch = epoch + 1 WHERE id = 0"})
    claimant.run({sql});
  CHECK_THROWS_AS(frozen.run({"COMMIT"}), postgres::Disconnected);
}

}  // namespace postgres_faults_test
