#include "actors/registry.hpp"

#include <algorithm>

#include "actors/claim/entity.hpp"
#include "actors/delivery/entity.hpp"
#include "actors/dispute/entity.hpp"
#include "actors/escrow/entity.hpp"
#include "actors/inbox/entity.hpp"
#include "actors/request/entity.hpp"
#include "actors/sequence/entity.hpp"
#include "actors/tracker/entity.hpp"
#include "actors/trip/entity.hpp"
#include "actors/wallet/entity.hpp"

namespace caravan {

std::span<const EntityClass* const> all_entities() {
  static const auto all = std::to_array<const EntityClass*>({
      &entity_class<Claim>(),
      &entity_class<Delivery>(),
      &entity_class<Dispute>(),
      &entity_class<Escrow>(),
      &entity_class<Inbox>(),
      &entity_class<Request>(),
      &entity_class<Sequence>(),
      &entity_class<Tracker>(),
      &entity_class<Trip>(),
      &entity_class<Wallet>(),
  });
  return all;
}

const EntityClass* find_entity(EntityKind kind) {
  auto found = std::ranges::find(all_entities(), kind, &EntityClass::kind);
  return found == all_entities().end() ? nullptr : *found;
}

}  // namespace caravan
