#pragma once

#include "actors/delivery/entity.hpp"

/// Who sees what of a delivery, and acts as which side.
namespace caravan::delivery {

/// True for a party, an administrator, a service, or the platform.
bool may_see(const DeliveryState& state, const Caller& caller);
/// Whom to call, where exactly the stops and scans are, and pictures: for the two sides, and for whoever may look at
/// what is private.
bool sees_private(const DeliveryState& state, const Caller& caller);
/// The same now, of what is the other side's: while the delivery is open or disputed, and then as long as the windows
/// for disputes and reviews are open, unless the other side's account is closed.
bool sees_other_side(const DeliveryState& state, const Context& context);
/// The same of doors and contacts, which are the customer's: of a parcel that they never took the traveler has them no
/// longer than until the end.
bool sees_doors(const DeliveryState& state, const Context& context);
/// Who only sees it changes nothing: of administrators, `deliveries` is asked for.
bool may_cancel(const DeliveryState& state, const Caller& caller);
/// The traveler of the leg before, who has the parcel: to the next one they are the sender, and show the pickup's code.
bool is_giver(const DeliveryState& state, const Caller& caller, Handover type);
/// A code of that type is shown by its giver, and by nobody else: two travelers meet there.
bool is_of_meeting(const DeliveryState& state, Handover type);
/// Why this caller may not act as the traveler (customer, either of them); nothing where it may.
std::optional<DeliveryRejection> not_traveler(const DeliveryState& state, const Caller& caller);
std::optional<DeliveryRejection> not_customer(const DeliveryState& state, const Caller& caller);
std::optional<DeliveryRejection> not_party(const DeliveryState& state, const Caller& caller);

}  // namespace caravan::delivery
