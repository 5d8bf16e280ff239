#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "storage/journal/journal.hpp"

namespace caravan {

struct SqliteJournalOptions {
  std::uint32_t shards = 32;        // of a new journal; an existing one keeps its own count
  std::size_t readers = 4;          // read connections
  int checkpoint_pages = 16'000;    // pages (of 4 KiB) in the write-ahead log after which they are moved into the file
  std::size_t index_rows = 16'384;  // newest entries whose index by entity is kept in memory
  bool checkpoint_thread = true;    // a thread of its own moves them, while commits go on; false: `commit` does
  std::chrono::milliseconds lock_patience{600'000};  // with another process that holds the file's write lock
  std::string vfs = {};  // SQLite's file layer; empty: the system's. The seam for fault injection.
};

/// Opens DIR/journal.sqlite, and makes folder and file where they do not exist. Throws StorageError where the file is
/// of another program or of a format that this build does not know.
std::unique_ptr<Journal> open_sqlite_journal(const std::string& data_dir, SqliteJournalOptions options = {});

}  // namespace caravan
