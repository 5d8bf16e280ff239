#pragma once

#include <string>
#include <string_view>

namespace caravan::read_models {

/// The tokenizer of a table of FTS5: marks within words (vowel signs, tones) do not split them. Texts go in folded
/// (storage/text/unicode.hpp), since FTS5 folds single letters only.
#define CARAVAN_WORDS "tokenize=\"unicode61 remove_diacritics 2 categories 'L* N* M* Co'\""

/// What a person typed as a query for FTS5: every word, folded, must begin a word of the text. Operators of FTS5 in it
/// have no effect. Empty where nothing was typed.
std::string match_words(std::string_view typed);

}  // namespace caravan::read_models
