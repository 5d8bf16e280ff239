#pragma once

#include "actors/cover/commands.hpp"
#include "actors/cover/events.hpp"
#include "actors/cover/state.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

struct Cover {
  static constexpr EntityKind kind = EntityKind::cover;
  using State = CoverState;
  using Rejection = CoverRejection;
  using Creates = List<PayIntoCover, PayOutOfCover, AddToCover, DropCoverClaim>;
  using Commands = List<PayIntoCover, PayOutOfCover, AddToCover, DropCoverClaim>;
  using Events = List<CoverFeeCame, CoverClaimWaits, CoverClaimMet, CoverAdded, CoverClaimDropped>;
  using Queries = List<ViewCover>;
};

}  // namespace caravan
