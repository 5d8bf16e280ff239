#pragma once

#include <atomic>
#include <cstdint>
#include <string>

namespace caravan::testkit {

/// SQLite's file layer with faults at will, over the system's own. One for the process; tests reset it.
class FaultVfs {
 public:
  /// Registered at first use.
  static FaultVfs& instance();
  static constexpr const char* name = "caravan-fault";

  std::atomic<bool> disk_full = false;            // writes that make a file longer fail
  std::atomic<bool> sync_fails = false;           // of every file
  std::atomic<bool> database_sync_fails = false;  // of main files alone: what a checkpoint does
  std::atomic<bool> dead = false;                 // every write and sync fails: the process is gone
  std::atomic<std::uint64_t> syncs = 0;           // that worked

  void reset();
  /// Puts every file under `folder` back to what its last sync made durable, as after loss of power. `torn`: the first
  /// half, in the order of the file, of what was written after that sync got to the disk too. Close all connections
  /// first (with `dead`).
  void lose_power(const std::string& folder, bool torn);

 private:
  FaultVfs();
};

}  // namespace caravan::testkit
