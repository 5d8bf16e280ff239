#pragma once

#include <vector>

#include "actors/account/commands.hpp"
#include "actors/entity/appointment.hpp"
#include "http/access/identity.hpp"
#include "runtime/door.hpp"

namespace caravan::http {

/// Whose case a thing is: both sides of a delivery, its tracker, escrow or dispute, a trip's traveler and the customers
/// of its deliveries, whom a profile or a wallet is of, and of a request its customer and who has offered. Empty where
/// there is no such thing, or it is nobody's.
std::vector<UserId> sides_of(Door& door, Address thing);

/// How somebody came by the permission by which they decide the case that a thing is, and what ties them to its sides;
/// of nobody and of services: nothing is known. Of what is not there nobody is a side: the thing refuses by itself.
Appointment office_for(Door& door, const Caller& whose, PermissionName permission, Address thing);

/// Nobody is both sides: throws Problem self_not_allowed where a service acts for a user, or by itself moves money,
/// makes a code void or reports a status, in a thing of which somebody who made it, widened it or made its key is
/// another side, or is tied to one, as administrators are by permissions that the one has from the other.
void require_one_side(Door& door, const Identity& service, Address thing, const AnyRecord& command);

}  // namespace caravan::http
