#pragma once

#include <set>
#include <span>

#include "runtime/cluster/actions.hpp"

namespace caravan::cluster {

struct BalanceLimits {
  /// Moves begin when a member is further off the even load than this part of it. Loads are known roughly: with a
  /// smaller one shards would never rest.
  double begin = 0.08;
  double rest = 0.05;     // what the moves then aim at
  std::size_t moves = 8;  // under way at once
  /// Of them off leaving members. A drain so holds fewer shards' requests up at a time, and takes twice as long as it
  /// takes to fill a new member.
  std::size_t drain_moves = 4;
};

/// A shard that is to change hands.
struct Relocation {
  std::uint32_t shard = 0;
  MemberId to;
  friend bool operator==(const Relocation&, const Relocation&) = default;
};

/// What each shard weighs for the balance: its work and a little for being there. The less there is to do in all, the
/// more alike they weigh; empty where there is nothing: then all weigh the same.
std::vector<double> weights_of(std::span<const ShardLoad> loads);

// Pure functions of the rows: members that find the same others `stale` come to the same result. Where they do not, two
// may want to change one row, and compare-and-swap lets one win. `loads` by shard; empty: all weigh the same.

/// The member that begins moves, and tells the store the loads: of those that are active and not stale the one that has
/// been there longest; or nullptr.
const MemberRow* mover(const ClusterSnapshot& snapshot, const std::set<MemberId>& stale);

/// The moves to begin now, so that active members are evenly loaded and leaving ones end up with nothing. None while a
/// shard has no living owner: those come first.
std::vector<Relocation> plan_moves(const ClusterSnapshot& snapshot, std::span<const double> loads,
                                   const BalanceLimits& limits);

/// Who is to claim each of these shards, which have no owner: the target of a move under way, or the least loaded.
std::vector<Relocation> assign(const ClusterSnapshot& snapshot, std::span<const double> loads,
                               std::vector<std::uint32_t> orphans, const std::set<MemberId>& stale = {});

}  // namespace caravan::cluster
