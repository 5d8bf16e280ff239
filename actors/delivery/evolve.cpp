#include <algorithm>
#include <cmath>

#include "actors/dispute/commands.hpp"

#include "actors/delivery/entity.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/delivery/timeline.hpp"

namespace caravan {

using timeline::Facts;
using timeline::tell;

namespace {

std::string label(Handover type) { return std::string(enum_labels(Handover{})[static_cast<std::size_t>(type)]); }

std::string whole(double value) { return std::to_string(std::llround(value)); }

void add_place(Facts& facts, const std::optional<MeasuredPlace>& place) {
  if (!place) return;
  facts["lat"] = degrees_text(place->lat);
  facts["lng"] = degrees_text(place->lng);
}

void add_proofs(DeliveryState& state, std::string_view step, Time at, const std::string& by,
                const std::optional<MeasuredPlace>& location, const std::optional<QrCodeId>& code,
                const std::optional<UploadId>& photo, const std::optional<UploadId>& signature) {
  if (code) state.proofs.push_back({"scan", std::string(step), at, by, {}, location, code});
  if (photo) state.proofs.push_back({"photo", std::string(step), at, by, photo, location, code});
  if (signature) state.proofs.push_back({"signature", std::string(step), at, by, signature, location, code});
}

/// How a delivery was paid for that ended otherwise than delivered.
Facts shares(const Settlement& settlement, Facts facts) {
  facts["refund"] = money_text(settlement.refund);
  facts["compensation"] = money_text(settlement.compensation);
  if (settlement.held_until) facts["heldUntil"] = to_rfc3339(*settlement.held_until);
  if (settlement.needs_decision) facts["needsDecision"] = "true";
  if (settlement.refund_waits) facts["refundWaits"] = "true";
  return facts;
}

/// A handover in the timeline, and what proves it.
void tell_handed(DeliveryState& state, std::string type, std::string_view step, const HandedOver& handed,
                 Facts facts = {}) {
  add_place(facts, handed.location);
  if (handed.scanned_at) facts["scannedAt"] = to_rfc3339(*handed.scanned_at);
  tell(state, std::move(type), handed.at, handed.by, std::move(facts));
  add_proofs(state, step, handed.at, handed.by, handed.location, handed.qr_code_id, handed.photo, handed.signature);
}

QrCode* code_of(DeliveryState& state, QrCodeId id) {
  auto found = std::ranges::find(state.codes, id, &QrCode::qr_code_id);
  return found == state.codes.end() ? nullptr : &*found;
}

/// Void codes never keep a new one from being made. Those that nobody has tried to scan prove nothing: they go first.
void make_room_for_code(DeliveryState& state) {
  const auto is_void = [](const QrCode& code) { return code.status == QrStatus::revoked; };
  const auto is_unseen = [&](const QrCode& code) {
    return is_void(code) &&
           std::ranges::find(state.scans, code.qr_code_id, &ScanResource::qr_code_id) == state.scans.end();
  };
  if (std::ranges::count_if(state.codes, is_unseen) > delivery_policy::max_unseen_codes)
    state.codes.erase(std::ranges::find_if(state.codes, is_unseen));
  if (state.codes.size() < delivery_policy::max_codes) return;
  if (const auto oldest = std::ranges::find_if(state.codes, is_void); oldest != state.codes.end())
    state.codes.erase(oldest);
}

/// A good scan stays for ever. Of the refused ones the oldest go, strangers' first.
void keep_scan(DeliveryState& state, const ScanResource& scan) {
  const auto is_refused = [](const ScanResource& other) { return other.outcome != ScanOutcome::accepted; };
  if (is_refused(scan) && std::ranges::count_if(state.scans, is_refused) >= delivery_policy::max_refused_scans) {
    auto leaves = std::ranges::find_if(
        state.scans, [&](const ScanResource& other) { return is_refused(other) && !state.is_party(other.scanned_by); });
    if (leaves == state.scans.end()) leaves = std::ranges::find_if(state.scans, is_refused);
    state.scans.erase(leaves);
  }
  state.scans.push_back(scan);
}

std::string who(const DeliveryState& state, UserId user) {
  if (user == state.terms.customer) return "customer";
  return user == state.terms.traveler ? "traveler" : "stranger";
}

}  // namespace

void evolve(DeliveryState& state, const AcceptanceStarted& event) {
  state = {};
  state.version = 1;
  state.terms = event.terms;
  state.escrow_id = event.escrow_id;
  state.intent_id = event.intent_id;
  state.created_at = event.at;
  state.policy_version = event.policy_version;
}

void evolve(DeliveryState& state, const SagaStepChanged& event) {
  ++state.version;
  auto found = std::ranges::find(state.steps, event.step, &SagaStep::name);
  if (found == state.steps.end()) {
    state.steps.push_back({event.step, event.state, event.at, {}, {}});
    return;
  }
  found->state = event.state;
  found->ended_at = event.at;
  if (event.error) found->error = event.error;
}

void evolve(DeliveryState& state, const DeliveryNumbered& event) {
  ++state.version;
  state.number = event.number;
}

void evolve(DeliveryState& state, const DeliveryCreated& event) {
  ++state.version;
  state.status = DeliveryStatus::accepted;
  state.saga = SagaState::completed;
  state.created_at = event.at;
  tell(state, "accepted", event.at, state.terms.by_traveler ? "traveler" : "customer",
       {{"deliveryNumber", event.delivery_number}, {"price", money_text(event.amount)}}, state.terms.service);
}

void evolve(DeliveryState& state, const AcceptanceFailedEvent& event) {
  ++state.version;
  state.status = DeliveryStatus::acceptance_failed;
  state.saga = SagaState::compensated;
  state.failure_code = event.code;
}

void evolve(DeliveryState& state, const QrGenerated& event) {
  ++state.version;
  make_room_for_code(state);
  state.codes.push_back({event.qr_code_id,
                         event.type,
                         event.secret,
                         QrStatus::active,
                         event.at,
                         event.expires_at,
                         {},
                         0,
                         event.replaces,
                         event.bound_to,
                         event.radius});
  if (event.replaces) tell(state, "qr_rotated", event.at, "customer", {{"type", label(event.type)}});
}

void evolve(DeliveryState& state, const QrValidated& event) {
  ++state.version;
  keep_scan(state, event.scan);
  if (QrCode* code = code_of(state, event.scan.qr_code_id)) {
    code->status = QrStatus::used;
    code->used_at = event.scan.at;
  }
}

void evolve(DeliveryState& state, const QrValidationFailed& event) {
  ++state.version;
  keep_scan(state, event.scan);
  if (QrCode* code = code_of(state, event.qr_code_id); code && !event.is_no_guess) ++code->failed_scans;
  Facts facts{{"type", label(event.scan.type)}, {"reason", std::string(to_text(event.failure_reason))}};
  add_place(facts, event.location);
  const std::string by = event.scan.by_service ? "service" : who(state, event.scanned_by);
  tell(state, "scan_refused", event.at, by, std::move(facts));
  add_proofs(state, refused_scan_step, event.at, by, event.scan.location, {}, event.scan.photo, event.scan.signature);
}

void evolve(DeliveryState& state, const QrLocked& event) {
  ++state.version;
  if (QrCode* code = code_of(state, event.qr_code_id)) {
    code->status = QrStatus::locked;
    tell(state, "qr_locked", event.at, "platform", {{"type", label(code->type)}});
  }
}

void evolve(DeliveryState& state, const QrRevoked& event) {
  ++state.version;
  if (QrCode* code = code_of(state, event.qr_code_id)) code->status = QrStatus::revoked;
}

void evolve(DeliveryState& state, const DeliveryStatusChanged& event) {
  ++state.version;
  state.status = event.new_status;
  if (event.ends) state.ended_at = event.at;
}

void evolve(DeliveryState& state, const DeliveryPickedUp& event) {
  ++state.version;
  for (QrCode& code : state.codes)
    if (event.codes_until && code.type == Handover::delivery && code.status == QrStatus::active)
      code.expires_at = *event.codes_until;
  state.pickup_completed_at = event.handed.at;
  state.pickup_stay.reset();
  state.dropoff_stay.reset();
  state.pickup_earned.reset();
  state.dropoff_earned.reset();
  state.wait_told_at.reset();
  state.taken_at = event.taken_at;
  tell_handed(state, "picked_up", "pickup", event.handed);
}

void evolve(DeliveryState& state, const DeliveryInTransit& event) {
  ++state.version;
  tell(state, "in_transit", event.at, event.by);
}

void evolve(DeliveryState& state, const DeliveryCompleted& event) {
  ++state.version;
  state.delivery_completed_at = event.handed.at;
  state.handed_elsewhere = event.elsewhere;
  Facts facts;
  if (event.elsewhere) {
    if (!event.elsewhere->handed_on) {
      facts[event.elsewhere->without_text ? "withoutText" : "elsewhere"] = event.elsewhere->reason;
      facts["distanceMeters"] = whole(event.elsewhere->distance_meters);
    }
    if (event.elsewhere->held_until && !event.elsewhere->until_arrival)
      facts["heldUntil"] = to_rfc3339(*event.elsewhere->held_until);
    if (event.elsewhere->needs_decision) facts["needsDecision"] = "true";
  }
  state.handed_late = event.late;
  if (event.late) {
    facts["lateSeconds"] = std::to_string(event.late->late_seconds);
    facts["heldUntil"] = to_rfc3339(event.late->held_until);
  }
  tell_handed(state, "delivered", "delivery", event.handed, std::move(facts));
}

void evolve(DeliveryState& state, const DeliveryCancelled& event) {
  ++state.version;
  state.settlement = event.settlement;
  Facts facts = shares(event.settlement, {{"reason", event.settlement.reason}});
  if (event.declared) facts["declared"] = *event.declared;
  if (event.note) facts["note"] = *event.note;
  add_place(facts, event.location);
  tell(state, "cancelled", event.at, event.settlement.by, std::move(facts), event.service);
  add_proofs(state, "refused_parcel", event.at, "traveler", event.location, {}, event.photo, {});
}

void evolve(DeliveryState& state, const ReturnStarted& event) {
  ++state.version;
  Facts facts{{"reason", event.reason}};
  add_place(facts, event.location);
  if (event.forfeits_fee) state.attempt_at_pin.reset();
  state.return_by_traveler = event.by_traveler;
  state.owed_percent = event.owed_percent;
  tell(state, "returning", event.at, event.by, std::move(facts), event.service);
  add_proofs(state, "return", event.at, event.by, event.location, {}, event.photo, {});
}

void evolve(DeliveryState& state, const DeliveryReturned& event) {
  ++state.version;
  state.settlement = event.settlement;
  tell_handed(state, "returned", "return", event.handed, shares(event.settlement, {}));
}

void evolve(DeliveryState& state, const AttemptFailed& event) {
  ++state.version;
  state.failed_attempts = event.attempt;
  if (event.at_pin) state.attempted_at = event.at;  // of an earlier build: a wait served several attempts
  if (event.at_pin) state.attempt_at_pin = *event.at_pin || state.attempt_at_pin.value_or(false);
  Facts facts{{"reason", event.reason},
              {"attempt", std::to_string(event.attempt)},
              {"waitedSeconds", std::to_string(event.waited_seconds)},
              {"nextStep", event.next_step == NextStep::retry ? "retry" : "return"}};
  if (event.measured_wait_seconds > 0) facts["measuredWaitSeconds"] = std::to_string(event.measured_wait_seconds);
  if (event.note) facts["note"] = *event.note;
  add_place(facts, event.location);
  tell(state, "attempt_failed", event.at, "traveler", std::move(facts), event.service);
  add_proofs(state, "failed_attempt", event.at, "traveler", event.location, {}, event.photo, {});
}

void evolve(DeliveryState& state, const DeliveryLate& event) {
  ++state.version;
  state.late = true;
  tell(state, "late", event.at, "platform", {{"deliverBy", to_rfc3339(event.deliver_by)}});
}

void evolve(DeliveryState& state, const ReceiptConfirmed& event) {
  ++state.version;
  state.confirmed_at = event.at;
  tell(state, "confirmed", event.at, "customer", {}, event.service);
}

void evolve(DeliveryState& state, const PlaceReached& event) {
  ++state.version;
  const GeofenceHit& hit = event.hit;
  auto& since = hit.geofence_type == Handover::delivery ? state.at_dropoff_since : state.at_pickup_since;
  const bool has_come = hit.event_type == GeofenceEventType::entry;
  if (has_come && !event.received_at) since = hit.at;  // as earlier builds did
  if (has_come && event.received_at && !since) since = event.received_at;
  if (hit.event_type == GeofenceEventType::exit) since.reset();
  if (event.told) state.arrival_told_at = event.received_at;
  const auto name = enum_labels(GeofenceEventType{})[static_cast<std::size_t>(hit.event_type)];
  Facts facts{{"geofenceType", label(hit.geofence_type)}};
  add_place(facts, MeasuredPlace{hit.location.lat, hit.location.lng, {}});
  tell(state, std::string(name), hit.at, event.by_service ? "service" : "traveler", std::move(facts));
  if (!event.told_late) return;
  state.timeline.back().received_at = event.received_at;
  state.timeline.back().told_late = *event.told_late;
}

/// Not counted in the version: nothing of it is shown.
void evolve(DeliveryState& state, const WaitMeasured& event) {
  const bool at_receiver = event.geofence_type == Handover::delivery;
  auto& stay = at_receiver ? state.dropoff_stay : state.pickup_stay;
  if (event.keeps_earned) (at_receiver ? state.dropoff_earned : state.pickup_earned) = stay;
  stay.reset();
  if (event.since) stay = Stay{*event.since, event.until.value_or(*event.since), event.plausible_from};
  if (event.told) state.wait_told_at = event.at;
  if (event.came_at) state.came_at = event.came_at;
}

void evolve(DeliveryState& state, const DeliveryDisputed& event) {
  ++state.version;
  state.dispute = event.dispute_id;
  tell(state, "dispute_opened", event.at, "platform", {{"disputeId", event.dispute_id.text()}});
}

void evolve(DeliveryState& state, const DeliveryDisputeSettled& event) {
  ++state.version;
  state.dispute.reset();
  if (!goes_on(event.resolution) && !event.rest_waits) state.settled = true;
  if (!goes_on(event.resolution)) state.refunded_by_judge = event.refunded_all;
  if (event.held_until) {
    if (state.handed_late) state.handed_late->held_until = *event.held_until;
    if (state.handed_elsewhere && state.handed_elsewhere->held_until)
      state.handed_elsewhere->held_until = event.held_until;
    if (state.settlement && state.settlement->held_until) state.settlement->held_until = event.held_until;
  }
  tell(state, "dispute_settled", event.at, "platform", {{"resolution", event.resolution}});
}

void evolve(DeliveryState& state, const DeliveryFundsMoved& event) {
  ++state.version;
  state.funds_moved = true;
  if (event.standing) state.standing = event.standing;
  state.funds_gone |= event.left && event.left->amount == 0;
  if (event.refunded)
    tell(state, "funds_returned", event.at, "platform", {{"refund", money_text(*event.refunded)}});
  else
    tell(state, "funds_released", event.at, "platform");
}

void evolve(DeliveryState& state, const DeliveryUncollected& event) {
  ++state.version;
  state.uncollected = true;
  tell(state, "payment_uncollected", event.at, "platform", {{"reason", event.reason}});
}

void evolve(DeliveryState& state, const DeliveryRestAgreed& event) {
  ++state.version;
  state.agreed_rest = event.rest;
  if (event.rest.by_judge) return;  // the end of the dispute stands in the timeline
  tell(state, "split_agreed", event.at, "platform", {{"compensation", money_text(event.rest.to_traveler)}});
}

void evolve(DeliveryState& state, const SettlementCorrected& event) {
  ++state.version;
  state.settlement = event.settlement;
  tell(state, "settlement_corrected", event.at, "platform", shares(event.settlement, {}));
}

void evolve(DeliveryState& state, const DeliveryPinProposed& event) {
  ++state.version;
  std::erase_if(state.pin_proposals, [&](const PinProposal& known) { return known.type == event.proposal.type; });
  state.pin_proposals.push_back(event.proposal);
}

void evolve(DeliveryState& state, const DeliveryPinWithdrawn& event) {
  ++state.version;
  std::erase_if(state.pin_proposals, [&](const PinProposal& known) { return known.type == event.type; });
}

/// A wait is measured at one place. Where that moves, the tracker says whether it goes on there; until then it does not
/// pay by itself.
void evolve(DeliveryState& state, const DeliveryPinAgreed& event) {
  ++state.version;
  std::erase_if(state.pin_proposals, [&](const PinProposal& known) { return known.type == event.type; });
  const bool is_pickup = event.type == PinType::pickup;
  Stop& stop = is_pickup ? state.terms.pickup : state.terms.dropoff;
  auto& before = is_pickup ? state.pickup_before : state.dropoff_before;
  if (!before) before = {stop.at().lat, stop.at().lng, static_cast<double>(stop.uncertainty_meters.value_or(0))};
  stop.lat = event.location.lat;
  stop.lng = event.location.lng;
  stop.uncertainty_meters = 0;
  stop.off_address_meters.reset();
  (is_pickup ? state.at_pickup_since : state.at_dropoff_since).reset();
  auto& stay = is_pickup ? state.pickup_stay : state.dropoff_stay;
  if (stay) stay->plausible_from = event.at;
  if (!event.keeps_stay) stay.reset();
  (is_pickup ? state.pickup_earned : state.dropoff_earned).reset();
  for (QrCode& code : state.codes)
    if ((code.type != Handover::delivery) == is_pickup && code.bound_to) {
      code.bound_to = event.location;
      code.radius = delivery_policy::place_radius(stop);
    }
  Facts facts{{"type", is_pickup ? "pickup" : "delivery"}};
  add_place(facts, MeasuredPlace{event.location.lat, event.location.lng, {}});
  tell(state, "pin_agreed", event.at, who(state, event.agreed_by), std::move(facts), event.service);
}

void evolve(DeliveryState& state, const PresenceSaid& event) {
  ++state.version;
  (event.geofence_type == Handover::delivery ? state.said_at_dropoff : state.said_at_pickup) = event.at;
  tell(state, "presence_said", event.at, "customer", {{"geofenceType", label(event.geofence_type)}}, event.service);
}

void evolve(DeliveryState& state, const NotTakenBack& event) {
  ++state.version;
  state.not_taken_back_at = event.at;
  Facts facts{{"reason", event.reason}, {"measuredWaitSeconds", std::to_string(event.measured_wait_seconds)}};
  if (event.note) facts["note"] = *event.note;
  add_place(facts, event.location);
  tell(state, "not_taken_back", event.at, "traveler", std::move(facts), event.service);
  add_proofs(state, "return", event.at, "traveler", event.location, {}, event.photo, {});
}

void evolve(DeliveryState& state, const WaitDoubted& event) {
  ++state.version;
  if (event.takes_came) {
    state.came_at.reset();
    state.came_doubted = true;
  }
  if (state.settlement && state.settlement->held_until) {
    state.settlement->held_until.reset();
    state.settlement->needs_decision = true;
  } else if (state.attempt_at_pin) {
    state.attempt_at_pin = false;
  }
  tell(state, "wait_doubted", event.at, "platform",
       {{"distanceMeters", std::to_string(static_cast<std::int64_t>(event.distance_meters))}});
}

void evolve(DeliveryState& state, const DecisionAsked& event) {
  ++state.version;
  tell(state, "decision_asked", event.at, "platform", {{"reason", event.reason}});
}

void evolve(DeliveryState& state, const DeliveryGeofencesSet& event) {
  ++state.version;
  state.geofences = event.geofences;
}

}  // namespace caravan
