#include "http/providers/places/german_names.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <stdexcept>

#include "http/providers/places/folding.hpp"
#include "http/providers/places/table_lines.hpp"

namespace caravan {

GermanNames::GermanNames(std::string text, std::size_t places) : text_(std::move(text)) {
  each_line<2>(text_, [&](const std::array<std::string_view, 2>& c) {
    if (c[0].empty() || c[0][0] < '0' || c[0][0] > '9') {
      elsewhere_[c[0]] = c[1];
      return;
    }
    const auto line = static_cast<std::uint32_t>(table_number(c[0]));
    if (line >= places || (!places_.empty() && places_.back().line >= line))
      throw std::runtime_error("gazetteer: a German name of no place, or out of order");
    places_.push_back({line, c[1]});
  });
}

std::string_view GermanNames::place(std::uint32_t line) const {
  const auto found = std::lower_bound(places_.begin(), places_.end(), line,
                                      [](const Named& named, std::uint32_t wanted) { return named.line < wanted; });
  return found == places_.end() || found->line != line ? std::string_view{} : found->name;
}

std::string_view GermanNames::region(std::string_view country, std::string_view admin1) const {
  return this->country(std::string(country) + '.' + std::string(admin1));
}

std::string_view GermanNames::country(std::string_view code) const {
  const auto found = elsewhere_.find(code);
  return found == elsewhere_.end() ? std::string_view{} : found->second;
}

namespace {

/// The line of the town of that name that is nearest to the point; nothing where none is near. Of a found town it is
/// the one that was found; an airport lies off its town, and so do some postal codes.
std::optional<std::uint32_t> line_of_town(const GazetteerIndex& index, std::string_view name, const FoundPlace& place) {
  double nearest = 60'000;
  std::optional<std::uint32_t> line;
  for (const GazetteerIndex::Named& named : index.named(fold_name(name))) {
    const PlaceRow& row = index.places()[named.place];
    const double away = distance_meters(row.at(), place.at());
    if (row.country != place.country || away >= nearest) continue;
    nearest = away;
    line = named.place;
  }
  return line;
}

/// Puts the German name in the place of the last part between commas that is the English one, behind `head` bytes. The
/// part goes where that is also the name that stands before it: "Konya, Konya".
void replace_part(std::string& text, std::size_t head, std::string_view english, std::string_view german,
                  std::string_view before = {}) {
  if (english.empty() || german.empty()) return;
  const std::string part = ", " + std::string(english);
  const std::size_t at = text.rfind(part);
  if (at == std::string::npos || at < head) return;
  if (const std::size_t end = at + part.size(); end < text.size() && text[end] != ',') return;
  text.replace(at, part.size(), german == before ? std::string() : ", " + std::string(german));
}

}  // namespace

FoundPlace in_german(const PlaceTables& tables, FoundPlace place) {
  const std::size_t head = place.name.size();
  std::string& words = place.understood_as;
  replace_part(words, head, tables.regions.country_name(place.country), tables.german.country(place.country));
  const bool is_airport = place.precision == Precision::airport && place.address.size() > head + 5;
  const Airport* airport = is_airport ? tables.airports.coded(place.address.substr(head + 2, 3)) : nullptr;
  if (is_airport && !airport) return place;
  const auto line = line_of_town(tables.index, airport ? airport->town : place.name, place);
  if (!line) return place;
  const std::string_view town = tables.german.place(*line);
  if (airport) {
    replace_part(words, head, airport->town, town);
    return place;
  }
  const PlaceRow& row = tables.index.places()[*line];
  const std::string_view region = tables.german.region(row.country, row.admin1);
  replace_part(words, head, tables.regions.region_name(row.country, row.admin1), region,
               town.empty() ? std::string_view(place.name) : town);
  if (town.empty()) return place;
  words.replace(0, head, town);
  place.address.replace(0, head, town);
  place.name = town;
  return place;
}

}  // namespace caravan
