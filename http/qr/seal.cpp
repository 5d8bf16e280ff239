#include "http/qr/seal.hpp"

#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <span>
#include <stdexcept>

#include "storage/codec/base64.hpp"

namespace caravan::http {

namespace {

constexpr unsigned char version = 1;
constexpr std::size_t key_id_bytes = 4;
constexpr std::size_t head_bytes = 1 + key_id_bytes;
constexpr std::size_t nonce_bytes = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t secret_bytes = 16;
constexpr std::size_t content_bytes = 16 + 16 + secret_bytes;
constexpr std::size_t box_bytes = content_bytes + crypto_aead_xchacha20poly1305_ietf_ABYTES;
constexpr std::size_t signed_bytes = head_bytes + nonce_bytes + box_bytes;
constexpr std::size_t code_bytes = signed_bytes + crypto_sign_BYTES;
constexpr std::size_t text_bytes = (code_bytes * 8 + 5) / 6;  // base64url without padding
constexpr auto rotate_after = std::chrono::days{90};

using Bytes48 = std::array<unsigned char, content_bytes>;

DerivedKey seal_key_of(const SigningKey& key) { return DerivedKey(key, "caravan qr seal 1"); }

}  // namespace

CodeSealer::CodeSealer(std::filesystem::path folder)
    : keys_({.folder = std::move(folder), .rotate_after = rotate_after}) {}

std::string CodeSealer::seal(const CodeContent& content) const {
  if (content.secret.size() != secret_bytes) throw std::invalid_argument("a QR code's secret has 16 bytes");
  Bytes48 plain;
  std::memcpy(plain.data(), content.qr_code_id.value.bytes.data(), 16);
  std::memcpy(plain.data() + 16, content.delivery_id.value.bytes.data(), 16);
  std::memcpy(plain.data() + 32, content.secret.data(), secret_bytes);

  const SigningKeyPtr key = keys_.newest();
  const DerivedKey seal_key = seal_key_of(*key);
  static_assert(DerivedKey::size() == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);
  std::array<unsigned char, code_bytes> code;
  code[0] = version;
  std::ranges::copy(key->short_id, code.begin() + 1);
  unsigned char* const nonce = code.data() + head_bytes;
  crypto_generichash(nonce, nonce_bytes, plain.data(), plain.size(), seal_key.data(), seal_key.size());
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_bytes, nullptr, plain.data(), plain.size(), code.data(),
                                             head_bytes, nullptr, nonce, seal_key.data());
  crypto_sign_detached(code.data() + signed_bytes, nullptr, code.data(), signed_bytes, key->secret.data());
  sodium_memzero(plain.data(), plain.size());

  return to_base64({reinterpret_cast<const char*>(code.data()), code.size()}, Base64::url);
}

std::optional<CodeContent> CodeSealer::open(std::string_view text) const {
  if (text.size() != text_bytes) return std::nullopt;
  const auto bytes = from_base64(text, Base64::url);
  if (!bytes || bytes->size() != code_bytes) return std::nullopt;
  std::array<unsigned char, code_bytes> code;
  std::ranges::copy(*bytes, code.begin());
  if (code[0] != version) return std::nullopt;
  const auto key_id = std::span(code).subspan(1, key_id_bytes);
  const SigningKeyPtr key =
      keys_.find([&](const SigningKey& each) { return std::ranges::equal(each.short_id, key_id); });
  if (!key ||
      crypto_sign_verify_detached(code.data() + signed_bytes, code.data(), signed_bytes, key->public_key.data()) != 0)
    return std::nullopt;
  Bytes48 plain;
  const unsigned char* const nonce = code.data() + head_bytes;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, nonce + nonce_bytes, box_bytes,
                                                 code.data(), head_bytes, nonce, seal_key_of(*key).data()) != 0)
    return std::nullopt;
  CodeContent content;
  std::memcpy(content.qr_code_id.value.bytes.data(), plain.data(), 16);
  std::memcpy(content.delivery_id.value.bytes.data(), plain.data() + 16, 16);
  content.secret.assign(reinterpret_cast<const char*>(plain.data()) + 32, secret_bytes);
  return content;
}

}  // namespace caravan::http
