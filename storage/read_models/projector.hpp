#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>

#include "storage/read_models/read_models.hpp"
#include "storage/worker/worker.hpp"

namespace caravan {

/// Keeps read models up with a journal's feed, on a thread of its own. Both must outlive it.
class Projector {
 public:
  /// Starts. Where the read models are ahead of the journal (a backup was restored), they are built anew first.
  Projector(Journal& journal, ReadModels& models);
  Projector(const Projector&) = delete;
  Projector& operator=(const Projector&) = delete;
  ~Projector();

  /// The feed has grown to this position. Never blocks for long; any thread.
  void notify(std::uint64_t position);
  /// Why it does not advance (it tries again each second); empty while all is well.
  std::string failure() const;
  /// How far the read models are behind the journal.
  struct Lag {
    std::uint64_t positions = 0;
    double seconds = 0;  // since the oldest entry that they lack was written, or the start; to a tenth
  };
  Lag lag() const;
  /// Ends the thread after the batch at hand. Called by the destructor too.
  void stop();

 private:
  /// Waits for more where the last step left nothing, then takes what there is.
  bool step(const std::stop_token& stop);
  void rest(std::unique_lock<std::mutex>& lock, const std::stop_token& stop);
  void hurry();
  /// True where there may be more.
  bool take_batch();

  Journal& journal_;
  ReadModels& models_;
  mutable std::mutex mutex_;
  std::condition_variable_any woken_;
  std::uint64_t head_ = 0;
  bool hurried_ = false;  // somebody waits
  bool resting_ = false;  // nothing is to do: the next commit wakes it
  // Used by the worker's thread alone.
  bool checked_ = false;                        // that the read models are not ahead of the journal
  bool has_more_ = true;                        // there may be more to take, so the next step does not wait
  std::uint64_t taken_ = 0;                     // the position after the last step
  bool awaited_ = false;                        // somebody waited for the read models during the last step
  std::chrono::steady_clock::duration took_{};  // how long the last step took
  struct Mark {
    std::uint64_t position;
    std::chrono::steady_clock::time_point at;
  };
  std::deque<Mark> marks_;  // when positions were written that are not taken yet; one for each tenth of a second
  Worker worker_;
};

}  // namespace caravan
