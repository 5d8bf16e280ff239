#include <algorithm>

#include "actors/cover/commands.hpp"
#include "actors/delivery/commands.hpp"
#include "actors/escrow/draft.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/wallet/commands.hpp"

/// From the intent to the hold, and whatever else the provider is asked.
namespace caravan {

namespace {

constexpr std::chrono::hours told_before_hold_ends{48};

void refuse_payment(EscrowDraft& draft, const Context& context, std::string code, std::string detail, bool undo) {
  const EscrowState& state = draft.state();
  PaymentFailed event{state.delivery_id, state.intent_id, std::move(code), std::move(detail), context.now, {}};
  // The provider may have reserved the money although its answer never came, so it is told to let go of it.
  if (undo) event.tasks.push_back(draft.undo_of(state.tasks.front()));
  const PaymentRefused refused{event.code, event.detail};
  draft.emit(std::move(event));
  draft.send(draft.delivery(), refused);
  draft.tell(state.customer, "payment_failed", state.to_reserve(), {{"reason", refused.detail}});
}

void hold(EscrowDraft& draft, const Context& context, const std::string& reference) {
  const EscrowState& state = draft.state();
  const Time until = context.now + std::chrono::seconds{state.hold_seconds};
  draft.emit(PaymentCompleted{state.delivery_id, state.intent_id, state.customer, state.amount, reference});
  EscrowHeld held{state.delivery_id, state.intent_id, state.amount, until, context.now, {}};
  debit(held.postings, LedgerAccount::customer_funds, state.amount);
  credit(held.postings, LedgerAccount::escrow_held, state.amount);
  if (state.cover) {
    held.cover_fee = state.cover_fee();
    debit(held.postings, LedgerAccount::customer_funds, state.cover_fee());
    credit(held.postings, LedgerAccount::cover_held, state.cover_fee());
  }
  draft.emit(std::move(held));
  draft.send(draft.delivery(), FundsHeld{EscrowId{context.self.id}, state.intent_id, until});
  draft.tell(state.customer, "payment_held", state.to_reserve());
}

Decision authorisation_answered(const EscrowState& state, const Context& context, const PaymentAnswer& answer) {
  EscrowDraft draft(state, context);
  if (answer.outcome == PaymentOutcome::declined) {
    refuse_payment(draft, context, "payment_declined", answer.code, false);
    return draft.finish();
  }
  hold(draft, context, answer.reference);
  const Duration life = std::chrono::seconds{state.hold_seconds};
  Decision decision = draft.finish();
  decision.set_timer(std::string(hold_timer), context.now + life - std::min<Duration>(told_before_hold_ends, life / 2));
  return decision;
}

std::int64_t balance_of(const EscrowState& state, LedgerAccount account) {
  std::int64_t sum = 0;
  for (const LedgerEntry& entry : state.ledger)
    for (const Posting& line : entry.postings) sum += line.account == account ? line.amount : 0;
  return sum;
}

/// Of what was taken after it had been written off: the fee of a cover that the customer does not have any more.
Money cover_fee_in(const EscrowState& state, Money captured) {
  const Money none{0, captured.currency};
  if (state.cover_standing != CoverStanding::returned || captured.amount <= state.at_stake().amount) return none;
  return least(captured - state.at_stake(), state.cover_fee());
}

/// Of a capture that had been given up a part may have been given back by the books alone, as nobody knew that it was
/// taken: that is given back now. What the platform had borne instead is its own again.
void settle_late_capture(const EscrowDraft& draft, const Context& context, ProviderTaskDone& event, Money captured) {
  const EscrowState& state = draft.state();
  const std::int64_t left = balance_of(state, LedgerAccount::customer_funds) - captured.amount;
  if (left >= 0) return;
  const Money over{-left, captured.currency};
  const Money back = state.uncollected ? over : least(over, cover_fee_in(state, captured));
  debit(event.postings, LedgerAccount::customer_funds, over);
  credit(event.postings, LedgerAccount::refunds_payable, back);
  credit(event.postings, LedgerAccount::platform_revenue, over - back);
  if (back.amount > 0) event.tasks.push_back(draft.task(PaymentOperation::refund, back, context.new_id<RefundId>()));
}

Decision task_done(const EscrowState& state, const Context& context, const ProviderTask& task,
                   const PaymentAnswer& answer) {
  EscrowDraft draft(state, context);
  ProviderTaskDone event{task.operation_id, task.operation, answer.reference, context.now, {}, {}};
  if (task.operation == PaymentOperation::capture) {
    debit(event.postings, LedgerAccount::provider_clearing, task.amount);
    credit(event.postings, LedgerAccount::customer_funds, task.amount);
    settle_late_capture(draft, context, event, task.amount);
    if (state.uncollected && state.is_released() && !state.frozen_by) draft.unfreeze_payout();
  } else if (task.operation == PaymentOperation::refund) {
    debit(event.postings, LedgerAccount::refunds_payable, task.amount);
    credit(event.postings, LedgerAccount::provider_clearing, task.amount);
  }
  draft.emit(std::move(event));
  if (state.cover_standing == CoverStanding::taken && !state.is_collected() && draft.state().is_collected()) {
    draft.send(cover_address, PayIntoCover{state.cover_fee()});
    draft.tell_at_stake();
  }
  return draft.finish();
}

/// Of refunds that wait for a capture: what was never taken is given back by the books alone, and asked of nobody.
void void_refunds(const EscrowState& state, FinanceAlert& event) {
  for (const ProviderTask& task : state.tasks) {
    if (task.operation != PaymentOperation::refund) continue;
    debit(event.postings, LedgerAccount::refunds_payable, task.amount);
    credit(event.postings, LedgerAccount::customer_funds, task.amount);
  }
}

/// `goes_on`: it was given up for now; `refused`: the provider said no. Otherwise an operator dropped it.
Decision alert(const EscrowState& state, const Context& context, const ProviderTask& task, std::string detail,
               bool goes_on, bool refused = false) {
  EscrowDraft draft(state, context);
  const std::string why = detail;
  const bool uncollected = !goes_on && task.operation == PaymentOperation::capture;
  FinanceAlert event{task.operation_id, task.operation, state.delivery_id, task.amount, std::move(detail),
                     context.now,       goes_on,        uncollected,       refused,     {}};
  if (uncollected && refused) void_refunds(state, event);
  draft.emit(std::move(event));
  if (!uncollected) return draft.finish();
  draft.return_cover();
  const bool is_held = draft.state().is_held();
  if (refused || is_held) draft.send(draft.delivery(), FundsUncollected{why});
  if (is_held) draft.tell(state.customer, "payment_failed", task.amount, {{"reason", why}});
  // Nothing is paid out of money that was never taken: finance takes it back, or the platform bears it.
  if (draft.state().is_released()) draft.withhold_payout();
  return draft.finish();
}

/// The runtime has given the first task up, for now or (dropped) for good.
Decision undelivered(const EscrowState& state, const Context& context, const PaymentAnswer& answer) {
  const ProviderTask& task = state.tasks.front();
  if (task.operation == PaymentOperation::authorize) {
    EscrowDraft draft(state, context);
    refuse_payment(draft, context, "payment_failed", answer.detail, true);
    return draft.finish();
  }
  const bool is_final = answer.outcome == PaymentOutcome::dropped;
  if (!is_final && task.alerted) return {};
  return alert(state, context, task, answer.detail, !is_final);
}

Decision void_again(const EscrowState& state, const Context& context, const Uuid& authorisation, bool is_known) {
  EscrowDraft draft(state, context);
  LateReservation event{authorisation, is_known, context.now, {}};
  ProviderTask undo = draft.task(PaymentOperation::cancel, state.find_task(authorisation)->amount);
  undo.voids = authorisation;
  event.tasks.push_back(std::move(undo));
  draft.emit(std::move(event));
  return draft.finish();
}

/// An answer to what was given up. Money that moved after all is in the books then; a reservation is undone.
Decision answered_late(const EscrowState& state, const Context& context, const PaymentAnswer& answer) {
  const auto task = std::ranges::find(state.given_up, answer.operation_id, &ProviderTask::operation_id);
  if (task == state.given_up.end() || answer.outcome != PaymentOutcome::done) return {};
  if (task->operation == PaymentOperation::authorize) return void_again(state, context, task->operation_id, true);
  return task_done(state, context, *task, answer);
}

/// What is left of given-up authorisations that nobody has heard of.
Decision late_reservations(const EscrowState& state, const Context& context) {
  const auto first = std::ranges::find(state.given_up, PaymentOperation::authorize, &ProviderTask::operation);
  if (first == state.given_up.end()) return {};
  Decision decision = void_again(state, context, first->operation_id, false);
  const auto all = std::ranges::count(state.given_up, PaymentOperation::authorize, &ProviderTask::operation);
  if (all > 1) decision.set_timer(std::string(late_reservation_timer), context.now + 2 * longest_way);
  return decision;
}

Decision hold_expires(const EscrowState& state, const Context& context) {
  if (!state.is_held() || state.captured) return {};
  EscrowDraft draft(state, context);
  HoldExpiring event{state.delivery_id, *state.hold_until, {}};
  event.tasks.push_back(draft.task(PaymentOperation::capture, state.held + state.cover_held()));
  draft.emit(std::move(event));
  draft.tell(state.customer, "hold_expiring", state.held, {{"holdUntil", to_rfc3339(*state.hold_until)}});
  return draft.finish();
}

}  // namespace

Decision decide(const EscrowState& state, const Context& context, const CreateEscrow& command) {
  if (!is_another_entity(context.caller)) return reject(EscrowRejection::not_allowed);
  if (state.exists())
    return state.intent_id == command.intent_id ? Decision{} : reject(EscrowRejection::already_exists);
  const bool same_currency = command.amount.currency == command.platform_fee.currency;
  if (!same_currency || command.amount.amount <= 0 || command.platform_fee.amount < 0 ||
      command.platform_fee.amount > command.amount.amount || command.hold_seconds <= 0 ||
      command.payout_delay_seconds < 0 ||
      (command.cover &&
       (command.cover->currency != command.amount.currency || command.cover->fee <= 0 || command.cover->limit <= 0)))
    return reject(EscrowRejection::invalid_amount);
  EscrowDraft draft(state, context);
  PaymentIntentCreated event{
      command.delivery_id, command.intent_id, command.customer, command.amount, command, context.now, {}};
  if (!command.payment_token.empty()) {
    const Money fee = command.cover ? command.cover->cost() : Money{0, command.amount.currency};
    event.tasks.push_back(draft.task(PaymentOperation::authorize, command.amount + fee));
  }
  draft.emit(std::move(event));
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const ConfirmIntent& command) {
  if (!state.is_party(context.caller.user) && !context.caller.is_service()) return reject(EscrowRejection::not_found);
  if (!context.caller.is_user(state.customer) && !context.caller.is_service())
    return reject(EscrowRejection::not_allowed);
  if (state.status != EscrowStatus::requires_payment) return reject(EscrowRejection::intent_not_open);
  if (spends_much(state.to_reserve()) && context.caller.is_stale_session())
    return reject(EscrowRejection::step_up_required, std::string(show_once_more));
  EscrowDraft draft(state, context);
  IntentConfirmed event{command.payment_method_id, command.payment_token, command.provider, {}};
  event.tasks.push_back(draft.task(PaymentOperation::authorize, state.to_reserve()));
  draft.emit(std::move(event));
  return draft.finish();
}

Decision decide(const EscrowState& state, const Context& context, const CancelIntent&) {
  const bool by_platform = is_another_entity(context.caller);
  if (!by_platform && !state.is_party(context.caller.user)) return reject(EscrowRejection::not_found);
  if (!by_platform && !context.caller.is_user(state.customer)) return reject(EscrowRejection::not_allowed);
  if (state.status == EscrowStatus::cancelled) return {};
  // Only the platform may end a hold. A customer cancels the delivery, whose policy says what that costs, and the
  // delivery then ends the hold.
  const bool open = state.status == EscrowStatus::requires_payment || state.status == EscrowStatus::authorising ||
                    (state.is_held() && by_platform && !state.frozen_by);
  if (!open) return reject(EscrowRejection::intent_not_open);
  EscrowDraft draft(state, context);
  if (state.is_held() && (state.captured || state.refunded.amount > 0)) {
    draft.refund_held(context.new_id<RefundId>(), state.held, "cancelled");
    return draft.finish();
  }
  const Money held = state.held;
  IntentCancelled event{context.now, {}, {}};
  debit(event.postings, LedgerAccount::escrow_held, held);
  credit(event.postings, LedgerAccount::customer_funds, held);
  const auto authorisation = std::ranges::find(state.tasks, PaymentOperation::authorize, &ProviderTask::operation);
  if (authorisation != state.tasks.end())
    event.tasks.push_back(draft.undo_of(*authorisation));
  else if (state.is_held())
    event.tasks.push_back(draft.task(PaymentOperation::cancel, state.to_reserve()));
  draft.emit(std::move(event));
  // The platform hears that the money is back. Where the customer gave up instead, the delivery still waits for the
  // reservation and would wait for ever: it hears that the payment failed.
  if (by_platform) {
    FundsStanding standing = standing_of(draft.state());
    standing.refunded = standing.refunded + held;  // let go of, which is no refund in the books
    draft.send(draft.delivery(), FundsReturned{held, standing});
  } else {
    draft.send(draft.delivery(), PaymentRefused{"payment_failed", "cancelled by the customer"});
  }
  Decision decision = draft.finish();
  decision.clear_timer(std::string(hold_timer));
  return decision;
}

Decision decide(const EscrowState& state, const Context& context, const PaymentAnswer& answer) {
  if (context.caller.kind != Caller::Kind::provider) return reject(EscrowRejection::not_allowed);
  if (state.tasks.empty() || state.tasks.front().operation_id != answer.operation_id)
    return answered_late(state, context, answer);
  const ProviderTask& task = state.tasks.front();
  switch (answer.outcome) {
    case PaymentOutcome::failed:
      return {};  // the runtime asks again
    case PaymentOutcome::undelivered:
    case PaymentOutcome::dropped:
      return undelivered(state, context, answer);
    case PaymentOutcome::done:
    case PaymentOutcome::declined:
      break;
  }
  if (task.operation == PaymentOperation::authorize) return authorisation_answered(state, context, answer);
  if (answer.outcome == PaymentOutcome::declined) return alert(state, context, task, answer.code, false, true);
  return task_done(state, context, task, answer);
}

Decision decide(const EscrowState& state, const Context& context, const TimerFired& timer) {
  if (context.caller.kind != Caller::Kind::timer) return reject(EscrowRejection::not_allowed);
  if (timer.name == hold_timer) return hold_expires(state, context);
  if (timer.name == late_reservation_timer) return late_reservations(state, context);
  if (timer.name == split_timer) return split_is_due(state);
  if (timer.name != provider_timer || state.tasks.empty()) return {};
  // Of an earlier build: whether its question is still open nobody knows, and asking anew does no harm.
  const ProviderTask& task = state.tasks.front();
  EscrowDraft draft(state, context);
  draft.emit(ProviderAsked{task.operation_id, task.attempts + 1});
  draft.ask_provider();
  return draft.finish();
}

}  // namespace caravan
