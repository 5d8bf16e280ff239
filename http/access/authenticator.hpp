#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "http/call.hpp"

namespace caravan::http {

struct Route;

/// Tells who a request comes from, and whether a row lets them in.
class Authenticator {
 public:
  using ApiKeyOwner = std::function<std::optional<Identity>(std::string_view key)>;

  /// `service_keys`: keys whose holder is a service. `find_owner`: of the keys that users made; may be empty.
  Authenticator(TokenAuthority* tokens, Sessions* sessions, std::vector<std::string> service_keys,
                ApiKeyOwner find_owner = {});

  /// By bearer token or key; anonymous without either. Throws Problem (401) for one that is not valid.
  Identity identify(const Request& request) const;
  /// Throws Problem: 401 where nobody is signed in, 403 where the wrong one is.
  static void authorize(const Route& route, const Identity& identity);

 private:
  TokenAuthority* tokens_;
  Sessions* sessions_;
  std::vector<std::string> service_key_hashes_;
  ApiKeyOwner find_owner_;
};

}  // namespace caravan::http
