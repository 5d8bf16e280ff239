#pragma once

#include <stdexcept>

#include "runtime/cluster/balancer.hpp"
#include "storage/journal/journal.hpp"

/// What operators order: changes of the store's rows, which the nodes then carry out by themselves. Beside running
/// nodes, from any process. All throw StorageError too.
namespace caravan::cluster {

/// An order that cannot be taken; the text tells why, and what to do.
class OrderRefused : public std::runtime_error {
 public:
  /// unknown: there is no such node or shard. conflict: not as things stand now.
  enum class Why : std::uint8_t { unknown, conflict };
  OrderRefused(Why why, const std::string& text) : std::runtime_error(text), why_(why) {}
  Why why() const { return why_; }

 private:
  Why why_;
};

/// The node gives all its shards to the others and takes none more. It stays a member until its process stops.
void order_drain(ClusterStore& store, const std::string& node);
/// The shard goes to that node; its row as it is then. Where loads become uneven by it the balance may take it away
/// again.
ShardRow order_move(ClusterStore& store, std::uint32_t shard, const std::string& node);
/// After the store was put back to an earlier moment, with all nodes stopped: takes each shard from whoever has it,
/// under a new epoch, begins a history of its own, and declares all members dead. How many it did.
std::size_t order_reset(ClusterStore& store, Journal& journal);
/// The moves that make the loads as even as they can be, up to a node's limit at once, however small the need.
std::vector<Relocation> moves_to_even(const ClusterSnapshot& snapshot);
/// Begins these; how many began, where others were not changed meanwhile.
std::size_t order_moves(ClusterStore& store, const ClusterSnapshot& snapshot, const std::vector<Relocation>& moves);

}  // namespace caravan::cluster
