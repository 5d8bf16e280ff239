#include <algorithm>

#include "actors/delivery/commands.hpp"
#include "actors/dispute/commands.hpp"
#include "actors/escrow/draft.hpp"
#include "actors/user/commands.hpp"
#include "actors/wallet/commands.hpp"

/// From the hold to whom the money belongs.
namespace caravan {

namespace {

/// The parcel is under way, and what a decision leaves of its money is paid when that way is over. On the way back the
/// traveler may be due all of it: then it is paid at once.
bool rest_waits(const EscrowState& state, const SettleDispute& decision, Money refund) {
  if (state.release_waits || state.end_waits || decision.is_over) return false;  // it has arrived, or is back
  return state.parcel == ParcelWay::to_receiver || (state.parcel == ParcelWay::back && refund.amount > 0);
}

/// Carries a dispute's decision out, as far as there is money.
void settle(EscrowDraft& draft, const SettleDispute& decision) {
  const EscrowState& state = draft.state();
  const Money none{0, state.amount.currency};
  const Money asked = decision.refund.currency == none.currency ? decision.refund : none;
  if (decision.cover && fits(*decision.cover, state.cover_left()))
    draft.claim_cover(decision.dispute_id, *decision.cover);
  if (state.is_held()) {
    // The dispute's amount is of the whole payment; a part of it may have been given back before.
    const Money refund = least(asked, state.held);
    const Money rest = state.held - refund;
    const bool waits = rest.amount > 0 && rest_waits(state, decision, refund);
    if (refund.amount > 0) draft.refund_held(decision.refund_id, refund, "dispute");
    if (rest.amount > 0 && !waits) draft.release_held("dispute");
    if (waits && state.parcel == ParcelWay::back)
      draft.send(draft.delivery(), RestAgreed{{rest, rest - draft.fee_of(rest), true}});
    draft.unfreeze(decision.dispute_id, refund.amount > 0 ? std::optional(decision.refund_id) : std::nullopt, refund,
                   waits ? none : rest, waits);
    return;
  }
  const Money left = state.to_traveler + state.fee_taken;
  const Money refund = least(asked, left);
  if (state.is_released() && refund.amount > 0)
    draft.take_back(decision.refund_id, refund, "dispute", decision.dispute_id);
  else
    draft.unfreeze(decision.dispute_id, {}, none, left);
}

/// The refusal for somebody of finance who is a party, or whom a party gave the permission, or who gave a party one;
/// `does`: what they would do.
std::optional<Decision> no_stranger(const EscrowState& state, const Caller& by, const Appointment& office,
                                    std::string_view does) {
  const bool is_own = by.kind == Caller::Kind::user && state.is_party(by.user);
  if (!is_own && !office.is_tied_to(state.customer) && !office.is_tied_to(state.traveler)) return std::nullopt;
  return reject(EscrowRejection::self_not_allowed,
                "Somebody who takes no part in the delivery" +
                    std::string(is_own ? "" : ", nor was appointed by a side of it, nor appointed one,") + ' ' +
                    std::string(does) + '.');
}

}  // namespace

Decision decide(const EscrowState& state, const Context& context, const ReleaseEscrow& command) {
  if (!is_another_entity(context.caller)) return reject(EscrowRejection::not_allowed);
  if (state.is_released() || state.release_waits) return {};
  if (!state.is_held()) return reject(EscrowRejection::not_held);
  EscrowDraft draft(state, context);
  if (state.frozen_by || state.is_agreed())
    draft.emit(ReleaseDeferred{});
  else
    draft.release_held(command.reason, command.qr_code_id);
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const RefundEscrow& command) {
  if (!is_another_entity(context.caller)) return reject(EscrowRejection::not_allowed);
  // Both sides, or finance, were faster: the delivery corrects what it said that its end comes to.
  if (state.is_released() || state.status == EscrowStatus::refunded)
    return Decision{}.send({EntityKind::delivery, state.delivery_id.value}, SharedOutBefore{standing_of(state)});
  if (!state.is_held()) return reject(EscrowRejection::not_held);
  if (state.frozen_by && !command.uncontested) return reject(EscrowRejection::disputed);
  if (!fits(command.refund, state.amount) || !fits(command.compensation, state.amount - command.refund))
    return reject(EscrowRejection::invalid_amount);
  if (state.rest_agreed && state.frozen_by) return {};
  EscrowDraft draft(state, context);
  if (state.is_agreed())
    draft.emit(EndDeferred{command});
  else
    draft.share_out(command);
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const RefundPayment& command) {
  if (!context.caller.may(Permission::finance) && !context.caller.is_service())
    return reject(EscrowRejection::not_allowed);
  if (auto refusal = no_stranger(state, context.caller, command.office, "refunds it")) return *refusal;
  if (!state.is_held() && !state.is_released()) return reject(EscrowRejection::not_held);
  if (state.frozen_by || state.take_back) return reject(EscrowRejection::disputed);
  if (state.is_agreed()) return reject(EscrowRejection::already_agreed, "The two sides have agreed how to share it.");
  const Money most = state.is_held() ? state.held : state.to_traveler + state.fee_taken;
  const Money refund{command.amount.value_or(most.amount), most.currency};
  if (refund.amount <= 0 || !fits(refund, most)) return reject(EscrowRejection::invalid_amount);
  if (state.refunds.size() >= max_refunds) return reject(EscrowRejection::limit_reached);
  EscrowDraft draft(state, context);
  if (state.is_held()) {
    draft.refund_held(command.refund_id, refund, command.reason);
    draft.tell(state.traveler, "refunded_by_hand", refund, {{"reason", command.reason}, {"wasHeld", "yes"}});
  } else {
    draft.take_back(command.refund_id, refund, command.reason, {});
  }
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const WriteOffEscrow& command) {
  const Caller& by = context.caller;
  if (by.kind != Caller::Kind::user || by.is_acting() || !by.may(Permission::finance))
    return reject(EscrowRejection::not_allowed);
  if (auto refusal = no_stranger(state, by, command.office, "writes it off")) return *refusal;
  if (!state.is_released() || !state.uncollected) return reject(EscrowRejection::nothing_to_write_off);
  if (state.frozen_by || state.take_back) return reject(EscrowRejection::disputed);
  EscrowDraft draft(state, context);
  EscrowWrittenOff event{command.reason, context.now, {}, state.delivery_id, state.at_stake(), true};
  debit(event.postings, LedgerAccount::platform_revenue, state.at_stake());
  credit(event.postings, LedgerAccount::customer_funds, state.at_stake());
  draft.emit(std::move(event));
  draft.unfreeze_payout();
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const CollectEscrow& command) {
  const Caller& by = context.caller;
  if (by.kind != Caller::Kind::user || by.is_acting() || !by.may(Permission::finance))
    return reject(EscrowRejection::not_allowed);
  if (auto refusal = no_stranger(state, by, command.office, "has it collected")) return *refusal;
  const auto dropped = std::ranges::find_if(state.given_up, [](const ProviderTask& task) {
    return task.operation == PaymentOperation::capture && !task.refused;
  });
  if (!state.is_owed() || dropped == state.given_up.end()) return reject(EscrowRejection::nothing_to_collect);
  EscrowDraft draft(state, context);
  draft.emit(CollectionAsked{dropped->operation_id, state.delivery_id, command.reason, context.now});
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const FreezeEscrow& command) {
  if (!is_another_entity(context.caller)) return reject(EscrowRejection::not_allowed);
  if (state.frozen_by && state.frozen_by != command.dispute_id) return {};
  EscrowDraft draft(state, context);
  if (!state.frozen_by) {
    // Whoever complains agrees no more. What binds both stays beneath: a complaint that is withdrawn undoes nothing.
    if (state.is_bound())
      draft.clear_timer(split_timer);
    else if (state.is_agreed())
      draft.undo_split();
    draft.emit(EscrowFrozen{command.dispute_id});
    if (draft.state().is_released()) draft.send(draft.wallet(), FreezePayout{state.delivery_id});
    draft.drop_claim();
  }
  draft.tell_at_stake();
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const UnfreezeEscrow& command) {
  if (!is_another_entity(context.caller)) return reject(EscrowRejection::not_allowed);
  const Money none{0, state.amount.currency};
  if (state.frozen_by != command.dispute_id)
    return Decision{}.send({EntityKind::dispute, command.dispute_id.value}, EscrowSettled{{}, none, none});
  // Of a dispute that was withdrawn the delivery hears as well: it asks for the release again, at once or once what it
  // holds for objections has been held anew. A request from before the freeze may have been the end of such a hold.
  const bool release_waited = state.is_held() && state.release_waits && !state.is_agreed() && !command.withdrawn;
  std::optional<Time> held_until;
  if (command.withdrawn) held_until = context.now + split_held(state);
  EscrowDraft draft(state, context);
  if (state.claim_dropped) draft.claim_cover(command.dispute_id, *state.claim_dropped);
  draft.unfreeze(command.dispute_id, {}, none, none, false, held_until);
  if (release_waited) draft.release_held("delivery verified");
  if (state.is_agreed()) draft.set_timer(split_timer, std::max(context.now, *draft.state().split->pays_at));
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const SettleDispute& command) {
  if (!is_another_entity(context.caller)) return reject(EscrowRejection::not_allowed);
  if (state.frozen_by != command.dispute_id) {
    // Another dispute froze the money first (of an earlier build, whose disputes had ids of their own), so this one has
    // nothing to share out. It is answered all the same: it would wait for ever otherwise.
    const Money none{0, state.amount.currency};
    return Decision{}.send({EntityKind::dispute, command.dispute_id.value}, EscrowSettled{{}, none, none});
  }
  if (state.settlement_waits) return {};
  // A repeat: this settlement already waits for the wallet.
  if (state.take_back && state.take_back->dispute_id) return {};
  EscrowDraft draft(state, context);
  if (state.take_back)
    draft.emit(SettlementDeferred{command});
  else
    settle(draft, command);
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const TakenBack& command) {
  if (context.caller.kind != Caller::Kind::entity) return reject(EscrowRejection::not_allowed);
  if (!state.take_back || state.take_back->refund_id != command.refund_id) return {};
  if (!fits(command.taken, state.to_traveler)) return reject(EscrowRejection::invalid_amount);
  const TakeBackWait wait = *state.take_back;
  const Money refund = wait.from_platform + command.taken;
  EscrowDraft draft(state, context);
  if (refund.amount == 0) {
    draft.emit(NothingTakenBack{wait.refund_id});
  } else {
    PaymentRefunded event;
    event.delivery_id = state.delivery_id;
    event.intent_id = state.intent_id;
    event.refund_id = wait.refund_id;
    event.customer = state.customer;
    event.amount = refund;
    event.reason = wait.reason;
    event.from_held = false;
    event.from_platform = wait.from_platform.amount;
    event.at = context.now;
    debit(event.postings, LedgerAccount::traveler_payable, command.taken);
    debit(event.postings, LedgerAccount::platform_revenue, wait.from_platform);
    // What the provider never took goes back to nobody. Where the platform had borne it, it bears so much less now.
    const bool was_taken = !state.uncollected && !state.written_off;
    if (!was_taken) {
      credit(event.postings, state.uncollected ? LedgerAccount::customer_funds : LedgerAccount::platform_revenue,
             refund);
      event.processed = true;
    } else {
      credit(event.postings, LedgerAccount::refunds_payable, refund);
      event.tasks.push_back(draft.task(PaymentOperation::refund, refund, wait.refund_id));
    }
    draft.emit(std::move(event));
    draft.send(draft.delivery(), FundsReturned{refund, standing_of(draft.state())});
    draft.send(user_address(state.customer), RecordMoney{state.delivery_id, {}, -refund});
    if (command.taken.amount > 0)
      draft.send(user_address(state.traveler), RecordMoney{state.delivery_id, -command.taken, {}});
    if (was_taken) draft.tell(state.customer, "refund_processed", refund, {{"refundId", wait.refund_id.text()}});
  }
  // What a dispute comes to its own end tells.
  if (!wait.dispute_id && command.taken.amount > 0)
    draft.tell(state.traveler, "refunded_by_hand", command.taken, {{"reason", wait.reason}});
  if (wait.dispute_id)
    draft.unfreeze(*wait.dispute_id, refund.amount > 0 ? std::optional(wait.refund_id) : std::nullopt, refund,
                   draft.state().to_traveler + draft.state().fee_taken);
  else if (const auto decision = draft.state().settlement_waits)
    settle(draft, *decision);
  else
    draft.tell_at_stake();
  return draft.finish();
}

}  // namespace caravan
