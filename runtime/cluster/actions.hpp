#pragma once

#include <chrono>
#include <variant>
#include <vector>

#include "storage/cluster/cluster_store.hpp"

namespace caravan::cluster {

/// The clock of this node alone: never goes back, and goes on while the process is stopped.
using Moment = std::chrono::steady_clock::time_point;
using Millis = std::chrono::milliseconds;

// What the state machine asks of its surroundings. Each question is answered by `on_…` with its number, or never.
struct ReadStore {
  std::uint64_t number = 0;
};
struct PutMember {
  std::uint64_t number = 0;
  MemberRow row;
  std::uint64_t expected = 0;
};
struct ForgetMember {
  std::uint64_t number = 0;
  std::string node;
  std::uint64_t expected = 0;
};
struct TouchMember {
  std::uint64_t number = 0;
  MemberId member;
  Time alive;
};
/// Sent over the link that carries the traffic; only that very life of the node may answer.
struct SendProbe {
  MemberId to;
  std::uint64_t number = 0;
};
/// By Journal::claim_shard.
struct ClaimShard {
  std::uint32_t shard = 0;
  std::uint64_t expected = 0;
};
struct PutMove {
  ShardRow was;
  MovePhase phase = MovePhase::steady;
  MemberId target;
};

// What the runtime is to do.
/// Serve it under this epoch (again, where it was being given up).
struct OpenShard {
  std::uint32_t shard = 0;
  std::uint64_t epoch = 0;
};
/// Take no new work for it, finish what is under way, then say `settled`.
struct GiveUpShard {
  std::uint32_t shard = 0;
};
/// It is not ours any more: drop its actors at once, answer nothing.
struct DropShard {
  std::uint32_t shard = 0;
};

using Action = std::variant<ReadStore, PutMember, ForgetMember, TouchMember, SendProbe, ClaimShard, PutMove, OpenShard,
                            GiveUpShard, DropShard>;
using Actions = std::vector<Action>;

/// The member's row, or nullptr where the node's row is of another life or there is none.
const MemberRow* find_member(const ClusterSnapshot& snapshot, const MemberId& member);
/// It has a row, and that is not dead.
bool is_alive(const ClusterSnapshot& snapshot, const MemberId& member);
/// It may take shards.
bool is_active(const ClusterSnapshot& snapshot, const MemberId& member);
/// It is dead without votes: it said so itself, or an operator did.
bool has_left(const MemberRow& row);
/// Makes it a row of a member that has left.
void mark_left(MemberRow& row);

}  // namespace caravan::cluster
