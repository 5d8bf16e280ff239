#pragma once

#include <span>

#include "actors/entity/entity.hpp"

namespace caravan {

/// Every entity class of the platform.
std::span<const EntityClass* const> all_entities();
/// The class of a kind; nullptr for the outside and for none.
const EntityClass* find_entity(EntityKind kind);

/// Whether it is this user's own affair: an entity of theirs, or one that they take part in.
bool is_own_affair(const EntityClass& entity, const Address& self, const void* state, UserId user);
/// Why somebody may not meddle with it.
inline constexpr std::string_view own_affair = "self_not_allowed";

}  // namespace caravan
