#pragma once

#include <memory>

#include "http/places/geocoder.hpp"
#include "http/places/matcher.hpp"
#include "http/places/pricing.hpp"
#include "http/places/routes.hpp"
#include "http/places/weather.hpp"

namespace caravan {

/// What the edge knows of the world outside: part of Services. All of it is thread-safe.
struct Places {
  std::shared_ptr<const Geocoder> geocoder;
  std::shared_ptr<const RoutePlanner> routes;
  std::shared_ptr<const WeatherForecast> weather;
  std::shared_ptr<PricingDesk> pricing;
};

/// The embedded gazetteer and routes, no weather, the first pricing rules.
Places embedded_places();

}  // namespace caravan
