#include "storage/journal/tools.hpp"

#include <filesystem>

#include "actors/registry.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_reads.hpp"

namespace caravan::tools {

namespace {

constexpr std::size_t dump_batch = 1'000;  // entries

JournalEntry entry_of(const Address& entity, const Stored::Row& row) {
  const EntityClass* type = find_entity(entity.kind);
  JournalEntry entry;
  entry.entity = entity;
  entry.sequence = row.sequence;
  entry.lane = row.lane;
  if (!type || !decode_body(*type, row.body, entry))
    throw StorageError("entry " + std::to_string(row.sequence) + " of " + to_text(entity) +
                       ": this build cannot decode it: use the version of caravan that wrote it, or a newer one");
  return entry;
}

std::uint64_t bytes_of(const std::string& path) {
  std::error_code error;
  const auto size = std::filesystem::file_size(path, error);
  return error ? 0 : size;
}

}  // namespace

namespace {

/// `history` and `feed` give a page each, of entries after a sequence or a position.
template <class History, class Feed>
void dump_pages(const DumpOptions& options, const Take& take, History history, Feed feed) {
  std::uint64_t after = options.after, left = options.limit;
  while (left > 0) {
    const std::size_t most = std::min<std::uint64_t>(left, dump_batch);
    std::size_t found = 0;
    if (options.entity) {
      const std::vector<Stored::Row> rows = history(*options.entity, after + 1, most);
      for (const auto& row : rows) take(entry_of(*options.entity, row), 0);
      if (!rows.empty()) after = rows.back().sequence;
      found = rows.size();
    } else {
      const std::vector<FeedEntry> entries = feed(after, most);
      for (const auto& entry : entries)
        take(entry_of(entry.entity, {entry.sequence, Lane::journal, entry.body}), entry.position);
      if (!entries.empty()) after = entries.back().position;
      found = entries.size();
    }
    left -= found;
    if (found < most) return;
  }
}

}  // namespace

void dump(const std::string& data_dir, const DumpOptions& options, const Take& take) {
  journal_file::Reader source(data_dir);
  journal_file::EntityIndex newest(SIZE_MAX);
  if (options.entity) newest.catch_up(source.database);
  dump_pages(
      options, take,
      [&](const Address& entity, std::uint64_t from, std::size_t most) {
        return journal_file::history(source.database, newest, entity, from, most);
      },
      [&](std::uint64_t after, std::size_t most) { return journal_file::feed(source.database, after, most); });
}

void dump(Journal& journal, const DumpOptions& options, const Take& take) {
  dump_pages(
      options, take,
      [&](const Address& entity, std::uint64_t from, std::size_t most) { return journal.history(entity, from, most); },
      [&](std::uint64_t after, std::size_t most) { return journal.feed(after, most); });
}

JournalStats stats(const std::string& data_dir) {
  journal_file::Reader source(data_dir);
  sqlite::Connection& database = source.database;
  const auto number = [&](std::string_view sql) { return static_cast<std::uint64_t>(database.integer(sql)); };
  JournalStats out;
  out.format = database.integer("PRAGMA user_version");
  out.file_bytes = bytes_of(journal_file::path_in(data_dir));
  out.wal_bytes = bytes_of(journal_file::path_in(data_dir) + "-wal");
  out.head = number("SELECT max(position) FROM entry");
  out.entries = number("SELECT count(*) FROM entry");
  out.track_entries = number("SELECT count(*) FROM track");
  out.snapshots = number("SELECT count(*) FROM snapshot");
  out.pending_effects = number("SELECT count(*) FROM outbox");
  out.timers = number("SELECT count(*) FROM timer");
  out.next_due = journal_file::next_due(database);
  sqlite::Query kinds = database.query(
      "SELECT kind, count(DISTINCT id), count(*), sum(length(body)) FROM"
      " (SELECT kind, id, body FROM entry UNION ALL SELECT kind, id, body FROM track) GROUP BY kind ORDER BY kind");
  while (kinds.step())
    out.kinds.push_back(
        {static_cast<EntityKind>(kinds.integer(0)), kinds.natural(1), kinds.natural(2), kinds.natural(3)});
  sqlite::Query shards = database.query("SELECT id, epoch, last, owner FROM shard ORDER BY id");
  while (shards.step())
    out.shards.push_back(
        {static_cast<std::uint32_t>(shards.integer(0)), shards.natural(1), shards.natural(2), shards.text(3)});
  return out;
}

}  // namespace caravan::tools
