#pragma once

#include "actors/request/commands.hpp"
#include "actors/request/state.hpp"

/// What the goods of a request ask of its two sides.
namespace caravan {

/// Why nobody may post that; nothing where all may. `customs_required`: nothing crosses a customs border undeclared.
std::optional<Decision> unfit_goods(const RequestDetails& details, bool customs_required);
/// What customs ask of it and the customer has not said, though that is not refused.
std::vector<RequestWarning> customs_warnings(const RequestDetails& details);
/// Why a trip of that mode does not take it, or not before somebody says more.
std::optional<Decision> unfit_for_trip(const RequestDetails& details, const SubmitOffer& command);

}  // namespace caravan
