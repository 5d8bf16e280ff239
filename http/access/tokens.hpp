#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <shared_mutex>
#include <string>
#include <string_view>
#include <vector>

#include "http/access/identity.hpp"

namespace caravan::http {

/// Makes and checks access tokens: JWTs signed with Ed25519 (RFC 8037). Keys live in a folder and rotate; an old one
/// verifies until the last token that it signed has expired. Times are the host's, not the sandbox clock's: advancing
/// the clock must not sign everybody out. Thread-safe.
class TokenAuthority {
 public:
  struct Settings {
    std::filesystem::path folder;                        // DATA/keys; made with mode 0700 where missing
    std::chrono::seconds token_lifetime{15 * 60};        // of an access token
    std::chrono::seconds rotate_after{30 * 24 * 3'600};  // of a signing key
    std::string issuer = "caravan";
  };
  using Clock = std::function<Time()>;

  /// Reads the keys, or makes the first. Throws std::runtime_error where the folder cannot be used.
  explicit TokenAuthority(Settings settings, Clock clock = {});
  ~TokenAuthority();

  /// A token for this user and session; `issued_at` and `expires_at` of the identity are set here.
  std::string issue(Identity identity);
  /// What a token says. Throws Problem: invalid_token, token_expired.
  Identity verify(std::string_view token);
  /// The public keys as a JWK set.
  std::string jwks();
  std::chrono::seconds token_lifetime() const { return settings_.token_lifetime; }
  Time now() const { return clock_(); }

  /// Makes a new signing key now; tokens of the former ones stay valid until they expire.
  void rotate();

 private:
  struct Key;
  struct Cache;
  void load_keys();
  void add_key();
  void rotate_if_due();
  std::shared_ptr<const Key> find_key(std::string_view id);
  Identity check(std::string_view token);

  Settings settings_;
  Clock clock_;
  mutable std::shared_mutex mutex_;
  std::vector<std::shared_ptr<const Key>> keys_;  // newest last
  Time next_reload_ = {};
  std::unique_ptr<Cache> cache_;
};

}  // namespace caravan::http
