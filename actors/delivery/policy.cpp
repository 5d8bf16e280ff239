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
  const Money held = state.standing ? state.standing->held : price;
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
    settlement.held_until = now + fee_hold;
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
  return until && now >= *until + late_traveler;
}

/// Long before the trip's planned arrival nobody is expected at the receiver's.
bool is_early_attempt(const DeliveryState& state, Time now) {
  return state.planned_arrival && now < *state.planned_arrival - early_attempt;
}

/// The wait began after the trip should have left: a sender who is no longer there had reason to go.
bool came_too_late(const DeliveryState& state, Time since) {
  return state.pickup_until && since > std::max(*state.pickup_until, awaited_from(state)) + late_traveler;
}

/// Who leaves: an account that is closed leaves for its owner.
std::string_view leaving_side(const DeliveryState& state, const Caller& by) {
  if (by.kind != Caller::Kind::entity || by.entity.kind != EntityKind::account) return role_of(state, by);
  if (by.entity.id == state.terms.customer.value) return "customer";
  return by.entity.id == state.terms.traveler.value ? "traveler" : "platform";
}

}  // namespace

double place_radius(const Stop& stop) {
  return std::max(place_radius_meters, static_cast<double>(stop.uncertainty_meters.value_or(0)));
}

Time awaited_from(const DeliveryState& state) {
  const Time earliest = std::max(state.created_at, state.terms.pickup_from.value_or(state.created_at));
  return state.pickup_until ? std::max(earliest, *state.pickup_until - early_arrival) : earliest;
}

bool shows_coming(const DeliveryState& state, Time since, Time until) {
  const std::optional<Time> latest = fetched_until(state);
  return latest && is_at_pin(state, Handover::pickup) && until >= std::max(since, awaited_from(state)) + came_stay &&
         until < *latest + late_traveler;
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
  const Time at_least = state.created_at + free_cancellation;
  if (!state.terms.by_traveler) return at_least;
  return std::max(at_least, std::min(state.created_at + free_of_own_price, awaited_from(state) - free_before_pickup));
}

std::optional<Duration> waited(const DeliveryState& state, Handover at, Time now) {
  const std::optional<Stay>& stay = state.stay_at(at);
  if (!stay || now - stay->until > largest_gap) return std::nullopt;
  return std::max(Duration{0}, now - std::max(stay->since, counts_from(state, at, now)));
}

bool has_waited(const DeliveryState& state, Handover at, Time now) {
  return waited(state, at, now).value_or(Duration{0}) >= least_wait;
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

bool pays_by_itself(const DeliveryState& state, Handover at, Time now) {
  const std::optional<Duration> wait = waited(state, at, now);
  if (!wait || !is_at_pin(state, at)) return false;
  const Time since = now - *wait;
  if (at == Handover::pickup && came_too_late(state, since)) return false;
  if (at == Handover::delivery && is_early_attempt(state, now)) return false;
  const std::optional<Time>& said = at == Handover::delivery ? state.said_at_dropoff : state.said_at_pickup;
  if (said && *said >= since) return false;
  return now - std::max(since, state.stay_at(at)->plausible_from.value_or(since)) >= least_wait;
}

std::string declared_load(const DeliveryState& state) {
  const Item& item = state.terms.item;
  return item.description + ": " + std::to_string(item.items) + (item.items == 1 ? " item, " : " items, ") +
         decimal_text(item.weight.units, Kilograms::scale) + " kg, " + decimal_text(item.volume.units, Litres::scale) +
         " l";
}

bool refused_parcel(const Settlement& settlement) {
  return settlement.needs_decision && settlement.by == "traveler" && settlement.reason == not_as_declared;
}

std::string why_undecided(const DeliveryState& state, const Settlement& settlement) {
  if (settlement.reason == came_to_receiver)
    return "The parcel was given back, or last seen, nearer to the receiver than to the sender.";
  if (refused_parcel(settlement))
    return "The traveler refused the parcel at the pickup as not what was declared. Declared: " + declared_load(state);
  const bool at_pin = is_at_pin(state, state.pickup_completed_at ? Handover::delivery : Handover::pickup);
  return at_pin ? "The traveler waited, but other facts contradict that nobody came."
                : "The traveler waited at a place that was guessed from its address, or at a pin far from it.";
}

Settlement cancellation(const DeliveryState& state, const Caller& by, const std::string& reason, Time now) {
  const std::string_view side = leaving_side(state, by);
  const bool stands_there = has_waited(state, Handover::pickup, now);
  const bool reports_no_show = side == "traveler" && reason == no_show && by.is_user(state.terms.traveler);
  const bool came_not = !stands_there && nobody_came(state, now);
  // Seen there for a while, and gone again: only people can say whether that was for the parcel.
  const bool came_and_left = came_not && state.came_at;
  const Fault customers = came_and_left ? Fault::nobody : came_not ? Fault::traveler : Fault::customer;
  const std::int64_t no_show_fee = policy.waiting.no_show_percent;
  // Whoever lets the traveler wait cannot get away by leaving first: it costs what the traveler's own report would.
  const bool is_free = now < free_until(state);
  if (stands_there && (reports_no_show || side == "customer")) {
    // Whose price was taken a moment ago may not know of it yet.
    const bool may_know = !is_free || !state.terms.by_traveler;
    const bool by_itself = may_know && pays_by_itself(state, Handover::pickup, now);
    return with_fault(waited_for(state, side, reason, no_show_fee, by_itself, now),
                      reports_no_show ? Fault::nobody : customers);
  }
  if (side == "traveler" && reason == not_as_declared && by.is_user(state.terms.traveler))
    return with_fault(waited_for(state, side, reason, no_show_fee, false, now), Fault::nobody);
  if (side == "traveler") return with_fault(shared(state, side, reason, 0), Fault::traveler);
  if (side != "customer") {
    // Whoever ends it over the heads of both does not say as well what the wait was good for.
    if (stands_there) return with_fault(waited_for(state, side, reason, no_show_fee, false, now), Fault::nobody);
    return with_fault(shared(state, side, reason, 0), came_not ? customers : Fault::both);
  }
  if (is_free) return with_fault(shared(state, side, reason, 0), customers);
  const std::int64_t late_fee = policy.cancellation.late_fee_percent;
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
  if (state.attempt_at_pin) return Fault::nobody;
  if (state.uncollected) return Fault::customer;
  return state.return_by_traveler ? Fault::traveler : Fault::both;
}

}  // namespace

Settlement giving_back(const DeliveryState& state, const std::optional<MeasuredPlace>& scanned_at, Time now) {
  Settlement settlement =
      state.attempt_at_pin
          ? with_fault(waited_for(state, "platform", "returned after a failed attempt",
                                  policy.waiting.failed_attempt_percent, *state.attempt_at_pin, now),
                       fault_of_return(state))
          : with_fault(shared(state, "platform", "returned by the traveler", 0), fault_of_return(state));
  if (!scanned_at) {
    settlement.refund_waits = true;
    if (!settlement.waits()) settlement.held_until = now + fee_hold;
  }
  const Coordinates ended = scanned_at ? scanned_at->at() : last_seen(state);
  if (!is_nearer_receiver(state, ended)) return settlement;
  settlement.reason = came_to_receiver;
  settlement.refund_waits = settlement.needs_decision = true;
  settlement.held_until.reset();
  return settlement;
}

HandedElsewhere handed_elsewhere(const DeliveryState& state, const std::string& reason, Coordinates place, Time now) {
  HandedElsewhere handed{reason, distance_meters(place, state.terms.dropoff.at())};
  handed.needs_decision = !is_nearer_receiver(state, place);
  if (!handed.needs_decision) handed.held_until = now + fee_hold;
  return handed;
}

std::optional<HandedLate> handed_late(const DeliveryState& state, const std::optional<HandedElsewhere>& elsewhere,
                                      Time now) {
  const std::optional<Time> due = std::max(state.terms.deliver_by, state.planned_arrival);
  if (!due || now <= *due + late_grace) return std::nullopt;
  const Time held_until = (elsewhere ? elsewhere->held_until.value_or(now) : now) + late_hold;
  return HandedLate{std::chrono::floor<std::chrono::seconds>(now - *due).count(), held_until};
}

Settlement not_paid(const DeliveryState& state) {
  return with_fault(shared(state, "customer", "the payment provider refused the payment", 0), Fault::customer);
}

Settlement agreed(const DeliveryState& state) {
  const Money held = state.standing ? state.standing->held : state.terms.price;
  // Finance may have given a part back since then.
  const AgreedRest& agreed = *state.agreed_rest;
  const Money rest{share_of(held.amount, agreed.to_traveler.amount, agreed.held.amount), held.currency};
  return with_fault({"platform", "the two sides agreed", state.terms.price - held, rest}, fault_of_return(state));
}

Settlement not_returned(const FundsStanding& standing) {
  return with_fault({"platform", "the parcel did not come back", standing.refunded, standing.to_traveler},
                    Fault::traveler);
}

Settlement decided_elsewhere(const FundsStanding& standing) {
  return with_fault({"platform", "the money was shared out", standing.refunded, standing.to_traveler}, Fault::both);
}

Time code_expiry(const DeliveryState& state, Time now, Handover type) {
  // What is overdue waits for an administrator, and may arrive meanwhile by a code that is made anew.
  if (type == Handover::giving_back) return now + longest_return + code_validity_after;
  if (type == Handover::delivery && state.pickup_completed_at)
    return std::max(now, carried_until(state, *state.pickup_completed_at)) + code_validity_after;
  // Nobody has to fetch it before the trip leaves, however long after the acceptance that is.
  const Time planned = state.pickup_until.value_or(now) + code_validity_after;
  if (!state.terms.deliver_by)
    return std::max(planned, std::max(now, state.terms.pickup_from.value_or(now)) + code_validity);
  return std::max(planned, std::max(now, *state.terms.deliver_by) + code_validity_after);
}

Time carried_until(const DeliveryState& state, Time picked_up_at) {
  const Time deadline =
      std::max(state.terms.deliver_by.value_or(picked_up_at), state.planned_arrival.value_or(picked_up_at));
  return std::max(deadline + code_validity_after, picked_up_at + longest_carrying);
}

}  // namespace caravan::delivery_policy
