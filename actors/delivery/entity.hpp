#pragma once

#include "actors/account/standing.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/delivery/delay.hpp"
#include "actors/delivery/events.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/delivery/shares.hpp"
#include "actors/delivery/state.hpp"
#include "actors/delivery/try_cancellation.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

struct Delivery {
  static constexpr EntityKind kind = EntityKind::delivery;
  using State = DeliveryState;
  using Rejection = DeliveryRejection;
  using Creates = List<BeginAcceptance>;
  using Commands =
      List<BeginAcceptance, AssignNumber, FundsHeld, PaymentRefused, FundsReleased, FundsReturned, CapacityReserved,
           CapacityRefused, GeofencesDefined, TrackingBegan, GeofenceHit, CancelDelivery, DisputeOpened, DisputeSettled,
           ScanCode, RotateCode, RevokeCode, IssueCode, ChangeStatus, ConfirmReceipt, RecordFailedAttempt, StartReturn,
           PostMessage, TimerFired, SetPin, TravelerSeen, SharedOutBefore, FundsUncollected, DoubtWait, WithdrawPin,
           SayPresent, RenewCodes, RestAgreed, SideClosed, SideInactive, SideStanding, TripDelayed, ShareDelivery,
           EndShare, UndoLeg, LinkLeg, HandOn, OpenLeg, MeetLater, EndWay>;
  using Events = List<AcceptanceStarted, SagaStepChanged, DeliveryNumbered, DeliveryCreated, AcceptanceFailedEvent,
                      QrGenerated, QrValidated, QrValidationFailed, QrLocked, QrRevoked, DeliveryStatusChanged,
                      DeliveryPickedUp, DeliveryInTransit, DeliveryCompleted, DeliveryCancelled, ReturnStarted,
                      DeliveryReturned, AttemptFailed, DeliveryLate, ReceiptConfirmed, DeliveryMessagePosted,
                      PlaceReached, DeliveryDisputed, DeliveryDisputeSettled, DeliveryFundsMoved, DeliveryGeofencesSet,
                      DeliveryMessagesAnnounced, DeliveryPinProposed, DeliveryPinAgreed, DecisionAsked, WaitMeasured,
                      PickupPlanned, SettlementCorrected, WaitDoubted, NotTakenBack, DeliveryPinWithdrawn, PresenceSaid,
                      DeliveryRestAgreed, DeliverySideClosed, DeliveryUncollected, DeliveryDelayed, DeliveryShared,
                      DeliverySharesEnded, DeliveryLegLinked, DeliveryLegOpened, DeliveryWayEnded>;
  using Queries = List<ViewDelivery, ViewSaga, ViewTimeline, ViewProof, ViewQrCode, ViewQrSecret, ViewQrCodes,
                       ViewScans, TryCancellation, ViewShared, ListShares>;
};

}  // namespace caravan
