#include "storage/codec/digest.hpp"

#include <sodium.h>

#include "storage/codec/base64.hpp"

namespace caravan {

Sha256 sha256(std::string_view text) {
  Sha256 hash;
  static_assert(hash.size() == crypto_hash_sha256_BYTES);
  crypto_hash_sha256(hash.data(), reinterpret_cast<const unsigned char*>(text.data()), text.size());
  return hash;
}

std::string sha256_hex(std::string_view text) { return sodium_crypto.sha256_hex(text); }

std::string hex_text(std::string_view bytes) {
  std::string text(2 * bytes.size() + 1, '\0');
  sodium_bin2hex(text.data(), text.size(), reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  text.pop_back();  // the terminating zero
  return text;
}

bool equal_in_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

constinit const Crypto sodium_crypto{
    .sha256 = sha256,
    .hex = hex_text,
    .base64url = [](std::string_view bytes) { return to_base64(bytes, Base64::url); },
    .from_base64url = [](std::string_view text) { return from_base64(text, Base64::url); },
    .equal = equal_in_constant_time,
};

}  // namespace caravan
