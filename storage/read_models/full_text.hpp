#pragma once

#include <string>
#include <string_view>

namespace caravan::read_models {

/// What a person typed, as a query for FTS5: every word must begin a word of the text. None of its operators work.
/// Empty where nothing was typed.
std::string match_words(std::string_view typed);

}  // namespace caravan::read_models
