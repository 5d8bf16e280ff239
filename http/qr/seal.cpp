#include "http/qr/seal.hpp"

#include <sodium.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <mutex>
#include <span>
#include <stdexcept>

#include "http/access/key_files.hpp"
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
constexpr auto reload_pause = std::chrono::seconds{1};

using Bytes48 = std::array<unsigned char, content_bytes>;

Time host_now() { return std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

}  // namespace

struct CodeSealer::Key {
  explicit Key(const SigningKey& from) : signing(from) {
    static constexpr std::string_view purpose = "caravan qr seal 1";
    crypto_generichash(seal.data(), seal.size(), reinterpret_cast<const unsigned char*>(purpose.data()), purpose.size(),
                       signing.secret.data(), crypto_sign_SEEDBYTES);
    std::array<unsigned char, crypto_generichash_BYTES> hash;
    crypto_generichash(hash.data(), hash.size(), signing.public_key.data(), signing.public_key.size(), nullptr, 0);
    std::copy_n(hash.begin(), key_id_bytes, id.begin());
  }
  ~Key() {
    sodium_memzero(seal.data(), seal.size());
    sodium_memzero(signing.secret.data(), signing.secret.size());
  }
  Key(const Key&) = delete;
  Key& operator=(const Key&) = delete;

  SigningKey signing;
  std::array<unsigned char, crypto_aead_xchacha20poly1305_ietf_KEYBYTES> seal{};
  std::array<unsigned char, key_id_bytes> id{};
};

CodeSealer::CodeSealer(std::filesystem::path folder) : folder_(std::move(folder)) {
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
  read_or_make_signing_keys(folder_, host_now());
  load();
  if (keys_.back()->signing.made_at + rotate_after < host_now()) rotate();
}

CodeSealer::~CodeSealer() = default;

/// What is known stays known: the folder may be away for a while, or damaged.
void CodeSealer::load() const {
  for (const SigningKey& signing : read_signing_keys(folder_)) {
    auto key = std::make_unique<const Key>(signing);
    if (!knows(key->id)) keys_.push_back(std::move(key));
  }
  std::ranges::stable_sort(keys_, {}, [](const auto& key) { return key->signing.made_at; });
}

bool CodeSealer::knows(std::span<const unsigned char> key_id) const {
  return std::ranges::any_of(keys_, [&](const auto& key) { return std::ranges::equal(key->id, key_id); });
}

void CodeSealer::reload_for(std::span<const unsigned char> key_id) const {
  {
    const std::shared_lock lock(mutex_);
    if (knows(key_id) || host_now() < next_reload_) return;
  }
  const std::unique_lock lock(mutex_);
  next_reload_ = host_now() + reload_pause;  // codes that nobody sealed must not make the disk busy
  try {
    load();
  } catch (const std::runtime_error& error) {
    spdlog::warn("the keys of QR codes are not read again: {}", error.what());
  }
}

void CodeSealer::rotate() {
  auto key = std::make_unique<const Key>(make_signing_key(folder_, host_now()));
  const std::unique_lock lock(mutex_);
  keys_.push_back(std::move(key));
}

std::string CodeSealer::seal(const CodeContent& content) const {
  if (content.secret.size() != secret_bytes) throw std::invalid_argument("a QR code's secret has 16 bytes");
  Bytes48 plain;
  std::memcpy(plain.data(), content.qr_code_id.value.bytes.data(), 16);
  std::memcpy(plain.data() + 16, content.delivery_id.value.bytes.data(), 16);
  std::memcpy(plain.data() + 32, content.secret.data(), secret_bytes);

  const std::shared_lock lock(mutex_);
  const Key& key = *keys_.back();
  std::array<unsigned char, code_bytes> code;
  code[0] = version;
  std::ranges::copy(key.id, code.begin() + 1);
  unsigned char* const nonce = code.data() + head_bytes;
  crypto_generichash(nonce, nonce_bytes, plain.data(), plain.size(), key.seal.data(), key.seal.size());
  crypto_aead_xchacha20poly1305_ietf_encrypt(nonce + nonce_bytes, nullptr, plain.data(), plain.size(), code.data(),
                                             head_bytes, nullptr, nonce, key.seal.data());
  crypto_sign_detached(code.data() + signed_bytes, nullptr, code.data(), signed_bytes, key.signing.secret.data());
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
  reload_for(key_id);

  const std::shared_lock lock(mutex_);
  const auto found = std::ranges::find_if(keys_, [&](const auto& key) { return std::ranges::equal(key->id, key_id); });
  if (found == keys_.end()) return std::nullopt;
  const Key& key = **found;
  if (crypto_sign_verify_detached(code.data() + signed_bytes, code.data(), signed_bytes,
                                  key.signing.public_key.data()) != 0)
    return std::nullopt;
  Bytes48 plain;
  const unsigned char* const nonce = code.data() + head_bytes;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(plain.data(), nullptr, nullptr, nonce + nonce_bytes, box_bytes,
                                                 code.data(), head_bytes, nonce, key.seal.data()) != 0)
    return std::nullopt;
  CodeContent content;
  std::memcpy(content.qr_code_id.value.bytes.data(), plain.data(), 16);
  std::memcpy(content.delivery_id.value.bytes.data(), plain.data() + 16, 16);
  content.secret.assign(reinterpret_cast<const char*>(plain.data()) + 32, secret_bytes);
  return content;
}

}  // namespace caravan::http
