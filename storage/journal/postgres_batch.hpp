#pragma once

#include <map>
#include <set>
#include <unordered_map>

#include "storage/journal/journal.hpp"
#include "storage/postgres/connection.hpp"

/// A batch of writes as SQL statements. Which writes may land is decided before anything is written, from what the
/// store has.
namespace caravan::journal_tables {

/// What the store told. While a shard is ours nobody else adds entries to its entities, so their newest sequences are
/// asked for only once.
struct Known {
  std::unordered_map<Address, std::uint64_t> newest;  // sequences by entity; 0: it has no entries
  std::set<EffectKey> taken;                          // numbers that the outbox has
};

/// The fate of each write if the transaction lands, and how many entries each of our shards gets.
struct Decision {
  std::vector<Committed> fates;
  std::map<std::uint32_t, std::uint64_t> shards;
};

Decision decide(const std::vector<Write>& batch, const Known& known,
                const std::map<std::uint32_t, std::uint64_t>& ours);

/// A shard that passed the batch's fence, so that it is still ours, as the store has it. CommitStatus::fenced is the
/// opposite: a write that the fence kept out.
struct Fenced {
  std::uint64_t last = 0;  // number of its newest entry, the batch's included
  std::uint64_t mark = 0;  // counts the batches: when the answer to a commit was lost, it tells whether that landed
};

/// Locks the batch's shards against other owners until the transaction ends, and asks for what is not known.
struct Fence {
  std::vector<postgres::Statement> statements;
  bool asks_newest = false, asks_effects = false;  // their answers come last, in this order
};
Fence fence(const std::vector<Write>& batch, const Decision& decision, const std::vector<std::uint64_t>& epochs,
            const Known& known, bool ask_effects);
/// The shards that are still ours.
std::map<std::uint32_t, Fenced> shards_of(const std::vector<postgres::Result>& answers);
/// Adds the answers to what is known.
void learn(const std::vector<Write>& batch, const Fence& fence, const std::vector<postgres::Result>& answers,
           Known& known);

/// Statements that write what may land, and commit. If the batch has entries of the feed, the answer before the last
/// has the feed's new head.
std::vector<postgres::Statement> land(const std::vector<Write>& batch, const Decision& decision,
                                      const std::map<std::uint32_t, Fenced>& shards);
/// How many entries of the feed the batch has.
std::uint64_t feed_entries(const std::vector<Write>& batch, const Decision& decision);
/// Gives the fates their positions, the last of which is `head`.
void set_positions(const std::vector<Write>& batch, std::uint64_t head, Decision& decision);

}  // namespace caravan::journal_tables
