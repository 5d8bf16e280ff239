#pragma once

#include <string>
#include <string_view>

#include "storage/journal/checksum.hpp"
#include "storage/sqlite/connection.hpp"

/// The journal's file: its tables, its version, its checksums. FORMAT.md, part "Journal file", has the description.
namespace caravan::journal_file {

inline constexpr std::string_view file_name = "journal.sqlite";
inline constexpr std::int64_t application_id = 0x4352564E;  // "CRVN"
inline constexpr std::int64_t format_version = 3;

/// DIR/journal.sqlite.
std::string path_in(const std::string& data_dir);

/// The same, where the file is there; throws StorageError where it is not.
std::string existing_path(const std::string& data_dir, std::string_view remedy = "name the data folder with --data");

/// Sets what every connection to a file needs; `cache_mib` MiB of its pages are kept.
void configure(sqlite::Connection& database, int cache_mib);
/// Makes the tables and `shards` shards in an empty file. Leaves a file that has them alone.
void create(sqlite::Connection& database, std::uint32_t shards);
/// Gives the journal a name of its own where it has none: a new one, one of an earlier build, or one that was restored.
void name_store(sqlite::Connection& database);
/// Throws StorageError, with a remedy, where the file is not a journal of the version that this build reads.
void check_version(sqlite::Connection& database);
/// Brings a file of an earlier format to this one, in one transaction; leaves all others alone.
void upgrade(sqlite::Connection& database);

/// A connection that reads an existing journal of this format, beside a running node too, and changes nothing in the
/// file.
struct Reader {
  explicit Reader(const std::string& data_dir);
  sqlite::Connection database;
};

}  // namespace caravan::journal_file
