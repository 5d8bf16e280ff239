#pragma once

#include "runtime/cluster/membership.hpp"
#include "runtime/cluster/ownership.hpp"

namespace caravan::cluster {

/// A node's part in the cluster: membership and ownership, moved by the same reads of the store. No threads, no I/O:
/// the driver calls `tick` every `step_every` (50 ms) and after each answer, carries the actions out, and brings their
/// results.
class ClusterNode {
 public:
  ClusterNode(MembershipOptions membership, OwnershipOptions ownership, Self self, std::uint64_t seed);

  void tick(Moment now, Time wall, Actions& out);
  /// The result of ReadStore; no value: it failed.
  void on_read(std::uint64_t number, Moment now, std::optional<ClusterSnapshot> snapshot, Actions& out);
  /// The result of PutMember or ForgetMember; no value: it is unknown.
  void on_written(std::uint64_t number, Moment now, std::optional<bool> landed) {
    membership_.on_written(number, now, landed);
  }
  void on_touched(std::uint64_t number, Moment now, bool landed) { membership_.on_touched(number, now, landed); }
  void on_probe_answered(const MemberId& member, std::uint64_t number) {
    membership_.on_probe_answered(member, number);
  }
  /// The result of ClaimShard: the epoch; no value: another was first, or it is unknown.
  void on_claimed(std::uint32_t shard, std::optional<std::uint64_t> epoch, Actions& out);
  /// PutMove has ended, whatever came of it.
  void on_moved(std::uint32_t shard);
  /// After GiveUpShard: nothing is under way any more.
  void settled(std::uint32_t shard) { ownership_.settled(shard); }

  void be_ready() { membership_.be_ready(); }
  /// Drains the node: it gives up all shards, and stays a member that owns nothing. On SIGTERM: Node::leave →
  /// Driver::leave → this; the process then ends the membership itself, in Driver::abandon.
  void hand_over() { membership_.leave(); }
  /// The same, and ends the membership then: only the simulation asks for it.
  void leave() {
    hand_over();
    departs_ = true;
  }
  void look_now() { membership_.look_now(); }
  void set_loads(std::vector<double> loads) { ownership_.set_loads(std::move(loads)); }

  /// Whether a probe to that member is to be answered by this process.
  bool answers_for(const MemberId& member) const {
    return membership_.phase() == Membership::Phase::inside && membership_.id() == member;
  }
  /// It may decide and commit for the shard; the journal fences by the epoch.
  bool may_write(std::uint32_t shard) const { return ownership_.holds(shard); }
  /// It may answer from memory.
  bool may_answer(std::uint32_t shard, Moment now) const {
    return membership_.lease_lives(now) && ownership_.holds(shard);
  }
  const Membership& membership() const { return membership_; }
  const Ownership& ownership() const { return ownership_; }

 private:
  Membership membership_;
  Ownership ownership_;
  bool departs_ = false;
};

}  // namespace caravan::cluster
