#pragma once

#include <span>

#include "actors/entity/entity.hpp"

namespace caravan {

/// Every entity class of the platform.
std::span<const EntityClass* const> all_entities();
/// The class of a kind; nullptr for the outside and for none.
const EntityClass* find_entity(EntityKind kind);

}  // namespace caravan
