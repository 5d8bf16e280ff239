#include "actors/wallet/draft.hpp"

#include <algorithm>

#include "actors/inbox/commands.hpp"
#include "actors/pricing/policy.hpp"

namespace caravan {

namespace {

constexpr std::chrono::seconds new_account_wait{policy.payout.new_account_wait_seconds};

std::string token_of(const WalletState& state, const std::optional<PayoutAccountId>& id) {
  for (const PayoutAccount& account : state.accounts)
    if (account.account_id == id) return account.token;
  return {};
}

std::optional<Uuid> subject_of(const std::optional<DeliveryId>& delivery) {
  return delivery ? std::optional(delivery->value) : std::nullopt;
}

}  // namespace

std::string timer_of(PayoutId id) { return "payout:" + id.text(); }

const Payout* find_payout(const WalletState& state, PayoutId id) {
  auto found = std::ranges::find(state.payouts, id, &Payout::payout_id);
  return found == state.payouts.end() ? nullptr : &*found;
}

Time usable_from(const PayoutAccount& account, Time earned_at) {
  const bool is_older = !account.created_at || *account.created_at <= earned_at;
  const Time from = is_older ? earned_at : *account.created_at + new_account_wait;
  return std::max(from, account.waits_until.value_or(from));
}

const PayoutAccount* account_for(const WalletState& state, Currency currency, Time earned_at, Time now) {
  const PayoutAccount* best = nullptr;
  for (const PayoutAccount& account : state.accounts)
    if (account.status == AccountStatus::verified && account.currency == currency &&
        usable_from(account, earned_at) <= now && (!best || account.is_default))
      best = &account;
  return best;
}

std::optional<Time> first_usable(const WalletState& state, Currency currency, Time earned_at) {
  std::optional<Time> first;
  for (const PayoutAccount& account : state.accounts)
    if (account.status == AccountStatus::verified && account.currency == currency)
      first = std::min(first.value_or(Time::max()), usable_from(account, earned_at));
  return first;
}

void WalletDraft::set_timer(PayoutId payout, Time due) { decision_.set_timer(timer_of(payout), due); }

void WalletDraft::clear_timer(PayoutId payout) { decision_.clear_timer(timer_of(payout)); }

void WalletDraft::tell(std::string template_id, const Payout& payout) {
  std::map<std::string, std::string> variables{{"payoutId", payout.payout_id.text()},
                                               {"amount", money_text(payout.amount)},
                                               {"currency", std::string(payout.amount.currency.text())}};
  // Where the money went, and since when that is so: the owner knows an account that is not theirs.
  const auto account = std::ranges::find(state_.accounts, payout.account_id, &PayoutAccount::account_id);
  if (payout.account_id && account != state_.accounts.end()) {
    variables.emplace("last4", last4_of(*account));
    if (account->created_at) variables.emplace("accountSince", to_rfc3339(*account->created_at));
  }
  send(inbox_of(UserId{context_.self.id}), Notify{std::move(template_id),
                                                  std::move(variables),
                                                  {},
                                                  NotifyPriority::normal,
                                                  subject_of(payout.delivery_id),
                                                  {}});
}

void WalletDraft::tell_debt(std::string template_id, Money amount, std::optional<DeliveryId> delivery) {
  std::map<std::string, std::string> variables{{"amount", money_text(amount)}};
  if (delivery) variables.emplace("deliveryId", delivery->text());
  const Money debt = state_.debt_in(amount.currency);
  if (debt.amount > 0) variables.emplace("debt", money_text(debt));
  send(inbox_of(UserId{context_.self.id}),
       Notify{std::move(template_id), std::move(variables), {}, NotifyPriority::normal, subject_of(delivery), {}});
}

void WalletDraft::ask_provider(const Payout& payout) {
  send(payments_address(), PayOut{payout.operation_id, payout.payout_id, UserId{context_.self.id}, payout.amount,
                                  token_of(state_, payout.account_id), payment_term(context_.now)});
}

void WalletDraft::start(Payout payout, const PayoutAccount* account) {
  payout.operation_id = context_.new_uuid();
  if (account) payout.account_id = account->account_id;
  emit(PayoutRequested{payout.payout_id, payout.delivery_id, payout.amount, payout.account_id, payout.operation_id,
                       context_.now});
  clear_timer(payout.payout_id);  // it may have waited for the end of a hold, or for an account
  ask_provider(payout);
  tell("payout_requested", payout);
}

void WalletDraft::start_or_wait(PayoutId id) {
  const Payout* payout = find_payout(state_, id);
  if (!payout || payout->status != PayoutStatus::pending || payout->frozen) return;
  if (state_.is_held(context_.now)) return set_timer(id, *state_.held_until);
  const Currency currency = payout->amount.currency;
  settle_debt(currency, {});
  payout = find_payout(state_, id);
  if (!payout || payout->status != PayoutStatus::pending) return;
  if (const PayoutAccount* account = account_for(state_, currency, payout->created_at, context_.now))
    start(*payout, account);
  else if (const auto waits_until = first_usable(state_, currency, payout->created_at))
    set_timer(id, *waits_until);
  else
    tell("payout_account_missing", *payout);
}

void WalletDraft::send_due() {
  const std::vector<Payout> payouts = state_.payouts;  // sending changes them
  for (const Payout& payout : payouts)
    if (payout.available_at <= context_.now) start_or_wait(payout.payout_id);
}

void WalletDraft::settle_debt(Currency currency, std::optional<DeliveryId> delivery) {
  const Money lacking = -sum_in(state_.available, currency);
  if (lacking.amount > 0) {
    WalletDebtIncurred event{delivery, lacking, context_.now, {}};
    debit(event.postings, LedgerAccount::traveler_debts, lacking);
    credit(event.postings, LedgerAccount::traveler_payable, lacking);
    emit(std::move(event));
  }
  if (state_.debt_in(currency).amount == 0) return;
  if (const Money there = state_.available_in(currency); there.amount > 0)
    pay_debt(least(there, state_.debt_in(currency)), {}, {});
  const std::vector<Payout> payouts = state_.payouts;  // paying changes them
  for (const Payout& payout : payouts) {
    const Money debt = state_.debt_in(currency);
    if (debt.amount == 0) break;
    if (payout.status != PayoutStatus::pending || payout.frozen || payout.amount.currency != currency) continue;
    pay_debt(least(payout.amount, debt), payout.payout_id, payout.delivery_id);
    if (debt.amount >= payout.amount.amount) clear_timer(payout.payout_id);
  }
  if (lacking.amount > 0 && state_.debt_in(currency).amount > 0) tell_debt("wallet_debt", lacking, delivery);
}

void WalletDraft::pay_debt(Money amount, std::optional<PayoutId> payout, std::optional<DeliveryId> delivery) {
  WalletDebtPaid event{payout, delivery, amount, context_.now, {}};
  debit(event.postings, LedgerAccount::traveler_payable, amount);
  credit(event.postings, LedgerAccount::traveler_debts, amount);
  emit(std::move(event));
  tell_debt("wallet_debt_paid", amount, delivery);
}

}  // namespace caravan
