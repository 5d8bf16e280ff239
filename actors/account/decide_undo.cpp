#include <algorithm>
#include <functional>

#include "actors/account/rules.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/user/commands.hpp"

/// What a thief of a session changed is taken back by the owner, through the mailbox from before.
namespace caravan {

using namespace account;

namespace {

/// Where a mail reaches the owner though a thief has changed the address: every one that was proven, those from before
/// as long as they may come back.
std::vector<std::string> proven_addresses(const AccountState& state) {
  std::vector<std::string> out = held_addresses(state);
  if (state.email_verified) out.push_back(state.email);
  return out;
}

bool is_same(std::string_view one, std::string_view other) { return lower_case(one) == lower_case(other); }

/// Is it the hash of that token, or of one whose place it took?
bool is_of(const UndoToken& token, const Crypto& crypto, const std::string& hash) {
  return crypto.equal(token.hash, hash) ||
         std::ranges::any_of(token.older, [&](const std::string& older) { return crypto.equal(older, hash); });
}

/// Whether that token was mailed anew a moment ago: nobody needs another.
bool is_fresh(const UndoToken& token, Time now) {
  return token.fresh_until && *token.fresh_until - now >= link_stays_fresh;
}

bool has(const std::vector<std::string>& addresses, std::string_view email) {
  return std::ranges::any_of(addresses, [&](const std::string& address) { return is_same(address, email); });
}

/// Hashes of the tokens that are void in this state, and of those too.
std::vector<std::string> void_tokens(const AccountState& state, Time now, VoidToo too) {
  const auto back = std::ranges::find_if(state.undo_tokens, [&](const UndoToken& token) {
    return token.expires_at > now && is_same(token.email, state.email);
  });
  std::vector<std::string> out;
  for (auto token = state.undo_tokens.begin(); token != state.undo_tokens.end(); ++token) {
    // The address of a token that was made later was a stranger's or is given up: it must not come back.
    const bool is_given_up = token > back && !token->email.empty() && !is_same(token->email, state.email);
    const bool is_password = !token->two_factor && token->email.empty();
    const bool is_own =
        is_password ? too == VoidToo::own_and_password : too != VoidToo::none && is_same(token->email, state.email);
    if (is_given_up || is_own || (token->two_factor && !state.two_factor())) out.push_back(token->hash);
  }
  return out;
}

/// Frees the addresses that were the account's or might have come back, and are neither any more.
void release_addresses(Decision& decision, const AccountState& before, const AccountState& after,
                       const Context& context) {
  std::vector<std::string> gone = held_addresses(before);
  gone.push_back(before.email);
  std::vector<std::string> kept = held_addresses(after);
  kept.push_back(after.email);
  for (const std::string& email : gone)
    if (!has(kept, email)) decision.send(email_claim_address(context.crypto, email), ReleaseClaim{context.self.id});
}

}  // namespace

namespace account {

std::string token_between(const AccountState& state, UndoKind kind, Time now) {
  const UndoToken *first = nullptr, *newest = nullptr;
  for (const UndoToken& token : state.undo_tokens) {
    const bool is_alike = token.payout_account == (kind == UndoKind::payout_account);
    if (token.two_factor || !is_alike || !token.email.empty() || token.expires_at <= now) continue;
    newest = first ? &token : nullptr;
    if (!first) first = &token;
  }
  return newest ? newest->hash : std::string();
}

void keep_undo(AccountState& state, UndoToken token, bool older_stay, std::string_view replaced) {
  if (token.hash.empty()) return;  // of a build before these tokens, or of an address that is too new
  std::erase_if(state.undo_tokens, [&](const UndoToken& other) { return other.hash == replaced; });
  const auto is_alike = [&](const UndoToken& other) {
    return other.two_factor == token.two_factor && other.email == token.email;
  };
  if (!older_stay &&
      static_cast<std::size_t>(std::ranges::count_if(state.undo_tokens, is_alike)) >= max_undo_tokens_alike)
    state.undo_tokens.erase(std::ranges::find_if(state.undo_tokens, is_alike));
  state.undo_tokens.push_back(std::move(token));
}

std::vector<std::string> held_addresses(const AccountState& state) {
  std::vector<std::string> out;
  for (const UndoToken& token : state.undo_tokens)
    if (!token.email.empty() && !is_same(token.email, state.email) && !has(out, token.email))
      out.push_back(token.email);
  return out;
}

bool is_new_address(const AccountState& state, Time now) {
  return std::ranges::any_of(state.undo_tokens, [&](const UndoToken& token) {
    return token.expires_at > now && !token.email.empty() && !is_same(token.email, state.email);
  });
}

void void_undos(Decision& decision, const AccountState& before, AccountState after, const Context& context,
                VoidToo too) {
  UndosVoided event{void_tokens(after, context.now, too), context.now};
  if (!event.token_hashes.empty()) {
    evolve(after, event);
    decision.emit(std::move(event));
  }
  release_addresses(decision, before, after, context);
}

std::optional<Decision> mail_undo_anew(const AccountState& state, const Context& context,
                                       const RequestPasswordReset& command) {
  const auto first_that = [&](auto matches) {
    return std::ranges::find_if(
        state.undo_tokens, [&](const UndoToken& token) { return token.expires_at > context.now && matches(token); });
  };
  const bool is_own = command.email.empty() || is_same(command.email, state.email);
  const auto of_address =
      first_that([&](const UndoToken& token) { return !is_own && is_same(token.email, command.email); });
  // An account that is closing comes back as an address does, by the mailbox that it has.
  const bool keeps_address = of_address == state.undo_tokens.end();
  const auto first = keeps_address ? first_that(std::mem_fn(&UndoToken::deletion)) : of_address;
  if (first == state.undo_tokens.end()) return std::nullopt;
  const MailedToken& mailed = keeps_address ? state.deletion_back : state.address_back;
  if (!may_mail(mailed, source_of(state, command.client, {}, context.now), context.now) &&
      is_fresh(*first, context.now))
    return Decision{};
  const std::string undo = context.token(context.secret(secret_size));
  Decision decision;
  decision.emit(
      UndoRenewed{context.crypto.sha256_hex(undo), first->hash, context.now + reset_life, context.now, command.client});
  // Nobody else hears of it: the address that the account has may be a thief's.
  decision.send(inbox_of(owner(context)), Notify{keeps_address ? "deletion_undo_template" : "address_back_template",
                                                 {{"undoToken", undo}, {"until", to_rfc3339(first->expires_at)}},
                                                 {Channel::email},
                                                 NotifyPriority::high,
                                                 {},
                                                 keeps_address ? state.email : first->email});
  return decision;
}

Decision end_undos(const AccountState& state, const Context& context) {
  Decision decision;
  AccountState after = state;
  std::erase_if(after.undo_tokens, [&](const UndoToken& token) { return token.expires_at <= context.now; });
  if (after.undo_tokens.size() == state.undo_tokens.size()) return decision;
  decision.emit(UndosEnded{context.now});
  release_addresses(decision, state, after, context);
  if (!held_addresses(after).empty())
    decision.set_timer(std::string(undo_timer),
                       std::ranges::max_element(after.undo_tokens, {}, &UndoToken::expires_at)->expires_at);
  return decision;
}

Decision remove_two_factor(const AccountState& state, const Context& context) {
  Decision decision;
  if (!state.two_factor_removal || state.two_factor_removal->due > context.now || !state.two_factor()) return decision;
  const TwoFactorDisabled event{context.now};
  AccountState after = state;
  evolve(after, event);
  decision.emit(event);
  void_undos(decision, state, after, context);
  for (const std::string& address : proven_addresses(state))
    decision.send(inbox_of(owner(context)),
                  Notify{"two_factor_disabled", {}, {Channel::email}, NotifyPriority::high, {}, address});
  return decision.send(inbox_of(owner(context)), Notify{"two_factor_disabled", {}, {Channel::in_app, Channel::push}});
}

void void_new_phone(Decision& decision, const AccountState& state, const Context& context) {
  if (!has_new_phone(state, context.now)) return;
  decision.emit(PhoneChanged{state.phone, context.now})
      .send(phone_claim_address(context.crypto, state.phone), ReleaseClaim{context.self.id})
      .send(user_address(owner(context)), RecordPhoneUnproven{state.phone})
      .send(inbox_of(owner(context)), UpdateContact{.phone = std::string()});
}

void renew_keep_token(Decision& decision, const AccountState& state, const Context& context) {
  if (state.two_factor_removal && state.two_factor()) start_removal(decision, state, context, "password reset", {});
}

Time start_removal(Decision& decision, const AccountState& state, const Context& context, std::string reason,
                   UserId by) {
  const std::string token = context.token(context.secret(secret_size));
  const Time due = state.two_factor_removal ? state.two_factor_removal->due : context.now + removal_wait;
  decision.emit(TwoFactorRemovalRequested{{context.crypto.sha256_hex(token), due}, std::move(reason), by, context.now});
  decision.set_timer(std::string(removal_timer), due);
  std::map<std::string, std::string> variables;
  const bool is_renewed = state.two_factor_removal.has_value();
  if (is_renewed) variables.emplace("renewed", "true");
  if (by.is_nil()) variables.emplace("byLink", "true");
  const Notify notice{"two_factor_removal_requested", variables, {Channel::in_app, Channel::push}};
  // The link is in the mails alone: whoever has a session reads the inbox.
  variables.emplace("keepToken", token);
  variables.emplace("removedAt", to_rfc3339(due));
  for (const std::string& address : proven_addresses(state))
    decision.send(
        inbox_of(owner(context)),
        Notify{"two_factor_removal_template", variables, {Channel::email}, NotifyPriority::high, {}, address});
  if (!is_renewed) decision.send(inbox_of(owner(context)), notice);
  return due;
}

}  // namespace account

Decision decide(const AccountState& state, const Context& context, const MailPayoutChange& command) {
  if (context.caller.entity != Address{EntityKind::wallet, context.self.id}) return reject(AccountRejection::not_owner);
  if (state.status == UserStatus::deleted) return {};
  Decision decision = end_undos(state, context);
  const std::string undo = context.token(context.secret(secret_size));
  decision.emit(PayoutUndoMailed{context.crypto.sha256_hex(undo), context.now + undo_life,
                                 token_between(state, UndoKind::payout_account, context.now), context.now});
  std::map<std::string, std::string> variables{
      {"undoToken", undo},
      {"last4", command.last4},
      {std::string(enum_labels(command.change)[static_cast<std::size_t>(command.change)]), "yes"}};
  if (command.waits_until) variables.emplace("waitsUntil", to_rfc3339(*command.waits_until));
  if (command.tax_facts) variables.emplace("taxFacts", "yes");
  // The link is in the mail alone: whoever has a session reads the inbox.
  return decision.send(
      inbox_of(owner(context)),
      Notify{"payout_account_undo_template", std::move(variables), {Channel::email}, NotifyPriority::high});
}

void evolve(AccountState& state, const PayoutUndoMailed& event) {
  keep_undo(state, {event.undo_hash, {}, event.undo_until, false, true}, true, event.replaced_undo);
}

void evolve(AccountState& state, const UndoRenewed& event) {
  const auto replaced = std::ranges::find(state.undo_tokens, event.replaced_undo, &UndoToken::hash);
  const bool is_known = replaced != state.undo_tokens.end();
  const bool is_deletion = is_known && replaced->deletion;
  count_mail(is_deletion ? state.deletion_back : state.address_back, event.undo_hash, event.fresh_until,
             source_of(state, event.client, {}, event.at), event.at, true);
  if (!is_known) return;
  // The first one stays in any case: the owner has it, whoever asks for others.
  if (replaced->older.size() >= max_live_tokens) replaced->older.erase(replaced->older.begin() + 1);
  replaced->older.push_back(replaced->hash);
  replaced->fresh_until = event.fresh_until;
  replaced->hash = event.undo_hash;
}

Decision decide(const AccountState& state, const Context& context, const RequestTwoFactorRemoval& command) {
  if (!context.caller.may(Permission::users)) return reject(AccountRejection::permission_denied);
  if (by_owner(context)) return reject(AccountRejection::self_not_allowed);
  if (state.status == UserStatus::deleted) return reject(AccountRejection::account_deleted);
  if (!outranked(state, context)) return reject(AccountRejection::permission_denied, "They may do more than you.");
  if (!state.two_factor()) return reject(AccountRejection::two_factor_not_enabled);
  Decision decision;
  const Time due = start_removal(decision, state, context, command.reason, context.caller.user);
  return decision.answer(TwoFactorRemovalAnswer{due});
}

Decision decide(const AccountState& state, const Context& context, const KeepTwoFactor& command) {
  const auto& removal = state.two_factor_removal;
  if (command.token.empty()) {
    if (const auto why = refused(state, context)) return reject(*why);
    if (!removal) return {};
  } else if (!removal || !context.crypto.equal(removal->token_hash, context.crypto.sha256_hex(command.token))) {
    return reject(AccountRejection::token_invalid);
  }
  return Decision{}
      .emit(TwoFactorKept{context.now})
      .clear_timer(std::string(removal_timer))
      .send(inbox_of(owner(context)), Notify{"two_factor_kept", {}});
}

Decision decide(const AccountState& state, const Context& context, const UndoChanges& command) {
  const std::string hash = context.crypto.sha256_hex(command.token);
  const auto first = std::ranges::find_if(state.undo_tokens, [&](const UndoToken& token) {
    return token.expires_at > context.now && is_of(token, context.crypto, hash);
  });
  if (state.status == UserStatus::deleted || first == state.undo_tokens.end())
    return reject(AccountRejection::token_invalid);
  // Every later change goes with it: a thief may have made them to keep this token from helping.
  const auto of_email =
      std::find_if(first, state.undo_tokens.end(), [](const UndoToken& token) { return !token.email.empty(); });
  const std::string email = of_email == state.undo_tokens.end() ? state.email : of_email->email;
  const bool comes_back = !is_same(email, state.email);
  const auto factor_since = [&](auto from) {
    return state.two_factor() && std::any_of(from, state.undo_tokens.end(), [&](const UndoToken& token) {
             return token.two_factor && token.expires_at > context.now;
           });
  };
  // One that was set up after the address is of whoever changed it. The owner may have set up any other. Whoever asked
  // for the deletion was in when the week's factor was set up, though that was before.
  const bool factor_off = comes_back && factor_since(of_email);
  const bool factor_waits = !factor_off && factor_since(first->deletion ? state.undo_tokens.begin() : first);
  const ChangesUndone event{first->hash, email, factor_off, context.now, true};
  AccountState after = state;
  evolve(after, event);
  Decision decision;
  const bool was_closing = state.status == UserStatus::closing;
  decision.emit(event);
  if (was_closing) take_deletion_back(decision, context);
  void_undos(decision, state, after, context, VoidToo::own_and_password);
  shut_thief_out(decision, state, context, "changes undone", Removed::come_back);
  const std::string token = context.token(context.secret(secret_size));
  decision.emit(
      PasswordResetSent{context.crypto.sha256_hex(token), context.now + reset_life, context.now, command.client, true});
  if (comes_back) {
    decision.send(user_address(owner(context)), RecordContactVerified{email, {}});
    decision.send(inbox_of(owner(context)), UpdateContact{.email = email, .email_unproven = false});
  }
  std::map<std::string, std::string> variables{{"resetToken", token}};
  if (has_new_phone(state, context.now)) variables.emplace("phoneVoid", "true");
  if (was_closing) variables.emplace("accountKept", "true");
  if (factor_waits) {
    start_removal(decision, after, context, "changes undone", {});
    variables.emplace("factorWaits", "true");
  }
  // Who reads one of the mailboxes may not be the owner: nothing is taken back in silence.
  for (const std::string& address : proven_addresses(state))
    if (!is_same(address, email))
      decision.send(inbox_of(owner(context)),
                    Notify{"changes_undone", {{"email", email}}, {Channel::email}, NotifyPriority::high, {}, address});
  return decision.send(
      inbox_of(owner(context)),
      Notify{"changes_undone_template", std::move(variables), {Channel::email}, NotifyPriority::high, {}, email});
}

}  // namespace caravan
