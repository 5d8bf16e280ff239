#pragma once

#include <string>
#include <vector>

#include "storage/journal/entity_index.hpp"
#include "storage/journal/journal.hpp"
#include "storage/journal/pool.hpp"
#include "storage/sqlite/connection.hpp"

namespace caravan::journal_file {

/// Read connections to a file.
class Readers : public Pool<sqlite::Connection> {
 public:
  Readers(std::string path, std::string vfs, std::size_t limit, int cache_mib);
};

// Each of Journal's reads, on one connection. All verify checksums and throw StorageError.
Stored load(sqlite::Connection& database, const EntityIndex& index, const Address& entity);
std::vector<Stored::Row> history(sqlite::Connection& database, const EntityIndex& index, const Address& entity,
                                 std::uint64_t from, std::size_t limit, std::optional<Lane> lane = {});
std::optional<Stored::Row> entry(sqlite::Connection& database, const EntityIndex& index, const Address& entity,
                                 std::uint64_t sequence);
std::vector<FeedEntry> feed(sqlite::Connection& database, std::uint64_t after, std::size_t limit);
std::vector<PendingEffect> pending_effects(sqlite::Connection& database, const std::optional<EffectKey>& after,
                                           std::size_t limit);
std::vector<PendingTimer> due_timers(sqlite::Connection& database, Time until, std::size_t limit, std::size_t skip);
std::optional<Time> next_due(sqlite::Connection& database);
std::optional<std::string> setting(sqlite::Connection& database, std::string_view name);

}  // namespace caravan::journal_file
