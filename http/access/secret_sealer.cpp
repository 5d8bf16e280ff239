#include "http/access/secret_sealer.hpp"

#include <sodium.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>

#include "http/access/key_files.hpp"

namespace caravan::http {

namespace {

constexpr char version = 1;
constexpr std::size_t key_id_bytes = 4;
constexpr std::size_t owner_bytes = 16;
constexpr std::size_t nonce_at = 1 + key_id_bytes;
constexpr std::size_t box_at = nonce_at + crypto_secretbox_NONCEBYTES;
constexpr std::size_t least_bytes = box_at + crypto_secretbox_MACBYTES + owner_bytes;

unsigned char* raw(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }
const unsigned char* raw(const std::string& text) { return reinterpret_cast<const unsigned char*>(text.data()); }

Time host_now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

}  // namespace

SecretSealer::SecretSealer(std::filesystem::path folder) : folder_(std::move(folder)) {
  static_assert(sizeof(Key) == crypto_secretbox_KEYBYTES && sizeof(KeyId) == key_id_bytes);
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
  read_or_make_signing_keys(folder_, host_now());
  load();
}

SecretSealer::~SecretSealer() {
  for (auto& [id, key] : keys_) sodium_memzero(key.data(), key.size());
}

void SecretSealer::load() const {
  static constexpr std::string_view purpose = "caravan account secrets 1";
  for (SigningKey& file : read_signing_keys(folder_)) {
    std::array<unsigned char, crypto_generichash_BYTES> hash;
    crypto_generichash(hash.data(), hash.size(), file.public_key.data(), file.public_key.size(), nullptr, 0);
    std::copy_n(hash.begin(), key_id_bytes, newest_.begin());
    Key& key = keys_[newest_];
    crypto_generichash(key.data(), key.size(), reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(),
                       file.secret.data(), crypto_sign_SEEDBYTES);
    sodium_memzero(file.secret.data(), file.secret.size());
  }
}

Bytes SecretSealer::seal(UserId owner, const Bytes& secret) const {
  std::string plain(reinterpret_cast<const char*>(owner.value.bytes.data()), owner_bytes);
  plain += secret.value;
  std::string sealed(box_at + crypto_secretbox_MACBYTES + plain.size(), '\0');
  sealed[0] = version;
  randombytes_buf(raw(sealed) + nonce_at, crypto_secretbox_NONCEBYTES);
  const std::lock_guard lock(mutex_);
  std::ranges::copy(newest_, raw(sealed) + 1);
  crypto_secretbox_easy(raw(sealed) + box_at, raw(plain), plain.size(), raw(sealed) + nonce_at,
                        keys_.at(newest_).data());
  sodium_memzero(plain.data(), plain.size());
  return {std::move(sealed)};
}

std::optional<Bytes> SecretSealer::open(UserId owner, const Bytes& sealed) const {
  const std::string& text = sealed.value;
  if (text.size() == totp_secret_bytes) return sealed;
  if (text.size() < least_bytes || text[0] != version) return std::nullopt;
  KeyId id;
  std::copy_n(raw(text) + 1, key_id_bytes, id.begin());
  const std::lock_guard lock(mutex_);
  if (!keys_.contains(id)) load();  // another node of the folder may have made it
  const auto key = keys_.find(id);
  if (key == keys_.end()) return std::nullopt;
  std::string plain(text.size() - box_at - crypto_secretbox_MACBYTES, '\0');
  if (crypto_secretbox_open_easy(raw(plain), raw(text) + box_at, text.size() - box_at, raw(text) + nonce_at,
                                 key->second.data()) != 0 ||
      std::memcmp(plain.data(), owner.value.bytes.data(), owner_bytes) != 0)
    return std::nullopt;
  return Bytes{plain.substr(owner_bytes)};
}

}  // namespace caravan::http
