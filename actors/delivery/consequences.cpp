#include "actors/delivery/consequences.hpp"

#include <algorithm>
#include <cmath>

#include "actors/delivery/policy.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/files/commands.hpp"
#include "actors/inbox/catalog.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/tracker/commands.hpp"
#include "actors/trip/commands.hpp"
#include "actors/user/commands.hpp"

namespace caravan::delivery {

namespace {

/// Its good end makes nobody known: it cost next to nothing, or was over sooner than anybody travels so far. Whoever
/// has twenty accounts carries between them what they like.
bool is_slight(const DeliveryState& state, const Context& context) {
  constexpr double least_dollars = 5, far_meters = 20'000;
  constexpr std::chrono::minutes least_way{10};
  if (dollars_worth(state.terms.price).value_or(0) < least_dollars) return true;
  const bool is_far = distance_meters(state.terms.pickup.at(), state.terms.dropoff.at()) > far_meters;
  return is_far && context.now - state.pickup_completed_at.value_or(context.now) < least_way;
}

/// Ends the delivery: both users hear of it for their statistics, and the tracker follows the traveler no longer.
/// `settlement`: absent where it was a success.
void end(Decision& decision, const DeliveryState& state, const Context& context, const Settlement* settlement) {
  const auto& terms = state.terms;
  const auto by_other = [&](Fault side) { return settlement && delivery_policy::ended_by_other(*settlement, side); };
  const bool successful = settlement == nullptr, slight = successful && is_slight(state, context);
  decision.send(user_address(terms.customer),
                RecordDelivery{id_of(context), terms.traveler, DeliveryRole::customer, successful, context.now,
                               by_other(Fault::customer), slight});
  decision.send(user_address(terms.traveler),
                RecordDelivery{id_of(context), terms.customer, DeliveryRole::traveler, successful, context.now,
                               by_other(Fault::traveler), slight});
  decision.send(tracker_of(context), EndTracking{});
  decision.clear_timer(std::string(late_timer));
  decision.clear_timer(std::string(overdue_timer));
}

/// While a dispute is open, or once one or anybody else shared the money out, the delivery moves none of it.
bool moves_money(const DeliveryState& state) { return !state.dispute && !state.settled && !state.funds_gone; }

/// What both sides are told of it.
std::map<std::string, std::string> told_of(const DeliveryState& state, const Settlement& settlement) {
  const bool is_disputed = state.dispute && !state.funds_gone;
  const char* refund = settlement.refund_waits && !is_disputed ? "heldRefund" : "refund";
  std::map<std::string, std::string> facts{{"reason", settlement.reason}, {refund, money_text(settlement.refund)}};
  if (is_disputed) {
    facts["disputed"] = "yes";
    return facts;
  }
  if (!settlement.waits()) return facts;
  if (settlement.compensation.amount > 0) facts["fee"] = money_text(settlement.compensation);
  if (settlement.held_until) facts["heldUntil"] = to_rfc3339(*settlement.held_until);
  return facts;
}

/// Has the escrow share the money out; a fee that has to wait stays held, and so does a refund that waits with it.
void share_out(Decision& decision, const DeliveryState& state, const Context& context, const Settlement& settlement) {
  if (!moves_money(state)) return;
  if (state.agreed_rest) {
    decision.send(escrow_of(state), ReleaseEscrow{settlement.reason, {}});
    return;
  }
  if (!settlement.refund_waits)
    decision.send(escrow_of(state),
                  RefundEscrow{settlement.refund, settlement.compensation, settlement.reason, settlement.waits()});
  if (settlement.needs_decision)
    ask_for_decision(decision, state, context, state.terms.traveler, settlement.reason,
                     delivery_policy::why_undecided(state, settlement), {}, context.now);
  else if (settlement.held_until)
    decision.set_timer(std::string(fee_timer), *settlement.held_until);
}

}  // namespace

Address escrow_of(const DeliveryState& state) { return {EntityKind::escrow, state.escrow_id.value}; }
Address tracker_of(const Context& context) { return {EntityKind::tracker, context.self.id}; }
DeliveryId id_of(const Context& context) { return DeliveryId{context.self.id}; }

bool may_see(const DeliveryState& state, const Caller& caller) {
  return caller.is_user(state.terms.customer) || caller.is_user(state.terms.traveler) || caller.is_admin() ||
         caller.is_service() || caller.is_platform();
}

bool sees_private(const DeliveryState& state, const Caller& caller) {
  return caller.is_user(state.terms.customer) || caller.is_user(state.terms.traveler) || caller.is_platform() ||
         caller.may(Permission::private_data);
}

bool sees_doors(const DeliveryState& state, const Context& context) {
  const Caller& caller = context.caller;
  if (!caller.is_user(state.terms.traveler) || caller.may(Permission::private_data)) return sees_private(state, caller);
  const bool is_needed = state.is_open() || state.dispute;
  return (is_needed || state.pickup_completed_at) && sees_other_side(state, context);
}

bool sees_other_side(const DeliveryState& state, const Context& context) {
  const Caller& caller = context.caller;
  const bool is_customer = caller.is_user(state.terms.customer), is_traveler = caller.is_user(state.terms.traveler);
  if ((!is_customer && !is_traveler) || caller.may(Permission::private_data)) return sees_private(state, caller);
  if (state.is_open() || state.dispute) return true;
  if (is_customer ? state.traveler_closed : state.customer_closed) return false;
  return context.now < state.end() + delivery_policy::private_shown_for;
}

bool may_cancel(const DeliveryState& state, const Caller& caller) {
  return caller.is_user(state.terms.customer) || caller.is_user(state.terms.traveler) ||
         caller.may(Permission::deliveries) || caller.is_service() || caller.is_platform();
}

std::optional<DeliveryRejection> not_traveler(const DeliveryState& state, const Caller& caller) {
  if (!state.is_created() || !may_see(state, caller)) return DeliveryRejection::not_found;
  if (!caller.is_user(state.terms.traveler)) return DeliveryRejection::forbidden;
  return std::nullopt;
}

std::optional<DeliveryRejection> not_customer(const DeliveryState& state, const Caller& caller) {
  if (!state.is_created() || !may_see(state, caller)) return DeliveryRejection::not_found;
  if (!caller.is_user(state.terms.customer)) return DeliveryRejection::forbidden;
  return std::nullopt;
}

void tell(Decision& decision, const DeliveryState& state, const Context& context, UserId user,
          std::string_view template_id, std::map<std::string, std::string> more) {
  more.emplace("deliveryNumber", delivery_number(state));
  more.emplace("deliveryId", id_of(context).text());
  more.emplace("item", state.terms.item.description);
  more.emplace("amount", money_text(state.terms.price));
  more.emplace("pickup", state.terms.pickup.address);
  more.emplace("delivery", state.terms.dropoff.address);
  // What has to be answered within minutes does not wait for the end of quiet hours.
  const auto priority = template_rule(template_id).is_urgent() ? NotifyPriority::high : NotifyPriority::normal;
  decision.send(inbox_of(user), Notify{.template_id = std::string(template_id),
                                       .variables = std::move(more),
                                       .priority = priority,
                                       .subject = context.self.id});
}

void tell_both(Decision& decision, const DeliveryState& state, const Context& context, std::string_view template_id,
               const std::map<std::string, std::string>& more) {
  tell(decision, state, context, state.terms.customer, template_id, more);
  tell(decision, state, context, state.terms.traveler, template_id, more);
}

void change_status(Decision& decision, const DeliveryState& state, const Context& context, DeliveryStatus to) {
  DeliveryState after = state;
  after.status = to;
  decision.emit(DeliveryStatusChanged{id_of(context), delivery_number(state), state.status, to, state.terms.customer,
                                      state.terms.traveler, context.now, !after.is_open()});
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
  if (!state.before(type)) return stop.address;
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
  return delivery_policy::carried_until(state, picked_up_at) + delivery_policy::code_validity_after;
}

/// Where the parcel changed hands the traveler was, if it was scanned there.
void tell_handover(Decision& decision, const DeliveryState& state, const Context& context, const HandedOver& handed) {
  if (!handed.qr_code_id || !handed.location) return;
  decision.send(user_address(state.terms.traveler),
                RecordWhereabouts{{id_of(context), handed.location->at(), handed.location->accuracy.value_or(0),
                                   handed.at, handed.at, false, state.mode}});
}

}  // namespace

void tell_wait(Decision& decision, const DeliveryState& state, const Context& context, Handover at) {
  const std::optional<Duration> wait = delivery_policy::waited(state, at, context.now);
  if (!wait) return;
  const Stop& stop = at == Handover::delivery ? state.terms.dropoff : state.terms.pickup;
  decision.send(user_address(state.terms.traveler),
                RecordWhereabouts{{id_of(context), stop.at(), delivery_policy::place_radius(stop), context.now - *wait,
                                   context.now, true, state.mode}});
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
}

namespace {

/// Nobody carries it any more, and its money still waits: what both sides agree on meanwhile is paid at once.
void tell_escrow_of_end(Decision& decision, const DeliveryState& state) {
  decision.send(escrow_of(state), DropSplit{{}, ParcelWay::not_carried});
}

/// At its place and in time it is paid at once; else the money waits for who might object, or for an administrator.
void pay_for_handover(Decision& decision, const DeliveryState& state, const Context& context,
                      const std::optional<HandedElsewhere>& elsewhere, const std::optional<HandedLate>& late) {
  if (elsewhere && elsewhere->needs_decision) {
    if (!moves_money(state)) return;
    return ask_for_decision(decision, state, context, state.terms.traveler, "handed over elsewhere",
                            "The receiver's code was scanned nearer to the sender than to the receiver.", {},
                            context.now);
  }
  const std::optional<Time> held_until = late ? late->held_until : elsewhere ? elsewhere->held_until : std::nullopt;
  if (!held_until && !elsewhere)
    pay_traveler(decision, state);
  else if (held_until && moves_money(state))
    decision.set_timer(std::string(fee_timer), *held_until);
}

}  // namespace

void hand_out(Decision& decision, const DeliveryState& state, const Context& context, const HandedOver& handed,
              std::optional<HandedElsewhere> elsewhere) {
  keep_files(decision, state, handed.photo, handed.signature);
  tell_handover(decision, state, context, handed);
  const bool is_decided = elsewhere && elsewhere->needs_decision;
  const auto late = is_decided ? std::nullopt : delivery_policy::handed_late(state, elsewhere, context.now);
  if (late && elsewhere) elsewhere->held_until = late->held_until;
  decision.emit(DeliveryCompleted{id_of(context), handed, elsewhere, late});
  change_status(decision, state, context, DeliveryStatus::delivered);
  revoke_codes(decision, state, context, "delivered");
  // The trip keeps the room: the parcel has used it.
  pay_for_handover(decision, state, context, elsewhere, late);
  if (elsewhere || late) tell_escrow_of_end(decision, state);
  end(decision, state, context, nullptr);
  std::map<std::string, std::string> facts;
  if (elsewhere) {
    facts["elsewhere"] = elsewhere->reason;
    facts["meters"] = std::to_string(std::llround(elsewhere->distance_meters));
    if (elsewhere->held_until) facts["heldUntil"] = to_rfc3339(*elsewhere->held_until);
  }
  if (late && moves_money(state)) {
    facts["lateHours"] = std::to_string(late->late_seconds / 3'600);
    facts["heldUntil"] = to_rfc3339(late->held_until);
  }
  tell_both(decision, state, context, "delivered", facts);
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
                              context.caller.service});
  change_status(decision, state, context, DeliveryStatus::returning);
  decision.emit(new_code(state, context, Handover::giving_back));
  decision.send(escrow_of(state), DropSplit{{}, ParcelWay::back});
  decision.clear_timer(std::string(late_timer));
  decision.set_timer(std::string(overdue_timer), context.now + delivery_policy::longest_return);
}

void send_back(Decision& decision, const DeliveryState& state, const Context& context, const std::string& reason,
               const HandedOver& handed) {
  start_return(decision, state, context, reason, handed);
  tell_both(decision, state, context, "return_started", {{"reason", reason}});
}

void pay_for_end(Decision& decision, const DeliveryState& state, const Context& context) {
  if (state.status == DeliveryStatus::delivered) {
    pay_for_handover(decision, state, context, state.handed_elsewhere, state.handed_late);
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
  if (due && due->amount > 0) claim.requested_amount = due->amount;
  decision.send(dispute_address(claim.delivery_id), std::move(claim));
}

void hand_back(Decision& decision, const DeliveryState& state, const Context& context, const HandedOver& handed) {
  keep_files(decision, state, handed.photo, handed.signature);
  const bool is_shared_out = state.funds_gone && state.standing;
  const auto scanned_at = handed.qr_code_id ? handed.location : std::nullopt;
  const Settlement settlement = is_shared_out       ? delivery_policy::decided_elsewhere(*state.standing)
                                : state.agreed_rest ? delivery_policy::agreed(state)
                                                    : delivery_policy::giving_back(state, scanned_at, context.now);
  tell_handover(decision, state, context, handed);
  decision.emit(DeliveryReturned{id_of(context), handed, settlement});
  change_status(decision, state, context, DeliveryStatus::returned);
  revoke_codes(decision, state, context, "returned");
  share_out(decision, state, context, settlement);
  if (settlement.waits() || settlement.refund_waits) tell_escrow_of_end(decision, state);
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
  share_out(decision, state, context, settlement);
  if (settlement.waits()) tell_wait(decision, state, context, Handover::pickup);
  // A dispute holds nobody: what leaving costs is put before its judge. Where it costs nothing, the customer, who gets
  // all back, has nothing to contest any more, nor has a traveler who left.
  if (state.dispute && !state.funds_gone && settlement.compensation.amount == 0) {
    const Address dispute{EntityKind::dispute, state.dispute->value};
    decision.send(dispute, WithdrawDispute{state.terms.customer});
    if (settlement.by == "traveler") decision.send(dispute, WithdrawDispute{state.terms.traveler});
  }
  end(decision, state, context, &settlement);
  tell_both(decision, state, context, "delivery_cancelled", told_of(state, settlement));
}

}  // namespace caravan::delivery
