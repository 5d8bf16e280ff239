#include <algorithm>

#include "actors/delivery/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "tests/simulation/checker.hpp"

// Nobody has more than the policy says. What is due is worked out from when entries came about, not from what
// deliveries say of their own waits.
namespace caravan::simulation {

namespace {

constexpr auto least_wait = std::chrono::seconds{policy.waiting.wait_seconds};
constexpr auto fee_hold = std::chrono::seconds{policy.waiting.fee_held_seconds};

std::int64_t percent_of(Money price, std::int64_t percent) { return share_of(price.amount, percent, 100); }

}  // namespace

bool Checker::has_waited(const Uuid& id, Handover at, Time now) const {
  const auto seen = seen_.find({id, at});
  if (seen == seen_.end()) return false;
  const DeliveryState& delivery = *chronicle_.state<Delivery>(id);
  Time from = std::max(seen->second, delivery.terms.pickup_from.value_or(seen->second));
  if (at == Handover::delivery) {
    if (!delivery.pickup_completed_at) return false;
    from = std::max(seen->second, *delivery.pickup_completed_at);
  }
  return now - from >= least_wait;
}

void Checker::policy_of(const JournalEntry& entry, const AnyRecord& event) {
  const Uuid& id = entry.entity.id;
  const std::string name = "delivery/" + id.text();
  const Time now = entry.origin.at;
  if (const auto* place = event.get_if<PlaceReached>()) {
    const std::pair key{id, place->hit.geofence_type};
    if (place->hit.event_type == GeofenceEventType::entry) seen_.emplace(key, now);
    if (place->hit.event_type == GeofenceEventType::exit) seen_.erase(key);
  }
  if (event.get_if<AttemptFailed>() && !has_waited(id, Handover::delivery, now))
    fault(name + ": an attempt failed without a wait");
  if (const auto* cancelled = event.get_if<DeliveryCancelled>()) {
    ended_[id] = now;
    const DeliveryState& delivery = *chronicle_.state<Delivery>(id);
    const Settlement& settlement = cancelled->settlement;
    const bool waited = has_waited(id, Handover::pickup, now);
    const std::int64_t most = settlement.waits()
                                  ? percent_of(delivery.terms.price, policy.waiting.no_show_percent)
                                  : percent_of(delivery.terms.price, policy.cancellation.late_fee_percent);
    if (delivery.funds_gone) return;  // others have shared the money out
    if (settlement.compensation.amount > most) fault(name + ": more than the fee was kept for the traveler");
    if (settlement.waits() && !waited) fault(name + ": a fee for a wait that nobody measured");
    if (settlement.held_until && !delivery.terms.pickup.is_pinned()) fault(name + ": a guessed place earned a fee");
    if (settlement.by == "traveler" && settlement.compensation.amount > 0 && !settlement.waits())
      fault(name + ": a traveler earned by leaving");
  }
  if (const auto* returned = event.get_if<DeliveryReturned>()) {
    ended_[id] = now;
    const DeliveryState& delivery = *chronicle_.state<Delivery>(id);
    if (returned->settlement.compensation.amount > 0 && delivery.failed_attempts == 0)
      fault(name + ": a return without an attempt earned a fee");
    if (returned->settlement.held_until && !delivery.terms.dropoff.is_pinned())
      fault(name + ": a guessed place earned a fee");
  }
}

void Checker::fee_paid(const JournalEntry& entry) {
  const EscrowState& escrow = *chronicle_.state<Escrow>(entry.entity.id);
  const Uuid& id = escrow.delivery_id.value;
  const DeliveryState* delivery = chronicle_.state<Delivery>(id);
  if (!delivery || !delivery->settlement || !delivery->settlement->waits()) return;
  if (delivery->settlement->needs_decision) return fault("delivery/" + id.text() + ": a fee was paid undecided");
  // Nodes' dates differ by a little.
  constexpr auto doubt = std::chrono::seconds{5};
  const auto ended = ended_.find(id);
  if (ended == ended_.end() || entry.origin.at + doubt < ended->second + fee_hold)
    fault("delivery/" + id.text() + ": a fee was paid before its day was over");
}

void Checker::shares() {
  chronicle_.each<Escrow>([&](const Uuid& id, const EscrowState& escrow) {
    const DeliveryState* delivery = chronicle_.state<Delivery>(escrow.delivery_id.value);
    if (!delivery || !escrow.hold_until || escrow.status == EscrowStatus::cancelled) return;
    const std::string name = "escrow/" + id.text();
    if (escrow.held + escrow.refunded + escrow.to_traveler + escrow.fee_taken != escrow.amount)
      fault(name + ": its shares are not the whole");
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
  });
}

}  // namespace caravan::simulation
