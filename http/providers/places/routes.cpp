#include "http/providers/places/routes.hpp"

#include <GeographicLib/Geodesic.hpp>
#include <GeographicLib/GeodesicLine.hpp>
#include <algorithm>
#include <array>
#include <cmath>

#include "http/providers/places/no_route.hpp"
#include "http/providers/places/ways.hpp"

namespace caravan {

namespace {

constexpr double polyline_step_meters = 100'000;
constexpr int most_steps = 64;            // of a leg
constexpr std::size_t most_line = 1'500;  // points of a whole line, so that its text stays below 20,000 bytes

/// How a mode moves: the first metres go slower than the rest. How far and fast modes on land go beyond them, their
/// countries say (config/ways).
struct Motion {
  double start_seconds;  // boarding, take-off, …
  double near_meters;    // driven at near_speed
  double near_speed;     // metres a second
};

/// Usual values door to door, in the order of TransportMode.
constexpr std::array<Motion, 6> motions{{
    {120, 20'000, 11.0},      // car: 40 km/h in town
    {600, 10'000, 14.0},      // train
    {600, 20'000, 8.0},       // bus
    {2'700, 200'000, 110.0},  // plane: climb and approach
    {60, 0, 1},               // bike
    {0, 0, 1},                // walk
}};
constexpr double flown_lengthening = 1.03, cruising_speed = 230;  // 830 km/h
constexpr double sailed_lengthening = 1.05;

/// The time of a way over land or through the air that takes so long without a slow beginning.
double seconds_of(LandTravel travel, TransportMode mode) {
  const Motion& motion = motions[static_cast<std::size_t>(mode)];
  if (travel.meters < 1) return 0;
  const double near = std::min(travel.meters, motion.near_meters);
  return motion.start_seconds + near / motion.near_speed + travel.seconds * (1 - near / travel.meters);
}

Leg flown(Coordinates a, Coordinates b) {
  const double way = geodesic_meters(a, b) * flown_lengthening;
  if (way < 1) return {};
  return {std::llround(way), std::llround(seconds_of({way, way / cruising_speed}, TransportMode::plane))};
}

Leg travelled(const Ways& ways, const std::vector<Stretch>& stretches, TransportMode mode) {
  LandTravel on_land;
  double at_sea = 0, crossing_seconds = 0;
  for (const Stretch& stretch : stretches) {
    if (stretch.crossing_minutes > 0) {
      at_sea += geodesic_meters(stretch.from, stretch.to) * sailed_lengthening;
      crossing_seconds += stretch.crossing_minutes * 60.0;
      continue;
    }
    const LandTravel part = ways.over_land(stretch.from, stretch.to, mode);
    on_land.meters += part.meters;
    on_land.seconds += part.seconds;
  }
  return {std::llround(on_land.meters + at_sea), std::llround(seconds_of(on_land, mode) + crossing_seconds)};
}

/// Adds points of the geodesic from a to b, without a.
void trace(Coordinates a, Coordinates b, std::vector<Coordinates>& points) {
  const GeographicLib::Geodesic& earth = GeographicLib::Geodesic::WGS84();
  const GeographicLib::GeodesicLine line = earth.InverseLine(a.lat, a.lng, b.lat, b.lng);
  const int wanted = std::clamp(static_cast<int>(line.Distance() / polyline_step_meters), 1, most_steps);
  const int steps = points.size() < most_line ? wanted : 1;
  for (int i = 1; i < steps; ++i) {
    Coordinates c;
    line.Position(line.Distance() * i / steps, c.lat, c.lng);
    points.push_back(c);
  }
  points.push_back(b);
}

}  // namespace

std::int64_t start_seconds(const RouteEstimate& way, TransportMode mode) {
  if (way.provider != EmbeddedRoutes{}.provider() || way.distance_meters == 0) return 0;
  return std::llround(motions[static_cast<std::size_t>(mode)].start_seconds);
}

double geodesic_meters(Coordinates a, Coordinates b) {
  double meters = 0;
  GeographicLib::Geodesic::WGS84().Inverse(a.lat, a.lng, b.lat, b.lng, meters);
  return meters;
}

RouteEstimate EmbeddedRoutes::route(const std::vector<Coordinates>& points, TransportMode mode) const {
  RouteEstimate estimate;
  estimate.provider = provider();
  std::vector<Coordinates> line;
  if (!points.empty()) line.push_back(points.front());
  for (std::size_t i = 1; i < points.size(); ++i) {
    std::vector<Stretch> way{{points[i - 1], points[i], 0}};
    Leg leg;
    if (mode == TransportMode::plane) {
      leg = flown(points[i - 1], points[i]);
    } else {
      auto found = WaysFrom(Ways::embedded(), points[i - 1], mode).to(points[i]);
      if (!found) throw NoRoute(i - 1, i);
      way = *std::move(found);
      leg = travelled(Ways::embedded(), way, mode);
    }
    estimate.distance_meters += leg.distance_meters;
    estimate.duration_seconds += leg.duration_seconds;
    estimate.legs.push_back(leg);
    for (const Stretch& stretch : way) trace(stretch.from, stretch.to, line);
  }
  estimate.polyline = encode_polyline(line);
  return estimate;
}

LegMatrix EmbeddedRoutes::matrix(const std::vector<Coordinates>& origins, const std::vector<Coordinates>& destinations,
                                 TransportMode mode) const {
  std::vector<std::vector<Leg>> rows(origins.size());
  std::vector<WayEnd> ends;
  if (mode != TransportMode::plane)
    for (const Coordinates& destination : destinations) ends.emplace_back(Ways::embedded(), destination, mode);
  for (std::size_t i = 0; i < origins.size(); ++i) {
    if (mode == TransportMode::plane) {
      for (const Coordinates& destination : destinations) rows[i].push_back(flown(origins[i], destination));
      continue;
    }
    WaysFrom from(Ways::embedded(), origins[i], mode);
    for (std::size_t j = 0; j < destinations.size(); ++j) {
      const auto way = from.to(ends[j]);
      if (!way) throw NoRoute(i, j);
      rows[i].push_back(travelled(Ways::embedded(), *way, mode));
    }
  }
  return {std::string(provider()), std::move(rows)};
}

std::string encode_polyline(const std::vector<Coordinates>& points) {
  std::string text;
  std::int64_t last_lat = 0, last_lng = 0;
  const auto put = [&](std::int64_t value) {
    auto bits = static_cast<std::uint64_t>(value) << 1;
    if (value < 0) bits = ~bits;
    for (; bits >= 0x20; bits >>= 5) text += static_cast<char>((0x20 | (bits & 0x1f)) + 63);
    text += static_cast<char>(bits + 63);
  };
  for (const Coordinates& point : points) {
    const std::int64_t lat = std::llround(point.lat * 1e5), lng = std::llround(point.lng * 1e5);
    put(lat - last_lat);
    put(lng - last_lng);
    last_lat = lat;
    last_lng = lng;
  }
  return text;
}

}  // namespace caravan
