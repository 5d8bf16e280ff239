#pragma once

#include "actors/delivery/resources.hpp"
#include "http/route.hpp"

namespace caravan::http {

/// Does this delivery, or this list's item, show whom to call to somebody who is no party, or to a service on behalf
/// of one?
bool is_look_at_contacts(const Caller& by, const AnyRecord& delivery);
/// Throws Problem where the caller, who was shown this delivery, may not see its conversation and track, or no longer.
void check_private_shown(const DeliveryResource& delivery);
/// Before a delivery's exact places or pictures are shown: see Call::record_look.
void record_look_at(Call& call, PrivateThing what, Address delivery);

std::vector<Route> arrival_routes(Services& services);
std::vector<Route> delivery_routes(Services& services);
std::vector<Route> share_routes(Services& services);
std::vector<Route> qr_code_routes(Services& services);
std::vector<Route> tracking_routes(Services& services);

}  // namespace caravan::http
