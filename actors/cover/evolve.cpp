#include "actors/cover/entity.hpp"

namespace caravan {

namespace {

void add(CoverState& state, Money amount) {
  const auto found = std::ranges::find(state.balances, amount.currency, &Money::currency);
  if (found == state.balances.end())
    state.balances.push_back(amount);
  else
    *found = *found + amount;
}

}  // namespace

void evolve(CoverState& state, const CoverFeeCame& event) { add(state, event.fee); }

void evolve(CoverState& state, const CoverClaimWaits& event) { state.waiting.push_back(event.claim); }

void evolve(CoverState& state, const CoverClaimDropped& event) { state.drop_claim_of(event.claim.escrow_id); }

void evolve(CoverState& state, const CoverClaimMet& event) {
  state.drop_claim_of(event.claim.escrow_id);
  add(state, -event.claim.amount);
}

void evolve(CoverState& state, const CoverAdded& event) { add(state, event.amount); }

}  // namespace caravan
