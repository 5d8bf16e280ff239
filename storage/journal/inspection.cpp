#include "storage/journal/inspection.hpp"

#include <filesystem>

#include "actors/registry.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_reads.hpp"

namespace caravan {

namespace {

using journal_file::checksum;

constexpr std::size_t most_faults = 100;
constexpr std::size_t page = 1'000;             // entries read at once
constexpr std::uint64_t progress_step = 5'000;  // rows

std::string kind_name(EntityKind kind) {
  const auto labels = enum_labels(EntityKind{});
  const auto index = static_cast<std::size_t>(kind);
  return std::string(index < labels.size() ? labels[index] : "unknown");
}

sqlite::Database open(const std::string& data_dir) {
  const std::string path = journal_file::path_in(data_dir);
  if (!std::filesystem::exists(path))
    throw StorageError("no journal in " + data_dir + ": name the data folder with --data");
  return sqlite::Database(path, sqlite::Access::read);
}

struct Checker {
  sqlite::Database& database;
  const Progress& progress;
  JournalCheck check = {};
  std::uint64_t done = 0, total = 0;

  void fault(const std::string& text) {
    ++check.fault_count;
    if (check.faults.size() < most_faults) check.faults.push_back(text);
  }
  void step() {
    if (++done % progress_step == 0 && progress) progress(done, total);
  }

  void structure() {
    sqlite::Query query = database.query("PRAGMA quick_check(20)");
    while (query.step())
      if (const std::string text = query.text(0); text != "ok") fault("the file: " + text);
  }

  /// Checksums and bodies of one table; returns its rows.
  std::uint64_t bodies(std::string_view sql, Lane lane) {
    std::uint64_t rows = 0;
    sqlite::Query query = database.query(sql);
    for (; query.step(); ++rows, step()) {
      JournalEntry entry;
      entry.entity = {static_cast<EntityKind>(query.integer(0)), query.uuid(1)};
      entry.sequence = query.natural(2);
      entry.lane = lane;
      const std::string name = "entry " + std::to_string(entry.sequence) + " of " + to_text_safely(entry.entity);
      const EntityClass* entity = find_entity(entry.entity.kind);
      if (query.integer(3) != static_cast<std::int64_t>(checksum(entry.entity, entry.sequence, query.view(4))))
        fault(name + ": wrong checksum");
      else if (!entity)
        fault(name + ": this build knows no such kind");
      else if (!decode_body(*entity, query.view(4), entry))
        fault(name + ": its bytes are not a body of that entity");
    }
    return rows;
  }

  std::uint64_t checksums(std::string_view sql, const char* what) {
    std::uint64_t rows = 0;
    sqlite::Query query = database.query(sql);
    for (; query.step(); ++rows, step()) {
      const Address entity{static_cast<EntityKind>(query.integer(0)), query.uuid(1)};
      if (query.integer(3) != static_cast<std::int64_t>(checksum(entity, query.natural(2), query.view(4))))
        fault(std::string(what) + ' ' + std::to_string(query.natural(2)) + " of " + to_text_safely(entity) +
              ": wrong checksum");
    }
    return rows;
  }

  void sequences() {
    sqlite::Query gaps = database.query(
        "SELECT kind, id, count(*), min(sequence), max(sequence) FROM"
        " (SELECT kind, id, sequence FROM entry UNION ALL SELECT kind, id, sequence FROM track)"
        " GROUP BY kind, id HAVING min(sequence) <> 1 OR max(sequence) <> count(*)");
    while (gaps.step())
      fault(to_text_safely({static_cast<EntityKind>(gaps.integer(0)), gaps.uuid(1)}) + ": " + gaps.text(2) +
            " entries, but its sequence goes from " + gaps.text(3) + " to " + gaps.text(4));
  }

  static std::string to_text_safely(const Address& address) {
    return kind_name(address.kind) + '/' + address.id.text();
  }
};

void add_lane(sqlite::Database& database, JournalStats& stats, bool track) {
  sqlite::Query query =
      database.query(track ? "SELECT kind, count(*), count(DISTINCT id), sum(length(body)) FROM track GROUP BY kind"
                           : "SELECT kind, count(*), count(DISTINCT id), sum(length(body)) FROM entry GROUP BY kind");
  while (query.step()) {
    JournalStats::OfKind& kind = stats.kinds[kind_name(static_cast<EntityKind>(query.integer(0)))];
    (track ? kind.track_entries : kind.entries) = query.natural(1);
    kind.entities = std::max(kind.entities, query.natural(2));
    kind.body_bytes += query.natural(3);
  }
}

std::uint64_t size_of(const std::string& path) {
  std::error_code none;
  const auto size = std::filesystem::file_size(path, none);
  return none ? 0 : size;
}

}  // namespace

JournalCheck check_journal(const std::string& data_dir, const Progress& progress) {
  sqlite::Database database = open(data_dir);
  journal_file::check_version(database);
  Checker checker{database, progress};
  // One moment of a journal that a node may be writing to.
  sqlite::Transaction transaction(database, "BEGIN");
  checker.total =
      static_cast<std::uint64_t>(database.integer("SELECT (SELECT count(*) FROM entry) + (SELECT count(*) FROM track) +"
                                                  " (SELECT count(*) FROM snapshot) + (SELECT count(*) FROM outbox)"));
  checker.structure();
  checker.check.entries =
      checker.bodies("SELECT kind, id, sequence, checksum, body FROM entry ORDER BY position", Lane::journal);
  checker.check.track_entries =
      checker.bodies("SELECT kind, id, sequence, checksum, body FROM track ORDER BY position", Lane::track);
  checker.check.snapshots = checker.checksums("SELECT kind, id, sequence, checksum, body FROM snapshot", "snapshot");
  checker.check.effects =
      checker.checksums("SELECT sender_kind, sender_id, number, checksum, command FROM outbox", "effect");
  checker.sequences();
  if (progress) progress(checker.total, checker.total);
  return checker.check;
}

JournalStats journal_stats(const std::string& data_dir, const Progress& progress) {
  sqlite::Database database = open(data_dir);
  journal_file::check_version(database);
  JournalStats stats;
  add_lane(database, stats, false);
  add_lane(database, stats, true);
  {
    sqlite::Query query = database.query("SELECT kind, count(*) FROM snapshot GROUP BY kind");
    while (query.step()) stats.kinds[kind_name(static_cast<EntityKind>(query.integer(0)))].snapshots = query.natural(1);
  }
  const auto number = [&](std::string_view sql) { return static_cast<std::uint64_t>(database.integer(sql)); };
  stats.shards = number("SELECT count(*) FROM shard");
  stats.highest_epoch = number("SELECT max(epoch) FROM shard");
  stats.head = number("SELECT max(position) FROM entry");
  stats.pending_effects = number("SELECT count(*) FROM outbox");
  stats.timers = number("SELECT count(*) FROM timer");
  const std::string path = journal_file::path_in(data_dir);
  stats.file_bytes = size_of(path) + size_of(path + "-wal");
  read_journal(data_dir, 0, [&](std::uint64_t position, const JournalEntry& entry) {
    for (const AnyRecord& event : entry.events) ++stats.events[std::string(event.type().name)];
    if (!stats.first_at) stats.first_at = entry.origin.at;
    stats.last_at = entry.origin.at;
    if (progress && position % progress_step == 0) progress(position, stats.head);
    return position < stats.head;
  });
  return stats;
}

void read_journal(const std::string& data_dir, std::uint64_t after,
                  const std::function<bool(std::uint64_t, const JournalEntry&)>& take) {
  sqlite::Database database = open(data_dir);
  journal_file::check_version(database);
  while (true) {
    const auto rows = journal_file::feed(database, after, page);
    if (rows.empty()) return;
    for (const FeedEntry& row : rows) {
      JournalEntry entry;
      entry.entity = row.entity;
      entry.sequence = row.sequence;
      const EntityClass* entity = find_entity(row.entity.kind);
      if (!entity || !decode_body(*entity, row.body, entry))
        throw StorageError("position " + std::to_string(row.position) +
                           ": its bytes are not an entry that this build knows: run `caravan journal verify`");
      if (!take(row.position, entry)) return;
    }
    after = rows.back().position;
  }
}

}  // namespace caravan
