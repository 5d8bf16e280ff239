#pragma once

#include "actors/entity/decision.hpp"

/// A trip that is later than was agreed.
namespace caravan {

/// What both sides had agreed to, where the traveler has told a delay since. Lateness goes by that.
struct Delay {
  static constexpr std::string_view record_name = "Delay";
  std::optional<Time> agreed_pickup, agreed_arrival;  // the plan before the first
  bool free_to_leave = false;                         // the customer, until the parcel is taken
  Time told_at;                                       // the last; unused: by us; clients see it
  static constexpr auto fields() {
    return std::array{field<&Delay::agreed_pickup>(1, "agreedPickup"),
                      field<&Delay::agreed_arrival>(2, "agreedArrival"), field<&Delay::free_to_leave>(3, "freeToLeave"),
                      field<&Delay::told_at>(4, "toldAt")};
  }
};

/// From the trip, which tells that it comes by later.
struct TripDelayed {
  static constexpr Tag tag{42, "trip_delayed"};
  std::int64_t pickup_seconds = 0, arrival_seconds = 0;  // later than so far
  static constexpr auto fields() {
    return std::array{field<&TripDelayed::pickup_seconds>(1, "pickupSeconds"),
                      field<&TripDelayed::arrival_seconds>(2, "arrivalSeconds")};
  }
};

/// A code is valid for longer than it was made for.
struct CodeProlonged {
  static constexpr std::string_view record_name = "CodeProlonged";
  QrCodeId qr_code_id;
  Time expires_at;
  static constexpr auto fields() {
    return std::array{field<&CodeProlonged::qr_code_id>(1, "qrCodeId"),
                      field<&CodeProlonged::expires_at>(2, "expiresAt")};
  }
};

/// The traveler told that the trip is later. From now on the parcel's plan is this.
struct DeliveryDelayed {
  static constexpr Tag tag{41, "delivery.delayed"};
  DeliveryId delivery_id;
  std::optional<Time> planned_pickup, planned_arrival;
  Delay delay;
  std::vector<CodeProlonged> codes;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryDelayed::delivery_id>(1, "deliveryId"),
                      field<&DeliveryDelayed::planned_pickup>(2, "plannedPickup"),
                      field<&DeliveryDelayed::planned_arrival>(3, "plannedArrival"),
                      field<&DeliveryDelayed::delay>(4, "delay"),
                      field<&DeliveryDelayed::codes>(5, "codes"),
                      field<&DeliveryDelayed::at>(6, "timestamp")};
  }
};

}  // namespace caravan
