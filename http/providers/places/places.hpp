#pragma once

#include <memory>

#include "http/matching/matcher.hpp"
#include "http/matching/pricing.hpp"
#include "http/providers/places/geocoder.hpp"
#include "http/providers/places/routes.hpp"
#include "http/providers/places/weather.hpp"

namespace caravan {

namespace http {
class CircuitBreaker;
}

/// What the edge knows of the world outside; Services points at its parts. All of it is thread-safe.
struct Places {
  std::unique_ptr<Geocoder> geocoder;
  std::unique_ptr<RoutePlanner> routes;
  std::unique_ptr<WeatherForecast> weather;
  std::unique_ptr<PriceEngine> pricing;
  std::vector<const http::CircuitBreaker*> breakers = {};  // of the providers on the web
};

/// Servers on the web that settings name; empty: none.
struct PlaceProviders {
  std::string routes_url;   // speaks OSRM's interface; the embedded planner stands in where it fails
  std::string weather_url;  // speaks Open-Meteo's interface
};

/// The embedded gazetteer and routes, these pricing rules, and no weather but from a provider.
Places embedded_places(const PlaceProviders& providers = {}, PricingRules rules = first_pricing_rules());

}  // namespace caravan
