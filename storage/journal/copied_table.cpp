#include "storage/journal/copied_table.hpp"

#include <array>

#include "storage/journal/checksum.hpp"

namespace caravan::journal_tables {

namespace {

using Of = postgres::Column::Of;

constexpr std::array<std::string_view, 4> sql_types{"bigint", "uuid", "text", "bytea"};  // by Of

std::string parameter(std::size_t at, Of of) {
  return '$' + std::to_string(at) + "::" + std::string(sql_types[static_cast<std::size_t>(of)]) + "[]";
}

Cell cell_of(const postgres::Result& result, int row, int column, Of of) {
  if (result.is_null(row, column)) return {};
  if (of == Of::number) return result.integer(row, column);
  if (of == Of::uuid) return result.uuid(row, column);
  return std::string(result.text(row, column));
}

Cell cell_of(const sqlite::Query& query, int column, Of of) {
  if (query.is_null(column)) return {};
  if (of == Of::number) return query.integer(column);
  if (of == Of::uuid) return query.uuid(column);
  return query.text(column);
}

void add(postgres::Column& column, const Cell& cell) {
  if (const auto* integer = std::get_if<std::int64_t>(&cell))
    column.add(*integer);
  else if (const auto* id = std::get_if<Uuid>(&cell))
    column.add(*id);
  else if (const auto* content = std::get_if<std::string>(&cell))
    column.add(std::string_view(*content));
  else
    column.add_null();
}

}  // namespace

CopiedTable::CopiedTable(std::string name, std::size_t keys, bool checked, std::vector<CopiedColumn> columns)
    : name_(std::move(name)), keys_(keys), checked_(checked), columns_(std::move(columns)) {
  std::string names, shown, given, keys_given, key_names, match;
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    const auto& [column, of] = columns_[i];
    const std::string comma = i == 0 ? "" : ", ";
    names += comma + column;
    shown += comma + "t." + column;
    given += comma + parameter(i + 1, of);
    if (i >= keys_) continue;
    keys_given += parameter(i + 1, of) + ", ";
    key_names += column + ", ";
    match += (i == 0 ? "t." : " AND t.") + column + " = u." + column;
  }
  insert_ = "INSERT INTO " + name_ + '(' + names + ") SELECT * FROM unnest(" + given + ')';
  read_back_ = "SELECT " + shown + " FROM unnest(" + keys_given + parameter(keys_ + 1, Of::number) + ") AS u(" +
               key_names + "n) JOIN " + name_ + " t ON " + match + " ORDER BY u.n";
}

Row CopiedTable::read(const sqlite::Query& query) const {
  Row row;
  for (std::size_t i = 0; i < columns_.size(); ++i) row.push_back(cell_of(query, static_cast<int>(i), columns_[i].of));
  if (checked_)
    journal_file::verify(std::get<std::int64_t>(row[columns_.size() - 2]),
                         {static_cast<EntityKind>(std::get<std::int64_t>(row[0])), std::get<Uuid>(row[1])},
                         static_cast<std::uint64_t>(std::get<std::int64_t>(row[2])), std::get<std::string>(row.back()),
                         name_);
  return row;
}

std::vector<postgres::Statement> CopiedTable::put(const std::vector<Row>& rows) const {
  std::vector<postgres::Statement> out{{insert_}, {read_back_}};
  for (std::size_t i = 0; i < columns_.size(); ++i) {
    postgres::Column column(columns_[i].of);
    for (const Row& row : rows) add(column, row[i]);
    out[0].parameters.push_back(column.parameter());
    if (i < keys_) out[1].parameters.push_back(column.parameter());
  }
  postgres::Column numbers(Of::number);
  for (std::size_t i = 0; i < rows.size(); ++i) numbers.add(std::uint64_t{i});
  out[1].parameters.push_back(numbers.parameter());
  return out;
}

void CopiedTable::require_equal(const std::vector<Row>& rows, const postgres::Result& read_back) const {
  bool equal = static_cast<std::size_t>(read_back.rows()) == rows.size();
  for (std::size_t i = 0; equal && i < rows.size(); ++i)
    for (std::size_t column = 0; equal && column < columns_.size(); ++column)
      equal = cell_of(read_back, static_cast<int>(i), static_cast<int>(column), columns_[column].of) == rows[i][column];
  if (!equal)
    throw StorageError("PostgreSQL: what was written to table " + name_ +
                       " is not what it shows: check the server's log and disk, and run `caravan migrate` again");
}

const CopiedTable& copied_entries() {
  using enum postgres::Column::Of;
  static const CopiedTable entries("entry", 3, true,
                                   {{"kind", number},
                                    {"id", uuid},
                                    {"sequence", number},
                                    {"lane", number},
                                    {"shard", number},
                                    {"number", number},
                                    {"position", number},
                                    {"checksum", number},
                                    {"body", bytes}});
  return entries;
}

const std::vector<CopiedTable>& copied_rest() {
  using enum postgres::Column::Of;
  static const std::vector<CopiedTable> tables{
      {"outbox",
       3,
       true,
       {{"sender_kind", number},
        {"sender_id", uuid},
        {"number", number},
        {"receiver_kind", number},
        {"receiver_id", uuid},
        {"trace_id", text},
        {"correlation_id", text},
        {"checksum", number},
        {"command", bytes}}},
      {"timer", 3, false, {{"kind", number}, {"id", uuid}, {"name", text}, {"generation", number}, {"due", number}}},
      {"snapshot",
       2,
       true,
       {{"kind", number}, {"id", uuid}, {"sequence", number}, {"checksum", number}, {"body", bytes}}},
      {"setting", 1, false, {{"name", text}, {"value", text}}}};
  return tables;
}

std::size_t bytes_of(const Row& row) {
  std::size_t bytes = sizeof(Row) + row.size() * sizeof(Cell);
  for (const Cell& cell : row)
    if (const auto* content = std::get_if<std::string>(&cell)) bytes += content->size();
  return bytes;
}

}  // namespace caravan::journal_tables
