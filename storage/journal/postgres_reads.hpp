#pragma once

#include "storage/journal/journal.hpp"
#include "storage/postgres/connection.hpp"

/// Each of Journal's reads, on one connection. All verify checksums and throw StorageError.
namespace caravan::journal_tables {

Stored load(postgres::Connection& connection, const Address& entity);
std::vector<Stored::Row> history(postgres::Connection& connection, const Address& entity, std::uint64_t from,
                                 std::size_t limit, std::optional<Lane> lane = {});
std::optional<Stored::Row> entry(postgres::Connection& connection, const Address& entity, std::uint64_t sequence);
std::vector<FeedEntry> feed(postgres::Connection& connection, std::uint64_t after, std::size_t limit);
std::uint64_t head(postgres::Connection& connection);
std::vector<PendingEffect> pending_effects(postgres::Connection& connection, const std::optional<EffectKey>& after,
                                           std::size_t limit);
std::vector<PendingTimer> due_timers(postgres::Connection& connection, Time until, std::size_t limit, std::size_t skip);
std::optional<Time> next_due(postgres::Connection& connection);
std::optional<std::string> setting(postgres::Connection& connection, std::string_view name);

}  // namespace caravan::journal_tables
