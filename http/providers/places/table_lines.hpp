#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <stdexcept>
#include <string_view>

namespace caravan {

/// Calls `take` with the columns of each line of a tab-separated text. Throws std::runtime_error on a line that has
/// more or fewer.
template <std::size_t Columns, class Take>
void each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    std::array<std::string_view, Columns> columns;
    for (std::size_t i = 0; i < Columns; ++i) {
      const std::size_t tab = line.find('\t');
      if ((tab == std::string_view::npos) != (i + 1 == Columns)) throw std::runtime_error("gazetteer: a bad line");
      columns[i] = line.substr(0, tab);
      if (tab != std::string_view::npos) line.remove_prefix(tab + 1);
    }
    take(columns);
  }
}

/// Calls `take` with each of the texts between bars.
template <class Take>
void each_name(std::string_view names, Take take) {
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find('|'));
    names.remove_prefix(std::min(names.size(), name.size() + 1));
    take(name);
  }
}

/// Throws std::runtime_error where it is no number.
inline std::int32_t table_number(std::string_view text) {
  std::int32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) throw std::runtime_error("gazetteer: a bad number");
  return value;
}

}  // namespace caravan
