#include <algorithm>

#include "actors/escrow/entity.hpp"

namespace caravan {

namespace {

Money zero(const EscrowState& state) { return {0, state.amount.currency}; }

void add_tasks(EscrowState& state, const std::vector<ProviderTask>& tasks) {
  for (const ProviderTask& task : tasks) {
    state.tasks.push_back(task);
    if (task.operation == PaymentOperation::capture) state.captured = true;
  }
}

void drop_task(EscrowState& state, const Uuid& operation_id) {
  const auto is_it = [&](const ProviderTask& task) { return task.operation_id == operation_id; };
  std::erase_if(state.tasks, is_it);
  std::erase_if(state.given_up, is_it);
}

/// Takes these tasks out, and remembers them for what the provider may yet say of them.
template <class Which>
void give_up(EscrowState& state, Which which) {
  for (const ProviderTask& task : state.tasks)
    if (which(task)) state.given_up.push_back(task);
  std::erase_if(state.tasks, which);
  if (state.given_up.size() > max_given_up) state.given_up.erase(state.given_up.begin());
}

bool is_authorisation(const ProviderTask& task) { return task.operation == PaymentOperation::authorize; }

template <class Event>
void write_ledger(EscrowState& state, const Event& event) {
  if (!event.postings.empty()) state.ledger.push_back({std::string(Event::tag.name), event.at, event.postings});
}

EscrowRefund* refund_of_task(EscrowState& state, const Uuid& operation_id) {
  const ProviderTask* task = state.find_task(operation_id);
  if (!task || task->operation != PaymentOperation::refund) return nullptr;
  auto refund = std::ranges::find(state.refunds, task->refund_id, &EscrowRefund::refund_id);
  return refund == state.refunds.end() ? nullptr : &*refund;
}

}  // namespace

const ProviderTask* EscrowState::find_task(const Uuid& operation_id) const {
  for (const std::vector<ProviderTask>* list : {&tasks, &given_up})
    if (auto found = std::ranges::find(*list, operation_id, &ProviderTask::operation_id); found != list->end())
      return &*found;
  return nullptr;
}

bool EscrowState::is_collected() const {
  return captured && !uncollected &&
         std::ranges::find(tasks, PaymentOperation::capture, &ProviderTask::operation) == tasks.end();
}

void evolve(EscrowState& state, const PaymentIntentCreated& event) {
  const CreateEscrow& terms = event.terms;
  state.status = event.tasks.empty() ? EscrowStatus::requires_payment : EscrowStatus::authorising;
  state.waits_for_method = event.tasks.empty();
  state.delivery_id = terms.delivery_id;
  state.intent_id = terms.intent_id;
  state.customer = terms.customer;
  state.traveler = terms.traveler;
  state.amount = terms.amount;
  state.platform_fee = terms.platform_fee;
  state.payment_token = terms.payment_token;
  state.payment_method_id = terms.payment_method_id;
  state.provider = terms.provider;
  state.hold_seconds = terms.hold_seconds;
  state.payout_delay_seconds = terms.payout_delay_seconds;
  state.policy_version = terms.policy_version;
  state.cover = terms.cover;
  state.parcel_name = terms.parcel_name;
  state.created_at = event.at;
  state.held = state.refunded = state.to_traveler = state.fee_taken = zero(state);
  add_tasks(state, event.tasks);
}

void evolve(EscrowState& state, const IntentConfirmed& event) {
  state.status = EscrowStatus::authorising;
  state.payment_method_id = event.payment_method_id;
  state.payment_token = event.payment_token;
  state.provider = event.provider;
  state.failure.clear();
  add_tasks(state, event.tasks);
}

void evolve(EscrowState& state, const ProviderAsked& event) {
  for (ProviderTask& task : state.tasks)
    if (task.operation_id == event.operation_id) task.attempts = event.attempts;
}

void evolve(EscrowState&, const ProviderFailed&) {}

void evolve(EscrowState& state, const ProviderTaskDone& event) {
  if (EscrowRefund* refund = refund_of_task(state, event.operation_id)) {
    refund->status = RefundStatus::processed;
    refund->processed_at = event.at;
  }
  drop_task(state, event.operation_id);
  if (event.operation == PaymentOperation::capture) state.uncollected = state.written_off = false;
  add_tasks(state, event.tasks);
  write_ledger(state, event);
}

void evolve(EscrowState& state, const FinanceAlert& event) {
  if (event.goes_on) {
    for (ProviderTask& task : state.tasks)
      if (task.operation_id == event.operation_id) task.alerted = true;
    return;
  }
  if (EscrowRefund* refund = refund_of_task(state, event.operation_id)) refund->status = RefundStatus::failed;
  state.uncollected |= event.uncollected;
  for (ProviderTask& task : state.tasks)
    if (task.operation_id == event.operation_id) task.refused = event.refused;
  give_up(state, [&](const ProviderTask& task) { return task.operation_id == event.operation_id; });
  if (event.postings.empty()) return;
  for (const ProviderTask& task : state.tasks)
    if (EscrowRefund* refund = refund_of_task(state, task.operation_id)) {
      refund->status = RefundStatus::processed;
      refund->processed_at = event.at;
    }
  std::erase_if(state.tasks, [](const ProviderTask& task) { return task.operation == PaymentOperation::refund; });
  write_ledger(state, event);
}

void evolve(EscrowState&, const PaymentCompleted&) {}

void evolve(EscrowState& state, const EscrowHeld& event) {
  state.status = EscrowStatus::held;
  state.held = event.amount;
  state.hold_until = event.hold_until;
  if (event.cover_fee) state.cover_standing = CoverStanding::held;
  std::erase_if(state.tasks, is_authorisation);
  write_ledger(state, event);
}

void evolve(EscrowState& state, const PaymentFailed& event) {
  state.status = state.waits_for_method ? EscrowStatus::requires_payment : EscrowStatus::failed;
  state.failure = event.code;
  if (!event.tasks.empty()) give_up(state, is_authorisation);
  state.tasks.clear();
  add_tasks(state, event.tasks);
}

void evolve(EscrowState& state, const IntentCancelled& event) {
  state.status = EscrowStatus::cancelled;
  state.closed_at = event.at;
  state.held = zero(state);
  state.split.reset();
  give_up(state, is_authorisation);
  add_tasks(state, event.tasks);
  write_ledger(state, event);
}

void evolve(EscrowState& state, const LateReservation& event) {
  drop_task(state, event.authorisation_id);
  add_tasks(state, event.tasks);
}

void evolve(EscrowState& state, const HoldExpiring& event) { add_tasks(state, event.tasks); }

void evolve(EscrowState& state, const EscrowReleased& event) {
  state.status = event.status;
  state.closed_at = event.at;
  state.held = zero(state);
  state.to_traveler = state.to_traveler + Money{event.traveler_amount, event.currency};
  state.fee_taken = state.fee_taken + Money{event.platform_fee, event.currency};
  state.release_waits = false;
  state.split.reset();
  add_tasks(state, event.tasks);
  write_ledger(state, event);
}

void evolve(EscrowState& state, const PaymentRefunded& event) {
  const Money amount = event.amount;
  state.refunded = state.refunded + amount;
  state.fee_waits |= event.fee_waits;
  if (event.from_held) {
    state.held = state.held - amount;
    if (state.held.amount == 0) {
      state.status = EscrowStatus::refunded;
      state.closed_at = event.at;
      state.release_waits = false;
      state.split.reset();
    }
  } else {
    const Money from_platform{event.from_platform, amount.currency};
    state.fee_taken = state.fee_taken - from_platform;
    state.to_traveler = state.to_traveler - (amount - from_platform);
    state.take_back.reset();
    const bool nothing_left = state.fee_taken.amount == 0 && state.to_traveler.amount == 0;
    state.status = nothing_left ? EscrowStatus::refunded : EscrowStatus::settled;
  }
  EscrowRefund refund{event.refund_id, amount, RefundStatus::pending, event.reason, event.at, {}};
  if (event.processed) {
    refund.status = RefundStatus::processed;
    refund.processed_at = event.at;
  }
  state.refunds.push_back(std::move(refund));
  add_tasks(state, event.tasks);
  write_ledger(state, event);
}

void evolve(EscrowState& state, const EscrowFrozen& event) { state.frozen_by = event.dispute_id; }

void evolve(EscrowState& state, const EscrowUnfrozen& event) {
  state.rest_agreed |= event.rest_waits && state.parcel == ParcelWay::back;
  state.frozen_by.reset();
  if (!state.is_agreed()) state.release_waits = false;
  if (state.is_agreed() && event.held_until) state.split->pays_at = std::max(*state.split->pays_at, *event.held_until);
  state.settlement_waits.reset();
  state.claim_dropped.reset();
  state.payout_held_until = event.held_until;
}

void evolve(EscrowState& state, const ReleaseDeferred&) { state.release_waits = true; }

void evolve(EscrowState& state, const TakeBackAsked& event) { state.take_back = event.wait; }

void evolve(EscrowState& state, const NothingTakenBack&) { state.take_back.reset(); }

void evolve(EscrowState& state, const SettlementDeferred& event) { state.settlement_waits = event.decision; }

void evolve(EscrowState& state, const SplitProposed& event) {
  state.split = SplitProposal{event.by, {event.refund_amount, event.currency}, event.note, event.at, event.service};
}

void evolve(EscrowState& state, const SplitAgreed& event) {
  state.split.reset();
  state.end_waits.reset();
  state.rest_agreed |= state.parcel == ParcelWay::back && event.released_amount > 0;
}

void evolve(EscrowState& state, const SplitDropped&) {
  state.split.reset();
  state.end_waits.reset();
}

void evolve(EscrowState& state, const SplitAccepted& event) {
  if (!state.split) return;
  state.split->accepted_by = event.by;
  state.split->pays_at = event.pays_at;
}

void evolve(EscrowState& state, const EndDeferred& event) { state.end_waits = event.end; }

void evolve(EscrowState& state, const ParcelUnderWay& event) {
  state.parcel = event.parcel;
  if (state.split) state.split->parcel_came |= event.binds_split;
  add_tasks(state, event.tasks);
}

void evolve(EscrowState& state, const EscrowWrittenOff& event) {
  state.uncollected = false;
  state.written_off = event.is_borne;
  write_ledger(state, event);
}

void evolve(EscrowState& state, const CollectionAsked& event) {
  const auto task = std::ranges::find(state.given_up, event.operation_id, &ProviderTask::operation_id);
  if (task == state.given_up.end()) return;
  state.tasks.push_back(*task);
  state.tasks.back().alerted = false;
  state.given_up.erase(task);
}

void evolve(EscrowState& state, const CoverTaken& event) {
  state.cover_standing = CoverStanding::taken;
  write_ledger(state, event);
}

void evolve(EscrowState& state, const CoverReturned& event) {
  state.cover_standing = CoverStanding::returned;
  add_tasks(state, event.tasks);
  write_ledger(state, event);
}

void evolve(EscrowState& state, const CoverClaimed& event) {
  state.cover_standing = CoverStanding::claimed;
  state.cover_claim = event.amount;
  state.claim_dropped.reset();
}

void evolve(EscrowState& state, const CoverUnclaimed& event) {
  state.cover_standing = CoverStanding::taken;
  state.cover_claim.reset();
  state.claim_dropped = event.amount;
}

void evolve(EscrowState& state, const CoverPaid& event) {
  state.cover_standing = CoverStanding::paid;
  write_ledger(state, event);
}

}  // namespace caravan
