#include "http/access/secret_sealer.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>

namespace caravan::http {

namespace {

constexpr char version = 1;
constexpr std::size_t key_id_bytes = sizeof(SigningKey::short_id);
constexpr std::size_t owner_bytes = 16;
constexpr std::size_t nonce_at = 1 + key_id_bytes;
constexpr std::size_t box_at = nonce_at + crypto_secretbox_NONCEBYTES;
constexpr std::size_t least_bytes = box_at + crypto_secretbox_MACBYTES + owner_bytes;

unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* raw(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

static_assert(DerivedKey::size() == crypto_secretbox_KEYBYTES);
DerivedKey box_key_of(const SigningKey& key) { return DerivedKey(key, "caravan account secrets 1"); }

}  // namespace

SecretSealer::SecretSealer(std::filesystem::path folder) : keys_({.folder = std::move(folder)}) {}

Bytes SecretSealer::seal(UserId owner, const Bytes& secret) const {
  std::string plain(reinterpret_cast<const char*>(owner.value.bytes.data()), owner_bytes);
  plain += secret.value;
  std::string sealed(box_at + crypto_secretbox_MACBYTES + plain.size(), '\0');
  sealed[0] = version;
  randombytes_buf(raw(sealed) + nonce_at, crypto_secretbox_NONCEBYTES);
  const SigningKeyPtr key = keys_.newest();
  std::ranges::copy(key->short_id, raw(sealed) + 1);
  crypto_secretbox_easy(raw(sealed) + box_at, raw(plain), plain.size(), raw(sealed) + nonce_at,
                        box_key_of(*key).data());
  sodium_memzero(plain.data(), plain.size());
  return {std::move(sealed)};
}

std::optional<Bytes> SecretSealer::open(UserId owner, const Bytes& sealed) const {
  const std::string& text = sealed.value;
  if (text.size() == totp_secret_bytes) return sealed;
  if (text.size() < least_bytes || text[0] != version) return std::nullopt;
  const SigningKeyPtr key = keys_.find(
      [&](const SigningKey& each) { return std::equal(each.short_id.begin(), each.short_id.end(), raw(text) + 1); });
  if (!key) return std::nullopt;
  std::string plain(text.size() - box_at - crypto_secretbox_MACBYTES, '\0');
  if (crypto_secretbox_open_easy(raw(plain), raw(text) + box_at, text.size() - box_at, raw(text) + nonce_at,
                                 box_key_of(*key).data()) != 0 ||
      std::memcmp(plain.data(), owner.value.bytes.data(), owner_bytes) != 0)
    return std::nullopt;
  return Bytes{plain.substr(owner_bytes)};
}

}  // namespace caravan::http
