#pragma once

#include <map>

#include "actors/cover/terms.hpp"
#include "actors/delivery/code_commands.hpp"
#include "actors/delivery/status.hpp"
#include "actors/entity/appointment.hpp"
#include "actors/entity/decision.hpp"
#include "actors/payments/ledger.hpp"
#include "actors/sequence/commands.hpp"
#include "actors/tracker/geofence.hpp"
#include "actors/values/transport_mode.hpp"

namespace caravan {

/// Of a delivery that is a leg of a relay.
struct LegTerms {
  static constexpr std::string_view record_name = "LegTerms";
  std::optional<DeliveryId> from = {};  // the leg before: its traveler shows the pickup's code; absent: the sender does
  std::optional<UserId> giver = {};     // that traveler
  bool hands_on = false;                // its traveler gives the parcel to the next one, not to the receiver
  static constexpr auto fields() {
    return std::array{field<&LegTerms::from>(1, "from"), field<&LegTerms::giver>(2, "giver"),
                      field<&LegTerms::hands_on>(3, "handsOn")};
  }
};

/// From the request, once an offer was accepted, by the customer or (of a countered price) by the traveler: starts the
/// acceptance saga. It ends with AcceptanceCompleted or AcceptanceFailed to the request. A repeat changes nothing.
struct BeginAcceptance {
  static constexpr Tag tag{1, "begin_acceptance"};
  RequestId request_id;
  OfferId offer_id;
  TripId trip_id;
  UserId customer;
  UserId traveler;
  Money price;
  Stop pickup;
  Stop dropoff;
  Item item;
  std::optional<Time> deliver_by;
  std::string payment_token;      // what the provider knows the means of payment by
  std::string payment_method_id;  // as text, for people
  std::string provider;
  DealTerms deal = {};
  std::optional<Time> pickup_from = {};        // nobody has to be there earlier
  std::optional<std::int64_t> trip_plan = {};  // TripDetails::plan() that the offer was made for; absent: not known
  bool by_traveler = false;                    // who took the customer's price; else the customer took the traveler's
  std::optional<Uuid> service = {};            // that accepted on behalf of a side; absent in older entries
  std::optional<Time> planned_pickup = {}, planned_arrival = {};  // by its plan; absent: the trip's own times count
  std::string title = {};                                         // of the request; empty in older entries
  std::optional<CoverTerms> cover = {};                           // that the customer took
  std::string customer_name = {}, traveler_name = {};             // the first names; empty in older entries
  std::optional<LegTerms> leg = {};
  static constexpr auto fields() {
    return std::array{field<&BeginAcceptance::request_id>(1, "requestId"),
                      field<&BeginAcceptance::offer_id>(2, "offerId"),
                      field<&BeginAcceptance::trip_id>(3, "tripId"),
                      field<&BeginAcceptance::customer>(4, "customerId"),
                      field<&BeginAcceptance::traveler>(5, "travelerId"),
                      field<&BeginAcceptance::price>(6, "price"),
                      field<&BeginAcceptance::pickup>(7, "pickup"),
                      field<&BeginAcceptance::dropoff>(8, "dropoff"),
                      field<&BeginAcceptance::item>(9, "item"),
                      field<&BeginAcceptance::deliver_by>(10, "deliverBy"),
                      field<&BeginAcceptance::payment_token>(11, "paymentToken", internal()),
                      field<&BeginAcceptance::payment_method_id>(12, "paymentMethodId"),
                      field<&BeginAcceptance::provider>(13, "provider"),
                      field<&BeginAcceptance::deal>(14, "deal"),
                      field<&BeginAcceptance::pickup_from>(15, "pickupFrom"),
                      field<&BeginAcceptance::trip_plan>(16, "tripPlan", internal()),
                      field<&BeginAcceptance::by_traveler>(17, "byTraveler", internal()),
                      field<&BeginAcceptance::service>(18, "serviceId", internal()),
                      field<&BeginAcceptance::planned_pickup>(19, "plannedPickup"),
                      field<&BeginAcceptance::planned_arrival>(20, "plannedArrival"),
                      field<&BeginAcceptance::title>(21, "title", internal()),
                      field<&BeginAcceptance::cover>(22, "cover", internal()),
                      field<&BeginAcceptance::customer_name>(23, "customerName", internal()),
                      field<&BeginAcceptance::traveler_name>(24, "travelerName", internal()),
                      field<&BeginAcceptance::leg>(25, "leg")};
  }
};

/// From the escrow: the customer's money is held.
struct FundsHeld {
  static constexpr Tag tag{2, "funds_held"};
  EscrowId escrow_id;
  IntentId intent_id;
  Time hold_until;
  static constexpr auto fields() {
    return std::array{field<&FundsHeld::escrow_id>(1, "escrowId"), field<&FundsHeld::intent_id>(2, "intentId"),
                      field<&FundsHeld::hold_until>(3, "holdUntil")};
  }
};

/// From the escrow: no money is held, and none will be.
struct PaymentRefused {
  static constexpr Tag tag{3, "payment_refused"};
  std::string code;  // payment_declined or payment_failed
  std::string detail;
  static constexpr auto fields() {
    return std::array{field<&PaymentRefused::code>(1, "code"), field<&PaymentRefused::detail>(2, "detail")};
  }
};

/// Whether it says that the customer's means of payment failed, which is nobody else's to know.
inline bool is_of_payment(std::string_view code) { return code.starts_with("payment_"); }

/// What became of an escrow's money so far.
struct FundsStanding {
  Money held;  // still
  Money refunded;
  Money to_traveler;
  static constexpr std::string_view record_name = "FundsStanding";
  static constexpr auto fields() {
    return std::array{field<&FundsStanding::held>(1, "held"), field<&FundsStanding::refunded>(2, "refunded"),
                      field<&FundsStanding::to_traveler>(3, "toTraveler")};
  }
};

/// From the escrow: all that was held was released, to the traveler and the platform.
struct FundsReleased {
  static constexpr Tag tag{4, "funds_released"};
  std::optional<FundsStanding> standing;  // absent in what was sent before there was one
  static constexpr auto fields() { return std::array{field<&FundsReleased::standing>(1, "standing")}; }
};

/// From the escrow: `refunded` went back to the customer.
struct FundsReturned {
  static constexpr Tag tag{5, "funds_returned"};
  Money refunded;
  std::optional<FundsStanding> standing;  // absent in what was sent before there was one
  static constexpr auto fields() {
    return std::array{field<&FundsReturned::refunded>(1, "refunded"), field<&FundsReturned::standing>(2, "standing")};
  }
};

/// From the escrow, to a delivery that ended: nothing was held any more for its end to share out, as it had been shared
/// out before.
struct SharedOutBefore {
  static constexpr Tag tag{15, "shared_out_before"};
  FundsStanding standing;
  static constexpr auto fields() { return std::array{field<&SharedOutBefore::standing>(1, "standing")}; }
};

/// From the escrow, while the parcel comes back: both sides agreed that the traveler gets `rest` once it is back.
struct RestAgreed {
  static constexpr Tag tag{18, "rest_agreed"};
  AgreedRest rest;
  static constexpr auto fields() { return std::array{field<&RestAgreed::rest>(1, "rest")}; }
};

/// From the escrow, before its release: the provider refused to take the money that it had reserved.
struct FundsUncollected {
  static constexpr Tag tag{16, "funds_uncollected"};
  std::string reason;
  static constexpr auto fields() { return std::array{field<&FundsUncollected::reason>(1, "reason")}; }
};

/// From the trip.
struct CapacityReserved {
  static constexpr Tag tag{6, "capacity_reserved"};
  TripId trip_id;
  std::optional<Time> pickup_until = {};   // by its plan the trip has left the pickup then; absent in older messages
  std::optional<Time> arrival = {};        // by its plan the trip is over then; absent in older messages
  std::optional<TransportMode> mode = {};  // absent in older messages
  static constexpr auto fields() {
    return std::array{field<&CapacityReserved::trip_id>(1, "tripId"),
                      field<&CapacityReserved::pickup_until>(2, "pickupUntil"),
                      field<&CapacityReserved::arrival>(3, "arrival"), field<&CapacityReserved::mode>(4, "mode")};
  }
};

/// From the trip.
struct CapacityRefused {
  static constexpr Tag tag{7, "capacity_refused"};
  std::string code;  // capacity_exceeded, trip_not_open or offer_changed
  static constexpr auto fields() { return std::array{field<&CapacityRefused::code>(1, "code")}; }
};

/// From the tracker.
struct GeofencesDefined {
  static constexpr Tag tag{8, "geofences_defined"};
  std::vector<GeofenceRef> geofences;
  static constexpr auto fields() { return std::array{field<&GeofencesDefined::geofences>(1, "geofences")}; }
};

/// From the tracker: the first point since tracking started or the parcel was taken.
struct TrackingBegan {
  static constexpr Tag tag{9, "tracking_began"};
  Time at;
  static constexpr auto fields() { return std::array{field<&TrackingBegan::at>(1, "at")}; }
};

/// From the tracker or a service: the traveler entered, left, or stayed at a place.
struct GeofenceHit {
  static constexpr Tag tag{10, "geofence_hit"};
  std::optional<GeofenceId> geofence_id;
  Handover geofence_type = Handover::pickup;
  GeofenceEventType event_type = GeofenceEventType::entry;
  Time at;
  Coordinates location;
  std::optional<UserId> user_id;  // a service may name the traveler
  static constexpr auto fields() {
    return std::array{
        field<&GeofenceHit::geofence_id>(1, "geofenceId"), field<&GeofenceHit::geofence_type>(2, "geofenceType"),
        field<&GeofenceHit::event_type>(3, "eventType"),   field<&GeofenceHit::at>(4, "timestamp"),
        field<&GeofenceHit::location>(5, "location"),      field<&GeofenceHit::user_id>(6, "userId")};
  }
};

/// From the tracker: since when, and until when, points within a fence have gone on arriving, by our clock. Repeated at
/// most once a minute; without times the stay is over. `plausible_from`: the points before it were so far away that the
/// traveler cannot have come before then.
struct TravelerSeen {
  static constexpr Tag tag{14, "traveler_seen"};
  GeofenceId geofence_id;
  Handover geofence_type = Handover::pickup;
  std::optional<Time> since;
  std::optional<Time> until;
  std::optional<Time> plausible_from = {};
  static constexpr auto fields() {
    return std::array{field<&TravelerSeen::geofence_id>(1, "geofenceId"),
                      field<&TravelerSeen::geofence_type>(2, "geofenceType"), field<&TravelerSeen::since>(3, "since"),
                      field<&TravelerSeen::until>(4, "until"),
                      field<&TravelerSeen::plausible_from>(5, "plausibleFrom")};
  }
};

/// From the traveler's profile: while they are said to have waited here, they were so many metres away, which is more
/// than anybody covers in the time.
struct DoubtWait {
  static constexpr Tag tag{17, "doubt_wait"};
  double distance_meters = 0;
  static constexpr auto fields() { return std::array{field<&DoubtWait::distance_meters>(1, "distanceMeters")}; }
};

inline constexpr std::string_view trip_completed = "trip_completed";  // without having fetched the parcel
// From the request of a relay: nobody is sought any more who takes the parcel on.
inline constexpr std::string_view nobody_carries_on = "nobody carries it on";

/// By a participant, an administrator with `deliveries`, a service or the platform. Before pickup it ends the delivery
/// by the cancellation policy. After it the parcel goes back: only services and the platform may, people start a
/// return.
struct CancelDelivery {
  static constexpr Tag tag{11, "cancel_delivery"};
  // Free text. A traveler's "no_show" and "not_as_declared" say more; note, place and photo go with the latter alone.
  std::optional<std::string> reason = {};
  std::optional<UserId> by = {};  // from a trip: who ended it; none: its time was over
  bool other_inactive = false;    // from a side: the other's account is suspended, banned or closed
  std::optional<std::string> note = {};
  std::optional<MeasuredPlace> location = {};
  std::optional<UploadId> photo = {};
  Appointment office = {};  // of an administrator who is no side
  static constexpr auto fields() {
    return std::array{field<&CancelDelivery::reason>(1, "reason", length(0, 500)),
                      field<&CancelDelivery::by>(2, "by", internal()),
                      field<&CancelDelivery::other_inactive>(3, "otherInactive", internal()),
                      field<&CancelDelivery::note>(4, "note", length(0, 1'000)),
                      field<&CancelDelivery::location>(5, "location"),
                      field<&CancelDelivery::photo>(6, "photo"),
                      field<&CancelDelivery::office>(7, "office", internal())};
  }
};

/// From the dispute: the money stays where it is until the dispute is settled.
struct DisputeOpened {
  static constexpr Tag tag{12, "dispute_opened"};
  DisputeId dispute_id;
  static constexpr auto fields() { return std::array{field<&DisputeOpened::dispute_id>(1, "disputeId")}; }
};

/// From the dispute: the money is shared out, and the delivery itself moves none of it any more. Where the rest waits,
/// the parcel is under way, and the delivery goes on for what is left.
struct DisputeSettled {
  static constexpr Tag tag{13, "dispute_settled"};
  DisputeId dispute_id;
  std::string resolution;         // refund, release, split, dismiss, or dispute_withdrawn
  std::optional<Money> refunded;  // by this decision; absent in older messages
  bool rest_waits = false;
  std::optional<Money> at_stake = {};  // in this dispute; absent in older messages
  static constexpr auto fields() {
    return std::array{
        field<&DisputeSettled::dispute_id>(1, "disputeId"), field<&DisputeSettled::resolution>(2, "resolution"),
        field<&DisputeSettled::refunded>(3, "refunded"), field<&DisputeSettled::rest_waits>(4, "restWaits"),
        field<&DisputeSettled::at_stake>(5, "atStake")};
  }
};

/// By the customer: the parcel is here (delivered), or back (returning). To their word alone the traveler may object.
struct ConfirmReceipt {
  static constexpr Tag tag{31, "confirm_receipt"};
  static constexpr auto fields() { return no_fields; }
};

/// By the traveler: nobody took the parcel; of one that goes back: not the sender either, which asks for a decision.
struct RecordFailedAttempt {
  static constexpr Tag tag{32, "record_failed_attempt"};
  std::string reason;
  std::optional<std::string> note;
  std::optional<std::int32_t> waited_seconds;
  std::optional<NextStep> next_step;  // absent: retry
  std::optional<MeasuredPlace> location;
  std::optional<UploadId> photo;
  static constexpr auto fields() {
    return std::array{field<&RecordFailedAttempt::reason>(1, "reason", length(1, 500)),
                      field<&RecordFailedAttempt::note>(2, "note", length(0, 1'000)),
                      field<&RecordFailedAttempt::waited_seconds>(3, "waitedSeconds", between(0, 86'400)),
                      field<&RecordFailedAttempt::next_step>(4, "nextStep"),
                      field<&RecordFailedAttempt::location>(5, "location"),
                      field<&RecordFailedAttempt::photo>(6, "photo")};
  }
};

/// By the traveler: the parcel goes back to where it was picked up. The way ends with the scan of the return code.
struct StartReturn {
  static constexpr Tag tag{33, "start_return"};
  std::optional<std::string> reason;
  std::optional<MeasuredPlace> location;
  std::optional<UploadId> photo;
  static constexpr auto fields() {
    return std::array{field<&StartReturn::reason>(1, "reason", length(0, 500)),
                      field<&StartReturn::location>(2, "location"), field<&StartReturn::photo>(3, "photo")};
  }
};

/// By a participant: the handover is exactly here. The other side's same call agrees, within an hour; until then
/// nothing changes.
struct SetPin {
  static constexpr Tag tag{35, "set_pin"};
  PinType type = PinType::pickup;
  Coordinates location;
  static constexpr auto fields() {
    return std::array{field<&SetPin::type>(1, "type"), field<&SetPin::location>(2, "location")};
  }
};

/// By the participant who proposed a pin: it is not there after all.
struct WithdrawPin {
  static constexpr Tag tag{36, "withdraw_pin"};
  PinType type = PinType::pickup;
  static constexpr auto fields() { return std::array{field<&WithdrawPin::type>(1, "type")}; }
};

/// By the customer: somebody is at the place of the next handover. A fee for a wait there is then decided about.
struct SayPresent {
  static constexpr Tag tag{37, "say_present"};
  static constexpr auto fields() { return no_fields; }
};

/// From the profile of a side whose account is closed.
struct SideClosed {
  static constexpr Tag tag{39, "side_closed"};
  UserId side;
  static constexpr auto fields() { return std::array{field<&SideClosed::side>(1, "side")}; }
};

/// From the account of a side that was suspended or banned: the other one hears of it.
struct SideInactive {
  static constexpr Tag tag{40, "side_inactive"};
  UserId side;
  bool banned = false;  // else suspended, which ends more often
  static constexpr auto fields() {
    return std::array{field<&SideInactive::side>(1, "side"), field<&SideInactive::banned>(2, "banned")};
  }
};

/// By a participant, to the other one. Answers MessageResource.
struct PostMessage {
  static constexpr Tag tag{34, "post_message"};
  std::string text;
  bool blocked = false;  // one of the two has blocked the other; as the edge found
  static constexpr auto fields() {
    return std::array{field<&PostMessage::text>(1, "text", length(1, 2'000)),
                      field<&PostMessage::blocked>(2, "blocked", internal())};
  }
};

/// From the request: another leg of the relay fell out. Whatever was not fetched yet ends; the money goes back.
struct UndoLeg {
  static constexpr Tag tag{45, "undo_leg"};
  bool by_customer = false;  // who left another leg, and so leaves this one
  static constexpr auto fields() { return std::array{field<&UndoLeg::by_customer>(1, "byCustomer")}; }
};

/// From the request: to whom this leg's traveler hands the parcel, once all legs are ready or another one is found.
/// Where the next leg fell out, it is nobody.
struct LinkLeg {
  static constexpr Tag tag{46, "link_leg"};
  std::optional<DeliveryId> next = {};  // absent: nobody, or the receiver where this leg is the last
  std::string next_name = {};           // the first name of its traveler
  std::optional<Time> meets_at = {};    // when that one comes to the meeting
  bool begins = false;                  // the acceptance, which is ready, completes
  static constexpr auto fields() {
    return std::array{field<&LinkLeg::next>(1, "next"), field<&LinkLeg::next_name>(2, "nextName"),
                      field<&LinkLeg::meets_at>(3, "meetsAt"), field<&LinkLeg::begins>(4, "begins")};
  }
};

/// From the next leg: its traveler has scanned the code that this one's showed, and has the parcel.
struct HandOn {
  static constexpr Tag tag{47, "hand_on"};
  Time at;
  std::optional<MeasuredPlace> location;
  QrCodeId qr_code_id;  // of the next leg
  std::optional<Time> scanned_at;
  bool by_service = false;  // a service says so
  static constexpr auto fields() {
    return std::array{field<&HandOn::at>(1, "timestamp"), field<&HandOn::location>(2, "location"),
                      field<&HandOn::qr_code_id>(3, "qrCodeId"), field<&HandOn::scanned_at>(4, "scannedAt"),
                      field<&HandOn::by_service>(5, "byService")};
  }
};

/// From the leg before: its traveler has the parcel, which may be fetched.
struct OpenLeg {
  static constexpr Tag tag{48, "open_leg"};
  static constexpr auto fields() { return no_fields; }
};

/// From the next leg: its traveler comes to the meeting later.
struct MeetLater {
  static constexpr Tag tag{49, "meet_later"};
  Time meets_at;
  static constexpr auto fields() { return std::array{field<&MeetLater::meets_at>(1, "meetsAt")}; }
};

/// From the next leg: how the way ended of what was handed on.
struct EndWay {
  static constexpr Tag tag{50, "end_way"};
  bool arrived = false;  // the last leg is paid for; else the relay ended otherwise
  static constexpr auto fields() { return std::array{field<&EndWay::arrived>(1, "arrived")}; }
};

}  // namespace caravan
