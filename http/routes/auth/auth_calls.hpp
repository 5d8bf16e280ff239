#pragma once

#include "actors/account/resources.hpp"
#include "http/call.hpp"

/// What the handlers of auth.cpp and security.cpp share.
namespace caravan::http {

/// What a pointer of Services points to; 503 in a program that runs without that part.
template <class T>
T& needed(T* part) {
  if (!part) throw Problem{"unavailable"};
  return *part;
}

/// Where a call comes from.
ClientFacts client_of(const Call& call);
/// Checks the caller's password; counts a wrong one and throws Problem wrong_password.
Credentials check_own_password(Call& call, const std::string& password);
/// Throws Problem weak_password for one that a guesser tries first.
void require_strong_password(const std::string& password, const std::string& email);

}  // namespace caravan::http
