#include "http/providers/places/web_providers.hpp"

#include <httplib.h>

#include <charconv>
#include <cmath>

#include "http/json/tree.hpp"
#include "http/providers/places/provider_unavailable.hpp"
#include "http/providers/traces/trace_headers.hpp"

namespace caravan {

namespace {

using http::JsonValue;
constexpr std::size_t most_answer = 4 << 20;  // bytes

/// The JSON that the server answers.
JsonValue fetch(const WebProvider& server, const std::string& path) {
  httplib::Client client(server.url);
  client.set_connection_timeout(server.deadline);
  client.set_read_timeout(server.deadline);
  std::string body;
  const auto trace = trace_headers(trace_at_hand());
  const auto answer =
      client.Get(path, httplib::Headers(trace.begin(), trace.end()), [&](const char* data, std::size_t size) {
        body.append(data, size);
        return body.size() <= most_answer;
      });
  if (!answer) throw ProviderUnavailable(server.url + ": no answer (" + httplib::to_string(answer.error()) + ")");
  // It is well, and does not give that: a date too far ahead, a point outside its map.
  if (answer->status == 400) throw ProviderDeclines(server.url + ": refused what it was asked");
  if (answer->status != 200) throw ProviderUnavailable(server.url + ": status " + std::to_string(answer->status));
  std::string error;
  auto json = http::parse_json(body, error);
  if (!json) throw ProviderUnavailable(server.url + ": " + error);
  return *std::move(json);
}

const JsonValue& member(const JsonValue& json, std::string_view name) {
  for (const auto& [key, value] : json.members)
    if (key == name) return value;
  throw ProviderUnavailable("the answer has no " + std::string(name));
}

const std::vector<JsonValue>& list(const JsonValue& json, std::size_t least) {
  if (json.kind != JsonValue::Kind::list || json.items.size() < least) throw ProviderUnavailable("a list is too short");
  return json.items;
}

double number(const JsonValue& json) {
  double value = 0;
  const auto [end, error] = std::from_chars(json.text.data(), json.text.data() + json.text.size(), value);
  if (json.kind != JsonValue::Kind::number || error != std::errc{} || !std::isfinite(value) || std::abs(value) > 1e12)
    throw ProviderUnavailable("not a number where one is due");
  return value;
}

std::string fixed(double degrees) {
  char text[32];
  std::snprintf(text, sizeof text, "%.6f", degrees);
  return text;
}

class OsrmRoutes : public RoutePlanner {
 public:
  explicit OsrmRoutes(WebProvider server) : server_(std::move(server)) {}

  bool serves(TransportMode mode) const override { return !keeps_to_stops(mode); }
  std::string_view provider() const override { return "osrm"; }

  RouteEstimate route(const std::vector<Coordinates>& points, TransportMode mode) const override {
    const JsonValue json = ask("/route/v1/", points, mode, "overview=simplified&geometries=polyline");
    const JsonValue& best = list(member(json, "routes"), 1).front();
    RouteEstimate route{leg_of(best).distance_meters,
                        leg_of(best).duration_seconds,
                        std::string(provider()),
                        member(best, "geometry").text,
                        {}};
    for (const JsonValue& leg : list(member(best, "legs"), points.size() - 1)) route.legs.push_back(leg_of(leg));
    return route;
  }

  LegMatrix matrix(const std::vector<Coordinates>& origins, const std::vector<Coordinates>& destinations,
                   TransportMode mode) const override {
    std::vector<Coordinates> points = origins;
    points.insert(points.end(), destinations.begin(), destinations.end());
    if (points.size() > max_route_points) throw ProviderDeclines("too many points for one matrix");
    const JsonValue json = ask("/table/v1/", points, mode,
                               "annotations=duration,distance&sources=" + indices(0, origins.size()) +
                                   "&destinations=" + indices(origins.size(), points.size()));
    const auto& meters = list(member(json, "distances"), origins.size());
    const auto& seconds = list(member(json, "durations"), origins.size());
    std::vector<std::vector<Leg>> rows(origins.size());
    for (std::size_t i = 0; i < origins.size(); ++i)
      for (std::size_t j = 0; j < destinations.size(); ++j)
        rows[i].push_back({std::llround(number(list(meters[i], destinations.size())[j])),
                           std::llround(number(list(seconds[i], destinations.size())[j]))});
    return {std::string(provider()), std::move(rows)};
  }

 private:
  static Leg leg_of(const JsonValue& json) {
    return {std::llround(number(member(json, "distance"))), std::llround(number(member(json, "duration")))};
  }
  static std::string indices(std::size_t first, std::size_t last) {
    std::string text;
    for (std::size_t i = first; i < last; ++i) text += (i > first ? ";" : "") + std::to_string(i);
    return text;
  }
  JsonValue ask(const std::string& service, const std::vector<Coordinates>& points, TransportMode mode,
                const std::string& options) const {
    std::string path = service + (mode == TransportMode::bike   ? "cycling/"
                                  : mode == TransportMode::walk ? "foot/"
                                                                : "driving/");
    for (std::size_t i = 0; i < points.size(); ++i)
      path += (i > 0 ? ";" : "") + fixed(points[i].lng) + ',' + fixed(points[i].lat);
    JsonValue json = fetch(server_, path + '?' + options);
    if (member(json, "code").text != "Ok") throw ProviderUnavailable("OSRM: " + member(json, "code").text);
    return json;
  }

  const WebProvider server_;
};

/// The words for the World Meteorological Organization's codes of present weather.
std::string condition_of(int code) {
  if (code == 0) return "clear";
  if (code <= 3) return "cloudy";
  if (code == 45 || code == 48) return "fog";
  if (code >= 51 && code <= 57) return "drizzle";
  if ((code >= 61 && code <= 67) || (code >= 80 && code <= 82)) return "rain";
  if ((code >= 71 && code <= 77) || code == 85 || code == 86) return "snow";
  if (code >= 95) return "thunderstorm";
  return "unknown";
}

class OpenMeteoForecast : public WeatherForecast {
 public:
  explicit OpenMeteoForecast(WebProvider server) : server_(std::move(server)) {}
  std::string_view provider() const override { return "open-meteo"; }

  std::vector<Weather> forecast(Coordinates point, Time at) const override {
    const std::string day = to_rfc3339(at).substr(0, 10);
    const JsonValue json =
        fetch(server_, "/v1/forecast?latitude=" + fixed(point.lat) + "&longitude=" + fixed(point.lng) +
                           "&hourly=temperature_2m,wind_speed_10m,weather_code&wind_speed_unit=ms"
                           "&timezone=UTC&start_date=" +
                           day + "&end_date=" + day);
    const auto hour = static_cast<std::size_t>(
        std::chrono::duration_cast<std::chrono::hours>(at - std::chrono::floor<std::chrono::days>(at)).count());
    const JsonValue& hourly = member(json, "hourly");
    const auto value = [&](std::string_view name) { return number(list(member(hourly, name), hour + 1)[hour]); };
    return {{point, std::chrono::floor<std::chrono::hours>(at), condition_of(static_cast<int>(value("weather_code"))),
             value("temperature_2m"), value("wind_speed_10m")}};
  }

 private:
  const WebProvider server_;
};

}  // namespace

std::unique_ptr<RoutePlanner> osrm_routes(WebProvider server) {
  return std::make_unique<OsrmRoutes>(std::move(server));
}

std::unique_ptr<WeatherForecast> open_meteo_forecast(WebProvider server) {
  return std::make_unique<OpenMeteoForecast>(std::move(server));
}

}  // namespace caravan
