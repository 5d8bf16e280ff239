#pragma once

#include <map>

#include "runtime/cluster/balancer.hpp"

namespace caravan::cluster {

struct OwnershipOptions {
  BalanceLimits balance;
  Millis balance_every{1'000};
  Millis give_up_patience{5'000};  // then a shard that is given up is released, whatever is under way in it
  std::size_t claims_at_once = 32;
};

/// Which shards this node owns and under which epochs, as a state machine beside Membership. A shard without a living
/// owner is claimed by the member that `assign` names, once the former owner's lease must have ended; when two try, the
/// epoch lets one win. A move goes through the row: `leaving`, `released`, then the target claims; if one of the two
/// dies, the row says what is left to do. The longest-living active member begins moves.
class Ownership {
 public:
  Ownership(OwnershipOptions options, Millis claim_after, Millis store_patience)
      : options_(options), claim_after_(claim_after), store_patience_(store_patience) {}

  /// The rows as they were read just now; this node's own life is `self`.
  void observe(const ClusterSnapshot& snapshot, const MemberId& self, Moment now, Actions& out);
  /// After each `observe`, and when something has settled, while the lease lives: what to claim, release and move, by
  /// the same rows. Nobody waits for members that are `stale`.
  void act(const ClusterSnapshot& snapshot, const MemberId& self, const std::set<MemberId>& stale, Moment now,
           Actions& out);
  /// No value: another was first, or it is unknown.
  void on_claimed(std::uint32_t shard, std::optional<std::uint64_t> epoch, Actions& out);
  void on_moved(std::uint32_t shard) { moving_.erase(shard); }
  /// Nothing is under way in a shard that is to be given up.
  void settled(std::uint32_t shard);
  bool has_settled() const { return has_settled_; }
  /// This life of the node is over: drops all shards.
  void drop_all(Actions& out);

  /// By shard, in any unit, for the moves that this member begins. Empty: all weigh the same.
  void set_loads(std::vector<double> loads) { loads_ = std::move(loads); }

  /// It may write, and answer under a live lease.
  bool holds(std::uint32_t shard) const;
  std::uint64_t epoch(std::uint32_t shard) const;
  bool holds_nothing() const { return held_.empty() && claiming_.empty(); }

 private:
  struct Held {
    std::uint64_t epoch = 0;
    // What this node does, beside the row's phase: open while that is `steady`; giving, then settled (nothing is under
    // way any more) while it is `leaving`; released from when this node asks the store to write `released`.
    enum class State : std::uint8_t { open, giving, settled, released } state = State::open;
    Moment giving_since{};
  };
  struct Claim {
    std::uint64_t expected = 0;
    Moment since;
  };

  void observe_own(const ShardRow& row, Moment now, Actions& out);
  void release(const ClusterSnapshot& snapshot, Moment now, Actions& out);
  void claim(const ClusterSnapshot& snapshot, const MemberId& self, const std::set<MemberId>& stale, Moment now,
             Actions& out);
  void begin_moves(const ClusterSnapshot& snapshot, Moment now, Actions& out);
  void move(const ShardRow& was, MovePhase phase, const MemberId& target, Moment now, Actions& out);

  OwnershipOptions options_;
  Millis claim_after_, store_patience_;
  std::map<std::uint32_t, Held> held_;
  std::map<std::uint32_t, Claim> claiming_;
  std::map<std::uint32_t, Moment> moving_;  // a change of the row is under way
  std::map<MemberId, Moment> gone_;         // owners that are not alive, since when we know
  std::vector<std::uint64_t> newest_;       // epoch by shard, as read
  std::vector<double> loads_;
  Moment next_balance_{};
  bool has_settled_ = false;
};

}  // namespace caravan::cluster
