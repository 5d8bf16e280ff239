#include <algorithm>

#include "actors/wallet/entity.hpp"

namespace caravan {

namespace {

Payout* find_payout(WalletState& state, PayoutId id) {
  auto found = std::ranges::find(state.payouts, id, &Payout::payout_id);
  return found == state.payouts.end() ? nullptr : &*found;
}

void add_available(WalletState& state, Money amount) { add_to(state.available, amount); }

void add_transaction(WalletState& state, WalletTransaction line) {
  state.transactions.push_back(std::move(line));
  if (state.transactions.size() > max_transactions) state.transactions.erase(state.transactions.begin());
}

bool is_ended(const Payout& payout) {
  return payout.status != PayoutStatus::pending && payout.status != PayoutStatus::processing;
}

/// What a failed payout left, and nobody may have until a dispute is decided.
bool is_withheld(const Payout& payout) { return payout.frozen && payout.status == PayoutStatus::failed; }

bool may_be_forgotten(const Payout& payout) { return is_ended(payout) && !is_withheld(payout); }

/// Never more than there is: the rest was sent by hand before the dispute came.
Money withheld_in(const WalletState& state, Currency currency) {
  Money sum{0, currency};
  for (const Payout& payout : state.payouts)
    if (is_withheld(payout) && payout.amount.currency == currency)
      sum = sum + Money{std::max<std::int64_t>(payout.amount.amount - payout.taken_since, 0), currency};
  const std::int64_t most = std::max<std::int64_t>(sum_in(state.available, currency).amount, 0);
  return {std::min(sum.amount, most), currency};
}

void end_payout(WalletState& state, Payout& payout, PayoutStatus status, Time at) {
  payout.status = status;
  payout.completed_at = at;
  if (std::ranges::count_if(state.payouts, may_be_forgotten) > static_cast<std::ptrdiff_t>(max_ended_payouts))
    state.payouts.erase(std::ranges::find_if(state.payouts, may_be_forgotten));
}

}  // namespace

Money WalletState::available_in(Currency currency) const {
  const Money left = sum_in(available, currency) - withheld_in(*this, currency);
  return {std::max<std::int64_t>(left.amount, 0), currency};
}

Money WalletState::pending_in(Currency currency) const {
  Money sum = withheld_in(*this, currency);
  for (const Payout& payout : payouts)
    if (!is_ended(payout) && payout.amount.currency == currency) sum = sum + payout.amount;
  return sum;
}

Money WalletState::debt_in(Currency currency) const {
  const std::int64_t overdrawn = std::max<std::int64_t>(-sum_in(available, currency).amount, 0);
  return sum_in(debts, currency) + Money{overdrawn, currency};
}

void evolve(WalletState& state, const PaymentMethodAdded& event) { state.methods.push_back(event.method); }

void evolve(WalletState& state, const PaymentMethodRemoved& event) {
  std::erase_if(state.methods, [&](const PaymentMethod& method) { return method.method_id == event.method_id; });
  if (!state.methods.empty() && std::ranges::none_of(state.methods, &PaymentMethod::is_default))
    state.methods.front().is_default = true;
}

void evolve(WalletState& state, const DefaultMethodChanged& event) {
  for (PaymentMethod& method : state.methods) method.is_default = method.method_id == event.method_id;
}

void evolve(WalletState& state, const PayoutAccountAdded& event) { state.accounts.push_back(event.account); }

void evolve(WalletState& state, const PayoutAccountChecked& event) {
  for (PayoutAccount& account : state.accounts)
    if (account.account_id == event.account_id)
      account.status = event.verified ? AccountStatus::verified : AccountStatus::failed;
}

void evolve(WalletState& state, const PayoutAccountRemoved& event) {
  const auto found = std::ranges::find(state.accounts, event.account_id, &PayoutAccount::account_id);
  if (found == state.accounts.end()) return;
  if (event.kept_until) {
    const Time now = *event.kept_until - thief_wait;
    std::erase_if(state.removed, [&](const RemovedPayoutAccount& old) { return old.kept_until <= now; });
    if (state.removed.size() < max_payout_accounts) state.removed.push_back({*found, *event.kept_until});
  }
  state.accounts.erase(found);
}

void evolve(WalletState& state, const PayoutAccountRestored& event) {
  const auto found = std::ranges::find_if(state.removed, [&](const RemovedPayoutAccount& removed) {
    return removed.account.account_id == event.account_id;
  });
  if (found == state.removed.end()) return;
  // It stands where it stood: before those that came later.
  const auto later = std::ranges::find_if(
      state.accounts, [&](const PayoutAccount& account) { return account.created_at > found->account.created_at; });
  state.accounts.insert(later, found->account);
  state.removed.erase(found);
}

void evolve(WalletState& state, const DefaultAccountChanged& event) {
  const auto chosen = std::ranges::find(state.accounts, event.account_id, &PayoutAccount::account_id);
  if (chosen == state.accounts.end()) return;
  std::erase_if(state.choices, [&](const PayoutChoice& choice) { return choice.at <= event.at - thief_wait; });
  const auto before = std::ranges::find_if(state.accounts, [&](const PayoutAccount& account) {
    return account.currency == chosen->currency && account.is_default;
  });
  PayoutChoice choice{chosen->currency, {}, event.at};
  if (before != state.accounts.end()) choice.before = before->account_id;
  if (state.choices.size() < max_payout_choices) state.choices.push_back(std::move(choice));
  for (PayoutAccount& account : state.accounts)
    if (account.currency == chosen->currency) account.is_default = account.account_id == event.account_id;
}

void evolve(WalletState& state, const PayoutChoiceTakenBack& event) {
  const PayoutChoice& choice = event.choice;
  for (PayoutAccount& account : state.accounts)
    if (account.currency == choice.currency) account.is_default = account.account_id == choice.before;
  std::erase_if(state.choices,
                [&](const PayoutChoice& other) { return other.currency == choice.currency && other.at >= choice.at; });
}

void evolve(WalletState& state, const WalletCredited& event) {
  Payout payout;
  payout.payout_id = event.payout_id;
  payout.escrow_id = event.escrow_id;
  payout.delivery_id = event.delivery_id;
  payout.amount = event.amount;
  payout.available_at = event.available_at;
  payout.created_at = event.at;
  state.payouts.push_back(std::move(payout));
  add_transaction(state, {TransactionType::credit, event.amount.amount, event.amount.currency, event.delivery_id,
                          event.payout_id, event.at});
}

void evolve(WalletState& state, const PayoutRequested& event) {
  Payout* payout = find_payout(state, event.payout_id);
  if (!payout) {
    add_available(state, -event.amount);
    payout = &state.payouts.emplace_back();
    payout->payout_id = event.payout_id;
    payout->amount = event.amount;
    payout->available_at = payout->created_at = event.at;
  }
  payout->status = PayoutStatus::processing;
  payout->operation_id = event.operation_id;
  payout->account_id = event.account_id;
  payout->attempts = 1;
}

void evolve(WalletState& state, const PayoutRetried& event) {
  if (Payout* payout = find_payout(state, event.payout_id)) payout->attempts = event.attempts;
}

void evolve(WalletState& state, const PayoutProcessed& event) {
  if (event.from_available) add_available(state, -event.amount);
  add_transaction(state, {TransactionType::payout, -event.amount.amount, event.amount.currency, event.delivery_id,
                          event.payout_id, event.at});
  if (Payout* payout = find_payout(state, event.payout_id)) end_payout(state, *payout, PayoutStatus::paid, event.at);
}

void evolve(WalletState& state, const PayoutFailed& event) {
  add_available(state, event.amount);
  Payout* payout = find_payout(state, event.payout_id);
  if (!payout) return;
  payout->failure = event.reason;
  end_payout(state, *payout, PayoutStatus::failed, event.at);
}

void evolve(WalletState& state, const PayoutFrozen& event) {
  for (Payout& payout : state.payouts) {
    if (payout.delivery_id != event.delivery_id) continue;
    payout.frozen = true;
    payout.thaws_at.reset();
  }
}

void evolve(WalletState& state, const PayoutUnfrozen& event) {
  for (Payout& payout : state.payouts) {
    if (payout.delivery_id != event.delivery_id) continue;
    if (payout.frozen && payout.status == PayoutStatus::pending)
      payout.available_at = std::max(payout.available_at, event.held_until.value_or(payout.available_at));
    const bool waits = event.held_until && is_withheld(payout);
    payout.thaws_at = waits ? event.held_until : std::nullopt;
    payout.frozen = waits;
  }
}

void evolve(WalletState& state, const WalletTakenBack& event) {
  const Money amount = event.amount;
  add_transaction(state, {TransactionType::take_back, -event.amount.amount, event.amount.currency, event.delivery_id,
                          event.payout_id, event.at});
  Payout* payout = find_payout(state, event.payout_id);
  if (event.from_available) {
    if (payout && payout->status == PayoutStatus::failed) payout->taken_since += amount.amount;
    return add_available(state, -amount);
  }
  if (!payout) return;
  payout->amount = payout->amount - amount;
  if (payout->amount.amount == 0) end_payout(state, *payout, PayoutStatus::taken_back, event.at);
}

void evolve(WalletState& state, const WalletDebtIncurred& event) {
  add_available(state, event.amount);
  add_to(state.debts, event.amount);
}

void evolve(WalletState& state, const WalletDebtPaid& event) {
  add_to(state.debts, -event.amount);
  if (!event.payout_id) return add_available(state, -event.amount);
  Payout* payout = find_payout(state, *event.payout_id);
  if (!payout) return;
  payout->amount = payout->amount - event.amount;
  if (payout->amount.amount == 0) end_payout(state, *payout, PayoutStatus::set_off, event.at);
}

void evolve(WalletState& state, const PayoutsHeld& event) { state.held_until = event.until; }

void evolve(WalletState& state, const PasswordChangeNoted& event) {
  state.password_changed_at = event.at;
  if (!event.new_since || !event.hold_until) return;
  for (PayoutAccount& account : state.accounts)
    if (account.is_newer(*event.new_since)) account.waits_until = event.hold_until;
}

void evolve(WalletState& state, const TaxFactsTold& event) {
  std::erase_if(state.former_tax, [&](const FormerTaxFacts& old) { return old.until <= event.at - thief_wait; });
  if (state.former_tax.size() < max_former_tax_facts)
    state.former_tax.push_back({state.tax.value_or(TaxFacts{}), event.at});
  state.tax = event.facts;
}

void evolve(WalletState& state, const TaxFactsTakenBack& event) {
  state.tax.reset();
  if (event.former.facts != TaxFacts{}) state.tax = event.former.facts;
  std::erase_if(state.former_tax, [&](const FormerTaxFacts& other) { return other.until >= event.former.until; });
}

void evolve(WalletState& state, const PayoutsReleased&) { state.held_until.reset(); }

}  // namespace caravan
