#pragma once

#include <array>
#include <filesystem>
#include <map>
#include <mutex>
#include <optional>

#include "actors/schema/field.hpp"
#include "actors/values/uuid.hpp"

namespace caravan::http {

/// Seals the small secrets that accounts keep (TOTP), so that a journal or a backup of it gives away nobody's second
/// factor. The sealed form is
///
///     version 1 | key id, 4 bytes | nonce, 24 | secretbox (XSalsa20-Poly1305) of the owner's id, 16, and the secret
///
/// The owner is sealed in, so that what is sealed for one account opens for no other. Keys live in a folder, a file
/// each; the newest seals, all of them open. Thread-safe.
class SecretSealer {
 public:
  /// Reads the keys of the folder, or makes the first. Throws std::runtime_error with the remedy.
  explicit SecretSealer(std::filesystem::path folder);
  ~SecretSealer();

  Bytes seal(UserId owner, const Bytes& secret) const;
  /// Nothing where it was not sealed for this owner by a key of the folder. A bare TOTP secret, as journals have it
  /// that are older than the seal, opens as itself.
  std::optional<Bytes> open(UserId owner, const Bytes& sealed) const;

  static constexpr std::size_t totp_secret_bytes = 20;  // the size of RFC 4226

 private:
  using KeyId = std::array<unsigned char, 4>;
  using Key = std::array<unsigned char, 32>;
  void load() const;

  std::filesystem::path folder_;
  mutable std::mutex mutex_;
  mutable std::map<KeyId, Key> keys_;
  mutable KeyId newest_{};
};

}  // namespace caravan::http
