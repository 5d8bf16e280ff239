#pragma once

#include "actors/claim/commands.hpp"
#include "actors/claim/events.hpp"
#include "actors/claim/state.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

struct Claim {
  static constexpr EntityKind kind = EntityKind::claim;
  using State = ClaimState;
  using Rejection = ClaimRejection;
  using Creates = List<TakeClaim>;
  using Commands = List<TakeClaim, ConfirmClaim, ReleaseClaim, TimerFired>;
  using Events = List<ClaimTaken, ClaimConfirmed, ClaimReleased>;
  using Queries = List<ViewClaim>;
};

}  // namespace caravan
