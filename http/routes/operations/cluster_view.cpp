#include "http/routes/operations/cluster_view.hpp"

#include <algorithm>

#include "runtime/cluster/actions.hpp"

namespace caravan::http {

namespace {

/// The row of the shard's owner; null where nobody living owns it. A node alone owns its shards without a row.
const MemberRow* living_owner(const ClusterSnapshot& rows, const ShardRow& shard) {
  const MemberRow* row = cluster::find_member(rows, shard.owner);
  return row && row->status != MemberStatus::dead ? row : nullptr;
}

ShardLoad load_of(const ClusterSnapshot& rows, std::uint32_t shard) {
  return shard < rows.loads.size() ? rows.loads[shard] : ShardLoad{};
}

ClusterNodeView view_of(const MemberRow& row) {
  ClusterNodeView view{.node_id = row.id.node,
                       .incarnation = row.id.incarnation,
                       .status = std::string(standing(row)),
                       .version = row.version,
                       .wire_from = row.wire_from,
                       .wire_to = row.wire_to,
                       .http_address = row.http_address,
                       .link_address = row.link_address,
                       .started_at = row.started,
                       .seen_at = row.alive};
  if (row.status != MemberStatus::dead)
    for (const Suspicion& vote : row.votes) view.suspected_by.push_back(vote.voter.node);
  return view;
}

}  // namespace

std::string_view standing(const MemberRow& row) { return cluster::has_left(row) ? "left" : to_text(row.status); }

ClusterView cluster_view(const ClusterSnapshot& rows) {
  ClusterView view{
      .is_cluster = !rows.members.empty(), .is_balancing_paused = rows.is_paused, .shards = rows.shards.size()};
  std::ranges::transform(rows.members, std::back_inserter(view.nodes), view_of);
  for (const ShardRow& shard : rows.shards) {
    const MemberRow* owner = living_owner(rows, shard);
    if (!owner) {
      view.orphaned_shards += view.is_cluster ? 1 : 0;
      continue;
    }
    ClusterNodeView& node = view.nodes[static_cast<std::size_t>(owner - rows.members.data())];
    const ShardLoad load = load_of(rows, shard.shard);
    ++node.shards;
    view.moving_shards += shard.phase == MovePhase::steady ? 0 : 1;
    node.load += load.rate;
    node.actors += load.actors;
  }
  view.is_whole = view.orphaned_shards == 0;
  return view;
}

ShardView shard_view(const ClusterSnapshot& rows, const ShardRow& shard) {
  const MemberRow* owner = living_owner(rows, shard);
  const ShardLoad load = load_of(rows, shard.shard);
  return {.shard_id = shard.shard,
          .epoch = shard.epoch,
          .node_id = owner ? std::optional(owner->id.node) : std::nullopt,
          .phase = std::string(to_text(shard.phase)),
          .target_node_id = shard.phase == MovePhase::steady ? std::nullopt : std::optional(shard.target.node),
          .load = load.rate,
          .actors = load.actors};
}

std::vector<ShardView> shard_views(const ClusterSnapshot& rows) {
  std::vector<ShardView> views;
  for (const ShardRow& shard : rows.shards) views.push_back(shard_view(rows, shard));
  return views;
}

}  // namespace caravan::http
