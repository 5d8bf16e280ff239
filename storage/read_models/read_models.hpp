#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <shared_mutex>
#include <span>

#include "storage/journal/journal.hpp"
#include "storage/journal/sqlite_reads.hpp"
#include "storage/read_models/page.hpp"
#include "storage/read_models/read_model_file.hpp"

namespace caravan {

/// What lists, searches and look-ups are answered from: DIR/read_models.sqlite, which follows the journal's feed and
/// can be built from it anew at any time. The queries are in the domains' headers beside this one (trips.hpp, …).
/// Thread-safe.
class ReadModels {
 public:
  /// Opens the file, and makes it where it does not exist or is of another version. Throws StorageError.
  explicit ReadModels(const std::string& data_dir, std::size_t readers = 4);
  /// Deletes a file that follows another history than this journal's, for example after the journal was put back to an
  /// earlier moment. True if it did. To be called before the file is opened.
  static bool forget_other_history(const std::string& data_dir, Journal& journal);

  /// Takes entries of the feed in, in order, in one transaction. Those at or before position() are skipped.
  void apply(std::span<const FeedEntry> entries);
  /// The feed's position up to which all is taken in.
  std::uint64_t position() const;
  /// Waits until position() has reached `position`; false where `limit` passed first.
  bool wait_for(std::uint64_t position, std::chrono::milliseconds limit) const;
  /// True while somebody waits for a position that is not reached.
  bool is_awaited() const;
  /// Called whenever somebody begins to wait; by the thread that waits.
  void when_awaited(std::function<void()> hurry);

  /// Builds a new file from the whole feed, while the present one serves and grows, and puts it in its place.
  /// `progress` is told positions done and to do. One at a time.
  void rebuild(Journal& journal, const std::function<void(std::uint64_t done, std::uint64_t of)>& progress = {});

  /// A connection for queries, for the time of its scope. Keep that short: a rebuild waits for it.
  class Reading {
   public:
    explicit Reading(const ReadModels& models) : lock_(models.swap_), lease_(models.readers_->take()) {}
    sqlite::Connection& operator*() const { return *lease_; }

   private:
    std::shared_lock<std::shared_mutex> lock_;
    journal_file::Readers::Lease lease_;
  };
  Reading read() const { return Reading(*this); }

 private:
  void reached(std::uint64_t position);

  const std::string path_;
  const std::size_t reader_count_;
  std::mutex rebuilding_;
  mutable std::mutex writing_;  // guards file_
  std::unique_ptr<read_models::ReadModelFile> file_;
  mutable std::shared_mutex swap_;  // held shared while reading, exclusively while files change places
  std::unique_ptr<journal_file::Readers> readers_;
  mutable std::mutex waiting_;  // guards all below
  mutable std::condition_variable moved_;
  std::uint64_t position_ = 0;
  mutable int waiters_ = 0;
  std::function<void()> hurry_;
};

/// What the entity's own query answers, asked of the state that the read model has; empty if it refuses. So an item of
/// a list is the same resource, with the same things hidden, as the entity itself shows.
AnyRecord show_state(const Address& entity, std::string_view state, const Viewer& viewer, const AnyRecord& query);

}  // namespace caravan
