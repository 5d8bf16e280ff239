#pragma once

#include <string>
#include <variant>
#include <vector>

#include "storage/postgres/connection.hpp"
#include "storage/sqlite/connection.hpp"

/// Rows of one kind on their way from the journal's file into the tables in PostgreSQL, with both ends' columns.
namespace caravan::journal_tables {

using Cell = std::variant<std::monostate, std::int64_t, Uuid, std::string>;
using Row = std::vector<Cell>;

struct CopiedColumn {
  std::string name;
  postgres::Column::Of of;
};

class CopiedTable {
 public:
  /// The first `keys` columns are the table's key. `checked` rows have a checksum: their first columns are kind, id and
  /// number, their last the checksum and its bytes. Must outlive the connections that it is used with.
  CopiedTable(std::string name, std::size_t keys, bool checked, std::vector<CopiedColumn> columns);

  const std::string& name() const { return name_; }
  /// The row that a query stands at, whose columns are the table's in order. Throws StorageError where its checksum is
  /// wrong.
  Row read(const sqlite::Query& query) const;
  /// Two statements: to write the rows, and to read them back.
  std::vector<postgres::Statement> put(const std::vector<Row>& rows) const;
  /// Throws StorageError unless what was read back is what was written.
  void require_equal(const std::vector<Row>& rows, const postgres::Result& read_back) const;

 private:
  const std::string name_;
  const std::size_t keys_;
  const bool checked_;
  const std::vector<CopiedColumn> columns_;
  std::string insert_, read_back_;
};

/// Both lanes: the columns are kind, id, sequence, lane, shard, number, position, checksum, body.
const CopiedTable& copied_entries();
/// What comes and goes: outbox, timers, snapshots, settings.
const std::vector<CopiedTable>& copied_rest();
/// About how much memory a row takes.
std::size_t bytes_of(const Row& row);

}  // namespace caravan::journal_tables
