#pragma once

#include "actors/delivery/commands.hpp"
#include "actors/delivery/conversation_events.hpp"
#include "actors/delivery/leg_events.hpp"
#include "actors/delivery/money_events.hpp"
#include "actors/delivery/place_events.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/entity/entity.hpp"

namespace caravan {

struct AcceptanceStarted {
  static constexpr Tag tag{1, "delivery.acceptance_started"};
  BeginAcceptance terms;
  EscrowId escrow_id;
  IntentId intent_id;
  Time at;
  std::optional<std::int32_t> policy_version = {};  // that the deal is judged by; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&AcceptanceStarted::terms>(1, "terms"), field<&AcceptanceStarted::escrow_id>(2, "escrowId"),
                      field<&AcceptanceStarted::intent_id>(3, "intentId"), field<&AcceptanceStarted::at>(4, "at"),
                      field<&AcceptanceStarted::policy_version>(5, "policyVersion")};
  }
};

/// A step of the acceptance saga started (pending), ended (done, failed) or was compensated (undone).
struct SagaStepChanged {
  static constexpr Tag tag{2, "delivery.saga_step_changed"};
  SagaStepName step = SagaStepName::accept_offer;
  SagaStepState state = SagaStepState::pending;
  std::optional<std::string> error;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&SagaStepChanged::step>(1, "step"), field<&SagaStepChanged::state>(2, "state"),
                      field<&SagaStepChanged::error>(3, "error"), field<&SagaStepChanged::at>(4, "at")};
  }
};

struct DeliveryNumbered {
  static constexpr Tag tag{3, "delivery.numbered"};
  std::int64_t number = 0;
  static constexpr auto fields() { return std::array{field<&DeliveryNumbered::number>(1, "number")}; }
};

/// The saga succeeded: there is a delivery.
struct DeliveryCreated {
  static constexpr Tag tag{4, "delivery.created"};
  DeliveryId delivery_id;
  std::string delivery_number;
  RequestId request_id;
  OfferId offer_id;
  TripId trip_id;
  UserId customer_id;
  UserId traveler_id;
  EscrowId escrow_id;
  Money amount;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryCreated::delivery_id>(1, "deliveryId"),
                      field<&DeliveryCreated::delivery_number>(2, "deliveryNumber"),
                      field<&DeliveryCreated::request_id>(3, "requestId"),
                      field<&DeliveryCreated::offer_id>(4, "offerId"),
                      field<&DeliveryCreated::trip_id>(5, "tripId"),
                      field<&DeliveryCreated::customer_id>(6, "customerId"),
                      field<&DeliveryCreated::traveler_id>(7, "travelerId"),
                      field<&DeliveryCreated::escrow_id>(8, "escrowId"),
                      field<&DeliveryCreated::amount>(9, "price"),
                      field<&DeliveryCreated::at>(10, "timestamp")};
  }
};

struct AcceptanceFailedEvent {
  static constexpr Tag tag{5, "delivery.acceptance_failed"};
  RequestId request_id;
  OfferId offer_id;
  std::string code;
  std::string detail;
  Time at;
  static constexpr auto fields() {
    return std::array{
        field<&AcceptanceFailedEvent::request_id>(1, "requestId"),
        field<&AcceptanceFailedEvent::offer_id>(2, "offerId"), field<&AcceptanceFailedEvent::code>(3, "code"),
        field<&AcceptanceFailedEvent::detail>(4, "detail"), field<&AcceptanceFailedEvent::at>(5, "timestamp")};
  }
};

struct QrGenerated {
  static constexpr Tag tag{6, "qr.generated"};
  QrCodeId qr_code_id;
  DeliveryId delivery_id;
  Handover type = Handover::pickup;
  Bytes secret;
  Time expires_at;
  std::optional<Coordinates> bound_to;
  double radius = 0;
  std::optional<QrCodeId> replaces;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&QrGenerated::qr_code_id>(1, "qrCodeId"),
                      field<&QrGenerated::delivery_id>(2, "deliveryId"),
                      field<&QrGenerated::type>(3, "type"),
                      field<&QrGenerated::secret>(4, "secret", internal()),
                      field<&QrGenerated::expires_at>(5, "expiresAt"),
                      field<&QrGenerated::bound_to>(6, "location"),
                      field<&QrGenerated::radius>(7, "radius"),
                      field<&QrGenerated::replaces>(8, "replaces"),
                      field<&QrGenerated::at>(9, "timestamp")};
  }
};

struct QrValidated {
  static constexpr Tag tag{7, "qr.validated"};
  DeliveryId delivery_id;
  ScanResource scan;
  static constexpr auto fields() {
    return std::array{field<&QrValidated::delivery_id>(1, "deliveryId"), field<&QrValidated::scan>(2, "scan")};
  }
};

enum class Severity : std::uint8_t { low, medium, high };
constexpr auto enum_labels(Severity) { return std::to_array<std::string_view>({"low", "medium", "high"}); }

struct QrValidationFailed {
  static constexpr Tag tag{8, "security.qr_validation_failed"};
  DeliveryId delivery_id;
  QrCodeId qr_code_id;
  UserId scanned_by;
  ScanOutcome failure_reason = ScanOutcome::qr_invalid;
  MeasuredPlace location;
  Severity severity = Severity::medium;
  Time at;
  ScanResource scan;
  bool is_no_guess = false;  // it does not count towards the lock; in older entries every refusal does
  static constexpr auto fields() {
    return std::array{field<&QrValidationFailed::delivery_id>(1, "deliveryId"),
                      field<&QrValidationFailed::qr_code_id>(2, "qrCodeId"),
                      field<&QrValidationFailed::scanned_by>(3, "scannedBy"),
                      field<&QrValidationFailed::failure_reason>(4, "failureReason"),
                      field<&QrValidationFailed::location>(5, "location"),
                      field<&QrValidationFailed::severity>(6, "severity"),
                      field<&QrValidationFailed::at>(7, "timestamp"),
                      field<&QrValidationFailed::scan>(8, "scan", internal()),
                      field<&QrValidationFailed::is_no_guess>(9, "isNoGuess", internal())};
  }
};

/// A code took too many refused scans and is locked.
struct QrLocked {
  static constexpr Tag tag{9, "security.violation"};
  DeliveryId delivery_id;
  QrCodeId qr_code_id;
  std::string violation = "qr_locked";
  UserId user_id;  // whose scan was the last
  Time at;
  static constexpr auto fields() {
    return std::array{field<&QrLocked::delivery_id>(1, "deliveryId"), field<&QrLocked::qr_code_id>(2, "qrCodeId"),
                      field<&QrLocked::violation>(3, "violation"), field<&QrLocked::user_id>(4, "userId"),
                      field<&QrLocked::at>(5, "timestamp")};
  }
};

struct QrRevoked {
  static constexpr Tag tag{10, "qr.revoked"};
  DeliveryId delivery_id;
  QrCodeId qr_code_id;
  std::string reason;  // rotated, revoked, reissued, credentials_reset, returning, or the delivery's end
  Time at;
  static constexpr auto fields() {
    return std::array{field<&QrRevoked::delivery_id>(1, "deliveryId"), field<&QrRevoked::qr_code_id>(2, "qrCodeId"),
                      field<&QrRevoked::reason>(3, "reason"), field<&QrRevoked::at>(4, "timestamp")};
  }
};

struct DeliveryStatusChanged {
  static constexpr Tag tag{11, "delivery.status_changed"};
  DeliveryId delivery_id;
  std::string delivery_number;
  DeliveryStatus old_status = DeliveryStatus::accepted;
  DeliveryStatus new_status = DeliveryStatus::accepted;
  UserId customer_id;
  UserId traveler_id;
  Time at;
  bool ends = false;  // the delivery is over; older entries do not say so
  static constexpr auto fields() {
    return std::array{field<&DeliveryStatusChanged::delivery_id>(1, "deliveryId"),
                      field<&DeliveryStatusChanged::delivery_number>(2, "deliveryNumber"),
                      field<&DeliveryStatusChanged::old_status>(3, "oldStatus"),
                      field<&DeliveryStatusChanged::new_status>(4, "newStatus"),
                      field<&DeliveryStatusChanged::customer_id>(5, "customerId"),
                      field<&DeliveryStatusChanged::traveler_id>(6, "travelerId"),
                      field<&DeliveryStatusChanged::at>(7, "timestamp"),
                      field<&DeliveryStatusChanged::ends>(8, "ends", internal())};
  }
};

/// What is known of a handover.
struct HandedOver {
  std::string by;
  Time at;
  std::optional<MeasuredPlace> location = {};
  std::optional<QrCodeId> qr_code_id = {};
  std::optional<UploadId> photo = {};
  std::optional<UploadId> signature = {};
  std::optional<Time> scanned_at = {};  // by the clock of what scanned the code; a fact for people
  static constexpr auto fields() {
    return std::array{field<&HandedOver::by>(1, "by"),
                      field<&HandedOver::at>(2, "timestamp"),
                      field<&HandedOver::location>(3, "location"),
                      field<&HandedOver::qr_code_id>(4, "qrCodeId"),
                      field<&HandedOver::photo>(5, "photo"),
                      field<&HandedOver::signature>(6, "signature"),
                      field<&HandedOver::scanned_at>(7, "scannedAt")};
  }
};

struct DeliveryPickedUp {
  static constexpr Tag tag{12, "delivery.picked_up"};
  DeliveryId delivery_id;
  HandedOver handed;
  std::optional<Time> codes_until;           // the receiver's code lives so long from now on; absent: as before
  std::optional<Coordinates> taken_at = {};  // the pickup as it stands now; absent in older entries
  static constexpr auto fields() {
    return joined_rows(field<&DeliveryPickedUp::delivery_id>(1, "deliveryId"),
                       spliced<&DeliveryPickedUp::handed>({2, 3, 4, 5, 6, 7, 8}),
                       field<&DeliveryPickedUp::codes_until>(9, "codesUntil", internal()),
                       field<&DeliveryPickedUp::taken_at>(10, "takenAt", internal()));
  }
};

struct DeliveryInTransit {
  static constexpr Tag tag{13, "delivery.in_transit"};
  DeliveryId delivery_id;
  std::string by;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryInTransit::delivery_id>(1, "deliveryId"), field<&DeliveryInTransit::by>(2, "by"),
                      field<&DeliveryInTransit::at>(3, "timestamp")};
  }
};

struct DeliveryCompleted {
  static constexpr Tag tag{14, "delivery.completed"};
  DeliveryId delivery_id;
  HandedOver handed;
  std::optional<HandedElsewhere> elsewhere;  // absent: at the agreed place
  std::optional<HandedLate> late = {};       // absent: in time, or not so late that the money waits
  static constexpr auto fields() {
    return joined_rows(field<&DeliveryCompleted::delivery_id>(1, "deliveryId"),
                       spliced<&DeliveryCompleted::handed>({2, 3, 4, 5, 6, 7, 8}),
                       field<&DeliveryCompleted::elsewhere>(9, "elsewhere"),
                       field<&DeliveryCompleted::late>(10, "late"));
  }
};

struct DeliveryCancelled {
  static constexpr Tag tag{15, "delivery.cancelled"};
  DeliveryId delivery_id;
  Settlement settlement;
  Time at;
  std::optional<Uuid> service = {};          // that did it on behalf of that side; absent in older entries
  std::optional<std::string> declared = {};  // refused at the pickup as not what was declared; this and what follows
  std::optional<std::string> note = {};
  std::optional<MeasuredPlace> location = {};
  std::optional<UploadId> photo = {};
  static constexpr auto fields() {
    return std::array{field<&DeliveryCancelled::delivery_id>(1, "deliveryId"),
                      field<&DeliveryCancelled::settlement>(2, "settlement"),
                      field<&DeliveryCancelled::at>(3, "timestamp"),
                      field<&DeliveryCancelled::service>(4, "serviceId", internal()),
                      field<&DeliveryCancelled::declared>(5, "declared"),
                      field<&DeliveryCancelled::note>(6, "note"),
                      field<&DeliveryCancelled::location>(7, "location"),
                      field<&DeliveryCancelled::photo>(8, "photo")};
  }
};

struct ReturnStarted {
  static constexpr Tag tag{16, "delivery.return_started"};
  DeliveryId delivery_id;
  std::string by;
  std::string reason;
  std::optional<MeasuredPlace> location;
  std::optional<UploadId> photo;
  Time at;
  bool forfeits_fee = false;         // what an earlier attempt earned is lost: the traveler left
  bool by_traveler = false;          // who began it alone, or left with the parcel; not written by earlier builds
  std::optional<Uuid> service = {};  // that did it on behalf of that side; absent in older entries
  std::optional<std::int64_t> owed_percent = {};  // of the price, where nobody took the parcel on from this leg
  static constexpr auto fields() {
    return std::array{field<&ReturnStarted::delivery_id>(1, "deliveryId"),
                      field<&ReturnStarted::by>(2, "by"),
                      field<&ReturnStarted::reason>(3, "reason"),
                      field<&ReturnStarted::location>(4, "location"),
                      field<&ReturnStarted::photo>(5, "photo"),
                      field<&ReturnStarted::at>(6, "timestamp"),
                      field<&ReturnStarted::forfeits_fee>(7, "forfeitsFee"),
                      field<&ReturnStarted::by_traveler>(8, "byTraveler"),
                      field<&ReturnStarted::service>(9, "serviceId", internal()),
                      field<&ReturnStarted::owed_percent>(10, "owedPercent")};
  }
};

struct DeliveryReturned {
  static constexpr Tag tag{17, "delivery.returned"};
  DeliveryId delivery_id;
  HandedOver handed;  // where the customer confirmed it: by nobody and at no time in entries of earlier builds
  Settlement settlement;
  static constexpr auto fields() {
    return joined_rows(field<&DeliveryReturned::delivery_id>(1, "deliveryId"),
                       spliced<&DeliveryReturned::handed>({2, 8, 4, 5, 6, 7, 9}),
                       field<&DeliveryReturned::settlement>(3, "settlement"));
  }
};

struct AttemptFailed {
  static constexpr Tag tag{18, "delivery.attempt_failed"};
  DeliveryId delivery_id;
  std::string reason;
  std::int32_t attempt = 0;  // 1, 2, …
  std::int32_t waited_seconds = 0;
  std::int64_t measured_wait_seconds = 0;  // by the geofence; 0 where the traveler was not seen there
  NextStep next_step = NextStep::retry;
  std::optional<std::string> note;
  std::optional<MeasuredPlace> location;
  std::optional<UploadId> photo;
  Time at;
  std::optional<bool>
      at_pin;  // the measured wait is long enough for a fee, which pays by itself or not; absent: no fee
  std::optional<Uuid> service = {};  // that did it on behalf of the traveler; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&AttemptFailed::delivery_id>(1, "deliveryId"),
                      field<&AttemptFailed::reason>(2, "reason"),
                      field<&AttemptFailed::attempt>(3, "attempt"),
                      field<&AttemptFailed::waited_seconds>(4, "waitedSeconds"),
                      field<&AttemptFailed::measured_wait_seconds>(5, "measuredWaitSeconds"),
                      field<&AttemptFailed::next_step>(6, "nextStep"),
                      field<&AttemptFailed::location>(7, "location"),
                      field<&AttemptFailed::photo>(8, "photo"),
                      field<&AttemptFailed::at>(9, "timestamp"),
                      field<&AttemptFailed::note>(10, "note"),
                      field<&AttemptFailed::at_pin>(11, "atPin"),
                      field<&AttemptFailed::service>(12, "serviceId", internal())};
  }
};

struct DeliveryLate {
  static constexpr Tag tag{19, "delivery.late"};
  DeliveryId delivery_id;
  Time deliver_by;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryLate::delivery_id>(1, "deliveryId"),
                      field<&DeliveryLate::deliver_by>(2, "deliverBy"), field<&DeliveryLate::at>(3, "timestamp")};
  }
};

struct ReceiptConfirmed {
  static constexpr Tag tag{20, "delivery.confirmed"};
  Time at;
  std::optional<Uuid> service = {};  // that did it on behalf of that side; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&ReceiptConfirmed::at>(1, "timestamp"),
                      field<&ReceiptConfirmed::service>(2, "serviceId", internal())};
  }
};

struct PlaceReached {
  static constexpr Tag tag{22, "delivery.geofence_hit"};
  GeofenceHit hit;
  std::optional<Time> received_at;     // by our clock; absent in older entries
  bool by_service = false;             // a service said so, not the traveler's own points
  bool told = false;                   // the customer was told that it arrives; never set by earlier builds
  std::optional<bool> told_late = {};  // is_told_late, or told while a dispute was open; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&PlaceReached::hit>(1, "hit"), field<&PlaceReached::received_at>(2, "receivedAt"),
                      field<&PlaceReached::by_service>(3, "byService", internal()),
                      field<&PlaceReached::told>(4, "told", internal()),
                      field<&PlaceReached::told_late>(5, "toldLate")};
  }
};

struct DeliveryDisputed {
  static constexpr Tag tag{23, "delivery.disputed"};
  DisputeId dispute_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryDisputed::dispute_id>(1, "disputeId"),
                      field<&DeliveryDisputed::at>(2, "timestamp")};
  }
};

struct DeliveryDisputeSettled {
  static constexpr Tag tag{24, "delivery.dispute_settled"};
  DisputeId dispute_id;
  std::string resolution;
  Time at;
  bool rest_waits = false;    // the delivery goes on for what is left of its money; never set by earlier builds
  bool refunded_all = false;  // a judge gave all back while the delivery was open; never set by earlier builds
  std::optional<Time> held_until = {};  // withdrawn after the end: the hold begins anew; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&DeliveryDisputeSettled::dispute_id>(1, "disputeId"),
                      field<&DeliveryDisputeSettled::resolution>(2, "resolution"),
                      field<&DeliveryDisputeSettled::at>(3, "timestamp"),
                      field<&DeliveryDisputeSettled::rest_waits>(4, "restWaits", internal()),
                      field<&DeliveryDisputeSettled::refunded_all>(5, "refundedAll", internal()),
                      field<&DeliveryDisputeSettled::held_until>(6, "heldUntil", internal())};
  }
};

/// The platform asked for an administrator's decision, by a dispute of its own.
struct DecisionAsked {
  static constexpr Tag tag{28, "delivery.decision_asked"};
  std::string reason;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DecisionAsked::reason>(1, "reason"), field<&DecisionAsked::at>(2, "timestamp")};
  }
};

struct DeliveryGeofencesSet {
  static constexpr Tag tag{26, "delivery.geofences_set"};
  std::vector<GeofenceRef> geofences;
  static constexpr auto fields() { return std::array{field<&DeliveryGeofencesSet::geofences>(1, "geofences")}; }
};

/// When, by the plan that both sides agreed to, the traveler has left the pickup. Later times are told as a delay.
struct PickupPlanned {
  static constexpr Tag tag{32, "delivery.pickup_planned"};
  Time until;
  std::optional<Time> arrival = {};        // at the receiver's; absent in older entries
  std::optional<TransportMode> mode = {};  // how the traveler moves; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&PickupPlanned::until>(1, "until"), field<&PickupPlanned::arrival>(2, "arrival"),
                      field<&PickupPlanned::mode>(3, "mode")};
  }
};

}  // namespace caravan
