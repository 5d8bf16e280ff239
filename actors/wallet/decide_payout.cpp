#include <algorithm>

#include "actors/escrow/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/pricing/rules.hpp"
#include "actors/wallet/draft.hpp"

/// From a credit to the traveler's bank.
namespace caravan {

namespace {

bool is_entity(const Context& context) { return context.caller.kind == Caller::Kind::entity; }

Decision tied_to_owner() {
  return reject(WalletRejection::not_allowed,
                "Somebody decides it who has no permission from the wallet's owner, and gave them none.");
}

/// A payout whose money has not left for good: it waits, is on its way and may fail, or failed.
bool is_unsent(const Payout& payout) {
  return payout.status == PayoutStatus::pending || payout.status == PayoutStatus::processing ||
         payout.status == PayoutStatus::failed;
}

/// The first currency that something is available in, else one that is owed.
Currency balance_currency(const WalletState& state) {
  for (const Money& money : state.available)
    if (money.amount > 0) return money.currency;
  for (const Money& money : state.debts)
    if (money.amount > 0) return money.currency;
  return {};
}

Decision fail(const WalletState& state, const Context& context, const Payout& payout, std::string reason) {
  WalletDraft draft(state, context);
  draft.emit(PayoutFailed{payout.payout_id, payout.delivery_id, payout.amount, std::move(reason), context.now});
  draft.clear_timer(payout.payout_id);
  draft.tell("payout_failed", payout);
  draft.settle_debt(payout.amount.currency, payout.delivery_id);
  return draft.finish();
}

/// A payout that had failed is taken out of the available balance again: the traveler was paid. What is not there any
/// more is owed.
Decision paid(const WalletState& state, const Context& context, const Payout& payout, const std::string& reference) {
  PayoutProcessed event{payout.payout_id,
                        payout.delivery_id,
                        payout.amount,
                        reference,
                        context.now,
                        {},
                        payout.status == PayoutStatus::failed};
  debit(event.postings, LedgerAccount::traveler_payable, payout.amount);
  credit(event.postings, LedgerAccount::provider_clearing, payout.amount);
  WalletDraft draft(state, context);
  draft.emit(std::move(event));
  draft.clear_timer(payout.payout_id);
  draft.tell("payout_processed", payout);
  draft.settle_debt(payout.amount.currency, payout.delivery_id);
  return draft.finish();
}

}  // namespace

Decision decide(const WalletState& state, const Context& context, const CreditPending& command) {
  if (!is_entity(context)) return reject(WalletRejection::not_allowed);
  if (command.amount.amount <= 0) return {};
  // An escrow pays in once. A second command of the same escrow is a repeat, not another credit.
  if (std::ranges::find(state.payouts, command.escrow_id, &Payout::escrow_id) != state.payouts.end()) return {};
  const PayoutId id = context.new_id<PayoutId>();
  WalletDraft draft(state, context);
  draft.emit(
      WalletCredited{id, command.escrow_id, command.delivery_id, command.amount, command.available_at, context.now});
  draft.set_timer(id, command.available_at);
  draft.settle_debt(command.amount.currency, {});
  return draft.finish();
}

Decision decide(const WalletState& state, const Context& context, const FreezePayout& command) {
  if (!is_entity(context)) return reject(WalletRejection::not_allowed);
  const bool any = std::ranges::any_of(state.payouts, [&](const Payout& payout) {
    return payout.delivery_id == command.delivery_id && (!payout.frozen || payout.thaws_at) && is_unsent(payout);
  });
  if (!any) return {};
  return Decision{}.emit(PayoutFrozen{command.delivery_id});
}

Decision decide(const WalletState& state, const Context& context, const HoldPayouts& command) {
  if (!is_entity(context)) return reject(WalletRejection::not_allowed);
  if (state.held_until && *state.held_until >= command.until) return {};
  return Decision{}.emit(PayoutsHeld{command.until});
}

Decision decide(const WalletState& state, const Context& context, const ReleasePayouts& command) {
  const Caller& by = context.caller;
  const bool by_finance = by.kind == Caller::Kind::user && !by.is_acting() && by.may(Permission::finance) &&
                          by.user.value != context.self.id;
  if (!is_entity(context) && !by_finance) return reject(WalletRejection::not_allowed);
  if (by_finance && command.office.is_tied_to(UserId{context.self.id})) return tied_to_owner();
  if (!state.held_until) return {};
  WalletDraft draft(state, context);
  if (command.from && *command.from > context.now) {
    if (*command.from >= *state.held_until) return {};
    draft.emit(PayoutsHeld{*command.from});
    draft.send_due();  // waits until then
    return draft.finish();
  }
  draft.emit(PayoutsReleased{command.reason.value_or(""), context.now});
  draft.send_due();
  return draft.finish();
}

namespace {

/// Of the delivery all goes on, what failed ones left only from `held_until` on.
Decision unfreeze(const WalletState& state, const Context& context, DeliveryId delivery_id,
                  std::optional<Time> held_until) {
  const auto is_of_it = [&](const Payout& payout) { return payout.delivery_id == delivery_id && payout.frozen; };
  if (held_until && *held_until <= context.now) held_until.reset();
  WalletDraft draft(state, context);
  for (const Payout& payout : state.payouts) {
    if (!is_of_it(payout)) continue;
    if (draft.is_empty()) draft.emit(PayoutUnfrozen{delivery_id, held_until});
    draft.settle_debt(payout.amount.currency, {});
    const Payout* after = find_payout(draft.state(), payout.payout_id);
    if (after && after->thaws_at) draft.set_timer(payout.payout_id, *after->thaws_at);
    if (!after || after->status != PayoutStatus::pending) continue;
    if (after->available_at <= context.now)
      draft.start_or_wait(payout.payout_id);
    else if (after->available_at != payout.available_at)
      draft.set_timer(payout.payout_id, after->available_at);
  }
  return draft.finish();
}

}  // namespace

Decision decide(const WalletState& state, const Context& context, const UnfreezePayout& command) {
  if (!is_entity(context)) return reject(WalletRejection::not_allowed);
  return unfreeze(state, context, command.delivery_id, command.held_until);
}

/// The judgement is carried out whole: out of what was not sent of the delivery, out of the available balance, and for
/// what is missing the traveler owes it.
Decision decide(const WalletState& state, const Context& context, const TakeBack& command) {
  if (!is_entity(context)) return reject(WalletRejection::not_allowed);
  const Currency currency = command.amount.currency;
  WalletDraft draft(state, context);
  std::int64_t left = command.amount.amount;
  PayoutId sent;  // of the delivery: whose money has left the wallet, or failed to
  for (const Payout& payout : state.payouts) {
    if (payout.delivery_id != command.delivery_id || payout.amount.currency != currency || left <= 0) continue;
    if (payout.status != PayoutStatus::pending) {
      sent = payout.payout_id;
      continue;
    }
    const std::int64_t taken = std::min(payout.amount.amount, left);
    left -= taken;
    draft.emit(WalletTakenBack{payout.payout_id, command.delivery_id, command.refund_id, Money{taken, currency}, false,
                               context.now});
    if (taken == payout.amount.amount) draft.clear_timer(payout.payout_id);
  }
  if (left > 0)
    draft.emit(WalletTakenBack{sent, command.delivery_id, command.refund_id, Money{left, currency}, true, context.now});
  draft.settle_debt(currency, command.delivery_id);
  draft.send(context.caller.entity, TakenBack{command.delivery_id, command.refund_id,
                                              Money{std::max<std::int64_t>(command.amount.amount, 0), currency}});
  return draft.finish();
}

namespace {

Decision too_new(Time usable) {
  return reject(WalletRejection::payout_account_not_verified, "A new account is used from " + to_rfc3339(usable) + ".");
}

/// Why nothing can be sent in a currency that no account may have.
Decision no_account(const WalletState& state, Currency currency) {
  if (const auto from = first_usable(state, currency, Time{})) return too_new(*from);
  if (std::ranges::find(state.accounts, currency, &PayoutAccount::currency) != state.accounts.end())
    return reject(WalletRejection::payout_account_not_verified);
  return reject(WalletRejection::missing_payout_account,
                "Add a payout account in " + std::string(currency.text()) + " first.");
}

/// What was earned while there was no account goes on its way, or waits for the new one.
Decision account_checked(const WalletState& state, const Context& context, const PayoutAccount& account, bool is_done) {
  WalletDraft draft(state, context);
  draft.emit(PayoutAccountChecked{account.account_id, is_done});
  if (is_done) draft.send_due();
  return draft.finish();
}

}  // namespace

Decision decide(const WalletState& state, const Context& context, const RequestPayout& command) {
  const bool owner = context.caller.kind == Caller::Kind::user && context.caller.user.value == context.self.id;
  if (!owner && !context.caller.may(Permission::finance)) return reject(WalletRejection::not_allowed);
  if (!owner && command.office.is_tied_to(UserId{context.self.id})) return tied_to_owner();
  if (find_payout(state, command.payout_id)) return {};
  if (state.is_held(context.now))
    return reject(WalletRejection::payouts_held, "Payouts are held until " + to_rfc3339(*state.held_until) + ".");
  const Currency currency = command.currency.value_or(balance_currency(state));
  if (const Money debt = state.debt_in(currency); debt.amount > 0)
    return reject(WalletRejection::wallet_in_debt, "owed: " + money_text(debt) +
                                                       ". What is earned next pays it first; until then nothing is "
                                                       "paid out.");
  // What is there was earned at any time before: it goes to no account that was added lately.
  const PayoutAccount* account = account_for(state, currency, Time{}, context.now);
  if (command.account_id) {
    auto found = std::ranges::find(state.accounts, *command.account_id, &PayoutAccount::account_id);
    if (found == state.accounts.end()) return reject(WalletRejection::not_found);
    if (found->status != AccountStatus::verified || found->currency != currency)
      return reject(WalletRejection::payout_account_not_verified);
    if (const Time from = usable_from(*found, Time{}); from > context.now) return too_new(from);
    account = &*found;
  }
  const Money available = state.available_in(currency);
  const Money amount{command.amount.value_or(available.amount), currency};
  if (amount.amount <= 0 || amount.amount > available.amount)
    return reject(WalletRejection::insufficient_balance, "available: " + money_text(available));
  const std::optional<double> worth = dollars_worth(amount);  // nothing where nobody knows it
  constexpr auto least_payout = static_cast<double>(policy.payout.least_dollars);
  if (amount != available && worth.value_or(0) < least_payout)
    return reject(WalletRejection::payout_too_small,
                  "All that is there (" + money_text(available) + ") is paid out, " +
                      (worth ? "or at least the worth of " + std::to_string(policy.payout.least_dollars) + " US dollar."
                             : std::string("and no part of it.")),
                  "amount");
  if (!account) return no_account(state, currency);
  Payout payout;
  payout.payout_id = command.payout_id;
  payout.amount = amount;
  payout.available_at = payout.created_at = context.now;
  WalletDraft draft(state, context);
  draft.start(payout, account);
  return draft.finish().answer(to_resource(draft.state(), *find_payout(draft.state(), payout.payout_id), context.now));
}

Decision decide(const WalletState& state, const Context& context, const PaymentAnswer& answer) {
  if (context.caller.kind != Caller::Kind::provider) return reject(WalletRejection::not_allowed);
  const bool is_done = answer.outcome == PaymentOutcome::done;
  if (answer.outcome == PaymentOutcome::failed) return {};  // the runtime asks again
  for (const PayoutAccount& account : state.accounts)
    if (account.operation_id == answer.operation_id &&
        (account.status == AccountStatus::pending || (is_done && account.status == AccountStatus::failed)))
      return account_checked(state, context, account, is_done);
  const auto payout = std::ranges::find(state.payouts, answer.operation_id, &Payout::operation_id);
  if (payout == state.payouts.end()) return {};
  if (is_done && (payout->status == PayoutStatus::processing || payout->status == PayoutStatus::failed))
    return paid(state, context, *payout, answer.reference);
  // Given up for now, nobody knows whether it was paid: what may be gone must not become available, and be sent again.
  const bool is_final = answer.outcome == PaymentOutcome::declined || answer.outcome == PaymentOutcome::dropped;
  if (is_final && payout->status == PayoutStatus::processing) return fail(state, context, *payout, answer.code);
  return {};
}

Decision decide(const WalletState& state, const Context& context, const TimerFired& timer) {
  if (context.caller.kind != Caller::Kind::timer) return reject(WalletRejection::not_allowed);
  for (const Payout& payout : state.payouts) {
    if (timer.name != timer_of(payout.payout_id)) continue;
    if (payout.thaws_at) return unfreeze(state, context, *payout.delivery_id, payout.thaws_at);
    WalletDraft draft(state, context);
    if (payout.status == PayoutStatus::pending) {
      draft.start_or_wait(payout.payout_id);
    } else if (payout.status == PayoutStatus::processing) {
      // Of an earlier build, in which the wallet asked again: whether its question is still open nobody knows.
      draft.emit(PayoutRetried{payout.payout_id, payout.attempts + 1, {}});
      draft.ask_provider(payout);
    }
    return draft.finish();
  }
  return {};
}

}  // namespace caravan
