#pragma once

#include "actors/entity/entity.hpp"
#include "actors/sequence/commands.hpp"
#include "actors/sequence/events.hpp"
#include "actors/sequence/state.hpp"

namespace caravan {

struct Sequence {
  static constexpr EntityKind kind = EntityKind::sequence;
  using State = SequenceState;
  using Rejection = SequenceRejection;
  using Creates = List<TakeNumber>;
  using Commands = List<TakeNumber>;
  using Events = List<NumberTaken>;
  using Queries = List<ViewSequence>;
};

}  // namespace caravan
