#include "actors/delivery/policy.hpp"

#include <algorithm>

namespace caravan {

std::string delivery_number(const DeliveryState& state) {
  if (!state.number) return {};
  std::string digits = std::to_string(*state.number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return "DEL-" + digits;
}

std::string degrees_text(double value) { return std::to_string(value); }

std::string_view role_of(const DeliveryState& state, const Caller& caller) {
  if (caller.is_user(state.terms.customer)) return "customer";
  if (caller.is_user(state.terms.traveler)) return "traveler";
  return caller.is_service() ? "service" : "platform";
}

}  // namespace caravan

namespace caravan::delivery_policy {

namespace {

/// The traveler gets `percent` of what is still held of the price, the customer the rest: both sides may have agreed on
/// less, or finance have given a part back.
Settlement shared(const DeliveryState& state, std::string_view by, std::string reason, std::int64_t percent) {
  const Money price = state.terms.price;
  const Money held = state.held();
  const Money compensation{share_of(held.amount, percent, 100), price.currency};
  return {std::string(by), std::move(reason), price - compensation, compensation};
}

Settlement with_fault(Settlement settlement, Fault fault) {
  settlement.fault = fault;
  return settlement;
}

/// The same for a fee that was earned by waiting: it stays held, for the other side to dispute it.
Settlement waited_for(const DeliveryState& state, std::string_view by, std::string reason, std::int64_t percent,
                      bool by_itself, Time now) {
  Settlement settlement = shared(state, by, std::move(reason), percent);
  if (by_itself)
    settlement.held_until = now + fee_hold(state);
  else
    settlement.needs_decision = true;
  return settlement;
}

/// When the parcel may be fetched at the latest, by the trip's plan and the request's pickupFrom.
std::optional<Time> fetched_until(const DeliveryState& state) {
  if (!state.pickup_until) return std::nullopt;
  return std::max(*state.pickup_until, state.terms.pickup_from.value_or(*state.pickup_until));
}

/// A parcel that was not fetched before its deadline, or when the trip should have left the pickup, costs nothing: the
/// traveler did not come, or not for as long as a wait takes. Nobody is late by what both knew when they agreed: a
/// deadline before the trip's planned arrival, or a pickup that may not be before the trip's departure.
bool nobody_came(const DeliveryState& state, Time now) {
  if (state.late && now >= state.planned_arrival.value_or(now)) return true;
  const std::optional<Time> until = fetched_until(state);
  return until && now >= *until + late_traveler(state);
}

/// Long before the trip's planned arrival nobody is expected at the receiver's.
bool is_early_attempt(const DeliveryState& state, Time now) {
  return state.planned_arrival && now < *state.planned_arrival - early_attempt(state);
}

/// Long after it nobody need be there any more.
bool is_late_attempt(const DeliveryState& state, Time since) {
  return state.planned_arrival && since > *state.planned_arrival + late_attempt(state);
}

/// The wait began after the trip should have left: a sender who is no longer there had reason to go.
bool came_too_late(const DeliveryState& state, Time since) {
  return state.pickup_until && since > std::max(*state.pickup_until, awaited_from(state)) + late_traveler(state);
}

/// It ended before the pickup was planned: until then the sender need not be there for long.
bool ended_before_plan(const DeliveryState& state, Time until) {
  const std::optional<Time> planned = fetched_until(state);
  return planned && until < *planned;
}

/// The traveler took the customer's price at an hour of their choice, and waited since then: so soon after it the
/// customer may sleep, and not know of the deal. Whoever wrote of it since knows.
bool may_not_know(const DeliveryState& state, Time since) {
  return state.terms.by_traveler && since < state.created_at + free_of_own_price(state) && state.by_customer.all == 0;
}

/// The last failed attempt said that the traveler comes again. Had they come, another one would say so.
bool promised_retry(const DeliveryState& state) {
  const auto last = std::find_if(state.timeline.rbegin(), state.timeline.rend(),
                                 [](const TimelineItem& item) { return item.type == "attempt_failed"; });
  if (last == state.timeline.rend()) return false;
  const auto next = last->facts.find("nextStep");
  return next != last->facts.end() && next->second == "retry";
}

/// The traveler's own points say that they were at the meeting with the parcel, for however long, and before the next
/// traveler could leave it: whoever was there days before, or hours late, has not come to meet anybody.
bool came_to_meeting(const DeliveryState& state) {
  if (!state.meets_at || !state.pickup_completed_at) return false;
  const Time from = std::max(*state.pickup_completed_at, *state.meets_at - early_attempt(state)),
             until = *state.meets_at + least_wait(state);
  const auto is_there = [&](const TimelineItem& item) {
    return item.type.starts_with("geofence_") && item.by == "traveler" && item.facts.at("geofenceType") == "delivery" &&
           item.at >= from && item.at <= until;
  };
  return state.dropoff_stay || state.dropoff_earned || std::ranges::any_of(state.timeline, is_there);
}

/// Who leaves: an account that is closed leaves for its owner.
std::string_view leaving_side(const DeliveryState& state, const Caller& by) {
  if (by.kind != Caller::Kind::entity || by.entity.kind != EntityKind::account) return role_of(state, by);
  if (by.entity.id == state.terms.customer.value) return "customer";
  return by.entity.id == state.terms.traveler.value ? "traveler" : "platform";
}

}  // namespace

double place_radius(const Stop& stop) {
  // A point off its address is guessed as well, but makes no larger circle: whoever names two places that disagree
  // would choose how large it is.
  return std::max(place_radius_meters, static_cast<double>(stop.uncertainty_meters.value_or(0)));
}

double beyond(Coordinates place, double radius, const MeasuredPlace& fix) {
  return distance_meters(place, fix.at()) - std::min(fix.accuracy.value_or(0), max_counted_accuracy) - radius;
}

Time awaited_from(const DeliveryState& state) {
  const Time earliest = std::max(state.created_at, state.terms.pickup_from.value_or(state.created_at));
  return state.pickup_until ? std::max(earliest, *state.pickup_until - early_arrival(state)) : earliest;
}

bool shows_coming(const DeliveryState& state, Time since, Time until) {
  const std::optional<Time> latest = fetched_until(state);
  return latest && !state.came_doubted && is_at_pin(state, Handover::pickup) &&
         until >= std::max(since, awaited_from(state)) + came_stay(state) && until < *latest + late_traveler(state);
}

namespace {

Time counts_from(const DeliveryState& state, Handover at, Time now) {
  if (at == Handover::pickup) return awaited_from(state);
  const Time taken = state.pickup_completed_at.value_or(now);
  if (at == Handover::giving_back) {
    const auto started = std::ranges::find(state.timeline, "returning", &TimelineItem::type);
    return started == state.timeline.end() ? now : started->at;
  }
  return std::max(taken, state.attempted_at.value_or(taken));
}

}  // namespace

Time free_until(const DeliveryState& state) {
  const Time at_least = state.created_at + free_cancellation(state);
  if (!state.terms.by_traveler) return at_least;
  return std::max(
      at_least, std::min(state.created_at + free_of_own_price(state), awaited_from(state) - free_before_pickup(state)));
}

std::optional<Duration> waited(const DeliveryState& state, Handover at, Time now) {
  const std::optional<Stay>& stay = state.stay_at(at);
  if (!stay || now - stay->until > largest_gap(state)) return std::nullopt;
  return std::max(Duration{0}, now - std::max(stay->since, counts_from(state, at, now)));
}

bool has_waited(const DeliveryState& state, Handover at, Time now) {
  return waited(state, at, now).value_or(Duration{0}) >= least_wait(state);
}

namespace {

/// Of a stay, the time that counts and that nothing contradicts. What was spent at another pin is none of it.
Duration counted(const DeliveryState& state, Handover at, const Stay& stay, Time now) {
  return stay.until - std::max({stay.since, stay.plausible_from.value_or(stay.since), counts_from(state, at, now)});
}

}  // namespace

bool is_wait(const DeliveryState& state, Handover at, const Stay& stay, Time now) {
  return counted(state, at, stay, now) >= least_wait(state);
}

std::optional<Duration> earned_wait(const DeliveryState& state, Handover at, Time now) {
  std::optional<Duration> longest;
  if (!is_at_pin(state, at)) return longest;  // somewhere in a town is nothing that outlasts the stay
  for (const auto* stay : {&state.stay_at(at), &state.earned_at(at)})
    if (*stay && is_wait(state, at, **stay, now))
      longest = std::max(longest.value_or(Duration{0}), counted(state, at, **stay, now));
  return longest;
}

const PinProposal* open_proposal(const DeliveryState& state, PinType type, Time now) {
  const auto known = std::ranges::find(state.pin_proposals, type, &PinProposal::type);
  if (known == state.pin_proposals.end() || now >= known->at + pin_proposal_life) return nullptr;
  return &*known;
}

bool is_far(const DeliveryState& state, PinType type, const Coordinates& pin) {
  const Stop& stop = state.stop(type);
  const auto& before = state.before(type);
  const Coordinates from = before ? before->at() : stop.at();
  const double uncertainty = before ? before->accuracy.value_or(0) : stop.uncertainty_meters.value_or(0);
  return distance_meters(from, pin) > std::max(far_pin_meters, uncertainty);
}

bool is_at_pin(const DeliveryState& state, Handover at) {
  const PinType type = at == Handover::delivery ? PinType::delivery : PinType::pickup;
  return state.stop(type).is_pinned() && !is_far(state, type, state.stop(type).at());
}

bool is_due_to_tell(const DeliveryState& state, const std::optional<Stay>& known, Time since, Time now) {
  const Time last = state.wait_told_at.value_or(Time{});
  const bool begins = !known || known->since != since;
  if (begins && now - last >= wait_notice_pause) return true;
  return last < since && now - since >= told_after(state);
}

namespace {

/// The customer heard of this stay while half of its wait was still to come.
bool was_told(const DeliveryState& state, const Stay& stay, Time now) {
  return state.wait_told_at && *state.wait_told_at >= stay.since && now - *state.wait_told_at >= told_before_end(state);
}

/// The customer said during the wait since then, or shortly before it, that somebody is there. Once said is good for
/// one wait: what an attempt has ended does not count for the next one. Shortly before is as long as a wait takes.
bool was_present(const DeliveryState& state, Handover at, Time since) {
  const std::optional<Time>& said = at == Handover::delivery ? state.said_at_dropoff : state.said_at_pickup;
  if (!said || *said < since - least_wait(state)) return false;
  return at != Handover::delivery || !state.attempted_at || *said > *state.attempted_at;
}

}  // namespace

bool pays_by_itself(const DeliveryState& state, Handover at, Time now) {
  const std::optional<Duration> wait = waited(state, at, now);
  if (!wait || !is_at_pin(state, at) || state.is_plan_broken() || state.is_meeting(at)) return false;
  const Time since = now - *wait;
  const Time until = state.stay_at(at)->until;
  if (at == Handover::pickup &&
      (came_too_late(state, since) || ended_before_plan(state, until) || may_not_know(state, since)))
    return false;
  if (at == Handover::delivery && (is_early_attempt(state, now) || is_late_attempt(state, since))) return false;
  if (!was_told(state, *state.stay_at(at), now) || was_present(state, at, since)) return false;
  return now - std::max(since, state.stay_at(at)->plausible_from.value_or(since)) >= least_wait(state);
}

std::string declared_load(const DeliveryState& state) {
  const Item& item = state.terms.item;
  return item.description + ": " + std::to_string(item.items) + (item.items == 1 ? " item, " : " items, ") +
         decimal_text(item.weight.units, Kilograms::scale) + " kg, " + decimal_text(item.volume.units, Litres::scale) +
         " l" + (item.declaration ? ". Contents: " + item.declaration->contents : "");
}

bool refused_parcel(const Settlement& settlement) {
  return settlement.needs_decision && settlement.by == "traveler" && settlement.reason == not_as_declared;
}

std::string why_undecided(const DeliveryState& state, const Settlement& settlement) {
  if (settlement.reason == came_to_receiver)
    return "The parcel was given back, or last seen, nearer to the receiver than to the sender.";
  if (settlement.reason == left_with_holder)
    return came_to_meeting(state)
               ? "Nobody carried the parcel on, and its traveler had been seen at the meeting: the whole price is "
                 "theirs, unless other facts contradict that."
               : "Nobody carried the parcel on, and its traveler was never seen at the meeting: they are owed as much "
                 "as for a failed attempt, if they went there at all.";
  if (refused_parcel(settlement))
    return "The traveler refused the parcel at the pickup as not what was declared. Declared: " + declared_load(state);
  if (settlement.by == "traveler" && settlement.reason != no_show)
    return "The traveler had waited long enough at the pickup, but left without saying that nobody came.";
  if (state.pickup_completed_at && promised_retry(state))
    return "The traveler said that they would come again to the receiver's, and did not report that they did.";
  if (state.attempted_at && is_late_attempt(state, *state.attempted_at - least_wait(state)))
    return "The traveler waited at the receiver's until " + to_rfc3339(*state.attempted_at) + ", " +
           std::to_string(
               std::chrono::floor<std::chrono::hours>(*state.attempted_at - *state.planned_arrival).count()) +
           " hours after the trip's planned arrival.";
  if (state.is_meeting(state.pickup_completed_at ? Handover::delivery : Handover::pickup))
    return "The traveler waited at a meeting with another traveler of the relay, who may say the same of this one.";
  if (state.is_plan_broken()) return "The traveler waited by a plan that was later than the customer had agreed to.";
  const std::optional<Stay>& stay = state.pickup_stay;
  if (!state.pickup_completed_at && stay && ended_before_plan(state, stay->until))
    return "The traveler waited at the pickup until " + to_rfc3339(stay->until) + ", and the pickup was planned for " +
           to_rfc3339(*fetched_until(state)) + ".";
  if (!state.pickup_completed_at && stay && may_not_know(state, stay->since))
    return "The traveler accepted the customer's price at " + to_rfc3339(state.created_at) +
           ", and waited so soon after it that the customer may not have known of the deal.";
  const bool at_pin = is_at_pin(state, state.pickup_completed_at ? Handover::delivery : Handover::pickup);
  return at_pin ? "The traveler waited, but other facts contradict that nobody came."
                : "The traveler waited at a place that was guessed from its address, or at a point far from it.";
}

Settlement cancellation(const DeliveryState& state, const Caller& by, const std::string& reason, Time now) {
  const std::string_view side = leaving_side(state, by);
  const bool stands_there = has_waited(state, Handover::pickup, now);
  const bool has_earned = stands_there || earned_wait(state, Handover::pickup, now);
  const bool reports_no_show = side == "traveler" && reason == no_show && by.is_user(state.terms.traveler);
  const bool came_not = !stands_there && (state.is_plan_broken() || nobody_came(state, now));
  // Seen there for a while, and gone again: only people can say whether that was for the parcel.
  const bool came_and_left = came_not && (state.came_at || has_earned);
  const Fault customers = came_and_left ? Fault::nobody : came_not ? Fault::traveler : Fault::customer;
  const std::int64_t no_show_fee = policy_of(state).waiting.no_show_percent;
  // Whoever lets the traveler wait cannot get away by leaving first: it costs what the traveler's own report would.
  const bool is_free = now < free_until(state);
  if (has_earned && (reports_no_show || side == "customer")) {
    const bool by_itself = pays_by_itself(state, Handover::pickup, now);
    const bool is_open = reports_no_show || state.is_meeting(Handover::pickup);
    return with_fault(waited_for(state, side, reason, no_show_fee, by_itself, now),
                      is_open ? Fault::nobody : customers);
  }
  if (side == "traveler" && reason == not_as_declared && by.is_user(state.terms.traveler))
    return with_fault(waited_for(state, side, reason, no_show_fee, false, now), Fault::nobody);
  // Whoever ends a trip, or has a key or a session of the traveler's, does not give away what they earned by waiting.
  if (has_earned && side == "traveler" && by.is_user(state.terms.traveler))
    return with_fault(waited_for(state, side, reason, no_show_fee, false, now), Fault::nobody);
  if (side == "traveler") return with_fault(shared(state, side, reason, 0), Fault::traveler);
  if (side != "customer") {
    // Whoever ends it over the heads of both does not say as well what the wait was good for.
    if (has_earned) return with_fault(waited_for(state, side, reason, no_show_fee, false, now), Fault::nobody);
    return with_fault(shared(state, side, reason, 0), came_not ? customers : Fault::both);
  }
  if (is_free) return with_fault(shared(state, side, reason, 0), customers);
  const std::int64_t late_fee = policy_of(state).cancellation.late_fee_percent;
  if (came_and_left) return with_fault(waited_for(state, side, reason, late_fee, false, now), customers);
  return with_fault(shared(state, side, reason, came_not ? 0 : late_fee), customers);
}

bool traveler_leaves(const DeliveryState& state, const Caller& by) {
  if (by.kind != Caller::Kind::entity) return false;
  return by.entity.kind == EntityKind::trip || leaving_side(state, by) == "traveler";
}

bool ended_by_other(const Settlement& settlement, Fault side) {
  return settlement.fault && settlement.fault != side && settlement.fault != Fault::both;
}

bool is_among_travelers(const DeliveryState& state) {
  return state.owed_percent || state.is_meeting(state.pickup_completed_at ? Handover::delivery : Handover::pickup);
}

bool is_nearer_receiver(const DeliveryState& state, Coordinates place) {
  const double from_sender = distance_meters(place, state.taken_at.value_or(state.terms.pickup.at()));
  return from_sender > place_radius_meters && distance_meters(place, state.terms.dropoff.at()) < from_sender;
}

namespace {

/// Where the parcel comes back to, unless its traveler was last seen to come to the receiver's, or to leave there.
Coordinates last_seen(const DeliveryState& state) {
  const auto seen = std::find_if(state.timeline.rbegin(), state.timeline.rend(), [](const TimelineItem& item) {
    return item.type.starts_with("geofence_") && item.by == "traveler";
  });
  const bool at_receiver = seen != state.timeline.rend() && seen->facts.at("geofenceType") == "delivery";
  return state.stop(at_receiver ? PinType::delivery : PinType::pickup).at();
}

Fault fault_of_return(const DeliveryState& state) {
  if (state.attempt_at_pin || state.owed_percent) return Fault::nobody;
  if (state.uncollected) return Fault::customer;
  return state.return_by_traveler ? Fault::traveler : Fault::both;
}

/// What the rules give for the way, before it is asked where the parcel ended. The whole price rests on the traveler's
/// own points, and is for an administrator to give; so is any of it where none was at the meeting.
Settlement price_of_return(const DeliveryState& state, Time now) {
  const std::int64_t of_attempt = policy_of(state).waiting.failed_attempt_percent;
  if (state.owed_percent)
    return waited_for(state, "platform", std::string(left_with_holder), *state.owed_percent,
                      *state.owed_percent <= of_attempt && came_to_meeting(state), now);
  if (state.attempt_at_pin)
    return waited_for(state, "platform", "returned after a failed attempt", of_attempt, *state.attempt_at_pin, now);
  return shared(state, "platform", "returned by the traveler", 0);
}

}  // namespace

std::optional<std::int64_t> owed_to_holder(const DeliveryState& state, const Caller& by, std::string_view reason) {
  const Address request{EntityKind::request, state.terms.request_id.value};
  const bool is_called_back = by.kind == Caller::Kind::entity && by.entity == request && reason == nobody_carries_on;
  const bool is_cut = state.hands_on() && !state.next_leg;
  if (!is_called_back && !(is_cut && by.is_user(state.terms.traveler))) return std::nullopt;
  const bool was_there = state.dropoff_stay || state.dropoff_earned;
  return was_there ? 100 : policy_of(state).waiting.failed_attempt_percent;
}

Settlement giving_back(const DeliveryState& state, const std::optional<MeasuredPlace>& scanned_at, Time now,
                       bool is_proven) {
  Settlement settlement = price_of_return(state, now);
  settlement.fault = fault_of_return(state);
  if (!scanned_at || !is_proven) {
    settlement.refund_waits = true;
    if (!settlement.waits()) settlement.held_until = now + fee_hold(state);
  }
  const Coordinates ended = scanned_at ? scanned_at->at() : last_seen(state);
  if (!is_nearer_receiver(state, ended)) return settlement;
  settlement.reason = came_to_receiver;
  settlement.refund_waits = settlement.needs_decision = true;
  settlement.held_until.reset();
  return settlement;
}

Settlement not_paid(const DeliveryState& state) {
  return with_fault(shared(state, "customer", "the payment provider refused the payment", 0), Fault::customer);
}

Settlement agreed(const DeliveryState& state) {
  const Money held = state.held();
  // Finance may have given a part back since then.
  const AgreedRest& agreed = *state.agreed_rest;
  const Money rest{share_of(held.amount, agreed.to_traveler.amount, agreed.held.amount), held.currency};
  const char* reason = agreed.by_judge ? "as the dispute was decided" : "the two sides agreed";
  return with_fault({"platform", reason, state.terms.price - held, rest}, fault_of_return(state));
}

Settlement not_returned(const FundsStanding& standing) {
  return with_fault({"platform", "the parcel did not come back", standing.refunded, standing.to_traveler},
                    Fault::traveler);
}

Settlement decided_elsewhere(const FundsStanding& standing, bool refunded_by_judge) {
  return with_fault({"platform", "the money was shared out", standing.refunded, standing.to_traveler},
                    refunded_by_judge ? Fault::traveler : Fault::both);
}

}  // namespace caravan::delivery_policy
