#include "http/routes/location/unknown_place.hpp"

#include <algorithm>

#include "http/routes/location/told_places.hpp"

namespace caravan::http {

namespace {

constexpr std::size_t most_candidates = 5;

Problem unknown_place(const std::vector<FoundPlace>& candidates, const std::string& field) {
  if (candidates.empty()) return {"address_not_found", "No place is called so; give lat and lng.", field};
  Problem problem{"address_not_found", "It is not sure which place is meant; say its region and country.", field};
  for (std::size_t i = 0; i < std::min(candidates.size(), most_candidates); ++i)
    problem.errors.push_back({field, "candidate", candidates[i].understood_as});
  return problem;
}

}  // namespace

Problem unknown_place(Call& call, const Geocoder& geocoder, std::string_view address, const std::string& field) {
  return unknown_place(told(call, geocoder, geocoder.geocode(address, {}, most_candidates)), field);
}

std::vector<FoundPlace> understood(Call& call, const Geocoder& geocoder, std::string_view address,
                                   std::string_view country, std::size_t limit, const std::string& field) {
  std::vector<FoundPlace> found = geocoder.geocode(address, country, std::max(limit, most_candidates));
  if (found.empty() || !found[0].is_understood()) throw unknown_place(told(call, geocoder, found), field);
  if (found.size() > limit) found.resize(limit);
  return found;
}

}  // namespace caravan::http
