#include "http/routes/auth/auth.hpp"

#include "actors/account/queries.hpp"
#include "actors/account/state.hpp"
#include "actors/claim/address.hpp"
#include "actors/pricing/policy.hpp"
#include "http/access/accounts.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/access/posing_names.hpp"
#include "http/access/secret_sealer.hpp"
#include "http/access/sessions.hpp"
#include "http/access/token_seal.hpp"
#include "http/access/tokens.hpp"
#include "http/routes/auth/auth_bodies.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/auth/unknown_addresses.hpp"
#include "storage/codec/digest.hpp"

namespace caravan::http {

namespace {

/// Who accepts terms accepts those that are shown, or were.
void check_terms(const RouteSettings& settings, std::optional<std::int32_t> accepted) {
  const bool is_missing = settings.require_terms && !accepted;
  if (!is_missing && (!accepted || find_policy(*accepted))) return;
  throw Problem{"terms_not_accepted",
                "The terms are those of GET /policy: accept their version, " + std::to_string(policy.version) + ".",
                "acceptedTerms"};
}

Response register_account(Call& call) {
  const auto& body = call.body<RegisterBody>();
  check_terms(call.services().settings, body.accepted_terms);
  refuse_posing_names(body.first_name, body.last_name);
  require_strong_password(body.password, body.email);
  const auto user_id = call.new_id<UserId>();
  if (!take_claim(call, email_claim_address(sodium_crypto, body.email), user_id)) throw Problem{"email_taken"};
  Register command;
  command.email = body.email;
  command.first_name = body.first_name;
  command.last_name = body.last_name;
  command.user_type = body.user_type;
  command.phone_number = body.phone_number;
  command.preferred_language = body.preferred_language.value_or("en");
  command.time_zone = body.time_zone.value_or("UTC");
  command.password_hash = needed(call.services().passwords).hash(body.password);
  command.client = client_of(call);
  command.accepted_terms = body.accepted_terms;
  return call.answer(call.ask(account_address(user_id), std::move(command)));
}

Response login(Call& call, UnknownAddresses& unknown) {
  const auto& body = call.body<LoginBody>();
  PasswordHasher& passwords = needed(call.services().passwords);
  const std::string email = lower_case(body.email);
  const auto owner = find_account(call.door(), email);
  const ClientFacts client = client_of(call);
  const auto credentials = owner ? find_credentials(call.door(), *owner, client) : std::nullopt;
  const Time now = call.door().now();
  // An address that waits to be proven signs nobody in.
  if (!credentials || lower_case(credentials->email) != email) {
    unknown.check(email, client.network, now);
    // Takes as long as for an account, so that time does not tell which addresses exist.
    passwords.verify("", body.password);
    unknown.failed(email, client.network, now);
    throw Problem{"invalid_credentials"};
  }
  if (credentials->locked_until)
    throw Problem{.code = "account_locked",
                  .retry_after = std::chrono::ceil<std::chrono::seconds>(*credentials->locked_until - now)};
  if (!passwords.verify(credentials->password_hash, body.password)) {
    call.ask(account_address(*owner), RecordLoginFailure{client});
    throw Problem{"invalid_credentials"};
  }
  const Reply reply =
      call.ask(account_address(*owner), RecordLogin{credentials->version, client, session_seconds(call)});
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

}  // namespace

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
  };
}

}  // namespace caravan::http
