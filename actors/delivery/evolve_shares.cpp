#include <algorithm>

#include "actors/delivery/entity.hpp"
#include "actors/delivery/timeline.hpp"

namespace caravan {

/// Those that have expired make room.
void evolve(DeliveryState& state, const DeliveryShared& event) {
  ++state.version;
  const Share& made = event.share;
  std::erase_if(state.shares, [&](const Share& known) { return known.expires_at <= made.created_at; });
  state.shares.push_back(made);
  timeline::tell(state, "shared", made.created_at, made.by == state.terms.customer ? "customer" : "traveler",
                 {{"position", made.shows.position ? "exact" : "area"}, {"until", to_rfc3339(made.expires_at)}});
}

void evolve(DeliveryState& state, const DeliverySharesEnded& event) {
  ++state.version;
  std::erase_if(state.shares, [&](const Share& known) {
    return std::ranges::find(event.share_ids, known.share_id) != event.share_ids.end();
  });
  timeline::tell(state, "shares_ended", event.at, event.by, {{"count", std::to_string(event.share_ids.size())}});
}

}  // namespace caravan
