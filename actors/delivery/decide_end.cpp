#include <algorithm>
#include <cmath>

#include "actors/delivery/consequences.hpp"
#include "actors/delivery/policy.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/commands.hpp"
#include "actors/user/commands.hpp"

namespace caravan {

using namespace delivery;
using namespace std::chrono_literals;

namespace {

constexpr std::string_view money_gone = "the money was shared out";

/// Why this is no refusal of a parcel as not what was declared, where it is meant as one, or else has a part of one.
std::optional<Decision> cannot_refuse_parcel(const DeliveryState& state, const Context& context,
                                             const CancelDelivery& command, bool is_meant) {
  if (!is_meant && (command.note || command.location || command.photo))
    return reject(DeliveryRejection::forbidden,
                  "A note, a location and a photo go with the reason not_as_declared, by the traveler.");
  if (!is_meant) return std::nullopt;
  if (!command.note || !command.location || !command.photo)
    return reject(DeliveryRejection::incomplete, "must be given with the reason not_as_declared",
                  !command.note       ? "note"
                  : !command.location ? "location"
                                      : "photo");
  const Stop& pickup = state.terms.pickup;
  if (delivery_policy::beyond(pickup.at(), delivery_policy::place_radius(pickup), *command.location) > 0)
    return reject(DeliveryRejection::incomplete,
                  "must be at the pickup, where the parcel is shown; this is " +
                      std::to_string(std::llround(distance_meters(pickup.at(), command.location->at()))) +
                      " m away from it",
                  "location");
  if (delivery_policy::waited(state, Handover::pickup, context.now).value_or(Duration{0}) == 0s)
    return reject(DeliveryRejection::not_waited_enough,
                  "A parcel is refused at the pickup: be there with tracking on. That counts from " +
                      to_rfc3339(delivery_policy::awaited_from(state)) + " on.");
  return std::nullopt;
}

/// After pickup there is no cancelling: the platform sends the parcel back, others start the return themselves.
Decision cancel_after_pickup(const DeliveryState& state, const Context& context, const std::string& reason) {
  Decision decision;
  const bool is_party = context.caller.kind == Caller::Kind::user;
  const bool is_there = context.caller.kind == Caller::Kind::entity && reason == trip_completed;  // to hand it out
  if (is_there) return {};
  if (is_party) return reject(DeliveryRejection::return_required, "The parcel is with the traveler: it is returned.");
  if (state.is_carried()) send_back(decision, state, context, reason, {});
  return decision;
}

/// A dispute holds nobody: what leaving costs is put before its judge. Where it costs nothing, whoever leaves has
/// nothing to contest any more. What the other side complains of goes on, however the delivery ends.
void withdraw_own(Decision& decision, const DeliveryState& state, const Caller& leaver, const Settlement& settlement) {
  if (!state.dispute || state.funds_gone || settlement.compensation.amount != 0) return;
  for (const UserId side : {state.terms.customer, state.terms.traveler})
    if (leaver.is_user(side) ||
        (leaver.kind == Caller::Kind::entity && leaver.entity == Address{EntityKind::account, side.value}))
      decision.send({EntityKind::dispute, state.dispute->value}, WithdrawDispute{side});
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const CancelDelivery& command) {
  const Caller& by = context.caller;
  // Whoever cancels the trip of somebody else takes nobody's parcel out of the traveler's hands.
  const bool is_others_trip = by.kind == Caller::Kind::entity && command.by && *command.by != state.terms.traveler;
  const bool is_within = by.is_platform() || by.is_service();
  const std::string reason = command.reason.value_or("");
  Decision decision;
  if (state.status == DeliveryStatus::accepting && is_within) {
    fail_acceptance(decision, state, context, "delivery_cancelled", reason, false);
    return decision;
  }
  if (!may_see(state, by)) return reject(DeliveryRejection::not_found);
  if (!state.is_created()) return is_within ? Decision{} : reject(DeliveryRejection::not_found);
  if (!may_cancel(state, by)) return reject(DeliveryRejection::forbidden);
  const bool is_side = by.kind == Caller::Kind::user && state.is_party(by.user);
  if (!is_side && by.is_stale_office(Permission::deliveries))
    return reject(DeliveryRejection::step_up_required, std::string(show_once_more));
  if (!is_side && (command.office.is_tied_to(state.terms.customer) || command.office.is_tied_to(state.terms.traveler)))
    return reject(DeliveryRejection::forbidden,
                  "You have the permission from a side of it, or a side has one from you.");
  if (!state.is_open()) return is_within ? Decision{} : reject(DeliveryRejection::delivery_closed);
  if (state.status != DeliveryStatus::accepted && state.dispute && !is_within)
    return reject(DeliveryRejection::disputed);
  if (state.status != DeliveryStatus::accepted)
    return is_others_trip ? Decision{} : cancel_after_pickup(state, context, reason);
  const bool is_traveler = by.is_user(state.terms.traveler);
  const bool reports_no_show = reason == delivery_policy::no_show && is_traveler;
  const bool refuses_parcel = reason == delivery_policy::not_as_declared && is_traveler;
  if (auto refusal = cannot_refuse_parcel(state, context, command, refuses_parcel)) return *std::move(refusal);
  const bool must_wait = reports_no_show || (refuses_parcel && !delivery_policy::is_at_pin(state, Handover::pickup));
  const bool has_earned = reports_no_show && delivery_policy::earned_wait(state, Handover::pickup, context.now);
  if (must_wait && !has_earned && !delivery_policy::has_waited(state, Handover::pickup, context.now))
    return reject(DeliveryRejection::not_waited_enough, "Wait at the pickup for " +
                                                            delivery_policy::least_wait_minutes(state) +
                                                            " minutes, with tracking on. A wait there counts from " +
                                                            to_rfc3339(delivery_policy::awaited_from(state)) + " on.");
  const bool by_trip_of_party = by.kind == Caller::Kind::entity && command.by && state.is_party(*command.by);
  const Caller leaver = by_trip_of_party ? Caller{.kind = Caller::Kind::user, .user = *command.by} : by;
  Settlement settlement = delivery_policy::cancellation(state, leaver, reason, context.now);
  // An administrator who cancels the trip that was to carry their own parcel leaves as its customer. What any other
  // ended is neither side's doing.
  if (is_others_trip && !by_trip_of_party) settlement.fault = Fault::nobody;
  // Whoever leaves somebody that cannot come any more pays nothing and has no mark: the other side has left. What a
  // traveler has earned by waiting stays theirs, as an administrator says.
  const bool leaves_inactive = command.other_inactive && state.is_party(by.user);
  if (leaves_inactive && by.is_user(state.terms.customer) && settlement.waits()) {
    settlement.held_until.reset();
    settlement.needs_decision = true;
    settlement.fault = Fault::nobody;
  } else if (leaves_inactive && !reports_no_show && !refuses_parcel) {
    const bool by_customer = by.is_user(state.terms.customer);
    settlement = {by_customer ? "traveler" : "customer", reason, state.terms.price, {0, state.terms.price.currency}};
    settlement.fault = by_customer ? Fault::traveler : Fault::customer;
  }
  DeliveryCancelled end;
  if (refuses_parcel) end.declared = delivery_policy::declared_load(state);
  end.note = command.note;
  end.location = command.location;
  end.photo = command.photo;
  cancel(decision, state, context, settlement, std::move(end));
  withdraw_own(decision, state, leaver, settlement);
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const DisputeOpened& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  // A delivery has one dispute, under its own id. Only where an earlier build opened one with an id of its own may this
  // come while that one is still noted here. The new one replaces it.
  if (!state.is_created() || state.dispute == command.dispute_id) return {};
  return Decision{}.emit(DeliveryDisputed{command.dispute_id, context.now});
}

namespace {

void tell_verdict(Decision& decision, const DeliveryState& state, const Context& context,
                  std::optional<UserId> at_fault) {
  for (const UserId side : {state.terms.customer, state.terms.traveler})
    decision.send(user_address(side), RecordVerdict{id_of(context), at_fault, context.now});
}

/// What the decision could give back at most: a part may have gone back before.
Money stake_of(const DeliveryState& state, const DisputeSettled& command) {
  return command.at_stake.value_or(state.terms.price);
}

bool gave_all_back(const DeliveryState& state, const DisputeSettled& command) {
  return command.resolution == to_text(DisputeResolution::refund) && command.refunded && command.refunded->amount > 0 &&
         command.refunded->amount >= stake_of(state, command).amount;
}

/// Whose failure the end was, as far as the decision says so. A fee that goes back whole was asked for wrongly: whoever
/// had the mark before, the traveler has it then. What the platform ended over the heads of both stays nobody's doing,
/// but not where nobody fetched the parcel: then a judge says who did not come.
void judge_end(Decision& decision, const DeliveryState& state, const Context& context, const DisputeSettled& command) {
  const bool refunds = command.resolution == to_text(DisputeResolution::refund);
  const bool releases = command.resolution == to_text(DisputeResolution::release);
  const UserId customer = state.terms.customer, traveler = state.terms.traveler;
  if (state.status == DeliveryStatus::delivered) {
    // What was delivered as it should not have been is no success of the traveler's.
    const bool took_most = command.refunded && command.refunded->amount * 2 > stake_of(state, command).amount;
    if (took_most) tell_verdict(decision, state, context, traveler);
    if (releases) tell_verdict(decision, state, context, std::nullopt);
    return;
  }
  if (state.is_open() || !state.settlement) return;
  const Settlement& end = *state.settlement;
  const bool has_sides = end.fault != Fault::nobody || end.by == "traveler" || end.by == "customer" ||
                         end.reason == never_picked_up || state.status == DeliveryStatus::returned;
  const bool is_whole = !command.refunded || command.refunded->amount >= end.compensation.amount;
  if (refunds && is_whole && has_sides) tell_verdict(decision, state, context, traveler);
  const bool may_be_customers = end.fault == Fault::customer || !delivery_policy::is_among_travelers(state);
  if (releases && may_be_customers && (end.fault == Fault::nobody || end.fault == Fault::customer))
    tell_verdict(decision, state, context, customer);
}

/// When it is asked why a parcel that the traveler has neither arrives nor comes back.
Time overdue_at(const DeliveryState& state, Time now) {
  const auto started = std::ranges::find(state.timeline, "returning", &TimelineItem::type);
  if (state.status == DeliveryStatus::returning && started != state.timeline.end())
    return started->at + delivery_policy::longest_return(state);
  return delivery_policy::carried_until(state, state.pickup_completed_at.value_or(now));
}

/// Whoever withdraws a dispute may be somebody else than who opened it. So its owner has as long to object as before:
/// what was held when it was opened has not run out meanwhile. Nothing where nothing is held for a time, or where the
/// customer has confirmed the receipt: then nobody objects.
std::optional<Time> held_anew(const DeliveryState& state, const Context& context, const DisputeSettled& command) {
  if (state.is_open() || state.settled || state.funds_gone || command.resolution != dispute_withdrawn)
    return std::nullopt;
  const auto held = state.money_held_until();
  if (!held || state.confirmed_at) return std::nullopt;
  return std::max(*held, context.now + delivery_policy::fee_hold(state));
}

constexpr Duration asked_again_after = std::chrono::hours{24};  // of a dispute's end, where that was before

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const DisputeSettled& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (state.dispute != command.dispute_id) return {};
  Decision decision;
  const DeliveryDisputeSettled settled{command.dispute_id,
                                       command.resolution,
                                       context.now,
                                       command.rest_waits,
                                       state.is_open() && gave_all_back(state, command),
                                       held_anew(state, context, command)};
  decision.emit(settled);
  judge_end(decision, state, context, command);
  // What a middle leg's money was worth says nothing of where the parcel is: the last leg tells that. Whose price did
  // not go back whole has brought it, late or damaged as it may be.
  if (!state.is_open() && !state.hands_on() && !goes_on(command.resolution))
    tell_leg_before(
        decision, state,
        state.status == DeliveryStatus::delivered && command.resolution != to_text(DisputeResolution::refund));
  // What stood still meanwhile was left alone. A dispute gives it no more time than it had.
  if (state.is_open() && state.status != DeliveryStatus::accepted) {
    const Time due = overdue_at(state, context.now);
    decision.set_timer(std::string(overdue_timer), due > context.now ? due : context.now + asked_again_after);
  }
  if ((!goes_on(command.resolution) && !command.rest_waits) || state.is_open()) return decision;
  // It ended meanwhile, and its end has moved no money yet.
  DeliveryState after = state;
  evolve(after, settled);
  pay_for_end(decision, after, context);
  return decision;
}

/// Nobody sets out to carry what may never be paid. Who has the parcel already hears of it at once, and chooses. A
/// delivery that the customer does not pay is no success of theirs.
Decision decide(const DeliveryState& state, const Context& context, const FundsUncollected& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  Decision decision;
  if (state.status == DeliveryStatus::delivered && !state.uncollected) {
    decision.emit(DeliveryUncollected{command.reason, context.now});
    decision.send(user_address(state.terms.customer), RecordFailure{id_of(context), context.now});
    decision.send(user_address(state.terms.traveler), RecordCheap{id_of(context), context.now});
  }
  if (!state.is_created() || !state.is_open()) return decision;
  if (state.status == DeliveryStatus::accepted) {
    cancel(decision, state, context, delivery_policy::not_paid(state));
    return decision;
  }
  if (!state.uncollected) decision.emit(DeliveryUncollected{command.reason, context.now});
  tell(decision, state, context, state.terms.traveler, "payment_uncollected", {{"reason", command.reason}});
  return decision;
}

Decision decide(const DeliveryState& state, const Context& context, const SharedOutBefore& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  const FundsStanding& standing = command.standing;
  if (state.is_open() || !state.settlement) return {};
  const Settlement& said = *state.settlement;
  if (said.refund == standing.refunded && said.compensation == standing.to_traveler) return {};
  Settlement true_one{said.by, said.reason, standing.refunded, standing.to_traveler};
  true_one.fault = said.fault;
  return Decision{}.emit(SettlementCorrected{true_one, context.now});
}

Decision decide(const DeliveryState& state, const Context& context, const RestAgreed& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  if (state.status != DeliveryStatus::returning) return {};
  return Decision{}.emit(DeliveryRestAgreed{command.rest, context.now});
}

namespace {

/// The fee of a wait has moved as one, and nobody objected. It was left open until then whose doing the end was: the
/// customer did not come.
bool was_fee_paid(const DeliveryState& state, const FundsStanding& standing) {
  const auto& end = state.settlement;
  return end && end->fault == Fault::nobody && end->held_until && !state.dispute && !state.settled &&
         !delivery_policy::is_among_travelers(state) && standing.held.amount == 0 &&
         standing.to_traveler == end->compensation;
}

/// Somebody else moved money: finance, both parties, a dispute, or this delivery's own end. Where nothing is held any
/// more, an open delivery ends: nobody carries a parcel for nothing. A parcel that the traveler has goes back first.
Decision funds_moved(const DeliveryState& state, const Context& context, std::optional<Money> refunded,
                     const std::optional<FundsStanding>& standing) {
  Decision decision;
  if (state.status == DeliveryStatus::accepting) {
    // Finance or a service was faster than the acceptance. A delivery never begins with less money held than its price,
    // so the acceptance fails.
    fail_acceptance(decision, state, context, "payment_failed", "The payment was given back.", false);
    return decision;
  }
  if (!state.is_created()) return {};
  decision.emit(
      DeliveryFundsMoved{refunded, context.now, standing ? std::optional(standing->held) : std::nullopt, standing});
  if (!state.funds_gone && standing && was_fee_paid(state, *standing))
    decision.send(user_address(state.terms.customer), RecordFailure{id_of(context), context.now});
  if (state.status == DeliveryStatus::delivered && standing && !went_back(state)) {
    DeliveryState paid = state;
    paid.standing = standing;
    if (went_back(paid)) tell_unpaid(decision, paid, context);
  }
  const bool is_gone = standing && standing->held.amount == 0;
  // However the two sides shared out the last leg's money: where the traveler has any of it, the parcel has arrived. A
  // dispute says so itself.
  if (is_gone && state.status == DeliveryStatus::delivered && !state.hands_on() && !state.settled && !state.dispute)
    tell_leg_before(decision, state, standing->to_traveler.amount > 0);
  if (!is_gone || !state.is_open()) return decision;
  DeliveryState after = state;
  after.funds_gone = true;
  after.standing = standing;
  if (state.status == DeliveryStatus::returning) {
    if (standing->to_traveler.amount == 0) revoke_codes(decision, state, context, "returning", Handover::delivery);
    return decision;
  }
  if (state.is_carried()) {
    send_back(decision, after, context, std::string(money_gone), {});
    return decision;
  }
  cancel(decision, after, context, delivery_policy::decided_elsewhere(*standing, state.refunded_by_judge));
  return decision;
}

}  // namespace

Decision decide(const DeliveryState& state, const Context& context, const FundsReleased& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  return funds_moved(state, context, std::nullopt, command.standing);
}

Decision decide(const DeliveryState& state, const Context& context, const FundsReturned& command) {
  if (!context.caller.is_platform()) return reject(DeliveryRejection::forbidden);
  return funds_moved(state, context, command.refunded, command.standing);
}

}  // namespace caravan
