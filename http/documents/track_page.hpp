#pragma once

#include <string_view>
#include <vector>

#include "http/response.hpp"

namespace caravan::http {

/// The page that a tracking link leads to, in English or German: it reads the token behind the # of its address, which
/// no server sees, asks what the link shows, and again each half minute. It loads nothing else. `languages`: as
/// Accept-Language has them.
Response track_page(const std::vector<std::string_view>& languages);

}  // namespace caravan::http
