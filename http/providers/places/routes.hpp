#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "actors/values/coordinates.hpp"
#include "actors/values/transport_mode.hpp"

namespace caravan {

/// Distance and time between two points.
struct Leg {
  std::int64_t distance_meters = 0;
  std::int64_t duration_seconds = 0;

  static constexpr std::string_view record_name = "Leg";
  static constexpr auto fields() {
    return std::array{field<&Leg::distance_meters>(1, "distanceMeters"),
                      field<&Leg::duration_seconds>(2, "durationSeconds")};
  }
};

/// A way from a first to a last point, and who worked it out.
struct RouteEstimate {
  std::int64_t distance_meters = 0;
  std::int64_t duration_seconds = 0;
  std::string provider;
  std::string polyline;   // Google's encoded polyline, precision 5
  std::vector<Leg> legs;  // between the points; one less than them

  static constexpr std::string_view record_name = "RouteEstimate";
  static constexpr auto fields() {
    return std::array{
        field<&RouteEstimate::distance_meters>(1, "distanceMeters"),
        field<&RouteEstimate::duration_seconds>(2, "durationSeconds"), field<&RouteEstimate::provider>(3, "provider"),
        field<&RouteEstimate::polyline>(4, "polyline", length(0, 20'000)), field<&RouteEstimate::legs>(5, "legs")};
  }
};

/// Distances and times between points, and who worked them out.
struct LegMatrix {
  std::string provider;
  std::vector<std::vector<Leg>> rows;  // one an origin; their elements one a destination
};

/// Works out routes. Thread-safe; answers in milliseconds, of a matrix across a continent in seconds, or throws
/// ProviderUnavailable, or NoRoute where the mode has no way between two of the points.
class RoutePlanner {
 public:
  virtual ~RoutePlanner() = default;
  /// Through the points in their order: two or more, at most max_route_points.
  virtual RouteEstimate route(const std::vector<Coordinates>& points, TransportMode mode) const = 0;
  virtual LegMatrix matrix(const std::vector<Coordinates>& origins, const std::vector<Coordinates>& destinations,
                           TransportMode mode) const = 0;
  /// Whether it knows the ways of this mode.
  virtual bool serves(TransportMode) const { return true; }
  virtual std::string_view provider() const = 0;
};

inline constexpr std::size_t max_route_points = 100;

/// Of such an estimate's time, what passes before the first metre: boarding, take-off. Of other providers' nothing is
/// known.
std::int64_t start_seconds(const RouteEstimate& way, TransportMode mode);

/// Planes fly along geodesics on WGS 84. Modes on land keep to it and to crossings (`Ways`), at speeds usual in the
/// countries that they pass.
class EmbeddedRoutes : public RoutePlanner {
 public:
  RouteEstimate route(const std::vector<Coordinates>& points, TransportMode mode) const override;
  LegMatrix matrix(const std::vector<Coordinates>& origins, const std::vector<Coordinates>& destinations,
                   TransportMode mode) const override;
  std::string_view provider() const override { return "embedded"; }
};

/// Metres of the geodesic on WGS 84.
double geodesic_meters(Coordinates a, Coordinates b);

/// Google's polyline encoding at five digits after the point.
std::string encode_polyline(const std::vector<Coordinates>& points);

/// A stop to be put in order; a parcel's pickup comes before its delivery.
struct StopOrder {
  /// Index of the stop that must come earlier; -1: none.
  std::vector<int> after;
};

/// The order of the stops that makes the way from `start` (index 0 of the matrix) shortest, with every stop after the
/// one that it must follow: exact for up to ten stops; beyond, the nearest stop next, then improved by moves and
/// reversals. `legs` has start, stops and, where `fixed_end`, the end as its last. Answers indices into `after`. Throws
/// std::invalid_argument where the precedence has a cycle.
std::vector<int> best_order(const std::vector<std::vector<Leg>>& legs, const StopOrder& stops, bool fixed_end,
                            bool by_time);

}  // namespace caravan
