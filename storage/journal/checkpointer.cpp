#include "storage/journal/checkpointer.hpp"

#include "storage/journal/sqlite_format.hpp"

namespace caravan {

namespace {

constexpr int little_pages = 500;  // the committing thread moves so many in a few milliseconds
constexpr int most_rounds = 8;     // each moves what came during the one before

}  // namespace

bool checkpoint(sqlite::Connection& database, int& left, std::string& why) {
  int in_log = 0, moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(database.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, &in_log, &moved);
  left = in_log - moved;
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return true;
  why = database.path() + ": checkpoint: " + sqlite3_errmsg(database.handle()) + ": check the disk, then start again";
  return false;
}

Checkpointer::Checkpointer(const std::string& path, const std::string& vfs)
    : database_(path, sqlite::Access::write, vfs) {
  journal_file::configure(database_, 1);
  sqlite3_db_config(database_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  database_.integer("SELECT count(*) FROM sqlite_schema");  // a checkpoint needs a connection that has seen the log
  worker_.start({.name = "checkpoint",
                 .doing = "moving pages into the journal",
                 .step = [this](const std::stop_token& stop) { return step(stop); },
                 .on_failure = Worker::GiveUp{[this](const std::string& why) { reached(State::failed, why); }}});
}

Checkpointer::State Checkpointer::state() const {
  std::lock_guard lock(mutex_);
  return state_;
}

std::string Checkpointer::failure() const {
  std::lock_guard lock(mutex_);
  return failure_;
}

void Checkpointer::begin() {
  {
    std::lock_guard lock(mutex_);
    if (state_ != State::resting) return;
    state_ = State::moving;
  }
  woken_.notify_all();
}

void Checkpointer::finished() {
  std::lock_guard lock(mutex_);
  if (state_ == State::nearly_done) state_ = State::resting;
}

Checkpointer::State Checkpointer::move_pages(std::string& why) {
  int left = 0;
  for (int round = 0; round < most_rounds; ++round) {
    const int before = left;
    if (!checkpoint(database_, left, why)) return State::failed;
    if (left <= little_pages || (round > 0 && left >= before)) break;
  }
  return State::nearly_done;
}

void Checkpointer::reached(State state, const std::string& why) {
  std::lock_guard lock(mutex_);
  state_ = state;
  failure_ = why;
}

bool Checkpointer::step(const std::stop_token& stop) {
  {
    std::unique_lock lock(mutex_);
    if (!woken_.wait(lock, stop, [this] { return state_ == State::moving; }) || stop.stop_requested()) return false;
  }
  std::string why;
  const State state = move_pages(why);
  reached(state, why);
  return true;
}

}  // namespace caravan
