#include <algorithm>

#include "actors/delivery/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/request/entity.hpp"
#include "tests/simulation/checker.hpp"

// What must hold of relays: travelers who carry a parcel one after the other.
namespace caravan::simulation {

namespace {

constexpr auto day_to_object = std::chrono::seconds{policy.waiting.fee_held_seconds};
constexpr auto dates_differ = std::chrono::seconds{5};  // of nodes

/// How the request says that a leg stands, and how its delivery does.
bool agree(LegState leg, DeliveryStatus delivery) {
  switch (leg) {
    case LegState::accepted:
      return delivery == DeliveryStatus::accepted;
    case LegState::carried:
      return delivery == DeliveryStatus::picked_up || delivery == DeliveryStatus::in_transit;
    case LegState::delivered:
      return delivery == DeliveryStatus::delivered;
    case LegState::undone:
      return delivery == DeliveryStatus::cancelled || delivery == DeliveryStatus::acceptance_failed;
    case LegState::returning:
      return delivery == DeliveryStatus::returning || delivery == DeliveryStatus::returned ||
             delivery == DeliveryStatus::cancelled;
    default:
      return false;  // nothing is being accepted any more
  }
}

}  // namespace

void Checker::relay_of(const JournalEntry& entry, const AnyRecord& event) {
  const Uuid& id = entry.entity.id;
  if (const auto* started = event.get_if<RelayStarted>()) legs_taken(entry, *started);
  if (event.get_if<EscrowReleased>() && ++releases_[id] > 1) fault("escrow/" + id.text() + ": was released twice");
  if (event.get_if<DeliveryCompleted>() && chronicle_.state<Delivery>(id)->hands_on()) handed_on(id);
  if (event.get_if<DeliveryCompleted>()) arrived_.try_emplace(id, entry.origin.at);
  if (!event.get_if<DeliveryCreated>() || !chronicle_.state<Delivery>(id)->terms.leg) return;
  const RequestState* request = chronicle_.state<Request>(chronicle_.state<Delivery>(id)->terms.request_id.value);
  if (!request || !request->relay) return;
  const auto waits = [](const RelayLeg& leg) { return leg.state == LegState::starting; };
  if (!request->relay->breaking() && std::ranges::any_of(request->relay->legs, waits))
    fault("delivery/" + id.text() + " begins before all legs of its way are held");
}

void Checker::legs_taken(const JournalEntry& entry, const RelayStarted& started) {
  const RequestState& request = *chronicle_.state<Request>(entry.entity.id);
  const std::string name = "request/" + entry.entity.id.text();
  std::set<Uuid> trips;
  const Offer* before = nullptr;
  std::int64_t sum = 0;
  for (const RelayLeg& leg : started.legs) {
    const Offer* offer = request.find(leg.offer_id);
    if (!offer) return fault(name + ": a leg has no offer");
    if (!trips.insert(offer->trip_id.value).second) fault(name + ": one trip is two legs");
    if (before && before->traveler_id == offer->traveler_id) fault(name + ": somebody meets themselves");
    if (before && (!before->to || !offer->from || *offer->planned_pickup < *before->planned_arrival))
      fault(name + ": a leg does not begin where and when the one before ends");
    sum += offer->price.amount;
    before = offer;
  }
  if (!before || before->to) fault(name + ": the last leg does not go to the receiver");
  if (sum > request.details.max_price.amount) fault(name + ": its legs cost more than the customer pays");
}

void Checker::handed_on(const Uuid& id) {
  const DeliveryState& leg = *chronicle_.state<Delivery>(id);
  const DeliveryState* next = leg.next_leg ? chronicle_.state<Delivery>(leg.next_leg->value) : nullptr;
  if (!next || !next->pickup_completed_at) fault("delivery/" + id.text() + " was handed on, and nobody took it");
}

void Checker::way_paid(const JournalEntry& entry) {
  const Uuid& id = chronicle_.state<Escrow>(entry.entity.id)->delivery_id.value;
  const DeliveryState* leg = chronicle_.state<Delivery>(id);
  if (!leg || !leg->hands_on() || leg->confirmed_at) return;
  const DeliveryState* last = leg;
  Uuid last_id = id;
  for (std::size_t hops = 0; last && last->hands_on() && hops <= max_known_legs; ++hops) {
    last_id = last->next_leg.value_or(DeliveryId{}).value;
    last = chronicle_.state<Delivery>(last_id);
  }
  const std::string name = "delivery/" + id.text();
  const auto arrived = arrived_.find(last_id);
  if (!last || last->hands_on() || arrived == arrived_.end())
    return fault(name + ": was handed on, and paid before the last leg had arrived");
  if (entry.origin.at + dates_differ < arrived->second + day_to_object)
    fault(name + ": was handed on, and paid before its day was over");
}

void Checker::relays() {
  chronicle_.each<Request>([&](const Uuid& id, const RequestState& request) {
    if (!request.relay) return;
    const std::string name = "request/" + id.text();
    std::set<Uuid> escrows;
    std::int64_t paid = 0, shared = 0;
    for (const RelayLeg& leg : request.relay->legs) {
      const DeliveryState* delivery = chronicle_.state<Delivery>(leg.delivery_id.value);
      const Offer* offer = request.find(leg.offer_id);
      if (!delivery || !offer) {
        fault(name + ": a leg is not there");
        continue;
      }
      if (!agree(leg.state, delivery->status))
        fault(name + ": a leg is " + std::string(enum_labels(LegState{})[static_cast<std::size_t>(leg.state)]) +
              ", and its delivery/" + leg.delivery_id.text() + " is " +
              std::string(enum_labels(DeliveryStatus{})[static_cast<std::size_t>(delivery->status)]));
      if (!delivery->is_created()) continue;
      const EscrowState* escrow = chronicle_.state<Escrow>(delivery->escrow_id.value);
      const bool is_own = escrow && escrows.insert(delivery->escrow_id.value).second &&
                          escrow->delivery_id == leg.delivery_id && escrow->amount == offer->price &&
                          escrow->customer == request.customer_id && escrow->traveler == offer->traveler_id;
      if (!is_own) {
        fault(name + ": a leg has no hold of its own");
        continue;
      }
      paid += offer->price.amount;
      shared += (escrow->held + escrow->refunded + escrow->to_traveler + escrow->fee_taken).amount;
    }
    if (paid != shared) fault(name + ": its legs do not share out what the customer paid");
  });
}

}  // namespace caravan::simulation
