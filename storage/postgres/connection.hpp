#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "actors/values/uuid.hpp"
#include "storage/storage_error.hpp"

struct pg_conn;
struct pg_result;

/// libpq with owners and exceptions.
namespace caravan::postgres {

/// The connection is lost, or could not be made: it is unknown whether what was under way on it has happened.
class Disconnected : public StorageError {
 public:
  using StorageError::StorageError;
};

/// The server refused a statement; its transaction did not happen.
class Refused : public StorageError {
 public:
  Refused(std::string state, const std::string& why) : StorageError(why), state_(std::move(state)) {}
  /// Five letters that say why: PostgreSQL's manual, appendix "Error codes".
  const std::string& state() const { return state_; }
  /// Another transaction was in the way: the same may succeed when tried again.
  bool passes() const { return state_ == "40001" || state_ == "40P01" || state_ == "55P03"; }

 private:
  std::string state_;
};

/// One value that a statement is given, in the server's binary form. Numbers are 64 bits wide on the way.
struct Parameter {
  Parameter(std::int64_t number);
  Parameter(std::uint64_t number) : Parameter(static_cast<std::int64_t>(number)) {}
  Parameter(std::string_view text);
  Parameter(const Uuid& uuid);
  Parameter(unsigned type_id, std::string content) : type(type_id), bytes(std::move(content)) {}

  unsigned type;
  std::string bytes;
};

/// A column of values, for `unnest`: many rows in one statement of one shape, whatever their number.
class Column {
 public:
  enum class Of : std::uint8_t { number, uuid, text, bytes };
  explicit Column(Of of) : of_(of) {}
  void add(std::int64_t number);
  void add(std::uint64_t number) { add(static_cast<std::int64_t>(number)); }
  void add(const Uuid& uuid);
  /// Text or bytes, as the column is.
  void add(std::string_view content);
  void add_null();
  std::size_t size() const { return size_; }
  Parameter parameter() const;

 private:
  const Of of_;
  std::uint32_t size_ = 0;
  bool has_null_ = false;
  std::string elements_;
};

struct Statement {
  std::string_view sql;  // where it has parameters, it is prepared once and must outlive the connection
  std::vector<Parameter> parameters = {};
};

/// What a statement answered.
class Result {
 public:
  explicit Result(pg_result* result) : result_(result) {}
  int rows() const;
  bool is_null(int row, int column) const;
  std::int64_t integer(int row, int column) const;
  std::uint64_t natural(int row, int column) const { return static_cast<std::uint64_t>(integer(row, column)); }
  std::string_view text(int row, int column) const;
  Uuid uuid(int row, int column) const;
  /// The command tag: "COMMIT", "INSERT 0 1".
  std::string_view tag() const;

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

/// One connection to a server, used by one thread at a time. Statements go in pipelines: one round trip for many.
class Connection {
 public:
  /// `url` is libpq's: "postgresql://user@host:5432/database". No answer takes longer than `patience`.
  Connection(const std::string& url, std::chrono::milliseconds patience);

  /// Sends all, then reads each one's answer. Statements after a refused one are not run. Throws Refused, or
  /// Disconnected; after the latter the connection must not be used any more.
  std::vector<Result> run(const std::vector<Statement>& statements);
  Result run(Statement statement);

 private:
  struct Close {
    void operator()(pg_conn* connection) const;
  };
  using Until = std::chrono::steady_clock::time_point;
  /// Sends a statement, preceded by its preparation if it is new. Returns how many answers will come.
  int send(const Statement& statement, std::vector<std::string_view>& preparing);
  void wait(Until until);
  pg_result* next(Until until);
  [[noreturn]] void lose(const std::string& why);
  void prefer_indexes();

  const std::chrono::milliseconds patience_;
  std::unique_ptr<pg_conn, Close> connection_;
  std::map<std::string_view, std::string> prepared_;  // names, by statement
  std::uint64_t names_ = 0;
};

}  // namespace caravan::postgres
