#pragma once

#include "actors/delivery/status.hpp"
#include "actors/entity/decision.hpp"

/// What happens to a delivery as a leg of a relay.
namespace caravan {

/// To whom its traveler hands the parcel, and when, is so from now on.
struct DeliveryLegLinked {
  static constexpr Tag tag{44, "delivery.leg_linked"};
  std::optional<DeliveryId> next;     // absent: nobody, the next leg fell out
  std::string next_name = {};         // the first name of its traveler
  std::optional<Time> meets_at = {};  // when that one comes to the meeting
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryLegLinked::next>(1, "nextDeliveryId"),
                      field<&DeliveryLegLinked::next_name>(2, "nextName"),
                      field<&DeliveryLegLinked::meets_at>(3, "meetsAt"), field<&DeliveryLegLinked::at>(4, "timestamp")};
  }
};

/// The traveler of the leg before has the parcel: it may be fetched from now on.
struct DeliveryLegOpened {
  static constexpr Tag tag{45, "delivery.leg_opened"};
  Time at;
  static constexpr auto fields() { return std::array{field<&DeliveryLegOpened::at>(1, "timestamp")}; }
};

/// What was handed on has arrived with the last leg: until when the money of this one still waits for objections.
struct DeliveryWayEnded {
  static constexpr Tag tag{46, "delivery.way_ended"};
  Time held_until;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryWayEnded::held_until>(1, "heldUntil"),
                      field<&DeliveryWayEnded::at>(2, "timestamp")};
  }
};

}  // namespace caravan
