#include "actors/account/queries.hpp"
#include "actors/account/undo.hpp"
#include "http/access/accounts.hpp"
#include "http/access/secret_sealer.hpp"
#include "http/access/token_seal.hpp"
#include "http/access/tokens.hpp"
#include "http/qr/picture.hpp"
#include "http/routes/auth/auth.hpp"
#include "http/routes/auth/auth_bodies.hpp"
#include "http/routes/auth/auth_calls.hpp"
#include "http/routes/payments/payments.hpp"
#include "storage/codec/base64.hpp"
#include "storage/codec/digest.hpp"

namespace caravan::http {

namespace {

Response logout(Call& call) {
  // Signing out twice is no failure.
  const Reply reply = call.try_ask(account_address(call.user()), RevokeSession{call.identity().session});
  if (reply.outcome != Outcome::done && reply.outcome != Outcome::rejected)
    throw Problem{.code = "unavailable", .retry_after = std::chrono::seconds{1}};
  return call.nothing();
}

/// A stolen key would sign its owner out as often as they sign in.
void refuse_keys(Call& call) {
  if (call.identity().session.is_nil()) throw Problem{"forbidden", "Only whoever is signed in may do this, not a key."};
}

Response logout_all(Call& call) {
  refuse_keys(call);
  const Reply reply = call.ask(account_address(call.user()), RevokeAllSessions{});
  end_links_of(call, call.user(), reply.position);
  return call.nothing();
}

Response revoke_session(Call& call) {
  refuse_keys(call);
  call.ask(account_address(call.user()), RevokeSession{call.path_uuid("sessionId")});
  return call.nothing();
}

Response list_sessions(Call& call) {
  SessionList list = call.resource<SessionList>(call.ask_query(account_address(call.user()), ListSessions{}));
  for (SessionResource& session : list.items) session.current = session.session_id == call.identity().session;
  return call.list(list.items);
}

/// The step of a code for the caller's own secret.
std::int64_t own_step(Call& call, const Credentials& credentials, const std::string& code) {
  return totp_step(needed(call.services().secrets), credentials, code, needed(call.services().tokens).now());
}

/// Throws Problem where a code was refused, which the account has written down.
void require_done(const Reply& reply) {
  if (const auto* outcome = reply.resource.get_if<StepOutcome>(); outcome && outcome->refusal)
    throw Problem{*outcome->refusal};
}

/// A PNG as browsers take it within a page.
std::string data_uri(const std::string& png) { return "data:image/png;base64," + to_base64(png, Base64::padded); }

Response set_up_two_factor(Call& call) {
  const auto credentials = find_credentials(call.door(), call.user());
  if (!credentials) throw Problem{"not_found"};
  const Bytes secret{Context{call.door().now(), {}, {}, call.services().random, sodium_crypto}.secret(
      SecretSealer::totp_secret_bytes)};
  call.ask(account_address(call.user()), SetUpTwoFactor{needed(call.services().secrets).seal(call.user(), secret)});
  const std::string uri = otpauth_uri(secret, credentials->email);
  return call.answer(AnyRecord(TwoFactorSetup{base32_text(secret), uri, data_uri(qr_png(uri))}));
}

Response enable_two_factor(Call& call) {
  EnableTwoFactor command = call.body<EnableTwoFactor>();
  command.totp_step = own_step(call, own_credentials(call), command.code);
  command.client = client_of(call);
  command.session_id = session_of(call);
  const Reply reply = call.ask(account_address(call.user()), std::move(command));
  require_done(reply);
  return call.answer(reply);
}

Response disable_two_factor(Call& call) {
  const auto& body = call.body<DisableTwoFactorBody>();
  const Credentials credentials = check_own_password(call, body.password);
  require_done(
      call.ask(account_address(call.user()), DisableTwoFactor{body.code, own_step(call, credentials, body.code),
                                                              credentials.version, client_of(call), session_of(call)}));
  return call.nothing();
}

/// With a second factor the code alone opens: whoever has the password only must not get further than at sign-in.
Response step_up(Call& call) {
  if (call.identity().session.is_nil())
    throw Problem{"step_up_required",
                  "Only whoever is signed in by password may do this, not a key and not a service."};
  const auto& body = call.body<StepUpBody>();
  const Credentials credentials = own_credentials(call);
  StepUp command{.session_id = call.identity().session, .client = client_of(call)};
  const bool by_code = credentials.two_factor_enabled;
  const auto& shown = by_code ? body.code : body.password;
  if (!shown)
    throw Problem{
        .code = "validation_failed",
        .errors = {by_code ? FieldError{"code", "required", "with a second factor the code opens"}
                           : FieldError{"password", "required", "without a second factor the password opens"}}};
  if (by_code) {
    command.code = *shown;
    command.totp_step = own_step(call, credentials, *shown);
  } else {
    command.credentials_version = check_own_password(call, *shown).version;
  }
  const Reply reply = call.ask(account_address(call.user()), std::move(command));
  require_done(reply);
  return call.answer(AnyRecord(StepUpAnswer{call.door().now() + step_up_life}));
}

Response keep_own_two_factor(Call& call) {
  call.ask(account_address(call.user()), KeepTwoFactor{});
  return call.nothing();
}

Response list_security_events(Call& call) {
  const Reply reply = call.ask_query(account_address(call.user()), call.query<ListSecurityEvents>());
  return call.list(call.resource<SecurityEventList>(reply).items);
}

Response list_api_keys(Call& call) {
  return call.list(call.resource<ApiKeyList>(call.ask_query(account_address(call.user()), ListApiKeys{})).items);
}

Response create_api_key(Call& call) {
  if (const auto& end = call.body<CreateApiKey>().expires_at; end && *end <= call.door().now())
    throw Problem{.code = "validation_failed", .errors = {{"expiresAt", "out_of_range", "must lie in the future"}}};
  auto made = call.resource<ApiKeyResource>(call.ask(account_address(call.user()), call.body<CreateApiKey>()));
  if (made.key) made.key = needed(call.services().token_seal).seal(*made.key);
  return call.answer(AnyRecord(std::move(made)));
}

/// Takes or answers a secret, which must not be kept for a repeat. So it takes no key: a repeat is judged anew.
Route secret_row(Route row) {
  row.keyless = true;
  row.rate = RateClass::sign_in;
  return row;
}

/// The same of one that makes something new each time.
Route once_row(Route row) {
  row.rate = RateClass::sign_in;
  return row.secret_once();
}

}  // namespace

std::vector<Route> security_routes(Services&) {
  constexpr auto own = by_caller(EntityKind::account);
  return {
      post("/auth/logout", user, "Revoke this session").without_key().answers_nothing().handle(logout),
      post("/auth/logout-all", user,
           "Revoke every session of the caller, and the tracking links that they made; API keys go on working")
          .without_key()
          .answers_nothing()
          .handle(logout_all),
      get("/auth/me", user, "Identity, roles, permissions of the caller")
          .view<ViewAccount>(own)
          .answers<AccountResource>(),
      get("/auth/sessions", user, "Active sessions with device, address, last use")
          .lists_own<SessionResource>()
          .handle(list_sessions),
      del("/auth/sessions/:sessionId", user, "Revoke one").answers_nothing().handle(revoke_session),
      secret_row(post("/auth/2fa/setup", user, "A TOTP secret, its otpauth URI and its QR image"))
          .after_step_up()
          .answers<TwoFactorSetup>()
          .handle(set_up_two_factor),
      secret_row(post("/auth/2fa/enable", user, "Confirm with a first code; answers recovery codes once"))
          .after_step_up()
          .body<EnableTwoFactor>()
          .answers<RecoveryCodes>()
          .handle(enable_two_factor),
      secret_row(post("/auth/2fa/disable", user, "Needs password and code"))
          .after_step_up()
          .body<DisableTwoFactorBody>()
          .answers_nothing()
          .handle(disable_two_factor),
      once_row(post("/auth/2fa/recovery-codes", user, "Replace the recovery codes"))
          .after_step_up()
          .command<ReplaceRecoveryCodes>(own)
          .answers<RecoveryCodes>(),
      del("/auth/2fa/removal", user, "Keep the own second factor that is to go off")
          .after_step_up()
          .answers_nothing()
          .handle(keep_own_two_factor),
      secret_row(post("/auth/step-up", user, "Show the password or, with a second factor, the code once more"))
          .body<StepUpBody>()
          .answers<StepUpAnswer>()
          .handle(step_up),
      get("/auth/security-events", user, "Sign-ins, failures, changes")
          .query<ListSecurityEvents>()
          .lists_own<SecurityEvent>()
          .handle(list_security_events),
      get("/auth/api-keys", user, "Keys of the caller, what they may do; no key itself")
          .lists_own<ApiKeyResource>()
          .handle(list_api_keys),
      once_row(post("/auth/api-keys", user, "A scoped key, shown once"))
          .after_step_up()
          .body<CreateApiKey>()
          .answers<ApiKeyResource>(201)
          .handle(create_api_key),
      del("/auth/api-keys/:keyId", user, "Revoke").after_step_up().command<RevokeApiKey>(own).answers_nothing(),
  };
}

}  // namespace caravan::http
