#pragma once

#include <chrono>
#include <mutex>
#include <string>
#include <string_view>

namespace caravan::http {

/// Keeps calls from an outbound provider that fails: after `max_failures` in a row it opens and refuses them for
/// `pause`; then it is half open and lets one call try. Thread-safe; the caller brings the time.
class CircuitBreaker {
 public:
  using Clock = std::chrono::steady_clock;
  enum class State { closed, open, half_open };
  struct Settings {
    int max_failures = 5;
    std::chrono::milliseconds pause{30'000};
  };
  struct Status {
    State state = State::closed;
    int failures = 0;  // in a row
    std::uint64_t calls = 0, failed = 0, refused = 0;
  };

  explicit CircuitBreaker(std::string name) : CircuitBreaker(std::move(name), Settings{}) {}
  CircuitBreaker(std::string name, Settings settings);

  /// May a call be made now? One that was allowed must be followed by `succeeded` or `failed`.
  bool allow(Clock::time_point now);
  void succeeded();
  void failed(Clock::time_point now);

  const std::string& name() const { return name_; }
  Status status(Clock::time_point now) const;

 private:
  State state_at(Clock::time_point now) const;

  const std::string name_;
  const Settings settings_;
  mutable std::mutex mutex_;
  Status status_;
  bool open_ = false, trying_ = false;
  Clock::time_point opened_;
};

std::string_view to_text(CircuitBreaker::State state);

}  // namespace caravan::http
