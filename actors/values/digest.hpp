#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

namespace caravan {

using Sha256 = std::array<std::uint8_t, 32>;

/// SHA-256 (FIPS 180-4) of the bytes of `text`. For names and for the hashes of random tokens, which must be the same
/// on every node and for ever; passwords are hashed at the edge, with Argon2id.
Sha256 sha256(std::string_view text);
/// The same as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);

/// Lower-case hexadecimal digits, two a byte.
std::string hex_text(std::string_view bytes);
/// Base64 for URLs (RFC 4648 §5), without padding.
std::string base64url_text(std::string_view bytes);
/// Whether two texts are equal, in a time that depends on their lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

}  // namespace caravan
