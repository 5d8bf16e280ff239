#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace caravan {

/// A text as it looks, and where each of its bytes was read in the text; behind the last one, where that ends.
struct Look {
  std::string text;
  std::vector<std::size_t> at;
};

/// The text as an English reader reads it: each character that looks like a Latin letter is that letter (Cyrillic,
/// Greek, full width, mathematical), each digit of another script is ours, what stands between words is a space, and
/// what shows nothing is left out. Accents stay: they make other words.
Look look_of(std::string_view text);
std::string as_it_looks(std::string_view text);

}  // namespace caravan
