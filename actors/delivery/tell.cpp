#include "actors/delivery/consequences.hpp"
#include "actors/inbox/catalog.hpp"

namespace caravan::delivery {

ParcelName parcel_of(const DeliveryState& state) {
  ParcelName parcel = name_of(state.terms, delivery_number(state));
  if (state.customer_closed) parcel.customer_name.clear();
  if (state.traveler_closed) parcel.traveler_name.clear();
  return parcel;
}

namespace {

/// Where a moment is, so that it is told by the clock there: not nearer than others see it.
std::string clock_place(const Stop& stop) {
  const Coordinates at = area_of(stop.place()).at();
  return degrees_text(at.lat) + ',' + degrees_text(at.lng);
}

}  // namespace

void tell(Decision& decision, const DeliveryState& state, const Context& context, UserId user,
          std::string_view template_id, std::map<std::string, std::string> more, std::vector<Channel> channels) {
  const bool is_customer = user == state.terms.customer;
  const ParcelName parcel = parcel_of(state);
  name_parcel(more, parcel, is_customer ? parcel.traveler_name : parcel.customer_name);
  more.emplace("deliveryId", id_of(context).text());
  more.emplace("amount", money_text(state.terms.price));
  if (is_customer && !state.hands_on()) more.emplace("toReceiver", "yes");
  if (state.pickup_until) {
    more.emplace("pickupAt", to_rfc3339(*state.pickup_until));
    more.emplace("pickupAtPlace", clock_place(state.terms.pickup));
  }
  if (state.planned_arrival) {
    more.emplace("arrivalAt", to_rfc3339(*state.planned_arrival));
    more.emplace("arrivalAtPlace", clock_place(state.terms.dropoff));
  }
  // What has to be answered within minutes does not wait for the end of quiet hours.
  const auto priority = template_rule(template_id).is_urgent() ? NotifyPriority::high : NotifyPriority::normal;
  decision.send(inbox_of(user), Notify{.template_id = std::string(template_id),
                                       .variables = std::move(more),
                                       .channels = std::move(channels),
                                       .priority = priority,
                                       .subject = context.self.id});
}

void tell_both(Decision& decision, const DeliveryState& state, const Context& context, std::string_view template_id,
               const std::map<std::string, std::string>& more) {
  tell(decision, state, context, state.terms.customer, template_id, more);
  tell(decision, state, context, state.terms.traveler, template_id, more);
}

}  // namespace caravan::delivery
