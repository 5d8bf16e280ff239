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

void name_parcel(std::map<std::string, std::string>& variables, const ParcelName& parcel, const std::string& other) {
  const auto add = [&](const char* name, const std::string& value) {
    if (!value.empty()) variables.emplace(name, value);
  };
  add("deliveryNumber", parcel.delivery_number);
  add("item", parcel.item);
  add("pickup", parcel.pickup);
  add("delivery", parcel.delivery);
  add("other", other);
}

}  // namespace caravan
