#pragma once

#include <atomic>
#include <functional>

#include "actors/values/time.hpp"

namespace caravan {

/// The one source of "now" for entities and timers.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual Time now() const = 0;
};

/// Measures how long things take and when to try again: it never goes back and knows no date. Virtual in simulation.
using Stopwatch = std::function<std::chrono::steady_clock::time_point()>;

/// The machine's clock, moved by an offset that only the sandbox changes.
class OffsetClock : public Clock {
 public:
  explicit OffsetClock(Duration offset = {}) : offset_(offset.count()) {}
  Time now() const override {
    return std::chrono::floor<Duration>(std::chrono::system_clock::now()) + Duration{offset_.load()};
  }
  Duration offset() const { return Duration{offset_.load()}; }
  void advance(Duration by) { offset_ += by.count(); }
  /// Another process has moved the sandbox's clock this far. A smaller offset is passed over: the clock never goes
  /// back.
  void follow(Duration offset) {
    for (std::int64_t now = offset_; now < offset.count() && !offset_.compare_exchange_weak(now, offset.count());)
      continue;
  }

 private:
  std::atomic<std::int64_t> offset_;
};

/// Stands still until it is moved: for tests and simulation.
class ManualClock : public Clock {
 public:
  explicit ManualClock(Time start) : now_(to_millis(start)) {}
  Time now() const override { return from_millis(now_.load()); }
  void set(Time now) { now_ = to_millis(now); }

 private:
  std::atomic<std::int64_t> now_;
};

}  // namespace caravan
