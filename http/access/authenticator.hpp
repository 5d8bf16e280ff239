#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http/call.hpp"

namespace caravan::http {

struct Route;
struct Rights;
class ServiceRights;
class TokenSeal;

/// Is it somebody who looks after nodes: a service with the scope `ops:read`, or an administrator with `ops`?
bool is_operator(const Identity& identity);
/// A session of which the password or the code was shown within step_up_life.
bool is_stepped_up(const Identity& identity, Time now);

/// Does it show anything that says who it is from?
bool shows_credential(const Request& request);

/// A key whose holder is a service. Services of one name count as one caller, whichever of their keys they use, so that
/// a key can be changed without a break. The first service has an empty name.
struct ServiceKey {
  std::string name, key;
  Scopes scopes = first_service_scopes;  // where no register says other ones
};

/// What is asked of services' keys and on whose behalf they act. Each may be null: then there is no register of
/// services, and nobody can be acted for.
struct ServiceLookups {
  ServiceRights* rights = nullptr;
  const TokenSeal* seal = nullptr;
  /// What a user may do through a service. Throws Problem where nobody may act for that user.
  std::function<Rights(UserId user)> acting_for = {};
};

/// Tells who a request comes from, and whether a row lets them in.
class Authenticator {
 public:
  using ApiKeyOwner = std::function<std::optional<Identity>(std::string_view key)>;

  /// `find_owner`: of the keys that users made; may be empty.
  Authenticator(TokenAuthority* tokens, Sessions* sessions, std::vector<ServiceKey> service_keys,
                ApiKeyOwner find_owner = {}, ServiceLookups services = {});

  /// By bearer token or key; anonymous without either. Throws Problem (401) for one that is not valid.
  Identity identify(const Route& route, const Request& request) const;
  /// Throws Problem: 401 where nobody is signed in, 403 where the wrong one is, a scope is missing, or the password
  /// must be shown once more.
  static void authorize(const Route& route, const Identity& identity, Time now);
  /// The last of these, for a row of which only some calls ask for it.
  static void require_step_up(const Identity& identity, Time now);

 private:
  std::optional<Identity> find_service(const Route& route, std::string_view key) const;
  /// The same service on behalf of the user that the header names.
  Identity act_for(std::string_view header, Identity service) const;
  Identity identify_user(const Route& route, const Request& request) const;

  TokenAuthority* tokens_;
  Sessions* sessions_;
  struct KnownKey {
    std::string name, hash;
    Uuid mark;
    Scopes scopes;
  };
  std::vector<KnownKey> service_keys_;
  ApiKeyOwner find_owner_;
  ServiceLookups services_;
};

}  // namespace caravan::http
