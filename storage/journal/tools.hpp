#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/journal/journal.hpp"

/// What the command line does with a journal, as plain functions. All throw StorageError where there is no journal of a
/// version that this build reads. All but restore work beside a running node.
namespace caravan::tools {

/// Called now and then with how many units (rows or bytes) are done, of how many.
using Progress = std::function<void(std::uint64_t done, std::uint64_t of)>;

struct VerifyReport {
  std::uint64_t entries = 0, track_entries = 0, entities = 0, snapshots = 0, effects = 0;
  std::uint64_t problem_count = 0;
  std::vector<std::string> problems;  // the first hundred
  bool ok() const { return problem_count == 0; }
};
/// Checks the file's structure, every checksum, that each entity's sequences have no gap, that every entry can be
/// decoded, and that each shard's numbers lead up to its last.
VerifyReport verify(const std::string& data_dir, const Progress& progress = {});
/// The same of a journal in PostgreSQL, as of one moment; the structure of files is the server's own matter.
VerifyReport verify_database(const std::string& url, const Progress& progress = {});

struct DumpOptions {
  std::optional<Address> entity;  // one entity, both lanes; else the feed
  std::uint64_t after = 0;        // position, or sequence where an entity is named
  std::uint64_t limit = UINT64_MAX;
};
/// Takes an entry, and its position where the feed gave it, else 0.
using Take = std::function<void(const JournalEntry& entry, std::uint64_t position)>;
/// Gives each entry, oldest first.
void dump(const std::string& data_dir, const DumpOptions& options, const Take& take);
/// The same of a journal that is no file.
void dump(Journal& journal, const DumpOptions& options, const Take& take);

struct KindStats {
  EntityKind kind = EntityKind::none;
  std::uint64_t entities = 0, entries = 0, bytes = 0;  // of entry bodies
};
struct JournalStats {
  std::int64_t format = 0;
  std::uint64_t file_bytes = 0, wal_bytes = 0;
  std::uint64_t head = 0;
  std::uint64_t entries = 0, track_entries = 0, snapshots = 0, pending_effects = 0, timers = 0;
  std::optional<Time> next_due;
  std::vector<KindStats> kinds;
  struct Shard {
    std::uint32_t id = 0;
    std::uint64_t epoch = 0, last = 0;
    std::string owner;
  };
  std::vector<Shard> shards;
};
JournalStats stats(const std::string& data_dir);
/// The same of a journal in PostgreSQL; sizes on disk are not told.
JournalStats database_stats(const std::string& url);

struct CopyReport {
  std::uint64_t journal_bytes = 0, files = 0, file_bytes = 0;
  std::uint64_t head = 0;   // the copied journal's newest position
  std::uint64_t point = 0;  // of the backup; 0: it has none
  Time as_of;               // when that was taken
};
/// Copies the data folder into a new folder: the journal as of one moment, then uploads and keys. Read models are left
/// out: they are built anew. A folder that has a backup of the same journal gets what is new since, as one more point
/// to go back to; any other must be empty or not exist.
CopyReport backup(const std::string& data_dir, const std::string& to, const Progress& progress = {});

/// The newest point of a backup that is not after these; empty: of all.
struct Until {
  std::optional<Time> time;
  std::optional<std::uint64_t> position;
};
/// Copies a backup into an empty data folder, as of a point, and raises every shard's epoch, so that no process that
/// held a shard of the copy's origin can write to it.
CopyReport restore(const std::string& backup, const std::string& data_dir, const Until& until = {},
                   const Progress& progress = {});

}  // namespace caravan::tools
