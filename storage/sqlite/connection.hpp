#pragma once

#include <sqlite3.h>

#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include "actors/values/time.hpp"
#include "actors/values/uuid.hpp"
#include "storage/storage_error.hpp"

/// SQLite's C interface with owners, exceptions and cached statements; nothing else.
namespace caravan::sqlite {

/// Bytes, where a std::string_view binds as text.
struct Blob {
  std::string_view bytes;
};

/// A prepared statement in use. Gives itself back, reset, when it goes out of scope.
class Query {
 public:
  Query(sqlite3_stmt* statement, sqlite3* database) : statement_(statement), database_(database) {}
  Query(Query&& other) noexcept : statement_(other.statement_), database_(other.database_), next_(other.next_) {
    other.statement_ = nullptr;
  }
  Query& operator=(Query&&) = delete;
  ~Query();

  /// Binds the next parameters in order: integers, enumerations, doubles, text, Blob, Uuid and ids (16 bytes), Time
  /// (milliseconds), std::optional (null where absent).
  template <class... Values>
  Query& bind(const Values&... values) {
    (bind_next(values), ...);
    return *this;
  }
  /// True: a row is there. Throws StorageError.
  bool step();
  /// Runs to the end. Throws StorageError.
  void run();
  /// Runs to the end. False where a constraint refused it (nothing was changed then); throws on other failures.
  bool run_or_constraint();
  /// Makes it ready to be bound and run again.
  Query& reset();

  bool is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }
  std::int64_t integer(int column) const { return sqlite3_column_int64(statement_, column); }
  std::uint64_t natural(int column) const { return static_cast<std::uint64_t>(integer(column)); }
  double real(int column) const { return sqlite3_column_double(statement_, column); }
  std::string text(int column) const { return std::string(view(column)); }
  /// Text or bytes; valid until the next step.
  std::string_view view(int column) const;
  Uuid uuid(int column) const;
  Time time(int column) const { return from_millis(integer(column)); }

 private:
  void check(int code) const;
  void bind_integer(std::int64_t value) { check(sqlite3_bind_int64(statement_, next_++, value)); }
  void bind_real(double value) { check(sqlite3_bind_double(statement_, next_++, value)); }
  void bind_text(std::string_view value);
  void bind_blob(std::string_view value);
  void bind_null() { check(sqlite3_bind_null(statement_, next_++)); }

  template <class T>
  void bind_next(const T& value) {
    if constexpr (std::is_same_v<T, Blob>)
      bind_blob(value.bytes);
    else if constexpr (std::is_same_v<T, Uuid>)
      bind_blob({reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size()});
    else if constexpr (std::is_same_v<T, Time>)
      bind_integer(to_millis(value));
    else if constexpr (std::is_integral_v<T> || std::is_enum_v<T>)
      bind_integer(static_cast<std::int64_t>(value));
    else if constexpr (std::is_floating_point_v<T>)
      bind_real(value);
    else if constexpr (std::is_convertible_v<T, std::string_view>)
      bind_text(value);
    else if constexpr (std::is_same_v<T, std::nullopt_t>)
      bind_null();
    else if constexpr (requires { value.has_value(); })
      value ? bind_next(*value) : bind_null();
    else
      bind_next(value.value);  // Id<T>
  }

  sqlite3_stmt* statement_;
  sqlite3* database_;
  int next_ = 1;
};

/// Another process holds the file's lock: nothing was read or written. See Connection::wait_for_locks.
class Busy : public StorageError {
 public:
  using StorageError::StorageError;
};

enum class Access : std::uint8_t { read, write, create };

/// Who else may have the file open. SQLite's write-ahead log needs memory that processes of one host share, so a file
/// on a folder that several hosts mount keeps a rollback journal.
enum class Sharing : std::uint8_t { one_host, many_hosts };

/// One connection. Used by one thread at a time.
class Connection {
 public:
  /// `vfs` names SQLite's file layer; empty: the default. Throws StorageError.
  Connection(const std::string& path, Access access, const std::string& vfs = {});
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  /// The statement, prepared at its first use and kept. One use of the same text at a time.
  Query query(std::string_view sql);
  /// Makes the file keep a write-ahead log from now on. Waits while another process is making the same change. Throws
  /// StorageError.
  void keep_write_ahead_log();
  /// Makes the file keep a rollback journal from now on. While other processes have it open with a write-ahead log it
  /// keeps that, until it is opened without them. Throws StorageError.
  void keep_rollback_journal();
  /// Chooses the one of the two that is safe for this sharing.
  void keep_log_for(Sharing sharing);
  /// Sets how long it waits for another process's lock before it throws Busy; 10 s where this was never called.
  void wait_for_locks(std::chrono::milliseconds busy_patience);
  /// Runs statements without parameters. Throws StorageError.
  void run(const std::string& sql);
  /// The same, without throwing: SQLite's code.
  int try_run(const char* sql);
  /// The first column of the first row; 0 where there is none.
  std::int64_t integer(std::string_view sql);
  /// Rows that the last statement changed.
  int changes() const { return sqlite3_changes(handle_); }

  sqlite3* handle() const { return handle_; }
  const std::string& path() const { return path_; }

 private:
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  std::string path_;
  sqlite3* handle_ = nullptr;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>> statements_;
};

/// Begins a transaction; rolls back at the end of scope unless committed.
class Transaction {
 public:
  explicit Transaction(Connection& database, const char* begin = "BEGIN IMMEDIATE");
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  ~Transaction();
  void commit();

 private:
  Connection& database_;
  bool open_ = true;
};

/// The failure of a connection as an exception whose text names the file and the remedy.
[[noreturn]] void fail(sqlite3* database, int code);

}  // namespace caravan::sqlite
