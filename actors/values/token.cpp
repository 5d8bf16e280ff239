#include "actors/values/token.hpp"

#include "actors/values/digest.hpp"

namespace caravan {

namespace {

constexpr std::size_t min_secret = 16, max_secret = 200;

std::optional<std::string> base64url_bytes(std::string_view text) {
  std::string out;
  std::uint32_t bits = 0;
  int count = 0;
  for (const char c : text) {
    std::uint32_t digit = 0;
    if (c >= 'A' && c <= 'Z')
      digit = static_cast<std::uint32_t>(c - 'A');
    else if (c >= 'a' && c <= 'z')
      digit = static_cast<std::uint32_t>(c - 'a' + 26);
    else if (c >= '0' && c <= '9')
      digit = static_cast<std::uint32_t>(c - '0' + 52);
    else if (c == '-')
      digit = 62;
    else if (c == '_')
      digit = 63;
    else
      return std::nullopt;
    bits = (bits << 6 | digit) & 0x3FFF;
    if ((count += 6) >= 8) out += static_cast<char>(static_cast<std::uint8_t>(bits >> (count -= 8)));
  }
  // Left-over bits must be zero, so that one token has one text.
  if (count >= 6 || (bits & ((1U << count) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace

std::string make_token(const Uuid& owner, std::string_view secret) {
  std::string bytes(reinterpret_cast<const char*>(owner.bytes.data()), owner.bytes.size());
  bytes += secret;
  return base64url_text(bytes);
}

std::optional<TokenParts> parse_token(std::string_view token) {
  if (token.size() > 2 * (16 + max_secret)) return std::nullopt;
  const auto bytes = base64url_bytes(token);
  TokenParts parts;
  const std::size_t head = parts.owner.bytes.size();
  if (!bytes || bytes->size() < head + min_secret || bytes->size() > head + max_secret) return std::nullopt;
  std::memcpy(parts.owner.bytes.data(), bytes->data(), head);
  parts.secret = bytes->substr(head);
  return parts;
}

}  // namespace caravan
