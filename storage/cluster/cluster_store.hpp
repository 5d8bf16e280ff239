#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "actors/values/time.hpp"
#include "storage/storage_error.hpp"

namespace caravan {

/// One life of a node. A node that starts again is another member: its incarnation is a later one.
struct MemberId {
  std::string node;
  std::uint64_t incarnation = 0;  // 0: nobody
  friend auto operator<=>(const MemberId&, const MemberId&) = default;
};

/// "a/17"; nobody is "". An owner that is no member (a single node's name) reads as that node, incarnation 0.
std::string to_text(const MemberId& member);
MemberId parse_member(std::string_view text);

enum class MemberStatus : std::uint8_t {
  joining,  // not ready yet: owns nothing, does not vote
  active,
  leaving,  // gives up what it owns, takes nothing more
  dead,     // for ever; without votes: it ended by itself, or an operator said so
};

/// "active".
std::string_view to_text(MemberStatus status);

/// One member's vote: another member does not answer it.
struct Suspicion {
  MemberId voter;
  Time at;  // by the voter's clock: tells one vote from the next, compared with no other clock
  friend bool operator==(const Suspicion&, const Suspicion&) = default;
};

/// A node, in its newest life.
struct MemberRow {
  MemberId id;
  MemberStatus status = MemberStatus::joining;
  std::string link_address, http_address;
  std::string version;  // of the program, for people
  // The oldest and newest version of links and events that it speaks. `wire_from` rises when all living members speak a
  // newer one: from then on that may be sent and written, and a build that does not speak it cannot join.
  std::uint32_t wire_from = 1, wire_to = 1;
  Time started{};
  Time alive{};  // changes while it lives; by its own clock
  std::vector<Suspicion> votes;
};

/// A move of a shard, in its phases. Each is in the row, so that any node can finish what another began.
enum class MovePhase : std::uint8_t {
  steady,
  leaving,   // the owner is asked to give it up to `target`
  released,  // the owner has given it up: `target` may claim at once
};

/// "leaving".
std::string_view to_text(MovePhase phase);

/// Who may write to a shard.
struct ShardRow {
  std::uint32_t shard = 0;
  std::uint64_t epoch = 0;
  MemberId owner;
  MovePhase phase = MovePhase::steady;
  MemberId target;  // nobody while steady
  friend bool operator==(const ShardRow&, const ShardRow&) = default;
};

/// How busy a shard is, where it is served.
struct ShardLoad {
  std::uint64_t rate = 0;    // work items a second
  std::uint64_t actors = 0;  // entities in memory
  friend bool operator==(const ShardLoad&, const ShardLoad&) = default;
};

/// All rows as of one moment.
struct ClusterSnapshot {
  std::uint64_t version = 0;       // of the members: rises with each change of one
  std::vector<MemberRow> members;  // by node
  std::vector<ShardRow> shards;    // by number, all of them
  std::vector<ShardLoad> loads;    // by shard, as the nodes told each other lately; empty: not yet
  bool is_paused = false;          // an operator wants no moves that only make loads more even
  std::string alone;               // the sign of life of a node that works alone, changing; empty: there is none
};

/// Who is in the cluster and owns what: rows that are changed by compare-and-swap. `read` sees every change that
/// returned before it began. All throw StorageError; after that it is unknown whether a change landed. For any thread;
/// blocks. A shard is claimed by `Journal::claim_shard`, which alone changes epochs, and ends a move.
class ClusterStore {
 public:
  virtual ~ClusterStore() = default;
  virtual ClusterSnapshot read() = 0;
  /// Writes the row in place of the node's former one, if the members' version is still `expected`, and raises the
  /// version by one. If the former row is of the same incarnation, its `alive` stays: `touch` writes it, and may have
  /// written it since the caller read.
  virtual bool put_member(const MemberRow& row, std::uint64_t expected) = 0;
  /// Forgets a node, under the same condition.
  virtual bool forget_member(const std::string& node, std::uint64_t expected) = 0;
  /// The sign of life of a member. Changes no version. False where it is dead or gone.
  virtual bool touch(const MemberId& member, Time alive) = 0;
  /// Sets the next phase of a shard's move, if the row's epoch, phase and target are still those of `was`.
  virtual bool put_move(const ShardRow& was, MovePhase phase, const MemberId& target) = 0;
  /// While paused, no move begins that would only make loads more even.
  void put_paused(bool is_paused);
  /// What the nodes have told each other, by shard.
  void put_loads(const std::vector<ShardLoad>& loads);
  /// The sign of life of a node that works alone with the journal.
  void put_alone(const std::string& sign);

 protected:
  virtual void put_setting(std::string_view name, const std::string& value) = 0;
};

// Parts of the snapshot that a store keeps among the journal's settings.
inline constexpr std::string_view paused_setting = "moves_paused", loads_setting = "shard_loads",
                                  alone_setting = "alone";
void take_setting(std::string_view name, std::string_view value, ClusterSnapshot& snapshot);

/// The votes as a store keeps them in one text: "a/17@1800000000000 b/18@1800000000100".
std::string votes_to_text(const std::vector<Suspicion>& votes);
std::vector<Suspicion> parse_votes(std::string_view text);

}  // namespace caravan
