#pragma once

#include <string>
#include <string_view>

#include "actors/values/crypto.hpp"

namespace caravan {

/// SHA-256 (FIPS 180-4) of the bytes of `text`.
Sha256 sha256(std::string_view text);
/// The same as 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view text);
/// Lower-case hexadecimal digits, two a byte.
std::string hex_text(std::string_view bytes);
/// Whether two texts are equal, in a time that depends on their lengths alone.
bool equal_in_constant_time(std::string_view a, std::string_view b);

/// libsodium, as the rules of `actors` see it.
extern const Crypto sodium_crypto;

}  // namespace caravan
