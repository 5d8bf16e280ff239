#pragma once

#include <string>
#include <string_view>

/// QR symbols as pictures. Both throw std::runtime_error where the text is too long for a symbol (over 2,300 bytes).
namespace caravan::http {

/// Grey PNG, `pixels` a module, with the quiet zone around it.
std::string qr_png(std::string_view text, int pixels = 6);
/// SVG whose unit is a module.
std::string qr_svg(std::string_view text);

}  // namespace caravan::http
