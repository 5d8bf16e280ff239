#include <algorithm>

#include "actors/account/undo.hpp"
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

void remove(Decision& decision, const PayoutAccount& account, std::optional<Time> kept_until = {}) {
  if (account.status == AccountStatus::pending) decision.withdraw(account.operation_id);
  decision.emit(PayoutAccountRemoved{account.account_id, kept_until});
}

std::optional<Decision> number_of_no_country(const TaxFacts& tax) {
  if (!tax.tax_id || tax.tax_country) return std::nullopt;
  return reject(WalletRejection::tax_country_missing, "A tax number needs the country that gave it.", "taxCountry");
}

/// Whether these are other facts than the owner told before.
bool note_tax(Decision& decision, const WalletState& state, const Context& context, const TaxFacts& told) {
  if (!told.tax_country || state.tax == told) return false;
  decision.emit(TaxFactsTold{told, context.now});
  return true;
}

void list(std::string& all, const PayoutAccount& account) { all += (all.empty() ? "" : ", ") + last4_of(account); }

/// Where the owner is paid has changed, or what the tax office hears: the mail has a link that takes it back, which is
/// the account's to make.
void tell(Decision& decision, const Context& context, PayoutAccountChange change, const PayoutAccount& account,
          bool has_other_tax = false) {
  const std::string_view name = enum_labels(change)[static_cast<std::size_t>(change)];
  std::map<std::string, std::string> variables{{"last4", last4_of(account)}};
  if (account.waits_until) variables.emplace("waitsUntil", to_rfc3339(*account.waits_until));
  if (has_other_tax) variables.emplace("taxFacts", "yes");
  decision.send(inbox_of(UserId{context.self.id}),
                Notify{"payout_account_" + std::string(name), std::move(variables), {Channel::in_app, Channel::push}});
  decision.send(account_address(UserId{context.self.id}),
                MailPayoutChange{change, last4_of(account), account.waits_until, has_other_tax});
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
  if (auto refusal = number_of_no_country(command.tax)) return *refusal;
  if (state.accounts.size() >= max_payout_accounts) return reject(WalletRejection::limit_reached);
  PayoutAccount account{command.account_id,
                        command.provider,
                        command.token,
                        command.holder.value_or(""),
                        command.currency.value_or(Currency{}),
                        AccountStatus::pending,
                        context.new_uuid(),
                        context.now};
  const bool by_new_password = state.password_changed_at && context.now - *state.password_changed_at < thief_wait;
  if (by_new_password || command.by_young_client) account.waits_until = context.now + thief_wait;
  Decision decision;
  decision.emit(PayoutAccountAdded{account})
      .send(payments_address(),
            VerifyAccount{account.operation_id, UserId{context.self.id}, command.token, payment_term(context.now)});
  const bool has_other_tax = note_tax(decision, state, context, command.tax);
  tell(decision, context, PayoutAccountChange::added, account, has_other_tax);
  return decision.answer(to_resource(account));
}

Decision decide(const WalletState& state, const Context& context, const RemovePayoutAccount& command) {
  if (!is_owner(context)) return reject(WalletRejection::not_allowed);
  const auto found = std::ranges::find(state.accounts, command.account_id, &PayoutAccount::account_id);
  if (found == state.accounts.end()) return reject(WalletRejection::not_found);
  const bool was_used = found->status == AccountStatus::verified && !found->is_newer(context.now - thief_wait);
  Decision decision;
  remove(decision, *found, was_used ? std::optional(context.now + thief_wait) : std::nullopt);
  tell(decision, context, PayoutAccountChange::removed, *found);
  return decision;
}

Decision decide(const WalletState& state, const Context& context, const MakeDefaultAccount& command) {
  if (!is_owner(context)) return reject(WalletRejection::not_allowed);
  const auto found = std::ranges::find(state.accounts, command.account_id, &PayoutAccount::account_id);
  if (found == state.accounts.end()) return reject(WalletRejection::not_found);
  if (found->status != AccountStatus::verified) return reject(WalletRejection::payout_account_not_verified);
  if (auto refusal = number_of_no_country(command.tax)) return *refusal;
  Decision decision;
  const bool has_other_tax = note_tax(decision, state, context, command.tax);
  if (!found->is_default) {
    decision.emit(DefaultAccountChanged{command.account_id, context.now});
    tell(decision, context, PayoutAccountChange::chosen, *found, has_other_tax);
  } else if (has_other_tax) {
    tell(decision, context, PayoutAccountChange::taxed, *found, true);
  }
  return decision;
}

Decision decide(const WalletState& state, const Context& context, const NotePasswordChange&) {
  if (context.caller.kind != Caller::Kind::entity) return reject(WalletRejection::not_allowed);
  const Time since = context.now - thief_wait, until = context.now + thief_wait;
  std::string held;
  for (const PayoutAccount& account : state.accounts)
    if (account.is_newer(since)) list(held, account);
  Decision decision;
  decision.emit(PasswordChangeNoted{context.now, since, until});
  if (!held.empty())
    decision.send(inbox_of(UserId{context.self.id}),
                  Notify{"payout_account_held", {{"last4", held}, {"waitsUntil", to_rfc3339(until)}}});
  return decision;
}

Decision decide(const WalletState& state, const Context& context, const RemoveNewAccounts& command) {
  if (context.caller.kind != Caller::Kind::entity) return reject(WalletRejection::not_allowed);
  Decision decision;
  std::string removed, restored;
  std::size_t left = state.accounts.size();
  for (const PayoutAccount& account : state.accounts) {
    if (!account.is_newer(command.since)) continue;
    remove(decision, account);
    list(removed, account);
    --left;
  }
  for (const RemovedPayoutAccount& gone : state.removed) {
    if (!command.restores || gone.kept_until - thief_wait <= command.since || left >= max_payout_accounts) continue;
    decision.emit(PayoutAccountRestored{gone.account.account_id, context.now});
    list(restored, gone.account);
    ++left;
  }
  std::vector<Currency> seen;
  for (const PayoutChoice& choice : state.choices) {
    if (choice.at <= command.since || std::ranges::find(seen, choice.currency) != seen.end()) continue;
    seen.push_back(choice.currency);
    decision.emit(PayoutChoiceTakenBack{choice, context.now});
  }
  const UserId owner{context.self.id};
  const auto first_tax = std::ranges::find_if(
      state.former_tax, [&](const FormerTaxFacts& former) { return former.until > command.since; });
  if (first_tax != state.former_tax.end()) {
    decision.emit(TaxFactsTakenBack{*first_tax, context.now});
    decision.send(inbox_of(owner), Notify{"tax_facts_taken_back", {}});
  }
  if (!seen.empty()) decision.send(inbox_of(owner), Notify{"payout_choice_taken_back", {}});
  if (!removed.empty())
    decision.send(inbox_of(owner), Notify{"payout_account_removed", {{"last4", removed}, {"shutOut", "yes"}}});
  if (!restored.empty()) decision.send(inbox_of(owner), Notify{"payout_account_restored", {{"last4", restored}}});
  return decision;
}

}  // namespace caravan
