#pragma once

#include <functional>

#include "http/call.hpp"

namespace caravan::http {

/// Runs a change that may take an administrator of users away: `target` leaves, is shut out, or loses the permission.
/// Throws Problem last_administrator where nobody else could administer users then, or where nobody would hold all
/// permissions any more. Such changes run one at a time in the whole cluster, so that the last two cannot leave at
/// once.
void keep_an_administrator(Call& call, UserId target, const std::function<void()>& change);

}  // namespace caravan::http
