#include "http/providers/places/places.hpp"

#include "http/providers/places/gazetteer.hpp"
#include "http/providers/places/provider_chain.hpp"
#include "http/providers/places/web_providers.hpp"

namespace caravan {

Places embedded_places(const PlaceProviders& providers, PricingRules rules) {
  Places places{std::make_unique<Gazetteer>(), std::make_unique<EmbeddedRoutes>(), std::make_unique<NoForecast>(),
                std::make_unique<PriceEngine>(std::move(rules))};
  if (!providers.routes_url.empty()) {
    auto routes = std::make_unique<ChainedRoutes>(osrm_routes({.url = providers.routes_url}), std::move(places.routes));
    places.breakers.push_back(&routes->breaker());
    places.routes = std::move(routes);
  }
  if (!providers.weather_url.empty()) {
    auto weather = std::make_unique<GuardedForecast>(open_meteo_forecast({.url = providers.weather_url}));
    places.breakers.push_back(&weather->breaker());
    places.weather = std::move(weather);
  }
  return places;
}

}  // namespace caravan
