#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/access/identity.hpp"
#include "http/access/key_ring.hpp"

namespace caravan::http {

/// Makes and checks access tokens: JWTs signed with Ed25519 (RFC 8037). Keys live in a folder and rotate; an old one
/// verifies until the last token that it signed has expired. Times are the platform's clock's, in the sandbox
/// the one that is advanced. Thread-safe.
class TokenAuthority {
 public:
  struct Settings {
    std::filesystem::path folder;                        // DATA/keys; made with mode 0700 where missing
    std::chrono::seconds token_lifetime{15 * 60};        // of an access token
    std::chrono::seconds rotate_after{30 * 24 * 3'600};  // of a signing key
    std::string issuer = "caravan";
  };
  using Clock = KeyRing::Clock;

  /// Throws as KeyRing.
  explicit TokenAuthority(Settings settings, Clock clock = {});
  ~TokenAuthority();

  /// A token for this user and session; `issued_at` and `expires_at` of the identity are set here.
  std::string issue(Identity identity);
  /// What a token says. Throws Problem: invalid_token, token_expired.
  Identity verify(std::string_view token);
  /// The public keys as a JWK set.
  std::string jwks();
  std::chrono::seconds token_lifetime() const { return settings_.token_lifetime; }
  Time now() const { return keys_.now(); }

  /// Makes a new signing key now; tokens of the former ones stay valid until they expire.
  void rotate() { keys_.rotate(); }

 private:
  struct Cache;
  Identity check(std::string_view token);

  const Settings settings_;
  KeyRing keys_;
  std::unique_ptr<Cache> cache_;
};

}  // namespace caravan::http
