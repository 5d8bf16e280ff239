#pragma once

#include <map>

#include "actors/delivery/delay.hpp"
#include "actors/delivery/leg_shown.hpp"
#include "actors/delivery/status.hpp"
#include "actors/entity/decision.hpp"

/// What a delivery answers. Members that clients may not see are marked internal.
namespace caravan {

/// One thing that happened, for people to read.
struct TimelineItem {
  std::string type;  // such as "picked_up"
  Time at;
  std::string by;  // customer, traveler, platform, or service
  std::map<std::string, std::string> facts;
  std::optional<Uuid> service_id = {};   // that did it, on behalf of `by` where that is a side
  std::optional<Time> received_at = {};  // of a place that was reached: when we were told, by our clock
  bool told_late = false;                // minutes after it happened, or while a dispute was open

  static constexpr std::string_view record_name = "TimelineItem";
  static constexpr std::string_view page_name = "TimelinePage";
  static constexpr auto fields() {
    return std::array{field<&TimelineItem::type>(1, "type"),
                      field<&TimelineItem::at>(2, "at"),
                      field<&TimelineItem::by>(3, "by"),
                      field<&TimelineItem::facts>(4, "facts"),
                      field<&TimelineItem::service_id>(5, "serviceId"),
                      field<&TimelineItem::received_at>(6, "receivedAt"),
                      field<&TimelineItem::told_late>(7, "toldLate")};
  }
};

struct MessageResource {
  static constexpr std::string_view record_name = "DeliveryMessage";
  Uuid message_id;
  UserId sender_id;
  std::string text;
  Time created_at;
  std::vector<std::string> flags = {};  // "payment", "contact": see talk_flags
  static constexpr auto fields() {
    return std::array{field<&MessageResource::message_id>(1, "messageId"),
                      field<&MessageResource::sender_id>(2, "senderId"), field<&MessageResource::text>(3, "text"),
                      field<&MessageResource::created_at>(4, "createdAt"), field<&MessageResource::flags>(5, "flags")};
  }
};

/// One scan, refused ones included.
struct ScanResource {
  static constexpr std::string_view record_name = "QrScan";
  static constexpr std::string_view page_name = "QrScanPage";
  Uuid scan_id;
  QrCodeId qr_code_id;
  Handover type = Handover::pickup;
  ScanOutcome outcome = ScanOutcome::accepted;
  UserId scanned_by;
  Time at;
  std::optional<Time> scanned_at;  // by the device's clock
  std::optional<MeasuredPlace> location;
  std::optional<double> distance_meters;  // from where the code is bound to
  std::optional<UploadId> photo;
  std::optional<UploadId> signature;
  std::optional<Uuid> service_id = {};  // that reported it, or scanned on behalf of `scanned_by`
  bool by_service = false;              // false also of scans of earlier builds
  static constexpr auto fields() {
    return std::array{field<&ScanResource::scan_id>(1, "scanId"),
                      field<&ScanResource::qr_code_id>(2, "qrCodeId"),
                      field<&ScanResource::type>(3, "type"),
                      field<&ScanResource::outcome>(4, "outcome"),
                      field<&ScanResource::scanned_by>(5, "scannedBy"),
                      field<&ScanResource::at>(6, "at"),
                      field<&ScanResource::scanned_at>(7, "scannedAt"),
                      field<&ScanResource::location>(8, "location"),
                      field<&ScanResource::distance_meters>(9, "distanceMeters"),
                      field<&ScanResource::photo>(10, "photo"),
                      field<&ScanResource::signature>(11, "signature"),
                      field<&ScanResource::service_id>(12, "serviceId"),
                      field<&ScanResource::by_service>(13, "byService")};
  }
};

/// The answer to ScanCode. Where `code` is set the scan was refused with it.
struct ScanResult {
  static constexpr std::string_view record_name = "ScanResult";
  bool valid = false;
  QrCodeId qr_code_id;
  Handover type = Handover::pickup;
  DeliveryId delivery_id;
  DeliveryStatus delivery_status = DeliveryStatus::accepted;
  std::optional<ScanOutcome> code;
  std::string detail;        // of a refusal, for a person
  bool keeps_files = false;  // of a refusal: what came with it is evidence
  static constexpr auto fields() {
    return std::array{field<&ScanResult::valid>(1, "valid"),
                      field<&ScanResult::qr_code_id>(2, "qrCodeId"),
                      field<&ScanResult::type>(3, "type"),
                      field<&ScanResult::delivery_id>(4, "deliveryId"),
                      field<&ScanResult::delivery_status>(5, "deliveryStatus"),
                      field<&ScanResult::code>(6, "code"),
                      field<&ScanResult::detail>(7, "detail", internal()),
                      field<&ScanResult::keeps_files>(8, "keepsFiles", internal())};
  }
};

struct QrCodeResource {
  static constexpr std::string_view record_name = "QrCode";
  static constexpr std::string_view page_name = "QrCodePage";
  QrCodeId qr_code_id;
  DeliveryId delivery_id;
  Handover type = Handover::pickup;
  QrStatus status = QrStatus::active;
  Time created_at;
  Time expires_at;
  std::optional<Time> used_at;
  std::int32_t failed_scans = 0;
  std::optional<QrCodeId> replaces;
  std::optional<Coordinates> location;  // this and the radius: for who may see exact places
  std::optional<double> radius;         // metres
  Bytes secret;                         // for the edge to seal; it shows the customer the sealed code
  static constexpr auto fields() {
    return std::array{field<&QrCodeResource::qr_code_id>(1, "qrCodeId"),
                      field<&QrCodeResource::delivery_id>(2, "deliveryId"),
                      field<&QrCodeResource::type>(3, "type"),
                      field<&QrCodeResource::status>(4, "status"),
                      field<&QrCodeResource::created_at>(5, "createdAt"),
                      field<&QrCodeResource::expires_at>(6, "expiresAt"),
                      field<&QrCodeResource::used_at>(7, "usedAt"),
                      field<&QrCodeResource::failed_scans>(8, "failedScans"),
                      field<&QrCodeResource::replaces>(9, "replaces"),
                      field<&QrCodeResource::location>(10, "location"),
                      field<&QrCodeResource::radius>(11, "radius"),
                      field<&QrCodeResource::secret>(12, "secret", internal())};
  }
};

/// Whose doing it is that a delivery did not succeed. It counts in the statistics of that side.
enum class Fault : std::uint8_t { nobody, customer, traveler, both };
constexpr auto enum_labels(Fault) {
  return std::to_array<std::string_view>({"nobody", "customer", "traveler", "both"});
}

/// How a delivery that was cancelled or returned was paid for.
struct Settlement {
  std::string by;  // customer, traveler or platform
  std::string reason;
  Money refund;                         // to the customer
  Money compensation;                   // to the traveler
  std::optional<Time> held_until = {};  // until then the compensation stays held; it then pays, unless disputed
  bool needs_decision = false;          // the compensation stays held until an administrator decides
  bool refund_waits = false;            // the refund waits as the compensation does: nothing is paid before
  std::optional<Fault> fault = {};      // absent in what ended by an earlier build
  bool waits() const { return held_until.has_value() || needs_decision; }
  static constexpr std::string_view record_name = "Settlement";
  static constexpr auto fields() {
    return std::array{field<&Settlement::by>(1, "by"),
                      field<&Settlement::reason>(2, "reason"),
                      field<&Settlement::refund>(3, "refund"),
                      field<&Settlement::compensation>(4, "compensation"),
                      field<&Settlement::held_until>(5, "heldUntil"),
                      field<&Settlement::needs_decision>(6, "needsDecision"),
                      field<&Settlement::refund_waits>(7, "refundWaits"),
                      field<&Settlement::fault>(8, "fault")};
  }
};

/// Handed to the receiver, as the traveler says, off the place that was agreed. The money waits, so that the customer
/// can object; who confirms the receipt has it paid at once. Or handed over there, and its money waits all the same.
struct HandedElsewhere {
  static constexpr std::string_view record_name = "HandedElsewhere";
  std::string reason;                   // the traveler's
  double distance_meters = 0;           // from the agreed place
  std::optional<Time> held_until = {};  // until then the money stays held; it then pays, unless disputed
  bool needs_decision = false;          // it stays held until an administrator decides
  bool without_text = false;            // not elsewhere: a service named the code, and did not show its text
  bool handed_on = false;               // not elsewhere: the next traveler of a relay has it
  bool until_arrival = false;           // the last leg has not arrived: at held_until an administrator is asked
  static constexpr auto fields() {
    return std::array{field<&HandedElsewhere::reason>(1, "reason"),
                      field<&HandedElsewhere::distance_meters>(2, "distanceMeters"),
                      field<&HandedElsewhere::held_until>(3, "heldUntil"),
                      field<&HandedElsewhere::needs_decision>(4, "needsDecision"),
                      field<&HandedElsewhere::without_text>(5, "withoutText"),
                      field<&HandedElsewhere::handed_on>(6, "handedOn"),
                      field<&HandedElsewhere::until_arrival>(7, "untilArrival")};
  }
};

/// Handed over long after it was to be there. The money waits, so that the customer can ask for a part of it back; who
/// confirms the receipt has it paid at once.
struct HandedLate {
  static constexpr std::string_view record_name = "HandedLate";
  std::int64_t late_seconds = 0;  // after deliverBy, or the trip's planned arrival, whichever is later
  Time held_until;                // it then pays, unless disputed
  static constexpr auto fields() {
    return std::array{field<&HandedLate::late_seconds>(1, "lateSeconds"),
                      field<&HandedLate::held_until>(2, "heldUntil")};
  }
};

/// How exactly the place of a handover is known. guessed: by a geocoder; proposed: one side said where; set: people
/// did.
enum class PinStatus : std::uint8_t { guessed, proposed, set };
constexpr auto enum_labels(PinStatus) { return std::to_array<std::string_view>({"guessed", "proposed", "set"}); }
struct PinResource {
  static constexpr std::string_view record_name = "Pin";
  PinType type = PinType::pickup;
  PinStatus status = PinStatus::guessed;
  Coordinates location;                 // that codes and fences are bound to
  double radius = 0;                    // metres around it in which a code is taken
  std::optional<PinProposal> proposal;  // that waits for the other side
  static constexpr auto fields() {
    return std::array{field<&PinResource::type>(1, "type"), field<&PinResource::status>(2, "status"),
                      field<&PinResource::location>(3, "location"), field<&PinResource::radius>(4, "radius"),
                      field<&PinResource::proposal>(5, "proposal")};
  }
};

/// Where a parcel changes hands. A caller who may not see that exactly is shown the area, and not whom to meet there.
struct DeliveryStop {
  static constexpr std::string_view record_name = "DeliveryStop";
  std::string address;
  std::optional<double> lat, lng;
  std::optional<std::string> contact_name, contact_phone, instructions;
  std::optional<std::int32_t> off_address_meters;  // of the point from where its address is; absent: it is there
  static constexpr auto fields() {
    return std::array{field<&DeliveryStop::address>(1, "address"),
                      field<&DeliveryStop::lat>(2, "lat"),
                      field<&DeliveryStop::lng>(3, "lng"),
                      field<&DeliveryStop::contact_name>(4, "contactName"),
                      field<&DeliveryStop::contact_phone>(5, "contactPhone"),
                      field<&DeliveryStop::instructions>(6, "instructions"),
                      field<&DeliveryStop::off_address_meters>(7, "offAddressMeters", between(0, 25'000'000))};
  }
};

struct DeliveryResource {
  static constexpr std::string_view record_name = "Delivery";
  DeliveryId delivery_id;
  std::string delivery_number;
  RequestId request_id;
  OfferId offer_id;
  TripId trip_id;
  UserId customer_id;
  UserId traveler_id;
  DeliveryStatus status = DeliveryStatus::accepted;
  std::int64_t amount = 0;
  Currency currency;
  EscrowId escrow_id;
  IntentId payment_intent_id;
  DeliveryStop pickup;
  DeliveryStop delivery;
  Item item;
  std::optional<Time> deliver_by;
  bool late = false;
  std::int32_t failed_attempts = 0;
  std::optional<DisputeId> dispute_id;
  std::optional<Settlement> settlement;
  std::vector<QrCodeRef> qr_codes;
  std::vector<GeofenceRef> geofences;
  Time created_at;
  std::optional<Time> pickup_completed_at;
  std::optional<Time> delivery_completed_at;
  std::optional<Time> confirmed_at;
  bool funds_moved = false;  // the escrow said that it released or returned the money
  std::vector<PinResource> pins;
  std::int64_t version = 0;
  std::optional<Time> ended_at;
  bool settled = false;                     // a dispute was decided
  std::optional<Time> pickup_awaited_from;  // a wait at the pickup counts from then; while it lies ahead
  std::optional<HandedElsewhere> handed_elsewhere;
  std::optional<HandedLate> handed_late;
  bool shows_doors = false;    // to this caller: where exactly, and whom to call
  bool shows_private = false;  // to this caller: the conversation and the track
  // Of the parcel, by the plan that both sides agreed to; absent where none is known.
  std::optional<Time> planned_pickup, planned_arrival;
  std::optional<Delay> delay;
  // The edge adds them: as clocks at the two ends show it.
  std::optional<std::string> planned_pickup_local, planned_arrival_local, timezone_pickup, timezone_delivery;
  std::int32_t policy_version = 0;  // of the terms that the delivery is judged by: GET /policy?version=
  std::optional<LegShown> leg;
  static constexpr auto fields() {
    return std::array{field<&DeliveryResource::delivery_id>(1, "deliveryId"),
                      field<&DeliveryResource::delivery_number>(2, "deliveryNumber"),
                      field<&DeliveryResource::request_id>(3, "requestId"),
                      field<&DeliveryResource::offer_id>(4, "offerId"),
                      field<&DeliveryResource::trip_id>(5, "tripId"),
                      field<&DeliveryResource::customer_id>(6, "customerId"),
                      field<&DeliveryResource::traveler_id>(7, "travelerId"),
                      field<&DeliveryResource::status>(8, "status"),
                      field<&DeliveryResource::amount>(9, "amount"),
                      field<&DeliveryResource::currency>(10, "currency"),
                      field<&DeliveryResource::escrow_id>(11, "escrowId"),
                      field<&DeliveryResource::payment_intent_id>(12, "paymentIntentId"),
                      field<&DeliveryResource::pickup>(13, "pickup"),
                      field<&DeliveryResource::delivery>(14, "delivery"),
                      field<&DeliveryResource::item>(15, "item"),
                      field<&DeliveryResource::deliver_by>(16, "deliverBy"),
                      field<&DeliveryResource::late>(17, "late"),
                      field<&DeliveryResource::failed_attempts>(18, "failedAttempts"),
                      field<&DeliveryResource::dispute_id>(19, "disputeId"),
                      field<&DeliveryResource::settlement>(20, "settlement"),
                      field<&DeliveryResource::qr_codes>(21, "qrCodes"),
                      field<&DeliveryResource::geofences>(22, "geofences"),
                      field<&DeliveryResource::created_at>(23, "createdAt"),
                      field<&DeliveryResource::pickup_completed_at>(24, "pickupCompletedAt"),
                      field<&DeliveryResource::delivery_completed_at>(25, "deliveryCompletedAt"),
                      field<&DeliveryResource::confirmed_at>(26, "confirmedAt"),
                      field<&DeliveryResource::funds_moved>(27, "fundsMoved", internal()),
                      field<&DeliveryResource::version>(28, "version"),
                      field<&DeliveryResource::pins>(29, "pins"),

                      field<&DeliveryResource::ended_at>(30, "endedAt"),
                      field<&DeliveryResource::settled>(31, "settled", internal()),
                      field<&DeliveryResource::pickup_awaited_from>(32, "pickupAwaitedFrom"),
                      field<&DeliveryResource::handed_elsewhere>(33, "handedElsewhere"),
                      field<&DeliveryResource::handed_late>(34, "handedLate"),
                      field<&DeliveryResource::shows_doors>(35, "showsDoors", internal()),
                      field<&DeliveryResource::shows_private>(36, "showsPrivate", internal()),
                      field<&DeliveryResource::planned_pickup>(37, "plannedPickup"),
                      field<&DeliveryResource::planned_arrival>(38, "plannedArrival"),
                      field<&DeliveryResource::delay>(39, "delay"),
                      field<&DeliveryResource::planned_pickup_local>(40, "plannedPickupLocal"),
                      field<&DeliveryResource::planned_arrival_local>(41, "plannedArrivalLocal"),
                      field<&DeliveryResource::timezone_pickup>(42, "timezonePickup"),
                      field<&DeliveryResource::timezone_delivery>(43, "timezoneDelivery"),
                      field<&DeliveryResource::policy_version>(44, "policyVersion"),
                      field<&DeliveryResource::leg>(45, "leg")};
  }
};

/// One step of the acceptance saga.
struct SagaStep {
  static constexpr std::string_view record_name = "SagaStep";
  SagaStepName name = SagaStepName::accept_offer;
  SagaStepState state = SagaStepState::pending;
  std::optional<Time> started_at;
  std::optional<Time> ended_at;
  std::optional<std::string> error;
  static constexpr auto fields() {
    return std::array{field<&SagaStep::name>(1, "name"), field<&SagaStep::state>(2, "state"),
                      field<&SagaStep::started_at>(3, "startedAt"), field<&SagaStep::ended_at>(4, "endedAt"),
                      field<&SagaStep::error>(5, "error")};
  }
};

/// The acceptance saga as it stands.
struct SagaResource {
  static constexpr std::string_view record_name = "AcceptanceSaga";
  OfferId offer_id;
  DeliveryId delivery_id;
  SagaState state = SagaState::running;
  std::vector<SagaStep> steps;
  std::optional<std::string> code;  // why it was compensated
  static constexpr auto fields() {
    return std::array{field<&SagaResource::offer_id>(1, "offerId"), field<&SagaResource::delivery_id>(2, "deliveryId"),
                      field<&SagaResource::state>(3, "state"), field<&SagaResource::steps>(4, "steps"),
                      field<&SagaResource::code>(5, "code")};
  }
};

/// A scan, photo or signature that proves a step.
struct ProofItem {
  static constexpr std::string_view record_name = "ProofItem";
  static constexpr std::string_view page_name = "ProofPage";
  std::string type;  // scan, photo or signature
  std::string step;  // pickup, delivery, return, failed_attempt, refused_parcel, or refused_scan: off its place
  Time at;
  std::string by;
  std::optional<UploadId> upload_id;
  std::optional<MeasuredPlace> location;
  std::optional<QrCodeId> qr_code_id;
  static constexpr auto fields() {
    return std::array{field<&ProofItem::type>(1, "type"),
                      field<&ProofItem::step>(2, "step"),
                      field<&ProofItem::at>(3, "at"),
                      field<&ProofItem::by>(4, "by"),
                      field<&ProofItem::upload_id>(5, "uploadId"),
                      field<&ProofItem::location>(6, "location"),
                      field<&ProofItem::qr_code_id>(7, "qrCodeId")};
  }
};

/// A page of any list; `next_cursor` asks for the page after it.
template <class Item>
struct DeliveryPage {
  std::vector<Item> items;
  std::optional<std::string> next_cursor;
  static constexpr std::string_view record_name = Item::page_name;
  static constexpr auto fields() {
    return std::array{field<&DeliveryPage::items>(1, "items"), field<&DeliveryPage::next_cursor>(2, "nextCursor")};
  }
};

// Queries. A caller who is neither party, administrator, service nor platform is answered not_found.

struct ViewDelivery {
  static constexpr Tag tag{1, "view_delivery"};
  static constexpr auto fields() { return no_fields; }
};
/// Visible to the parties even while the saga runs.
struct ViewSaga {
  static constexpr Tag tag{2, "view_saga"};
  static constexpr auto fields() { return no_fields; }
};
struct ViewTimeline {
  static constexpr Tag tag{3, "view_timeline"};
  static constexpr auto fields() { return no_fields; }
};
struct ViewProof {
  static constexpr Tag tag{4, "view_proof"};
  static constexpr auto fields() { return no_fields; }
};
struct ViewQrCode {
  static constexpr Tag tag{6, "view_qr_code"};
  QrCodeId qr_code_id;
  static constexpr auto fields() { return std::array{field<&ViewQrCode::qr_code_id>(1, "qrCodeId", internal())}; }
};
/// With the secret, for the customer alone.
struct ViewQrSecret {
  static constexpr Tag tag{7, "view_qr_secret"};
  QrCodeId qr_code_id;
  static constexpr auto fields() { return std::array{field<&ViewQrSecret::qr_code_id>(1, "qrCodeId", internal())}; }
};
struct ViewQrCodes {
  static constexpr Tag tag{8, "view_qr_codes"};
  static constexpr auto fields() { return no_fields; }
};
struct ViewScans {
  static constexpr Tag tag{9, "view_scans"};
  QrCodeId qr_code_id;
  static constexpr auto fields() { return std::array{field<&ViewScans::qr_code_id>(1, "qrCodeId", internal())}; }
};

}  // namespace caravan
