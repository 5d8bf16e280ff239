#include <algorithm>

#include "actors/inbox/commands.hpp"
#include "actors/wallet/entity.hpp"

/// Ways to pay and places to be paid.
namespace caravan {

namespace {

bool is_owner(const Context& context) {
  return context.caller.kind == Caller::Kind::user && context.caller.user.value == context.self.id;
}

bool has_method(const WalletState& state, PaymentMethodId id) {
  return std::ranges::find(state.methods, id, &PaymentMethod::method_id) != state.methods.end();
}

void remove(Decision& decision, const PayoutAccount& account) {
  if (account.status == AccountStatus::pending) decision.withdraw(account.operation_id);
  decision.emit(PayoutAccountRemoved{account.account_id});
}

}  // namespace

Decision decide(const WalletState& state, const Context& context, const AddPaymentMethod& command) {
  if (!is_owner(context)) return reject(WalletRejection::not_allowed);
  if (has_method(state, command.method_id)) return {};
  if (state.methods.size() >= max_payment_methods) return reject(WalletRejection::limit_reached);
  const PaymentMethod method{command.method_id, command.provider, command.token,
                             command.brand,     command.last4,    state.methods.empty()};
  return Decision{}.emit(PaymentMethodAdded{method}).answer(to_resource(method));
}

Decision decide(const WalletState& state, const Context& context, const RemovePaymentMethod& command) {
  if (!is_owner(context)) return reject(WalletRejection::not_allowed);
  if (!has_method(state, command.method_id)) return reject(WalletRejection::not_found);
  return Decision{}.emit(PaymentMethodRemoved{command.method_id});
}

Decision decide(const WalletState& state, const Context& context, const MakeDefaultMethod& command) {
  if (!is_owner(context)) return reject(WalletRejection::not_allowed);
  auto found = std::ranges::find(state.methods, command.method_id, &PaymentMethod::method_id);
  if (found == state.methods.end()) return reject(WalletRejection::not_found);
  if (found->is_default) return {};
  return Decision{}.emit(DefaultMethodChanged{command.method_id});
}

Decision decide(const WalletState& state, const Context& context, const AddPayoutAccount& command) {
  if (!is_owner(context)) return reject(WalletRejection::not_allowed);
  if (std::ranges::find(state.accounts, command.account_id, &PayoutAccount::account_id) != state.accounts.end())
    return {};
  if (state.accounts.size() >= max_payout_accounts) return reject(WalletRejection::limit_reached);
  PayoutAccount account{command.account_id,
                        command.provider,
                        command.token,
                        command.holder.value_or(""),
                        command.currency.value_or(Currency{}),
                        AccountStatus::pending,
                        context.new_uuid(),
                        context.now};
  Notify notice{"payout_account_added", {}};
  if (state.password_changed_at && context.now - *state.password_changed_at < after_password) {
    account.waits_until = context.now + after_password;
    notice.variables.emplace("waitsUntil", to_rfc3339(*account.waits_until));
  }
  return Decision{}
      .emit(PayoutAccountAdded{account})
      .send(payments_address(),
            VerifyAccount{account.operation_id, UserId{context.self.id}, command.token, payment_term(context.now)})
      .send(inbox_of(UserId{context.self.id}), std::move(notice))
      .answer(to_resource(account));
}

Decision decide(const WalletState& state, const Context& context, const RemovePayoutAccount& command) {
  if (!is_owner(context)) return reject(WalletRejection::not_allowed);
  const auto found = std::ranges::find(state.accounts, command.account_id, &PayoutAccount::account_id);
  if (found == state.accounts.end()) return reject(WalletRejection::not_found);
  Decision decision;
  remove(decision, *found);
  return decision.send(inbox_of(UserId{context.self.id}),
                       Notify{"payout_account_removed", {{"last4", to_resource(*found).last4}}});
}

Decision decide(const WalletState&, const Context& context, const NotePasswordChange&) {
  if (context.caller.kind != Caller::Kind::entity) return reject(WalletRejection::not_allowed);
  return Decision{}.emit(PasswordChangeNoted{context.now});
}

Decision decide(const WalletState& state, const Context& context, const RemoveNewAccounts& command) {
  if (context.caller.kind != Caller::Kind::entity) return reject(WalletRejection::not_allowed);
  Decision decision;
  std::string removed;
  for (const PayoutAccount& account : state.accounts) {
    if (!account.created_at || *account.created_at <= command.since) continue;
    remove(decision, account);
    removed += (removed.empty() ? "" : ", ") + to_resource(account).last4;
  }
  if (!removed.empty())
    decision.send(inbox_of(UserId{context.self.id}),
                  Notify{"payout_account_removed", {{"last4", removed}, {"shutOut", "yes"}}});
  return decision;
}

}  // namespace caravan
