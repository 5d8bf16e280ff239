#include <algorithm>
#include <functional>

#include "actors/account/rules.hpp"

namespace caravan {

namespace {

using namespace account;
using namespace std::chrono_literals;

Session* find_session(AccountState& state, const Uuid& id) {
  const auto found = std::ranges::find(state.sessions, id, &Session::id);
  return found == state.sessions.end() ? nullptr : &*found;
}

/// Counts one more mail within its hour.
void count_sent(int& sent, Time& window, Time now) {
  if (now - window >= 1h) {
    window = now;
    sent = 0;
  }
  ++sent;
}

/// Another address that was not proven yet will not be: whoever asked for it may have been a thief.
void void_pending_email(AccountState& state) {
  state.pending_email.email.clear();
  state.pending_email.token.hash.clear();
  state.pending_email.token.older.clear();
  state.pending_email.session_id.reset();
}

/// Makes room for one more challenge of that source: others' challenges stay, a known client's above all.
void make_room(std::vector<Challenge>& challenges, const Source& source) {
  const auto of_source = [&](const Challenge& challenge) { return challenge.source == source.name; };
  const auto erase_first = [&](auto matches) {
    if (const auto found = std::ranges::find_if(challenges, matches); found != challenges.end())
      challenges.erase(found);
  };
  if (static_cast<std::size_t>(std::ranges::count_if(challenges, of_source)) >= max_challenges) erase_first(of_source);
  if (challenges.size() >= max_challenges_in_all) erase_first(std::mem_fn(&Challenge::stranger));
  if (challenges.size() >= max_challenges_in_all) challenges.erase(challenges.begin());
}

}  // namespace

void evolve(AccountState& state, const UserRegistered& event) {
  state.registered = true;
  state.status = event.verified ? UserStatus::active : UserStatus::pending_verification;
  state.email = event.email;
  state.first_name = event.first_name;
  state.user_type = event.user_type;
  state.permissions = event.permissions;
  state.password_hash = event.password_hash;
  state.credentials_version = 1;
  state.created_at = event.at;
  state.email_verified = event.verified;
  state.phone = event.phone_number.value_or("");
  state.registered_by = client_key(event.client);
  note(state, "registered", event.at);
}

void evolve(AccountState& state, const VerificationSent& event) {
  count_mail(state.verification, event.token_hash, event.expires_at, source_of(state, event.client, {}, event.at),
             event.at, event.by_day);
}

void evolve(AccountState& state, const EmailVerified& event) {
  state.verification = {};
  state.email_verified = true;
  if (state.status == UserStatus::pending_verification) state.status = UserStatus::active;
  note(state, "email_verified", event.at);
}

void evolve(AccountState& state, const UserLogin& event) {
  open_source(state, source_of(state, event.client, {}, event.at));
  know_client(state, event.client, event.at, event.clients_by_age);
  state.last_login_at = event.at;
  state.challenges.clear();
  if (event.totp_step != 0) state.last_totp_step = event.totp_step;
  if (event.recovery_hash) std::erase(state.recovery_hashes, *event.recovery_hash);
  if (state.sessions.size() >= max_sessions)  // in journals of builds whose sign-in did not revoke the oldest itself
    state.sessions.erase(std::ranges::min_element(state.sessions, {}, &Session::last_used_at));
  state.sessions.push_back({event.session_id, event.family_hash, event.token_hash, event.client, event.at, event.at,
                            event.expires_at, event.stepped_up_at});
  std::erase(state.known_devices, event.client.device);
  if (state.known_devices.size() >= max_devices_known) state.known_devices.erase(state.known_devices.begin());
  state.known_devices.push_back(event.client.device);
  note(state, event.recovery_hash ? "login_by_recovery_code" : "login", event.at, event.client);
}

void evolve(AccountState& state, const LoginFailed& event) {
  count_try(state, source_of(state, event.client, event.session_id, event.at), event.at, 1);
  note(state, "login_failed", event.at, event.client);
}

void evolve(AccountState& state, const SecurityAlert& event) {
  if (event.locked_until && event.source && *event.source != all_strangers) {
    lock_source(state, *event.source, *event.locked_until);
  } else if (event.locked_until) {
    state.locked_until = event.locked_until;
    state.login_failures = 0;
    if (!event.source) state.challenges.clear();  // of a build that locked everybody out
  }
  note(state, event.kind, event.at, event.client);
}

void evolve(AccountState& state, const LoginChallenged& event) {
  if (!event.at) {  // of a build that did not tell sources apart
    make_room(state.challenges, {});
    state.challenges.push_back({event.challenge_hash, event.expires_at, 0});
    return;
  }
  std::erase_if(state.challenges, [&](const Challenge& challenge) { return challenge.expires_at <= *event.at; });
  Source source = source_of(state, event.client, {}, *event.at);
  make_room(state.challenges, source);
  if (source.stranger) note(state, "second_factor_asked", *event.at, event.client);
  state.challenges.push_back({event.challenge_hash, event.expires_at, 0, std::move(source.name), source.stranger});
}

void evolve(AccountState& state, const ChallengeFailed& event) {
  count_try(state, source_of(state, event.client, event.session_id, event.at), event.at, code_weight);
  const auto found = std::ranges::find(state.challenges, event.challenge_hash, &Challenge::hash);
  if (found != state.challenges.end() && ++found->failures >= max_code_failures) state.challenges.erase(found);
  note(state, "second_factor_failed", event.at, event.client);
}

void evolve(AccountState& state, const SessionRefreshed& event) {
  Session* session = find_session(state, event.session_id);
  if (!session) return;
  session->token_hash = event.token_hash;
  session->client = event.client;
  // A refresh token may be stolen: it makes nobody known, but a client that is known stays so.
  if (!source_of(state, event.client, {}, event.at).stranger) know_client(state, event.client, event.at, true);
  session->last_used_at = event.at;
  session->expires_at = event.expires_at;
}

void evolve(AccountState& state, const SessionRevoked& event) {
  std::erase_if(state.sessions, [&](const Session& s) { return s.id == event.session_id; });
  if (state.pending_email.session_id == event.session_id) void_pending_email(state);
  note(state, "session_revoked", event.at);
}

void evolve(AccountState& state, const SessionsRevoked& event) {
  std::erase_if(state.sessions, [&](const Session& s) { return s.id != event.but; });
  state.challenges.clear();
  void_pending_email(state);
  note(state, "sessions_revoked", event.at, {}, event.reason);
}

void evolve(AccountState& state, const PasswordResetSent& event) {
  count_mail(state.reset, event.token_hash, event.expires_at, source_of(state, event.client, {}, event.at), event.at,
             event.by_day);
  note(state, "password_reset_requested", event.at);
}

void evolve(AccountState& state, const PasswordChanged& event) {
  state.password_hash = event.password_hash;
  ++state.credentials_version;
  state.reset = {};
  void_pending_email(state);
  state.login_failures = 0;
  state.locked_until.reset();
  state.tries.clear();
  if (event.old_clients_stay)
    forget_new_clients(state, event.at);
  else
    state.known_clients.clear();
  if (event.mailbox_proof) state.mailbox_proof = event.mailbox_proof;
  if (event.secures) state.secured_at = event.at;
  keep_undo(state, {event.undo_hash, {}, event.undo_until.value_or(event.at)}, true, event.replaced_undo);
  note(state, "password_changed", event.at);
}

void evolve(AccountState& state, const TwoFactorPrepared& event) { state.pending_totp_secret = event.secret; }

void evolve(AccountState& state, const TwoFactorEnabled& event) {
  state.totp_secret = std::move(state.pending_totp_secret);
  state.pending_totp_secret = {};
  state.recovery_hashes = event.recovery_hashes;
  state.last_totp_step = event.totp_step;
  ++state.credentials_version;
  // From here on the code alone opens; only this session has shown one.
  for (Session& session : state.sessions)
    if (session.id != event.session_id) session.stepped_up_at.reset();
  void_pending_email(state);
  keep_undo(state, {event.undo_hash, {}, event.undo_until.value_or(event.at), true}, false);
  note(state, "two_factor_enabled", event.at);
}

void evolve(AccountState& state, const TwoFactorDisabled& event) {
  state.totp_secret = {};
  state.two_factor_removal.reset();
  state.recovery_hashes.clear();
  state.challenges.clear();
  void_pending_email(state);
  ++state.credentials_version;
  note(state, "two_factor_disabled", event.at);
}

void evolve(AccountState& state, const RecoveryCodesReplaced& event) {
  state.recovery_hashes = event.recovery_hashes;
  note(state, "recovery_codes_replaced", event.at);
}

void evolve(AccountState& state, const PhoneCodeSent& event) {
  state.phone_code.phone = event.phone;
  state.phone_code.hash = event.code_hash;
  state.phone_code.expires_at = event.expires_at;
  state.phone_code.failures = 0;
  count_sent(state.phone_code.sent, state.phone_code.window, event.at);
}

void evolve(AccountState& state, const PhoneCodeFailed& event) {
  ++state.phone_code.failures;
  note(state, "phone_code_failed", event.at);
}

void evolve(AccountState& state, const PhoneVerified& event) {
  state.phone = event.phone;
  state.phone_verified = true;
  state.phone_since = event.dated ? std::optional(event.at) : std::nullopt;
  state.phone_code.hash.clear();
  note(state, "phone_verified", event.at);
}

void evolve(AccountState& state, const UserSuspended& event) {
  if (state.status == UserStatus::closing) forget_deletion(state);
  state.was_banned |= state.status == UserStatus::banned || event.status == UserStatus::banned;
  state.status = event.status;
  if (event.is_noted) state.suspension = Appointment{event.by, event.at};
  note(state, event.status == UserStatus::banned ? "banned" : "suspended", event.at, {}, event.reason);
}

void evolve(AccountState& state, const UserReactivated& event) {
  state.was_banned = false;
  if (!event.address_unproven) state.email_verified = true;  // builds before took the administrator's word for it
  state.status = state.email_verified ? UserStatus::active : UserStatus::pending_verification;
  if (event.away_since) state.absence = Absence{*event.away_since, event.at};
  state.suspension.reset();
  state.locked_until.reset();
  state.login_failures = 0;
  state.tries.clear();
  note(state, "reactivated", event.at);
}

void evolve(AccountState& state, const UserDeleted& event) {
  AccountState gone;
  gone.registered = true;
  gone.status = UserStatus::deleted;
  gone.user_type = state.user_type;
  gone.created_at = state.created_at;
  gone.sessions = std::move(state.sessions);  // kept until the next event of the same decision revokes them
  state = std::move(gone);
  note(state, "deleted", event.at);
}

void evolve(AccountState& state, const OpenWorkCancelled& event) {
  ++state.deletion_rounds;
  state.deletion_open = event.found;
  state.deletion_check_at = event.check_at;
}

void evolve(AccountState& state, const DeletionFinished&) {
  state.deletion_open = 0;
  state.deletion_check_at.reset();
  state.deletion_finished = true;
}

void evolve(AccountState& state, const ApiKeyCreated& event) {
  state.api_keys.push_back({event.key_id, event.name, event.key_hash, event.at, event.permissions, event.read_only,
                            event.scopes, event.expires_at});
  note(state, "api_key_created", event.at, {}, event.name);
}

void evolve(AccountState& state, const SteppedUp& event) {
  if (Session* session = find_session(state, event.session_id)) session->stepped_up_at = event.at;
  open_source(state, source_of(state, event.client, event.session_id, event.at));
  if (event.totp_step != 0) state.last_totp_step = event.totp_step;
  if (event.recovery_hash) std::erase(state.recovery_hashes, *event.recovery_hash);
  note(state, event.recovery_hash ? "stepped_up_by_recovery_code" : "stepped_up", event.at, event.client);
}

void evolve(AccountState& state, const EmailChangeRequested& event) {
  if (event.email != state.pending_email.email) {
    // A token proves the address that it was mailed to, and no other.
    state.pending_email.email = event.email;
    state.pending_email.token.hash.clear();
    state.pending_email.token.older.clear();
  }
  count_mail(state.pending_email.token, event.token_hash, event.expires_at, email_change_source(event.session_id),
             event.at, event.by_day);
  state.pending_email.session_id = event.session_id;
  keep_undo(state, {event.undo_hash, state.email, event.undo_until.value_or(event.at)}, event.older_stay,
            event.replaced_undo);
  note(state, "email_change_requested", event.at, {}, event.email);
}

void evolve(AccountState& state, const EmailChanged& event) {
  keep_undo(state, {event.undo_hash, state.email, event.undo_until.value_or(event.at)}, event.older_stay);
  state.email = event.email;
  state.email_verified = true;
  state.pending_email = {};
  state.reset = {};  // mailed to the address before
  note(state, "email_changed", event.at, {}, event.email);
}

void evolve(AccountState& state, const EmailChangeRejected& event) {
  void_pending_email(state);
  note(state, "email_change_rejected", event.at);
}

void evolve(AccountState& state, const ChangesUndone& event) {
  state.undo_tokens.erase(std::ranges::find(state.undo_tokens, event.token_hash, &UndoToken::hash),
                          state.undo_tokens.end());
  state.email = event.email;
  if (event.two_factor_off) {
    state.totp_secret = {};
    state.two_factor_removal.reset();
    state.recovery_hashes.clear();
  }
  state.pending_totp_secret = {};
  state.password_hash.clear();  // whoever made the changes knew it: only a reset makes another
  ++state.credentials_version;
  state.reset = {};  // may have been mailed to their address
  void_pending_email(state);
  state.known_clients.clear();
  state.tries.clear();
  state.login_failures = 0;
  state.locked_until.reset();
  if (event.secures) state.secured_at = event.at;
  note(state, "changes_undone", event.at);
}

void evolve(AccountState& state, const TwoFactorRemovalRequested& event) {
  state.two_factor_removal = event.removal;
  note(state, "two_factor_removal_requested", event.at, {}, event.reason);
}

void evolve(AccountState& state, const TwoFactorKept& event) {
  state.two_factor_removal.reset();
  note(state, "two_factor_removal_stopped", event.at);
}

void evolve(AccountState& state, const UndosEnded& event) {
  std::erase_if(state.undo_tokens, [&](const UndoToken& token) { return token.expires_at <= event.at; });
}

void evolve(AccountState& state, const UndosVoided& event) {
  std::erase_if(state.undo_tokens, [&](const UndoToken& token) {
    return std::ranges::find(event.token_hashes, token.hash) != event.token_hashes.end();
  });
}

void evolve(AccountState& state, const PhoneChanged& event) {
  state.phone = event.phone;
  state.phone_verified = false;
  state.phone_since.reset();
  state.phone_code.hash.clear();
  note(state, "phone_changed", event.at);
}

void evolve(AccountState& state, const ApiKeysRevoked& event) {
  state.api_keys.clear();
  note(state, "api_keys_revoked", event.at, {}, event.reason);
}

void evolve(AccountState& state, const ApiKeyRevoked& event) {
  std::erase_if(state.api_keys, [&](const ApiKey& k) { return k.id == event.key_id; });
  note(state, "api_key_revoked", event.at);
}

}  // namespace caravan
