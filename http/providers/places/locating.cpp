#include <algorithm>
#include <cmath>

#include "http/providers/places/folding.hpp"
#include "http/providers/places/geocoder.hpp"

namespace caravan {

std::int32_t FoundPlace::uncertainty_meters() const {
  switch (precision) {
    case Precision::address:
      return 250;
    case Precision::airport:
      return 2'000;
    case Precision::postal_code:
      return 5'000;
    case Precision::city:
      return std::clamp(static_cast<std::int32_t>(7 * std::sqrt(static_cast<double>(population))), 5'000, 25'000);
  }
  return 25'000;
}

namespace {

constexpr std::size_t likely = 5;  // of the places that an address may mean: as many as are compared with a point

/// As it was given where each of its words is one of the town's name, in English or German, or the letters of its
/// region or country; else the town and its region. So nothing of a street is left.
std::optional<std::string> area_name(const Geocoder& geocoder, const FoundPlace& found, const std::string& given) {
  if (found.name.empty()) return std::nullopt;
  const std::string known =
      ' ' + fold_name(found.address) + ' ' + fold_name(geocoder.told_in(Language::german, found).address) + ' ';
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
std::optional<std::string> area_around(const Geocoder& geocoder, const std::string& address,
                                       const std::vector<FoundPlace>& meant, Coordinates point) {
  constexpr double near_meters = 50'000;
  if (!meant.empty() && meant[0].is_understood() && distance_meters(meant[0].at(), point) <= near_meters)
    return area_name(geocoder, meant[0], address);
  const std::vector<FoundPlace> nearest = geocoder.reverse(area_center(point), 1);
  return nearest.empty() ? std::nullopt : area_name(geocoder, nearest[0], {});
}

/// How far off the point may be; nothing where no such place is known. `found`: what its address may mean.
template <class Somewhere>
std::optional<std::int32_t> locate_any(const Geocoder& geocoder, Somewhere& place, const std::vector<FoundPlace>& found,
                                       std::optional<FoundPlace>* meant) {
  if (place.lat && place.lng) {
    place.area = area_around(geocoder, place.address, found, {*place.lat, *place.lng});
    return 0;
  }
  if (found.empty() || !found[0].is_understood()) return std::nullopt;
  place.lat = found[0].lat;
  place.lng = found[0].lng;
  place.area = area_name(geocoder, found[0], place.address);
  if (meant) *meant = found[0];
  return found[0].uncertainty_meters();
}

}  // namespace

bool locate(const Geocoder& geocoder, Place& place, std::optional<FoundPlace>* meant) {
  return locate_any(geocoder, place, geocoder.geocode(place.address, {}, likely), meant).has_value();
}

namespace {

/// Metres from the point to where the address may be, whichever of the places that it may mean as exactly is nearest;
/// nothing where it is not known, or so near that the point may be meant by it.
std::optional<std::int32_t> off_address(const std::vector<FoundPlace>& found, const Stop& stop) {
  constexpr double near_enough_meters = 500;
  constexpr double least_confidence = 0.5;  // of what is more than a guess by spelling, or a whole country
  std::optional<double> off;
  for (const FoundPlace& meant : found)
    if (meant.confidence > least_confidence && meant.precision == found[0].precision)
      off = std::min(off.value_or(INFINITY), distance_meters(meant.at(), stop.at()) - meant.uncertainty_meters());
  if (!off || *off <= near_enough_meters) return std::nullopt;
  return static_cast<std::int32_t>(std::lround(*off));
}

}  // namespace

bool locate(const Geocoder& geocoder, Stop& stop, std::optional<FoundPlace>* meant) {
  const std::vector<FoundPlace> found = geocoder.geocode(stop.address, {}, likely);
  stop.off_address_meters = stop.lat && stop.lng ? off_address(found, stop) : std::nullopt;
  const auto uncertainty = locate_any(geocoder, stop, found, meant);
  if (uncertainty) stop.uncertainty_meters = uncertainty;
  return uncertainty.has_value();
}

}  // namespace caravan
