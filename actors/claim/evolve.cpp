#include "actors/claim/entity.hpp"

namespace caravan {

void evolve(ClaimState& state, const ClaimTaken& event) {
  state = {event.owner, event.fingerprint, event.confirmed, event.lapses};
}

void evolve(ClaimState& state, const ClaimConfirmed&) { state.confirmed = true; }

void evolve(ClaimState& state, const ClaimReleased&) { state = {}; }

}  // namespace caravan
