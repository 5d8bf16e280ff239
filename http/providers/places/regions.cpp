#include "http/providers/places/regions.hpp"

#include <algorithm>
#include <stdexcept>

#include "http/providers/places/folding.hpp"

namespace caravan {

namespace {

std::string_view take(std::string_view& rest, char separator) {
  const std::string_view part = rest.substr(0, rest.find(separator));
  rest.remove_prefix(std::min(rest.size(), part.size() + 1));
  return part;
}

template <class Take>
void each_row(std::string_view text, Take take_row) {
  while (!text.empty())
    if (const std::string_view line = take(text, '\n'); !line.empty() && !line.starts_with('#')) take_row(line);
}

}  // namespace

Regions::Regions(std::string_view countries, std::string_view regions) {
  each_row(countries, [&](std::string_view line) {
    const std::string_view code = take(line, '\t');
    if (code.size() != 2) throw std::runtime_error("countries.tsv: a bad line");
    countries_.emplace(fold_name(code), code);
    for (int nth = 0; !line.empty(); ++nth) {
      const std::string_view name = take(line, '|');
      countries_.emplace(fold_name(name), code);
      if (nth == 1 || country_names_.find(code) == country_names_.end()) country_names_[code] = name;
    }
  });
  each_row(regions, [&](std::string_view line) {
    const std::string_view country = take(line, '\t'), admin1 = take(line, '\t'), abbreviation = take(line, '\t');
    if (line.empty()) throw std::runtime_error("regions.tsv: a bad line");
    const std::size_t index = regions_.size();
    regions_.push_back({country, admin1, abbreviation, line.substr(0, line.find('|'))});
    codes_[{country, admin1}] = index;
    names_.emplace(fold_name(abbreviation), index);
    while (!line.empty())
      if (std::string name = fold_name(take(line, '|')); name != fold_name(abbreviation))
        names_.emplace(std::move(name), index);
  });
}

std::string_view Regions::country(std::string_view folded) const {
  const auto found = countries_.find(folded);
  return found == countries_.end() ? std::string_view{} : found->second;
}

std::vector<const Region*> Regions::named(std::string_view folded) const {
  std::vector<const Region*> found;
  const auto [first, last] = names_.equal_range(folded);
  for (auto at = first; at != last; ++at) found.push_back(&regions_[at->second]);
  return found;
}

std::string_view Regions::abbreviation(std::string_view country, std::string_view admin1) const {
  if (const auto found = codes_.find({country, admin1}); found != codes_.end())
    return regions_[found->second].abbreviation;
  const bool letters = std::all_of(admin1.begin(), admin1.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return letters ? admin1 : std::string_view{};
}

std::string_view Regions::country_name(std::string_view code) const {
  const auto found = country_names_.find(code);
  return found == country_names_.end() ? std::string_view{} : found->second;
}

}  // namespace caravan
