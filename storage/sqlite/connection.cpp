#include "storage/sqlite/connection.hpp"

#include <chrono>
#include <thread>

namespace caravan::sqlite {

namespace {

constexpr int busy_timeout_ms = 10'000;

std::string_view remedy(int code) {
  switch (code & 0xff) {
    case SQLITE_FULL:
      return "the disk is full: free some space and start again";
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return "the file is damaged or of another program: restore a backup with `caravan restore`";
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_READONLY:
      return "check that the folder exists and that this user may read and write it";
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return "another process keeps the file locked: stop it, or wait for its end";
    case SQLITE_IOERR:
      return "the disk reports a failure: check the system's log, move the data folder to a sound disk";
    default:
      return "please report this as a defect";
  }
}

}  // namespace

void fail(sqlite3* database, int code) {
  const char* file = database ? sqlite3_db_filename(database, "main") : nullptr;
  const std::string what = std::string(file ? file : "SQLite") + ": " +
                           (database ? sqlite3_errmsg(database) : sqlite3_errstr(code)) + ": " +
                           std::string(remedy(code));
  if ((code & 0xff) == SQLITE_BUSY) throw Busy(what);
  throw StorageError(what);
}

Query::~Query() {
  if (statement_) reset();
}

Query& Query::reset() {
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
  next_ = 1;
  return *this;
}

void Query::check(int code) const {
  if (code != SQLITE_OK) fail(database_, code);
}

void Query::bind_text(std::string_view value) {
  check(sqlite3_bind_text64(statement_, next_++, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT,
                            SQLITE_UTF8));
}

void Query::bind_blob(std::string_view value) {
  check(sqlite3_bind_blob64(statement_, next_++, value.data() ? value.data() : "", value.size(), SQLITE_TRANSIENT));
}

bool Query::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code != SQLITE_DONE) fail(database_, code);
  return false;
}

void Query::run() {
  while (step()) {
  }
}

bool Query::run_or_constraint() {
  int code = SQLITE_ROW;
  while (code == SQLITE_ROW) code = sqlite3_step(statement_);
  if ((code & 0xff) == SQLITE_CONSTRAINT) return false;
  if (code != SQLITE_DONE) fail(database_, code);
  return true;
}

std::string_view Query::view(int column) const {
  const auto* data = static_cast<const char*>(sqlite3_column_blob(statement_, column));
  return {data ? data : "", static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

Uuid Query::uuid(int column) const {
  Uuid id;
  const std::string_view bytes = view(column);
  if (bytes.size() == id.bytes.size()) std::memcpy(id.bytes.data(), bytes.data(), bytes.size());
  return id;
}

Connection::Connection(const std::string& path, Access access, const std::string& vfs) : path_(path) {
  int flags = SQLITE_OPEN_NOMUTEX;
  flags |= access == Access::read ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (access == Access::create) flags |= SQLITE_OPEN_CREATE;
  const int code = sqlite3_open_v2(path.c_str(), &handle_, flags, vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) {
    sqlite3_close_v2(handle_);
    throw StorageError(path + ": " + sqlite3_errstr(code) + ": " + std::string(remedy(code)));
  }
  sqlite3_extended_result_codes(handle_, 1);
  sqlite3_busy_timeout(handle_, busy_timeout_ms);
}

Connection::~Connection() {
  statements_.clear();
  sqlite3_close_v2(handle_);
}

Query Connection::query(std::string_view sql) {
  auto found = statements_.find(sql);
  if (found == statements_.end()) {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(handle_, sql.data(), static_cast<int>(sql.size()), SQLITE_PREPARE_PERSISTENT,
                                        &statement, nullptr);
    if (code != SQLITE_OK) fail(handle_, code);
    found = statements_.emplace(std::string(sql), statement).first;
  }
  return {found->second.get(), handle_};
}

void Connection::keep_write_ahead_log() {
  // SQLite's own waiting for locks does not cover this change: when two processes make it at the same time, the second
  // is told at once that the file is locked.
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(busy_timeout_ms);
  int code = try_run("PRAGMA journal_mode=WAL");
  while ((code & 0xff) == SQLITE_BUSY && std::chrono::steady_clock::now() < end) {
    std::this_thread::sleep_for(std::chrono::milliseconds(5));
    code = try_run("PRAGMA journal_mode=WAL");
  }
  if (code != SQLITE_OK) fail(handle_, code);
}

void Connection::keep_rollback_journal() {
  const int code = try_run("PRAGMA journal_mode=DELETE");
  if (code != SQLITE_OK && (code & 0xff) != SQLITE_BUSY) fail(handle_, code);
}

void Connection::keep_log_for(Sharing sharing) {
  if (sharing == Sharing::many_hosts)
    keep_rollback_journal();
  else
    keep_write_ahead_log();
}

void Connection::wait_for_locks(std::chrono::milliseconds busy_patience) {
  sqlite3_busy_timeout(handle_, static_cast<int>(busy_patience.count()));
}

void Connection::run(const std::string& sql) {
  const int code = try_run(sql.c_str());
  if (code != SQLITE_OK) fail(handle_, code);
}

int Connection::try_run(const char* sql) { return sqlite3_exec(handle_, sql, nullptr, nullptr, nullptr); }

std::int64_t Connection::integer(std::string_view sql) {
  Query found = query(sql);
  return found.step() ? found.integer(0) : 0;
}

Transaction::Transaction(Connection& database, const char* begin) : database_(database) { database_.run(begin); }

Transaction::~Transaction() {
  if (open_) database_.try_run("ROLLBACK");
}

void Transaction::commit() {
  database_.run("COMMIT");
  open_ = false;
}

}  // namespace caravan::sqlite
