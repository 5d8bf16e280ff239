#include <algorithm>

#include "actors/account/rules.hpp"

namespace caravan {

using namespace account;

Decision decide(const AccountState& state, const Context& context, const RequestPasswordReset&) {
  // Silent in every case: the answer must not tell whether the address is known.
  if (state.status == UserStatus::deleted || state.status == UserStatus::banned ||
      !may_send(state.reset.sent, state.reset.window, context.now))
    return {};
  const std::string token = context.token(context.secret(secret_size));
  return Decision{}
      .emit(PasswordResetSent{context.crypto.sha256_hex(token), context.now + reset_life, context.now})
      .send(inbox_of(owner(context)),
            Notify{"password_reset_template", {{"resetToken", token}}, {Channel::email}, NotifyPriority::high});
}

Decision decide(const AccountState& state, const Context& context, const ResetPassword& command) {
  if (state.status == UserStatus::deleted || state.reset.hash.empty() || state.reset.expires_at <= context.now ||
      !context.crypto.equal(state.reset.hash, context.crypto.sha256_hex(command.token)))
    return reject(AccountRejection::token_invalid);
  return Decision{}
      .emit(PasswordChanged{command.password_hash, context.now})
      .emit(SessionsRevoked{"password reset", {}, context.now})
      .send(inbox_of(owner(context)), Notify{"password_changed", {}});
}

Decision decide(const AccountState& state, const Context& context, const ChangePassword& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (command.credentials_version != state.credentials_version) return reject(AccountRejection::invalid_credentials);
  return Decision{}
      .emit(PasswordChanged{command.password_hash, context.now})
      .emit(SessionsRevoked{"password changed", command.session_id, context.now})
      .send(inbox_of(owner(context)), Notify{"password_changed", {}});
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
  if (command.totp_step <= state.last_totp_step) return reject(AccountRejection::code_invalid);
  TwoFactorEnabled event;
  const RecoveryCodes codes = make_recovery_codes(context, event.recovery_hashes);
  event.totp_step = command.totp_step;
  event.at = context.now;
  event.session_id = command.session_id;
  return Decision{}
      .emit(std::move(event))
      .send(inbox_of(owner(context)), Notify{"two_factor_enabled", {}})
      .answer(codes);
}

Decision decide(const AccountState& state, const Context& context, const DisableTwoFactor& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (command.credentials_version != state.credentials_version) return reject(AccountRejection::invalid_credentials);
  if (!state.two_factor()) return reject(AccountRejection::two_factor_not_enabled);
  if (!check_second_factor(state, context, command.code, command.totp_step))
    return reject(AccountRejection::code_invalid);
  return Decision{}
      .emit(TwoFactorDisabled{context.now})
      .send(inbox_of(owner(context)), Notify{"two_factor_disabled", {}});
}

Decision decide(const AccountState& state, const Context& context, const ReplaceRecoveryCodes&) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (!state.two_factor()) return reject(AccountRejection::two_factor_not_enabled);
  RecoveryCodesReplaced event;
  const RecoveryCodes codes = make_recovery_codes(context, event.recovery_hashes);
  event.at = context.now;
  return Decision{}
      .emit(std::move(event))
      .send(inbox_of(owner(context)), Notify{"security_alert", {{"what", "recovery codes replaced"}}})
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
      .answer(ApiKeyResource{id, command.name, key, context.now, permission_list(permissions), read_only,
                             scope_list(scopes), command.expires_at});
}

Decision decide(const AccountState& state, const Context& context, const RevokeApiKey& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  if (std::ranges::find(state.api_keys, command.key_id, &ApiKey::id) == state.api_keys.end())
    return reject(AccountRejection::no_key);
  return Decision{}.emit(ApiKeyRevoked{command.key_id, context.now});
}

}  // namespace caravan
