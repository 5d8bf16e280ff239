#include "http/access/token_seal.hpp"

#include <sodium.h>

#include "storage/codec/base64.hpp"

namespace caravan::http {

namespace {

constexpr std::size_t seal_bytes = 16;
static_assert(seal_bytes >= crypto_generichash_BYTES_MIN);

std::string seal_of(std::string_view token, const SigningKey& by) {
  const DerivedKey key(by, "caravan token seal 1");
  std::string bytes(seal_bytes, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(bytes.data()), bytes.size(),
                     reinterpret_cast<const unsigned char*>(token.data()), token.size(), key.data(), key.size());
  return bytes;
}

}  // namespace

TokenSeal::TokenSeal(std::filesystem::path folder) : keys_({.folder = std::move(folder)}) {}

std::string TokenSeal::seal(std::string_view token) const {
  return std::string(token) + '.' + to_base64(seal_of(token, *keys_.newest()), Base64::url);
}

std::optional<TokenSeal::Opened> TokenSeal::open(std::string_view shown) const {
  const std::size_t dot = shown.rfind('.');
  if (dot == std::string_view::npos) return Opened{std::string(shown), false};
  const std::string_view token = shown.substr(0, dot);
  const auto given = from_base64(shown.substr(dot + 1), Base64::url);
  if (!given || given->size() != seal_bytes) return std::nullopt;
  const bool is_ours = keys_.find([&](const SigningKey& key) {
    return sodium_memcmp(given->data(), seal_of(token, key).data(), seal_bytes) == 0;
  }) != nullptr;
  if (!is_ours) return std::nullopt;
  return Opened{std::string(token), true};
}

}  // namespace caravan::http
