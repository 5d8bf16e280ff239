#include "actors/registry.hpp"

#include <algorithm>

#include "actors/claim/entity.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/sequence/entity.hpp"

namespace caravan {

std::span<const EntityClass* const> all_entities() {
  static const auto all = std::to_array<const EntityClass*>({
      &entity_class<Claim>(),
      &entity_class<Inbox>(),
      &entity_class<Sequence>(),
  });
  return all;
}

const EntityClass* find_entity(EntityKind kind) {
  auto found = std::ranges::find(all_entities(), kind, &EntityClass::kind);
  return found == all_entities().end() ? nullptr : *found;
}

}  // namespace caravan
