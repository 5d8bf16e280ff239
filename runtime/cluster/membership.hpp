#pragma once

#include <map>
#include <optional>
#include <random>
#include <set>

#include "runtime/cluster/actions.hpp"

namespace caravan::cluster {

/// Times are measured on the node's own clock. The clocks of two nodes may go at rates that differ by a tenth; what
/// they show is never compared.
struct MembershipOptions {
  std::size_t neighbours = 3;  // members that each one probes: the next ones in a ring
  std::size_t votes = 2;       // make a member dead; one does where no other member could vote
  Millis probe_every{500}, probe_patience{400};
  int misses = 3;                // probes without an answer, one after the other
  Millis read_every{400};        // the store; each read that finds us alive renews the lease
  Millis lease{1'200};           // from the beginning of such a read
  Millis claim_after{1'600};     // from seeing that an owner is dead; longer than any lease of it
  Millis alive_every{2'000};     // a sign of life goes to the store
  Millis stale_after{7'000};     // without a sign of life a member does not count among those who could vote
  Millis silent_after{21'000};   // without one it is suspect even if it answers probes: it cannot serve
  Millis vote_life{4'000};       // a vote counts for so long after this node first saw it
  Millis probation{5'000};       // a member votes only when it has been active for so long
  Millis store_patience{3'000};  // an operation without a result by then counts as failed
  Millis freeze{1'000};          // after a longer gap between two ticks what was seen before is forgotten
  std::size_t dead_rows = 64;    // of dead members, kept for people
};

/// Who this node is, as its row says.
struct Self {
  std::string node, link_address, http_address, version;
  std::uint32_t wire_from = 1, wire_to = 1;
};

/// The protocol of membership as a state machine, without threads or I/O. A member is watched by a few neighbours;
/// those that get no answer write votes into its row, and enough votes make it dead, for ever. Whoever reads that it is
/// dead stops at once. All writes are compare-and-swap on the members' version, so two nodes that suspect each other
/// cannot both win; while the store is away nobody joins, dies or votes.
class Membership {
 public:
  enum class Phase : std::uint8_t {
    outside,  // no row yet
    inside,
    stopped,  // for good: `reason` says why; the process must end or start anew as another member
  };

  /// Throws std::invalid_argument where the options cannot keep two nodes from answering for one shard.
  Membership(MembershipOptions options, Self self, std::uint64_t seed);

  /// Time goes on. To be called every `step_every` (50 ms) of the driver, and after each `on_…`.
  void tick(Moment now, Time wall, Actions& out);
  /// True: the snapshot was asked for and is the newest one now.
  bool on_read(std::uint64_t number, Moment now, std::optional<ClusterSnapshot> snapshot);
  /// The result of PutMember or ForgetMember; no value: it is unknown.
  void on_written(std::uint64_t number, Moment now, std::optional<bool> landed);
  void on_touched(std::uint64_t number, Moment now, bool landed);
  void on_probe_answered(const MemberId& member, std::uint64_t number);

  /// The node can serve: it becomes active once its neighbours answer it.
  void be_ready() { is_ready_ = true; }
  /// Takes nothing more, gives up what it owns.
  void leave() { wants_to_leave_ = true; }
  /// It owns nothing more: ends the membership.
  void depart() { wants_to_depart_ = wants_to_leave_; }

  /// Reads the rows at once: somebody says that they have changed.
  void look_now() { next_read_ = {}; }

  Phase phase() const { return phase_; }
  const std::string& reason() const { return reason_; }
  /// Incarnation 0 while outside.
  const MemberId& id() const { return id_; }
  MemberStatus status() const { return status_; }
  bool was_active() const { return active_since_.has_value(); }
  /// Nobody else may have claimed what we own yet, so answers from memory are not stale.
  bool lease_lives(Moment now) const { return now < lease_until(); }
  Moment lease_until() const { return phase_ == Phase::inside ? lease_until_ : Moment{}; }
  /// Members that are not dead yet, but give no signs of life in the store: the others do their part of the work.
  std::set<MemberId> stale(Moment now) const;
  const ClusterSnapshot& snapshot() const { return snapshot_; }
  const MembershipOptions& options() const { return options_; }

 private:
  struct Operation {
    std::uint64_t number = 0;
    Moment started;
    MemberId joins;  // the life that this write would begin
  };
  struct Probe {
    std::uint64_t number = 0;  // of the one under way; 0: none
    Moment sent{};
    int misses = 0;
    bool ever_answered = false;
  };
  /// When the sign of life or the vote was first seen as it is now, by our clock.
  struct Seen {
    Time value;
    Moment since;
  };
  struct NextWrite {
    MemberRow row;
    bool forgets = false;
  };

  void stop(std::string reason);
  void read_own_row();
  void observe(Moment now);
  void choose_neighbours();
  void start_over(Moment now);
  void expire(Moment now);
  void probe(Moment now, Actions& out);
  std::optional<NextWrite> next_write(Moment now, Time wall);
  std::optional<NextWrite> join(Moment now, Time wall);
  std::string version_fault() const;
  std::uint32_t common_version() const;
  std::optional<NextWrite> vote(Moment now, Time wall) const;
  bool may_vote(const MemberRow& row, Moment now) const;
  bool is_stale(const MemberRow& row, Moment now) const { return is_silent(row, now, options_.stale_after); }
  bool is_silent(const MemberRow& row, Moment now, Millis since) const;
  bool is_suspect(const MemberRow& row, Moment now) const;
  bool is_reachable(Moment now) const;
  std::size_t votes_needed(const MemberRow& row, Moment now) const;

  MembershipOptions options_;
  Self self_;
  std::mt19937_64 random_;
  Phase phase_ = Phase::outside;
  std::string reason_;
  MemberId id_;
  MemberStatus status_ = MemberStatus::joining;
  bool is_ready_ = false, wants_to_leave_ = false, wants_to_depart_ = false;
  ClusterSnapshot snapshot_;
  bool is_new_ = false;  // the snapshot came after the last look for something to write
  std::optional<Operation> operation_;
  std::optional<Operation> touch_;
  std::uint64_t numbers_ = 0;
  Moment next_read_{}, next_touch_{}, next_probe_{}, last_read_{}, last_tick_{}, lease_until_{};
  std::optional<Moment> active_since_;
  std::optional<Moment> former_since_;  // we watch a living row of our name: a former life, or another process
  std::map<MemberId, Seen> lives_;
  std::map<MemberId, Moment> voters_;                    // members that are no longer joining, since when we see it
  std::map<std::pair<MemberId, MemberId>, Seen> votes_;  // by member and voter
  std::map<MemberId, Probe> probes_;                     // of the neighbours
};

}  // namespace caravan::cluster
