#include "actors/cover/entity.hpp"

namespace caravan {

void evolve(CoverState& state, const CoverFeeCame& event) { add_to(state.balances, event.fee); }

void evolve(CoverState& state, const CoverClaimWaits& event) { state.waiting.push_back(event.claim); }

void evolve(CoverState& state, const CoverClaimDropped& event) { state.drop_claim_of(event.claim.escrow_id); }

void evolve(CoverState& state, const CoverClaimMet& event) {
  state.drop_claim_of(event.claim.escrow_id);
  add_to(state.balances, -event.claim.amount);
}

void evolve(CoverState& state, const CoverAdded& event) { add_to(state.balances, event.amount); }

}  // namespace caravan
