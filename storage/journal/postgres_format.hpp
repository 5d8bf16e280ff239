#pragma once

#include "actors/entity/address.hpp"
#include "storage/postgres/connection.hpp"

/// The journal in a database that speaks PostgreSQL. FORMAT.md, part "Journal in PostgreSQL", has the description.
namespace caravan::journal_tables {

inline constexpr std::int64_t format_version = 2;

/// An entity's kind as its column has it.
inline std::int64_t to_number(EntityKind kind) { return static_cast<std::int64_t>(kind); }

/// Makes the tables and `shards` shards where there are none. Throws StorageError, with a remedy, when there are none
/// and `shards` is 0, or when they are of a format that this build does not read.
void prepare(postgres::Connection& connection, std::uint32_t shards);

/// Throws StorageError while `caravan migrate` is not done with the journal.
void require_complete(postgres::Connection& connection);

inline constexpr std::string_view shared_folder_setting = "shared-folder";
/// The name of the folder that all nodes of a cluster share: `name`, unless another one was the first.
std::string agree_on_shared_folder(postgres::Connection& connection, const std::string& name);

}  // namespace caravan::journal_tables
