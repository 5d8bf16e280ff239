#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caravan {

using Sha256 = std::array<std::uint8_t, 32>;

/// What the rules need of a cryptographic library, since standard C++ has none. It comes with the Context, as chance
/// does; storage/codec/digest.hpp has the only one, libsodium's. What it gives is in journals and makes addresses, so
/// it is the same on every node and for ever.
struct Crypto {
  /// SHA-256 (FIPS 180-4): for names and for the hashes of random tokens; passwords are hashed at the edge, by
  /// Argon2id.
  Sha256 (*sha256)(std::string_view bytes);
  /// Lower-case hexadecimal digits, two a byte.
  std::string (*hex)(std::string_view bytes);
  /// Base64 for URLs (RFC 4648 §5), without padding.
  std::string (*base64url)(std::string_view bytes);
  /// Nothing where the text is not exactly what `base64url` gives for some bytes.
  std::optional<std::string> (*from_base64url)(std::string_view text);
  /// Whether two texts are equal, in a time that depends on their lengths alone.
  bool (*equal)(std::string_view a, std::string_view b);

  /// The SHA-256 as 64 hexadecimal digits.
  std::string sha256_hex(std::string_view bytes) const {
    const Sha256 hash = sha256(bytes);
    return hex({reinterpret_cast<const char*>(hash.data()), hash.size()});
  }
};

}  // namespace caravan
