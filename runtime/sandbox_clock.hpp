#pragma once

#include <mutex>

#include "runtime/node.hpp"

namespace caravan {

/// Moves a sandbox node's clock forward, timer by timer, as if the time had passed. The offset outlives the process.
class ClockMover {
 public:
  ClockMover(Node& node, OffsetClock& clock, Journal& journal);

  /// The clock as the last process left it.
  static Duration stored_offset(Journal& journal);

  /// Moves the clock and returns it when every timer due by then has fired and what followed from it has settled.
  /// Waits at most `patience` for each step; what takes longer goes on behind the new time.
  Time advance(Duration by);

 private:
  void settle();

  Node& node_;
  OffsetClock& clock_;
  Journal& journal_;
  std::mutex mutex_;  // one mover at a time
};

}  // namespace caravan
