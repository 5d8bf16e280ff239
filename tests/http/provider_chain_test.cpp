#include "http/providers/places/provider_chain.hpp"

#include <doctest/doctest.h>
#include <httplib.h>

#include <thread>

#include "http/providers/places/provider_unavailable.hpp"
#include "http/providers/places/web_providers.hpp"

namespace provider_chain_test {

using namespace caravan;

namespace {

constexpr Coordinates new_york{40.7128, -74.0060}, boston{42.3601, -71.0589};

/// A planner on the web that can be made to fail.
struct Planner : RoutePlanner {
  mutable int asked = 0;
  bool fails = false, declines = false;
  RouteEstimate route(const std::vector<Coordinates>&, TransportMode) const override {
    ++asked;
    if (declines) throw ProviderDeclines("too many");
    if (fails) throw ProviderUnavailable("gone");
    return {1, 2, "web", "", {}};
  }
  LegMatrix matrix(const std::vector<Coordinates>&, const std::vector<Coordinates>&, TransportMode) const override {
    return {"web", {}};
  }
  bool serves(TransportMode mode) const override { return mode == TransportMode::car; }
  std::string_view provider() const override { return "web"; }
};

/// Answers with what a real server answered once.
struct FakeServer {
  FakeServer() {
    port = server.bind_to_any_port("127.0.0.1");
    server.set_default_headers({{"Connection", "close"}});
    thread = std::thread([this] { server.listen_after_bind(); });
  }
  ~FakeServer() {
    server.stop();
    thread.join();
  }
  void answer(const std::string& path, std::string body, int status = 200) {
    server.Get(path, [body = std::move(body), status](const httplib::Request&, httplib::Response& response) {
      response.status = status;
      response.set_content(body, "application/json");
    });
  }
  WebProvider provider() const { return {.url = "http://127.0.0.1:" + std::to_string(port)}; }

  httplib::Server server;
  int port = 0;
  std::thread thread;
};

}  // namespace

TEST_CASE("provider chain: the embedded planner stands in, and a planner that keeps failing is left in peace") {
  auto owned = std::make_unique<Planner>();
  Planner& web = *owned;
  const ChainedRoutes routes(std::move(owned), std::make_unique<EmbeddedRoutes>(), {.max_failures = 3});
  const auto answered_by = [&](TransportMode mode) { return routes.route({new_york, boston}, mode).provider; };
  CHECK(answered_by(TransportMode::car) == "web");
  CHECK(answered_by(TransportMode::plane) == "embedded");
  CHECK(web.asked == 1);
  web.declines = true;
  for (int i = 0; i < 10; ++i) CHECK(answered_by(TransportMode::car) == "embedded");
  CHECK(web.asked == 11);
  web.declines = false;
  web.fails = true;
  for (int i = 0; i < 10; ++i) CHECK(answered_by(TransportMode::car) == "embedded");
  CHECK(web.asked == 14);
  CHECK(routes.provider() == "web");
}

TEST_CASE("web providers: OSRM's route and table") {
  FakeServer server;
  server.answer(R"(/route/v1/driving/.*)",
                R"({"code":"Ok","routes":[{"legs":[{"distance":346100.4,"duration":13412.6,"steps":[]}],)"
                R"("distance":346100.4,"duration":13412.6,"geometry":"_p~iF~ps|U"}],"waypoints":[]})");
  server.answer(R"(/table/v1/driving/.*)", R"({"code":"Ok","distances":[[1000.2]],"durations":[[60.7]]})");
  server.answer(R"(/route/v1/foot/.*)", R"({"code":"NoRoute","routes":[]})");
  server.answer(R"(/route/v1/cycling/.*)", R"({"code":"Ok","routes":[{"distance":"far"}]})");
  const auto osrm = osrm_routes(server.provider());
  const RouteEstimate route = osrm->route({new_york, boston}, TransportMode::car);
  CHECK(route.distance_meters == 346'100);
  CHECK(route.duration_seconds == 13'413);
  CHECK(route.provider == "osrm");
  CHECK(route.legs.size() == 1);
  const LegMatrix matrix = osrm->matrix({new_york}, {boston}, TransportMode::car);
  CHECK(matrix.rows[0][0].distance_meters == 1'000);
  CHECK(matrix.rows[0][0].duration_seconds == 61);
  CHECK_THROWS_AS(osrm->route({new_york, boston}, TransportMode::walk), ProviderUnavailable);
  CHECK_THROWS_AS(osrm->route({new_york, boston}, TransportMode::bike), ProviderUnavailable);
  CHECK_FALSE(osrm->serves(TransportMode::train));
  CHECK_THROWS_AS(osrm->matrix(std::vector<Coordinates>(101), {boston}, TransportMode::car), ProviderDeclines);
}

TEST_CASE("web providers: Open-Meteo's forecast, by the hour") {
  FakeServer server;
  std::string hours, warmth;
  for (int i = 0; i < 24; ++i) {
    hours += (i > 0 ? "," : "") + std::to_string(i == 10 ? 95 : 0);
    warmth += (i > 0 ? "," : "") + std::to_string(i) + ".5";
  }
  server.answer("/v1/forecast", R"({"hourly":{"weather_code":[)" + hours + R"(],"temperature_2m":[)" + warmth +
                                    R"(],"wind_speed_10m":[)" + warmth + "]}}");
  const auto forecast = open_meteo_forecast(server.provider());
  const Time at = *parse_rfc3339("2027-01-15T10:40:00Z");
  const auto weather = forecast->forecast(boston, at);
  REQUIRE(weather.size() == 1);
  CHECK(weather[0].condition == "thunderstorm");
  CHECK(weather[0].temperature_celsius == 10.5);
  CHECK(to_rfc3339(weather[0].at) == "2027-01-15T10:00:00Z");
}

TEST_CASE("web providers: a server that is gone or talks nonsense fails, and costs a trip nothing but its weather") {
  FakeServer server;
  server.answer("/v1/forecast", "<html>", 200);
  server.answer(R"(/route/.*)", "{}", 500);
  CHECK_THROWS_AS(open_meteo_forecast(server.provider())->forecast(boston, Time{}), ProviderUnavailable);
  CHECK_THROWS_AS(osrm_routes(server.provider())->route({new_york, boston}, TransportMode::car), ProviderUnavailable);
  const GuardedForecast guarded(open_meteo_forecast(server.provider()));
  CHECK(guarded.forecast(boston, Time{}).empty());
  CHECK(guarded.provider() == "open-meteo");
}

TEST_CASE("web providers: a forecast that is asked for too far ahead is no failure of the provider") {
  FakeServer server;
  server.answer("/v1/forecast", R"({"error":true,"reason":"out of allowed range"})", 400);
  const GuardedForecast guarded(open_meteo_forecast(server.provider()), {.max_failures = 2});
  for (int i = 0; i < 5; ++i) CHECK(guarded.forecast(boston, Time{}).empty());
  CHECK(guarded.breaker().status(http::CircuitBreaker::Clock::now()).state == http::CircuitBreaker::State::closed);
}

}  // namespace provider_chain_test
