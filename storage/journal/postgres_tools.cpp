#include <map>

#include "storage/journal/checks.hpp"
#include "storage/journal/open.hpp"
#include "storage/journal/postgres_format.hpp"
#include "storage/journal/postgres_reads.hpp"

namespace caravan::tools {

namespace {

using journal_tables::to_number;
using postgres::Connection;
using postgres::Result;

constexpr std::int64_t rows_a_page = 1'000;
constexpr std::chrono::minutes longest_answer{10};  // a count of a large table

/// A journal in a database, as of one moment.
class TablesReader {
 public:
  explicit TablesReader(const std::string& url) : connection_(connect(url), longest_answer) {
    journal_tables::prepare(connection_, 0);
    journal_tables::require_complete(connection_);
    connection_.run({"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"});
  }

  Result ask(postgres::Statement statement) { return connection_.run(std::move(statement)); }
  std::uint64_t number(std::string_view sql) { return ask({sql}).natural(0, 0); }
  Connection& connection() { return connection_; }

 private:
  static const std::string& connect(const std::string& url) {
    require_database("--journal", url);
    return url;
  }
  Connection connection_;
};

Address address_at(const Result& rows, int row, int kind) {
  return {static_cast<EntityKind>(rows.integer(row, kind)), rows.uuid(row, kind + 1)};
}

/// One pass of checks over a journal's tables.
class TablesVerifier {
 public:
  TablesVerifier(TablesReader& tables, const Progress& progress) : tables_(tables), checks_(progress) {}

  VerifyReport run() {
    checks_.expect(tables_.number("SELECT count(*) FROM entry"));
    entries();
    numbers();
    snapshots();
    effects();
    return checks_.end();
  }

 private:
  /// Runs `page` again and again, each time for the rows behind the last one of the page before. The first three
  /// columns are the key: kind, id, number.
  template <class Take>
  void for_each(std::string_view page, Take take) {
    EffectKey last;
    for (;;) {
      const Result rows = tables_.ask({page, {to_number(last.sender.kind), last.sender.id, last.number, rows_a_page}});
      for (int row = 0; row < rows.rows(); ++row) {
        last = {address_at(rows, row, 0), rows.natural(row, 2)};
        take(rows, row, last);
      }
      if (rows.rows() < rows_a_page) return;
    }
  }

  void entries() {
    for_each(
        "SELECT kind, id, sequence, lane, shard, number, position, checksum, body FROM entry"
        " WHERE (id, kind, sequence) > ($2, $1, $3) ORDER BY id, kind, sequence LIMIT $4",
        [this](const Result& rows, int row, const EffectKey& key) {
          const Lane lane = rows.integer(row, 3) == 0 ? Lane::journal : Lane::track;
          checks_.follow(key.sender, key.number);
          checks_.entry(key.sender, key.number, lane, rows.integer(row, 7), rows.text(row, 8));
          const bool is_in_feed = !rows.is_null(row, 5) && !rows.is_null(row, 6);
          if (is_in_feed != (lane == Lane::journal))
            checks_.problem("entry " + std::to_string(key.number) + " of " + to_text(key.sender) +
                            ": its position is not that of its lane");
          if (!is_in_feed) return;
          Numbers& shard = shards_[rows.integer(row, 4)];
          ++shard.count;
          shard.last = std::max(shard.last, rows.natural(row, 5));
          shard.sum += rows.natural(row, 5);
          ++feed_.count;
          feed_.last = std::max(feed_.last, rows.natural(row, 6));
        });
  }

  void numbers() {
    const Result rows = tables_.ask({"SELECT id, last FROM shard ORDER BY id"});
    for (int row = 0; row < rows.rows(); ++row) {
      const Numbers& shard = shards_[rows.integer(row, 0)];
      const std::string name = "shard " + std::to_string(rows.integer(row, 0));
      if (shard.last != rows.natural(row, 1))
        checks_.problem(name + ": last is " + std::to_string(rows.natural(row, 1)) + ", its entries end at " +
                        std::to_string(shard.last));
      if (shard.count != shard.last || shard.sum != shard.last * (shard.last + 1) / 2)
        checks_.problem(name + ": its entries are not numbered from 1 to " + std::to_string(shard.last));
    }
    const std::uint64_t head = journal_tables::head(tables_.connection());
    if (feed_.last != head || feed_.count != head)  // no position is there twice: the table has an index for that
      checks_.problem("feed: its head is " + std::to_string(head) + ", it has " + std::to_string(feed_.count) +
                      " entries up to " + std::to_string(feed_.last));
  }

  void snapshots() {
    for_each(
        "SELECT kind, id, sequence, checksum, body FROM snapshot WHERE (id, kind, sequence) > ($2, $1, $3)"
        " ORDER BY id, kind LIMIT $4",
        [this](const Result& rows, int row, const EffectKey& key) {
          checks_.snapshot(key.sender, key.number, rows.integer(row, 3), rows.text(row, 4));
        });
  }

  void effects() {
    for_each(
        "SELECT sender_kind, sender_id, number, checksum, command FROM outbox"
        " WHERE (sender_kind, sender_id, number) > ($1, $2, $3) ORDER BY sender_kind, sender_id, number LIMIT $4",
        [this](const Result& rows, int row, const EffectKey& key) {
          checks_.effect(key, rows.integer(row, 3), rows.text(row, 4));
        });
  }

  struct Numbers {
    std::uint64_t count = 0, last = 0, sum = 0;
  };
  TablesReader& tables_;
  Checks checks_;
  std::map<std::int64_t, Numbers> shards_;
  Numbers feed_;
};

}  // namespace

VerifyReport verify_database(const std::string& url, const Progress& progress) {
  TablesReader tables(url);
  return TablesVerifier(tables, progress).run();
}

JournalStats database_stats(const std::string& url) {
  TablesReader tables(url);
  JournalStats out;
  out.format = journal_tables::format_version;
  out.head = journal_tables::head(tables.connection());
  out.entries = tables.number("SELECT count(*) FROM entry WHERE lane = 0");
  out.track_entries = tables.number("SELECT count(*) FROM entry WHERE lane = 1");
  out.snapshots = tables.number("SELECT count(*) FROM snapshot");
  out.pending_effects = tables.number("SELECT count(*) FROM outbox");
  out.timers = tables.number("SELECT count(*) FROM timer");
  out.next_due = journal_tables::next_due(tables.connection());
  const Result kinds = tables.ask(
      {"SELECT kind, count(DISTINCT id), count(*), CAST(sum(length(body)) AS bigint) FROM entry GROUP BY kind"
       " ORDER BY kind"});
  for (int row = 0; row < kinds.rows(); ++row)
    out.kinds.push_back({static_cast<EntityKind>(kinds.integer(row, 0)), kinds.natural(row, 1), kinds.natural(row, 2),
                         kinds.natural(row, 3)});
  const Result shards = tables.ask({"SELECT id, epoch, last, owner FROM shard ORDER BY id"});
  for (int row = 0; row < shards.rows(); ++row)
    out.shards.push_back({static_cast<std::uint32_t>(shards.integer(row, 0)), shards.natural(row, 1),
                          shards.natural(row, 2), std::string(shards.text(row, 3))});
  return out;
}

}  // namespace caravan::tools
