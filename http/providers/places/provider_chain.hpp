#pragma once

#include <memory>

#include "http/providers/circuit_breaker.hpp"
#include "http/providers/places/routes.hpp"
#include "http/providers/places/weather.hpp"

namespace caravan {

/// Asks the first planner, and the second where that one fails. A first one that fails again and again is left in peace
/// for a while (a circuit breaker). What is answered names who answered.
class ChainedRoutes : public RoutePlanner {
 public:
  ChainedRoutes(std::unique_ptr<RoutePlanner> first, std::unique_ptr<RoutePlanner> second,
                http::CircuitBreaker::Settings breaker = {});

  RouteEstimate route(const std::vector<Coordinates>& points, TransportMode mode) const override;
  LegMatrix matrix(const std::vector<Coordinates>& origins, const std::vector<Coordinates>& destinations,
                   TransportMode mode) const override;
  bool serves(TransportMode mode) const override { return first_->serves(mode) || second_->serves(mode); }
  std::string_view provider() const override { return first_->provider(); }
  const http::CircuitBreaker& breaker() const { return breaker_; }

 private:
  template <class Ask>
  auto ask(TransportMode mode, const Ask& ask) const;

  std::unique_ptr<RoutePlanner> first_, second_;
  mutable http::CircuitBreaker breaker_;
};

/// Asks the forecast, and answers nothing where it fails: a trip is published without weather rather than not at all.
class GuardedForecast : public WeatherForecast {
 public:
  explicit GuardedForecast(std::unique_ptr<WeatherForecast> forecast, http::CircuitBreaker::Settings breaker = {});

  std::vector<Weather> forecast(Coordinates point, Time at) const override;
  std::string_view provider() const override { return forecast_->provider(); }
  const http::CircuitBreaker& breaker() const { return breaker_; }

 private:
  std::unique_ptr<WeatherForecast> forecast_;
  mutable http::CircuitBreaker breaker_;
};

}  // namespace caravan
