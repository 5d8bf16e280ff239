#pragma once

#include "actors/entity/appointment.hpp"
#include "actors/trip/details.hpp"

namespace caravan {

/// Publishes a trip of the calling traveler. The edge locates the places and adds route and weather.
struct PublishTrip {
  static constexpr Tag tag{1, "publish_trip"};
  std::string title;
  Place origin, destination;
  std::vector<Place> stops;
  Time departure_time;
  std::optional<Time> arrival_time;  // absent: departure plus the route's duration
  TransportMode transport_mode = TransportMode::car;
  TripCapacity capacity;
  std::optional<Price> min_price;
  std::optional<Currency> currency;
  TripRoute route;
  std::vector<WeatherPoint> weather;
  static constexpr auto fields() {
    return std::array{field<&PublishTrip::title>(1, "title", length(1, 120)),
                      field<&PublishTrip::origin>(2, "origin"),
                      field<&PublishTrip::destination>(3, "destination"),
                      field<&PublishTrip::stops>(4, "stops", length(0, max_trip_stops)),
                      field<&PublishTrip::departure_time>(5, "departureTime"),
                      field<&PublishTrip::arrival_time>(6, "arrivalTime"),
                      field<&PublishTrip::transport_mode>(7, "transportMode"),
                      field<&PublishTrip::capacity>(8, "capacity"),
                      field<&PublishTrip::min_price>(9, "minPrice", between(0, most_price_units)),
                      field<&PublishTrip::currency>(10, "currency"),
                      field<&PublishTrip::route>(11, "route", internal()),
                      field<&PublishTrip::weather>(12, "weather", internal())};
  }
};

/// Changes the fields that are given. Refused where a reservation needs what would change; but later times, alone, are
/// told to the deliveries as a delay. Of a trip under way the arrival may still be told later.
struct EditTrip {
  static constexpr Tag tag{2, "edit_trip"};
  std::optional<std::string> title;
  std::optional<Place> origin, destination;
  std::optional<std::vector<Place>> stops;
  std::optional<Time> departure_time, arrival_time;
  std::optional<TransportMode> transport_mode;
  std::optional<TripCapacity> capacity;
  std::optional<Price> min_price;
  std::optional<TripRoute> route;  // with every change of places or mode
  std::optional<std::vector<WeatherPoint>> weather;
  static constexpr auto fields() {
    return std::array{field<&EditTrip::title>(1, "title", length(1, 120)),
                      field<&EditTrip::origin>(2, "origin"),
                      field<&EditTrip::destination>(3, "destination"),
                      field<&EditTrip::stops>(4, "stops", length(0, max_trip_stops)),
                      field<&EditTrip::departure_time>(5, "departureTime"),
                      field<&EditTrip::arrival_time>(6, "arrivalTime"),
                      field<&EditTrip::transport_mode>(7, "transportMode"),
                      field<&EditTrip::capacity>(8, "capacity"),
                      field<&EditTrip::min_price>(9, "minPrice", between(0, most_price_units)),
                      field<&EditTrip::route>(10, "route", internal()),
                      field<&EditTrip::weather>(11, "weather", internal())};
  }
};

/// By the owner, an administrator with `deliveries`, or the platform. Each delivery holding capacity is cancelled.
struct CancelTrip {
  static constexpr Tag tag{3, "cancel_trip"};
  std::optional<std::string> reason;
  Appointment office = {};  // of an administrator who is not the traveler
  static constexpr auto fields() {
    return std::array{field<&CancelTrip::reason>(1, "reason", length(0, 500)),
                      field<&CancelTrip::office>(2, "office", internal())};
  }
};

/// The traveler sets out. From then on the trip takes no more parcels, and what is offered on it ends.
struct StartTrip {
  static constexpr Tag tag{4, "start_trip"};
  static constexpr auto fields() { return no_fields; }
};

/// The traveler has arrived. A parcel that was not fetched by then costs its customer nothing: its delivery ends.
struct CompleteTrip {
  static constexpr Tag tag{5, "complete_trip"};
  static constexpr auto fields() { return no_fields; }
};

/// From a delivery: holds room on the legs between the places nearest to pickup and dropoff until `until`, unless
/// confirmed before. Answered with CapacityReserved or CapacityRefused to the delivery, a repeat likewise.
struct ReserveCapacity {
  static constexpr Tag tag{6, "reserve_capacity"};
  DeliveryId delivery_id;
  Coordinates pickup, dropoff;
  Load load;
  Time until;
  std::optional<std::int64_t> plan = {};  // TripDetails::plan() that is counted on; absent: whichever it is
  static constexpr auto fields() {
    return std::array{field<&ReserveCapacity::delivery_id>(1, "deliveryId"),
                      field<&ReserveCapacity::pickup>(2, "pickup"),
                      field<&ReserveCapacity::dropoff>(3, "dropoff"),
                      field<&ReserveCapacity::load>(4, "load"),
                      field<&ReserveCapacity::until>(5, "until"),
                      field<&ReserveCapacity::plan>(6, "plan")};
  }
};

/// From a delivery: keep the room for good. One that has lapsed is answered with CapacityRefused.
struct ConfirmReservation {
  static constexpr Tag tag{7, "confirm_reservation"};
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&ConfirmReservation::delivery_id>(1, "deliveryId")}; }
};

/// From a delivery that was cancelled or returned: gives the room back, wholly; nothing happens where it holds none. A
/// delivered parcel keeps its room: it has used it.
struct ReleaseReservation {
  static constexpr Tag tag{8, "release_reservation"};
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&ReleaseReservation::delivery_id>(1, "deliveryId")}; }
};

/// From a request: somebody offers, or is asked, to carry it on this trip. When the trip sets out or ends, the request
/// hears TripClosed; at once where that has happened already.
struct NoteOffer {
  static constexpr Tag tag{9, "note_offer"};
  RequestId request_id;
  static constexpr auto fields() { return std::array{field<&NoteOffer::request_id>(1, "requestId")}; }
};

// Queries

/// TripResource.
struct ViewTrip {
  static constexpr Tag tag{1, "view_trip"};
  static constexpr auto fields() { return no_fields; }
};
/// TripCapacityResource: who holds what is shown to the traveler, administrators, services and the platform.
struct ViewCapacity {
  static constexpr Tag tag{2, "view_capacity"};
  static constexpr auto fields() { return no_fields; }
};
/// TripRouteResource.
struct ViewRoute {
  static constexpr Tag tag{3, "view_route"};
  static constexpr auto fields() { return no_fields; }
};
/// TripWeatherResource.
struct ViewWeather {
  static constexpr Tag tag{4, "view_weather"};
  static constexpr auto fields() { return no_fields; }
};
/// FreeRoom between two points: the facts that an offer is judged by.
struct ViewFreeRoom {
  static constexpr Tag tag{5, "view_free_room"};
  Coordinates pickup, dropoff;
  static constexpr auto fields() {
    return std::array{field<&ViewFreeRoom::pickup>(1, "pickup"), field<&ViewFreeRoom::dropoff>(2, "dropoff")};
  }
};

}  // namespace caravan
