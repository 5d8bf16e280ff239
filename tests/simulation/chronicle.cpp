#include "tests/simulation/chronicle.hpp"

#include <stdexcept>
#include <utility>

#include "actors/registry.hpp"

namespace caravan::simulation {

namespace {

constexpr std::size_t page = 1'000;

}  // namespace

void Chronicle::follow(MemoryJournal& journal) {
  for (;;) {
    const std::vector<MemoryFile::Row> feed = journal.rows(position_, page);
    for (const MemoryFile::Row& at : feed) {
      count(at);
      const FeedEntry& row = at.entry;
      // Positions and messages are not in the feed; they lie between the other entries of trackers and deliveries.
      const Entity* known = find(row.entity);
      const std::uint64_t next = known ? known->sequence + 1 : 1;
      if (row.sequence > next)
        for (const Stored::Row& between : journal.history(row.entity, next, row.sequence - next, {}))
          take(row.entity, between.sequence, between.lane, between.body);
      if (row.entity.kind == EntityKind::delivery) follow_track(journal, {EntityKind::tracker, row.entity.id});
      take(row.entity, row.sequence, Lane::journal, row.body);
    }
    if (feed.size() < page) return;
  }
}

void Chronicle::count(const MemoryFile::Row& row) {
  const std::uint64_t before = std::exchange(position_, row.entry.position);
  if (on_gap && position_ != before + 1)
    on_gap("position " + std::to_string(position_) + " of the feed comes after " + std::to_string(before));
  const std::uint64_t last = std::exchange(numbers_[row.shard], row.number);
  if (on_gap && row.number != last + 1)
    on_gap("entry " + std::to_string(row.number) + " of shard " + std::to_string(row.shard) + " comes after " +
           std::to_string(last));
}

void Chronicle::follow_track(Journal& journal, const Address& entity) {
  const Entity* known = find(entity);
  if (!known) return;
  for (const Stored::Row& row : journal.history(entity, known->sequence + 1, page, {})) {
    if (row.lane != Lane::track) return;
    take(entity, row.sequence, row.lane, row.body);
  }
}

void Chronicle::follow_tracks(Journal& journal) {
  for (const EntityKind kind : {EntityKind::tracker, EntityKind::delivery})
    for (const Uuid& id : all(kind)) follow_tracks(journal, {kind, id});
}

void Chronicle::follow_tracks(Journal& journal, const Address& entity) {
  const Entity* known = find(entity);
  for (const Stored::Row& row : journal.history(entity, known ? known->sequence + 1 : 1, SIZE_MAX))
    take(entity, row.sequence, row.lane, row.body);
}

const Chronicle::Entity* Chronicle::find(const Address& address) const {
  const auto found = entities_.find(address);
  return found == entities_.end() ? nullptr : &found->second;
}

const std::vector<Uuid>& Chronicle::all(EntityKind kind) const {
  static const std::vector<Uuid> none;
  const auto found = by_kind_.find(kind);
  return found == by_kind_.end() ? none : found->second;
}

void Chronicle::take(const Address& address, std::uint64_t sequence, Lane lane, const std::string& body) {
  auto [at, fresh] = entities_.try_emplace(address);
  Entity& entity = at->second;
  if (fresh) {
    entity.kind = find_entity(address.kind);
    entity.state = entity.kind->new_state();
    by_kind_[address.kind].push_back(address.id);
  }
  JournalEntry entry{.entity = address, .sequence = sequence, .lane = lane};
  if (sequence != entity.sequence + 1 || !decode_body(*entity.kind, body, entry))
    throw std::runtime_error("entry " + std::to_string(sequence) + " of " + to_text(address) + " does not follow");
  for (const AnyRecord& event : entry.events) entity.kind->evolve(entity.state.get(), event);
  entity.sequence = sequence;
  if (on_entry) on_entry(entry);
}

}  // namespace caravan::simulation
