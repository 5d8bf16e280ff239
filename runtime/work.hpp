#pragma once

#include <memory>

#include "runtime/host.hpp"

namespace caravan {

/// One thing for an entity's actor to do. `rest` asks for nothing: it has nothing to do for a while. `turn_away`: its
/// shard is given up, who waits there is to ask elsewhere.
struct Work {
  enum class Kind : std::uint8_t { stimulus, query, await, rest, turn_away };
  Kind kind = Kind::stimulus;
  Stimulus stimulus;  // kind stimulus; of the others its trace
  AnyRecord query;    // kinds query and await
  Caller caller;
  std::function<bool(const Reply&)> accepts;  // await
  std::chrono::milliseconds deadline{0};      // await
  ReplyHandler handler;                       // called once
};
using WorkPtr = std::shared_ptr<Work>;

}  // namespace caravan
