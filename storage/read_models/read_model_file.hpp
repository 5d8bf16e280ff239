#pragma once

#include <memory>
#include <span>
#include <unordered_map>

#include "storage/journal/journal.hpp"
#include "storage/read_models/projection.hpp"

namespace caravan::read_models {

/// The write side of one read_models.sqlite. Used by one thread at a time.
class ReadModelFile {
 public:
  enum class Made : std::uint8_t { before, by_this_process };
  /// Opens the file. One made before: drops and makes anew what another version of the projections wrote, and what
  /// lacks fields of entries that the build before did not know.
  explicit ReadModelFile(const std::string& path, Made made = Made::before);

  /// Takes in entries in the feed's order, and remembers the last position, in one transaction. Entries at or before
  /// position() are skipped. When it throws StorageError, nothing was taken in.
  void apply(std::span<const FeedEntry> entries);
  /// Of the last entry taken in.
  std::uint64_t position() const { return position_; }
  /// Moves all into the main file and closes it, so that it can be renamed.
  static void settle(std::unique_ptr<ReadModelFile> file);

 private:
  struct Live {
    std::shared_ptr<void> state;
    std::uint64_t sequence = 0;
    bool changed = false;
  };
  Live& live(const Address& entity, const EntityClass& type);
  void evolve(const EntityClass& type, const JournalEntry& entry);
  void write_changed();
  void leave_to_newer();

  sqlite::Connection database_;
  std::uint64_t position_ = 0;
  std::unordered_map<Address, Live> live_;  // decoded states, so that an active entity is not decoded for each batch
  std::vector<Address> changed_;            // of them, by the batch at hand
};

/// Deletes a file whose last entry is not the journal's at that position: the journal was put back to an earlier
/// moment. True then.
bool forget_other_history(const std::string& path, Journal& journal);
/// Deletes the file and what SQLite keeps beside it.
void remove_file(const std::string& path);

}  // namespace caravan::read_models
