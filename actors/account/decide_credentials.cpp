#include <algorithm>

#include "actors/account/rules.hpp"
#include "actors/wallet/commands.hpp"

namespace caravan {

using namespace account;

Decision decide(const AccountState& state, const Context& context, const RequestPasswordReset& command) {
  // Silent in every case: the answer must not tell whether the address is known.
  // Whoever is shut out may be so by a thief's hand: a reset opens no account, but ends what was made in its name.
  if (auto mailed = mail_undo_anew(state, context, command)) return *std::move(mailed);
  if (state.is_leaving()) return {};
  // Whoever asks too often does not keep the owner out: a link that is good for some time is in the mailbox already.
  if (!may_mail(state.reset, source_of(state, command.client, {}, context.now), context.now) &&
      is_link_fresh(state.reset, context.now))
    return {};
  const std::string token = context.token(context.secret(secret_size));
  return Decision{}
      .emit(PasswordResetSent{context.crypto.sha256_hex(token), context.now + reset_life, context.now, command.client,
                              true})
      .send(inbox_of(owner(context)),
            Notify{"password_reset_template", {{"resetToken", token}}, {Channel::email}, NotifyPriority::high});
}

Decision decide(const AccountState& state, const Context& context, const ResetPassword& command) {
  if (state.is_leaving() ||
      !is_live(state.reset, context.crypto, context.crypto.sha256_hex(command.token), context.now))
    return reject(AccountRejection::token_invalid);
  Decision decision;
  PasswordChanged event{command.password_hash, context.now, true};
  event.mailbox_proof = MailboxProof{client_key(command.client), context.now + mailbox_proof_life};
  event.secures = true;
  decision.emit(std::move(event));
  void_undos(decision, state, state, context, VoidToo::own_and_password);
  shut_thief_out(decision, state, context, "password reset", Removed::stay);
  renew_keep_token(decision, state, context);
  decision.send({EntityKind::wallet, context.self.id}, NotePasswordChange{});
  Notify notice{"password_reset_done", {}};
  if (has_new_phone(state, context.now)) notice.variables.emplace("phoneVoid", "true");
  return decision.send(inbox_of(owner(context)), std::move(notice));
}

Decision decide(const AccountState& state, const Context& context, const ChangePassword& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (!state.email_verified) return reject(AccountRejection::email_not_verified);  // it opens a session
  if (command.credentials_version != state.credentials_version) return reject(AccountRejection::invalid_credentials);
  Decision decision = end_undos(state, context);
  const std::string undo = context.token(context.secret(secret_size));
  PasswordChanged event{command.password_hash, context.now, true};
  event.undo_hash = context.crypto.sha256_hex(undo);
  event.undo_until = context.now + undo_life;
  event.secures = command.revoke_api_keys;
  event.replaced_undo = token_between(state, UndoKind::password, context.now);
  decision.emit(std::move(event));
  decision.emit(SessionsRevoked{"password changed", {}, context.now});
  if (command.revoke_api_keys) revoke_keys(decision, state, context, "password changed");
  decision.send(inbox_of(owner(context)), ForgetDevices{});
  // A key may be a thief's: the owner is told how many go on working.
  const std::size_t keys = command.revoke_api_keys ? 0 : state.api_keys.size();
  std::map<std::string, std::string> variables{{"apiKeys", keys == 0 ? "" : std::to_string(keys)}};
  decision.send(inbox_of(owner(context)), Notify{"password_changed", variables, {Channel::in_app, Channel::push}});
  // The link is in the mail alone: whoever has a session reads the inbox.
  variables.emplace("undoToken", undo);
  decision.send(inbox_of(owner(context)),
                Notify{"password_undo_template", std::move(variables), {Channel::email}, NotifyPriority::high});
  decision.send({EntityKind::wallet, context.self.id}, NotePasswordChange{});
  UserLogin login;
  login.client = command.client;
  open_session(decision, state, context, std::move(login), std::chrono::seconds{command.session_seconds}, false);
  return decision;
}

Decision decide(const AccountState& state, const Context& context, const SetUpTwoFactor& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (state.two_factor()) return reject(AccountRejection::already_enabled);
  return Decision{}.emit(TwoFactorPrepared{command.sealed_secret});
}

Decision decide(const AccountState& state, const Context& context, const EnableTwoFactor& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (state.two_factor()) return reject(AccountRejection::already_enabled);
  if (state.pending_totp_secret.value.empty())
    return reject(AccountRejection::two_factor_not_enabled, "set it up first");
  const Claimant claimant{command.client, command.session_id};
  if (locked_until(state, source_of(state, claimant.client, claimant.session, context.now), context.now))
    return reject(AccountRejection::account_locked);
  if (command.totp_step <= state.last_totp_step) return wrong_code(state, context, claimant);
  TwoFactorEnabled event;
  const RecoveryCodes codes = make_recovery_codes(context, event.recovery_hashes);
  event.totp_step = command.totp_step;
  event.at = context.now;
  event.session_id = command.session_id;
  const std::string undo = context.token(context.secret(secret_size));
  event.undo_hash = context.crypto.sha256_hex(undo);
  event.undo_until = context.now + undo_life;
  Decision decision;
  void_undos(decision, state, state, context);  // those of a second factor that was on before
  return decision.emit(std::move(event))
      .send(inbox_of(owner(context)), Notify{"two_factor_enabled", {}, {Channel::in_app, Channel::push}})
      .send(inbox_of(owner(context)),
            Notify{"two_factor_undo_template", {{"undoToken", undo}}, {Channel::email}, NotifyPriority::high})
      .answer(codes);
}

Decision decide(const AccountState& state, const Context& context, const DisableTwoFactor& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (command.credentials_version != state.credentials_version) return reject(AccountRejection::invalid_credentials);
  if (!state.two_factor()) return reject(AccountRejection::two_factor_not_enabled);
  const Claimant claimant{command.client, command.session_id};
  if (locked_until(state, source_of(state, claimant.client, claimant.session, context.now), context.now))
    return reject(AccountRejection::account_locked);
  if (!check_second_factor(state, context, command.code, command.totp_step))
    return wrong_code(state, context, claimant);
  const TwoFactorDisabled event{context.now};
  AccountState after = state;
  evolve(after, event);
  Decision decision;
  decision.emit(event);
  void_undos(decision, state, after, context);
  return decision.send(inbox_of(owner(context)), Notify{"two_factor_disabled", {}}).answer(StepOutcome{});
}

Decision decide(const AccountState& state, const Context& context, const ReplaceRecoveryCodes&) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (!state.two_factor()) return reject(AccountRejection::two_factor_not_enabled);
  RecoveryCodesReplaced event;
  const RecoveryCodes codes = make_recovery_codes(context, event.recovery_hashes);
  event.at = context.now;
  return Decision{}
      .emit(std::move(event))
      .send(inbox_of(owner(context)), Notify{"recovery_codes_replaced", {}})
      .answer(codes);
}

Decision decide(const AccountState& state, const Context& context, const CreateApiKey& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (state.api_keys.size() >= max_api_keys) return reject(AccountRejection::limit_reached, "revoke a key first");
  Scopes scopes = command.scopes ? scope_bits(*command.scopes) : read_scopes();
  if (command.permissions) scopes |= scopes_of_permissions(permission_bits(*command.permissions));
  const std::uint32_t permissions = permissions_of_scopes(scopes);
  // Bounded by the caller's permissions, not by the account's. Otherwise a key with few permissions could make a key
  // with all that the account has.
  if ((permissions & ~context.caller.permissions) != 0)
    return reject(AccountRejection::permission_denied, "a permission that you do not hold");
  if ((scopes & service_scopes) != 0) return reject(AccountRejection::permission_denied, "a scope of services");
  const bool read_only = command.read_only.value_or(false);
  const std::string key = "cvk_" + context.token(context.secret(secret_size));
  const Uuid id = context.new_uuid();
  return Decision{}
      .emit(ApiKeyCreated{id, command.name, context.crypto.sha256_hex(key), context.now, permissions, read_only,
                          scope_list(scopes), command.expires_at})
      .send(inbox_of(owner(context)), Notify{"api_key_created", {}})
      .answer(ApiKeyResource{id, command.name, key, context.now, permission_list(permissions), read_only,
                             scope_list(scopes), command.expires_at});
}

Decision decide(const AccountState& state, const Context& context, const RevokeApiKey& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (std::ranges::find(state.api_keys, command.key_id, &ApiKey::id) == state.api_keys.end())
    return reject(AccountRejection::no_key);
  return Decision{}
      .emit(ApiKeyRevoked{command.key_id, context.now})
      .send(inbox_of(owner(context)), ForgetDevices{.of_key = command.key_id});
}

}  // namespace caravan
