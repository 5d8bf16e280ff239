#include <algorithm>

#include "actors/account/rules.hpp"
#include "actors/values/token.hpp"

namespace caravan {

using namespace account;

namespace {

/// The parts of a refresh token beside its owner: the session, the secret that stays the same for the whole session
/// (`family`), and the secret that every use replaces (`rotating`).
struct RefreshParts {
  Uuid session;
  std::string family, rotating;
};

std::optional<RefreshParts> parse_refresh(const Context& context, std::string_view token) {
  const auto parts = parse_token(context.crypto, token);
  if (!parts || parts->secret.size() != 16 + 2 * secret_size) return std::nullopt;
  RefreshParts out;
  std::memcpy(out.session.bytes.data(), parts->secret.data(), 16);
  out.family = parts->secret.substr(16, secret_size);
  out.rotating = parts->secret.substr(16 + secret_size);
  return out;
}

SignIn refusal(std::string code) {
  SignIn answer;
  answer.refusal = std::move(code);
  return answer;
}

const Session* find_session(const AccountState& state, const Uuid& id) {
  const auto found = std::ranges::find(state.sessions, id, &Session::id);
  return found == state.sessions.end() ? nullptr : &*found;
}

/// Whoever gets as far as the second factor has the password. The owner is told at once of one from an unknown client:
/// for each source once while its challenge is open, and few at a time.
void warn_of_challenge(Decision& decision, const AccountState& state, const Context& context,
                       const ClientFacts& client) {
  constexpr auto most_at_a_time = 5;
  const Source source = source_of(state, client, {}, context.now);
  const auto open = [&](const Challenge& other) { return other.stranger && other.expires_at > context.now; };
  const bool told = std::ranges::any_of(
      state.challenges, [&](const Challenge& other) { return open(other) && other.source == source.name; });
  if (!source.stranger || told || std::ranges::count_if(state.challenges, open) >= most_at_a_time) return;
  decision.send(inbox_of(owner(context)), Notify{"second_factor_asked", {{"ip", client.ip}}});
}

}  // namespace

Decision decide(const AccountState& state, const Context& context, const RecordLogin& command) {
  if (const auto why = barred(state, command.client, context.now)) return reject(*why);
  if (command.credentials_version != state.credentials_version) return reject(AccountRejection::invalid_credentials);
  Decision decision;
  if (!state.two_factor()) {
    if (state.status == UserStatus::closing) return refuse_closing(state);
    UserLogin login;
    login.client = command.client;
    open_session(decision, state, context, std::move(login), std::chrono::seconds{command.session_seconds});
    return decision;
  }
  const std::string token = context.token(context.secret(secret_size));
  decision.emit(
      LoginChallenged{context.crypto.sha256_hex(token), context.now + challenge_life, command.client, context.now});
  warn_of_challenge(decision, state, context, command.client);
  SignIn answer;
  answer.user_id = owner(context);
  answer.challenge_token = token;
  return decision.answer(std::move(answer));
}

Decision decide(const AccountState& state, const Context& context, const RecordLoginFailure& command) {
  if (locked_until(state, source_of(state, command.client, command.session_id, context.now), context.now))
    return reject(AccountRejection::account_locked);
  if (state.status == UserStatus::deleted) return reject(AccountRejection::account_deleted);
  Decision decision;
  decision.emit(LoginFailed{command.client, context.now, command.session_id});
  count_failure(decision, state, context, {command.client, command.session_id});
  return decision;
}

Decision decide(const AccountState& state, const Context& context, const CompleteChallenge& command) {
  if (const auto why = barred(state, command.client, context.now)) return reject(*why);
  const std::string hash = context.crypto.sha256_hex(command.challenge_token);
  const auto challenge = std::ranges::find(state.challenges, hash, &Challenge::hash);
  if (challenge == state.challenges.end() || challenge->expires_at <= context.now || !state.two_factor())
    return reject(AccountRejection::challenge_invalid);
  const SecondFactor factor = check_second_factor(state, context, command.code, command.totp_step);
  Decision decision;
  if (!factor) {
    decision.emit(ChallengeFailed{hash, command.client, context.now});
    count_failure(decision, state, context, {command.client}, code_weight);
    return decision.answer(refusal("code_invalid"));
  }
  if (state.status == UserStatus::closing) return refuse_closing(state);
  UserLogin login;
  login.client = command.client;
  login.totp_step = factor.totp_step;
  login.recovery_hash = factor.recovery_hash;
  open_session(decision, state, context, std::move(login), std::chrono::seconds{command.session_seconds});
  return decision;
}

Decision decide(const AccountState& state, const Context& context, const StepUp& command) {
  if (const auto why = refused(state, context)) return reject(*why);
  const Claimant claimant{command.client, command.session_id};
  if (locked_until(state, source_of(state, claimant.client, claimant.session, context.now), context.now))
    return reject(AccountRejection::account_locked);
  if (!find_session(state, command.session_id)) return reject(AccountRejection::no_session);
  SteppedUp event{command.session_id, command.client, context.now};
  if (!state.two_factor()) {
    if (command.credentials_version != state.credentials_version) return reject(AccountRejection::invalid_credentials);
    return Decision{}.emit(std::move(event)).answer(StepOutcome{});
  }
  const SecondFactor factor = check_second_factor(state, context, command.code, command.totp_step);
  if (!factor) return wrong_code(state, context, claimant);
  event.totp_step = factor.totp_step;
  event.recovery_hash = factor.recovery_hash;
  return Decision{}.emit(std::move(event)).answer(StepOutcome{});
}

Decision decide(const AccountState& state, const Context& context, const RefreshSession& command) {
  const auto parts = parse_refresh(context, command.refresh_token);
  const Session* session = parts ? find_session(state, parts->session) : nullptr;
  if (!session || session->expires_at <= context.now ||
      !context.crypto.equal(session->family_hash, context.crypto.sha256_hex(parts->family)))
    return reject(AccountRejection::refresh_token_invalid);
  if (!context.crypto.equal(session->token_hash, context.crypto.sha256_hex(parts->rotating))) {
    // The token was used before, so two parties have it: the owner and whoever copied it. We cannot tell which of them
    // asks now, so the session ends for both.
    return Decision{}
        .emit(SecurityAlert{"refresh_token_reused", command.client, context.now, {}})
        .emit(SessionRevoked{session->id, context.now})
        .send(inbox_of(owner(context)), ForgetDevices{.of_session = session->id})
        .send(inbox_of(owner(context)), Notify{"security_alert", {{"ip", command.client.ip}}})
        .answer(refusal("refresh_token_reused"));
  }
  if (state.status != UserStatus::active)
    return reject(barred(state, command.client, context.now).value_or(AccountRejection::email_not_verified));
  const std::string rotating = context.secret(secret_size);
  SignIn answer;
  answer.user_id = owner(context);
  answer.email = state.email;
  answer.user_type = state.user_type;
  answer.roles = role_list(state.user_type, state.permissions);
  answer.permissions = state.permissions;
  answer.session_id = session->id;
  const std::string_view id(reinterpret_cast<const char*>(session->id.bytes.data()), 16);
  answer.refresh_token = context.token(std::string(id) + parts->family + rotating);
  Decision decision;
  // Networks change under way. A session that goes on in another program is a token that was copied.
  if (const std::string words = client_words(command.client.device); words != client_words(session->client.device))
    decision.send(inbox_of(owner(context)), Notify{"new_login", {{"ip", command.client.ip}, {"device", words}}});
  return decision
      .emit(SessionRefreshed{session->id, context.crypto.sha256_hex(rotating), command.client, context.now,
                             context.now + std::chrono::seconds{command.session_seconds}})
      .answer(std::move(answer));
}

Decision decide(const AccountState& state, const Context& context, const RevokeSession& command) {
  if (!by_owner(context)) return reject(AccountRejection::not_owner);
  if (!find_session(state, command.session_id)) return reject(AccountRejection::no_session);
  return Decision{}
      .emit(SessionRevoked{command.session_id, context.now})
      .send(inbox_of(owner(context)), ForgetDevices{.of_session = command.session_id});
}

Decision decide(const AccountState& state, const Context& context, const RevokeAllSessions&) {
  const bool by_admin = context.caller.may(Permission::users);
  if (!by_owner(context) && !(by_admin && outranked(state, context)))
    return reject(AccountRejection::permission_denied);
  Decision decision;
  decision.send(inbox_of(owner(context)), ForgetDevices{});
  // An administrator shuts out whoever is in, and a key is a way in as well.
  if (!by_owner(context)) revoke_keys(decision, state, context, "by an administrator");
  void_undos(decision, state, state, context, VoidToo::own);
  if (state.sessions.empty() && state.pending_email.email.empty()) return decision;
  decision.emit(SessionsRevoked{by_owner(context) ? "by the user" : "by an administrator", {}, context.now});
  if (!by_owner(context)) decision.send(inbox_of(owner(context)), Notify{"sessions_revoked", {}});
  return decision;
}

}  // namespace caravan
