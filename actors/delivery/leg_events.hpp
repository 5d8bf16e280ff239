#pragma once

#include "actors/delivery/status.hpp"
#include "actors/entity/decision.hpp"

/// What happens to a delivery as a leg of a relay.
namespace caravan {

/// To whom its traveler hands the parcel, or whether it may be fetched, is known.
struct DeliveryLegLinked {
  static constexpr Tag tag{44, "delivery.leg_linked"};
  std::optional<DeliveryId> next;  // absent: as before
  bool is_open = false;            // the parcel may be fetched from now on
  Time at;
  std::optional<Time> meets_at = {};  // when the traveler of `next` comes to the meeting; absent in older entries
  std::string next_name = {};         // that traveler's first name
  // The last leg has arrived: until when the money of this one, which was handed on, still waits for objections.
  std::optional<Time> held_until = {};
  bool is_cut = false;  // the next leg fell out
  static constexpr auto fields() {
    return std::array{
        field<&DeliveryLegLinked::next>(1, "nextDeliveryId"), field<&DeliveryLegLinked::is_open>(2, "isOpen"),
        field<&DeliveryLegLinked::at>(3, "timestamp"),        field<&DeliveryLegLinked::meets_at>(4, "meetsAt"),
        field<&DeliveryLegLinked::next_name>(5, "nextName"),  field<&DeliveryLegLinked::held_until>(6, "heldUntil"),
        field<&DeliveryLegLinked::is_cut>(7, "isCut")};
  }
};

}  // namespace caravan
