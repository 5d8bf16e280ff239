#pragma once

#include <optional>

#include "tests/simulation/world.hpp"

namespace caravan::simulation {

/// An entity that was chosen, and its state as the journal has it.
template <class EntityType>
struct Chosen {
  Uuid id;
  const typename EntityType::State* state = nullptr;

  explicit operator bool() const { return state != nullptr; }
  const typename EntityType::State* operator->() const { return state; }
  Address address() const { return {EntityType::kind, id}; }
};

/// Any entity of the type whose state `fits`, but no delivery that others have plans with; nothing where none does.
template <class EntityType, class Fits>
Chosen<EntityType> any(World& world, Fits fits) {
  std::vector<Chosen<EntityType>> all;
  world.chronicle.each<EntityType>([&](const Uuid& id, const typename EntityType::State& state) {
    const bool is_taken = EntityType::kind == EntityKind::delivery && world.is_spoken_for(id);
    if (!is_taken && fits(state)) all.push_back({id, &state});
  });
  return all.empty() ? Chosen<EntityType>{} : world.chance.one_of(all);
}

/// A place near another: a wrong one is a few hundred metres away.
inline Coordinates near(const World&, Coordinates at, bool is_right) {
  return is_right ? at : Coordinates{at.lat + 0.01, at.lng};
}

}  // namespace caravan::simulation
