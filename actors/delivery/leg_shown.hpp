#pragma once

#include "actors/schema/field.hpp"
#include "actors/values/uuid.hpp"

namespace caravan {

/// A delivery as a leg of a relay.
struct LegShown {
  static constexpr std::string_view record_name = "DeliveryLeg";
  std::optional<DeliveryId> from;     // the leg before; absent: the sender has the parcel
  std::optional<UserId> giver;        // its traveler, who shows the code of the pickup
  std::optional<DeliveryId> next;     // the leg after it, whose code of the pickup this traveler shows
  bool hands_on = false;              // there is or should be one
  bool is_open = false;               // the parcel may be fetched
  std::optional<Time> meets_at = {};  // when the next traveler comes to the meeting, by their plan
  std::string next_name = {};         // the next traveler's first name; empty where it is not known
  static constexpr auto fields() {
    return std::array{field<&LegShown::from>(1, "fromDeliveryId"),   field<&LegShown::giver>(2, "giverId"),
                      field<&LegShown::next>(3, "nextDeliveryId"),   field<&LegShown::hands_on>(4, "handsOn"),
                      field<&LegShown::is_open>(5, "isOpen"),        field<&LegShown::meets_at>(6, "meetsAt"),
                      field<&LegShown::next_name>(7, "nextTraveler")};
  }
};

}  // namespace caravan
