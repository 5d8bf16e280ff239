#pragma once

#include <mutex>
#include <set>

#include "runtime/residents.hpp"

namespace caravan {

/// Fires durable timers. It remembers only when the earliest one is due; which ones are due it reads from the store,
/// and the entity's own write takes a fired one out of it.
class Timers {
 public:
  static constexpr std::size_t page = 1'000;  // fired together

  Timers(Residents& residents, Journal& journal);

  /// A timer became durable.
  void set(Time due);
  /// Fires what is due at `now`: at most a page at a time, the next when all of it is settled. Cheap when nothing is.
  void fire(Time now);
  /// When the earliest timer is due that has not been fired.
  std::optional<Time> next_due() const;
  /// Nothing that is due at `now` is left to fire or to settle.
  bool idle(Time now) const;
  std::uint64_t fired() const;

 private:
  Residents& residents_;
  Journal& journal_;
  mutable std::mutex mutex_;
  std::optional<Time> earliest_;
  std::size_t under_way_ = 0;
  std::uint64_t fired_ = 0;
};

}  // namespace caravan
