#pragma once

#include <string>
#include <string_view>

namespace caravan::read_models {

/// What a table of FTS5 is made with, so that marks within words (vowel signs, tones) part none. Texts go in folded
/// (storage/text/unicode.hpp), since FTS5 itself knows single letters only.
#define CARAVAN_WORDS "tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* M* Co'\""

/// What a person typed, folded, as a query for FTS5: every word must begin a word of the text. None of its operators
/// work. Empty where nothing was typed.
std::string match_words(std::string_view typed);

}  // namespace caravan::read_models
