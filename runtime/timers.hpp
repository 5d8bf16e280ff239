#pragma once

#include <mutex>

#include "runtime/residents.hpp"

namespace caravan {

/// Fires durable timers of the shards that are open here. It remembers only when the earliest one is due; which ones
/// are due it reads from the store, and the entity's own write takes a fired one out of it. Where other nodes set and
/// fire timers in the same store, it looks there a few times a second.
class Timers {
 public:
  static constexpr std::size_t page = 1'000;  // fired together
  static constexpr std::chrono::milliseconds look_every{200};

  enum class Store : std::uint8_t { own, shared };
  /// `spans` may be null: no traces are kept.
  Timers(Residents& residents, const Shards& shards, Journal& journal, Stopwatch stopwatch, Spans* spans, Store store);

  /// A timer became durable.
  void set(Time due);
  /// Fires what is due at `now`: at most a page at a time, the next when all of it is settled. Cheap when nothing is.
  void fire(Time now);
  /// When the earliest timer is due that has not been fired; in a shared store, the earliest of all nodes.
  std::optional<Time> next_due() const;
  /// Nothing that is due at `now` is left to fire or to settle.
  bool idle(Time now) const;
  /// When the earliest timer that this node knows of is or was due: of those that are firing, else the next. From
  /// memory alone, since the store may be away.
  std::optional<Time> oldest_due() const;
  std::uint64_t fired() const;

 private:
  std::vector<PendingTimer> due_here(Time now);
  std::optional<Time> look_again() const;
  bool begin_look(Time now);
  void end_look(std::optional<Time> next);  // under the lock
  void settle_one();
  void put_off(const std::exception& error);
  /// False where it cannot be delivered; `settled` was not called then.
  bool deliver(const PendingTimer& timer, const ReplyHandler& settled);
  /// A timer begins a trace of its own.
  std::shared_ptr<Work> work_for(const PendingTimer& timer, ReplyHandler settled) const;

  Residents& residents_;
  const Shards& shards_;
  Journal& journal_;
  const Stopwatch stopwatch_;
  Spans* const spans_;
  const bool is_shared_;
  std::chrono::steady_clock::time_point next_look_{};
  mutable std::mutex mutex_;
  std::optional<Time> earliest_;
  std::optional<Time> firing_since_;  // when the earliest of those under way was due
  std::size_t under_way_ = 0;
  bool is_looking_ = false;  // at the store
  std::uint64_t fired_ = 0;
};

}  // namespace caravan
