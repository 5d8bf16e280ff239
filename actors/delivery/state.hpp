#pragma once

#include "actors/delivery/commands.hpp"
#include "actors/delivery/conversation_events.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/delivery/shares.hpp"

namespace caravan {

/// A code that proves a handover. What locks it are guesses: a good scan off its place is none. A locked one stays
/// locked: the customer, or the giver of a meeting, has to make a new one.
struct QrCode {
  QrCodeId qr_code_id;
  Handover type = Handover::pickup;
  Bytes secret;
  QrStatus status = QrStatus::active;
  Time created_at;
  Time expires_at;
  std::optional<Time> used_at;
  std::int32_t failed_scans = 0;
  std::optional<QrCodeId> replaces;
  std::optional<Coordinates> bound_to;
  double radius = 0;  // metres, where it is bound

  static constexpr std::string_view record_name = "StoredQrCode";
  static constexpr auto fields() {
    return std::array{field<&QrCode::qr_code_id>(1, "qrCodeId"),  field<&QrCode::type>(2, "type"),
                      field<&QrCode::secret>(3, "secret"),        field<&QrCode::status>(4, "status"),
                      field<&QrCode::created_at>(5, "createdAt"), field<&QrCode::expires_at>(6, "expiresAt"),
                      field<&QrCode::used_at>(7, "usedAt"),       field<&QrCode::failed_scans>(8, "failedScans"),
                      field<&QrCode::replaces>(9, "replaces"),    field<&QrCode::bound_to>(10, "boundTo"),
                      field<&QrCode::radius>(11, "radius")};
  }
};

/// What one side knows of the conversation. It is told of a message at once, then at most once a while of all that
/// came since: a chat must not become a flood of notices.
struct Announcements {
  std::optional<Time> last;  // when it was last told
  std::int32_t waiting = 0;  // messages since then
  static constexpr std::string_view record_name = "Announcements";
  static constexpr auto fields() {
    return std::array{field<&Announcements::last>(1, "last"), field<&Announcements::waiting>(2, "waiting")};
  }
};

/// The traveler is at a place: since and until when, by our clock, points there went on arriving. They cannot have come
/// before `plausible_from`, where other points say so.
struct Stay {
  Time since;
  Time until;
  std::optional<Time> plausible_from = {};
  static constexpr std::string_view record_name = "Stay";
  static constexpr auto fields() {
    return std::array{field<&Stay::since>(1, "since"), field<&Stay::until>(2, "until"),
                      field<&Stay::plausible_from>(3, "plausibleFrom")};
  }
};

inline constexpr std::string_view refused_scan_step = "refused_scan";  // of a proof

struct DeliveryState {
  BeginAcceptance terms;  // request_id nil: does not exist
  DeliveryStatus status = DeliveryStatus::accepting;
  EscrowId escrow_id;
  IntentId intent_id;
  std::optional<std::int64_t> number;
  SagaState saga = SagaState::running;
  std::vector<SagaStep> steps;
  std::string failure_code;  // of a compensated saga
  std::vector<QrCode> codes;
  std::vector<GeofenceRef> geofences;
  std::vector<ScanResource> scans;
  std::int32_t messages = 0;  // posted; the texts are in the track lane
  Announcements to_customer, to_traveler;
  std::vector<TimelineItem> timeline;
  std::vector<ProofItem> proofs;
  std::int32_t failed_attempts = 0;
  // When the traveler was seen to come; nothing after they left. Earlier builds measured waits by these two; this one
  // writes them still and reads them nowhere.
  std::optional<Time> at_pickup_since, at_dropoff_since;
  std::optional<bool> attempt_at_pin;  // a failed attempt whose wait earns a fee, which pays by itself or not
  std::optional<DisputeId> dispute;    // open: money stays where it is
  bool settled = false;                // a dispute shared the money out: the delivery moves none of it
  bool funds_moved = false;            // the escrow told that it released or returned money
  bool funds_gone = false;             // the escrow told that it holds nothing any more
  bool late = false;
  std::optional<Settlement> settlement;
  Time created_at;
  std::optional<Time> pickup_completed_at;
  std::optional<Time> delivery_completed_at;
  std::optional<Time> confirmed_at;
  std::vector<PinProposal> pin_proposals;  // at most one of each type: the newest that was not agreed on
  std::optional<Time> ended_at;
  std::optional<Stay> pickup_stay, dropoff_stay;  // what waits are measured by
  std::optional<Time> attempted_at;               // the last failed attempt: the next one needs a wait of its own
  std::optional<Time> wait_told_at;               // when the customer was last told that the traveler waits
  // By the plan that both sides agreed to the traveler has left the pickup, and comes to the receiver's, then.
  std::optional<Time> pickup_until;
  std::optional<Time> planned_arrival;
  // Counts events, but not of the conversation, nor measured waits. Rows and lists show the entity's version (its ETag,
  // which counts every entry) in its place; it stays because snapshots hold it.
  std::int64_t version = 0;
  std::optional<FundsStanding> standing;                // what the escrow told last
  std::optional<TransportMode> mode;                    // of the trip
  std::optional<Time> not_taken_back_at;                // the traveler reported it, once
  std::optional<Time> said_at_pickup, said_at_dropoff;  // when the customer last said that somebody is there
  std::optional<Coordinates> taken_at;  // the pickup as it stood when the parcel was taken: there it goes back to
  std::optional<HandedElsewhere> handed_elsewhere;
  // Where a stop was before the two sides first agreed on a pin; its accuracy is how far from there it may have been.
  std::optional<MeasuredPlace> pickup_before, dropoff_before;
  bool return_by_traveler = false;        // the traveler began the return, or left with the parcel
  std::optional<AgreedRest> agreed_rest;  // the traveler's once the parcel is back
  std::optional<Time> arrival_told_at;    // when the customer was last told that the parcel arrives
  std::optional<Time> came_at;  // the traveler was first seen to stay at the pickup then, on the day of the trip
  std::optional<HandedLate> handed_late;
  WrittenMessages by_customer, by_traveler;               // since an earlier build counted both sides together
  bool customer_closed = false, traveler_closed = false;  // their accounts
  bool uncollected = false;  // the provider refused to take the money while the parcel was carried
  std::optional<Stay> pickup_earned, dropoff_earned;  // a stay that was a wait, before the traveler left again
  bool came_doubted = false;       // other places of the traveler contradict that they came: no stay shows it any more
  bool refunded_by_judge = false;  // the last dispute of an open delivery gave back all that was at stake
  std::optional<Delay> delay;      // the plan is later than agreed
  std::optional<std::int32_t> policy_version;  // of the policy that both sides agreed under
  std::vector<Share> shares;                   // links; those that expired stay until the next one

  // Of a leg of a relay: that its traveler hands the parcel to; absent where nobody is found, or it goes to the
  // receiver. And whether the traveler of the leg before has the parcel.
  std::optional<DeliveryId> next_leg;
  bool leg_open = false;
  std::string next_name;                     // the first name of the next leg's traveler
  std::optional<std::int64_t> owed_percent;  // of the price, once the parcel is back: nobody took it on
  std::optional<Time> meets_at;              // when the next leg's traveler comes to the meeting, by their plan

  bool exists() const { return !terms.request_id.is_nil(); }
  /// Its traveler gives the parcel to the next one, and nobody has a receiver's code.
  bool hands_on() const { return terms.leg && terms.leg->hands_on; }
  /// Whoever gives it to this leg's traveler has it: the sender, or the traveler of the leg before once they took it.
  bool may_be_fetched() const { return !terms.leg || !terms.leg->from || leg_open; }
  /// That handover is one between two travelers of a relay.
  bool is_meeting(Handover at) const { return at == Handover::delivery ? hands_on() : terms.leg && terms.leg->giver; }
  /// At the receiver's, or at the pickup, which is where a parcel goes back to as well.
  const std::optional<Stay>& stay_at(Handover at) const {
    return at == Handover::delivery ? dropoff_stay : pickup_stay;
  }
  /// Of the same place, what an earlier stay has earned.
  const std::optional<Stay>& earned_at(Handover at) const {
    return at == Handover::delivery ? dropoff_earned : pickup_earned;
  }
  /// Until when the money of what was handed over waits for the customer's word; nothing where it does not.
  std::optional<Time> handover_held_until() const {
    if (handed_late) return handed_late->held_until;
    return handed_elsewhere ? handed_elsewhere->held_until : std::nullopt;
  }
  /// Until when money waits for a side's word, of whichever end; nothing where none does.
  std::optional<Time> money_held_until() const {
    if (const auto until = handover_held_until()) return until;
    return settlement ? settlement->held_until : std::nullopt;
  }
  const Stop& stop(PinType type) const { return type == PinType::pickup ? terms.pickup : terms.dropoff; }
  const std::optional<MeasuredPlace>& before(PinType type) const {
    return type == PinType::pickup ? pickup_before : dropoff_before;
  }
  bool is_closed(UserId side) const { return side == terms.customer ? customer_closed : traveler_closed; }
  /// When both sides agreed that it arrives.
  std::optional<Time> agreed_arrival() const { return delay ? delay->agreed_arrival : planned_arrival; }
  /// The plan is too far from what was agreed to bind the customer.
  bool is_plan_broken() const { return delay && delay->free_to_leave; }
  /// What is left of the price to share out.
  Money held() const { return standing ? standing->held : terms.price; }
  bool is_party(UserId user) const { return user == terms.customer || user == terms.traveler; }
  /// There is a delivery for its parties to see.
  bool is_created() const { return status != DeliveryStatus::accepting && status != DeliveryStatus::acceptance_failed; }
  bool is_open() const {
    return is_created() && status != DeliveryStatus::delivered && status != DeliveryStatus::cancelled &&
           status != DeliveryStatus::returned;
  }
  /// When it ended; of what ended under an earlier build, what is known. Means nothing while it is open.
  Time end() const { return ended_at.value_or(delivery_completed_at.value_or(created_at)); }
  bool is_carried() const { return status == DeliveryStatus::picked_up || status == DeliveryStatus::in_transit; }

  static constexpr std::string_view record_name = "DeliveryState";
  static constexpr auto fields() {
    // 12 was the messages in an earlier layout: never use it again.
    return std::array{field<&DeliveryState::terms>(1, "terms"),
                      field<&DeliveryState::status>(2, "status"),
                      field<&DeliveryState::escrow_id>(3, "escrowId"),
                      field<&DeliveryState::intent_id>(4, "intentId"),
                      field<&DeliveryState::number>(5, "number"),
                      field<&DeliveryState::saga>(6, "saga"),
                      field<&DeliveryState::steps>(7, "steps"),
                      field<&DeliveryState::failure_code>(8, "failureCode"),
                      field<&DeliveryState::codes>(9, "codes"),
                      field<&DeliveryState::geofences>(10, "geofences"),
                      field<&DeliveryState::scans>(11, "scans"),
                      field<&DeliveryState::timeline>(13, "timeline"),
                      field<&DeliveryState::proofs>(14, "proofs"),
                      field<&DeliveryState::failed_attempts>(15, "failedAttempts"),
                      field<&DeliveryState::at_pickup_since>(16, "atPickupSince"),
                      field<&DeliveryState::at_dropoff_since>(17, "atDropoffSince"),
                      field<&DeliveryState::dispute>(18, "dispute"),
                      field<&DeliveryState::settled>(19, "settled"),
                      field<&DeliveryState::funds_moved>(20, "fundsMoved"),
                      field<&DeliveryState::late>(21, "late"),
                      field<&DeliveryState::settlement>(22, "settlement"),
                      field<&DeliveryState::created_at>(23, "createdAt"),
                      field<&DeliveryState::pickup_completed_at>(24, "pickupCompletedAt"),
                      field<&DeliveryState::delivery_completed_at>(25, "deliveryCompletedAt"),
                      field<&DeliveryState::confirmed_at>(26, "confirmedAt"),
                      field<&DeliveryState::version>(27, "version"),
                      field<&DeliveryState::messages>(28, "messages"),
                      field<&DeliveryState::to_customer>(29, "toCustomer"),
                      field<&DeliveryState::to_traveler>(30, "toTraveler"),
                      field<&DeliveryState::pin_proposals>(31, "pinProposals"),
                      field<&DeliveryState::ended_at>(32, "endedAt"),
                      field<&DeliveryState::attempt_at_pin>(33, "attemptAtPin"),
                      field<&DeliveryState::funds_gone>(34, "fundsGone"),
                      field<&DeliveryState::pickup_stay>(35, "pickupStay"),
                      field<&DeliveryState::dropoff_stay>(36, "dropoffStay"),
                      field<&DeliveryState::attempted_at>(37, "attemptedAt"),
                      field<&DeliveryState::wait_told_at>(38, "waitToldAt"),
                      field<&DeliveryState::pickup_until>(39, "pickupUntil"),
                      field<&DeliveryState::standing>(40, "standing"),
                      field<&DeliveryState::planned_arrival>(41, "plannedArrival"),
                      field<&DeliveryState::mode>(42, "mode"),
                      field<&DeliveryState::not_taken_back_at>(43, "notTakenBackAt"),
                      field<&DeliveryState::said_at_pickup>(44, "saidAtPickup"),
                      field<&DeliveryState::said_at_dropoff>(45, "saidAtDropoff"),
                      field<&DeliveryState::taken_at>(46, "takenAt"),
                      field<&DeliveryState::handed_elsewhere>(47, "handedElsewhere"),
                      field<&DeliveryState::pickup_before>(48, "pickupBefore"),
                      field<&DeliveryState::dropoff_before>(49, "dropoffBefore"),
                      field<&DeliveryState::return_by_traveler>(50, "returnByTraveler"),
                      field<&DeliveryState::agreed_rest>(51, "agreedRest"),
                      field<&DeliveryState::arrival_told_at>(52, "arrivalToldAt"),
                      field<&DeliveryState::came_at>(53, "cameAt"),
                      field<&DeliveryState::handed_late>(54, "handedLate"),
                      field<&DeliveryState::by_customer>(55, "byCustomer"),
                      field<&DeliveryState::by_traveler>(56, "byTraveler"),
                      field<&DeliveryState::customer_closed>(57, "customerClosed"),
                      field<&DeliveryState::traveler_closed>(58, "travelerClosed"),
                      field<&DeliveryState::uncollected>(59, "uncollected"),
                      field<&DeliveryState::pickup_earned>(60, "pickupEarned"),
                      field<&DeliveryState::dropoff_earned>(61, "dropoffEarned"),
                      field<&DeliveryState::came_doubted>(62, "cameDoubted"),
                      field<&DeliveryState::refunded_by_judge>(63, "refundedByJudge"),
                      field<&DeliveryState::delay>(64, "delay"),
                      field<&DeliveryState::policy_version>(65, "policyVersion"),
                      field<&DeliveryState::shares>(66, "shares"),
                      field<&DeliveryState::next_leg>(67, "nextLeg"),
                      field<&DeliveryState::leg_open>(68, "legOpen"),
                      field<&DeliveryState::owed_percent>(69, "owedPercent"),
                      field<&DeliveryState::next_name>(70, "nextName"),
                      field<&DeliveryState::meets_at>(71, "meetsAt")};
  }
};

/// not_found is first; the order of the others means nothing. Clients see the labels, and reasons may share one.
enum class DeliveryRejection : std::uint8_t {
  not_found,
  forbidden,
  delivery_closed,     // delivered, cancelled or returned
  disputed,            // a dispute decides about the money first
  return_required,     // after pickup a parcel is not cancelled but returned
  invalid_state,       // not in this status
  not_waited_enough,   // a no-show or failed attempt needs its waiting time at the place
  attempts_exhausted,  // only a return is left
  code_not_active,     // used, revoked or locked
  limit_reached,
  step_up_required,
  incomplete,          // what a refusal of the parcel has to show
  goods_not_accepted,  // at the pickup, of goods that travel only as declared
};
constexpr auto enum_labels(DeliveryRejection) {
  return std::to_array<std::string_view>({"not_found", "forbidden", "delivery_closed", "disputed", "return_required",
                                          "invalid_state", "not_waited_enough", "attempts_exhausted", "code_not_active",
                                          "limit_reached", "step_up_required", "validation_failed",
                                          "goods_not_accepted"});
}

// All are defined in policy.cpp.
/// "DEL-000123", or nothing before the number is assigned.
std::string delivery_number(const DeliveryState& state);
/// Degrees as people read them: six digits are a tenth of a metre.
std::string degrees_text(double value);
/// "customer", "traveler", "service" or "platform".
std::string_view role_of(const DeliveryState& state, const Caller& caller);

}  // namespace caravan
