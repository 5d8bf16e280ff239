#pragma once

#include <string>
#include <string_view>

namespace caravan {

/// A name as it is compared: lower case, without accents and punctuation, words apart by one space, with the short form
/// of words that are written both ways ("Saint-Étienne" and "st etienne" are the same). config/gazetteer/build.py folds
/// likewise.
std::string fold_name(std::string_view text);

bool is_ascii(std::string_view text);

}  // namespace caravan
