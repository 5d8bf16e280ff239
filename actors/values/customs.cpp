#include "actors/values/customs.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace caravan {

namespace {

/// Countries between which goods pass without a declaration. A country that stands in none is one by itself.
struct CustomsTerritory {
  std::string_view source;
  std::string_view countries;  // each between two bars
};

constexpr auto territories = std::to_array<CustomsTerritory>({
    // With Monaco. What lies outside its tax territory (Directive 2006/112/EC, article 6) is declared too: Åland and
    // the overseas departments have country codes of their own, and do not stand here.
    {"Union Customs Code: Regulation (EU) No 952/2013, article 4",
     "|AT|BE|BG|CY|CZ|DE|DK|EE|ES|FI|FR|GR|HR|HU|IE|IT|LT|LU|LV|MC|MT|NL|PL|PT|RO|SE|SI|SK|"},
    {"Customs Treaty between Switzerland and Liechtenstein of 1923", "|CH|LI|"},
    {"United Kingdom and Crown Dependencies customs arrangements of 2018", "|GB|GG|IM|JE|"},
    {"Harmonized Tariff Schedule of the United States, general note 2", "|PR|US|"},
    {"Treaty on the Eurasian Economic Union, article 25", "|AM|BY|KG|KZ|RU|"},
});
constexpr std::size_t european = 0, swiss = 1, british = 2;
constexpr std::uint32_t bit_of(std::size_t territory) { return 1U << territory; }

/// A part of a country that is not where the rest of it is.
struct ApartFromCountry {
  std::string_view country;
  std::string_view region;  // empty: any
  std::string_view town;    // empty: any
  double south_of;          // degrees of latitude
  std::uint32_t in;         // territories; 0: in none but its own
};

constexpr double anywhere = 91;
constexpr auto parts = std::to_array<ApartFromCountry>({
    {"ES", "", "", 30, 0},                                            // Canary Islands: in no tax territory
    {"ES", "CE", "", anywhere, 0},                                    // Ceuta
    {"ES", "ML", "", anywhere, 0},                                    // Melilla
    {"DE", "", "Helgoland", anywhere, 0},                             //
    {"DE", "", "Büsingen", anywhere, bit_of(swiss)},                  // treaty with Switzerland of 1964
    {"IT", "", "Livigno", anywhere, 0},                               //
    {"IT", "", "Campione", anywhere, 0},                              // in no tax territory
    {"GB", "NIR", "", anywhere, bit_of(british) | bit_of(european)},  // Windsor Framework: goods pass to both
});

const ApartFromCountry* part_of(const CustomsPlace& place) {
  const auto found = std::ranges::find_if(parts, [&](const ApartFromCountry& part) {
    return part.country == place.country && (part.region.empty() || part.region == place.region) &&
           (part.town.empty() || part.town == place.town) && place.at.lat < part.south_of;
  });
  return found == parts.end() ? nullptr : &*found;
}

/// A bit for each territory.
std::uint32_t territories_of(const CustomsPlace& place, const ApartFromCountry* part) {
  if (part) return part->in;
  const std::string barred = '|' + std::string(place.country) + '|';
  std::uint32_t out = 0;
  for (std::size_t i = 0; i < territories.size(); ++i)
    if (territories[i].countries.find(barred) != std::string_view::npos) out |= bit_of(i);
  return out;
}

}  // namespace

bool is_customs_border(const CustomsPlace& one, const CustomsPlace& other) {
  if (one.country.empty() || other.country.empty()) return false;
  const ApartFromCountry *part = part_of(one), *other_part = part_of(other);
  if (one.country == other.country && part == other_part) return false;
  return (territories_of(one, part) & territories_of(other, other_part)) == 0;
}

}  // namespace caravan
