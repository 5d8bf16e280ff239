#include <algorithm>

#include "actors/escrow/commands.hpp"
#include "actors/inbox/commands.hpp"
#include "actors/pricing/policy.hpp"
#include "actors/wallet/entity.hpp"

/// From a credit to the traveler's bank.
namespace caravan {

namespace {

bool is_entity(const Context& context) { return context.caller.kind == Caller::Kind::entity; }

std::string timer_of(PayoutId id) { return "payout:" + id.text(); }

const Payout* find_payout(const WalletState& state, PayoutId id) {
  auto found = std::ranges::find(state.payouts, id, &Payout::payout_id);
  return found == state.payouts.end() ? nullptr : &*found;
}

constexpr std::chrono::seconds new_account_wait{policy.payout.new_account_wait_seconds};

/// From when money that was there then may go to the account. One that was added later waits: a thief may have added
/// it.
Time usable_from(const PayoutAccount& account, Time earned_at) {
  if (!account.created_at || *account.created_at <= earned_at) return earned_at;
  return *account.created_at + new_account_wait;
}

/// The account to be paid on: the newest verified one of the currency that may be used by then; nullptr where none may.
const PayoutAccount* account_for(const WalletState& state, Currency currency, Time earned_at, Time now) {
  const PayoutAccount* best = nullptr;
  for (const PayoutAccount& account : state.accounts)
    if (account.status == AccountStatus::verified && account.currency == currency &&
        usable_from(account, earned_at) <= now)
      best = &account;
  return best;
}

/// When the first account that has to wait may be used; nothing where none waits.
std::optional<Time> first_usable(const WalletState& state, Currency currency, Time earned_at) {
  std::optional<Time> first;
  for (const PayoutAccount& account : state.accounts)
    if (account.status == AccountStatus::verified && account.currency == currency)
      first = std::min(first.value_or(Time::max()), usable_from(account, earned_at));
  return first;
}

/// A payout whose money has not left for good: it waits, is on its way and may fail, or failed.
bool is_unsent(const Payout& payout) {
  return payout.status != PayoutStatus::paid && payout.status != PayoutStatus::taken_back;
}

/// What may be asked for by hand. Payouts that failed are available balance again, but those of a disputed delivery
/// stay until it is decided.
Money payable_in(const WalletState& state, Currency currency) {
  Money left = state.available_in(currency);
  for (const Payout& payout : state.payouts) {
    if (!payout.frozen || payout.status != PayoutStatus::failed || payout.amount.currency != currency) continue;
    left = left - payout.amount;
    for (const WalletTransaction& line : state.transactions) {  // its line is negative
      // What was taken back before it failed is not in its amount any more.
      const bool was_available = line.at >= payout.completed_at.value_or(Time{});
      if (line.type == TransactionType::take_back && line.payout_id == payout.payout_id && was_available)
        left = left - Money{line.amount, currency};
    }
  }
  return {std::max<std::int64_t>(left.amount, 0), currency};
}

/// The first currency that something is available in.
Currency balance_currency(const WalletState& state) {
  for (const Money& money : state.available)
    if (money.amount > 0) return money.currency;
  return {};
}

std::string token_of(const WalletState& state, const std::optional<PayoutAccountId>& id) {
  for (const PayoutAccount& account : state.accounts)
    if (account.account_id == id) return account.token;
  return {};
}

void tell(Decision& decision, const Context& context, std::string template_id, PayoutId payout, Money amount,
          std::optional<DeliveryId> delivery) {
  std::optional<Uuid> subject;
  if (delivery) subject = delivery->value;
  decision.send(inbox_of(UserId{context.self.id}), Notify{std::move(template_id),
                                                          {{"payoutId", payout.text()},
                                                           {"amount", money_text(amount)},
                                                           {"currency", std::string(amount.currency.text())}},
                                                          {},
                                                          NotifyPriority::normal,
                                                          subject,
                                                          {}});
}

void ask_provider(Decision& decision, const Context& context, const Payout& payout, std::string account) {
  decision.send(payments_address(), PayOut{payout.operation_id, payout.payout_id, UserId{context.self.id},
                                           payout.amount, std::move(account), payment_term(context.now)});
}

/// Sends a payout on its way.
void start(Decision& decision, const WalletState& state, const Context& context, Payout payout,
           const PayoutAccount* account) {
  payout.operation_id = context.new_uuid();
  if (account) payout.account_id = account->account_id;
  decision.emit(PayoutRequested{payout.payout_id, payout.delivery_id, payout.amount, payout.account_id,
                                payout.operation_id, context.now});
  ask_provider(decision, context, payout, token_of(state, payout.account_id));
  tell(decision, context, "payout_requested", payout.payout_id, payout.amount, payout.delivery_id);
}

/// Sends money that an escrow paid in to an account that may have it, else to the provider's own for the user; while
/// the only account is too new, it waits.
void start_or_wait(Decision& decision, const WalletState& state, const Context& context, const Payout& payout) {
  const Currency currency = payout.amount.currency;
  const PayoutAccount* account = account_for(state, currency, payout.created_at, context.now);
  const auto waits_until = account ? std::nullopt : first_usable(state, currency, payout.created_at);
  if (waits_until)
    decision.set_timer(timer_of(payout.payout_id), *waits_until);
  else
    start(decision, state, context, payout, account);
}

Decision fail(const Context& context, const Payout& payout, std::string reason) {
  Decision decision;
  decision.emit(PayoutFailed{payout.payout_id, payout.delivery_id, payout.amount, std::move(reason), context.now});
  decision.clear_timer(timer_of(payout.payout_id));
  tell(decision, context, "payout_failed", payout.payout_id, payout.amount, payout.delivery_id);
  return decision;
}

/// A payout that had failed is taken out of the available balance again, which may leave less than nothing there: the
/// traveler was paid.
Decision paid(const Context& context, const Payout& payout, const std::string& reference) {
  PayoutProcessed event{payout.payout_id,
                        payout.delivery_id,
                        payout.amount,
                        reference,
                        context.now,
                        {},
                        payout.status == PayoutStatus::failed};
  debit(event.postings, LedgerAccount::traveler_payable, payout.amount);
  credit(event.postings, LedgerAccount::provider_clearing, payout.amount);
  Decision decision;
  decision.emit(std::move(event));
  decision.clear_timer(timer_of(payout.payout_id));
  tell(decision, context, "payout_processed", payout.payout_id, payout.amount, payout.delivery_id);
  return decision;
}

}  // namespace

Decision decide(const WalletState& state, const Context& context, const CreditPending& command) {
  if (!is_entity(context)) return reject(WalletRejection::not_allowed);
  if (command.amount.amount <= 0) return {};
  // An escrow pays in once. A second command of the same escrow is a repeat, not another credit.
  if (std::ranges::find(state.payouts, command.escrow_id, &Payout::escrow_id) != state.payouts.end()) return {};
  const PayoutId id = context.new_id<PayoutId>();
  return Decision{}
      .emit(
          WalletCredited{id, command.escrow_id, command.delivery_id, command.amount, command.available_at, context.now})
      .set_timer(timer_of(id), command.available_at);
}

Decision decide(const WalletState& state, const Context& context, const FreezePayout& command) {
  if (!is_entity(context)) return reject(WalletRejection::not_allowed);
  const bool any = std::ranges::any_of(state.payouts, [&](const Payout& payout) {
    return payout.delivery_id == command.delivery_id && !payout.frozen && is_unsent(payout);
  });
  if (!any) return {};
  return Decision{}.emit(PayoutFrozen{command.delivery_id});
}

Decision decide(const WalletState& state, const Context& context, const UnfreezePayout& command) {
  if (!is_entity(context)) return reject(WalletRejection::not_allowed);
  Decision decision;
  for (const Payout& payout : state.payouts) {
    if (payout.delivery_id != command.delivery_id || !payout.frozen) continue;
    if (decision.events.empty()) decision.emit(PayoutUnfrozen{command.delivery_id});
    if (payout.status == PayoutStatus::pending && payout.available_at <= context.now)
      start_or_wait(decision, state, context, payout);
  }
  return decision;
}

Decision decide(const WalletState& state, const Context& context, const TakeBack& command) {
  if (!is_entity(context)) return reject(WalletRejection::not_allowed);
  Decision decision;
  std::int64_t taken = 0;
  for (const Payout& payout : state.payouts) {
    if (payout.delivery_id != command.delivery_id || payout.amount.currency != command.amount.currency) continue;
    const bool failed = payout.status == PayoutStatus::failed;
    if (payout.status != PayoutStatus::pending && !failed) continue;
    const std::int64_t most = failed
                                  ? std::min(payout.amount.amount, state.available_in(command.amount.currency).amount)
                                  : payout.amount.amount;
    taken = std::min(most, command.amount.amount);
    if (taken <= 0) break;
    decision.emit(WalletTakenBack{payout.payout_id, command.delivery_id, command.refund_id,
                                  Money{taken, command.amount.currency}, failed, context.now});
    if (!failed && taken == payout.amount.amount) decision.clear_timer(timer_of(payout.payout_id));
    break;
  }
  return decision.send(context.caller.entity,
                       TakenBack{command.delivery_id, command.refund_id,
                                 Money{std::max<std::int64_t>(taken, 0), command.amount.currency}});
}

namespace {

Decision too_new(Time usable) {
  return reject(WalletRejection::payout_account_not_verified, "A new account is used from " + to_rfc3339(usable) + ".");
}

}  // namespace

Decision decide(const WalletState& state, const Context& context, const RequestPayout& command) {
  const bool owner = context.caller.kind == Caller::Kind::user && context.caller.user.value == context.self.id;
  if (!owner && !context.caller.may(Permission::finance)) return reject(WalletRejection::not_allowed);
  if (find_payout(state, command.payout_id)) return {};
  const Currency currency = command.currency.value_or(balance_currency(state));
  // What is there was earned at any time before: it goes to no account that was added lately.
  const PayoutAccount* account = account_for(state, currency, Time{}, context.now);
  if (command.account_id) {
    auto found = std::ranges::find(state.accounts, *command.account_id, &PayoutAccount::account_id);
    if (found == state.accounts.end()) return reject(WalletRejection::not_found);
    if (found->status != AccountStatus::verified || found->currency != currency)
      return reject(WalletRejection::payout_account_not_verified);
    if (const Time from = usable_from(*found, Time{}); from > context.now) return too_new(from);
    account = &*found;
  } else if (const auto from = account ? std::nullopt : first_usable(state, currency, Time{})) {
    return too_new(*from);
  }
  const Money available = payable_in(state, currency);
  const Money amount{command.amount.value_or(available.amount), currency};
  if (amount.amount <= 0 || amount.amount > available.amount)
    return reject(WalletRejection::insufficient_balance, "available: " + money_text(available));
  Payout payout;
  payout.payout_id = command.payout_id;
  payout.amount = amount;
  payout.available_at = payout.created_at = context.now;
  Decision decision;
  start(decision, state, context, payout, account);
  payout.status = PayoutStatus::processing;
  if (account) payout.account_id = account->account_id;
  return decision.answer(to_resource(payout));
}

Decision decide(const WalletState& state, const Context& context, const PaymentAnswer& answer) {
  if (context.caller.kind != Caller::Kind::provider) return reject(WalletRejection::not_allowed);
  const bool is_done = answer.outcome == PaymentOutcome::done;
  if (answer.outcome == PaymentOutcome::failed) return {};  // the runtime asks again
  for (const PayoutAccount& account : state.accounts)
    if (account.operation_id == answer.operation_id &&
        (account.status == AccountStatus::pending || (is_done && account.status == AccountStatus::failed)))
      return Decision{}.emit(PayoutAccountChecked{account.account_id, is_done});
  const auto payout = std::ranges::find(state.payouts, answer.operation_id, &Payout::operation_id);
  if (payout == state.payouts.end()) return {};
  if (is_done && (payout->status == PayoutStatus::processing || payout->status == PayoutStatus::failed))
    return paid(context, *payout, answer.reference);
  // Given up for now, nobody knows whether it was paid: what may be gone must not become available, and be sent again.
  const bool is_final = answer.outcome == PaymentOutcome::declined || answer.outcome == PaymentOutcome::dropped;
  if (is_final && payout->status == PayoutStatus::processing) return fail(context, *payout, answer.code);
  return {};
}

Decision decide(const WalletState& state, const Context& context, const TimerFired& timer) {
  if (context.caller.kind != Caller::Kind::timer) return reject(WalletRejection::not_allowed);
  for (const Payout& payout : state.payouts) {
    if (timer.name != timer_of(payout.payout_id)) continue;
    Decision decision;
    if (payout.status == PayoutStatus::pending && !payout.frozen) {
      start_or_wait(decision, state, context, payout);
    } else if (payout.status == PayoutStatus::processing) {
      // Of an earlier build, in which the wallet asked again: whether its question is still open nobody knows.
      decision.emit(PayoutRetried{payout.payout_id, payout.attempts + 1, {}});
      ask_provider(decision, context, payout, token_of(state, payout.account_id));
    }
    return decision;
  }
  return {};
}

}  // namespace caravan
