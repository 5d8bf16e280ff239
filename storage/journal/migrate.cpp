#include "storage/journal/migrate.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <thread>

#include "storage/journal/copied_table.hpp"
#include "storage/journal/open.hpp"
#include "storage/journal/postgres_format.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/postgres/session.hpp"

namespace caravan::tools {

namespace {

using namespace std::chrono_literals;
using journal_tables::CopiedTable;
using journal_tables::Row;
using postgres::Connection;
using postgres::Statement;

constexpr std::size_t rows_a_batch = 2'000;
constexpr std::size_t bytes_a_batch = 4U << 20;
constexpr auto patience = 20s;          // with a server that is away
constexpr auto counting_takes = 30min;  // at most, for a whole table
constexpr auto look_again = 200ms;

/// Where a migration stands; a row of the database, changed with each batch, so that a batch lands once.
struct Mark {
  std::uint64_t entry = 0, track = 0;  // positions up to which each lane has been copied
  std::uint64_t steps = 0;             // how many steps of the last part, which each run does anew

  std::string text() const { return std::to_string(entry) + ' ' + std::to_string(track) + ' ' + std::to_string(steps); }
  static Mark parse(std::string_view text) {
    Mark out;
    const char* at = text.data();
    const char* const end = at + text.size();
    for (std::uint64_t* part : {&out.entry, &out.track, &out.steps}) {
      while (at != end && *at == ' ') ++at;
      at = std::from_chars(at, end, *part).ptr;
    }
    return out;
  }
};

/// The journal's file, which a node may be writing to.
class Source {
 public:
  explicit Source(const std::string& data_dir)
      : database_(journal_file::existing_path(data_dir), sqlite::Access::write) {
    // A node that works on the file moves pages itself.
    database_.run("PRAGMA wal_autocheckpoint=0");
    sqlite3_db_config(database_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
    journal_file::check_version(database_);
  }

  /// The journal's name; a file has none before it is first needed.
  std::string store() {
    database_.run("INSERT INTO setting VALUES('store', lower(hex(randomblob(16)))) ON CONFLICT DO NOTHING");
    sqlite::Query query = database_.query("SELECT value FROM setting WHERE name = 'store'");
    return query.step() ? query.text(0) : "";
  }

  std::uint64_t count(std::string_view sql) { return static_cast<std::uint64_t>(database_.integer(sql)); }
  sqlite::Query query(std::string_view sql) { return database_.query(sql); }

  /// The entries of one lane behind a position, with that position first. At most a batch of them.
  std::vector<std::pair<std::uint64_t, Row>> entries(Lane lane, std::uint64_t after) {
    sqlite::Query query = database_.query(
        lane == Lane::journal
            ? "SELECT kind, id, sequence, 0, shard, number, position, checksum, body, position FROM entry"
              " WHERE position > ? ORDER BY position LIMIT ?"
            : "SELECT kind, id, sequence, 1, shard, NULL, NULL, checksum, body, position FROM track"
              " WHERE position > ? ORDER BY position LIMIT ?");
    query.bind(after, rows_a_batch);
    std::vector<std::pair<std::uint64_t, Row>> out;
    for (std::size_t bytes = 0; bytes < bytes_a_batch && query.step();) {
      out.emplace_back(query.natural(9), journal_tables::copied_entries().read(query));
      bytes += journal_tables::bytes_of(out.back().second);
    }
    return out;
  }

 private:
  sqlite::Connection database_;
};

/// The tables in the database.
class Target {
 public:
  explicit Target(const std::string& url) : session_(url, patience, counting_takes) {}

  /// Makes the tables, or finds what an earlier run left; with `goes_on` an earlier run must have left something. False
  /// when the migration was completed before.
  bool begin(const std::string& store, std::uint32_t shards, bool goes_on) {
    return session_.run([&](Connection& connection) {
      journal_tables::prepare(connection, shards);
      const auto found =
          connection.run({"SELECT s.value, m.value FROM setting s LEFT JOIN setting m ON m.name = 'migration' WHERE "
                          "s.name = 'store'"});
      if (found.rows() == 1 && found.text(0, 0) == store) {
        if (found.is_null(0, 1)) return false;
        progress_ = Mark::parse(found.text(0, 1));
        return true;
      }
      if (goes_on)
        throw StorageError("PostgreSQL: this folder's journal was carried into another database than this one");
      const bool used = !found.is_null(0, 1) ||
                        number(connection, "SELECT count(*) FROM (SELECT 1 FROM entry LIMIT 1) AS first") > 0 ||
                        number(connection, "SELECT max(epoch) FROM shard") > 0;
      if (used || number(connection, "SELECT count(*) FROM shard") != shards)
        throw StorageError(
            "PostgreSQL: this database has another journal: name an empty database, or a schema of its own "
            "(options=-csearch_path%3DNAME in the URL, after CREATE SCHEMA NAME)");
      connection.run({{"BEGIN"},
                      {"UPDATE setting SET value = $1 WHERE name = 'store'", {std::string_view(store)}},
                      {"INSERT INTO setting VALUES('migration', $1)", {std::string_view(Mark{}.text())}},
                      {"COMMIT"}});
      progress_ = {};
      return true;
    });
  }

  const Mark& progress() const { return progress_; }

  /// Writes rows, reads them back, and remembers how far it is, in one transaction.
  void put(const CopiedTable& table, const std::vector<Row>& rows, const Mark& next) {
    const std::vector<Statement> statements = table.put(rows);
    step(next, [&](Connection& connection) { table.require_equal(rows, connection.run(statements).at(1)); });
  }

  /// Does `work` and stores `next` in one transaction, exactly once, over however many connections that takes.
  template <class Work>
  void step(const Mark& next, Work work) {
    const std::string before = progress_.text(), after = next.text();
    session_.run([&](Connection& connection) {
      const auto answers =
          connection.run({{"BEGIN"}, {"SELECT value FROM setting WHERE name = 'migration' FOR UPDATE"}});
      const std::string stands = answers[1].rows() == 1 ? std::string(answers[1].text(0, 0)) : "";
      if (stands == before) {
        work(connection);
        connection.run({"UPDATE setting SET value = $1 WHERE name = 'migration'", {std::string_view(after)}});
      } else if (stands != after) {  // otherwise it landed, and only the answer was lost
        throw StorageError("PostgreSQL: another `caravan migrate` works on this database: wait for its end");
      }
      if (connection.run({"COMMIT"}).tag() != "COMMIT")
        throw postgres::Refused("40001", "PostgreSQL: the commit was rolled back");
    });
    progress_ = next;
  }

  std::uint64_t count(const std::string& sql) {
    return session_.run([&](Connection& connection) {
      connection.run({"SET enable_seqscan = on"});  // it reads the whole table
      return number(connection, sql);
    });
  }

  /// From now on nodes may serve from it.
  void end() {
    session_.run([](Connection& connection) { connection.run({"DELETE FROM setting WHERE name = 'migration'"}); });
  }

 private:
  static std::uint64_t number(Connection& connection, const std::string& sql) {
    return connection.run({sql}).natural(0, 0);
  }

  postgres::Session session_;
  Mark progress_;
};

class Migration {
 public:
  Migration(const std::string& data_dir, const std::string& url, const MigrationWatch& watch)
      : data_dir_(data_dir), watch_(watch), source_(data_dir), target_(url) {}

  MigrationReport run() {
    const std::string store = source_.store();
    const std::string owner = store_of(data_dir_);
    if (!owner.empty() && owner != store)
      throw StorageError(data_dir_ + ": this data folder belongs to another journal: name another with --data");
    const auto shards = static_cast<std::uint32_t>(source_.count("SELECT count(*) FROM shard"));
    if (!target_.begin(store, shards, !owner.empty())) {
      if (owner != store)
        throw StorageError(data_dir_ +
                           ": the database has this journal from another copy of this folder: name an empty database");
      report_.was_complete = true;
      return report_;
    }
    const std::unique_ptr<DataFolder> folder = follow();
    copy_entries();
    copy_rest();
    compare();
    give_folder(data_dir_, store);  // before the tables are released, so that never both journals can be served
    target_.end();
    return report_;
  }

 private:
  /// Copies what comes, until no node works on the folder.
  std::unique_ptr<DataFolder> follow() {
    for (;;) {
      copy_entries();
      try {
        return std::make_unique<DataFolder>(data_dir_);
      } catch (const FolderInUse&) {
        if (watch_.waits) watch_.waits(target_.progress().entry);
        std::this_thread::sleep_for(look_again);
      }
    }
  }

  void copy_entries() {
    const std::uint64_t all =
        source_.count("SELECT max(position) FROM entry") + source_.count("SELECT max(position) FROM track");
    for (const Lane lane : {Lane::journal, Lane::track})
      while (copy_batch(lane))
        if (watch_.progress) watch_.progress(target_.progress().entry + target_.progress().track, all);
  }

  bool copy_batch(Lane lane) {
    Mark next = target_.progress();
    std::uint64_t& copied = lane == Lane::journal ? next.entry : next.track;
    auto found = source_.entries(lane, copied);
    if (found.empty()) return false;
    copied = found.back().first;
    std::vector<Row> rows;
    for (auto& [position, row] : found) rows.push_back(std::move(row));
    target_.put(journal_tables::copied_entries(), rows, next);
    return true;
  }

  /// Copies what comes and goes (outbox, timers, snapshots, settings). It is written anew by each run, since an earlier
  /// one may have written rows that are gone by now.
  void copy_rest() {
    Mark next = target_.progress();
    ++next.steps;
    target_.step(next, [&](Connection& connection) {
      std::vector<Statement> statements{{"DELETE FROM outbox"},
                                        {"DELETE FROM timer"},
                                        {"DELETE FROM snapshot"},
                                        {"DELETE FROM setting WHERE name NOT IN ('store', 'migration')"},
                                        {"UPDATE feed SET head = $1 WHERE id = 1", {next.entry}}};
      sqlite::Query shards = source_.query("SELECT id, epoch, last FROM shard");
      while (shards.step())
        statements.push_back({"UPDATE shard SET epoch = $1, last = $2 WHERE id = $3",
                              {shards.natural(1), shards.natural(2), shards.integer(0)}});
      connection.run(statements);
    });
    const std::array<std::string_view, 4> rows{
        "SELECT sender_kind, sender_id, number, receiver_kind, receiver_id, trace_id, correlation_id, checksum, command"
        " FROM outbox",
        "SELECT kind, id, name, generation, due FROM timer", "SELECT kind, id, sequence, checksum, body FROM snapshot",
        "SELECT name, value FROM setting WHERE name <> 'store'"};
    const std::vector<CopiedTable>& tables = journal_tables::copied_rest();
    for (std::size_t i = 0; i < rows.size(); ++i) copy_table(tables[i], rows[i]);
  }

  void copy_table(const CopiedTable& table, std::string_view select) {
    sqlite::Query query = source_.query(select);
    std::vector<Row> rows;
    std::size_t bytes = 0;
    const auto put = [&] {
      Mark next = target_.progress();
      ++next.steps;
      target_.put(table, rows, next);
      rows.clear();
      bytes = 0;
    };
    while (query.step()) {
      rows.push_back(table.read(query));
      bytes += journal_tables::bytes_of(rows.back());
      if (rows.size() == rows_a_batch || bytes >= bytes_a_batch) put();
    }
    if (!rows.empty()) put();
  }

  /// Every row was compared when it was written, so equal numbers of rows mean equal rows.
  void compare() {
    report_.head = target_.progress().entry;
    report_.entries = same("entries", "SELECT count(*) FROM entry", "SELECT count(*) FROM entry WHERE lane = 0");
    report_.track_entries =
        same("entries of tracks", "SELECT count(*) FROM track", "SELECT count(*) FROM entry WHERE lane = 1");
    report_.effects = same("effects", "SELECT count(*) FROM outbox");
    report_.timers = same("timers", "SELECT count(*) FROM timer");
    report_.snapshots = same("snapshots", "SELECT count(*) FROM snapshot");
    report_.settings =
        same("settings", "SELECT count(*) FROM setting", "SELECT count(*) FROM setting WHERE name <> 'migration'");
    same("the feed's head", "SELECT coalesce(max(position), 0) FROM entry", "SELECT head FROM feed WHERE id = 1");
    same("positions", "SELECT coalesce(max(position), 0) FROM entry", "SELECT count(*) FROM entry WHERE lane = 0");
    same("numbers in shards", "SELECT coalesce(sum(last), 0) FROM shard",
         "SELECT CAST(coalesce(sum(n), 0) AS bigint) FROM (SELECT max(number) AS n FROM entry GROUP BY shard) AS "
         "newest");
  }

  std::uint64_t same(const char* what, const std::string& here, const std::string& there = {}) {
    const std::uint64_t in_file = source_.count(here), in_database = target_.count(there.empty() ? here : there);
    if (in_file != in_database)
      throw StorageError(std::string("the file and the database differ in ") + what + ": " + std::to_string(in_file) +
                         " and " + std::to_string(in_database) +
                         ": `caravan journal verify` tells whether the file is sound; then migrate into an empty "
                         "database");
    return in_file;
  }

  const std::string data_dir_;
  const MigrationWatch& watch_;
  Source source_;
  Target target_;
  MigrationReport report_;
};

}  // namespace

MigrationReport migrate(const std::string& data_dir, const std::string& url, const MigrationWatch& watch) {
  require_database("--to", url);
  return Migration(data_dir, url, watch).run();
}

}  // namespace caravan::tools
