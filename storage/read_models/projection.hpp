#pragma once

#include <span>
#include <string_view>

#include "storage/journal/entry.hpp"
#include "storage/sqlite/connection.hpp"

/// One projection is one source file: its tables, what it makes of the feed, and (in the domain's header) its queries.
/// The tables of all projections stand in one database, ReadModelFile.
///
/// It may follow an entity's *state*: ReadModelFile replays the entity's events with its own `evolve`, keeps the state
/// in the table `entity_state`, and hands it over once per batch if it changed, so that a row cannot disagree with the
/// actor. Or it may follow *entries* one by one, for what is not in a state: who did it, which part was created.
namespace caravan::read_models {

struct EntryView {
  std::uint64_t position = 0;
  const JournalEntry& entry;
};

struct StateView {
  Address entity;
  std::uint64_t sequence = 0;
  const void* state = nullptr;
  template <class State>
  const State& as() const {
    return *static_cast<const State*>(state);
  }
};

constexpr std::uint32_t bit(EntityKind kind) { return 1U << static_cast<unsigned>(kind); }
inline constexpr std::uint32_t every_kind = ~0U;

struct Projection {
  std::string_view name;
  int version = 1;          // raise it when rows come to mean something else: the file is then built anew
  const char* schema = "";  // CREATE statements
  EntityKind state_of = EntityKind::none;
  void (*on_state)(sqlite::Connection&, const StateView&) = nullptr;
  std::uint32_t entries_of = 0;  // bits of kinds
  void (*on_entry)(sqlite::Connection&, const EntryView&) = nullptr;
};

/// Every projection, in the order in which they see an entry.
std::span<const Projection> all_projections();

}  // namespace caravan::read_models
