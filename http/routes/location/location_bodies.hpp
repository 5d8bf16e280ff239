#pragma once

#include "http/providers/places/geocoder.hpp"
#include "http/providers/places/routes.hpp"
#include "http/providers/places/weather.hpp"

/// What the rows of location take and answer.
namespace caravan::http {

struct GeocodeAddress {
  static constexpr std::string_view record_name = "GeocodeAddress";
  std::string address;
  std::optional<std::string> country;  // bounds the search
  std::optional<std::int32_t> limit;   // places, alternatives included
  static constexpr auto fields() {
    return std::array{field<&GeocodeAddress::address>(1, "address", length(1, 300)),
                      field<&GeocodeAddress::country>(2, "country", format(schema::Format::country)),
                      field<&GeocodeAddress::limit>(3, "limit", between(1, 20))};
  }
};

/// The likeliest place and the others that the address may mean.
struct GeocodedAddress {
  static constexpr std::string_view record_name = "GeocodedAddress";
  std::string address;
  double lat = 0;
  double lng = 0;
  std::string name, region, country;
  std::optional<std::string> postal_code;
  Precision precision = Precision::city;
  double confidence = 1;
  std::string provider;
  std::vector<FoundPlace> alternatives;
  std::string understood_as;
  static constexpr auto fields() {
    return std::array{field<&GeocodedAddress::address>(1, "address"),
                      field<&GeocodedAddress::lat>(2, "lat"),
                      field<&GeocodedAddress::lng>(3, "lng"),
                      field<&GeocodedAddress::name>(4, "name"),
                      field<&GeocodedAddress::region>(5, "region"),
                      field<&GeocodedAddress::country>(6, "country"),
                      field<&GeocodedAddress::postal_code>(7, "postalCode"),
                      field<&GeocodedAddress::precision>(8, "precision"),
                      field<&GeocodedAddress::confidence>(9, "confidence"),
                      field<&GeocodedAddress::provider>(10, "provider"),
                      field<&GeocodedAddress::alternatives>(11, "alternatives"),
                      field<&GeocodedAddress::understood_as>(12, "understoodAs")};
  }
};

struct ReverseGeocode {
  static constexpr std::string_view record_name = "ReverseGeocode";
  double lat = 0;
  double lng = 0;
  std::optional<std::int32_t> limit;
  static constexpr auto fields() {
    return std::array{field<&ReverseGeocode::lat>(1, "lat", between_real(-90, 90)),
                      field<&ReverseGeocode::lng>(2, "lng", between_real(-180, 180)),
                      field<&ReverseGeocode::limit>(3, "limit", between(1, 20))};
  }
};

struct AutocompleteQuery {
  static constexpr std::string_view record_name = "AutocompleteQuery";
  std::string q;
  std::optional<std::string> country;
  std::optional<std::int32_t> limit;
  static constexpr auto fields() {
    return std::array{field<&AutocompleteQuery::q>(1, "q", length(1, 100)),
                      field<&AutocompleteQuery::country>(2, "country", format(schema::Format::country)),
                      field<&AutocompleteQuery::limit>(3, "limit", between(1, 50))};
  }
};

/// A point of a route: coordinates, or an address that is looked up.
struct RoutePoint {
  static constexpr std::string_view record_name = "RoutePoint";
  std::optional<double> lat, lng;
  std::optional<std::string> address;
  static constexpr auto fields() {
    return std::array{field<&RoutePoint::lat>(1, "lat", between_real(-90, 90)),
                      field<&RoutePoint::lng>(2, "lng", between_real(-180, 180)),
                      field<&RoutePoint::address>(3, "address", length(1, 300))};
  }
};

/// A stop to be put in order. `after` names the stop that must come earlier: a parcel's delivery after its pickup.
struct RouteStop {
  static constexpr std::string_view record_name = "RouteStop";
  std::optional<std::string> id, after;
  std::optional<double> lat, lng;
  std::optional<std::string> address;
  static constexpr auto fields() {
    return std::array{field<&RouteStop::id>(1, "id", length(1, 100)),
                      field<&RouteStop::after>(2, "after", length(1, 100)),
                      field<&RouteStop::lat>(3, "lat", between_real(-90, 90)),
                      field<&RouteStop::lng>(4, "lng", between_real(-180, 180)),
                      field<&RouteStop::address>(5, "address", length(1, 300))};
  }
};

enum class OptimizeFor : std::uint8_t { time, distance };
constexpr auto enum_labels(OptimizeFor) { return std::to_array<std::string_view>({"time", "distance"}); }

struct RoutePreferences {
  static constexpr std::string_view record_name = "RoutePreferences";
  OptimizeFor optimize = OptimizeFor::time;
  std::optional<bool> avoid_tolls;  // true is refused: no planner here knows tolls
  static constexpr auto fields() {
    return std::array{field<&RoutePreferences::optimize>(1, "optimize"),
                      field<&RoutePreferences::avoid_tolls>(2, "avoidTolls")};
  }
};

struct OptimizeRoute {
  static constexpr std::string_view record_name = "OptimizeRoute";
  RoutePoint origin;
  std::optional<RoutePoint> destination;  // absent: the route ends at the last stop
  std::vector<RouteStop> stops;
  std::optional<TransportMode> transport_mode;  // absent: car
  std::optional<RoutePreferences> preferences;
  static constexpr auto fields() {
    return std::array{field<&OptimizeRoute::origin>(1, "origin"), field<&OptimizeRoute::destination>(2, "destination"),
                      field<&OptimizeRoute::stops>(3, "stops", length(0, 50)),
                      field<&OptimizeRoute::transport_mode>(4, "transportMode"),
                      field<&OptimizeRoute::preferences>(5, "preferences")};
  }
};

/// A stop in its place; `index` is its place in the request.
struct OrderedStop {
  static constexpr std::string_view record_name = "OrderedStop";
  std::int32_t index = 0;
  std::optional<std::string> id;
  double lat = 0;
  double lng = 0;
  static constexpr auto fields() {
    return std::array{field<&OrderedStop::index>(1, "index"), field<&OrderedStop::id>(2, "id"),
                      field<&OrderedStop::lat>(3, "lat"), field<&OrderedStop::lng>(4, "lng")};
  }
};

struct OptimizedRoute {
  static constexpr std::string_view record_name = "OptimizedRoute";
  std::int64_t distance_meters = 0;
  std::int64_t duration_seconds = 0;
  std::string provider;
  std::string polyline;
  std::vector<OrderedStop> stops;
  std::vector<Leg> legs;
  static constexpr auto fields() {
    return std::array{field<&OptimizedRoute::distance_meters>(1, "distanceMeters"),
                      field<&OptimizedRoute::duration_seconds>(2, "durationSeconds"),
                      field<&OptimizedRoute::provider>(3, "provider"),
                      field<&OptimizedRoute::polyline>(4, "polyline", length(0, 20'000)),
                      field<&OptimizedRoute::stops>(5, "stops"),
                      field<&OptimizedRoute::legs>(6, "legs")};
  }
};

struct MatrixRequest {
  static constexpr std::string_view record_name = "MatrixRequest";
  std::vector<RoutePoint> origins, destinations;
  std::optional<TransportMode> transport_mode;  // absent: car
  static constexpr auto fields() {
    return std::array{field<&MatrixRequest::origins>(1, "origins", length(1, 100)),
                      field<&MatrixRequest::destinations>(2, "destinations", length(1, 100)),
                      field<&MatrixRequest::transport_mode>(3, "transportMode")};
  }
};

struct MatrixRow {
  static constexpr std::string_view record_name = "MatrixRow";
  std::vector<Leg> elements;  // one a destination
  static constexpr auto fields() { return std::array{field<&MatrixRow::elements>(1, "elements")}; }
};

struct DistanceMatrix {
  static constexpr std::string_view record_name = "DistanceMatrix";
  std::string provider;
  std::vector<MatrixRow> rows;  // one an origin
  static constexpr auto fields() {
    return std::array{field<&DistanceMatrix::provider>(1, "provider"), field<&DistanceMatrix::rows>(2, "rows")};
  }
};

struct WeatherQuery {
  static constexpr std::string_view record_name = "WeatherQuery";
  double lat = 0;
  double lng = 0;
  std::optional<Time> at;  // absent: now
  static constexpr auto fields() {
    return std::array{field<&WeatherQuery::lat>(1, "lat", between_real(-90, 90)),
                      field<&WeatherQuery::lng>(2, "lng", between_real(-180, 180)), field<&WeatherQuery::at>(3, "at")};
  }
};

/// Empty, with the provider "none", where no provider of weather is configured.
struct WeatherAnswer {
  static constexpr std::string_view record_name = "WeatherForecast";
  std::string provider;
  std::vector<Weather> items;
  static constexpr auto fields() {
    return std::array{field<&WeatherAnswer::provider>(1, "provider"), field<&WeatherAnswer::items>(2, "items")};
  }
};

}  // namespace caravan::http
