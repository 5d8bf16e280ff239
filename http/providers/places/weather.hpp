#pragma once

#include <string>
#include <vector>

#include "actors/values/coordinates.hpp"
#include "actors/values/time.hpp"

namespace caravan {

/// The weather at a place at a time, as a provider foretells it.
struct Weather {
  Coordinates location;
  Time at;
  std::string condition;  // "clear", "rain", "thunderstorm", …
  double temperature_celsius = 0;
  double wind_meters_per_second = 0;

  static constexpr std::string_view record_name = "Weather";
  static constexpr auto fields() {
    return std::array{field<&Weather::location>(1, "location"), field<&Weather::at>(2, "at"),
                      field<&Weather::condition>(3, "condition"),
                      field<&Weather::temperature_celsius>(4, "temperatureCelsius"),
                      field<&Weather::wind_meters_per_second>(5, "windMetersPerSecond")};
  }
};

/// Foretells the weather. Thread-safe; answers fast or throws ProviderUnavailable.
class WeatherForecast {
 public:
  virtual ~WeatherForecast() = default;
  virtual std::vector<Weather> forecast(Coordinates point, Time at) const = 0;
  virtual std::string_view provider() const = 0;
};

/// No provider is configured: knows nothing, rather than making weather up.
class NoForecast : public WeatherForecast {
 public:
  std::vector<Weather> forecast(Coordinates, Time) const override { return {}; }
  std::string_view provider() const override { return "none"; }
};

}  // namespace caravan
