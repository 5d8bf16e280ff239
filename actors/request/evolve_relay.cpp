#include <algorithm>

#include "actors/request/entity.hpp"

namespace caravan {

void evolve(RequestState& state, const RelayStarted& event) {
  state.status = RequestStatus::accepting;
  if (!state.relay) state.relay.emplace();
  state.relay->reopens = false;
  for (const RelayLeg& leg : event.legs) {
    state.relay->legs.push_back(leg);
    Offer* offer = state.find(leg.offer_id);
    if (!offer) continue;
    offer->status = OfferStatus::accepting;
    offer->attempt = leg.delivery_id;
    offer->failure_code.clear();
    offer->failure_detail.clear();
    offer->updated_at = event.at;
  }
}

void evolve(RequestState& state, const RelayLegMoved& event) {
  RelayLeg* leg = state.relay ? state.relay->find(event.offer_id) : nullptr;
  if (!leg) return;
  leg->state = event.state;
  leg->failure_code = event.failure_code;
  leg->failure_detail = event.failure_detail;
  if (event.reopens) state.relay->reopens = true;
}

void evolve(RequestState& state, const RelayUndone&) {
  if (!state.relay) return;
  std::erase_if(state.relay->legs, [](const RelayLeg& leg) { return leg.state == LegState::undone; });
  state.relay->reopens = false;
  if (state.relay->legs.empty()) state.relay.reset();
}

void evolve(RequestState& state, const RelayReopened& event) {
  state.status = RequestStatus::open;
  if (!state.relay) return;
  for (const RelayLeg& leg : state.relay->legs) {
    Offer* over = leg.state == LegState::undone ? state.find(leg.offer_id) : nullptr;
    if (!over) continue;
    over->status = OfferStatus::withdrawn;
    over->close_reason = std::string(delivery_cancelled);
    over->updated_at = event.at;
  }
  state.details.max_price = event.max_price;
  const RelayLeg* kept = event.held_by ? state.relay->find(*event.held_by) : nullptr;
  if (!kept) {
    state.relay.reset();
    return;
  }
  RelayLeg holder = *kept;
  holder.is_counted = true;
  state.relay = Relay{{holder}};
  state.details.deliver_by = deadline_of(state.details, state.created_at);  // as it was, wherever the way begins now
  if (event.pickup) state.details.pickup = *event.pickup;
  if (event.pickup_from) state.details.pickup_from = event.pickup_from;
  if (event.expires_at) state.expires_at = *event.expires_at;
}

}  // namespace caravan
