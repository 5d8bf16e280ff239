#pragma once

#include <string>
#include <string_view>

namespace caravan::http {

/// The hash by which a Content-Security-Policy allows an inline script or style.
std::string source_of(std::string_view text);

}  // namespace caravan::http
