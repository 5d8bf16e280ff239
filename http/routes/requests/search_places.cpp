#include "http/routes/requests/search_places.hpp"

#include "http/routes/location/unknown_place.hpp"
#include "http/routes/trips/trip_facts.hpp"

namespace caravan::http {

std::optional<Coordinates> search_point(Call& call, std::string_view field, const std::optional<std::string>& address,
                                        std::optional<double> lat, std::optional<double> lng) {
  if (lat.has_value() != lng.has_value())
    throw Problem{.code = "validation_failed",
                  .errors = {{std::string(field) + (lat ? "Lng" : "Lat"), "required", "a point has both"}}};
  if (lat) return Coordinates{*lat, *lng};
  if (!address) return std::nullopt;
  Place place{*address, {}, {}};
  if (!locate(*places_of(call).geocoder, place))
    throw unknown_place(call, *places_of(call).geocoder, *address, std::string(field));
  return place.at();
}

const ReadModels& read_models_of(Call& call) {
  if (!call.services().read_models) throw Problem{"unavailable", "This server has no read models."};
  return *call.services().read_models;
}

Viewer viewer(Call& call) { return {call.door().now(), call.caller()}; }

}  // namespace caravan::http
