#include <algorithm>

#include "actors/escrow/entity.hpp"

namespace caravan {

namespace {

bool may_see(const EscrowState& state, const Context& context) {
  const Caller& caller = context.caller;
  return caller.is_platform() || caller.is_service() ||
         (caller.kind == Caller::Kind::user && state.is_party(caller.user)) || caller.may(Permission::finance) ||
         caller.may(Permission::disputes) || caller.may(Permission::read);
}

/// What a customer took beside the price is not the traveler's to know, as in the offer: it says what the item is
/// worth.
bool shows_cover(const EscrowState& state, const Context& context) {
  return state.cover && !context.caller.is_user(state.traveler);
}

/// The ledger of the price alone, as its traveler sees it. What was taken from the customer and given back to them
/// has the fee of a cover in it, and stays out whether there is a cover or not: that would tell of it as well.
std::vector<LedgerEntry> ledger_of_price(const EscrowState& state) {
  std::vector<LedgerEntry> out;
  for (LedgerEntry entry : state.ledger) {
    auto& lines = entry.postings;
    // The hold has two lines of the fee behind those of the price.
    const auto fee = std::ranges::find(lines, LedgerAccount::cover_held, &Posting::account);
    if (entry.type == EscrowHeld::tag.name && fee != lines.end()) lines.erase(fee - 1, fee + 1);
    const bool is_of_price = std::ranges::any_of(lines, [](const Posting& line) {
      return line.account == LedgerAccount::escrow_held || line.account == LedgerAccount::traveler_payable;
    });
    const bool is_of_pool = std::ranges::find(lines, LedgerAccount::cover, &Posting::account) != lines.end();
    if (is_of_price && !is_of_pool) out.push_back(std::move(entry));
  }
  return out;
}

std::string status_text(const EscrowState& state) {
  if (state.is_held() && state.frozen_by) return "frozen";
  return std::string(enum_labels(EscrowStatus{})[static_cast<std::size_t>(state.status)]);
}

IntentStatus intent_status(EscrowStatus status) {
  switch (status) {
    case EscrowStatus::requires_payment:
      return IntentStatus::requires_payment_method;
    case EscrowStatus::held:
      return IntentStatus::held;
    case EscrowStatus::released:
    case EscrowStatus::settled:
      return IntentStatus::succeeded;
    case EscrowStatus::refunded:
      return IntentStatus::refunded;
    case EscrowStatus::cancelled:
      return IntentStatus::cancelled;
    case EscrowStatus::failed:
      return IntentStatus::failed;
    default:
      return IntentStatus::processing;
  }
}

/// What the traveler gets or got: the split of the whole amount until money moved, then what moved.
std::pair<Money, Money> fee_and_earned(const EscrowState& state) {
  const bool closed = state.is_released() || state.status == EscrowStatus::refunded;
  if (closed) return {state.fee_taken, state.to_traveler};
  return {state.platform_fee, state.amount - state.platform_fee};
}

}  // namespace

Answer answer(const EscrowState& state, const Context& context, const ViewEscrow&) {
  if (!may_see(state, context)) return refuse(EscrowRejection::not_found);
  const auto [fee, earned] = fee_and_earned(state);
  EscrowResource out;
  out.escrow_id = EscrowId{context.self.id};
  out.delivery_id = state.delivery_id;
  out.intent_id = state.intent_id;
  out.customer = state.customer;
  out.traveler = state.traveler;
  out.status = status_text(state);
  out.amount = state.amount.amount;
  out.platform_fee = fee.amount;
  out.traveler_amount = earned.amount;
  out.held_amount = state.held.amount;
  out.refunded_amount = state.refunded.amount;
  out.currency = state.amount.currency;
  out.hold_until = state.hold_until;
  out.dispute_id = state.frozen_by;
  if (state.split)
    out.split = SplitResource{
        state.split->by, state.split->refund.amount, (state.held - state.split->refund).amount, state.split->note,
        state.split->at, state.split->pays_at};
  out.created_at = state.created_at;
  out.closed_at = state.closed_at;
  if (shows_cover(state, context)) {
    out.cover = state.cover;
    out.cover_standing = state.cover_standing;
    if (state.cover_claim) out.cover_claim = state.cover_claim->amount;
  }
  return show(std::move(out));
}

Answer answer(const EscrowState& state, const Context& context, const ViewIntent&) {
  if (!may_see(state, context)) return refuse(EscrowRejection::not_found);
  IntentResource out;
  out.intent_id = state.intent_id;
  out.escrow_id = EscrowId{context.self.id};
  out.delivery_id = state.delivery_id;
  out.status = intent_status(state.status);
  out.amount = state.amount.amount;
  out.refunded_amount = state.refunded.amount;
  out.currency = state.amount.currency;
  out.provider = state.provider;
  if (!context.caller.is_service()) out.payment_method_id = state.payment_method_id;
  if (!state.failure.empty()) out.failure_code = state.failure;
  out.created_at = state.created_at;
  if (shows_cover(state, context)) out.cover_fee = state.cover->fee;
  return show(std::move(out));
}

Answer answer(const EscrowState& state, const Context& context, const ViewEscrowLedger&) {
  if (!may_see(state, context)) return refuse(EscrowRejection::not_found);
  EscrowLedgerResource out{EscrowId{context.self.id}, state.ledger, true};
  if (context.caller.is_user(state.traveler)) out.items = ledger_of_price(state);
  out.balanced = std::ranges::all_of(out.items, [](const LedgerEntry& entry) { return balanced(entry.postings); });
  return show(std::move(out));
}

Answer answer(const EscrowState& state, const Context& context, const ViewRefund& query) {
  if (!may_see(state, context)) return refuse(EscrowRejection::not_found);
  auto found = std::ranges::find(state.refunds, query.refund_id, &EscrowRefund::refund_id);
  if (found == state.refunds.end()) {
    if (!state.take_back || state.take_back->refund_id != query.refund_id) return refuse(EscrowRejection::not_found);
    return show(RefundResource{query.refund_id,
                               EscrowId{context.self.id},
                               state.delivery_id,
                               RefundStatus::pending,
                               state.take_back->refund.amount,
                               state.amount.currency,
                               state.take_back->reason,
                               context.now,
                               {}});
  }
  return show(RefundResource{found->refund_id, EscrowId{context.self.id}, state.delivery_id, found->status,
                             found->amount.amount, found->amount.currency, found->reason, found->created_at,
                             found->processed_at});
}

Answer answer(const EscrowState& state, const Context& context, const ViewReceipt&) {
  // There is a receipt once money was held.
  if (!may_see(state, context) || !state.hold_until) return refuse(EscrowRejection::not_found);
  ReceiptResource out;
  out.receipt_number = "RCP-" + state.intent_id.text().substr(24);
  out.delivery_id = state.delivery_id;
  out.escrow_id = EscrowId{context.self.id};
  out.customer = state.customer;
  out.traveler = state.traveler;
  out.status = status_text(state);
  out.amount = state.amount.amount;
  out.currency = state.amount.currency;
  const auto [fee, earned] = fee_and_earned(state);
  const bool open = state.is_held() || state.status == EscrowStatus::cancelled;
  if (open) {
    out.lines = {{state.is_held() ? "held" : "cancelled", (state.amount - state.refunded).amount}};
  } else {
    out.lines = {{"traveler", earned.amount}, {"platformFee", fee.amount}};
  }
  if (state.refunded.amount > 0) out.lines.push_back({"refunded", state.refunded.amount});
  if (shows_cover(state, context) && state.cover_standing != CoverStanding::returned) {
    out.amount += state.cover->fee;
    out.lines.push_back({"cover", state.cover->fee});
  }
  const auto hold = std::ranges::find(state.ledger, EscrowHeld::tag.name, &LedgerEntry::type);
  out.paid_at = hold == state.ledger.end() ? state.created_at : hold->at;
  return show(std::move(out));
}

}  // namespace caravan
