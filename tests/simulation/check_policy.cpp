#include <algorithm>

#include "actors/delivery/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/request/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "tests/simulation/checker.hpp"

// Nobody has more than the policy says. What is due is worked out from when entries came about, not from what
// deliveries say of their own waits.
namespace caravan::simulation {

namespace {

constexpr auto least_wait = std::chrono::seconds{policy.waiting.wait_seconds};
constexpr auto largest_gap = std::chrono::seconds{policy.waiting.largest_gap_seconds} + std::chrono::seconds{5};
constexpr auto before_departure = std::chrono::seconds{policy.waiting.before_departure_seconds};
constexpr auto early_attempt = std::chrono::seconds{policy.waiting.early_attempt_seconds};
constexpr auto late_attempt = std::chrono::seconds{policy.waiting.late_attempt_seconds};
constexpr auto pickup_lead = std::chrono::seconds{policy.waiting.pickup_lead_seconds};
constexpr auto came_stay = std::chrono::seconds{policy.cancellation.came_stay_seconds};
constexpr auto free_time = std::chrono::seconds{policy.cancellation.free_seconds};
constexpr auto free_of_own_price = std::chrono::seconds{policy.cancellation.free_of_own_price_seconds};
constexpr auto free_before_pickup = std::chrono::seconds{policy.cancellation.free_before_pickup_seconds};
constexpr auto fee_hold = std::chrono::seconds{policy.waiting.fee_held_seconds};
constexpr double at_the_door = 100;              // metres
constexpr auto doubt = std::chrono::seconds{5};  // nodes' dates differ by a little

std::int64_t percent_of(Money price, std::int64_t percent) { return share_of(price.amount, percent, 100); }

/// From when a stay at the pickup since then counts.
Time counted_from(const DeliveryState& delivery, Time since) {
  const Time from = std::max(since, delivery.terms.pickup_from.value_or(since));
  return std::max(from, delivery.pickup_until.value_or(from + before_departure) - before_departure);
}

}  // namespace

bool Checker::has_waited(const Uuid& id, Handover at, Time now) const {
  auto seen = seen_.find({id, at});
  // A decision may land after an entry of a later date: then the stay counts that was before that.
  if (seen == seen_.end() || now < seen->second.first) {
    seen = seen_before_.find({id, at});
    if (seen == seen_before_.end()) return false;
  }
  const DeliveryState& delivery = *chronicle_.state<Delivery>(id);
  const auto [since, until] = seen->second;
  const Time from = at == Handover::pickup ? counted_from(delivery, since) : since;
  return now - until <= largest_gap && now - from >= least_wait;
}

void Checker::presence(const JournalEntry& entry, const PresenceNoted& noted) {
  const Uuid& id = entry.entity.id;
  const Time now = entry.origin.at;
  const auto& fences = chronicle_.state<Tracker>(id)->fences;
  const auto watched = std::ranges::find_if(
      fences, [&](const WatchedFence& each) { return each.fence.geofence_id == noted.geofence_id; });
  if (watched == fences.end()) return;
  const std::pair key{id, watched->fence.type};
  if (!noted.since) {
    gone_.insert(key);
    return;
  }
  const auto known = seen_.find(key);
  const bool is_over = known != seen_.end() && now - known->second.second > largest_gap;
  const bool had_left = gone_.erase(key) > 0;
  if (known != seen_.end() && (is_over || had_left)) {
    seen_before_[key] = known->second;
    seen_.erase(known);
  }
  const auto seen = seen_.try_emplace(key, now, now).first;
  seen->second.second = now;
  const DeliveryState* delivery = chronicle_.state<Delivery>(id);
  const Time came =
      key.second == Handover::pickup && delivery ? counted_from(*delivery, seen->second.first) : seen->second.first;
  if (now - came >= least_wait) earned_.insert(key);
  if (key.second == Handover::pickup && delivery && now - counted_from(*delivery, seen->second.first) >= came_stay)
    came_.insert(id);
}

void Checker::policy_of(const JournalEntry& entry, const AnyRecord& event) {
  const Uuid& id = entry.entity.id;
  const Time now = entry.origin.at;
  const auto forget = [&](Handover at) {
    seen_.erase({id, at});
    seen_before_.erase({id, at});
    gone_.erase({id, at});
  };
  const auto has_earned = [&](Handover at) { return has_waited(id, at, now) || earned_.contains({id, at}); };
  if (const auto* noted = event.get_if<PresenceNoted>()) presence(entry, *noted);
  if (const auto* measured = event.get_if<WaitMeasured>(); measured && !measured->since)
    if (gone_.contains({id, measured->geofence_type})) forget(measured->geofence_type);
  if (event.get_if<DeliveryPickedUp>()) {
    taken_at_[id] = chronicle_.state<Delivery>(id)->terms.pickup.at();
    forget(Handover::pickup);
    forget(Handover::delivery);
    earned_.erase({id, Handover::pickup});
    earned_.erase({id, Handover::delivery});
  }
  if (const auto* attempt = event.get_if<AttemptFailed>()) {
    if (!has_earned(Handover::delivery)) fault("delivery/" + id.text() + ": an attempt failed without a wait");
    if (attempt->at_pin.value_or(false) && attempt->next_step == NextStep::retry)
      fault("delivery/" + id.text() + ": an attempt pays by itself after which its traveler was to come again");
    if (attempt->at_pin.value_or(false) && !has_waited(id, Handover::delivery, now))
      fault("delivery/" + id.text() + ": an attempt pays by itself after its traveler left");
    earned_.erase({id, Handover::delivery});
    const Time planned = chronicle_.state<Delivery>(id)->planned_arrival.value_or(now);
    const auto seen = seen_.find({id, Handover::delivery});
    const bool is_late = seen != seen_.end() && std::min(seen->second.first, now) > planned + late_attempt + doubt;
    if (now + doubt >= planned - early_attempt && !is_late) in_time_.insert(id);
    if (seen != seen_.end()) seen->second.first = now;
    if (attempt->at_pin.value_or(false)) doubted_.erase(id);  // another wait, which nothing contradicts yet
  }
  if (event.get_if<WaitDoubted>()) doubted_.insert(id);
  if (const auto* said = event.get_if<PresenceSaid>()) said_[{id, said->geofence_type}] = now;
  if (const auto* end = event.get_if<DeliveryCancelled>()) cancelled(entry, *end);
  if (const auto* end = event.get_if<DeliveryReturned>()) returned(entry, *end);
  if (const auto* end = event.get_if<DeliveryCompleted>()) handed_out(entry, *end);
}

void Checker::agreed_on(const JournalEntry& entry, const OfferAcceptanceStarted& begun) {
  const Offer* offer = chronicle_.state<Request>(entry.entity.id)->find(begun.offer_id);
  if (offer && offer->planned_pickup && entry.origin.at >= *offer->planned_pickup - pickup_lead)
    fault("request/" + entry.entity.id.text() + ": an offer was accepted when its trip was about to come by");
}

void Checker::cancelled(const JournalEntry& entry, const DeliveryCancelled& end) {
  const Settlement& settlement = end.settlement;
  const Uuid& id = entry.entity.id;
  const std::string name = "delivery/" + id.text();
  const Time now = entry.origin.at;
  const DeliveryState& delivery = *chronicle_.state<Delivery>(id);
  ended_[id] = now;
  if (delivery.funds_gone) return;  // others have shared the money out
  const std::int64_t fee = settlement.compensation.amount;
  const std::int64_t most = percent_of(
      delivery.terms.price, settlement.waits() ? policy.waiting.no_show_percent : policy.cancellation.late_fee_percent);
  if (settlement.refund + settlement.compensation != delivery.terms.price)
    fault(name + ": its end does not share out the price");
  if (fee > most) fault(name + ": more than the fee was kept for the traveler");
  if (end.declared && (!settlement.needs_decision || !seen_.contains({id, Handover::pickup})))
    fault(name + ": a refused parcel pays by itself, or its traveler was not there");
  const bool only_came = settlement.needs_decision && came_.contains(id) &&
                         fee <= percent_of(delivery.terms.price, policy.cancellation.late_fee_percent);
  const bool only_earned = settlement.needs_decision && earned_.contains({id, Handover::pickup});
  if (settlement.waits() && !end.declared && !only_came && !only_earned && !has_waited(id, Handover::pickup, now))
    fault(name + ": a fee for a wait that nobody measured");
  if (settlement.held_until && !delivery.terms.pickup.is_pinned()) fault(name + ": a guessed pickup earned a fee");
  const Time planned = std::max(delivery.pickup_until.value_or(now), delivery.terms.pickup_from.value_or(now));
  if (settlement.held_until && now + doubt < planned) fault(name + ": a fee pays by itself before the planned pickup");
  const auto said = said_.find({id, Handover::pickup});
  if (settlement.held_until && said != said_.end() && said->second >= now - least_wait)
    fault(name + ": a fee pays by itself, though somebody was said to be there");
  if (fee == 0 || settlement.waits()) return;
  if (settlement.by != "customer") fault(name + ": a traveler earned by leaving");
  Time free_until = delivery.created_at + free_time;
  if (delivery.terms.by_traveler && delivery.pickup_until)
    free_until = std::max(free_until, std::min(delivery.created_at + free_of_own_price,
                                               *delivery.pickup_until - before_departure - free_before_pickup));
  if (now < free_until) fault(name + ": a fee was kept within the free time");
}

bool Checker::is_nearer_receiver(const Uuid& id, Coordinates place) const {
  const DeliveryState& delivery = *chronicle_.state<Delivery>(id);
  const auto taken = taken_at_.find(id);
  const double back = distance_meters(place, taken == taken_at_.end() ? delivery.terms.pickup.at() : taken->second);
  return back > at_the_door && distance_meters(place, delivery.terms.dropoff.at()) < back;
}

/// Whoever calls it a return, where the parcel is decides; and nobody's word alone pays at once.
void Checker::came_back(const Uuid& id, const DeliveryReturned& end) {
  const std::string name = "delivery/" + id.text();
  const bool is_scanned = end.handed.qr_code_id && end.handed.location;
  if (!is_scanned && !end.settlement.refund_waits)
    fault(name + ": came back on the customer's word, and nothing waits for an objection");
  const bool is_held = end.settlement.refund_waits && end.settlement.needs_decision;
  if (is_scanned && is_nearer_receiver(id, end.handed.location->at()) && !is_held)
    fault(name + ": came back nearer to the receiver, and nobody decides");
}

/// A scan off the place where its code is bound does not pay as one that is there.
void Checker::handed_out(const JournalEntry& entry, const DeliveryCompleted& end) {
  const Uuid& id = entry.entity.id;
  const DeliveryState& delivery = *chronicle_.state<Delivery>(id);
  const auto code = std::ranges::find(delivery.codes, end.handed.qr_code_id, &QrCode::qr_code_id);
  if (code == delivery.codes.end() || !code->bound_to || !end.handed.location) return;
  const Coordinates at = end.handed.location->at();
  if (distance_meters(*code->bound_to, at) <= code->radius + at_the_door) return;  // a fix may be off so far
  const std::string name = "delivery/" + id.text();
  if (!end.elsewhere) return fault(name + ": was handed over off its place, as if it were there");
  elsewhere_[id] = entry.origin.at;
  if (!is_nearer_receiver(id, at) && !end.elsewhere->needs_decision)
    fault(name + ": was handed over nearer to the sender, and nobody decides");
}

void Checker::returned(const JournalEntry& entry, const DeliveryReturned& end) {
  const Settlement& settlement = end.settlement;
  const Uuid& id = entry.entity.id;
  const std::string name = "delivery/" + id.text();
  const DeliveryState& delivery = *chronicle_.state<Delivery>(id);
  ended_[id] = entry.origin.at;
  if (delivery.funds_gone) {
    if (!delivery.standing || settlement.compensation != delivery.standing->to_traveler)
      fault(name + ": its end does not say how others shared the money out");
    return;
  }
  if (delivery.agreed_rest) {
    const auto agreed = agreed_.find(id);
    if (agreed == agreed_.end() || settlement.compensation.amount > agreed->second)
      fault(name + ": the traveler gets more than both sides agreed on");
    return;
  }
  came_back(id, end);
  const std::int64_t fee = settlement.compensation.amount;
  if (settlement.refund + settlement.compensation != delivery.terms.price)
    fault(name + ": its end does not share out the price");
  const Money left = delivery.standing ? delivery.standing->held : delivery.terms.price;
  const bool is_left = delivery.owed_percent.has_value();  // with a traveler from whom nobody took the parcel on
  if (is_left && (!delivery.terms.leg || fee > percent_of(left, *delivery.owed_percent)))
    fault(name + ": more than is owed was kept for the traveler");
  if (!is_left && fee > percent_of(left, policy.waiting.failed_attempt_percent))
    fault(name + ": more than the fee was kept for the traveler");
  if (fee > 0 && delivery.failed_attempts == 0 && !is_left) fault(name + ": a return without an attempt earned a fee");
  if (fee > 0 && !settlement.waits()) fault(name + ": the fee of an attempt was not held");
  if (settlement.held_until && doubted_.contains(id)) fault(name + ": a doubted wait pays by itself");
  if (fee > 0 && settlement.held_until && !in_time_.contains(id) && !is_left)
    fault(name + ": an attempt out of its time earned a fee");
  if (fee > 0 && settlement.held_until && !delivery.terms.dropoff.is_pinned())
    fault(name + ": a guessed dropoff earned a fee");
}

void Checker::fee_paid(const JournalEntry& entry) {
  const EscrowState& escrow = *chronicle_.state<Escrow>(entry.entity.id);
  const Uuid& id = escrow.delivery_id.value;
  const DeliveryState* delivery = chronicle_.state<Delivery>(id);
  if (!delivery || !delivery->settlement || !delivery->settlement->waits()) return;
  // A judge left the traveler the rest for when the parcel is back, and it came back before the delivery heard of that.
  const auto agreed = agreed_.find(id);
  const bool is_decided = escrow.rest_agreed && agreed != agreed_.end() && decided_.contains(entry.entity.id) &&
                          (escrow.to_traveler + escrow.fee_taken).amount <= agreed->second;
  if (is_decided) return;
  if (delivery->settlement->needs_decision) return fault("delivery/" + id.text() + ": a fee was paid undecided");
  const auto ended = ended_.find(id);
  if (ended == ended_.end() || entry.origin.at + doubt < ended->second + fee_hold)
    fault("delivery/" + id.text() + ": a fee was paid before its day was over");
}

void Checker::waited_for_objection(const JournalEntry& entry) {
  const Uuid& id = chronicle_.state<Escrow>(entry.entity.id)->delivery_id.value;
  const auto handed = elsewhere_.find(id);
  const DeliveryState* delivery = chronicle_.state<Delivery>(id);
  if (handed == elsewhere_.end() || (delivery && delivery->confirmed_at)) return;
  if (entry.origin.at + doubt < handed->second + fee_hold)
    fault("delivery/" + id.text() + ": a handover off its place was paid before its day was over");
}

void Checker::word_paid(const JournalEntry& entry) {
  const Uuid& id = chronicle_.state<Escrow>(entry.entity.id)->delivery_id.value;
  const DeliveryState* delivery = chronicle_.state<Delivery>(id);
  if (!delivery || !delivery->settlement || !delivery->settlement->refund_waits) return;
  const auto ended = ended_.find(id);
  if (delivery->settlement->needs_decision || ended == ended_.end() ||
      entry.origin.at + doubt < ended->second + fee_hold)
    fault("delivery/" + id.text() + ": a refund was paid that had to wait");
}

void Checker::shares_of(const Uuid& id) {
  const EscrowState& escrow = *chronicle_.state<Escrow>(id);
  const DeliveryState* delivery = chronicle_.state<Delivery>(escrow.delivery_id.value);
  if (!delivery || !escrow.hold_until || escrow.status == EscrowStatus::cancelled) return;
  const std::string name = "escrow/" + id.text();
  if (escrow.held + escrow.refunded + escrow.to_traveler + escrow.fee_taken != escrow.amount)
    fault(name + ": its shares are not the whole");
  if (escrow.refunded.amount > escrow.amount.amount) fault(name + ": more was given back than was paid");
  if (decided_.contains(id)) return;  // people shared it out otherwise
  if (delivery->status == DeliveryStatus::delivered) {
    if (escrow.to_traveler.amount > escrow.amount.amount - escrow.platform_fee.amount)
      fault(name + ": the traveler has more than the price");
  } else if (delivery->settlement) {
    if (escrow.to_traveler.amount > delivery->settlement->compensation.amount)
      fault(name + ": the traveler has more than the policy says");
    if (escrow.refunded.amount > delivery->settlement->refund.amount)
      fault(name + ": the customer has more than the policy says");
  } else if (escrow.to_traveler.amount > 0) {
    fault(name + ": the traveler has money of a delivery that goes on");
  }
}

void Checker::shares() {
  for (const Uuid& id : chronicle_.all(EntityKind::escrow)) shares_of(id);
}

}  // namespace caravan::simulation
