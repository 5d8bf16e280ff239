#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "storage/journal/entry.hpp"

/// Looks at a journal file beside a running node, or at one that nobody has open. Reads only. All throw StorageError.
namespace caravan {

/// `done` of `total` rows were looked at.
using Progress = std::function<void(std::uint64_t done, std::uint64_t total)>;

/// What a full check found.
struct JournalCheck {
  std::uint64_t entries = 0, track_entries = 0, snapshots = 0, effects = 0;
  std::uint64_t fault_count = 0;
  std::vector<std::string> faults;  // the first 100, one line each
};

/// Checks the file's own structure, every checksum, that every body is one of its entity's, and that the sequences of
/// each entity and the numbers of each shard have no gaps.
JournalCheck check_journal(const std::string& data_dir, const Progress& progress);

struct JournalStats {
  struct OfKind {
    std::uint64_t entities = 0, entries = 0, track_entries = 0, body_bytes = 0, snapshots = 0;
  };
  std::map<std::string, OfKind> kinds;          // by the kind's name
  std::map<std::string, std::uint64_t> events;  // by the event's name
  std::uint64_t shards = 0, highest_epoch = 0, head = 0;
  std::uint64_t pending_effects = 0, timers = 0;
  std::uint64_t file_bytes = 0;  // with its write-ahead log
  std::optional<Time> first_at, last_at;
};
JournalStats journal_stats(const std::string& data_dir, const Progress& progress);

/// Hands over the decoded entries of the feed after position `after`, oldest first, until `take` says false.
void read_journal(const std::string& data_dir, std::uint64_t after,
                  const std::function<bool(std::uint64_t position, const JournalEntry& entry)>& take);

}  // namespace caravan
