#pragma once

#include <memory>

#include "runtime/host.hpp"

namespace caravan {

/// One thing for an entity's actor to do. `rest`: it had no work for a while, and shrinks to the bytes of a snapshot.
/// `turn_away`: its shard is being given up, so its waiters are answered at once and ask the next owner.
struct Work {
  enum class Kind : std::uint8_t { stimulus, query, await, rest, turn_away };
  Kind kind = Kind::stimulus;
  Stimulus stimulus;  // kind stimulus; the other kinds use its trace alone
  AnyRecord query;    // kinds query and await
  Caller caller;
  std::function<bool(const Reply&)> accepts;  // await
  std::chrono::milliseconds deadline{0};      // await
  ReplyHandler handler;                       // called once
};
using WorkPtr = std::shared_ptr<Work>;

}  // namespace caravan
