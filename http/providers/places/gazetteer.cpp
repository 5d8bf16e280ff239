#include "http/providers/places/gazetteer.hpp"

#include <algorithm>
#include <cmath>
#include <set>

#include "http/providers/places/address_reading.hpp"
#include "http/providers/places/folding.hpp"
#include "http/providers/places/gazetteer_files.hpp"
#include "http/providers/places/gazetteer_index.hpp"
#include "http/providers/places/place_tree.hpp"
#include "http/providers/places/routes.hpp"

namespace caravan {

namespace {

constexpr std::size_t most_results = 50;
constexpr std::size_t most_scanned = 20'000;     // names with one beginning
constexpr std::size_t least_beginning = 4;       // letters that complete to a name in an address
constexpr std::int64_t completes_from = 15'000;  // inhabitants of a place that an address may abbreviate
constexpr double least_corrected = 0.85;         // trust of a reading whose city may be misspelt
constexpr double postal_code_reach_meters = 20'000;

std::vector<Coordinates> coordinates_of(const auto& rows) {
  std::vector<Coordinates> points;
  points.reserve(rows.size());
  for (const auto& row : rows) points.push_back(row.at());
  return points;
}

struct Hit {
  std::uint32_t place;
  double confidence;
};

}  // namespace

struct Gazetteer::Data {
  explicit Data(GazetteerFiles files)
      : regions(files.countries, files.regions),
        index(std::move(files.places), std::move(files.postal_codes)),
        place_tree(coordinates_of(index.places())),
        postal_tree(coordinates_of(index.postal_codes())) {}

  FoundPlace describe(const PlaceRow& row, double confidence) const;
  FoundPlace describe(const PostalCodeRow& row, double confidence) const;
  bool agrees(const PostalCodeRow& code, const ReadAddress& read) const;
  bool in_bounds(std::uint32_t place, std::string_view country, std::string_view admin1) const;
  void by_weight(std::vector<std::uint32_t>& places) const;
  std::vector<Hit> exact(const ReadAddress& read, double least_trust) const;
  std::vector<Hit> completed(const ReadAddress& read) const;
  std::vector<Hit> corrected(const ReadAddress& read, bool bounded) const;
  std::vector<Hit> search(const ReadAddress& read) const;

  Regions regions;
  GazetteerIndex index;
  PlaceTree place_tree;
  PlaceTree postal_tree;
};

FoundPlace Gazetteer::Data::describe(const PlaceRow& row, double confidence) const {
  FoundPlace place;
  place.name = row.name;
  place.region = regions.abbreviation(row.country, row.admin1);
  place.country = row.country;
  place.address = place.name + (place.region.empty() ? "" : ", " + place.region) + ", " + place.country;
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
  place.region = row.state;
  place.country = "US";
  place.postal_code = std::string(row.code);
  place.address = place.name + ", " + place.region + ' ' + *place.postal_code + ", US";
  place.lat = row.at().lat;
  place.lng = row.at().lng;
  place.precision = Precision::postal_code;
  place.confidence = confidence;
  return place;
}

/// True where nothing else in the address says that the code lies elsewhere.
bool Gazetteer::Data::agrees(const PostalCodeRow& code, const ReadAddress& read) const {
  if (read.readings.empty()) return true;
  const std::string city = fold_name(code.city);
  return std::any_of(read.readings.begin(), read.readings.end(), [&](const AddressReading& reading) {
    if (!reading.country.empty() && reading.country != "US" && reading.country != code.state) return false;
    return reading.admin1.empty() ? reading.city == city || reading.country == code.state
                                  : reading.admin1 == code.state;
  });
}

bool Gazetteer::Data::in_bounds(std::uint32_t place, std::string_view country, std::string_view admin1) const {
  const PlaceRow& row = index.places()[place];
  return (country.empty() || row.country == country) && (admin1.empty() || row.admin1 == admin1);
}

void Gazetteer::Data::by_weight(std::vector<std::uint32_t>& places) const {
  std::sort(places.begin(), places.end(), [&](std::uint32_t a, std::uint32_t b) {
    const std::int64_t wa = index.places()[a].weight(), wb = index.places()[b].weight();
    return wa != wb ? wa > wb : a < b;
  });
  places.erase(std::unique(places.begin(), places.end()), places.end());
}

std::vector<Hit> Gazetteer::Data::exact(const ReadAddress& read, double least_trust) const {
  std::vector<Hit> hits;
  double trust = 0;  // of the first reading that finds something; less trusted ones then add nothing
  for (const AddressReading& reading : read.readings) {
    if (reading.trust < std::max(trust, least_trust)) continue;
    std::vector<std::uint32_t> places = index.named(reading.city);
    std::erase_if(places, [&](std::uint32_t place) { return !in_bounds(place, reading.country, reading.admin1); });
    if (places.empty()) continue;
    by_weight(places);
    const std::int64_t first = index.places()[places[0]].weight();
    const std::int64_t second = places.size() > 1 ? index.places()[places[1]].weight() : 0;
    // Less sure where a namesake has more than a third of its weight.
    const double sure = second * 3 > first ? 0.8 : 1.0;
    // "London, CA": a village in California does not outrank a city of Canada's.
    const std::int64_t before = hits.empty() ? 0 : index.places()[hits[0].place].weight();
    const bool outranks = !hits.empty() && before < 2'000 && first > 100 * std::max<std::int64_t>(before, 1'000);
    std::vector<Hit> found;
    for (std::size_t i = 0; i < places.size(); ++i)
      found.push_back({places[i], reading.trust * (i == 0 && !(outranks || !hits.empty()) ? sure : 0.8)});
    hits.insert(outranks ? hits.begin() : hits.end(), found.begin(), found.end());
    trust = std::max(trust, reading.trust);
  }
  return hits;
}

std::vector<Hit> Gazetteer::Data::completed(const ReadAddress& read) const {
  for (const AddressReading& reading : read.readings) {
    if (reading.city.size() < least_beginning || reading.trust < is_trusted) continue;
    std::vector<std::uint32_t> places = index.beginning(reading.city, most_scanned);
    std::erase_if(places, [&](std::uint32_t place) {
      return !in_bounds(place, reading.country, reading.admin1) || index.places()[place].weight() < completes_from;
    });
    if (places.empty()) continue;
    by_weight(places);
    std::vector<Hit> hits;
    for (const std::uint32_t place : places) hits.push_back({place, 0.7 * reading.trust});
    return hits;
  }
  return {};
}

std::vector<Hit> Gazetteer::Data::corrected(const ReadAddress& read, bool bounded) const {
  for (const AddressReading& reading : read.readings) {
    if (reading.city.size() < least_beginning || reading.trust < least_corrected) continue;
    if (bounded && reading.country.empty()) continue;
    double least = !reading.admin1.empty() ? 0.74 : !reading.country.empty() ? 0.78 : 0.82;
    // Where other words of the address are unknown too, a misspelt city is unlikely.
    if (reading.trust < is_trusted) least = 0.92;
    std::vector<GazetteerIndex::Similar> found =
        index.similar(reading.city, reading.country, reading.admin1, least, most_results);
    if (found.empty()) continue;
    // Rather a large place than a village that is one letter nearer: people mean the large one more often.
    const auto rank = [&](const GazetteerIndex::Similar& s) {
      return s.likeness + 0.02 * std::log10(1.0 + static_cast<double>(index.places()[s.place].weight()));
    };
    std::stable_sort(found.begin(), found.end(), [&](const auto& a, const auto& b) { return rank(a) > rank(b); });
    std::vector<Hit> hits;
    for (const auto& similar : found) hits.push_back({similar.place, 0.8 * similar.likeness * reading.trust});
    return hits;
  }
  return {};
}

/// Exact names first, then names that the address abbreviates or misspells.
std::vector<Hit> Gazetteer::Data::search(const ReadAddress& read) const {
  std::vector<Hit> hits = exact(read, is_trusted);
  // Before looser readings: "Los Angelos, California" is a misspelt city, not the town of California in Maryland.
  if (hits.empty()) hits = corrected(read, true);
  if (hits.empty()) hits = exact(read, 0);
  if (hits.empty()) hits = completed(read);
  if (hits.empty()) hits = corrected(read, false);
  return hits;
}

Gazetteer::Gazetteer() : data_(std::make_unique<const Data>(gazetteer_files())) {}
Gazetteer::~Gazetteer() = default;

std::vector<FoundPlace> Gazetteer::geocode(std::string_view address, std::string_view country,
                                           std::size_t limit) const {
  limit = std::min(limit, most_results);
  const ReadAddress read = read_address(data_->regions, address, country);
  std::vector<FoundPlace> found, doubtful;
  if (country.empty() || country == "US")
    for (const std::string& code : read.postal_codes)
      if (const PostalCodeRow* row = data_->index.postal_code(code)) {
        const bool agrees = data_->agrees(*row, read);
        (agrees ? found : doubtful).push_back(data_->describe(*row, agrees ? 1.0 : 0.5));
      }
  const std::vector<Hit> hits = found.empty() ? data_->search(read) : data_->exact(read, is_trusted);
  std::set<std::uint32_t> seen;
  for (const Hit& hit : hits)
    if (found.size() < limit && seen.insert(hit.place).second)
      found.push_back(data_->describe(data_->index.places()[hit.place], hit.confidence));
  found.insert(found.end(), doubtful.begin(), doubtful.end());
  if (found.size() > limit) found.resize(limit);
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
        if (const PostalCodeRow& postal = data_->index.postal_codes()[code];
            postal.state == row.admin1 && geodesic_meters(place.at(), postal.at()) <= postal_code_reach_meters) {
          place.postal_code = std::string(postal.code);
          place.address = place.name + ", " + place.region + ' ' + *place.postal_code + ", US";
        }
    found.push_back(std::move(place));
  }
  return found;
}

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
    const auto& codes = data_->index.postal_codes();
    auto at = std::lower_bound(codes.begin(), codes.end(), std::string_view(city),
                               [](const PostalCodeRow& row, std::string_view wanted) { return row.code < wanted; });
    for (; at != codes.end() && at->code.starts_with(city) && found.size() < limit; ++at)
      found.push_back(data_->describe(*at, 1));
    return found;
  }
  std::vector<std::uint32_t> places = data_->index.beginning(city, most_scanned);
  std::erase_if(places, [&](std::uint32_t place) {
    if (!data_->in_bounds(place, country, {})) return true;
    if (bounds.empty()) return false;
    const PlaceRow& row = data_->index.places()[place];
    return !fold_name(data_->regions.abbreviation(row.country, row.admin1)).starts_with(bounds) &&
           !fold_name(row.country).starts_with(bounds) &&
           !fold_name(data_->regions.country_name(row.country)).starts_with(bounds);
  });
  data_->by_weight(places);
  for (const std::uint32_t place : places) {
    if (found.size() >= limit) break;
    found.push_back(data_->describe(data_->index.places()[place], 1));
  }
  return found;
}

std::int32_t FoundPlace::uncertainty_meters() const {
  switch (precision) {
    case Precision::address:
      return 250;
    case Precision::postal_code:
      return 5'000;
    case Precision::city:
      return std::clamp(static_cast<std::int32_t>(7 * std::sqrt(static_cast<double>(population))), 5'000, 25'000);
  }
  return 25'000;
}

namespace {

/// As it was given where each of its words is one of the town's, its region's or its country's; else the town and its
/// region. So nothing of a street is left.
std::optional<std::string> area_name(const FoundPlace& found, const std::string& given) {
  if (found.name.empty()) return std::nullopt;
  const std::string known = ' ' + fold_name(found.address) + ' ';
  std::string rest = fold_name(given) + ' ';
  bool is_plain = rest.size() > 1;
  while (is_plain && !rest.empty()) {
    const std::size_t end = rest.find(' ') + 1;
    is_plain = known.find(' ' + rest.substr(0, end)) != std::string::npos;
    rest.erase(0, end);
  }
  if (is_plain) return given;
  return found.name + ", " + (found.region.empty() ? found.country : found.region);
}

/// What an address means, where that is near the point that people gave; else the place nearest to the point's area.
std::optional<std::string> area_around(const Geocoder& geocoder, const std::string& address, Coordinates point) {
  constexpr double near_meters = 50'000;
  const std::vector<FoundPlace> meant = geocoder.geocode(address, {}, 1);
  if (!meant.empty() && distance_meters(meant[0].at(), point) <= near_meters) return area_name(meant[0], address);
  const std::vector<FoundPlace> nearest = geocoder.reverse(area_center(point), 1);
  return nearest.empty() ? std::nullopt : area_name(nearest[0], {});
}

/// How far off the point may be; nothing where no such place is known.
template <class Somewhere>
std::optional<std::int32_t> locate_any(const Geocoder& geocoder, Somewhere& place) {
  if (place.lat && place.lng) {
    place.area = area_around(geocoder, place.address, {*place.lat, *place.lng});
    return 0;
  }
  const std::vector<FoundPlace> found = geocoder.geocode(place.address, {}, 1);
  if (found.empty()) return std::nullopt;
  place.lat = found[0].lat;
  place.lng = found[0].lng;
  place.area = area_name(found[0], place.address);
  return found[0].uncertainty_meters();
}

}  // namespace

bool locate(const Geocoder& geocoder, Place& place) { return locate_any(geocoder, place).has_value(); }

bool locate(const Geocoder& geocoder, Stop& stop) {
  const auto uncertainty = locate_any(geocoder, stop);
  if (uncertainty) stop.uncertainty_meters = uncertainty;
  return uncertainty.has_value();
}

}  // namespace caravan
