#include "actors/delivery/reminders.hpp"

#include "actors/delivery/consequences.hpp"

namespace caravan::delivery {

namespace {

using namespace std::chrono_literals;

constexpr Duration a_day_before = 24h, soon_before = 2h, before_hold_ends = 6h;

void plan(Decision& decision, const Context& context, std::string_view timer, Time due) {
  if (due > context.now) decision.set_timer(std::string(timer), due);
}

}  // namespace

void plan_pickup_reminders(Decision& decision, const Context& context, const std::optional<Time>& pickup) {
  if (!pickup) return;
  plan(decision, context, pickup_day_timer, *pickup - a_day_before);
  plan(decision, context, pickup_soon_timer, *pickup - soon_before);
}

void plan_hold_reminder(Decision& decision, const Context& context, Time held_until) {
  plan(decision, context, hold_ends_timer, held_until - before_hold_ends);
}

void remind_of_pickup(Decision& decision, const DeliveryState& state, const Context& context, std::string_view timer) {
  if (state.status != DeliveryStatus::accepted || !state.pickup_until || context.now >= *state.pickup_until) return;
  // One that comes too early is of an earlier plan; after a node was down both may come at once.
  const Duration left = *state.pickup_until - context.now;
  if (left > a_day_before || (timer == pickup_day_timer && left <= soon_before)) return;
  const Time useless_from = left > soon_before ? *state.pickup_until - soon_before : *state.pickup_until;
  const std::map<std::string, std::string> facts{{"uselessFrom", to_rfc3339(useless_from)}};
  tell(decision, state, context, state.terms.customer, "pickup_reminder", facts);
  auto carries = facts;
  carries.emplace("carries", "yes");
  tell(decision, state, context, state.terms.traveler, "pickup_reminder", std::move(carries));
}

void remind_of_hold(Decision& decision, const DeliveryState& state, const Context& context) {
  const Time until = state.money_held_until().value_or(context.now);
  const bool is_moved = state.dispute || state.settled || state.funds_gone || state.confirmed_at;
  if (until <= context.now || is_moved) return;
  // Whoever does not get the money may object; a receipt is confirmed of what was handed over alone.
  const bool goes_back = state.settlement && state.settlement->refund_waits;
  std::map<std::string, std::string> facts{{"heldUntil", to_rfc3339(until)}, {"uselessFrom", to_rfc3339(until)}};
  if (goes_back) facts.emplace("goesBack", "yes");
  if (state.status == DeliveryStatus::delivered) facts.emplace("mayConfirm", "yes");
  tell(decision, state, context, goes_back ? state.terms.traveler : state.terms.customer, "hold_reminder",
       std::move(facts));
}

}  // namespace caravan::delivery
