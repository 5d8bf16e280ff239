#include "runtime/cluster/cluster_node.hpp"

#include <algorithm>

namespace caravan::cluster {

ClusterNode::ClusterNode(MembershipOptions membership, OwnershipOptions ownership, Self self, std::uint64_t seed)
    : membership_(membership, std::move(self), seed),
      ownership_(ownership, membership.claim_after, membership.store_patience) {}

void ClusterNode::tick(Moment now, Time wall, Actions& out) {
  membership_.tick(now, wall, out);
  if (ownership_.has_settled() && membership_.lease_lives(now))
    ownership_.act(membership_.snapshot(), membership_.id(), membership_.stale(now), now, out);
}

void ClusterNode::on_read(std::uint64_t number, Moment now, std::optional<ClusterSnapshot> snapshot, Actions& out) {
  if (!membership_.on_read(number, now, std::move(snapshot))) return;
  if (membership_.phase() == Membership::Phase::stopped) return ownership_.drop_all(out);
  if (membership_.phase() != Membership::Phase::inside) return;
  const ClusterSnapshot& rows = membership_.snapshot();
  const MemberId& self = membership_.id();
  ownership_.observe(rows, self, now, out);
  if (membership_.lease_lives(now)) ownership_.act(rows, self, membership_.stale(now), now, out);
  if (departs_ && membership_.status() == MemberStatus::leaving && ownership_.holds_nothing() &&
      std::ranges::none_of(rows.shards, [&](const ShardRow& row) { return row.owner == self; }))
    membership_.depart();
}

void ClusterNode::on_claimed(std::uint32_t shard, std::optional<std::uint64_t> epoch, Actions& out) {
  if (membership_.phase() != Membership::Phase::inside) return;
  ownership_.on_claimed(shard, epoch, out);
  if (epoch) return;
  membership_.look_now();
}

void ClusterNode::on_moved(std::uint32_t shard) {
  ownership_.on_moved(shard);
  membership_.look_now();
}

}  // namespace caravan::cluster
