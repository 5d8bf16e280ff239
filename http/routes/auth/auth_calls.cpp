#include "http/routes/auth/auth_calls.hpp"

#include "actors/account/queries.hpp"
#include "actors/claim/commands.hpp"
#include "actors/values/token.hpp"
#include "http/access/accounts.hpp"
#include "http/access/passwords/hasher.hpp"
#include "http/access/token_seal.hpp"
#include "http/access/tokens.hpp"
#include "http/json/text_rule.hpp"
#include "http/server/rate_limiter.hpp"
#include "storage/codec/digest.hpp"
#include "storage/text/unicode.hpp"

namespace caravan::http {

Route sign_in_row(Route row) {
  row.rate = RateClass::sign_in;
  row.keyless = true;  // no repeat is answered: the answer, with its tokens, would have to be stored
  return row;
}

ClientFacts client_of(const Call& call) {
  constexpr std::size_t most = 300;
  const std::string& address = call.request().remote_address;
  return {address, std::string(unicode::cut(repaired(call.request().header("User-Agent")), most)),
          address_block(address)};
}

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

std::optional<Uuid> session_of(const Call& call) {
  const Uuid& session = call.identity().session;
  return session.is_nil() ? std::nullopt : std::optional(session);
}

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

Reply ask_owner(Call& call, UserId owner, AnyRecord command, const char* code) {
  try {
    return call.ask(account_address(owner), std::move(command));
  } catch (const Problem& problem) {
    if (problem.code == "not_found") throw Problem{code};
    throw;
  }
}

bool take_claim(Call& call, Address claim, UserId owner) {
  // Not call.ask: the edge takes the claim for itself, not for the client. A repeat has the same id, so it takes the
  // claim again and changes nothing.
  const Reply claimed = call.door().ask({.to = claim,
                                         .command = TakeClaim{owner.value, "", call.door().now() + claim_time},
                                         .origin = {.caller = edge_caller()}});
  if (claimed.outcome != Outcome::done) throw Problem{.code = "unavailable", .retry_after = std::chrono::seconds{1}};
  return call.resource<ClaimHolder>(claimed).owner == owner.value;
}

Credentials own_credentials(Call& call) {
  const auto credentials = find_credentials(call.door(), call.user(), client_of(call), session_of(call));
  if (!credentials) throw Problem{"not_found"};
  if (credentials->locked_until)
    throw Problem{
        .code = "account_locked",
        .retry_after = std::chrono::ceil<std::chrono::seconds>(*credentials->locked_until - call.door().now())};
  return *credentials;
}

Credentials check_own_password(Call& call, const std::string& password) {
  const Credentials credentials = own_credentials(call);
  if (needed(call.services().passwords).verify(credentials.password_hash, password)) return credentials;
  call.ask(account_address(call.user()), RecordLoginFailure{client_of(call), session_of(call)});
  throw Problem{"wrong_password"};
}

}  // namespace caravan::http
