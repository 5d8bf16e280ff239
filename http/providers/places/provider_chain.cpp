#include "http/providers/places/provider_chain.hpp"

#include "http/providers/places/provider_unavailable.hpp"

namespace caravan {

using Clock = http::CircuitBreaker::Clock;

ChainedRoutes::ChainedRoutes(std::unique_ptr<RoutePlanner> first, std::unique_ptr<RoutePlanner> second,
                             http::CircuitBreaker::Settings breaker)
    : first_(std::move(first)), second_(std::move(second)), breaker_(std::string(first_->provider()), breaker) {}

template <class Ask>
auto ChainedRoutes::ask(TransportMode mode, const Ask& ask) const {
  if (first_->serves(mode) && breaker_.allow(Clock::now())) {
    try {
      auto answer = ask(*first_);
      breaker_.succeeded();
      return answer;
    } catch (const ProviderDeclines&) {
      breaker_.succeeded();
    } catch (const std::exception&) {
      breaker_.failed(Clock::now());
    }
  }
  return ask(*second_);
}

RouteEstimate ChainedRoutes::route(const std::vector<Coordinates>& points, TransportMode mode) const {
  return ask(mode, [&](const RoutePlanner& planner) { return planner.route(points, mode); });
}

LegMatrix ChainedRoutes::matrix(const std::vector<Coordinates>& origins, const std::vector<Coordinates>& destinations,
                                TransportMode mode) const {
  return ask(mode, [&](const RoutePlanner& planner) { return planner.matrix(origins, destinations, mode); });
}

GuardedForecast::GuardedForecast(std::unique_ptr<WeatherForecast> forecast, http::CircuitBreaker::Settings breaker)
    : forecast_(std::move(forecast)), breaker_(std::string(forecast_->provider()), breaker) {}

std::vector<Weather> GuardedForecast::forecast(Coordinates point, Time at) const {
  if (!breaker_.allow(Clock::now())) return {};
  try {
    std::vector<Weather> answer = forecast_->forecast(point, at);
    breaker_.succeeded();
    return answer;
  } catch (const ProviderDeclines&) {
    return {};  // asked for more than it forecasts: it is as well as before
  } catch (const std::exception&) {
    breaker_.failed(Clock::now());
    return {};
  }
}

}  // namespace caravan
