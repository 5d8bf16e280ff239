#pragma once

#include "actors/account/resources.hpp"
#include "http/call.hpp"
#include "http/routes/auth/auth_bodies.hpp"

/// What the handlers of this folder share.
namespace caravan::http {

/// What a pointer of Services points to; 503 in a program that runs without that part.
template <class T>
T& needed(T* part) {
  if (!part) throw Problem{"unavailable"};
  return *part;
}

/// A row that is asked by who signs in or resets: limited like sign-ins, and its tokens are not kept for a repeat.
Route sign_in_row(Route row);

/// Where a call comes from.
ClientFacts client_of(const Call& call);
/// The session that a call is signed in by; nothing for a key.
std::optional<Uuid> session_of(const Call& call);

/// How long a session lasts from its last use.
std::int64_t session_seconds(Call& call);
/// What a sign-in answers: the tokens of its session, or its challenge.
LoginAnswer tokens_for(Call& call, const SignIn& sign_in);

/// Whose token it is; afterwards `token` is without our seal, as the account knows it. Throws Problem with `code` where
/// it is no token of ours: a stranger who invents tokens must not wake accounts.
UserId token_owner(Call& call, std::string& token, const char* code);
/// Asks an account; one that does not exist is a bad token, not a 404.
Reply ask_owner(Call& call, UserId owner, AnyRecord command, const char* code);
/// Takes the claim of an e-mail address or a telephone number for a moment; whether nobody else has it.
bool take_claim(Call& call, Address claim, UserId owner);

/// What the caller's password or code is checked against; throws Problem account_locked where too many were wrong.
Credentials own_credentials(Call& call);
/// Checks the caller's password; counts a wrong one and throws Problem wrong_password.
Credentials check_own_password(Call& call, const std::string& password);
/// Throws Problem weak_password, naming field and rule, for one that a guesser would find.
void require_strong_password(const std::string& password, const std::string& email, const char* field = "password");

}  // namespace caravan::http
