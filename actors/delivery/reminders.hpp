#pragma once

#include "actors/delivery/entity.hpp"

/// What is about to come, told to whom it concerns. A reminder that comes when its deal is over says nothing.
namespace caravan::delivery {

inline constexpr std::string_view pickup_day_timer = "remind_day";
inline constexpr std::string_view pickup_soon_timer = "remind_soon";
inline constexpr std::string_view hold_ends_timer = "remind_hold";

/// Reminds both sides a day and two hours before the pickup by that plan, in place of what was planned before.
void plan_pickup_reminders(Decision& decision, const Context& context, const std::optional<Time>& pickup);
/// Reminds the customer, some hours before that, of money that waits for their word.
void plan_hold_reminder(Decision& decision, const Context& context, Time held_until);
/// The time of one of them has come, and the deal still stands as it did.
void remind_of_pickup(Decision& decision, const DeliveryState& state, const Context& context, std::string_view timer);
void remind_of_hold(Decision& decision, const DeliveryState& state, const Context& context);

}  // namespace caravan::delivery
