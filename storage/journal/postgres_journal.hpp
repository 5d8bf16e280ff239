#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "storage/journal/journal.hpp"

namespace caravan {

struct PostgresJournalOptions {
  std::uint32_t shards = 32;  // of a new journal; an existing one keeps its own count; 0: a new one is not made
  std::size_t readers = 4;    // read connections
  std::chrono::milliseconds patience{20'000};  // with a server that is away or restarts, before giving up
};

/// Opens the journal in a database that speaks PostgreSQL, and makes its tables where there are none. `url` is libpq's:
/// "postgresql://user@host:5432/database". Throws StorageError where the server cannot be reached, or its tables are of
/// a format that this build does not know.
std::unique_ptr<Journal> open_postgres_journal(const std::string& url, PostgresJournalOptions options = {});

}  // namespace caravan
