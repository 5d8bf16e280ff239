#include "actors/cover/commands.hpp"
#include "actors/escrow/draft.hpp"
#include "actors/wallet/commands.hpp"

/// What a customer took beside the price, for an item that is lost or damaged.
namespace caravan {

void EscrowDraft::begin_cover() {
  const Money fee = state_.cover_held();
  if (fee.amount == 0) return;
  CoverTaken event{state_.delivery_id, fee, context_.now, {}};
  debit(event.postings, LedgerAccount::cover_held, fee);
  credit(event.postings, LedgerAccount::cover, fee);
  emit(std::move(event));
  if (!state_.is_collected()) return;  // the pool hears when it is
  send(cover_address, PayIntoCover{fee});
  tell_at_stake();  // a dispute may be older than the pickup
}

void EscrowDraft::return_cover() {
  const bool was_taken = state_.cover_standing == CoverStanding::taken && !state_.is_collected();
  if (state_.cover_standing != CoverStanding::held && !was_taken) return;
  const Money fee = state_.cover_fee();
  CoverReturned event{state_.delivery_id, fee, context_.now, {}, {}};
  debit(event.postings, was_taken ? LedgerAccount::cover : LedgerAccount::cover_held, fee);
  if (state_.captured && !state_.uncollected) {
    credit(event.postings, LedgerAccount::refunds_payable, fee);
    event.tasks.push_back(task(PaymentOperation::refund, fee, context_.new_id<RefundId>()));
  } else {
    // Only reserved, or refused: let go of with what is not captured.
    credit(event.postings, LedgerAccount::customer_funds, fee);
  }
  emit(std::move(event));
  tell(state_.customer, "cover_returned", fee);
}

void EscrowDraft::return_held_cover() {
  if (state_.cover_standing == CoverStanding::held) return_cover();
}

void EscrowDraft::claim_cover(DisputeId dispute_id, Money amount) {
  if (amount.amount <= 0) return;
  emit(CoverClaimed{state_.delivery_id, dispute_id, amount, context_.now});
  send(cover_address, PayOutOfCover{amount, state_.customer});
}

void EscrowDraft::drop_claim() {
  if (state_.cover_standing == CoverStanding::claimed) send(cover_address, DropCoverClaim{});
}

namespace {

/// The claim waited, and waits no more.
Decision claim_dropped(const EscrowState& state, const Context& context) {
  EscrowDraft draft(state, context);
  if (!state.frozen_by || state.is_being_settled()) {
    // The dispute that had it dropped was over sooner, and nobody decided anew about the cover.
    draft.send(cover_address, PayOutOfCover{*state.cover_claim, state.customer});
    return draft.finish();
  }
  draft.emit(CoverUnclaimed{state.delivery_id, *state.frozen_by, *state.cover_claim, context.now});
  draft.tell_at_stake();
  return draft.finish();
}

}  // namespace

Decision decide(const EscrowState& state, const Context& context, const CoverAnswered& command) {
  if (context.caller.entity != cover_address) return reject(EscrowRejection::not_allowed);
  if (state.cover_standing != CoverStanding::claimed) return {};
  if (command.dropped) return claim_dropped(state, context);
  const Money amount = *state.cover_claim;
  EscrowDraft draft(state, context);
  if (!command.paid) {
    // Finance adds to the pool; nobody is paid out of what is not there.
    draft.emit(FinanceAlert{context.new_uuid(), PaymentOperation::pay_out, state.delivery_id, amount,
                            "the pool of covers has too little for a claim that was decided", context.now, true});
    draft.tell(state.customer, "cover_waits", amount);
    return draft.finish();
  }
  CoverPaid event{state.delivery_id, state.customer, amount, context.now, {}};
  debit(event.postings, LedgerAccount::cover, amount);
  credit(event.postings, LedgerAccount::traveler_payable, amount);
  draft.emit(std::move(event));
  const Time available_at = context.now + std::chrono::seconds{state.payout_delay_seconds};
  draft.send({EntityKind::wallet, state.customer.value},
             CreditPending{EscrowId{context.self.id}, state.delivery_id, amount, available_at});
  draft.tell(state.customer, "cover_paid", amount);
  return draft.finish();
}

}  // namespace caravan
