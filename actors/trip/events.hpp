#pragma once

#include "actors/trip/details.hpp"

namespace caravan {

struct TripCreated {
  static constexpr Tag tag{1, "trip.created"};
  UserId traveler_id;
  TripDetails details;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&TripCreated::traveler_id>(1, "travelerId"), field<&TripCreated::details>(2, "details"),
                      field<&TripCreated::at>(3, "at")};
  }
};

/// A reservation moves along where stops before it came or went.
struct ReservationMoved {
  static constexpr std::string_view record_name = "ReservationMoved";
  DeliveryId delivery_id;
  std::int32_t from_place = 0, to_place = 0;
  static constexpr auto fields() {
    return std::array{field<&ReservationMoved::delivery_id>(1, "deliveryId"),
                      field<&ReservationMoved::from_place>(2, "fromPlace"),
                      field<&ReservationMoved::to_place>(3, "toPlace")};
  }
};

struct TripUpdated {
  static constexpr Tag tag{2, "trip.updated"};
  UserId traveler_id;
  TripDetails details;  // all of them, changed or not
  std::vector<ReservationMoved> moved;
  std::vector<Load> available;            // by leg, after this
  std::optional<ToldDelays> delays = {};  // after this; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&TripUpdated::traveler_id>(1, "travelerId"), field<&TripUpdated::details>(2, "details"),
                      field<&TripUpdated::moved>(3, "moved"), field<&TripUpdated::available>(4, "available"),
                      field<&TripUpdated::delays>(5, "delays")};
  }
};

struct TripCancelled {
  static constexpr Tag tag{3, "trip.cancelled"};
  UserId traveler_id;
  std::string reason;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&TripCancelled::traveler_id>(1, "travelerId"), field<&TripCancelled::reason>(2, "reason"),
                      field<&TripCancelled::at>(3, "at")};
  }
};

struct TripStarted {
  static constexpr Tag tag{4, "trip.started"};
  UserId traveler_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&TripStarted::traveler_id>(1, "travelerId"), field<&TripStarted::at>(2, "at")};
  }
};

struct TripCompleted {
  static constexpr Tag tag{5, "trip.completed"};
  UserId traveler_id;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&TripCompleted::traveler_id>(1, "travelerId"), field<&TripCompleted::at>(2, "at")};
  }
};

enum class CapacityChange : std::uint8_t { reserved, released, expired };
constexpr auto enum_labels(CapacityChange) {
  return std::to_array<std::string_view>({"reserved", "released", "expired"});
}

/// Room was taken or given back, on the legs from place `from_place` to place `to_place`.
struct CapacityChanged {
  static constexpr Tag tag{6, "capacity.changed"};
  CapacityChange change = CapacityChange::reserved;
  DeliveryId delivery_id;
  std::int32_t from_place = 0, to_place = 0;  // indices into the trip's places
  Load load;
  std::optional<Time> until;    // reserved: lapses then unless confirmed
  std::vector<Load> available;  // by leg, after this
  static constexpr auto fields() {
    return std::array{field<&CapacityChanged::change>(1, "change"),
                      field<&CapacityChanged::delivery_id>(2, "deliveryId"),
                      field<&CapacityChanged::from_place>(3, "fromPlace"),
                      field<&CapacityChanged::to_place>(4, "toPlace"),
                      field<&CapacityChanged::load>(5, "load"),
                      field<&CapacityChanged::until>(6, "until"),
                      field<&CapacityChanged::available>(7, "available")};
  }
};

/// There is an offer of this trip on that request, or an invitation to make one.
struct OfferNoted {
  static constexpr Tag tag{8, "trip.offer_noted"};
  RequestId request_id;
  static constexpr auto fields() { return std::array{field<&OfferNoted::request_id>(1, "requestId")}; }
};

struct ReservationConfirmed {
  static constexpr Tag tag{7, "trip.reservation_confirmed"};
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&ReservationConfirmed::delivery_id>(1, "deliveryId")}; }
};

}  // namespace caravan
