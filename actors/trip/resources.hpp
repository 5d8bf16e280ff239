#pragma once

#include "actors/matching/passing.hpp"
#include "actors/trip/details.hpp"

/// What a trip shows.
namespace caravan {

struct TripCapacityShown {
  Load total;
  Load available;  // on the fullest leg
  static constexpr std::string_view record_name = "TripCapacityShown";
  static constexpr auto fields() {
    return std::array{field<&TripCapacityShown::total>(1, "total"),
                      field<&TripCapacityShown::available>(2, "available")};
  }
};

struct RouteShown {
  std::int64_t distance_meters = 0;
  std::int64_t duration_seconds = 0;
  std::string provider;
  std::string polyline;
  static constexpr std::string_view record_name = "Route";
  static constexpr auto fields() {
    return std::array{field<&RouteShown::distance_meters>(1, "distanceMeters"),
                      field<&RouteShown::duration_seconds>(2, "durationSeconds"),
                      field<&RouteShown::provider>(3, "provider"), field<&RouteShown::polyline>(4, "polyline")};
  }
};

struct TripResource {
  static constexpr std::string_view record_name = "Trip";
  TripId trip_id;
  UserId traveler_id;
  std::string title;
  TripStatus status = TripStatus::upcoming;
  Place origin, destination;
  std::vector<Place> stops;
  RouteShown route;
  TripCapacityShown capacity;
  std::vector<WeatherPoint> weather;
  Time departure_time, arrival_time;
  TransportMode transport_mode = TransportMode::car;
  std::optional<Price> min_price;
  Currency currency;
  Time created_at;
  std::optional<Time> started_at, completed_at, cancelled_at;
  std::optional<std::string> cancel_reason;
  // The edge adds them: as clocks at the two ends show it.
  std::optional<std::string> departure_local, arrival_local, timezone_origin, timezone_destination;
  // Only in the answer to what gave addresses without points.
  std::optional<std::vector<UnderstoodAddress>> understood = {};
  std::vector<std::string> flags;  // of the title: "payment", "contact"; see talk_flags
  static constexpr auto fields() {
    return std::array{field<&TripResource::trip_id>(1, "tripId"),
                      field<&TripResource::traveler_id>(2, "travelerId"),
                      field<&TripResource::title>(3, "title"),
                      field<&TripResource::status>(4, "status"),
                      field<&TripResource::origin>(5, "origin"),
                      field<&TripResource::destination>(6, "destination"),
                      field<&TripResource::stops>(7, "stops"),
                      field<&TripResource::route>(8, "route"),
                      field<&TripResource::capacity>(9, "capacity"),
                      field<&TripResource::weather>(10, "weather"),
                      field<&TripResource::departure_time>(11, "departureTime"),
                      field<&TripResource::arrival_time>(12, "arrivalTime"),
                      field<&TripResource::transport_mode>(13, "transportMode"),
                      field<&TripResource::min_price>(14, "minPrice"),
                      field<&TripResource::currency>(15, "currency"),
                      field<&TripResource::created_at>(16, "createdAt"),
                      field<&TripResource::started_at>(17, "startedAt"),
                      field<&TripResource::completed_at>(18, "completedAt"),
                      field<&TripResource::cancelled_at>(19, "cancelledAt"),
                      field<&TripResource::cancel_reason>(20, "cancelReason"),
                      field<&TripResource::departure_local>(21, "departureLocal"),
                      field<&TripResource::arrival_local>(22, "arrivalLocal"),
                      field<&TripResource::timezone_origin>(23, "timezoneOrigin"),
                      field<&TripResource::timezone_destination>(24, "timezoneDestination"),
                      field<&TripResource::understood>(25, "understood"),
                      field<&TripResource::flags>(26, "flags")};
  }
};

struct RoomHolder {
  static constexpr std::string_view record_name = "RoomHolder";
  DeliveryId delivery_id;
  Load load;
  bool confirmed = false;
  std::optional<Time> until;  // of one not confirmed
  static constexpr auto fields() {
    return std::array{field<&RoomHolder::delivery_id>(1, "deliveryId"), field<&RoomHolder::load>(2, "load"),
                      field<&RoomHolder::confirmed>(3, "confirmed"), field<&RoomHolder::until>(4, "until")};
  }
};

struct LegCapacity {
  static constexpr std::string_view record_name = "LegCapacity";
  std::string from, to;  // addresses
  Load available;
  std::vector<RoomHolder> holders;
  static constexpr auto fields() {
    return std::array{field<&LegCapacity::from>(1, "from"), field<&LegCapacity::to>(2, "to"),
                      field<&LegCapacity::available>(3, "available"), field<&LegCapacity::holders>(4, "holders")};
  }
};

struct TripCapacityResource {
  static constexpr std::string_view record_name = "TripCapacityByLeg";
  TripId trip_id;
  Load total, available;
  std::vector<LegCapacity> legs;
  static constexpr auto fields() {
    return std::array{
        field<&TripCapacityResource::trip_id>(1, "tripId"), field<&TripCapacityResource::total>(2, "total"),
        field<&TripCapacityResource::available>(3, "available"), field<&TripCapacityResource::legs>(4, "legs")};
  }
};

struct RouteLegShown {
  static constexpr std::string_view record_name = "RouteLegShown";
  Place from, to;
  std::int64_t distance_meters = 0;
  std::int64_t duration_seconds = 0;
  static constexpr auto fields() {
    return std::array{field<&RouteLegShown::from>(1, "from"), field<&RouteLegShown::to>(2, "to"),
                      field<&RouteLegShown::distance_meters>(3, "distanceMeters"),
                      field<&RouteLegShown::duration_seconds>(4, "durationSeconds")};
  }
};

struct TripRouteResource {
  static constexpr std::string_view record_name = "TripRouteByLeg";
  TripId trip_id;
  std::int64_t distance_meters = 0;
  std::int64_t duration_seconds = 0;
  std::string provider, polyline;
  std::vector<RouteLegShown> legs;
  static constexpr auto fields() {
    return std::array{field<&TripRouteResource::trip_id>(1, "tripId"),
                      field<&TripRouteResource::distance_meters>(2, "distanceMeters"),
                      field<&TripRouteResource::duration_seconds>(3, "durationSeconds"),
                      field<&TripRouteResource::provider>(4, "provider"),
                      field<&TripRouteResource::polyline>(5, "polyline"),
                      field<&TripRouteResource::legs>(6, "legs")};
  }
};

struct TripWeatherResource {
  static constexpr std::string_view record_name = "TripWeather";
  TripId trip_id;
  std::vector<WeatherPoint> items;
  static constexpr auto fields() {
    return std::array{field<&TripWeatherResource::trip_id>(1, "tripId"),
                      field<&TripWeatherResource::items>(2, "items")};
  }
};

/// What an offer on this trip must know.
struct FreeRoom {
  static constexpr std::string_view record_name = "FreeRoom";
  UserId traveler_id;
  bool open = false;  // takes more: it has not left the pickup by its plan, and leaves within a year
  Load available;     // on the fullest leg between the two points
  Time departure_time, arrival_time;
  std::int64_t plan = 0;  // TripDetails::plan()
  Passing passing;        // of the two points
  std::optional<Money> min_price = {};
  std::optional<TransportMode> mode = {};
  static constexpr auto fields() {
    return std::array{field<&FreeRoom::traveler_id>(1, "travelerId"),
                      field<&FreeRoom::open>(2, "open"),
                      field<&FreeRoom::available>(3, "available"),
                      field<&FreeRoom::departure_time>(4, "departureTime"),
                      field<&FreeRoom::arrival_time>(5, "arrivalTime"),
                      field<&FreeRoom::plan>(6, "plan"),
                      field<&FreeRoom::passing>(7, "passing"),
                      field<&FreeRoom::min_price>(8, "minPrice"),
                      field<&FreeRoom::mode>(9, "mode")};
  }
};

}  // namespace caravan
