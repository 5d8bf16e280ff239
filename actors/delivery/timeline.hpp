#pragma once

#include <map>

#include "actors/delivery/state.hpp"

/// The rows in which a delivery tells its people what happened.
namespace caravan::timeline {

using Facts = std::map<std::string, std::string>;

/// What somebody does again and again crowds out nothing but itself: of their rows of a type the first and the newest
/// stay. All other rows are few by the rules of what they tell.
void tell(DeliveryState& state, std::string type, Time at, std::string by, Facts facts = {},
          std::optional<Uuid> service = {});

}  // namespace caravan::timeline
