#pragma once

#include "actors/entity/entity.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/escrow/events.hpp"
#include "actors/escrow/resources.hpp"
#include "actors/escrow/state.hpp"

namespace caravan {

struct Escrow {
  static constexpr EntityKind kind = EntityKind::escrow;
  using State = EscrowState;
  using Rejection = EscrowRejection;
  using Creates = List<CreateEscrow>;
  using Commands = List<CreateEscrow, ConfirmIntent, CancelIntent, ReleaseEscrow, RefundEscrow, RefundPayment,
                        FreezeEscrow, SettleDispute, ProposeSplit, AcceptSplit, TakenBack, PaymentAnswer, TimerFired>;
  using Events = List<PaymentIntentCreated, IntentConfirmed, ProviderAsked, ProviderFailed, ProviderTaskDone,
                      FinanceAlert, PaymentCompleted, EscrowHeld, PaymentFailed, IntentCancelled, HoldExpiring,
                      EscrowReleased, PaymentRefunded, EscrowFrozen, EscrowUnfrozen, ReleaseDeferred, TakeBackAsked,
                      NothingTakenBack, SettlementDeferred, SplitProposed, SplitAgreed>;
  using Queries = List<ViewEscrow, ViewIntent, ViewEscrowLedger, ViewRefund, ViewReceipt>;
};

Decision decide(const EscrowState&, const Context&, const CreateEscrow&);
Decision decide(const EscrowState&, const Context&, const ConfirmIntent&);
Decision decide(const EscrowState&, const Context&, const CancelIntent&);
Decision decide(const EscrowState&, const Context&, const ReleaseEscrow&);
Decision decide(const EscrowState&, const Context&, const RefundEscrow&);
Decision decide(const EscrowState&, const Context&, const RefundPayment&);
Decision decide(const EscrowState&, const Context&, const FreezeEscrow&);
Decision decide(const EscrowState&, const Context&, const SettleDispute&);
Decision decide(const EscrowState&, const Context&, const ProposeSplit&);
Decision decide(const EscrowState&, const Context&, const AcceptSplit&);
Decision decide(const EscrowState&, const Context&, const TakenBack&);
Decision decide(const EscrowState&, const Context&, const PaymentAnswer&);
Decision decide(const EscrowState&, const Context&, const TimerFired&);

void evolve(EscrowState&, const PaymentIntentCreated&);
void evolve(EscrowState&, const IntentConfirmed&);
void evolve(EscrowState&, const ProviderAsked&);
void evolve(EscrowState&, const ProviderFailed&);
void evolve(EscrowState&, const ProviderTaskDone&);
void evolve(EscrowState&, const FinanceAlert&);
void evolve(EscrowState&, const PaymentCompleted&);
void evolve(EscrowState&, const EscrowHeld&);
void evolve(EscrowState&, const PaymentFailed&);
void evolve(EscrowState&, const IntentCancelled&);
void evolve(EscrowState&, const HoldExpiring&);
void evolve(EscrowState&, const EscrowReleased&);
void evolve(EscrowState&, const PaymentRefunded&);
void evolve(EscrowState&, const EscrowFrozen&);
void evolve(EscrowState&, const EscrowUnfrozen&);
void evolve(EscrowState&, const ReleaseDeferred&);
void evolve(EscrowState&, const TakeBackAsked&);
void evolve(EscrowState&, const NothingTakenBack&);
void evolve(EscrowState&, const SettlementDeferred&);
void evolve(EscrowState&, const SplitProposed&);
void evolve(EscrowState&, const SplitAgreed&);

Answer answer(const EscrowState&, const Context&, const ViewEscrow&);
Answer answer(const EscrowState&, const Context&, const ViewIntent&);
Answer answer(const EscrowState&, const Context&, const ViewEscrowLedger&);
Answer answer(const EscrowState&, const Context&, const ViewRefund&);
Answer answer(const EscrowState&, const Context&, const ViewReceipt&);

}  // namespace caravan
