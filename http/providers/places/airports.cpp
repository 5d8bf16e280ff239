#include "http/providers/places/airports.hpp"

#include <algorithm>

#include "http/providers/places/folding.hpp"
#include "http/providers/places/table_lines.hpp"

namespace caravan {

namespace {

void large_first(std::vector<const Airport*>& found) {
  std::stable_sort(found.begin(), found.end(),
                   [](const Airport* a, const Airport* b) { return a->is_large > b->is_large; });
}

}  // namespace

Airports::Airports(std::string text) : text_(std::move(text)) {
  each_line<10>(text_, [&](const std::array<std::string_view, 10>& c) {
    const auto index = static_cast<std::uint32_t>(airports_.size());
    airports_.push_back({c[0], c[2], c[3], c[4], c[5], table_number(c[6]), table_number(c[7]), c[8] == "L"});
    codes_.emplace(fold_name(c[0]), index);
    if (c[1].size() == 4) codes_.emplace(fold_name(c[1]), index);
    each_name(c[9], [&](std::string_view name) { names_.emplace(name, index); });
  });
}

const Airport* Airports::coded(std::string_view code) const {
  const auto found = codes_.find(fold_name(code));
  return found == codes_.end() ? nullptr : &airports_[found->second];
}

std::vector<const Airport*> Airports::named(std::string_view folded) const {
  std::vector<const Airport*> found;
  const auto [first, last] = names_.equal_range(folded);
  for (auto at = first; at != last; ++at) found.push_back(&airports_[at->second]);
  std::sort(found.begin(), found.end());
  large_first(found);
  return found;
}

std::vector<const Airport*> Airports::around(Coordinates point, double meters) const {
  std::vector<std::pair<double, const Airport*>> near;
  for (const Airport& airport : airports_)
    if (const double away = distance_meters(point, airport.at()); away <= meters) near.emplace_back(away, &airport);
  std::sort(near.begin(), near.end());
  std::vector<const Airport*> found;
  for (const auto& [away, airport] : near) found.push_back(airport);
  large_first(found);
  return found;
}

std::vector<const Airport*> Airports::beginning(std::string_view folded) const {
  std::vector<const Airport*> found;
  if (folded.size() < 3) return found;
  if (folded.size() == 3)
    if (const Airport* airport = coded(folded)) found.push_back(airport);
  for (auto at = names_.lower_bound(folded); at != names_.end() && at->first.starts_with(folded); ++at)
    found.push_back(&airports_[at->second]);
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  large_first(found);
  return found;
}

}  // namespace caravan
