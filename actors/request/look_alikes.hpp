#pragma once

#include <string>
#include <string_view>

namespace caravan {

/// The text as an English reader reads it: each character that looks like a Latin letter is that letter (Cyrillic,
/// Greek, full width, mathematical), what stands between words is a space, and what shows nothing is left out. Accents
/// stay: they make other words.
std::string as_it_looks(std::string_view text);

}  // namespace caravan
