#pragma once

#include "actors/request/state.hpp"
#include "storage/read_models/demand.hpp"
#include "storage/sqlite/connection.hpp"

/// What people agreed on, beside what the pricing rules would have said.
namespace caravan {

/// So many people's deals on one way tell what is paid there; less tell nothing.
inline constexpr std::size_t enough_accepted = 20;
inline constexpr std::chrono::days accepted_lately{180};

/// The median of what was agreed lately on that way, in ten-thousandths of what the rules say; nothing where fewer than
/// enough_accepted deals are known, one a customer and one a traveler: nobody makes a price by dealing with themselves.
/// Only deals whose parcel was taken count, and whose money did not go back: a deal that is cancelled costs nothing.
std::optional<std::int64_t> accepted_share(const ReadModels& models, const DemandWindow& window);

namespace read_models {

/// Notes the deal of a request that has one. `number`: the request's row.
void put_accepted(sqlite::Connection& database, std::int64_t number, const RequestState& state);

}  // namespace read_models

}  // namespace caravan
