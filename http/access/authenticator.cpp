#include "http/access/authenticator.hpp"

#include <sodium.h>

#include <algorithm>

#include "http/access/accounts.hpp"
#include "http/access/sessions.hpp"
#include "http/access/tokens.hpp"
#include "http/route.hpp"
#include "http/server/header_text.hpp"

namespace caravan::http {

namespace {

/// Keys are compared by their hashes, in constant time.
std::string hash_of(std::string_view key) {
  std::string hash(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                     reinterpret_cast<const unsigned char*>(key.data()), key.size(), nullptr, 0);
  return hash;
}

Identity service_identity(const std::string& name) {
  Identity identity;
  identity.service = name;
  identity.caller.kind = Caller::Kind::service;
  identity.roles = {"service"};
  return identity;
}

}  // namespace

Authenticator::Authenticator(TokenAuthority* tokens, Sessions* sessions, std::vector<ServiceKey> service_keys,
                             ApiKeyOwner find_owner)
    : tokens_(tokens), sessions_(sessions), find_owner_(std::move(find_owner)) {
  for (const ServiceKey& one : service_keys)
    if (!one.key.empty()) service_keys_.push_back({one.name, hash_of(one.key)});
}

std::optional<Identity> Authenticator::find_service(const Request& request) const {
  const std::string_view key = request.header("X-Api-Key");
  if (key.empty()) return std::nullopt;
  const std::string hash = hash_of(key);
  for (const ServiceKey& known : service_keys_)
    if (sodium_memcmp(hash.data(), known.key.data(), hash.size()) == 0) return service_identity(known.name);
  return std::nullopt;
}

bool shows_credential(const Request& request) {
  return !request.header("X-Api-Key").empty() || !request.header("Authorization").empty();
}

Identity Authenticator::identify(const Request& request) const {
  if (auto known = find_service(request)) return *std::move(known);
  if (const std::string_view key = request.header("X-Api-Key"); !key.empty()) {
    if (auto owner = find_owner_ ? find_owner_(key) : std::nullopt) return *std::move(owner);
    throw Problem{"key_invalid"};
  }
  const std::string_view authorization = request.header("Authorization");
  if (authorization.empty()) return {};
  constexpr std::string_view scheme = "Bearer ";
  if (!same_letters(authorization.substr(0, scheme.size()), scheme) || !tokens_)
    throw Problem{"unauthenticated", "Sign in with: Authorization: Bearer <access token>."};
  Identity identity = tokens_->verify(trimmed(authorization.substr(scheme.size())));
  if (!sessions_) return identity;
  const auto rights = sessions_->rights(identity.caller.user, identity.session);
  if (!rights) throw Problem{"session_revoked"};
  set_rights(identity, rights->user_type, rights->permissions);
  return identity;
}

bool is_operator(const Identity& identity) {
  return identity.caller.is_service() || identity.caller.may(Permission::ops);
}

void Authenticator::authorize(const Route& route, const Identity& identity) {
  using Kind = Access::Kind;
  const Access& access = route.access;
  if (access.kind == Kind::anyone) return;
  if (!identity.signed_in()) throw Problem{"unauthenticated"};
  if (identity.read_only && route.method != Method::get) throw Problem{"key_read_only"};
  const bool allowed =
      access.kind == Kind::user || (access.kind == Kind::customer && identity.is_customer()) ||
      (access.kind == Kind::traveler && identity.is_traveler()) ||
      (access.kind == Kind::service && identity.caller.is_service()) ||
      (access.kind == Kind::operators && is_operator(identity)) ||
      (access.kind == Kind::admin && identity.caller.is_admin() && identity.caller.may(access.permission));
  if (allowed) return;
  switch (access.kind) {
    case Kind::admin:
    case Kind::operators:
      throw Problem{"permission_denied"};
    case Kind::service:
      throw Problem{"forbidden", "Only a service may do this, with its X-Api-Key."};
    default:
      throw Problem{"wrong_user_type",
                    access.kind == Kind::customer ? "Only customers may do this." : "Only travelers may do this."};
  }
}

}  // namespace caravan::http
