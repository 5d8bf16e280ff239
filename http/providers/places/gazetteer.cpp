#include "http/providers/places/gazetteer.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <unordered_map>

#include "http/providers/places/address_text.hpp"
#include "http/providers/places/airports.hpp"
#include "http/providers/places/folding.hpp"
#include "http/providers/places/gazetteer_files.hpp"
#include "http/providers/places/gazetteer_index.hpp"
#include "http/providers/places/german_names.hpp"
#include "http/providers/places/place_search.hpp"
#include "http/providers/places/place_tree.hpp"
#include "http/providers/places/routes.hpp"
#include "storage/text/unicode.hpp"

namespace caravan {

namespace {

constexpr std::size_t most_results = 50;
constexpr double postal_code_reach_meters = 20'000;
constexpr double town_reach_meters = 40'000;          // a code farther from its town than this contradicts it
constexpr double airport_reach_meters = 60'000;       // of the town that it serves
constexpr double guess = 0.6;                         // below what is understood: offered, not taken
constexpr std::int64_t names_airport_below = 50'000;  // inhabitants of a namesake of a large airport

std::vector<Coordinates> coordinates_of(const auto& rows) {
  std::vector<Coordinates> points;
  points.reserve(rows.size());
  for (const auto& row : rows) points.push_back(row.at());
  return points;
}

}  // namespace

struct Gazetteer::Data {
  explicit Data(GazetteerFiles files)
      : regions(std::move(files.countries), std::move(files.regions)),
        airports(std::move(files.airports)),
        index(std::move(files.places), std::move(files.names), std::move(files.postal_codes)),
        german(std::move(files.german), index.places().size()),
        place_tree(coordinates_of(index.places())),
        us_codes(index.postal_codes_beginning("US", "")),
        postal_tree(coordinates_of(us_codes)) {}

  FoundPlace describe(const PlaceRow& row, double confidence) const;
  FoundPlace describe(const PostalCodeRow& row, double confidence) const;
  FoundPlace describe(const Airport& airport, double confidence) const;
  std::vector<FoundPlace> towns(const AddressText& text, std::string_view country) const;
  std::vector<FoundPlace> airports_of(const AddressText& text, std::string_view country,
                                      const std::vector<FoundPlace>& towns) const;
  void add_postal_codes(const AddressText& text, std::string_view country, std::vector<FoundPlace>& found) const;
  std::vector<FoundPlace> codes_alone(const AddressText& text, std::string_view country) const;
  std::vector<FoundPlace> largest_in(const std::vector<PlaceBounds>& bounds) const;

  Regions regions;
  Airports airports;
  GazetteerIndex index;
  GermanNames german;
  PlaceTree place_tree;
  std::span<const PostalCodeRow> us_codes;
  PlaceTree postal_tree;
};

namespace {

void join_names(std::string& text, std::string_view more) {
  if (!more.empty()) text += (text.empty() ? "" : ", ") + std::string(more);
}

}  // namespace

FoundPlace Gazetteer::Data::describe(const PlaceRow& row, double confidence) const {
  FoundPlace place;
  place.name = row.name;
  place.region = regions.abbreviation(row.country, row.admin1);
  place.country = row.country;
  place.address = place.name;
  join_names(place.address, place.region);
  join_names(place.address, place.country);
  place.understood_as = place.name;
  if (const std::string_view region = regions.region_name(row.country, row.admin1); region != place.name)
    join_names(place.understood_as, region);
  join_names(place.understood_as, regions.country_name(row.country));
  place.lat = row.at().lat;
  place.lng = row.at().lng;
  place.precision = Precision::city;
  place.confidence = confidence;
  place.population = row.population;
  return place;
}

FoundPlace Gazetteer::Data::describe(const PostalCodeRow& row, double confidence) const {
  FoundPlace place;
  place.name = row.city;
  place.region = regions.abbreviation(row.country, row.admin1);
  place.country = row.country;
  place.postal_code = std::string(row.code);
  place.address = place.name;
  join_names(place.address, place.region);
  place.address += (place.region.empty() ? ", " : " ") + *place.postal_code + ", " + place.country;
  place.understood_as = place.name + ' ' + *place.postal_code;
  join_names(place.understood_as, regions.region_name(row.country, row.admin1));
  join_names(place.understood_as, regions.country_name(row.country));
  place.lat = row.at().lat;
  place.lng = row.at().lng;
  place.precision = row.is_town ? Precision::city : Precision::postal_code;
  place.confidence = confidence;
  return place;
}

FoundPlace Gazetteer::Data::describe(const Airport& airport, double confidence) const {
  FoundPlace place;
  place.name = airport.name;
  place.region = regions.abbreviation(airport.country, airport.admin1);
  place.country = airport.country;
  place.address = place.name + " (" + std::string(airport.iata) + ")";
  place.understood_as = place.address;
  join_names(place.address, place.region);
  join_names(place.address, place.country);
  join_names(place.understood_as, airport.town);
  join_names(place.understood_as, regions.country_name(airport.country));
  place.lat = airport.at().lat;
  place.lng = airport.at().lng;
  place.precision = Precision::airport;
  place.confidence = confidence;
  return place;
}

/// The largest towns of a country or region, as candidates: its name alone says not where.
std::vector<FoundPlace> Gazetteer::Data::largest_in(const std::vector<PlaceBounds>& bounds) const {
  constexpr std::size_t most = 5;
  std::vector<std::uint32_t> places;
  for (std::uint32_t i = 0; i < index.places().size(); ++i)
    if (bounds[0].hold(index.places()[i])) places.push_back(i);
  const auto end = places.begin() + static_cast<std::ptrdiff_t>(std::min(most, places.size()));
  std::partial_sort(places.begin(), end, places.end(), [&](std::uint32_t a, std::uint32_t b) {
    const std::int64_t wa = index.places()[a].weight(), wb = index.places()[b].weight();
    return wa != wb ? wa > wb : a < b;
  });
  std::vector<FoundPlace> found;
  for (auto at = places.begin(); at != end; ++at) found.push_back(describe(index.places()[*at], 0.3));
  return found;
}

std::vector<FoundPlace> Gazetteer::Data::towns(const AddressText& text, std::string_view country) const {
  std::vector<FoundPlace> found;
  const std::vector<PlaceBounds> bare = bare_bounds(regions, text);
  const std::vector<PlaceHit> hits = search_places(regions, index, text, country);
  for (const PlaceHit& hit : hits) found.push_back(describe(index.places()[hit.place], hit.trust));
  if (bare.empty()) return found;
  const bool is_its_city = !hits.empty() && std::any_of(bare.begin(), bare.end(), [&](const PlaceBounds& bounds) {
    return !bounds.admin1.empty() && bounds.hold(index.places()[hits[0].place]) && found[0].population >= 20'000;
  });
  const bool is_country =
      std::any_of(bare.begin(), bare.end(), [](const PlaceBounds& bounds) { return bounds.admin1.empty(); });
  if (is_its_city && !is_country) return found;
  for (FoundPlace& place : found) place.confidence = std::min(place.confidence, 0.5);
  if (found.empty()) found = largest_in(bare);
  return found;
}

/// Codes that stand beside no town that is known.
std::vector<FoundPlace> Gazetteer::Data::codes_alone(const AddressText& text, std::string_view country) const {
  std::vector<FoundPlace> found;
  std::string_view said = country;
  if (said.empty() && !text.parts.empty()) {
    const AddressPart& end = text.parts.back();
    for (std::size_t from = 0; from < end.size() && said.empty(); ++from)
      said = regions.country(joined(end, from, end.size()));
    if (said.empty())
      for (const Region* region : regions.named(joined(end, 0, end.size())))
        if (region->is_abbreviated) said = region->country;
  }
  for (const PostalGuess& postal : text.postal_codes) {
    if (postal.may_be_house_number && !text.parts.empty() && said.empty()) continue;
    for (std::size_t at = 0; at < postal.countries.size(); at += 3) {
      const std::string_view code = postal.countries.substr(at, 2);
      if (!said.empty() && code != said) continue;
      if (const PostalCodeRow* row = index.postal_code(code, postal.code))
        found.push_back(describe(*row, said.empty() ? 0.8 : 0.9));
    }
    if (!found.empty()) break;
  }
  const bool is_short = !text.postal_codes.empty() && text.postal_codes[0].code.size() < 5 && said.empty() &&
                        text.postal_codes[0].countries.size() > 2;
  const bool unexplained = said.empty() && !text.parts.empty();
  if (found.size() > 1 || is_short || unexplained)
    for (FoundPlace& place : found) place.confidence = guess;
  return found;
}

/// A code tells which of several namesakes is meant, and where in a town; one that lies elsewhere makes a guess of
/// both.
void Gazetteer::Data::add_postal_codes(const AddressText& text, std::string_view country,
                                       std::vector<FoundPlace>& found) const {
  if (found.empty()) {
    found = codes_alone(text, country);
    return;
  }
  for (const PostalGuess& postal : text.postal_codes) {
    for (std::size_t i = 0; i < std::min<std::size_t>(found.size(), 10); ++i) {
      if (postal.countries.find(found[i].country) == std::string_view::npos) continue;
      const PostalCodeRow* row = index.postal_code(found[i].country, postal.code);
      if (!row) continue;
      const double away = distance_meters(row->at(), found[i].at());
      if (away > town_reach_meters) {
        const bool contradicts =
            i == 0 && away > 2 * town_reach_meters && !postal.may_be_house_number && found[0].country != "IN";
        if (contradicts && !row->is_town) {
          found[0].confidence = std::min(found[0].confidence, guess);
          found.push_back(describe(*row, guess));
          break;
        }
        continue;
      }
      if (i > 0 && found[0].confidence >= least_understood) break;
      FoundPlace named = found[i];
      named.confidence = std::max(named.confidence, i > 0 || named.confidence < least_understood ? 0.85 : 0.97);
      named.postal_code = postal.code;
      if (!row->is_town) named = describe(*row, named.confidence);
      found.erase(found.begin() + static_cast<std::ptrdiff_t>(i));
      if (i > 0) found[0].confidence = std::min(found[0].confidence, guess);
      found.insert(found.begin(), std::move(named));
      return;
    }
  }
}

namespace {

/// The airports that a part names: its longest run of words that is a name.
std::vector<const Airport*> named_in(const Airports& airports, const AddressPart& part) {
  for (std::size_t count = part.size(); count > 0; --count)
    for (std::size_t from = 0; from + count <= part.size(); ++from) {
      if (count == 1 && part[from].folded.size() == 3 && (part[from].is_short_code || part.size() == 1))
        if (const Airport* airport = airports.coded(part[from].folded)) return {airport};
      if (auto found = airports.named(joined(part, from, from + count)); !found.empty()) return found;
    }
  return {};
}

}  // namespace

std::vector<FoundPlace> Gazetteer::Data::airports_of(const AddressText& text, std::string_view country,
                                                     const std::vector<FoundPlace>& towns) const {
  const bool has_town = !towns.empty() && towns[0].confidence >= least_understood;
  const auto known = [&](const Airport& airport) { return country.empty() || airport.country == country; };
  if (!text.airport_code.empty()) {
    const Airport* airport = airports.coded(text.airport_code);
    if (!airport || !known(*airport)) return {};
    // "USA" is a country first, and no small airport's code.
    if (text.is_code_alone && !airport->is_large && !regions.country(fold_name(text.airport_code)).empty()) return {};
    const bool is_elsewhere =
        !towns.empty() && distance_meters(towns[0].at(), airport->at()) > 2 * airport_reach_meters;
    if (!text.is_code_alone) return {describe(*airport, has_town && is_elsewhere ? guess : 0.97)};
    const std::int64_t people = towns.empty() ? 0 : towns[0].population;
    if (!text.is_code_typed_large)
      return people >= 3'000 ? std::vector<FoundPlace>{} : std::vector{describe(*airport, 0.85)};
    return {describe(*airport, is_elsewhere && has_town && people >= 100'000 ? guess : 0.95)};
  }
  std::vector<const Airport*> found;
  if (text.says_airport || (text.parts.size() == 1 && (!has_town || towns[0].population < names_airport_below)))
    for (const AddressPart& part : text.parts) {
      found = text.says_airport ? named_in(airports, part) : airports.named(joined(part, 0, part.size()));
      std::erase_if(found, [&](const Airport* a) { return !known(*a) || (!text.says_airport && !a->is_large); });
      if (found.size() > 1 && has_town)
        std::erase_if(found, [&](const Airport* a) { return a->country != towns[0].country; });
      if (!found.empty()) break;
    }
  const bool is_named = !found.empty();
  if (!is_named && text.says_airport && has_town) {
    found = airports.around(towns[0].at(), airport_reach_meters);
    std::stable_sort(found.begin(), found.end(), [&](const Airport* a, const Airport* b) {
      return (a->town == towns[0].name) > (b->town == towns[0].name);
    });
    if (found.size() > 1 && found[0]->town == towns[0].name && found[1]->town != towns[0].name) found.resize(1);
  }
  if (found.empty()) return {};
  const bool is_one = found.size() == 1 || (found[0]->is_large && !found[1]->is_large);
  std::vector<FoundPlace> places;
  for (const Airport* airport : found) places.push_back(describe(*airport, guess));
  if (is_one) places[0].confidence = is_named ? 0.9 : 0.85;
  return places;
}

Gazetteer::Gazetteer() : data_(std::make_unique<const Data>(gazetteer_files())) {}
Gazetteer::~Gazetteer() = default;

std::vector<FoundPlace> Gazetteer::geocode(std::string_view address, std::string_view country,
                                           std::size_t limit) const {
  const AddressText text = take_apart(address);
  std::vector<FoundPlace> found = data_->towns(text, country);
  std::vector<FoundPlace> airports = data_->airports_of(text, country, found);
  if (airports.empty()) {
    data_->add_postal_codes(text, country, found);
    if (text.says_airport)
      for (FoundPlace& place : found) place.confidence = std::min(place.confidence, guess);
  } else {
    for (FoundPlace& place : found) place.confidence = std::min(place.confidence, guess);
    found.insert(found.begin(), airports.begin(), airports.end());
  }
  if (const std::size_t most = std::min(limit, most_results); found.size() > most) found.resize(most);
  return found;
}

std::vector<FoundPlace> Gazetteer::reverse(Coordinates point, std::size_t limit) const {
  std::vector<FoundPlace> found;
  for (const std::uint32_t index : data_->place_tree.nearest(point, std::min(limit, most_results))) {
    const PlaceRow& row = data_->index.places()[index];
    FoundPlace place = data_->describe(row, 1);
    place.distance_meters = geodesic_meters(point, place.at());
    if (place.country == "US")
      for (const std::uint32_t code : data_->postal_tree.nearest(found.empty() ? point : place.at(), 1))
        if (const PostalCodeRow& postal = data_->us_codes[code];
            postal.admin1 == row.admin1 && geodesic_meters(place.at(), postal.at()) <= postal_code_reach_meters) {
          place.postal_code = std::string(postal.code);
          place.address = place.name + ", " + place.region + ' ' + *place.postal_code + ", US";
        }
    found.push_back(std::move(place));
  }
  return found;
}

FoundPlace Gazetteer::told_in(Language language, FoundPlace place) const {
  if (language != Language::german) return place;
  return in_german({data_->regions, data_->airports, data_->index, data_->german}, std::move(place));
}

namespace {

std::string with_umlauts_spelt_out(std::string_view text) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 10> letters{{{"ä", "ae"},
                                                                                   {"ö", "oe"},
                                                                                   {"ü", "ue"},
                                                                                   {"ø", "oe"},
                                                                                   {"å", "aa"},
                                                                                   {"Ä", "Ae"},
                                                                                   {"Ö", "Oe"},
                                                                                   {"Ü", "Ue"},
                                                                                   {"Ø", "Oe"},
                                                                                   {"Å", "Aa"}}};
  std::string out = unicode::nfc(text);
  for (const auto& [letter, spelt] : letters)
    for (std::size_t at = out.find(letter); at != std::string::npos; at = out.find(letter))
      out.replace(at, letter.size(), spelt);
  return out;
}

}  // namespace

std::vector<FoundPlace> Gazetteer::autocomplete(std::string_view prefix, std::string_view country,
                                                std::size_t limit) const {
  limit = std::min(limit, most_results);
  const std::string city = fold_name(prefix.substr(0, prefix.find(',')));
  const std::string bounds =
      prefix.find(',') == std::string_view::npos ? std::string() : fold_name(prefix.substr(prefix.find(',') + 1));
  std::vector<FoundPlace> found;
  if (city.empty()) return found;
  const bool digits = std::all_of(city.begin(), city.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (digits && city.size() <= 5 && (country.empty() || country == "US")) {
    for (const PostalCodeRow& row : data_->index.postal_codes_beginning("US", city))
      if (found.size() < limit) found.push_back(data_->describe(row, 1));
    return found;
  }
  struct Ranked {
    double weight;
    FoundPlace place;
  };
  std::vector<Ranked> ranked;
  const std::string spelt_out = fold_name(with_umlauts_spelt_out(prefix.substr(0, prefix.find(','))));
  std::unordered_map<std::uint32_t, double> weights;  // by place, of its best name
  const auto weigh = [&](std::string_view beginning, double times) {
    for (const auto& [place, is_other] : data_->index.beginning(beginning)) {
      const auto weight = static_cast<double>(data_->index.places()[place].weight());
      double& known = weights[place];
      known = std::max(known, weight * times / (is_other ? 3 : 1));
    }
  };
  weigh(city, 1);
  if (spelt_out != city) weigh(spelt_out, 100);  // who types an umlaut means a name that has it
  std::map<std::pair<std::string_view, std::string_view>, bool> known_bounds;  // by country and region: folded once
  const auto is_bounded = [&](std::string_view in, std::string_view admin1) {
    if (!country.empty() && country != in) return false;
    if (bounds.empty()) return true;
    const auto [known, is_new] = known_bounds.try_emplace({in, admin1}, false);
    if (is_new)
      known->second = fold_name(data_->regions.abbreviation(in, admin1)).starts_with(bounds) ||
                      fold_name(data_->regions.region_name(in, admin1)).starts_with(bounds) ||
                      fold_name(in).starts_with(bounds) ||
                      fold_name(data_->regions.country_name(in)).starts_with(bounds) ||
                      fold_name(data_->german.region(in, admin1)).starts_with(bounds) ||
                      fold_name(data_->german.country(in)).starts_with(bounds);
    return known->second;
  };
  for (const Airport* airport : data_->airports.beginning(city))
    if ((airport->is_large || city.size() == 3) && is_bounded(airport->country, airport->admin1))
      // No airport's letters bear an umlaut.
      ranked.push_back(
          {fold_name(airport->iata) == city && spelt_out == city ? 1e9 : 3e5, data_->describe(*airport, 1)});
  std::vector<std::pair<double, std::uint32_t>> best;
  for (const auto& [place, weight] : weights) {
    const PlaceRow& row = data_->index.places()[place];
    if (is_bounded(row.country, row.admin1)) best.emplace_back(weight, place);
  }
  const std::size_t count = std::min(limit, best.size());
  std::partial_sort(
      best.begin(), best.begin() + static_cast<std::ptrdiff_t>(count), best.end(),
      [](const auto& a, const auto& b) { return a.first != b.first ? a.first > b.first : a.second < b.second; });
  best.resize(count);
  for (const auto& [weight, place] : best) ranked.push_back({weight, data_->describe(data_->index.places()[place], 1)});
  std::stable_sort(ranked.begin(), ranked.end(), [](const Ranked& a, const Ranked& b) { return a.weight > b.weight; });
  for (Ranked& each : ranked)
    if (found.size() < limit) found.push_back(std::move(each.place));
  return found;
}

}  // namespace caravan
