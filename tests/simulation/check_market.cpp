#include <algorithm>

#include "actors/account/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/trip/entity.hpp"
#include "tests/simulation/checker.hpp"
#include "tests/simulation/outside.hpp"

// What must hold of trips, requests and deliveries once nothing is under way.
namespace caravan::simulation {

namespace {

/// Whether a parcel in this status has a place on its trip, or had one when it was handed over.
bool uses_room(DeliveryStatus status) {
  return status == DeliveryStatus::accepted || status == DeliveryStatus::picked_up ||
         status == DeliveryStatus::in_transit || status == DeliveryStatus::returning ||
         status == DeliveryStatus::delivered;
}

bool has_room(const TripState& trip, const Uuid& delivery) {
  return std::ranges::find(trip.reservations, DeliveryId{delivery}, &Reservation::delivery_id) !=
         trip.reservations.end();
}

}  // namespace

void Checker::market(Time now, bool all_is_over) {
  chronicle_.each<Request>([&](const Uuid& id, const RequestState& request) {
    const std::string name = "request/" + id.text();
    if (request.status == RequestStatus::accepting) fault(name + " is still being accepted");
    if (request.status == RequestStatus::open && request.expires_at <= now) fault(name + " is open past its time");
    const auto winner = winners_.find(id);
    // Of a relay a traveler may have the parcel, or bring it back, while the request is open or over.
    const bool is_carried_on = request.relay && request.status != RequestStatus::accepted;
    if (!is_carried_on && (request.status == RequestStatus::accepted) != (winner != winners_.end()))
      fault(name + " and its delivery do not agree on whether there is one");
    for (const Offer& offer : request.offers) {
      if (offer.is_open() && (request.status != RequestStatus::open || offer.expires_at <= now))
        fault(name + ": offer " + offer.offer_id.text() + " is open past its time");
      const bool is_known = winner != winners_.end() && offer.attempt && winner->second.contains(offer.attempt->value);
      if (offer.status == OfferStatus::accepted && !is_known)
        fault(name + ": its accepted offer names another delivery");
    }
  });
  chronicle_.each<Delivery>([&](const Uuid& id, const DeliveryState& delivery) {
    const std::string name = "delivery/" + id.text();
    if (delivery.saga == SagaState::running) fault(name + ": its acceptance has not ended");
    if (all_is_over && delivery.is_open()) fault(name + " is still open");
    const TripState* trip = chronicle_.state<Trip>(delivery.terms.trip_id.value);
    if (delivery.status != DeliveryStatus::accepted || !trip) return;
    if (trip->status == TripStatus::cancelled) fault(name + " waits for a trip that is cancelled");
    if (!has_room(*trip, id)) fault(name + " has no room on its trip");
  });
  chronicle_.each<Trip>([&](const Uuid& id, const TripState& trip) {
    for (const Reservation& held : trip.reservations) {
      const DeliveryState* delivery = chronicle_.state<Delivery>(held.delivery_id.value);
      if (!held.confirmed || !delivery || !uses_room(delivery->status))
        fault("trip/" + id.text() + ": room of " + held.delivery_id.text() + " was not given back");
    }
  });
  chronicle_.each<Dispute>([&](const Uuid& id, const DisputeState& dispute) {
    const bool is_resolved = dispute.is_over();
    if (is_resolved != dispute.settled.has_value()) fault("dispute/" + id.text() + " is decided, and not settled");
    if (!is_resolved && all_is_over) fault("dispute/" + id.text() + " is open");
    const DeliveryState* delivery = chronicle_.state<Delivery>(dispute.terms.delivery_id.value);
    // A delivery has one dispute, but one of an earlier build has an id of its own. Where such a one meets another, the
    // delivery knows of the later one. A dispute that was settled before it moves no money any more.
    if (!is_resolved && delivery && !delivery->dispute && !delivery->settled)
      fault("dispute/" + id.text() + " is open, and its delivery does not know");
    if (is_resolved && delivery && delivery->dispute == DisputeId{id})
      fault("dispute/" + id.text() + " is settled, and its delivery does not know");
  });
  chronicle_.each<Account>([&](const Uuid& id, const AccountState& account) {
    if (account.status != UserStatus::deleted || !all_is_over) return;
    // Effects that were on their way to an entity when the account was deleted may still have been taken afterwards.
    const Time left = left_.at(id);
    const OpenWorkFound open = open_work_of(chronicle_, UserId{id});
    bool is_done = account.deletion_finished && open.deliveries.empty();
    for (const RequestId request : open.requests)
      is_done &= chronicle_.state<Request>(request.value)->created_at >= left;
    for (const TripId trip : open.trips) is_done &= chronicle_.state<Trip>(trip.value)->created_at >= left;
    if (!is_done) fault("account/" + id.text() + " is deleted, and still has open work");
  });
}

}  // namespace caravan::simulation
