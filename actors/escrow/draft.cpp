#include "actors/escrow/draft.hpp"

#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/user/commands.hpp"
#include "actors/wallet/commands.hpp"

namespace caravan {

void EscrowDraft::tell(UserId who, std::string template_id, Money amount,
                       std::map<std::string, std::string> variables) {
  variables.emplace("deliveryId", state_.delivery_id.text());
  variables.emplace("amount", money_text(amount));
  if (const auto& parcel = state_.parcel_name)
    name_parcel(variables, *parcel, who == state_.customer ? parcel->traveler_name : parcel->customer_name);
  send(inbox_of(who),
       Notify{std::move(template_id), std::move(variables), {}, NotifyPriority::normal, state_.delivery_id.value, {}});
}

ProviderTask EscrowDraft::task(PaymentOperation operation, Money amount, RefundId refund_id) const {
  return {operation, context_.new_uuid(), amount, refund_id, 1, false, {}};
}

ProviderTask EscrowDraft::undo_of(const ProviderTask& authorisation) {
  decision_.withdraw(authorisation.operation_id);
  // The longest way is counted from when the request was sent, which may still happen after this decision, until the
  // runtime withdraws it. So the wait is twice as long.
  decision_.set_timer(std::string(late_reservation_timer), context_.now + 2 * longest_way);
  ProviderTask undo = task(PaymentOperation::cancel, authorisation.amount);
  undo.voids = authorisation.operation_id;
  return undo;
}

void EscrowDraft::refund_held(RefundId refund_id, Money amount, std::string reason, bool fee_waits) {
  drop_split();
  PaymentRefunded event;
  event.delivery_id = state_.delivery_id;
  event.intent_id = state_.intent_id;
  event.refund_id = refund_id;
  event.customer = state_.customer;
  event.amount = amount;
  event.reason = std::move(reason);
  event.fee_waits = fee_waits;
  event.at = context_.now;
  debit(event.postings, LedgerAccount::escrow_held, amount);
  if (state_.captured && !state_.uncollected) {
    credit(event.postings, LedgerAccount::refunds_payable, amount);
    event.tasks.push_back(task(PaymentOperation::refund, amount, refund_id));
  } else {
    // The money is only reserved, so nothing has to be paid back. All of it is let go of here; a part, when the later
    // capture takes only the rest.
    credit(event.postings, LedgerAccount::customer_funds, amount);
    event.processed = true;
    if (amount == state_.held && !state_.captured) event.tasks.push_back(task(PaymentOperation::cancel, amount));
  }
  emit(std::move(event));
  send(delivery(), FundsReturned{amount, standing_of(state_)});
  tell(state_.customer, "refund_processed", amount, {{"refundId", refund_id.text()}});
  if (!state_.is_held()) decision_.clear_timer(std::string(hold_timer));
}

void EscrowDraft::drop_split() {
  if (state_.split) emit(SplitDropped{state_.delivery_id});
}

void EscrowDraft::undo_split() {
  if (!state_.split) return;
  const EscrowState before = state_;
  drop_split();
  if (!before.is_agreed()) return;
  decision_.clear_timer(std::string(split_timer));
  for (const UserId who : {before.customer, before.traveler}) tell(who, "split_taken_back", before.split->refund);
}

void EscrowDraft::ask_for_decision(UserId claimant, std::string reason, std::string description) {
  OpenDispute claim;
  claim.delivery_id = state_.delivery_id;
  claim.reason = std::move(reason);
  claim.description = std::move(description);
  claim.escrow_id = EscrowId{context_.self.id};
  claim.customer = state_.customer;
  claim.traveler = state_.traveler;
  claim.opener = claimant;
  claim.amount = state_.amount;
  claim.policy_version = state_.policy_version;
  // Who has left is not named any more, and the escrow does not know who has: it names the sides by their roles.
  if (const auto& parcel = state_.parcel_name)
    claim.parcel_name = ParcelName{parcel->delivery_number, parcel->item, parcel->pickup, parcel->delivery, {}, {}};
  claim.ended_at = context_.now;  // no dismissal: whoever decides shares the money out
  send(dispute_address(state_.delivery_id), std::move(claim));
}

void EscrowDraft::share_out(const RefundEscrow& end) {
  // Whatever the delivery makes of its end, both sides have agreed, or a judge has decided.
  if (state_.rest_agreed) {
    release_held("agreed split");
    return send(delivery(), SharedOutBefore{standing_of(state_)});
  }
  return_held_cover();  // before the pickup nothing was covered
  // The delivery shares out the whole price. What finance gave back of it before is a part of the refund.
  const Money compensation = least(end.compensation, state_.held);
  const Money refund = least(end.refund, state_.held - compensation);
  const bool all = refund == state_.held;
  const bool waits = end.compensation_waits || state_.frozen_by;
  if (refund.amount > 0) refund_held(context_.new_id<RefundId>(), refund, end.reason, waits);
  if (!all && !waits) release_held(end.reason, {}, compensation);
  if (refund.amount > 0) tell_at_stake();
}

Money EscrowDraft::fee_of(Money released) const {
  return {share_of(released.amount, state_.platform_fee.amount, state_.amount.amount), released.currency};
}

void EscrowDraft::release_held(std::string reason, std::optional<QrCodeId> qr_code_id,
                               std::optional<Money> traveler_amount) {
  drop_split();
  return_held_cover();  // what is asked for below is less by it
  const Money gross = state_.held;
  if (state_.fee_waits && !traveler_amount) traveler_amount = gross;
  const Money fee = traveler_amount ? gross - *traveler_amount : fee_of(gross);
  const Money earned = gross - fee;
  EscrowReleased event;
  event.delivery_id = state_.delivery_id;
  event.intent_id = state_.intent_id;
  event.traveler = state_.traveler;
  event.amount = gross.amount;
  event.platform_fee = fee.amount;
  event.traveler_amount = earned.amount;
  event.currency = gross.currency;
  event.reason = std::move(reason);
  event.qr_code_id = qr_code_id;
  event.status = state_.refunded.amount == 0 ? EscrowStatus::released
                 // A cancellation, whose compensation the traveler gets.
                 : traveler_amount ? EscrowStatus::refunded
                                   : EscrowStatus::settled;
  event.at = context_.now;
  debit(event.postings, LedgerAccount::escrow_held, gross);
  credit(event.postings, LedgerAccount::traveler_payable, earned);
  credit(event.postings, LedgerAccount::platform_revenue, fee);
  if (!state_.captured) event.tasks.push_back(task(PaymentOperation::capture, gross));
  emit(std::move(event));
  send(delivery(), FundsReleased{standing_of(state_)});
  send(user_address(state_.customer), RecordMoney{state_.delivery_id, {}, gross});
  if (earned.amount > 0) {
    const Time available_at = context_.now + std::chrono::seconds{state_.payout_delay_seconds};
    send(wallet(), CreditPending{EscrowId{context_.self.id}, state_.delivery_id, earned, available_at});
    send(user_address(state_.traveler), RecordMoney{state_.delivery_id, earned, {}});
    tell(state_.traveler, "escrow_released", earned);
    if (state_.uncollected) withhold_payout();
  }
  decision_.clear_timer(std::string(hold_timer));
}

void EscrowDraft::withhold_payout() {
  send(wallet(), FreezePayout{state_.delivery_id});
  if (state_.to_traveler.amount > 0) tell(state_.traveler, "payout_withheld", state_.to_traveler);
  tell(state_.customer, "payment_owed", state_.at_stake());
}

void EscrowDraft::take_back(RefundId refund_id, Money refund, std::string reason, std::optional<DisputeId> dispute_id) {
  const Money released = state_.to_traveler + state_.fee_taken;
  const Money from_platform{share_of(refund.amount, state_.fee_taken.amount, released.amount), refund.currency};
  emit(TakeBackAsked{{refund_id, refund, from_platform, std::move(reason), dispute_id}});
  send(wallet(), TakeBack{state_.delivery_id, refund_id, refund - from_platform});
}

void EscrowDraft::unfreeze(DisputeId dispute_id, std::optional<RefundId> refund_id, Money refunded, Money released,
                           bool rest_waits, std::optional<Time> held_until) {
  emit(EscrowUnfrozen{dispute_id, rest_waits, held_until});
  if (!state_.uncollected) unfreeze_payout();
  send(Address{EntityKind::dispute, dispute_id.value}, EscrowSettled{refund_id, refunded, released, rest_waits});
}

void EscrowDraft::unfreeze_payout() { send(wallet(), UnfreezePayout{state_.delivery_id, state_.payout_held_until}); }

void EscrowDraft::tell_at_stake() {
  if (state_.frozen_by)
    send(Address{EntityKind::dispute, state_.frozen_by->value}, MoneyFrozen{state_.at_stake(), state_.cover_left()});
}

void EscrowDraft::ask_provider() {
  const ProviderTask& first = state_.tasks.front();
  const IntentId intent = state_.intent_id;
  const Term term = payment_term(context_.now);
  switch (first.operation) {
    case PaymentOperation::authorize:
      send(payments_address(),
           Authorize{first.operation_id, intent, first.amount, state_.payment_token, authorisation_term(context_.now)});
      break;
    case PaymentOperation::capture:
      send(payments_address(), Capture{first.operation_id, intent, first.amount, term});
      break;
    case PaymentOperation::refund:
      send(payments_address(), Refund{first.operation_id, intent, first.refund_id, first.amount, term});
      break;
    default:
      send(payments_address(), Void{first.operation_id, intent, first.voids, term});
  }
  asked_ = first.operation_id;
}

Decision EscrowDraft::finish() {
  if (!state_.is_held()) return_held_cover();
  if (!state_.tasks.empty() && asked_ != state_.tasks.front().operation_id) ask_provider();
  return std::move(decision_);
}

}  // namespace caravan
