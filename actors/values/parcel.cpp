#include "actors/values/parcel.hpp"

#include <cmath>

namespace caravan {

namespace {

/// "40.75"
std::string hundredths(double degrees) {
  const std::int64_t value = std::llround(std::abs(degrees) * 100);
  const std::string digits = std::to_string(value % 100);
  return (degrees < 0 ? "-" : "") + std::to_string(value / 100) + (digits.size() < 2 ? ".0" : ".") + digits;
}

}  // namespace

Place area_of(const Place& place) {
  const Coordinates middle = area_center(place.at());
  const bool is_named = place.area && !place.area->empty();
  return {is_named ? *place.area : "near " + hundredths(middle.lat) + ", " + hundredths(middle.lng), middle.lat,
          middle.lng, place.area};
}

}  // namespace caravan
