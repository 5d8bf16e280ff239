#include "http/access/token_seal.hpp"

#include <sodium.h>

#include <algorithm>
#include <chrono>
#include <stdexcept>

#include "http/access/key_files.hpp"
#include "storage/codec/base64.hpp"

namespace caravan::http {

namespace {

constexpr std::size_t seal_bytes = 16;
static_assert(seal_bytes >= crypto_generichash_BYTES_MIN);

std::string seal_of(std::string_view token, const std::array<unsigned char, 32>& key) {
  std::string bytes(seal_bytes, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                     reinterpret_cast<const unsigned char*>(token.data()), token.size(), key.data(), key.size());
  return bytes;
}

}  // namespace

TokenSeal::TokenSeal(const std::filesystem::path& folder) {
  static constexpr std::string_view purpose = "caravan token seal 1";
  if (sodium_init() < 0) throw std::runtime_error("libsodium does not start");
  const Time now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  for (SigningKey& file : read_or_make_signing_keys(folder, now)) {
    crypto_generichash(keys_.emplace_back().data(), sizeof(Key), reinterpret_cast<const unsigned char*>(purpose.data()),
                       purpose.size(), file.secret.data(), crypto_sign_SEEDBYTES);
    sodium_memzero(file.secret.data(), file.secret.size());
  }
}

TokenSeal::~TokenSeal() {
  for (Key& key : keys_) sodium_memzero(key.data(), key.size());
}

std::string TokenSeal::seal(std::string_view token) const {
  return std::string(token) + '.' + to_base64(seal_of(token, keys_.back()), Base64::url);
}

std::optional<TokenSeal::Opened> TokenSeal::open(std::string_view shown) const {
  const std::size_t dot = shown.rfind('.');
  if (dot == std::string_view::npos) return Opened{std::string(shown), false};
  const std::string_view token = shown.substr(0, dot);
  const auto given = from_base64(shown.substr(dot + 1), Base64::url);
  if (!given || given->size() != seal_bytes) return std::nullopt;
  const bool is_ours = std::ranges::any_of(
      keys_, [&](const Key& key) { return sodium_memcmp(given->data(), seal_of(token, key).data(), seal_bytes) == 0; });
  if (!is_ours) return std::nullopt;
  return Opened{std::string(token), true};
}

}  // namespace caravan::http
