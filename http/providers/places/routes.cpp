#include "http/providers/places/routes.hpp"

#include <GeographicLib/Geodesic.hpp>
#include <GeographicLib/GeodesicLine.hpp>
#include <algorithm>
#include <array>
#include <cmath>

namespace caravan {

namespace {

constexpr double polyline_step_meters = 100'000;
constexpr int most_steps = 64;            // of a leg
constexpr std::size_t most_line = 1'500;  // points of a whole line, so that its text stays below 20,000 bytes

/// How a mode moves: its way is `lengthening` times the geodesic; the first metres go slower than the rest.
struct Motion {
  double lengthening;
  double start_seconds;  // boarding, take-off, …
  double near_meters;    // driven at near_speed
  double near_speed;     // metres a second
  double far_speed;
};

/// Usual values door to door, in the order of TransportMode.
constexpr std::array<Motion, 6> motions{{
    {1.25, 120, 20'000, 11.0, 25.0},       // car: 40 km/h in town, 90 km/h beyond
    {1.20, 600, 10'000, 14.0, 33.0},       // train: 120 km/h between stations
    {1.30, 600, 20'000, 8.0, 20.0},        // bus
    {1.03, 2'700, 200'000, 110.0, 230.0},  // plane: climb and approach, then 830 km/h
    {1.25, 60, 0, 4.5, 4.5},               // bike: 16 km/h
    {1.20, 0, 0, 1.35, 1.35},              // walk: 4.9 km/h
}};

Leg travel(double geodesic, TransportMode mode) {
  const Motion& motion = motions[static_cast<std::size_t>(mode)];
  const double way = geodesic * motion.lengthening;
  if (way < 1) return {};
  const double near = std::min(way, motion.near_meters);
  const double seconds = motion.start_seconds + near / motion.near_speed + (way - near) / motion.far_speed;
  return {std::llround(way), std::llround(seconds)};
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
    const Leg leg = travel(geodesic_meters(points[i - 1], points[i]), mode);
    estimate.distance_meters += leg.distance_meters;
    estimate.duration_seconds += leg.duration_seconds;
    estimate.legs.push_back(leg);
    trace(points[i - 1], points[i], line);
  }
  estimate.polyline = encode_polyline(line);
  return estimate;
}

LegMatrix EmbeddedRoutes::matrix(const std::vector<Coordinates>& origins, const std::vector<Coordinates>& destinations,
                                 TransportMode mode) const {
  std::vector<std::vector<Leg>> rows(origins.size());
  for (std::size_t i = 0; i < origins.size(); ++i)
    for (const Coordinates& destination : destinations)
      rows[i].push_back(travel(geodesic_meters(origins[i], destination), mode));
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
