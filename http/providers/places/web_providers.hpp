#pragma once

#include <chrono>
#include <memory>
#include <string>

#include "http/providers/places/routes.hpp"
#include "http/providers/places/weather.hpp"

/// Providers on the web, where settings name one. Each call has a deadline and a bounded answer, and throws
/// ProviderUnavailable where it does not get what the interface promises.
namespace caravan {

struct WebProvider {
  std::string url;  // "http://host:port" or "https://host", without a path
  std::chrono::milliseconds deadline{2'000};
};

/// Routes by road, from a server that speaks OSRM's HTTP interface (version 1). Serves car, bike and walk. It answers
/// matrices too, of at most 100 points.
std::unique_ptr<RoutePlanner> osrm_routes(WebProvider server);

/// Forecasts from a server that speaks Open-Meteo's HTTP interface (version 1), up to 15 days ahead.
std::unique_ptr<WeatherForecast> open_meteo_forecast(WebProvider server);

}  // namespace caravan
