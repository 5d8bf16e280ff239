#include "actors/account/rules.hpp"

#include <algorithm>
#include <map>

#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/files/commands.hpp"
#include "actors/services/commands.hpp"

namespace caravan::account {

namespace {

std::optional<AccountRejection> shut_out(const AccountState& state) {
  switch (state.status) {
    case UserStatus::deleted:
      return AccountRejection::account_deleted;
    case UserStatus::closing:
      return AccountRejection::account_closing;
    case UserStatus::banned:
      return AccountRejection::account_banned;
    case UserStatus::suspended:
      return AccountRejection::account_suspended;
    case UserStatus::pending_verification:
    case UserStatus::active:
      break;
  }
  return std::nullopt;
}

}  // namespace

std::optional<AccountRejection> refused(const AccountState& state, const Context& context) {
  if (!by_owner(context)) return AccountRejection::not_owner;
  return shut_out(state);
}

std::optional<AccountRejection> barred(const AccountState& state, const ClientFacts& client, Time now) {
  if (const auto why = shut_out(state); why && why != AccountRejection::account_closing) return why;
  if (locked_until(state, source_of(state, client, {}, now), now)) return AccountRejection::account_locked;
  if (!state.email_verified) return AccountRejection::email_not_verified;
  return std::nullopt;
}

bool may_send(int sent, Time window, Time now) { return now - window >= 1h || sent < max_mails_an_hour; }

void count_failure(Decision& decision, const AccountState& state, const Context& context, const Claimant& claimant,
                   int weight) {
  const Time now = context.now, until = now + lock_out;
  const Source source = source_of(state, claimant.client, claimant.session, now);
  const bool lock_it = failures_of(state, source, now) + 1 >= max_login_failures;
  const bool lock_strangers = source.stranger && stranger_failures(state, now) + weight >= max_stranger_failures;
  if (lock_it) decision.emit(SecurityAlert{"account_locked", claimant.client, now, until, source.name});
  if (lock_strangers)
    decision.emit(SecurityAlert{"account_locked", claimant.client, now, until, std::string(all_strangers)});
  // One mail is enough where many sources are locked out at a time.
  if ((lock_it || lock_strangers) && !longest_lock(state, now))
    decision.send(inbox_of(owner(context)), Notify{"account_locked", {{"ip", claimant.client.ip}}});
}

Decision wrong_code(const AccountState& state, const Context& context, const Claimant& claimant) {
  Decision decision;
  decision.emit(ChallengeFailed{{}, claimant.client, context.now, claimant.session});
  count_failure(decision, state, context, claimant, code_weight);
  return decision.answer(StepOutcome{"code_invalid"});
}

void revoke_keys(Decision& decision, const AccountState& state, const Context& context, std::string reason) {
  if (!state.api_keys.empty()) decision.emit(ApiKeysRevoked{std::move(reason), context.now});
}

void pause_services(Decision& decision, const Context& context, std::uint32_t permissions) {
  decision.send(services_address, PauseServices{owner(context), permissions});
}

void open_session(Decision& decision, const AccountState& state, const Context& context, UserLogin login,
                  std::chrono::seconds life, bool stepped_up) {
  const std::string family = context.secret(secret_size), rotating = context.secret(secret_size);
  login.session_id = context.new_uuid();
  login.family_hash = context.crypto.sha256_hex(family);
  login.token_hash = context.crypto.sha256_hex(rotating);
  login.at = context.now;
  login.expires_at = context.now + life;
  if (stepped_up) login.stepped_up_at = context.now;
  login.clients_by_age = true;
  SignIn answer;
  answer.user_id = owner(context);
  answer.email = state.email;
  answer.user_type = state.user_type;
  answer.roles = role_list(state.user_type, state.permissions);
  answer.permissions = state.permissions;
  answer.session_id = login.session_id;
  const std::string_view id(reinterpret_cast<const char*>(login.session_id.bytes.data()), 16);
  answer.refresh_token = context.token(std::string(id) + family + rotating);
  if (state.last_login_at && is_new_client(state, login.client, context.now))
    decision.send(inbox_of(owner(context)),
                  Notify{"new_login", {{"ip", login.client.ip}, {"device", client_words(login.client.device)}}});
  if (state.sessions.size() >= max_sessions) {  // the one that this one takes the place of
    const Uuid oldest = std::ranges::min_element(state.sessions, {}, &Session::last_used_at)->id;
    decision.emit(SessionRevoked{oldest, context.now});
    decision.send(inbox_of(owner(context)), ForgetDevices{.of_session = oldest});
  }
  // A session that is used lasts longer: the timer then finds that, and is set anew.
  Time first = login.expires_at;
  for (const Session& session : state.sessions) first = std::min(first, session.expires_at);
  decision.set_timer(std::string(sessions_timer), first);
  decision.emit(std::move(login));
  decision.answer(std::move(answer));
}

Decision end_sessions(const AccountState& state, const Context& context) {
  Decision decision;
  std::optional<Time> next;
  for (const Session& session : state.sessions) {
    if (session.expires_at > context.now) {
      next = std::min(next.value_or(session.expires_at), session.expires_at);
      continue;
    }
    decision.emit(SessionRevoked{session.id, context.now});
    decision.send(inbox_of(owner(context)), ForgetDevices{.of_session = session.id});
  }
  if (next) decision.set_timer(std::string(sessions_timer), *next);
  return decision;
}

bool is_phone_code(const AccountState& state, const Context& context, std::string_view code) {
  const PhoneCode& sent = state.phone_code;
  return !sent.hash.empty() && sent.expires_at > context.now && sent.failures < max_code_failures &&
         context.crypto.equal(sent.hash, context.crypto.sha256_hex(context.self.id.text() + std::string(code)));
}

Decision close_account(const AccountState& state, const Context& context, std::optional<std::string> reason) {
  Decision decision;
  decision.emit(UserDeleted{std::move(reason), context.now});
  decision.emit(SessionsRevoked{"deleted", {}, context.now});
  std::vector<std::string> addresses = held_addresses(state);
  addresses.push_back(state.email);
  // An address before this one is told too: this one may be a thief's.
  if (state.email_verified)
    for (const std::string& address : addresses)
      decision.send(inbox_of(owner(context)),
                    Notify{"account_deleted", {}, {Channel::email}, NotifyPriority::high, {}, address});
  decision.send(user_address(owner(context)), CloseProfile{});
  decision.send(inbox_of(owner(context)), CloseInbox{});
  decision.send(files_of(owner(context)), CloseFiles{});
  if (state.permissions != 0) pause_services(decision, context, 0);
  for (const std::string& address : addresses)
    decision.send(email_claim_address(context.crypto, address), ReleaseClaim{context.self.id});
  if (state.phone_verified)
    decision.send(phone_claim_address(context.crypto, state.phone), ReleaseClaim{context.self.id});
  return decision.send(directory_address, FindOpenWork{owner(context)});
}

void note(AccountState& state, std::string type, Time at, const ClientFacts& client,
          std::optional<std::string> detail) {
  // The oldest of the commonest type makes room: nobody hides what they did behind a row of something else.
  if (state.security_events.size() >= max_security_events) {
    std::map<std::string_view, int> times;
    for (const SecurityEvent& event : state.security_events) ++times[event.type];
    const auto times_of = [&](const SecurityEvent& event) { return times.at(event.type); };
    state.security_events.erase(std::ranges::max_element(state.security_events, {}, times_of));
  }
  state.security_events.push_back({std::move(type), at, client.ip, client.device, std::move(detail)});
}

RecoveryCodes make_recovery_codes(const Context& context, std::vector<std::string>& hashes) {
  RecoveryCodes out;
  for (std::size_t i = 0; i < recovery_code_count; ++i) {
    std::string code =
        context.crypto.hex(context.secret(10));  // 80 bits: too many to try, so a plain hash keeps it safe
    for (std::size_t at = 15; at > 0; at -= 5) code.insert(at, 1, '-');
    hashes.push_back(recovery_hash(context, code));
    out.recovery_codes.push_back(std::move(code));
  }
  return out;
}

std::string recovery_hash(const Context& context, std::string_view code) {
  std::string plain;
  for (const char c : lower_case(code))
    if (c != '-' && c != ' ') plain += c;
  return context.crypto.sha256_hex("recovery:" + plain);
}

SecondFactor check_second_factor(const AccountState& state, const Context& context, std::string_view code,
                                 std::int64_t totp_step) {
  if (totp_step > state.last_totp_step) return {totp_step, {}};
  const std::string hash = recovery_hash(context, code);
  if (std::ranges::find(state.recovery_hashes, hash) != state.recovery_hashes.end()) return {0, hash};
  return {};
}

}  // namespace caravan::account
