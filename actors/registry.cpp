#include "actors/registry.hpp"

#include <algorithm>

#include "actors/delivery/state.hpp"
#include "actors/directory/questions.hpp"
#include "actors/dispute/state.hpp"
#include "actors/entity/outside.hpp"
#include "actors/escrow/state.hpp"
#include "actors/files/commands.hpp"
#include "actors/messages/requests.hpp"
#include "actors/payments/requests.hpp"

namespace caravan {

// Each is in its entity's class.cpp: an entity's tables are the longest compilations of the tree, so they stand alone.
const EntityClass& account_class();
const EntityClass& audit_class();
const EntityClass& claim_class();
const EntityClass& cover_class();
const EntityClass& delivery_class();
const EntityClass& dispute_class();
const EntityClass& escrow_class();
const EntityClass& files_class();
const EntityClass& inbox_class();
const EntityClass& request_class();
const EntityClass& sequence_class();
const EntityClass& services_class();
const EntityClass& tracker_class();
const EntityClass& trip_class();
const EntityClass& user_class();
const EntityClass& wallet_class();

std::span<const EntityClass* const> all_entities() {
  static const auto all = std::to_array<const EntityClass*>({
      &account_class(),
      &audit_class(),
      &claim_class(),
      &cover_class(),
      &delivery_class(),
      &dispute_class(),
      &escrow_class(),
      &files_class(),
      &inbox_class(),
      &request_class(),
      &sequence_class(),
      &services_class(),
      &tracker_class(),
      &trip_class(),
      &user_class(),
      &wallet_class(),
  });
  return all;
}

const EntityClass* find_entity(EntityKind kind) {
  auto found = std::ranges::find(all_entities(), kind, &EntityClass::kind);
  return found == all_entities().end() ? nullptr : *found;
}

bool is_own_affair(const EntityClass& entity, const Address& self, const void* state, UserId user) {
  if (self.id == user.value) return true;
  switch (entity.kind) {
    case EntityKind::escrow:
      return static_cast<const EscrowState*>(state)->is_party(user);
    case EntityKind::delivery:
      return static_cast<const DeliveryState*>(state)->is_party(user);
    case EntityKind::dispute:
      return static_cast<const DisputeState*>(state)->is_party(user);
    default:
      return false;
  }
}

const OutsideClass* find_outside(EntityKind kind) {
  switch (kind) {
    case EntityKind::payments:
      return &payments_class();
    case EntityKind::messages:
      return &messages_class();
    case EntityKind::directory:
      return &directory_class();
    case EntityKind::file_store:
      return &file_store_class();
    default:
      return nullptr;
  }
}

std::span<const Alternative> host_commands() { return detail::alternatives(List<RetryEffect, DropEffect>{}); }

}  // namespace caravan
