#pragma once

#include "actors/entity/decision.hpp"
#include "actors/values/money.hpp"
#include "actors/values/parcel.hpp"
#include "actors/values/transport_mode.hpp"

/// What a trip is made of.
namespace caravan {

inline constexpr std::size_t max_trip_stops = 20;          // between origin and destination
inline constexpr std::size_t max_trip_reservations = 200;  // held or confirmed at one time

enum class TripStatus : std::uint8_t { upcoming, under_way, completed, cancelled };
constexpr auto enum_labels(TripStatus) {
  return std::to_array<std::string_view>({"upcoming", "under_way", "completed", "cancelled"});
}

/// So long before it leaves a trip takes parcels at most: until then the customer's money is held.
inline constexpr std::chrono::days longest_lead{365};

/// How long after its departure a trip arrives at the latest. Whoever names a far day keeps others waiting for it.
constexpr std::chrono::days longest_trip(TransportMode mode) {
  return std::chrono::days{mode == TransportMode::plane ? 3 : 30};
}

/// The room of a whole vehicle or suitcase; a trip without any is none.
struct TripCapacity {
  Kilograms weight;
  Litres volume;
  std::int32_t items = 0;

  Load load() const { return {weight, volume, items}; }

  static constexpr std::string_view record_name = "TripCapacity";
  static constexpr auto fields() {
    return std::array{field<&TripCapacity::weight>(1, "weight", between(1, max_load_grams)),
                      field<&TripCapacity::volume>(2, "volume", between(1, max_load_millilitres)),
                      field<&TripCapacity::items>(3, "items", between(1, max_load_items))};
  }
};

/// From one place of a trip to the next.
struct RouteLeg {
  std::int64_t distance_meters = 0;
  std::int64_t duration_seconds = 0;

  static constexpr std::string_view record_name = "RouteLeg";
  static constexpr auto fields() {
    return std::array{field<&RouteLeg::distance_meters>(1, "distanceMeters"),
                      field<&RouteLeg::duration_seconds>(2, "durationSeconds")};
  }
};

/// The way from origin to destination over all stops, as the provider of routes answered.
struct TripRoute {
  std::int64_t distance_meters = 0;
  std::int64_t duration_seconds = 0;
  std::string provider;
  std::string polyline;        // Google's encoded polyline format, precision 5
  std::vector<RouteLeg> legs;  // one less than places

  static constexpr std::string_view record_name = "TripRoute";
  static constexpr auto fields() {
    return std::array{
        field<&TripRoute::distance_meters>(1, "distanceMeters"),
        field<&TripRoute::duration_seconds>(2, "durationSeconds"), field<&TripRoute::provider>(3, "provider"),
        field<&TripRoute::polyline>(4, "polyline", length(0, 20'000)), field<&TripRoute::legs>(5, "legs")};
  }
};

/// The weather expected at a place of the trip when the trip comes by.
struct WeatherPoint {
  std::string address;
  Time at;
  std::string condition;
  double temperature_celsius = 0;
  std::string severity;  // "low", "medium", "high"

  static constexpr std::string_view record_name = "WeatherPoint";
  static constexpr auto fields() {
    return std::array{field<&WeatherPoint::address>(1, "address"), field<&WeatherPoint::at>(2, "at"),
                      field<&WeatherPoint::condition>(3, "condition"),
                      field<&WeatherPoint::temperature_celsius>(4, "temperatureCelsius"),
                      field<&WeatherPoint::severity>(5, "severity")};
  }
};

/// What its traveler told of delays while deliveries counted on it.
struct ToldDelays {
  static constexpr std::string_view record_name = "ToldDelays";
  std::int32_t count = 0;
  Time first_departure, first_arrival;  // before the first of them
  static constexpr auto fields() {
    return std::array{field<&ToldDelays::count>(1, "count"), field<&ToldDelays::first_departure>(2, "firstDeparture"),
                      field<&ToldDelays::first_arrival>(3, "firstArrival")};
  }
};

/// All that its traveler decides about a trip, with the facts found for it.
struct TripDetails {
  std::string title;
  std::vector<Place> places;  // origin, stops, destination: all located
  Time departure_time;
  Time arrival_time;
  TransportMode transport_mode = TransportMode::car;
  Load capacity;
  std::optional<Money> min_price;
  Currency currency;
  TripRoute route;
  std::vector<WeatherPoint> weather;

  /// Stands for the places, times and means of transport: the same number for the same plan, in every build. An offer
  /// is made for one plan.
  std::int64_t plan() const;

  static constexpr std::string_view record_name = "TripDetails";
  static constexpr auto fields() {
    return std::array{field<&TripDetails::title>(1, "title"),
                      field<&TripDetails::places>(2, "places"),
                      field<&TripDetails::departure_time>(3, "departureTime"),
                      field<&TripDetails::arrival_time>(4, "arrivalTime"),
                      field<&TripDetails::transport_mode>(5, "transportMode"),
                      field<&TripDetails::capacity>(6, "capacity"),
                      field<&TripDetails::min_price>(7, "minPrice"),
                      field<&TripDetails::currency>(8, "currency"),
                      field<&TripDetails::route>(9, "route"),
                      field<&TripDetails::weather>(10, "weather")};
  }
};

}  // namespace caravan
