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
  using Commands = List<OpenDispute, AssignDispute, AddEvidence, WriteDisputeMessage, ResolveDispute, EscrowSettled>;
  using Events = List<DisputeWasOpened, DisputeWasAssigned, DisputeEvidenceAdded, DisputeMessageWritten,
                      DisputeWasResolved, DisputeWasSettled>;
  using Queries = List<ViewDispute>;
};

/// The claim that keeps a delivery to one open dispute; held by the dispute's id.
std::string dispute_claim_text(DeliveryId delivery);

}  // namespace caravan
