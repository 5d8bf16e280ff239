#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace caravan {

/// RFC 4648: with padding, or the alphabet of URLs without.
enum class Base64 : std::uint8_t { padded, url };

std::string to_base64(std::string_view bytes, Base64 variant);
/// Nothing where the text is not exactly what `to_base64` gives for some bytes.
std::optional<std::string> from_base64(std::string_view text, Base64 variant);

}  // namespace caravan
