#pragma once

#include <cstdint>
#include <string>

namespace caravan {

/// What a backup or a restore copied.
struct CopiedData {
  std::uint64_t entries = 0;
  std::uint64_t files = 0;  // besides the journal: keys, uploads
  std::uint64_t bytes = 0;
};

/// Copies the journal as of one moment, and the keys and uploads, into `target`, a folder that does not exist or is
/// empty. Works beside a running node, without stopping its writes. Read models are not copied: they are made anew from
/// the journal. Throws StorageError.
CopiedData back_up(const std::string& data_dir, const std::string& target);

/// Copies a backup into `data_dir`, a folder without a journal, and raises the epoch of every shard, so that a node
/// that still holds leases from before cannot write to it. Throws StorageError.
CopiedData restore_backup(const std::string& backup, const std::string& data_dir);

}  // namespace caravan
