#include "http/routes/auth/auth.hpp"

#include <algorithm>
#include <mutex>
#include <unordered_map>

#include "actors/account/queries.hpp"
#include "actors/account/state.hpp"
#include "actors/claim/address.hpp"
#include "actors/claim/commands.hpp"
#include "actors/values/token.hpp"
#include "http/access/accounts.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/access/secret_sealer.hpp"
#include "http/access/sessions.hpp"
#include "http/access/token_seal.hpp"
#include "http/access/tokens.hpp"
#include "http/json/text_rule.hpp"
#include "http/routes/auth/auth_bodies.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "storage/codec/digest.hpp"
#include "storage/text/unicode.hpp"

namespace caravan::http {

namespace {

constexpr std::chrono::minutes claim_time{10};
constexpr std::chrono::minutes lock_time{15};

/// Counts failed sign-ins of e-mail addresses that have no account, and locks them as accounts are locked. A lock would
/// otherwise tell a guesser which addresses exist. Bounded: it is emptied when full. Thread-safe.
class UnknownAddresses {
 public:
  /// Throws Problem account_locked while the address is.
  void check(const std::string& email, Time now) {
    const std::lock_guard lock(mutex_);
    const auto found = failures_.find(email);
    if (found != failures_.end() && found->second.locked_until > now)
      throw Problem{.code = "account_locked",
                    .retry_after = std::chrono::ceil<std::chrono::seconds>(found->second.locked_until - now)};
  }
  void failed(const std::string& email, Time now) {
    const std::lock_guard lock(mutex_);
    if (failures_.size() >= most) failures_.clear();
    Failures& failures = failures_[email];
    if (++failures.count < max_login_failures) return;
    failures = {0, now + lock_time};
  }

 private:
  static constexpr std::size_t most = 10'000;
  struct Failures {
    int count = 0;
    Time locked_until;
  };
  std::mutex mutex_;
  std::unordered_map<std::string, Failures> failures_;
};

std::int64_t session_seconds(Call& call) { return call.services().settings.session_lifetime.count(); }

LoginAnswer tokens_for(Call& call, const SignIn& sign_in) {
  LoginAnswer answer;
  if (sign_in.challenge_token) {
    answer.two_factor_required = true;
    answer.challenge_token = needed(call.services().token_seal).seal(*sign_in.challenge_token);
    return answer;
  }
  TokenAuthority& tokens = needed(call.services().tokens);
  Identity identity;
  identity.caller.kind = Caller::Kind::user;
  identity.caller.user = sign_in.user_id;
  identity.caller.permissions = sign_in.permissions;
  identity.user_type = enum_labels(sign_in.user_type)[static_cast<std::size_t>(sign_in.user_type)];
  identity.session = sign_in.session_id;
  for (const Role role : sign_in.roles) identity.roles.emplace_back(enum_labels(role)[static_cast<std::size_t>(role)]);
  answer.access_token = tokens.issue(identity);
  answer.refresh_token = needed(call.services().token_seal).seal(sign_in.refresh_token);
  answer.token_type = "Bearer";
  answer.expires_in = tokens.token_lifetime().count();
  answer.user = SignedInUser{sign_in.user_id, sign_in.email, sign_in.user_type, sign_in.roles};
  return answer;
}

/// Whose token it is; afterwards `token` is without our seal, as the account knows it. Throws Problem with `code` where
/// it is no token of ours: a stranger who invents tokens must not wake accounts.
UserId token_owner(Call& call, std::string& token, const char* code) {
  auto opened = needed(call.services().token_seal).open(token);
  const auto parts = opened ? parse_token(sodium_crypto, opened->token) : std::nullopt;
  if (!parts) throw Problem{code};
  const UserId owner{parts->owner};
  // Tokens that were mailed have no seal, nor have those of builds before the seal: for these their account must exist.
  if (!opened->sealed && !exists(call.door(), account_address(owner))) throw Problem{code};
  token = std::move(opened->token);
  return owner;
}

/// Asks an account; one that does not exist is a bad token, not a 404.
Reply ask_owner(Call& call, UserId owner, AnyRecord command, const char* code) {
  try {
    return call.ask(account_address(owner), std::move(command));
  } catch (const Problem& problem) {
    if (problem.code == "not_found") throw Problem{code};
    throw;
  }
}

Response register_account(Call& call) {
  const auto& body = call.body<RegisterBody>();
  require_strong_password(body.password, body.email);
  const auto user_id = call.new_id<UserId>();
  // Not call.ask: the edge takes the claim for itself, not for the client. A repeat has the same id, so it takes the
  // claim again and changes nothing.
  const Reply claimed = call.door().ask({.to = email_claim_address(sodium_crypto, body.email),
                                         .command = TakeClaim{user_id.value, "", call.door().now() + claim_time},
                                         .origin = {.caller = edge_caller()}});
  if (claimed.outcome != Outcome::done) throw Problem{.code = "unavailable", .retry_after = std::chrono::seconds{1}};
  if (call.resource<ClaimHolder>(claimed).owner != user_id.value) throw Problem{"email_taken"};
  Register command;
  command.email = body.email;
  command.first_name = body.first_name;
  command.last_name = body.last_name;
  command.user_type = body.user_type;
  command.phone_number = body.phone_number;
  command.preferred_language = body.preferred_language.value_or("en");
  command.time_zone = body.time_zone.value_or("UTC");
  command.password_hash = needed(call.services().passwords).hash(body.password);
  return call.answer(call.ask(account_address(user_id), std::move(command)));
}

Response login(Call& call, UnknownAddresses& unknown) {
  const auto& body = call.body<LoginBody>();
  PasswordHasher& passwords = needed(call.services().passwords);
  const std::string email = lower_case(body.email);
  const auto owner = find_account(call.door(), email);
  const auto credentials = owner ? find_credentials(call.door(), *owner) : std::nullopt;
  const Time now = call.door().now();
  if (!credentials) {
    unknown.check(email, now);
    // Takes as long as for an account, so that time does not tell which addresses exist.
    passwords.verify("", body.password);
    unknown.failed(email, now);
    throw Problem{"invalid_credentials"};
  }
  if (credentials->locked_until)
    throw Problem{.code = "account_locked",
                  .retry_after = std::chrono::ceil<std::chrono::seconds>(*credentials->locked_until - now)};
  if (!passwords.verify(credentials->password_hash, body.password)) {
    call.ask(account_address(*owner), RecordLoginFailure{client_of(call)});
    throw Problem{"invalid_credentials"};
  }
  const Reply reply =
      call.ask(account_address(*owner), RecordLogin{credentials->version, client_of(call), session_seconds(call)});
  return call.answer(AnyRecord(tokens_for(call, call.resource<SignIn>(reply))));
}

Response complete_login(Call& call) {
  CompleteChallenge command = call.body<CompleteChallenge>();
  const UserId owner = token_owner(call, command.challenge_token, "challenge_invalid");
  if (const auto credentials = find_credentials(call.door(), owner))
    command.totp_step =
        totp_step(needed(call.services().secrets), *credentials, command.code, needed(call.services().tokens).now());
  command.client = client_of(call);
  command.session_seconds = session_seconds(call);
  const Reply reply = ask_owner(call, owner, std::move(command), "challenge_invalid");
  const auto& sign_in = call.resource<SignIn>(reply);
  if (sign_in.refusal) throw Problem{*sign_in.refusal};
  return call.answer(AnyRecord(tokens_for(call, sign_in)));
}

Response refresh(Call& call) {
  RefreshSession command = call.body<RefreshSession>();
  const UserId owner = token_owner(call, command.refresh_token, "refresh_token_invalid");
  command.client = client_of(call);
  command.session_seconds = session_seconds(call);
  const Reply reply = ask_owner(call, owner, std::move(command), "refresh_token_invalid");
  const auto& sign_in = call.resource<SignIn>(reply);
  if (sign_in.refusal) {
    if (call.services().sessions) call.services().sessions->forget(owner);  // the family was revoked
    throw Problem{*sign_in.refusal};
  }
  return call.answer(AnyRecord(tokens_for(call, sign_in)));
}

Response validate(Call& call) {
  ValidateAnswer answer;
  try {
    Identity identity = needed(call.services().tokens).verify(call.body<TokenBody>().token);
    const auto rights = needed(call.services().sessions).rights(identity.caller.user, identity.session);
    if (!rights) throw Problem{"session_revoked"};
    set_rights(identity, rights->user_type, rights->permissions);
    answer.valid = true;
    answer.user_id = identity.caller.user;
    answer.roles = identity.roles;
    answer.permissions = permission_list(identity.caller.permissions);
    answer.expires_at = identity.expires_at;
  } catch (const Problem& problem) {
    if (problem.status() != 401) throw;
    answer.reason = problem.code;
  }
  return call.answer(AnyRecord(std::move(answer)));
}

Response verify_email(Call& call) {
  VerifyEmail command = call.body<VerifyEmail>();
  const UserId owner = token_owner(call, command.token, "token_invalid");
  return call.answer(ask_owner(call, owner, std::move(command), "token_invalid"));
}

/// Tells an account to mail something and does not wait: the time of the answer says nothing about the address.
Response start_mail(Call& call, AnyRecord command) {
  if (const auto owner = find_account(call.door(), call.body<EmailBody>().email))
    call.door().ask({.to = account_address(*owner),
                     .command = std::move(command),
                     .origin = {.caller = edge_caller(), .trace_id = call.request().trace_id}},
                    [](const Reply&) {});
  return call.answer(AnyRecord(Accepted{}));
}

Response reset_password(Call& call) {
  auto& body = call.body<ResetBody>();
  const UserId owner = token_owner(call, body.token, "token_invalid");
  const auto credentials = find_credentials(call.door(), owner);
  if (!credentials) throw Problem{"token_invalid"};
  require_strong_password(body.new_password, credentials->email);
  const std::string hash = needed(call.services().passwords).hash(body.new_password);
  ask_owner(call, owner, ResetPassword{body.token, hash}, "token_invalid");
  return call.nothing();
}

Response change_password(Call& call) {
  const auto& body = call.body<ChangePasswordBody>();
  const Credentials credentials = check_own_password(call, body.current_password);
  require_strong_password(body.new_password, credentials.email);
  const std::string hash = needed(call.services().passwords).hash(body.new_password);
  call.ask(account_address(call.user()), ChangePassword{hash, credentials.version, call.identity().session});
  return call.nothing();
}

Route sign_in_row(Route row) {
  row.rate = RateClass::sign_in;
  row.keyless = true;  // no repeat is answered: the answer, with its tokens, would have to be stored
  return row;
}

}  // namespace

ClientFacts client_of(const Call& call) {
  constexpr std::size_t most = 300;
  return {call.request().remote_address,
          std::string(unicode::cut(repaired(call.request().header("User-Agent")), most))};
}

Credentials check_own_password(Call& call, const std::string& password) {
  const auto credentials = find_credentials(call.door(), call.user());
  if (!credentials) throw Problem{"not_found"};
  if (credentials->locked_until) throw Problem{"account_locked"};
  if (needed(call.services().passwords).verify(credentials->password_hash, password)) return *credentials;
  call.ask(account_address(call.user()), RecordLoginFailure{client_of(call)});
  throw Problem{"wrong_password"};
}

void require_strong_password(const std::string& password, const std::string& email) {
  const auto first = unicode::first_characters(password, 1);
  std::string_view rest = password;
  while (rest.starts_with(first) && !first.empty()) rest.remove_prefix(first.size());
  const bool one_character = rest.empty();
  const std::string lower = unicode::folded(password);
  static constexpr std::string_view first_guesses[] = {"password", "12345678",   "123456789", "1234567890",
                                                       "qwertyui", "qwertyuiop", "password1", "iloveyou",
                                                       "11111111", "letmein1"};
  if (one_character || lower == lower_case(email) ||
      std::ranges::find(first_guesses, lower) != std::ranges::end(first_guesses))
    throw Problem{"weak_password", "Choose a password that is not among the first guesses.", "password"};
}

std::vector<Route> auth_routes(Services&) {
  const auto unknown = std::make_shared<UnknownAddresses>();
  return {
      post("/auth/register", anyone, "Create an account; claims the e-mail address; sends the verification mail")
          .body<RegisterBody>()
          .answers<Registered>(201)
          .rated(RateClass::sign_in)
          .handle(register_account),
      sign_in_row(post("/auth/login", anyone, "Password sign-in; answers tokens, or a second-factor challenge"))
          .body<LoginBody>()
          .answers<LoginAnswer>()
          .handle([unknown](Call& call) { return login(call, *unknown); }),
      sign_in_row(post("/auth/login/2fa", anyone, "Finish a challenge with a TOTP or a recovery code"))
          .body<CompleteChallenge>()
          .answers<LoginAnswer>()
          .handle(complete_login),
      sign_in_row(
          post("/auth/refresh", anyone, "Rotate the refresh token; reuse of an old one revokes the whole family"))
          .body<RefreshSession>()
          .answers<LoginAnswer>()
          .handle(refresh),
      post("/auth/validate", service, "Token in, identity and permissions out")
          .body<TokenBody>()
          .answers<ValidateAnswer>()
          .without_key()
          .rated(RateClass::read)
          .handle(validate),
      sign_in_row(post("/auth/verify-email", anyone, "Redeem the mailed token"))
          .body<VerifyEmail>()
          .answers<StatusAnswer>()
          .handle(verify_email),
      sign_in_row(post("/auth/verify-email/resend", anyone, "Send it again; never tells whether the address exists"))
          .body<EmailBody>()
          .answers<Accepted>(202)
          .handle([](Call& call) { return start_mail(call, ResendVerification{}); }),
      sign_in_row(post("/auth/password/forgot", anyone, "Start a reset; never tells whether the address exists"))
          .body<EmailBody>()
          .answers<Accepted>(202)
          .handle([](Call& call) { return start_mail(call, RequestPasswordReset{}); }),
      sign_in_row(post("/auth/password/reset", anyone, "Redeem a reset token; revokes all sessions"))
          .body<ResetBody>()
          .answers_nothing()
          .handle(reset_password),
      sign_in_row(post("/auth/password/change", user, "Needs the current password"))
          .after_step_up()
          .body<ChangePasswordBody>()
          .answers_nothing()
          .handle(change_password),
  };
}

}  // namespace caravan::http
