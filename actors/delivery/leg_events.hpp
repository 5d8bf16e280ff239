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
  static constexpr auto fields() {
    return std::array{field<&DeliveryLegLinked::next>(1, "nextDeliveryId"),
                      field<&DeliveryLegLinked::is_open>(2, "isOpen"), field<&DeliveryLegLinked::at>(3, "timestamp")};
  }
};

}  // namespace caravan
