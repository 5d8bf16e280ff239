#include "http/routes/location/told_places.hpp"

namespace caravan::http {

FoundPlace told(Call& call, const Geocoder& geocoder, const FoundPlace& place) {
  return geocoder.told_in(call.language(), place);
}

std::vector<FoundPlace> told(Call& call, const Geocoder& geocoder, const std::vector<FoundPlace>& places) {
  std::vector<FoundPlace> out;
  out.reserve(places.size());
  for (const FoundPlace& place : places) out.push_back(told(call, geocoder, place));
  return out;
}

}  // namespace caravan::http
