#pragma once

#include <filesystem>
#include <optional>

#include "actors/schema/field.hpp"
#include "actors/values/uuid.hpp"
#include "http/access/key_ring.hpp"

namespace caravan::http {

/// Seals the small secrets that accounts keep (TOTP), so that a journal alone gives away nobody's second factor. A
/// folder that `caravan backup` filled does: it holds the keys too. The sealed form is
///
///     version 1 | key id, 4 bytes | nonce, 24 | secretbox (XSalsa20-Poly1305) of the owner's id, 16, and the secret
///
/// The owner is sealed in, so that what is sealed for one account opens for no other. Keys live in a folder, a file
/// each; the newest seals, all of them open. Thread-safe.
class SecretSealer {
 public:
  /// Throws as KeyRing.
  explicit SecretSealer(std::filesystem::path folder);

  Bytes seal(UserId owner, const Bytes& secret) const;
  /// Nothing where it was not sealed for this owner by a key of the folder. A bare TOTP secret, as journals have it
  /// that are older than the seal, opens as itself.
  std::optional<Bytes> open(UserId owner, const Bytes& sealed) const;

  static constexpr std::size_t totp_secret_bytes = 20;  // the size of RFC 4226

 private:
  mutable KeyRing keys_;
};

}  // namespace caravan::http
