#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <vector>

#include "storage/journal/entity_index.hpp"
#include "storage/journal/journal.hpp"
#include "storage/sqlite/database.hpp"

namespace caravan::journal_file {

/// A few read connections, shared by any number of threads; opened at first need. Who waits longest is next: without
/// turns, threads that come again and again leave one waiting for a hundred times as long as the others.
class Readers {
 public:
  Readers(std::string path, std::string vfs, std::size_t limit, int cache_mib)
      : path_(std::move(path)), vfs_(std::move(vfs)), limit_(limit), cache_mib_(cache_mib) {}

  /// A connection for the time of its scope; waits while all are taken.
  class Lease {
   public:
    Lease(Readers& readers, std::unique_ptr<sqlite::Database> database)
        : readers_(readers), database_(std::move(database)) {}
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    ~Lease() { readers_.give_back(std::move(database_)); }
    sqlite::Database& operator*() const { return *database_; }

   private:
    Readers& readers_;
    std::unique_ptr<sqlite::Database> database_;
  };
  Lease take();
  /// Threads that wait for one.
  std::size_t waiting();

 private:
  struct Waiter {
    std::condition_variable served;
    std::unique_ptr<sqlite::Database> database;
  };
  void give_back(std::unique_ptr<sqlite::Database> database);

  const std::string path_, vfs_;
  const std::size_t limit_;
  const int cache_mib_;  // of each
  std::mutex mutex_;
  std::deque<Waiter*> waiters_;
  std::vector<std::unique_ptr<sqlite::Database>> idle_;  // none while somebody waits
  std::size_t open_ = 0;
};

// Each of Journal's reads, on one connection. All verify checksums and throw StorageError.
Stored load(sqlite::Database& database, const EntityIndex& index, const Address& entity);
std::vector<Stored::Row> history(sqlite::Database& database, const EntityIndex& index, const Address& entity,
                                 std::uint64_t from, std::size_t limit, std::optional<Lane> lane = {});
std::optional<Stored::Row> entry(sqlite::Database& database, const EntityIndex& index, const Address& entity,
                                 std::uint64_t sequence);
std::vector<FeedEntry> feed(sqlite::Database& database, std::uint64_t after, std::size_t limit);
std::vector<PendingEffect> pending_effects(sqlite::Database& database, const std::optional<EffectKey>& after,
                                           std::size_t limit);
std::vector<PendingTimer> due_timers(sqlite::Database& database, Time until, std::size_t limit);
std::optional<Time> next_due(sqlite::Database& database);
std::optional<std::string> setting(sqlite::Database& database, std::string_view name);

}  // namespace caravan::journal_file
