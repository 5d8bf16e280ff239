#include "actors/delivery/entity.hpp"

namespace caravan {

void evolve(DeliveryState& state, const DeliveryMessagePosted& event) {
  ++state.messages;
  if (event.written)
    (event.message.sender_id == state.terms.customer ? state.by_customer : state.by_traveler) = *event.written;
  Announcements& other = event.message.sender_id == state.terms.customer ? state.to_traveler : state.to_customer;
  if (!event.announced) {
    ++other.waiting;
    return;
  }
  other = {event.message.created_at, 0};
}

void evolve(DeliveryState& state, const DeliverySideClosed& event) {
  ++state.version;
  (event.side == state.terms.customer ? state.customer_closed : state.traveler_closed) = true;
}

void evolve(DeliveryState& state, const DeliveryMessagesAnnounced& event) {
  (event.to == state.terms.customer ? state.to_customer : state.to_traveler) = {event.at, 0};
}

}  // namespace caravan
