#pragma once

#include <functional>
#include <map>
#include <unordered_map>
#include <vector>

#include "storage/journal/memory_journal.hpp"

namespace caravan::simulation {

/// What the journal says, and nothing but that: every entity, folded from its entries as they land. People look here
/// for something to do, and the checker judges by it.
class Chronicle {
 public:
  struct Entity {
    const EntityClass* kind = nullptr;
    std::shared_ptr<void> state;
    std::uint64_t sequence = 0;  // of the newest entry
  };

  /// Called with each entry once its events are folded in.
  std::function<void(const JournalEntry&)> on_entry;
  /// Called where a position of the feed, or the number of an entry in its shard, is not the next one.
  std::function<void(const std::string& what)> on_gap;

  /// Reads what has landed since the last time.
  void follow(MemoryJournal& journal);
  /// The feed does not carry positions and messages: reads those after the last other entry of trackers and
  /// deliveries, or of one.
  void follow_tracks(Journal& journal);
  void follow_tracks(Journal& journal, const Address& entity);

  const Entity* find(const Address& address) const;
  template <class EntityType>
  const typename EntityType::State* state(const Uuid& id) const {
    const Entity* found = find({EntityType::kind, id});
    return found ? static_cast<const typename EntityType::State*>(found->state.get()) : nullptr;
  }
  /// All entities of a kind, oldest first.
  const std::vector<Uuid>& all(EntityKind kind) const;
  /// Calls `look(id, state)` for each entity of a type, oldest first.
  template <class EntityType, class Look>
  void each(Look look) const {
    for (const Uuid& id : all(EntityType::kind)) look(id, *state<EntityType>(id));
  }
  const std::unordered_map<Address, Entity>& entities() const { return entities_; }

 private:
  void count(const MemoryFile::Row& row);
  /// Reads the positions that have landed up to the entity's next other entry.
  void follow_track(Journal& journal, const Address& entity);
  void take(const Address& address, std::uint64_t sequence, Lane lane, const std::string& body);

  std::uint64_t position_ = 0;
  std::map<std::uint32_t, std::uint64_t> numbers_;  // of each shard's newest entry
  std::unordered_map<Address, Entity> entities_;
  std::map<EntityKind, std::vector<Uuid>> by_kind_;
};

}  // namespace caravan::simulation
