#pragma once

#include "actors/delivery/commands.hpp"
#include "actors/delivery/events.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/delivery/state.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

struct Delivery {
  static constexpr EntityKind kind = EntityKind::delivery;
  using State = DeliveryState;
  using Rejection = DeliveryRejection;
  using Creates = List<BeginAcceptance>;
  using Commands = List<BeginAcceptance, AssignNumber, FundsHeld, PaymentRefused, FundsReleased, FundsReturned,
                        CapacityReserved, CapacityRefused, GeofencesDefined, TrackingBegan, GeofenceHit, CancelDelivery,
                        DisputeOpened, DisputeSettled, ScanCode, RotateCode, RevokeCode, IssueCode, ChangeStatus,
                        ConfirmReceipt, RecordFailedAttempt, StartReturn, PostMessage, TimerFired>;
  using Events =
      List<AcceptanceStarted, SagaStepChanged, DeliveryNumbered, DeliveryCreated, AcceptanceFailedEvent, QrGenerated,
           QrValidated, QrValidationFailed, QrLocked, QrRevoked, DeliveryStatusChanged, DeliveryPickedUp,
           DeliveryInTransit, DeliveryCompleted, DeliveryCancelled, ReturnStarted, DeliveryReturned, AttemptFailed,
           DeliveryLate, ReceiptConfirmed, DeliveryMessagePosted, PlaceReached, DeliveryDisputed,
           DeliveryDisputeSettled, DeliveryFundsMoved, DeliveryGeofencesSet, DeliveryMessagesAnnounced>;
  using Queries =
      List<ViewDelivery, ViewSaga, ViewTimeline, ViewProof, ViewQrCode, ViewQrSecret, ViewQrCodes, ViewScans>;
};

// The acceptance saga: decide_acceptance.cpp
Decision decide(const DeliveryState&, const Context&, const BeginAcceptance&);
Decision decide(const DeliveryState&, const Context&, const AssignNumber&);
Decision decide(const DeliveryState&, const Context&, const FundsHeld&);
Decision decide(const DeliveryState&, const Context&, const PaymentRefused&);
Decision decide(const DeliveryState&, const Context&, const CapacityReserved&);
Decision decide(const DeliveryState&, const Context&, const CapacityRefused&);
Decision decide(const DeliveryState&, const Context&, const GeofencesDefined&);
// Codes: decide_codes.cpp
Decision decide(const DeliveryState&, const Context&, const ScanCode&);
Decision decide(const DeliveryState&, const Context&, const RotateCode&);
Decision decide(const DeliveryState&, const Context&, const RevokeCode&);
Decision decide(const DeliveryState&, const Context&, const IssueCode&);
// The parcel's way: decide_carry.cpp
Decision decide(const DeliveryState&, const Context&, const TrackingBegan&);
Decision decide(const DeliveryState&, const Context&, const GeofenceHit&);
Decision decide(const DeliveryState&, const Context&, const ChangeStatus&);
Decision decide(const DeliveryState&, const Context&, const ConfirmReceipt&);
Decision decide(const DeliveryState&, const Context&, const RecordFailedAttempt&);
Decision decide(const DeliveryState&, const Context&, const StartReturn&);
Decision decide(const DeliveryState&, const Context&, const PostMessage&);
// How it ends, and money: decide_end.cpp
Decision decide(const DeliveryState&, const Context&, const CancelDelivery&);
Decision decide(const DeliveryState&, const Context&, const DisputeOpened&);
Decision decide(const DeliveryState&, const Context&, const DisputeSettled&);
Decision decide(const DeliveryState&, const Context&, const FundsReleased&);
Decision decide(const DeliveryState&, const Context&, const FundsReturned&);
Decision decide(const DeliveryState&, const Context&, const TimerFired&);

void evolve(DeliveryState&, const AcceptanceStarted&);
void evolve(DeliveryState&, const SagaStepChanged&);
void evolve(DeliveryState&, const DeliveryNumbered&);
void evolve(DeliveryState&, const DeliveryCreated&);
void evolve(DeliveryState&, const AcceptanceFailedEvent&);
void evolve(DeliveryState&, const QrGenerated&);
void evolve(DeliveryState&, const QrValidated&);
void evolve(DeliveryState&, const QrValidationFailed&);
void evolve(DeliveryState&, const QrLocked&);
void evolve(DeliveryState&, const QrRevoked&);
void evolve(DeliveryState&, const DeliveryStatusChanged&);
void evolve(DeliveryState&, const DeliveryPickedUp&);
void evolve(DeliveryState&, const DeliveryInTransit&);
void evolve(DeliveryState&, const DeliveryCompleted&);
void evolve(DeliveryState&, const DeliveryCancelled&);
void evolve(DeliveryState&, const ReturnStarted&);
void evolve(DeliveryState&, const DeliveryReturned&);
void evolve(DeliveryState&, const AttemptFailed&);
void evolve(DeliveryState&, const DeliveryLate&);
void evolve(DeliveryState&, const ReceiptConfirmed&);
void evolve(DeliveryState&, const DeliveryMessagePosted&);
void evolve(DeliveryState&, const DeliveryMessagesAnnounced&);
void evolve(DeliveryState&, const PlaceReached&);
void evolve(DeliveryState&, const DeliveryDisputed&);
void evolve(DeliveryState&, const DeliveryDisputeSettled&);
void evolve(DeliveryState&, const DeliveryFundsMoved&);
void evolve(DeliveryState&, const DeliveryGeofencesSet&);

Answer answer(const DeliveryState&, const Context&, const ViewDelivery&);
Answer answer(const DeliveryState&, const Context&, const ViewSaga&);
Answer answer(const DeliveryState&, const Context&, const ViewTimeline&);
Answer answer(const DeliveryState&, const Context&, const ViewProof&);
Answer answer(const DeliveryState&, const Context&, const ViewQrCode&);
Answer answer(const DeliveryState&, const Context&, const ViewQrSecret&);
Answer answer(const DeliveryState&, const Context&, const ViewQrCodes&);
Answer answer(const DeliveryState&, const Context&, const ViewScans&);

}  // namespace caravan
