#pragma once

#include "actors/account/standing.hpp"
#include "actors/entity/entity.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/escrow/cover_events.hpp"
#include "actors/escrow/events.hpp"
#include "actors/escrow/resources.hpp"
#include "actors/escrow/state.hpp"

namespace caravan {

struct Escrow {
  static constexpr EntityKind kind = EntityKind::escrow;
  using State = EscrowState;
  using Rejection = EscrowRejection;
  using Creates = List<CreateEscrow>;
  using Commands =
      List<CreateEscrow, ConfirmIntent, CancelIntent, ReleaseEscrow, RefundEscrow, RefundPayment, FreezeEscrow,
           SettleDispute, ProposeSplit, AcceptSplit, TakenBack, PaymentAnswer, TimerFired, DropSplit, WriteOffEscrow,
           UnfreezeEscrow, CollectEscrow, TakeSplitBack, SideStanding, CoverAnswered>;
  using Events =
      List<PaymentIntentCreated, IntentConfirmed, ProviderAsked, ProviderFailed, ProviderTaskDone, FinanceAlert,
           PaymentCompleted, EscrowHeld, PaymentFailed, IntentCancelled, HoldExpiring, EscrowReleased, PaymentRefunded,
           EscrowFrozen, EscrowUnfrozen, ReleaseDeferred, TakeBackAsked, NothingTakenBack, SettlementDeferred,
           SplitProposed, SplitAgreed, EscrowWrittenOff, LateReservation, SplitDropped, CollectionAsked, ParcelUnderWay,
           SplitAccepted, EndDeferred, CoverTaken, CoverReturned, CoverClaimed, CoverPaid, CoverUnclaimed>;
  using Queries = List<ViewEscrow, ViewIntent, ViewEscrowLedger, ViewRefund, ViewReceipt>;
};

}  // namespace caravan
