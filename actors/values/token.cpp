#include "actors/values/token.hpp"

namespace caravan {

namespace {

constexpr std::size_t min_secret = 16, max_secret = 200;

}  // namespace

std::string make_token(const Crypto& crypto, const Uuid& owner, std::string_view secret) {
  std::string bytes(reinterpret_cast<const char*>(owner.bytes.data()), owner.bytes.size());
  bytes += secret;
  return crypto.base64url(bytes);
}

std::optional<TokenParts> parse_token(const Crypto& crypto, std::string_view token) {
  if (token.size() > 2 * (16 + max_secret)) return std::nullopt;
  const auto bytes = crypto.from_base64url(token);
  TokenParts parts;
  const std::size_t head = parts.owner.bytes.size();
  if (!bytes || bytes->size() < head + min_secret || bytes->size() > head + max_secret) return std::nullopt;
  std::memcpy(parts.owner.bytes.data(), bytes->data(), head);
  parts.secret = bytes->substr(head);
  return parts;
}

}  // namespace caravan
