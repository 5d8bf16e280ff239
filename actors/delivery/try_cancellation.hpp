#pragma once

#include "actors/delivery/commands.hpp"

namespace caravan {

/// The delivery (ViewDelivery) as it would be after this command of the caller's, now; refused as the command would be.
struct TryCancellation {
  static constexpr Tag tag{10, "try_cancellation"};
  CancelDelivery command;
  static constexpr auto fields() { return std::array{field<&TryCancellation::command>(1, "command", internal())}; }
};

}  // namespace caravan
