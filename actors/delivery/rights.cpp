#include "actors/delivery/rights.hpp"

#include "actors/delivery/policy.hpp"

namespace caravan::delivery {

bool may_see(const DeliveryState& state, const Caller& caller) {
  return caller.is_user(state.terms.customer) || caller.is_user(state.terms.traveler) || caller.is_admin() ||
         caller.is_service() || caller.is_platform();
}

bool sees_private(const DeliveryState& state, const Caller& caller) {
  return caller.is_user(state.terms.customer) || caller.is_user(state.terms.traveler) || caller.is_platform() ||
         caller.may(Permission::private_data);
}

bool sees_doors(const DeliveryState& state, const Context& context) {
  const Caller& caller = context.caller;
  if (!caller.is_user(state.terms.traveler) || caller.may(Permission::private_data)) return sees_private(state, caller);
  const bool is_needed = state.is_open() || state.dispute;
  return (is_needed || state.pickup_completed_at) && sees_other_side(state, context);
}

bool sees_other_side(const DeliveryState& state, const Context& context) {
  const Caller& caller = context.caller;
  const bool is_customer = caller.is_user(state.terms.customer), is_traveler = caller.is_user(state.terms.traveler);
  if ((!is_customer && !is_traveler) || caller.may(Permission::private_data)) return sees_private(state, caller);
  if (state.is_open() || state.dispute) return true;
  if (state.is_closed(is_customer ? state.terms.traveler : state.terms.customer)) return false;
  return context.now < state.end() + delivery_policy::private_shown_for(delivery_policy::policy_of(state));
}

bool may_cancel(const DeliveryState& state, const Caller& caller) {
  return caller.is_user(state.terms.customer) || caller.is_user(state.terms.traveler) ||
         caller.may(Permission::deliveries) || caller.is_service() || caller.is_platform();
}

std::optional<DeliveryRejection> not_traveler(const DeliveryState& state, const Caller& caller) {
  if (!state.is_created() || !may_see(state, caller)) return DeliveryRejection::not_found;
  if (!caller.is_user(state.terms.traveler)) return DeliveryRejection::forbidden;
  return std::nullopt;
}

bool is_giver(const DeliveryState& state, const Caller& caller, Handover type) {
  const auto& leg = state.terms.leg;
  return leg && leg->giver && caller.is_user(*leg->giver) && type == Handover::pickup &&
         state.status == DeliveryStatus::accepted;
}

bool is_of_meeting(const DeliveryState& state, Handover type) {
  return type == Handover::pickup && state.is_meeting(type);
}

std::optional<DeliveryRejection> not_customer(const DeliveryState& state, const Caller& caller) {
  if (!state.is_created() || !may_see(state, caller)) return DeliveryRejection::not_found;
  if (!caller.is_user(state.terms.customer)) return DeliveryRejection::forbidden;
  return std::nullopt;
}

std::optional<DeliveryRejection> not_party(const DeliveryState& state, const Caller& caller) {
  if (!state.is_created() || !may_see(state, caller)) return DeliveryRejection::not_found;
  if (caller.kind != Caller::Kind::user || !state.is_party(caller.user)) return DeliveryRejection::forbidden;
  return std::nullopt;
}

}  // namespace caravan::delivery
