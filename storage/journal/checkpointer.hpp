#pragma once

#include <condition_variable>
#include <mutex>
#include <string>

#include "storage/sqlite/connection.hpp"
#include "storage/worker/worker.hpp"

namespace caravan {

/// Moves pages from a journal's write-ahead log into its file, on a connection and a thread of its own, while commits
/// go on. The log begins anew only when all of it has been moved, and under load new pages come faster than this thread
/// can finish. So when little is left it says so, and the committing thread moves the rest between two commits.
class Checkpointer {
 public:
  enum class State : std::uint8_t {
    resting,
    moving,
    nearly_done,  // `finished` is to be called once the committing thread has moved the rest
    failed,       // the disk is not to be trusted any more; `failure` says why
  };

  Checkpointer(const std::string& path, const std::string& vfs);
  Checkpointer(const Checkpointer&) = delete;
  Checkpointer& operator=(const Checkpointer&) = delete;

  State state() const;
  std::string failure() const;
  /// Begins to move pages, where it rests. Never blocks for long.
  void begin();
  void finished();

 private:
  /// Waits until pages are to be moved, and moves them.
  bool step(const std::stop_token& stop);
  void reached(State state, const std::string& why);
  /// Moves what there is to move, and what came meanwhile, until little is left.
  State move_pages(std::string& why);

  sqlite::Connection database_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  State state_ = State::resting;
  std::string failure_;
  Worker worker_;
};

/// One passive checkpoint on that connection. False, with the reason, where it failed; a reader or another checkpoint
/// in its way is no failure. `left` is how many pages are still in the log alone.
bool checkpoint(sqlite::Connection& database, int& left, std::string& why);

}  // namespace caravan
