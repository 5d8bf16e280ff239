#pragma once

#include "actors/values/time.hpp"

namespace caravan::http {

/// The virtual clock of a sandbox, as its routes see it; the node's wiring implements it.
class SandboxClock {
 public:
  virtual ~SandboxClock() = default;
  virtual Time now() = 0;
  /// Moves it forward; returns the new time once all timers due by then have fired.
  virtual Time advance(Duration by) = 0;
};

}  // namespace caravan::http
