#include "actors/entity/decision.hpp"

#include "actors/values/token.hpp"

namespace caravan {

std::string_view first_code_points(std::string_view text, std::size_t count) {
  const auto begins = [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; };
  std::size_t end = 0;
  for (std::size_t begun = 0; end < text.size(); ++end)
    if (begins(text[end]) && ++begun > count) break;
  return text.substr(0, end);
}

Uuid Context::new_uuid() const {
  Uuid id;
  random.fill(id.bytes);
  const auto millis = static_cast<std::uint64_t>(to_millis(now));
  for (std::size_t i = 0; i < 6; ++i) id.bytes[i] = static_cast<std::uint8_t>(millis >> (40 - 8 * i));
  id.bytes[6] = static_cast<std::uint8_t>((id.bytes[6] & 0x0F) | 0x70);  // version 7
  id.bytes[8] = static_cast<std::uint8_t>((id.bytes[8] & 0x3F) | 0x80);  // variant of RFC 9562
  return id;
}

std::string Context::secret(std::size_t size) const {
  std::string out(size, '\0');
  random.fill({reinterpret_cast<std::uint8_t*>(out.data()), out.size()});
  return out;
}

std::string Context::token(std::string_view secret) const { return make_token(crypto, self.id, secret); }

}  // namespace caravan
