#pragma once

#include "actors/request/commands.hpp"
#include "actors/request/state.hpp"

/// What the goods of a request ask of its two sides.
namespace caravan {

/// Why nobody may post that; nothing where all may. `crosses_border`: the two places lie in different countries.
std::optional<Decision> unfit_goods(const RequestDetails& details, bool crosses_border);
/// Why a trip of that mode does not take it, or not before somebody says more.
std::optional<Decision> unfit_for_trip(const RequestDetails& details, const SubmitOffer& command);

}  // namespace caravan
