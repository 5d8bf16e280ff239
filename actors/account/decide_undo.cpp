#include <algorithm>
#include <functional>

#include "actors/account/rules.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"

/// What a thief of a session changed is taken back by the owner, through the mailbox from before.
namespace caravan {

using namespace account;

namespace account {

void keep_undo(AccountState& state, UndoToken token) {
  if (token.hash.empty()) return;  // of a build before these tokens
  const auto is_alike = [&](const UndoToken& other) {
    return other.two_factor == token.two_factor && other.email == token.email;
  };
  if (static_cast<std::size_t>(std::ranges::count_if(state.undo_tokens, is_alike)) >= max_undo_tokens_alike)
    state.undo_tokens.erase(std::ranges::find_if(state.undo_tokens, is_alike));
  state.undo_tokens.push_back(std::move(token));
}

std::vector<std::string> held_addresses(const AccountState& state) {
  std::vector<std::string> out;
  for (const UndoToken& token : state.undo_tokens)
    if (!token.email.empty() && lower_case(token.email) != lower_case(state.email) &&
        std::ranges::find(out, token.email) == out.end())
      out.push_back(token.email);
  return out;
}

Decision end_undos(const AccountState& state, const Context& context) {
  Decision decision;
  AccountState after = state;
  std::erase_if(after.undo_tokens, [&](const UndoToken& token) { return token.expires_at <= context.now; });
  if (after.undo_tokens.size() == state.undo_tokens.size()) return decision;
  decision.emit(UndosEnded{context.now});
  const auto held = held_addresses(after);
  for (const std::string& email : held_addresses(state))
    if (std::ranges::find(held, email) == held.end())
      decision.send(email_claim_address(context.crypto, email), ReleaseClaim{context.self.id});
  if (!held.empty())
    decision.set_timer(std::string(undo_timer),
                       std::ranges::max_element(after.undo_tokens, {}, &UndoToken::expires_at)->expires_at);
  return decision;
}

namespace {

/// Where a mail reaches the owner though a thief has changed the address: every one that was proven, those from before
/// as long as they may come back.
std::vector<std::string> proven_addresses(const AccountState& state) {
  std::vector<std::string> out = held_addresses(state);
  if (state.email_verified) out.push_back(state.email);
  return out;
}

}  // namespace

Decision remove_two_factor(const AccountState& state, const Context& context) {
  Decision decision;
  if (!state.two_factor_removal || state.two_factor_removal->due > context.now || !state.two_factor()) return decision;
  decision.emit(TwoFactorDisabled{context.now});
  for (const std::string& address : proven_addresses(state))
    decision.send(inbox_of(owner(context)),
                  Notify{"two_factor_disabled", {}, {Channel::email}, NotifyPriority::high, {}, address});
  return decision.send(inbox_of(owner(context)), Notify{"two_factor_disabled", {}, {Channel::in_app, Channel::push}});
}

}  // namespace account

Decision decide(const AccountState& state, const Context& context, const RequestTwoFactorRemoval& command) {
  if (!context.caller.may(Permission::users)) return reject(AccountRejection::permission_denied);
  if (by_owner(context)) return reject(AccountRejection::self_not_allowed);
  if (state.status == UserStatus::deleted) return reject(AccountRejection::account_deleted);
  if (!outranked(state, context)) return reject(AccountRejection::permission_denied, "They may do more than you.");
  if (!state.two_factor()) return reject(AccountRejection::two_factor_not_enabled);
  if (state.two_factor_removal) return Decision{}.answer(TwoFactorRemovalAnswer{state.two_factor_removal->due});
  const std::string token = context.token(context.secret(secret_size));
  const Time due = context.now + removal_wait;
  Decision decision;
  decision.emit(TwoFactorRemovalRequested{
      {context.crypto.sha256_hex(token), due}, command.reason, context.caller.user, context.now});
  decision.set_timer(std::string(removal_timer), due);
  // The link is in the mails alone: whoever has a session reads the inbox.
  for (const std::string& address : proven_addresses(state))
    decision.send(inbox_of(owner(context)), Notify{"two_factor_removal_template",
                                                   {{"keepToken", token}},
                                                   {Channel::email},
                                                   NotifyPriority::high,
                                                   {},
                                                   address});
  return decision
      .send(inbox_of(owner(context)), Notify{"two_factor_removal_requested", {}, {Channel::in_app, Channel::push}})
      .answer(TwoFactorRemovalAnswer{due});
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
    return token.expires_at > context.now && context.crypto.equal(token.hash, hash);
  });
  if (state.status == UserStatus::deleted || first == state.undo_tokens.end())
    return reject(AccountRejection::token_invalid);
  // Every later change goes with it: a thief may have made them to keep this token from helping.
  const auto of_email =
      std::find_if(first, state.undo_tokens.end(), [](const UndoToken& token) { return !token.email.empty(); });
  const std::string email = of_email == state.undo_tokens.end() ? state.email : of_email->email;
  const bool two_factor_off =
      state.two_factor() && std::any_of(first, state.undo_tokens.end(), std::mem_fn(&UndoToken::two_factor));
  Decision decision;
  decision.emit(ChangesUndone{hash, email, two_factor_off, context.now});
  decision.emit(SessionsRevoked{"changes undone", {}, context.now});
  revoke_keys(decision, state, context, "changes undone");
  decision.send(inbox_of(owner(context)), ForgetDevices{});
  const std::string token = context.token(context.secret(secret_size));
  decision.emit(
      PasswordResetSent{context.crypto.sha256_hex(token), context.now + reset_life, context.now, command.client, true});
  if (lower_case(email) != lower_case(state.email)) {
    AccountState after = state;
    after.email = email;
    after.undo_tokens.resize(static_cast<std::size_t>(first - state.undo_tokens.begin()));
    std::vector<std::string> gone = held_addresses(state);
    gone.push_back(state.email);
    const auto held = held_addresses(after);
    for (const std::string& address : gone)
      if (lower_case(address) != lower_case(email) && std::ranges::find(held, address) == held.end())
        decision.send(email_claim_address(context.crypto, address), ReleaseClaim{context.self.id});
    decision.send(user_address(owner(context)), RecordContactVerified{email, {}});
    decision.send(inbox_of(owner(context)), UpdateContact{.email = email, .email_unproven = false});
  }
  return decision.send(
      inbox_of(owner(context)),
      Notify{"changes_undone_template", {{"resetToken", token}}, {Channel::email}, NotifyPriority::high, {}, email});
}

}  // namespace caravan
