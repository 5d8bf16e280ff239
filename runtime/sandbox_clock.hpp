#pragma once

#include <mutex>

#include "runtime/node.hpp"

namespace caravan {

/// So often a node of a cluster looks at the journal for what others did: new entries, moves of the sandbox's clock.
constexpr std::chrono::milliseconds follow_every{100};

/// Moves a sandbox's clock forward, timer by timer, as if the time had passed. The offset outlives the process; a
/// cluster's other nodes follow it.
class ClockMover {
 public:
  ClockMover(Node& node, OffsetClock& clock, Journal& journal);

  /// The clock as the last process left it.
  static Duration stored_offset(Journal& journal);

  /// Moves the clock and returns it when every timer due by then has fired and what followed from it has settled.
  /// Waits at most `patience` for each step; what takes longer goes on behind the new time.
  Time advance(Duration by);

 private:
  /// When the next timer of any node is due.
  std::optional<Time> next_timer() const;
  void set(Time target);
  bool is_settled() const;
  void settle();

  Node& node_;
  OffsetClock& clock_;
  Journal& journal_;
  const bool is_shared_;
  std::mutex mutex_;  // one mover at a time
};

}  // namespace caravan
