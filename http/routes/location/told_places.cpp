#include "http/routes/location/told_places.hpp"

namespace caravan::http {

FoundPlace told(Call& call, const Geocoder& geocoder, const FoundPlace& place) {
  FoundPlace german = geocoder.told_in(Language::german, place);
  const bool is_same = german.name == place.name && german.understood_as == place.understood_as;
  return is_same || call.language() == Language::english ? place : german;
}

std::vector<FoundPlace> told(Call& call, const Geocoder& geocoder, const std::vector<FoundPlace>& places) {
  std::vector<FoundPlace> out;
  out.reserve(places.size());
  for (const FoundPlace& place : places) out.push_back(told(call, geocoder, place));
  return out;
}

}  // namespace caravan::http
