#include "storage/read_models/full_text.hpp"

#include <algorithm>

#include "storage/text/unicode.hpp"

namespace caravan::read_models {

std::string match_words(std::string_view text) {
  constexpr std::string_view blanks = " \t\r\n\"*";
  constexpr int most_words = 10;
  const std::string folded = unicode::folded(text);  // blanks of every kind are plain then
  std::string_view typed = folded;
  std::string query;
  for (int words = 0; words < most_words; ++words) {
    const auto start = typed.find_first_not_of(blanks);
    if (start == std::string_view::npos) break;
    typed.remove_prefix(start);
    const auto end = std::min(typed.find_first_of(blanks), typed.size());
    if (!query.empty()) query += ' ';
    query += '"' + std::string(typed.substr(0, end)) + "\"*";
    typed.remove_prefix(end);
  }
  return query;
}

}  // namespace caravan::read_models
