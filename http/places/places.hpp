#pragma once

#include <memory>

#include "http/places/geocoder.hpp"
#include "http/places/matcher.hpp"
#include "http/places/pricing.hpp"
#include "http/places/routes.hpp"
#include "http/places/weather.hpp"

namespace caravan {

/// What the edge knows of the world outside; Services points at its parts. All of it is thread-safe.
struct Places {
  std::unique_ptr<Geocoder> geocoder;
  std::unique_ptr<RoutePlanner> routes;
  std::unique_ptr<WeatherForecast> weather;
  std::unique_ptr<PriceEngine> pricing;
};

/// The embedded gazetteer and routes, no weather, the first pricing rules.
Places embedded_places();

}  // namespace caravan
