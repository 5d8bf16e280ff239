#pragma once

#include "http/access/identity.hpp"
#include "runtime/door.hpp"

namespace caravan::http {

/// Nobody is both sides: throws Problem self_not_allowed where a service acts for a user, or moves money by itself, in
/// a thing of which somebody who made it, widened it or made its key is another side.
void require_one_side(Door& door, const Identity& service, Address thing, const AnyRecord& command);

}  // namespace caravan::http
