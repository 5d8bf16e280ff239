#include "http/access/authenticator.hpp"

#include <sodium.h>

#include <algorithm>
#include <chrono>

#include "http/access/accounts.hpp"
#include "http/access/service_keys.hpp"
#include "http/access/sessions.hpp"
#include "http/access/tokens.hpp"
#include "http/route.hpp"
#include "http/server/header_text.hpp"
#include "runtime/door.hpp"

namespace caravan::http {

namespace {

/// Whoever asks how the node is must hear it before a monitor gives up, also while nobody can say who asks.
constexpr std::chrono::milliseconds probe_patience{1'000};

/// Keys are compared by their hashes, in constant time.
std::string hash_of(std::string_view key) {
  std::string hash(crypto_generichash_BYTES, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(hash.data()), hash.size(),
                     reinterpret_cast<const unsigned char*>(key.data()), key.size(), nullptr, 0);
  return hash;
}

Identity service_identity(ServiceId id, const std::string& name, Scopes scopes, std::vector<UserId> makers = {}) {
  Identity identity;
  identity.makers = std::move(makers);
  if (id != first_service) identity.service = name;
  identity.scopes = scopes;
  identity.caller.kind = Caller::Kind::service;
  identity.caller.service = id.value;
  if ((scopes & bit(Scope::private_read)) != 0)
    identity.caller.permissions = static_cast<std::uint32_t>(Permission::private_data);
  identity.roles = {"service"};
  return identity;
}

}  // namespace

Authenticator::Authenticator(TokenAuthority* tokens, Sessions* sessions, std::vector<ServiceKey> service_keys,
                             ApiKeyOwner find_owner, ServiceLookups services)
    : tokens_(tokens), sessions_(sessions), find_owner_(std::move(find_owner)), services_(std::move(services)) {
  for (const ServiceKey& one : service_keys)
    if (!one.key.empty()) service_keys_.push_back({one.name, hash_of(one.key), mark_of(one.key), one.scopes});
}

std::optional<Identity> Authenticator::find_service(const Route& route, std::string_view key) const {
  const std::string hash = hash_of(key);
  for (const KnownKey& known : service_keys_) {
    if (sodium_memcmp(hash.data(), known.hash.data(), hash.size()) != 0) continue;
    if (!services_.rights) {
      Identity identity = service_identity(first_service, known.name, known.scopes);
      identity.service = known.name;
      return identity;
    }
    try {
      const auto standing = services_.rights->find(first_service, known.mark);
      if (!standing) return std::nullopt;
      return service_identity(first_service, standing->name, standing->scopes, standing->makers);
    } catch (const Problem&) {
      // Who looks after the node must see what is wrong while the store is away.
      if (!route.at_root) throw;
      return service_identity(first_service, "", bit(Scope::ops_read));
    }
  }
  const auto named = services_.rights && services_.seal ? service_of(*services_.seal, key) : std::nullopt;
  const auto standing = named ? services_.rights->find(named->service, named->mark) : std::nullopt;
  if (!standing) return std::nullopt;
  return service_identity(named->service, standing->name, standing->scopes, standing->makers);
}

Identity Authenticator::act_for(std::string_view header, Identity service) const {
  const auto user = Uuid::parse(trimmed(header));
  if (!user)
    throw Problem{.code = "validation_failed", .errors = {{"Caravan-On-Behalf-Of", "invalid_format", "a user's id"}}};
  if ((service.scopes & bit(Scope::act_users)) == 0 || !services_.acting_for)
    throw Problem{"scope_missing", "This needs the scope act:users."};
  const Rights rights = services_.acting_for(UserId{*user});
  Identity identity;
  identity.service = std::move(service.service);
  identity.makers = std::move(service.makers);
  identity.caller = {.kind = Caller::Kind::user, .user = UserId{*user}};
  identity.caller.service = service.caller.service;
  set_rights(identity, rights.user_type, 0);  // an administrator's permissions are for people alone
  identity.scopes &= service.scopes;
  return identity;
}

bool shows_credential(const Request& request) {
  return !request.header("X-Api-Key").empty() || !request.header("Authorization").empty();
}

Identity Authenticator::identify(const Route& route, const Request& request) const {
  std::optional<ShortPatience> patience;
  if (route.at_root) patience.emplace(probe_patience);
  const std::string_view key = request.header("X-Api-Key"), behalf = request.header("Caravan-On-Behalf-Of");
  if (!key.empty())
    if (auto service = find_service(route, key))
      return behalf.empty() ? *std::move(service) : act_for(behalf, *std::move(service));
  Identity identity = identify_user(route, request);
  if (!behalf.empty() && identity.signed_in())
    throw Problem{"forbidden", "Only a service acts on behalf of a user, with its X-Api-Key."};
  return identity;
}

Identity Authenticator::identify_user(const Route& route, const Request& request) const {
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
  if (!sessions_) {
    identity.scopes = user_scopes | scopes_of_permissions(identity.caller.permissions);
    return identity;
  }
  const UserId user = identity.caller.user;
  // Another node may have seen the step-up a moment ago.
  const bool counts = route.needs_step_up || !route.asks_step_up.empty();
  const auto rights =
      counts ? sessions_->rights_anew(user, identity.session) : sessions_->rights(user, identity.session);
  if (!rights) throw Problem{"session_revoked"};
  set_rights(identity, rights->user_type, rights->permissions);
  identity.stepped_up_at = rights->stepped_up_at;
  return identity;
}

bool is_operator(const Identity& identity) {
  return identity.caller.is_service() ? (identity.scopes & bit(Scope::ops_read)) != 0
                                      : identity.caller.may(Permission::ops);
}

namespace {

bool is_let_in(const Route& route, const Identity& identity) {
  using Kind = Access::Kind;
  // Services read the market's lists, whosever they are.
  const bool lists = identity.caller.is_service() && route.method == Method::get && route.is_list;
  switch (route.access.kind) {
    case Kind::anyone:
    case Kind::user:
      return true;
    case Kind::person:
      return identity.caller.kind == Caller::Kind::user || lists;
    case Kind::customer:
      return identity.is_customer() || lists;
    case Kind::traveler:
      return identity.is_traveler() || lists;
    case Kind::service:
      return identity.caller.is_service();
    case Kind::operators:
      return identity.caller.is_service() || is_operator(identity);
    case Kind::admin:
      return identity.caller.is_admin() && identity.caller.may(route.access.permission);
  }
  return false;
}

Problem refusal(const Access& access) {
  switch (access.kind) {
    case Access::Kind::admin:
    case Access::Kind::operators:
      for (const auto& [permission, name] : permission_names)
        if (permission == access.permission)
          return {"permission_denied", "This needs the permission " + std::string(name) + "."};
      return {"permission_denied"};
    case Access::Kind::service:
      return {"forbidden", "Only a service may do this, with its X-Api-Key."};
    case Access::Kind::person:
      return {"not_user", "Only a person may do this, or a service on their behalf."};
    default:
      return {"wrong_user_type",
              access.kind == Access::Kind::customer ? "Only customers may do this." : "Only travelers may do this."};
  }
}

}  // namespace

bool is_stepped_up(const Identity& identity, Time now) {
  return !identity.session.is_nil() && identity.stepped_up_at && now - *identity.stepped_up_at < step_up_life;
}

void Authenticator::authorize(const Route& route, const Identity& identity, Time now) {
  const Access& access = route.access;
  if (access.kind == Access::Kind::anyone) return;
  if (!identity.signed_in()) throw Problem{"unauthenticated"};
  if (!is_let_in(route, identity)) throw refusal(access);
  // How somebody signs in, and from where, is between them and us.
  if (identity.caller.is_acting() && (route.scope == Scope::auth_read || route.scope == Scope::auth_write))
    throw Problem{"forbidden", "Nobody does this on behalf of a user."};
  // An administrator's permission is looked at above; ops:read is a scope of services.
  const bool by_permission = access.kind == Access::Kind::operators && !identity.caller.is_service();
  for (const std::optional<Scope>& needed : {route.scope, route.also_scope})
    if (needed && !by_permission && (identity.scopes & bit(*needed)) == 0)
      throw Problem{"scope_missing", "This needs the scope " + std::string(to_text(*needed)) + "."};
  if (identity.read_only && route.method != Method::get) throw Problem{"key_read_only"};
  if (route.needs_step_up) require_step_up(identity, now);
}

void Authenticator::require_step_up(const Identity& identity, Time now) {
  if (identity.session.is_nil())
    throw Problem{"step_up_required",
                  "Only whoever is signed in by password may do this, not a key and not a service."};
  if (!is_stepped_up(identity, now)) throw Problem{"step_up_required", std::string(show_once_more)};
}

}  // namespace caravan::http
