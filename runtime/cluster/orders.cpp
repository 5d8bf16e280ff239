#include "runtime/cluster/orders.hpp"

#include <algorithm>

#include "runtime/cluster/actions.hpp"

namespace caravan::cluster {

namespace {

constexpr int attempts = 20;  // where others change rows at the same time

[[noreturn]] void refuse(OrderRefused::Why why, const std::string& text) { throw OrderRefused(why, text); }

const MemberRow& living_member(const ClusterSnapshot& rows, const std::string& node) {
  const auto found = std::ranges::find(rows.members, node, [](const MemberRow& row) { return row.id.node; });
  if (found != rows.members.end() && found->status != MemberStatus::dead) return *found;
  std::string names;
  for (const MemberRow& row : rows.members)
    if (row.status != MemberStatus::dead) names += (names.empty() ? "" : ", ") + row.id.node;
  refuse(OrderRefused::Why::unknown,
         "no living node is called " + node + ": there " + (names.empty() ? "are none" : "is " + names));
}

}  // namespace

void order_drain(ClusterStore& store, const std::string& node) {
  for (int attempt = 0; attempt < attempts; ++attempt) {
    const ClusterSnapshot rows = store.read();
    MemberRow row = living_member(rows, node);
    if (row.status == MemberStatus::leaving) return;
    if (std::ranges::none_of(rows.members, [&](const MemberRow& other) {
          return other.id != row.id && other.status == MemberStatus::active;
        }))
      refuse(OrderRefused::Why::conflict, "no other node is active that could take the shards of " + node);
    row.status = MemberStatus::leaving;
    if (store.put_member(row, rows.version)) return;
  }
  refuse(OrderRefused::Why::conflict, "the members change all the time: try again");
}

ShardRow order_move(ClusterStore& store, std::uint32_t shard, const std::string& node) {
  const ClusterSnapshot rows = store.read();
  if (shard >= rows.shards.size())
    refuse(OrderRefused::Why::unknown, "there is no shard " + std::to_string(shard) + ": they go from 0 to " +
                                           std::to_string(rows.shards.size() - 1));
  const MemberRow& target = living_member(rows, node);
  const ShardRow& row = rows.shards[shard];
  const std::string name = "shard " + std::to_string(shard);
  if (target.status != MemberStatus::active)
    refuse(OrderRefused::Why::conflict,
           "node " + node + " is " + std::string(to_text(target.status)) + ": only an active one takes shards");
  if (row.phase != MovePhase::steady) {
    if (row.target == target.id) return row;
    refuse(OrderRefused::Why::conflict, name + " is on its way to " + row.target.node + ": wait until it is there");
  }
  if (row.owner == target.id) return row;
  if (!is_alive(rows, row.owner))
    refuse(OrderRefused::Why::conflict, name + " has no living owner: a node will claim it by itself");
  if (!store.put_move(row, MovePhase::leaving, target.id))
    refuse(OrderRefused::Why::conflict, name + " has changed hands just now: look again");
  ShardRow moving = row;
  moving.phase = MovePhase::leaving;
  moving.target = target.id;
  return moving;
}

std::size_t order_reset(ClusterStore& store, Journal& journal) {
  const ClusterSnapshot rows = store.read();
  const auto refuse = [] {
    throw OrderRefused(OrderRefused::Why::conflict, "somebody else changes the cluster: stop all nodes first");
  };
  for (const ShardRow& row : rows.shards)
    if (!journal.claim_shard(row.shard, row.epoch, "")) refuse();
  begin_history(journal);
  std::size_t living = 0;
  for (MemberRow row : rows.members) {  // the rows stay: they say which version the cluster speaks
    if (row.status == MemberStatus::dead) continue;
    row.status = MemberStatus::dead;
    if (!store.put_member(row, rows.version + living++)) refuse();
  }
  return living;
}

std::vector<Relocation> moves_to_even(const ClusterSnapshot& snapshot) {
  BalanceLimits limits;
  limits.begin = limits.rest;
  return plan_moves(snapshot, weights_of(snapshot.loads), limits);
}

std::size_t order_moves(ClusterStore& store, const ClusterSnapshot& snapshot, const std::vector<Relocation>& moves) {
  return static_cast<std::size_t>(std::ranges::count_if(moves, [&](const Relocation& move) {
    return store.put_move(snapshot.shards.at(move.shard), MovePhase::leaving, move.to);
  }));
}

}  // namespace caravan::cluster
