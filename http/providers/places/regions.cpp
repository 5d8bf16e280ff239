#include "http/providers/places/regions.hpp"

#include <algorithm>

#include "http/providers/places/folding.hpp"
#include "http/providers/places/table_lines.hpp"

namespace caravan {

Regions::Regions(std::string countries, std::string regions)
    : country_text_(std::move(countries)), region_text_(std::move(regions)) {
  each_line<3>(country_text_, [&](const std::array<std::string_view, 3>& c) {
    country_names_[c[0]] = c[1];
    countries_.emplace(folded_.emplace_back(fold_name(c[0])), c[0]);
  });
  each_line<3>(country_text_, [&](const std::array<std::string_view, 3>& c) {  // after all codes, which win
    each_name(c[2], [&](std::string_view name) { countries_.emplace(name, c[0]); });
  });
  each_line<6>(region_text_, [&](const std::array<std::string_view, 6>& c) {
    const auto index = static_cast<std::uint32_t>(regions_.size());
    regions_.push_back({c[0], c[1], c[2], c[4], c[3] == "x"});
    codes_[{c[0], c[1]}] = index;
    std::string_view abbreviation;
    if (!c[2].empty()) {
      abbreviation = folded_.emplace_back(fold_name(c[2]));
      names_.emplace(abbreviation, index);
    }
    each_name(c[5], [&](std::string_view name) {
      if (name != abbreviation) names_.emplace(name, index);
    });
  });
}

const Region* Regions::find(std::string_view country, std::string_view admin1) const {
  const auto found = codes_.find({country, admin1});
  return found == codes_.end() ? nullptr : &regions_[found->second];
}

std::string_view Regions::country(std::string_view folded) const {
  const auto found = countries_.find(folded);
  return found == countries_.end() ? std::string_view{} : found->second;
}

std::vector<const Region*> Regions::named(std::string_view folded) const {
  std::vector<const Region*> found;
  const auto [first, last] = names_.equal_range(folded);
  for (auto at = first; at != last; ++at) found.push_back(&regions_[at->second]);
  std::sort(found.begin(), found.end());
  return found;
}

std::string_view Regions::abbreviation(std::string_view country, std::string_view admin1) const {
  if (const Region* region = find(country, admin1); region && region->is_abbreviated) return region->abbreviation;
  const bool letters = std::all_of(admin1.begin(), admin1.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
  return letters ? admin1 : std::string_view{};
}

std::string_view Regions::region_name(std::string_view country, std::string_view admin1) const {
  const Region* region = find(country, admin1);
  return region ? region->name : std::string_view{};
}

std::string_view Regions::country_name(std::string_view code) const {
  const auto found = country_names_.find(code);
  return found == country_names_.end() ? std::string_view{} : found->second;
}

}  // namespace caravan
