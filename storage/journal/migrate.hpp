#pragma once

#include <cstdint>
#include <functional>
#include <string>

namespace caravan::tools {

/// Told how a migration goes on.
struct MigrationWatch {
  /// Entries of both lanes that are in the database, of those that the folder has.
  std::function<void(std::uint64_t done, std::uint64_t of)> progress;
  /// All is copied up to this position of the feed, but a node still works on the folder: told again and again until
  /// that node has stopped.
  std::function<void(std::uint64_t position)> waits;
};

struct MigrationReport {
  std::uint64_t entries = 0, track_entries = 0, effects = 0, timers = 0, snapshots = 0, settings = 0;
  std::uint64_t head = 0;     // the feed's newest position, the same as before
  bool was_complete = false;  // by an earlier run; nothing was done
};

/// Carries the journal of a data folder into the database at `url`, where nothing is yet but what an earlier run of
/// this left behind, and goes on where that one ended. While a node works on the folder it follows that node's journal;
/// once the node has stopped it takes the folder's lock, copies and compares the rest, and makes the folder one of the
/// database's journal: no node serves from the file again. Positions, sequences and checksums stay as they are.
///
/// Every row is read back in the transaction that writes it. Throws StorageError with a remedy.
MigrationReport migrate(const std::string& data_dir, const std::string& url, const MigrationWatch& watch = {});

}  // namespace caravan::tools
