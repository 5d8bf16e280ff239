#include "actors/dispute/entity.hpp"

namespace caravan {

void evolve(DisputeState& state, const DisputeWasOpened& event) {
  if (state.exists()) ++state.openings;
  state.status = DisputeStatus::open;
  state.terms = event.terms;
  state.opened_at = event.at;
  state.refund = {0, event.terms.amount.currency};
  state.counts = event.counts;
  if (event.counts) state.opened_by.push_back({event.opener, event.at});
  // What was said in an earlier one stays.
  state.refund_id.reset();
  state.assignee.reset();
  state.settled.reset();
  state.at_stake.reset();
  state.cover.reset();
  state.cover_amount.reset();
  state.resolution.reset();
  state.note.clear();
  state.resolved_at.reset();
  state.reopened_at.reset();
  state.reopened_by.reset();
}

void evolve(DisputeState& state, const DisputeWasAssigned& event) {
  state.status = DisputeStatus::assigned;
  state.assignee = event.assignee;
}

void evolve(DisputeState& state, const DisputeAssignmentLapsed&) {
  state.status = DisputeStatus::open;
  state.assignee.reset();
}

void evolve(DisputeState& state, const DisputeEvidenceAdded& event) { state.evidence.push_back(event.evidence); }

void evolve(DisputeState& state, const DisputeMessageWritten& event) { state.messages.push_back(event.message); }

void evolve(DisputeState& state, const DisputeWasResolved& event) {
  state.status = DisputeStatus::resolved;
  state.resolution = event.resolution;
  state.refund = {event.refund_amount, event.currency};
  state.refund_id = event.refund_id;
  state.note = event.note;
  state.resolved_at = event.at;
  state.cover_amount = event.cover_amount;
  if (event.binds_judge) state.resolved_by = event.by;
}

void evolve(DisputeState& state, const DisputeWasSettled& event) { state.settled = event.outcome; }

void evolve(DisputeState& state, const DisputeMoneyFrozen& event) {
  state.at_stake = event.at_stake;
  state.cover = event.cover;
}

void evolve(DisputeState& state, const DisputeWithdrawn& event) {
  state.status = DisputeStatus::withdrawn;
  if (!event.counts) state.withdrawn_by.push_back(event.by);
  if (event.may_open_until) state.may_open_until = event.may_open_until;
  if (event.counts.value_or(false)) state.given_up_by.push_back({event.by, event.at});
}

void evolve(DisputeState& state, const DisputeReopened& event) {
  state.status = state.assignee ? DisputeStatus::assigned : DisputeStatus::open;
  state.resolution.reset();
  state.refund = {0, state.terms.amount.currency};
  state.refund_id.reset();
  state.note.clear();
  state.resolved_at.reset();
  state.settled.reset();
  state.at_stake.reset();
  state.cover.reset();
  state.cover_amount.reset();
  state.reopened_at = event.at;
  if (event.binds_judge) state.reopened_by = event.by;
}

}  // namespace caravan
