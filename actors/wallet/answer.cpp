#include <algorithm>

#include "actors/wallet/draft.hpp"

namespace caravan {

namespace {

bool may_see(const Context& context) {
  const Caller& caller = context.caller;
  return caller.is_platform() || caller.is_service() ||
         (caller.kind == Caller::Kind::user && caller.user.value == context.self.id) || caller.may(Permission::finance);
}

/// Not for whoever acts on the owner's behalf, nor by a key.
bool may_see_tax(const Context& context) {
  const Caller& caller = context.caller;
  const bool is_owner = caller.is_user(UserId{context.self.id}) && !caller.api_key && !caller.service;
  return is_owner || caller.may(Permission::finance);
}

std::optional<PayoutWait> waits_for(const WalletState& state, const Payout& payout, Time now) {
  if (payout.status != PayoutStatus::pending) return std::nullopt;
  if (payout.frozen) return PayoutWait::freeze;
  if (!first_usable(state, payout.amount.currency, payout.created_at)) return PayoutWait::payout_account;
  const bool is_due = payout.available_at <= now;
  if (is_due && !account_for(state, payout.amount.currency, payout.created_at, now))
    return PayoutWait::new_payout_account;
  return PayoutWait::payout_delay;
}

}  // namespace

PaymentMethodResource to_resource(const PaymentMethod& method) {
  return {method.method_id, method.brand, method.last4, method.is_default};
}

std::string last4_of(const PayoutAccount& account) {
  return account.token.size() > 4 ? account.token.substr(account.token.size() - 4) : account.token;
}

PayoutAccountResource to_resource(const PayoutAccount& account) {
  return {account.account_id, account.provider,   account.holder,     last4_of(account),  account.currency,
          account.status,     account.is_default, account.created_at, account.waits_until};
}

PayoutResource to_resource(const WalletState& state, const Payout& payout, Time now) {
  PayoutResource out;
  out.payout_id = payout.payout_id;
  const bool waits = payout.frozen && payout.status == PayoutStatus::pending;
  out.status = waits ? "frozen" : std::string(enum_labels(PayoutStatus{})[static_cast<std::size_t>(payout.status)]);
  out.amount = payout.amount.amount;
  out.currency = payout.amount.currency;
  out.delivery_id = payout.delivery_id;
  out.escrow_id = payout.escrow_id;
  out.account_id = payout.account_id;
  if (!payout.failure.empty()) out.failure_reason = payout.failure;
  out.available_at = payout.available_at;
  out.created_at = payout.created_at;
  out.completed_at = payout.completed_at;
  out.waits_for = waits_for(state, payout, now);
  return out;
}

Answer answer(const WalletState& state, const Context& context, const ViewWallet&) {
  if (!may_see(context)) return refuse(WalletRejection::not_found);
  std::vector<Currency> currencies;
  for (const Money& money : state.available) currencies.push_back(money.currency);
  for (const Money& money : state.debts) currencies.push_back(money.currency);
  for (const Payout& payout : state.payouts) currencies.push_back(payout.amount.currency);
  std::ranges::sort(currencies);
  currencies.erase(std::unique(currencies.begin(), currencies.end()), currencies.end());
  WalletResource out;
  if (state.is_held(context.now)) out.payouts_held_until = state.held_until;
  if (state.tax && may_see_tax(context)) out.tax = *state.tax;
  for (const Currency& currency : currencies)
    out.balances.push_back({currency, state.available_in(currency).amount, state.pending_in(currency).amount,
                            state.debt_in(currency).amount});
  return show(std::move(out));
}

Answer answer(const WalletState& state, const Context& context, const ListPayouts&) {
  if (!may_see(context)) return refuse(WalletRejection::not_found);
  PayoutList out;
  for (auto payout = state.payouts.rbegin(); payout != state.payouts.rend(); ++payout)
    out.items.push_back(to_resource(state, *payout, context.now));
  return show(std::move(out));
}

Answer answer(const WalletState& state, const Context& context, const ViewPayout& query) {
  if (!may_see(context)) return refuse(WalletRejection::not_found);
  auto found = std::ranges::find(state.payouts, query.payout_id, &Payout::payout_id);
  if (found == state.payouts.end()) return refuse(WalletRejection::not_found);
  return show(to_resource(state, *found, context.now));
}

Answer answer(const WalletState& state, const Context& context, const ListTransactions&) {
  if (!may_see(context)) return refuse(WalletRejection::not_found);
  return show(TransactionList{{state.transactions.rbegin(), state.transactions.rend()}});
}

Answer answer(const WalletState& state, const Context& context, const ListPaymentMethods&) {
  if (!may_see(context)) return refuse(WalletRejection::not_found);
  PaymentMethodList out;
  for (const PaymentMethod& method : state.methods) out.items.push_back(to_resource(method));
  return show(std::move(out));
}

Answer answer(const WalletState& state, const Context& context, const ViewPaymentMethod& query) {
  if (!may_see(context)) return refuse(WalletRejection::not_found);
  auto found = std::ranges::find(state.methods, query.method_id, &PaymentMethod::method_id);
  if (found == state.methods.end()) return refuse(WalletRejection::not_found);
  return show(to_resource(*found));
}

Answer answer(const WalletState& state, const Context& context, const ListPayoutAccounts&) {
  if (!may_see(context)) return refuse(WalletRejection::not_found);
  PayoutAccountList out;
  for (const PayoutAccount& account : state.accounts) out.items.push_back(to_resource(account));
  return show(std::move(out));
}

Answer answer(const WalletState& state, const Context& context, const ViewPayoutAccount& query) {
  if (!may_see(context)) return refuse(WalletRejection::not_found);
  auto found = std::ranges::find(state.accounts, query.account_id, &PayoutAccount::account_id);
  if (found == state.accounts.end()) return refuse(WalletRejection::not_found);
  return show(to_resource(*found));
}

Answer answer(const WalletState& state, const Context& context, const FindPaymentToken& query) {
  if (!may_see(context)) return refuse(WalletRejection::not_found);
  auto found = std::ranges::find_if(state.methods, [&](const PaymentMethod& method) {
    return query.method_id ? method.method_id == *query.method_id : method.is_default;
  });
  if (found == state.methods.end()) return refuse(WalletRejection::missing_payment_method);
  return show(PaymentMethodToken{found->method_id, found->provider, found->token});
}

}  // namespace caravan
