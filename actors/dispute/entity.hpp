#pragma once

#include "actors/dispute/commands.hpp"
#include "actors/dispute/events.hpp"
#include "actors/dispute/resources.hpp"
#include "actors/dispute/state.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

struct Dispute {
  static constexpr EntityKind kind = EntityKind::dispute;
  using State = DisputeState;
  using Rejection = DisputeRejection;
  using Creates = List<OpenDispute>;
  using Commands = List<OpenDispute, AssignDispute, AddEvidence, WriteDisputeMessage, ResolveDispute, EscrowSettled,
                        MoneyFrozen, ReopenDispute, WithdrawDispute, TimerFired>;
  using Events =
      List<DisputeWasOpened, DisputeWasAssigned, DisputeEvidenceAdded, DisputeMessageWritten, DisputeWasResolved,
           DisputeWasSettled, DisputeMoneyFrozen, DisputeReopened, DisputeWithdrawn, DisputeAssignmentLapsed>;
  using Queries = List<ViewDispute>;
};

}  // namespace caravan
