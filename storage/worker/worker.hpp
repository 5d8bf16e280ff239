#pragma once

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>

namespace caravan {

/// The step is called again after a pause, which doubles with each failure in a row.
struct RetryAfterFailure {
  std::chrono::milliseconds first{10}, last{1'000};
};

/// The thread tells its owner why and ends. For work that nobody can take up in the middle: the owner then makes the
/// node stop in order.
struct GiveUpAfterFailure {
  std::function<void(const std::string& why)> tell;
};

/// A thread of the product, and the only way to start one. It calls its step again and again, until the step says that
/// there is nothing more to do. An exception out of a step ends neither the process nor the thread without a word: it
/// is logged and counted (`failures.hpp`), and then goes the way that was chosen for it.
///
/// Make it the last member of a class: then it ends first, while all that its step uses still exists.
class Worker {
 public:
  using Retry = RetryAfterFailure;
  using GiveUp = GiveUpAfterFailure;
  using OnFailure = std::variant<Retry, GiveUp>;
  /// Returns false when nothing is left to do. A step that waits for something must wait for the token too. Once a stop
  /// is asked for, it returns false as soon as it has done what must not be left undone.
  using Step = std::function<bool(const std::stop_token& stop)>;
  struct Plan {
    std::string name;   // as the system shows the thread: at most 15 characters
    std::string doing;  // what a step does, for the log: "moving pages"
    Step step;
    OnFailure on_failure;
  };

  Worker() = default;
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;
  /// As `stop`.
  ~Worker() { stop(); }

  /// Begins. Throws std::runtime_error with the remedy where the system has no thread left, std::invalid_argument where
  /// the name does not fit.
  void start(Plan plan);
  /// Wakes a step that waits; does not wait for it.
  void request_stop() { stop_.request_stop(); }
  /// Asks for the end and waits for it. Does nothing if it never started, or was stopped already.
  void stop();
  /// The last step has returned.
  bool has_ended() const { return ended_; }
  /// Why the last step failed; empty once one was good.
  std::string failure() const;

 private:
  void run();
  bool take_failure() noexcept;
  void recovered();

  Plan plan_;
  std::stop_source stop_;
  std::atomic<bool> ended_{false};
  // Used by the thread alone.
  bool fails_ = false, was_told_ = false;  // that it fails
  std::chrono::milliseconds pause_{0};     // after the next failure
  mutable std::mutex mutex_;
  std::string failure_;
  std::thread thread_;
};

/// Waits for that time; false if a stop was asked for before it was over.
bool pause_for(std::chrono::milliseconds time, const std::stop_token& stop);

}  // namespace caravan
