#include "actors/delivery/policy.hpp"

#include <algorithm>

namespace caravan {

std::string delivery_number(const DeliveryState& state) {
  if (!state.number) return {};
  std::string digits = std::to_string(*state.number);
  if (digits.size() < 6) digits.insert(0, 6 - digits.size(), '0');
  return "DEL-" + digits;
}

std::string_view role_of(const DeliveryState& state, const Caller& caller) {
  if (caller.is_user(state.terms.customer)) return "customer";
  if (caller.is_user(state.terms.traveler)) return "traveler";
  return caller.is_service() ? "service" : "platform";
}

}  // namespace caravan

namespace caravan::delivery_policy {

namespace {

/// The traveler gets `percent` of the price, the customer the rest.
Settlement shared(const DeliveryState& state, std::string_view by, std::string reason, std::int64_t percent) {
  const Money price = state.terms.price;
  const Money compensation{share_of(price.amount, percent, 100), price.currency};
  return {std::string(by), std::move(reason), price - compensation, compensation};
}

}  // namespace

double place_radius(const Stop& stop) {
  return std::max(place_radius_meters, static_cast<double>(stop.uncertainty_meters.value_or(0)));
}

Settlement cancellation(const DeliveryState& state, const Caller& by, const std::string& reason, Time now) {
  const std::string_view role = role_of(state, by);
  if (role == "traveler") return shared(state, role, reason, reason == no_show ? no_show_percent : 0);
  const bool is_free = role != "customer" || reason == no_show || now < state.created_at + free_cancellation;
  return shared(state, role, reason, is_free ? 0 : late_fee_percent);
}

Settlement giving_back(const DeliveryState& state) {
  const bool nobody_took_it = state.failed_attempts > 0;
  return shared(state, "platform", nobody_took_it ? "returned after a failed attempt" : "returned by the traveler",
                nobody_took_it ? return_percent : 0);
}

Time code_expiry(const DeliveryState& state, Time now) {
  if (!state.terms.deliver_by) return now + code_validity;
  return std::max(now, *state.terms.deliver_by) + code_validity_after;
}

}  // namespace caravan::delivery_policy
