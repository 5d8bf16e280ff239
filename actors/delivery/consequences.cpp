#include "actors/delivery/consequences.hpp"

#include <algorithm>
#include <cmath>

#include "actors/delivery/policy.hpp"
#include "actors/delivery/reminders.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/files/commands.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/tracker/commands.hpp"
#include "actors/trip/commands.hpp"
#include "actors/user/commands.hpp"

namespace caravan::delivery {

namespace {

bool is_worth_little(const DeliveryState& state, std::int64_t amount) {
  const Money paid{amount, state.terms.price.currency};
  return dollars_worth(paid).value_or(0) <
         static_cast<double>(delivery_policy::policy_of(state).reviews.counted_dollars);
}

/// It cost next to nothing. Whoever has twenty accounts carries between them what they like.
bool is_cheap(const DeliveryState& state) { return is_worth_little(state, state.terms.price.amount); }

/// Its good end makes nobody known: it was cheap, or over sooner than anybody travels so far.
bool is_slight(const DeliveryState& state, const Context& context) {
  constexpr double far_meters = 20'000;
  constexpr std::chrono::minutes least_way{10};
  const bool is_far = distance_meters(state.terms.pickup.at(), state.terms.dropoff.at()) > far_meters;
  return is_cheap(state) || (is_far && context.now - state.pickup_completed_at.value_or(context.now) < least_way);
}

/// Ends the delivery: both users hear of it for their statistics, and the tracker follows the traveler no longer.
/// `settlement`: absent where it was a success.
void end(Decision& decision, const DeliveryState& state, const Context& context, const Settlement* settlement) {
  const auto& terms = state.terms;
  const auto by_other = [&](Fault side) { return settlement && delivery_policy::ended_by_other(*settlement, side); };
  const bool successful = settlement == nullptr, slight = successful && is_slight(state, context),
             cheap = successful && is_cheap(state);
  decision.send(user_address(terms.customer),
                RecordDelivery{id_of(context), terms.traveler, DeliveryRole::customer, successful, context.now,
                               by_other(Fault::customer), slight, state.policy_version, cheap});
  // What the customer does not pay is no success of theirs, and reviewed all the same.
  if (successful && state.uncollected)
    decision.send(user_address(terms.customer), RecordFailure{id_of(context), context.now});
  decision.send(user_address(terms.traveler),
                RecordDelivery{id_of(context), terms.customer, DeliveryRole::traveler, successful, context.now,
                               by_other(Fault::traveler), slight, state.policy_version, cheap});
  if (successful) tell_unpaid(decision, state, context);
  if (!successful && state.pickup_completed_at) tell_leg_before(decision, state, false);
  decision.send(tracker_of(context), EndTracking{});
  decision.clear_timer(std::string(late_timer));
  decision.clear_timer(std::string(overdue_timer));
  for (const std::string_view reminder : {pickup_day_timer, pickup_soon_timer})
    decision.clear_timer(std::string(reminder));
}

/// While a dispute is open, or once one or anybody else shared the money out, the delivery moves none of it.
bool moves_money(const DeliveryState& state) { return !state.dispute && !state.settled && !state.funds_gone; }

/// What both sides are told of it.
std::map<std::string, std::string> told_of(const DeliveryState& state, const Settlement& settlement) {
  const char* refund = settlement.refund_waits ? "heldRefund" : "refund";
  std::map<std::string, std::string> facts{{"reason", settlement.reason}, {refund, money_text(settlement.refund)}};
  const bool has_fee = settlement.compensation.amount > 0;
  const bool is_disputed = state.dispute && !state.funds_gone && (has_fee || settlement.refund_waits);
  if (!settlement.waits() && !is_disputed) return facts;
  if (has_fee) facts["fee"] = money_text(settlement.compensation);
  if (is_disputed)
    facts["disputed"] = "yes";
  else if (settlement.held_until)
    facts["heldUntil"] = to_rfc3339(*settlement.held_until);
  return facts;
}

/// Whether the parcel still has to travel: whoever was to carry it has left, and nobody says that its customer did not
/// come, or showed another parcel.
bool leaves_parcel(const DeliveryState& state, const Context& context, const Settlement& settlement) {
  const Caller& by = context.caller;
  const bool is_of_trip = by.kind == Caller::Kind::entity && by.entity.kind == EntityKind::trip;
  const bool is_travelers = settlement.by == "traveler" && settlement.fault == Fault::traveler;
  return (is_travelers || is_of_trip) && settlement.by != "customer" && settlement.compensation.amount == 0 &&
         !settlement.waits() && !state.customer_closed;
}

void hold_until(Decision& decision, const Context& context, Time held_until) {
  decision.set_timer(std::string(fee_timer), held_until);
  plan_hold_reminder(decision, context, held_until);
}

/// Has the escrow share the money out; a fee that has to wait stays held, and so does a refund that waits with it. What
/// the rules give back without a claim goes back though a dispute is open: only the fee is before its judge.
void share_out(Decision& decision, const DeliveryState& state, const Context& context, const Settlement& settlement) {
  if (state.settled || state.funds_gone) return;
  if (!settlement.refund_waits)
    decision.send(escrow_of(state), RefundEscrow{settlement.refund, settlement.compensation, settlement.reason,
                                                 settlement.waits() || state.dispute, true});
  if (state.dispute) return;
  if (settlement.needs_decision)
    ask_for_decision(decision, state, context, state.terms.traveler, settlement.reason,
                     delivery_policy::why_undecided(state, settlement), {}, context.now);
  else if (settlement.held_until)
    hold_until(decision, context, *settlement.held_until);
}

}  // namespace

bool went_back(const DeliveryState& state) {
  if (!state.standing || state.standing->refunded.amount <= 0) return false;
  return is_worth_little(state, state.terms.price.amount - state.standing->refunded.amount);
}

void tell_unpaid(Decision& decision, const DeliveryState& state, const Context& context) {
  const bool back = went_back(state);
  if (back) decision.send(user_address(state.terms.customer), RecordCheap{id_of(context), context.now});
  if (back || state.uncollected)
    decision.send(user_address(state.terms.traveler), RecordCheap{id_of(context), context.now});
}

Address escrow_of(const DeliveryState& state) { return {EntityKind::escrow, state.escrow_id.value}; }
Address tracker_of(const Context& context) { return {EntityKind::tracker, context.self.id}; }
DeliveryId id_of(const Context& context) { return DeliveryId{context.self.id}; }

ParcelName name_of(const BeginAcceptance& terms, std::string number) {
  return {std::move(number),     terms.item.description, terms.pickup.address,
          terms.dropoff.address, terms.customer_name,    terms.traveler_name};
}

void change_status(Decision& decision, const DeliveryState& state, const Context& context, DeliveryStatus to) {
  DeliveryState after = state;
  after.status = to;
  decision.emit(DeliveryStatusChanged{id_of(context), delivery_number(state), state.status, to, state.terms.customer,
                                      state.terms.traveler, context.now, !after.is_open()});
  if (to == DeliveryStatus::picked_up) tell_relay(decision, state, {.offer_id = {}, .state = LegState::carried});
  if (to == DeliveryStatus::delivered) tell_relay(decision, state, {.offer_id = {}, .state = LegState::delivered});
  if (to == DeliveryStatus::returning) tell_relay(decision, state, {.offer_id = {}, .state = LegState::returning});
}

QrGenerated new_code(const DeliveryState& state, const Context& context, Handover type,
                     std::optional<QrCodeId> replaces) {
  const Stop& stop = type == Handover::delivery ? state.terms.dropoff : state.terms.pickup;
  QrGenerated code;
  code.qr_code_id = context.new_id<QrCodeId>();
  code.delivery_id = id_of(context);
  code.type = type;
  code.secret.value = context.secret(delivery_policy::secret_bytes);
  code.expires_at = delivery_policy::code_expiry(state, context.now, type);
  code.bound_to = stop.at();
  code.radius = delivery_policy::place_radius(stop);
  code.replaces = replaces;
  code.at = context.now;
  return code;
}

std::string place_text(const DeliveryState& state, PinType type) {
  const Stop& stop = state.stop(type);
  if (!stop.is_pinned() && !stop.off_address_meters && !state.before(type)) return stop.address;  // a guess
  return degrees_text(stop.at().lat) + ", " + degrees_text(stop.at().lng) + " (" + stop.address + ")";
}

Geometry fence_around(const Stop& stop) {
  return {GeometryKind::circle, stop.at(), delivery_policy::place_radius(stop), {}};
}

void revoke_codes(Decision& decision, const DeliveryState& state, const Context& context, std::string_view reason,
                  std::optional<Handover> of) {
  for (const QrCode& code : state.codes)
    if ((code.status == QrStatus::active || code.status == QrStatus::locked) && code.type == of.value_or(code.type))
      decision.emit(QrRevoked{id_of(context), code.qr_code_id, std::string(reason), context.now});
}

const QrCode* find_code(const DeliveryState& state, QrCodeId id) {
  auto found = std::ranges::find(state.codes, id, &QrCode::qr_code_id);
  return found == state.codes.end() ? nullptr : &*found;
}

std::string who_handed_over(const DeliveryState& state, const Caller& caller) {
  return caller.service || caller.is_service() ? "service" : std::string(role_of(state, caller));
}

void keep_files(Decision& decision, const DeliveryState& state, const std::optional<UploadId>& photo,
                const std::optional<UploadId>& signature) {
  for (const auto* upload : {&photo, &signature})
    if (*upload) decision.send(files_of(state.terms.traveler), KeepUpload{**upload});
}

namespace {

/// The receiver's code lives as long as the parcel may be carried, unless a service gave it another end.
std::optional<Time> receivers_code_until(const DeliveryState& state, Time picked_up_at) {
  const auto code = std::ranges::find_if(state.codes, [](const QrCode& each) {
    return each.type == Handover::delivery && each.status == QrStatus::active;
  });
  if (code == state.codes.end() || code->expires_at != delivery_policy::code_expiry(state, code->created_at))
    return std::nullopt;
  return delivery_policy::carried_until(state, picked_up_at) + delivery_policy::code_validity_after(state);
}

/// Where the parcel changed hands the traveler was, if it was scanned there.
void tell_handover(Decision& decision, const DeliveryState& state, const Context& context, const HandedOver& handed) {
  if (!handed.qr_code_id || !handed.location) return;
  decision.send(user_address(state.terms.traveler),
                RecordWhereabouts{{id_of(context), handed.location->at(), handed.location->accuracy.value_or(0),
                                   handed.at, handed.at, false, state.mode}});
}

}  // namespace

void tell_stay(Decision& decision, const DeliveryState& state, Handover at, DeliveryId id, const Stay& stay) {
  const Stop& stop = at == Handover::delivery ? state.terms.dropoff : state.terms.pickup;
  decision.send(user_address(state.terms.traveler),
                RecordWhereabouts{
                    {id, stop.at(), delivery_policy::place_radius(stop), stay.since, stay.until, true, state.mode}});
}

void tell_wait(Decision& decision, const DeliveryState& state, const Context& context, Handover at) {
  const std::optional<Duration> wait = delivery_policy::waited(state, at, context.now);
  if (wait) tell_stay(decision, state, at, id_of(context), {context.now - *wait, context.now});
}

void pick_up(Decision& decision, const DeliveryState& state, const Context& context, const HandedOver& handed) {
  keep_files(decision, state, handed.photo, handed.signature);
  tell_handover(decision, state, context, handed);
  decision.emit(
      DeliveryPickedUp{id_of(context), handed, receivers_code_until(state, handed.at), state.terms.pickup.at()});
  change_status(decision, state, context, DeliveryStatus::picked_up);
  decision.send(tracker_of(context), ParcelTaken{});
  decision.send(escrow_of(state), DropSplit{{}, ParcelWay::to_receiver});
  decision.set_timer(std::string(overdue_timer), delivery_policy::carried_until(state, context.now));
  tell(decision, state, context, state.terms.customer, "picked_up");
  if (handed.qr_code_id && state.terms.leg && state.terms.leg->from)
    decision.send({EntityKind::delivery, state.terms.leg->from->value},
                  HandOn{handed.at, handed.location, *handed.qr_code_id, handed.scanned_at, handed.by == "service"});
  if (state.next_leg) decision.send({EntityKind::delivery, state.next_leg->value}, OpenLeg{});
}

void depart(Decision& decision, const DeliveryState& state, const Context& context, Time at) {
  at = std::max(at, state.pickup_completed_at.value_or(at));  // a phone may tell a point of before the handover
  decision.emit(DeliveryInTransit{id_of(context), std::string(role_of(state, context.caller)), at});
  change_status(decision, state, context, DeliveryStatus::in_transit);
  tell(decision, state, context, state.terms.customer, "in_transit");
}

void pay_traveler(Decision& decision, const DeliveryState& state) {
  if (!moves_money(state)) return;
  const auto shown = std::ranges::find_if(
      state.codes, [](const QrCode& code) { return code.type == Handover::delivery && code.status == QrStatus::used; });
  const auto code = shown == state.codes.end() ? std::nullopt : std::optional(shown->qr_code_id);
  decision.send(escrow_of(state), ReleaseEscrow{"delivery verified", code});
  if (!state.hands_on()) tell_leg_before(decision, state, true);
}

namespace {

/// Nobody carries it any more, and its money still waits: what both sides agree on meanwhile is paid at once.
void tell_escrow_of_end(Decision& decision, const DeliveryState& state) {
  decision.send(escrow_of(state), DropSplit{{}, ParcelWay::not_carried});
}

/// At its place and in time it is paid at once; else the money waits for who might object, or for an administrator.
void pay_for_handover(Decision& decision, const DeliveryState& state, const Context& context) {
  if (!moves_money(state)) return;
  if (state.handed_elsewhere && state.handed_elsewhere->needs_decision)
    return ask_for_decision(decision, state, context, state.terms.traveler, "handed over elsewhere",
                            "The receiver's code was scanned nearer to the sender than to the receiver.", {},
                            context.now);
  const auto held_until = state.handover_held_until();
  if (held_until && !state.confirmed_at && state.handed_elsewhere && state.handed_elsewhere->until_arrival)
    decision.set_timer(std::string(fee_timer), *held_until);
  else if (held_until && !state.confirmed_at)  // who has confirmed it objects to nothing
    hold_until(decision, context, *held_until);
  else
    pay_traveler(decision, state);
}

}  // namespace

void hand_out(Decision& decision, const DeliveryState& state, const Context& context, const HandedOver& handed,
              std::optional<HandedElsewhere> elsewhere) {
  keep_files(decision, state, handed.photo, handed.signature);
  if (!state.hands_on()) tell_handover(decision, state, context, handed);  // else the next traveler's phone was there
  const bool is_decided = elsewhere && elsewhere->needs_decision;
  // Of two travelers who meet late nobody knows who was.
  const bool asks_late = !is_decided && !state.hands_on();
  const auto late = asks_late ? delivery_policy::handed_late(state, elsewhere, context.now) : std::nullopt;
  if (late && elsewhere) elsewhere->held_until = late->held_until;
  decision.emit(DeliveryCompleted{id_of(context), handed, elsewhere, late});
  change_status(decision, state, context, DeliveryStatus::delivered);
  revoke_codes(decision, state, context, "delivered");
  // The trip keeps the room: the parcel has used it.
  DeliveryState after = state;
  after.handed_elsewhere = elsewhere;
  after.handed_late = late;
  pay_for_handover(decision, after, context);
  if (elsewhere || late || state.dispute) tell_escrow_of_end(decision, state);
  end(decision, state, context, nullptr);
  std::map<std::string, std::string> facts;
  if (elsewhere) {
    if (!elsewhere->handed_on) facts[elsewhere->without_text ? "withoutText" : "elsewhere"] = elsewhere->reason;
    if (!elsewhere->handed_on) facts["meters"] = std::to_string(std::llround(elsewhere->distance_meters));
    if (elsewhere->until_arrival) facts["untilArrival"] = "yes";
    if (elsewhere->held_until && !elsewhere->until_arrival) facts["heldUntil"] = to_rfc3339(*elsewhere->held_until);
  }
  if (late && moves_money(state)) {
    facts["lateHours"] = std::to_string(late->late_seconds / 3'600);
    facts["heldUntil"] = to_rfc3339(late->held_until);
  }
  tell_both(decision, state, context, state.hands_on() ? "handed_on" : "delivered", facts);
}

void start_return(Decision& decision, const DeliveryState& state, const Context& context, const std::string& reason,
                  const HandedOver& handed) {
  keep_files(decision, state, handed.photo, handed.signature);
  // The receiver may still come to the door: their code goes on delivering, unless the customer has the money back.
  if (state.funds_gone && (!state.standing || state.standing->to_traveler.amount == 0))
    revoke_codes(decision, state, context, "returning", Handover::delivery);
  const bool leaves = delivery_policy::traveler_leaves(state, context.caller);
  decision.emit(ReturnStarted{id_of(context), std::string(role_of(state, context.caller)), reason, handed.location,
                              handed.photo, context.now, leaves, leaves || context.caller.is_user(state.terms.traveler),
                              context.caller.service, delivery_policy::owed_to_holder(state, context.caller, reason)});
  change_status(decision, state, context, DeliveryStatus::returning);
  decision.emit(new_code(state, context, Handover::giving_back));
  decision.send(escrow_of(state), DropSplit{{}, ParcelWay::back});
  decision.clear_timer(std::string(late_timer));
  decision.set_timer(std::string(overdue_timer), context.now + delivery_policy::longest_return(state));
}

void send_back(Decision& decision, const DeliveryState& state, const Context& context, const std::string& reason,
               const HandedOver& handed) {
  start_return(decision, state, context, reason, handed);
  tell_both(decision, state, context, "return_started", {{"reason", reason}});
}

void pay_for_end(Decision& decision, const DeliveryState& state, const Context& context) {
  if (state.status == DeliveryStatus::delivered) {
    pay_for_handover(decision, state, context);
  } else if (state.settlement) {
    share_out(decision, state, context, *state.settlement);
  }
}

void ask_for_decision(Decision& decision, const DeliveryState& state, const Context& context, UserId claimant,
                      const std::string& reason, const std::string& description, std::optional<Money> due,
                      std::optional<Time> ended_at) {
  decision.emit(DecisionAsked{reason, context.now});
  OpenDispute claim;
  claim.delivery_id = id_of(context);
  claim.reason = reason;
  claim.description = description;
  claim.escrow_id = state.escrow_id;
  claim.customer = state.terms.customer;
  claim.traveler = state.terms.traveler;
  claim.opener = claimant;
  claim.amount = state.terms.price;
  claim.ended_at = ended_at;
  claim.policy_version = state.policy_version;
  claim.parcel_name = parcel_of(state);
  if (due && due->amount > 0) claim.requested_amount = due->amount;
  decision.send(dispute_address(claim.delivery_id), std::move(claim));
}

void hand_back(Decision& decision, const DeliveryState& state, const Context& context, const HandedOver& handed,
               bool is_proven) {
  keep_files(decision, state, handed.photo, handed.signature);
  const bool is_shared_out = state.funds_gone && state.standing;
  const auto scanned_at = handed.qr_code_id ? handed.location : std::nullopt;
  const Settlement settlement =
      is_shared_out       ? delivery_policy::decided_elsewhere(*state.standing, state.refunded_by_judge)
      : state.agreed_rest ? delivery_policy::agreed(state)
                          : delivery_policy::giving_back(state, scanned_at, context.now, is_proven);
  tell_handover(decision, state, context, handed);
  decision.emit(DeliveryReturned{id_of(context), handed, settlement});
  change_status(decision, state, context, DeliveryStatus::returned);
  revoke_codes(decision, state, context, "returned");
  share_out(decision, state, context, settlement);
  if (settlement.waits() || settlement.refund_waits || state.dispute) tell_escrow_of_end(decision, state);
  decision.send({EntityKind::trip, state.terms.trip_id.value}, ReleaseReservation{id_of(context)});
  end(decision, state, context, &settlement);
  tell_both(decision, state, context, "delivery_returned", told_of(state, settlement));
}

void cancel(Decision& decision, const DeliveryState& state, const Context& context, const Settlement& settlement,
            DeliveryCancelled end_of) {
  end_of.delivery_id = id_of(context);
  end_of.settlement = settlement;
  end_of.at = context.now;
  end_of.service = context.caller.service;
  keep_files(decision, state, end_of.photo);
  decision.emit(std::move(end_of));
  change_status(decision, state, context, DeliveryStatus::cancelled);
  revoke_codes(decision, state, context, "cancelled");
  decision.send({EntityKind::trip, state.terms.trip_id.value}, ReleaseReservation{id_of(context)});
  // Whoever leaves before the pickup is settled with by the policy: what was agreed was for a parcel that travels.
  if (!state.pickup_completed_at) decision.send(escrow_of(state), DropSplit{});
  share_out(decision, state, context, settlement);
  if (settlement.waits()) tell_wait(decision, state, context, Handover::pickup);
  end(decision, state, context, &settlement);
  tell_both(decision, state, context, "delivery_cancelled", told_of(state, settlement));
  const bool reopens = leaves_parcel(state, context, settlement);
  // A customer to whom the traveler did not come leaves nobody else.
  const bool by_customer = settlement.by == "customer" && settlement.fault == Fault::customer;
  tell_relay(decision, state,
             {.offer_id = {}, .state = LegState::undone, .reopens = reopens, .by_customer = by_customer});
  if (reopens && !state.terms.leg)
    decision.send({EntityKind::request, state.terms.request_id.value}, ReopenRequest{state.terms.offer_id});
}

}  // namespace caravan::delivery
