#include <algorithm>
#include <cmath>

#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/request/goods.hpp"

namespace caravan {

using namespace delivery;

namespace {

bool is_in_order(const DeliveryState& state, Handover type) {
  switch (type) {
    case Handover::pickup:
      return state.status == DeliveryStatus::accepted && state.may_be_fetched();
    case Handover::delivery:  // also on the way back: the receiver may have come to the door after all
      if (state.hands_on()) return false;
      return state.is_carried() || state.status == DeliveryStatus::returning;
    case Handover::giving_back:
      return state.status == DeliveryStatus::returning;
  }
  return false;
}

/// The code that the next handover expects. A forged or unknown code counts as a failed scan of this one, so that
/// whoever guesses locks it.
const QrCode* expected_code(const DeliveryState& state) {
  const QrCode* newest = nullptr;
  for (const QrCode& code : state.codes) {
    const bool is_instead = state.status == DeliveryStatus::returning && code.type == Handover::delivery;
    if (is_in_order(state, code.type) && !is_instead) newest = &code;
  }
  return newest;
}

constexpr std::string_view givers_code = "The code of a meeting is renewed by the traveler who shows it.";

/// The handover that the code is for still lies ahead.
bool is_ahead(const DeliveryState& state, Handover type) {
  const bool comes_first = type == Handover::pickup || !state.hands_on();
  return is_in_order(state, type) ||
         (type != Handover::giving_back && comes_first && state.status == DeliveryStatus::accepted);
}

/// Where the code may be scanned, as far as the fix can tell: its inaccuracy is forgiven up to a limit.
bool is_at_place(const QrCode& code, const std::optional<MeasuredPlace>& place) {
  if (!code.bound_to) return true;
  return place && delivery_policy::beyond(*code.bound_to, code.radius, *place) <= 0;
}

/// A code as somebody scanned it, however the platform came to know.
struct Scanned {
  const QrCode& code;
  bool is_genuine = false;  // it is what the text said
  bool is_in_order = false;
  std::optional<UserId> by;
  std::optional<MeasuredPlace> location;
  std::optional<Time> scanned_at;
  std::optional<UploadId> photo;
  std::optional<UploadId> signature;
  std::optional<std::string> elsewhere = {};
  std::optional<bool> accepts_goods = {};
  bool is_proven = true;  // by the code's text; else a service names its id
};

/// The first of the checks that fails, in the order of ScanOutcome.
ScanOutcome judge(const DeliveryState& state, const Context& context, const Scanned& scan) {
  if (!scan.is_genuine) return ScanOutcome::qr_invalid;
  if (scan.by != state.terms.traveler) return ScanOutcome::qr_wrong_scanner;
  if (scan.code.status == QrStatus::used) return ScanOutcome::qr_already_used;
  if (scan.code.status == QrStatus::revoked) return ScanOutcome::qr_revoked;
  if (scan.code.status == QrStatus::locked) return ScanOutcome::qr_locked;
  if (context.now >= scan.code.expires_at) return ScanOutcome::qr_expired;
  if (!scan.is_in_order) return ScanOutcome::qr_wrong_order;
  return is_at_place(scan.code, scan.location) ? ScanOutcome::accepted : ScanOutcome::qr_wrong_location;
}

std::string_view explain(ScanOutcome outcome) {
  switch (outcome) {
    case ScanOutcome::qr_invalid:
      return "This is not a code of the delivery.";
    case ScanOutcome::qr_wrong_scanner:
      return "Only the traveler of the delivery can scan this code.";
    case ScanOutcome::qr_already_used:
      return "This code was used before.";
    case ScanOutcome::qr_revoked:
      return "This code is void. Ask whoever shows it for the current one.";
    case ScanOutcome::qr_locked:
      return "Too many refused scans. The customer can make a new code, or at a meeting the traveler who shows it.";
    case ScanOutcome::qr_expired:
      return "This code has expired. The customer can make a new one, or at a meeting the traveler who shows it.";
    case ScanOutcome::qr_wrong_order:
      return "This code belongs to another step of the delivery.";
    case ScanOutcome::qr_wrong_location:
      break;  // explain_distance says more
    case ScanOutcome::accepted:
      break;
  }
  return "";
}

/// How far off a scan was, and what to do.
std::string explain_distance(const DeliveryState& state, const QrCode& code, double meters) {
  const bool at_pickup = code.type != Handover::delivery;
  const bool is_pinned = state.stop(at_pickup ? PinType::pickup : PinType::delivery).is_pinned();
  std::string text = "The scan is " + std::to_string(std::llround(meters)) + " m from " +
                     (at_pickup ? "the pickup" : "the delivery") +
                     (is_pinned ? "'s pin" : ", as far as its address tells where that is") + "; at most " +
                     std::to_string(std::llround(code.radius)) + " m is taken. ";
  text += is_pinned ? "Scan it there. If the parcel changes hands elsewhere, agree on another pin"
                    : "If the address was understood wrongly, agree on a pin";
  text += " with the other side: POST /deliveries/:deliveryId/pin.";
  if (at_pickup) return text;
  const auto hours = std::chrono::duration_cast<std::chrono::hours>(delivery_policy::fee_hold(state)).count();
  return text +
         " Where the receiver has it all the same, scan again with the reason in `elsewhere`: that delivers, and "
         "the money stays held for " +
         std::to_string(hours) + " hours, for the customer to object.";
}

Severity severity_of(ScanOutcome outcome) {
  if (outcome == ScanOutcome::qr_invalid || outcome == ScanOutcome::qr_wrong_scanner) return Severity::high;
  return outcome == ScanOutcome::qr_wrong_location || outcome == ScanOutcome::qr_locked ? Severity::medium
                                                                                        : Severity::low;
}

void record_refusal(Decision& decision, const DeliveryState& state, const Context& context, const QrCode& code,
                    const ScanResource& scan) {
  const bool is_no_guess = scan.outcome == ScanOutcome::qr_wrong_location;
  decision.emit(QrValidationFailed{id_of(context), code.qr_code_id, scan.scanned_by, scan.outcome,
                                   scan.location.value_or(MeasuredPlace{}), severity_of(scan.outcome), context.now,
                                   scan, is_no_guess});
  const bool is_last_try =
      !is_no_guess && code.status == QrStatus::active && code.failed_scans + 1 >= delivery_policy::max_failed_scans;
  if (is_last_try) decision.emit(QrLocked{id_of(context), code.qr_code_id, "qr_locked", scan.scanned_by, context.now});
  if (is_last_try || scan.outcome == ScanOutcome::qr_wrong_scanner)
    tell(decision, state, context, state.terms.customer, "qr_scan_failed",
         {{"reason", std::string(to_text(is_last_try ? ScanOutcome::qr_locked : scan.outcome))}});
}

QrCodeResource as_resource(const QrGenerated& code) {
  return {code.qr_code_id, code.delivery_id, code.type,   QrStatus::active, code.at, code.expires_at, {}, 0,
          code.replaces,   code.bound_to,    code.radius, code.secret};
}

/// Who is refused leaves no files here, but for a good code off its place: what came with it may prove where the parcel
/// is.
bool is_evidence(const DeliveryState& state, const ScanResource& scan) {
  return scan.outcome == ScanOutcome::qr_wrong_location && (scan.photo || scan.signature) &&
         std::ranges::count(state.proofs, refused_scan_step, &ProofItem::step) < delivery_policy::max_refused_proofs;
}

/// The parcel changes hands; the status that it then has.
DeliveryStatus hand_over(Decision& decision, const DeliveryState& state, const Context& context, Handover type,
                         const HandedOver& handed, const std::optional<HandedElsewhere>& elsewhere, bool is_proven) {
  switch (type) {
    case Handover::pickup:
      pick_up(decision, state, context, handed);
      return DeliveryStatus::picked_up;
    case Handover::delivery:
      hand_out(decision, state, context, handed, elsewhere);
      return DeliveryStatus::delivered;
    case Handover::giving_back:
      hand_back(decision, state, context, handed, is_proven);
      return DeliveryStatus::returned;
  }
  return state.status;
}

/// A new code in place of one that nobody scans any more, for the same place.
QrGenerated replace(Decision& decision, const DeliveryState& state, const Context& context, const QrCode& code,
                    std::string_view reason) {
  revoke_codes(decision, state, context, reason, code.type);
  QrGenerated fresh = new_code(state, context, code.type, code.qr_code_id);
  fresh.bound_to = code.bound_to;
  fresh.radius = code.radius;
  decision.emit(fresh);
  return fresh;
}

/// Goods that travel only as declared are looked at where they are taken: why this scan takes them not yet. The code
/// stays good.
std::optional<Decision> goods_unseen(const DeliveryState& state, const Scanned& scanned) {
  if (scanned.code.type != Handover::pickup || scanned.accepts_goods.value_or(false)) return std::nullopt;
  const TransportMode mode = state.mode.value_or(TransportMode::car);
  for (const GoodsRule* rule : goods_of(state.terms.title, state.terms.item))
    if (rule->by(mode) != Carried::freely)
      return reject(DeliveryRejection::goods_not_accepted,
                    "The goods travel only as declared (" + std::string(rule->goods) +
                        "): look at them, and scan with acceptsGoods, or refuse the parcel.",
                    "acceptsGoods");
  return std::nullopt;
}

/// Books the scan, whatever comes of it; a good one uses the code up and hands the parcel over.
Decision take_scan(const DeliveryState& state, const Context& context, const Scanned& scanned) {
  const QrCode& code = scanned.code;
  Decision decision;
  ScanResource scan{context.new_uuid(),
                    code.qr_code_id,
                    code.type,
                    judge(state, context, scanned),
                    scanned.by.value_or(UserId{}),
                    context.now,
                    scanned.scanned_at,
                    scanned.location,
                    {},
                    scanned.photo,
                    scanned.signature,
                    context.caller.service,
                    who_handed_over(state, context.caller) == "service"};
  if (code.bound_to && scan.location) scan.distance_meters = distance_meters(*code.bound_to, scan.location->at());
  const bool is_elsewhere = scan.outcome == ScanOutcome::qr_wrong_location && code.type == Handover::delivery &&
                            scanned.elsewhere && scanned.location;
  if (is_elsewhere) scan.outcome = ScanOutcome::accepted;
  ScanResult result{false, code.qr_code_id, code.type, id_of(context), state.status, {}, {}};
  if (scan.outcome != ScanOutcome::accepted) {
    result.keeps_files = is_evidence(state, scan);
    if (result.keeps_files) {
      keep_files(decision, state, scan.photo, scan.signature);
    } else {
      scan.photo.reset();
      scan.signature.reset();
    }
    record_refusal(decision, state, context, code, scan);
    result.code = scan.outcome;
    result.detail = scan.outcome == ScanOutcome::qr_wrong_location
                        ? explain_distance(state, code, scan.distance_meters.value_or(0))
                        : std::string(explain(scan.outcome));
    return decision.answer(std::move(result));
  }
  if (auto refusal = goods_unseen(state, scanned)) return *refusal;
  const HandedOver handed{who_handed_over(state, context.caller),
                          context.now,
                          scanned.location,
                          code.qr_code_id,
                          scanned.photo,
                          scanned.signature,
                          scanned.scanned_at};
  std::optional<HandedElsewhere> elsewhere;
  if (is_elsewhere)
    elsewhere = delivery_policy::handed_elsewhere(state, *scanned.elsewhere, scanned.location->at(), context.now);
  else if (code.type == Handover::delivery && !scanned.is_proven)
    elsewhere = delivery_policy::handed_without_text(
        state, scanned.location ? scanned.location->at() : state.terms.dropoff.at(), context.now);
  decision.emit(QrValidated{id_of(context), scan});
  DeliveryState after = state;  // marked as used before what follows, which makes all unused codes void
  std::ranges::find(after.codes, code.qr_code_id, &QrCode::qr_code_id)->status = QrStatus::used;
  result.valid = true;
  result.delivery_status = hand_over(decision, after, context, code.type, handed, elsewhere, scanned.is_proven);
  return decision.answer(std::move(result));
}

/// The handover that leads to this status; nothing where none does.
std::optional<Handover> handover_to(DeliveryStatus status) {
  if (status == DeliveryStatus::picked_up) return Handover::pickup;
  if (status == DeliveryStatus::delivered) return Handover::delivery;
  if (status == DeliveryStatus::returned) return Handover::giving_back;
  return std::nullopt;
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const ScanCode& command) {
  const QrCode* code = find_code(state, command.qr_code_id);
  if (!code) code = expected_code(state);
  if (!code) return reject(DeliveryRejection::not_found);
  if (context.caller.kind != Caller::Kind::user) return reject(DeliveryRejection::forbidden);
  return take_scan(state, context,
                   {*code, context.crypto.equal(code->secret.value, command.secret.value),
                    is_in_order(state, code->type), context.caller.user, command.location, command.scanned_at,
                    command.photo, command.signature, command.elsewhere, command.accepts_goods});
}

Decision decide(const DeliveryState& state, const Context& context, const ChangeStatus& command) {
  if (!context.caller.is_service()) return reject(DeliveryRejection::forbidden);
  if (!state.is_created()) return reject(DeliveryRejection::not_found);
  if (const auto handover = handover_to(command.status)) {
    const QrCode* named = command.qr_code_id ? find_code(state, *command.qr_code_id) : nullptr;
    const QrCode* code = named ? named : expected_code(state);
    if (!code) return reject(DeliveryRejection::delivery_closed);
    const bool in_order = code->type == *handover && is_in_order(state, code->type);
    const bool is_text = command.secret && context.crypto.equal(code->secret.value, command.secret->value);
    Scanned scan{*code,
                 named && (is_text || !command.secret),
                 in_order,
                 command.scanned_by,
                 command.location,
                 command.scanned_at,
                 command.photo,
                 command.signature};
    scan.is_proven = is_text;
    scan.accepts_goods = command.accepts_goods;
    return take_scan(state, context, scan);
  }
  if (state.status == command.status) return {};
  if (!state.is_open()) return reject(DeliveryRejection::delivery_closed);
  Decision decision;
  if (command.status == DeliveryStatus::in_transit && state.status == DeliveryStatus::picked_up)
    depart(decision, state, context, context.now);
  else if (command.status == DeliveryStatus::returning && state.is_carried())
    send_back(decision, state, context, "service", {.location = command.location, .photo = command.photo});
  else
    return reject(DeliveryRejection::invalid_state);
  return decision;
}

/// The code of a meeting is its giver's to renew, and nobody else's: they stand there with it.
Decision decide(const DeliveryState& state, const Context& context, const RotateCode& command) {
  const QrCode* code = find_code(state, command.qr_code_id);
  const bool by_giver = code && is_giver(state, context.caller, code->type);
  if (auto why = not_customer(state, context.caller); why && !by_giver) return reject(*why);
  if (!code) return reject(DeliveryRejection::not_found);
  if (!by_giver && is_of_meeting(state, code->type))
    return reject(DeliveryRejection::forbidden, std::string(givers_code));
  if (!state.is_open()) return reject(DeliveryRejection::delivery_closed);
  if (!is_ahead(state, code->type)) return reject(DeliveryRejection::invalid_state);
  const bool has_successor =
      std::ranges::any_of(state.codes, [&](const QrCode& other) { return other.replaces == code->qr_code_id; });
  if (code->status == QrStatus::used || has_successor) return reject(DeliveryRejection::code_not_active);
  Decision decision;
  decision.answer(as_resource(replace(decision, state, context, *code, "rotated")));
  // A meeting's code is its giver's alone, who has just made it anew.
  if (!is_of_meeting(state, code->type)) tell(decision, state, context, state.terms.customer, "qr_rotated");
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const RenewCodes& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  Decision decision;
  if (!state.is_created()) return decision;
  if (command.links_only || !state.is_open() || state.terms.customer != command.whose) {
    end_shares_of(decision, state, context, command.whose);
    return decision;
  }
  // A meeting's code was never theirs to see: its giver stands there with it.
  for (const QrCode& code : state.codes)
    if (is_ahead(state, code.type) && !is_of_meeting(state, code.type) &&
        (code.status == QrStatus::active || code.status == QrStatus::locked))
      replace(decision, state, context, code, "credentials_reset");
  const bool are_renewed = !decision.events.empty();
  // Whoever was in the account may have moved the parcel too. What they proposed goes; what both sides agreed on
  // stands, for the traveler may be there, and is told.
  std::map<std::string, std::string> facts;
  if (are_renewed) facts.emplace("renewed", "yes");
  for (const PinType type : {PinType::pickup, PinType::delivery}) {
    const PinProposal* open = delivery_policy::open_proposal(state, type, context.now);
    if (open && open->by == command.whose) {
      decision.emit(DeliveryPinWithdrawn{type, command.whose, context.now});
      tell(decision, state, context, state.terms.traveler, "pin_withdrawn",
           {{"type", type == PinType::pickup ? "pickup" : "delivery"}});
    }
    const bool lies_ahead = type == PinType::delivery || !state.is_carried();
    if (lies_ahead && state.before(type))
      facts.emplace(type == PinType::pickup ? "movedPickup" : "movedDelivery", place_text(state, type));
  }
  const bool has_links = end_shares_of(decision, state, context, command.whose);
  if (has_links && !facts.empty()) facts.emplace("endedLinks", "yes");
  // The receiver holds a code that is void, and the traveler may be on the way.
  if (!facts.empty()) tell(decision, state, context, state.terms.customer, "codes_renewed", std::move(facts));
  if (are_renewed) tell(decision, state, context, state.terms.traveler, "qr_rotated");
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const RevokeCode& command) {
  if (auto why = not_customer(state, context.caller)) return reject(*why);
  const QrCode* code = find_code(state, command.qr_code_id);
  if (!code) return reject(DeliveryRejection::not_found);
  if (code->status == QrStatus::used) return reject(DeliveryRejection::code_not_active);
  if (is_of_meeting(state, code->type)) return reject(DeliveryRejection::forbidden, std::string(givers_code));
  if (code->status == QrStatus::revoked) return {};
  const bool has_other = std::ranges::any_of(state.codes, [&](const QrCode& other) {
    return &other != code && other.type == code->type && other.status == QrStatus::active;
  });
  Decision decision;
  if (!state.is_open() || !is_ahead(state, code->type) || has_other)
    return decision.emit(QrRevoked{id_of(context), code->qr_code_id, "revoked", context.now});
  replace(decision, state, context, *code, "revoked");
  tell(decision, state, context, state.terms.customer, "qr_rotated");
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const IssueCode& command) {
  if (!context.caller.is_service()) return reject(DeliveryRejection::forbidden);
  if (!state.is_created()) return reject(DeliveryRejection::not_found);
  if (!state.is_open()) return reject(DeliveryRejection::delivery_closed);
  if (is_of_meeting(state, command.type)) return reject(DeliveryRejection::forbidden, std::string(givers_code));
  if (!is_ahead(state, command.type)) return reject(DeliveryRejection::invalid_state);
  Decision decision;
  revoke_codes(decision, state, context, "reissued", command.type);
  QrGenerated fresh = new_code(state, context, command.type);
  if (command.location_binding) {
    fresh.bound_to.reset();
    if (command.location_binding->enabled) fresh.bound_to = command.location_binding->coordinates;
    fresh.radius = command.location_binding->radius;
  }
  if (command.expiration_hours) fresh.expires_at = context.now + std::chrono::hours{*command.expiration_hours};
  QrCodeResource made = as_resource(fresh);
  // Where it is bound to without their saying is the stop's exact place.
  if (!command.location_binding && !sees_private(state, context.caller)) {
    made.location.reset();
    made.radius.reset();
  }
  decision.answer(std::move(made));
  decision.emit(std::move(fresh));
  tell(decision, state, context, state.terms.customer, "qr_rotated");  // the receiver may hold the one that is void
  return decision;
}

}  // namespace caravan
