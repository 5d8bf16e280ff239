#include <algorithm>

#include "actors/wallet/entity.hpp"

namespace caravan {

namespace {

Payout* find_payout(WalletState& state, PayoutId id) {
  auto found = std::ranges::find(state.payouts, id, &Payout::payout_id);
  return found == state.payouts.end() ? nullptr : &*found;
}

void add_available(WalletState& state, Money amount) {
  auto found = std::ranges::find(state.available, amount.currency, &Money::currency);
  if (found == state.available.end())
    state.available.push_back(amount);
  else
    *found = *found + amount;
}

void add_transaction(WalletState& state, WalletTransaction line) {
  state.transactions.push_back(std::move(line));
  if (state.transactions.size() > max_transactions) state.transactions.erase(state.transactions.begin());
}

bool is_ended(const Payout& payout) {
  return payout.status == PayoutStatus::paid || payout.status == PayoutStatus::taken_back ||
         payout.status == PayoutStatus::failed;
}

void end_payout(WalletState& state, Payout& payout, PayoutStatus status, Time at) {
  payout.status = status;
  payout.completed_at = at;
  if (std::ranges::count_if(state.payouts, is_ended) > static_cast<std::ptrdiff_t>(max_ended_payouts))
    state.payouts.erase(std::ranges::find_if(state.payouts, is_ended));
}

}  // namespace

Money WalletState::available_in(Currency currency) const {
  auto found = std::ranges::find(available, currency, &Money::currency);
  return found == available.end() ? Money{0, currency} : *found;
}

Money WalletState::pending_in(Currency currency) const {
  Money sum{0, currency};
  for (const Payout& payout : payouts)
    if (!is_ended(payout) && payout.amount.currency == currency) sum = sum + payout.amount;
  return sum;
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
  std::erase_if(state.accounts, [&](const PayoutAccount& account) { return account.account_id == event.account_id; });
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
  for (Payout& payout : state.payouts)
    if (payout.delivery_id == event.delivery_id) payout.frozen = true;
}

void evolve(WalletState& state, const PayoutUnfrozen& event) {
  for (Payout& payout : state.payouts)
    if (payout.delivery_id == event.delivery_id) payout.frozen = false;
}

void evolve(WalletState& state, const WalletTakenBack& event) {
  const Money amount = event.amount;
  add_transaction(state, {TransactionType::take_back, -event.amount.amount, event.amount.currency, event.delivery_id,
                          event.payout_id, event.at});
  if (event.from_available) return add_available(state, -amount);
  Payout* payout = find_payout(state, event.payout_id);
  if (!payout) return;
  payout->amount = payout->amount - amount;
  if (payout->amount.amount == 0) end_payout(state, *payout, PayoutStatus::taken_back, event.at);
}

}  // namespace caravan
