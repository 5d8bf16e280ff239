#pragma once

#include "storage/cluster/memory_cluster_store.hpp"
#include "tests/simulation/fleet/network.hpp"
#include "tests/simulation/journal_seam.hpp"
#include "tests/testkit/simulated_node.hpp"

namespace caravan::simulation {

class World;

/// Rules of a process that are broken on purpose.
struct BrokenRules {
  bool clock_stops_when_frozen = false;
  bool ignores_fences = false;
  bool writes_newest_version = false;  // whether others can read it or not
  bool moves_never_end = false;        // the store forgets that a shard was released
  bool is_cut_off_for_good = false;    // from the store, once all is well again
};

/// The cluster's store as one process sees it: it may fail before or after it has done what was asked.
class ClusterStoreSeam : public ClusterStore {
 public:
  /// Asked twice for each operation; true: it fails here.
  using Fails = std::function<bool()>;
  ClusterStoreSeam(std::shared_ptr<MemoryFile> file, Fails fails, const BrokenRules& sabotage)
      : store_(std::move(file)), fails_(std::move(fails)), sabotage_(sabotage) {}

 private:
  template <class Work>
  auto pass(Work work) {
    if (fails_()) throw StorageError("simulated: the store does not answer");
    auto result = work();
    if (fails_()) throw StorageError("simulated: the store did it, and does not say so");
    return result;
  }

 public:
  ClusterSnapshot read() override {
    return pass([&] { return store_.read(); });
  }
  bool put_member(const MemberRow& given, std::uint64_t expected) override {
    MemberRow row = given;
    if (sabotage_.writes_newest_version) row.wire_from = row.wire_to;
    return pass([&] { return store_.put_member(row, expected); });
  }
  bool forget_member(const std::string& node, std::uint64_t expected) override {
    return pass([&] { return store_.forget_member(node, expected); });
  }
  bool touch(const MemberId& member, Time alive) override {
    return pass([&] { return store_.touch(member, alive); });
  }
  bool put_move(const ShardRow& was, MovePhase phase, const MemberId& target) override {
    if (sabotage_.moves_never_end && phase == MovePhase::released) return true;
    return pass([&] { return store_.put_move(was, phase, target); });
  }

 private:
  void put_setting(std::string_view, const std::string&) override {}  // loads, for people

  MemoryClusterStore store_;
  Fails fails_;
  const BrokenRules& sabotage_;
};

/// A computer with its clocks, and the process of one node on it.
class Computer {
 public:
  /// `now` is the true time.
  Computer(World& world, Network& network, const TrueTime& now, std::string name);
  ~Computer();

  const std::string& name() const { return name_; }
  bool is_up() const;
  bool works() const { return is_up() && !is_frozen(); }
  testkit::SimulatedNode& node();

  void start();
  /// As `kill -9`, or a loss of power: nothing of what it held in memory is told to anybody; in half of the cases not
  /// even that its connections end.
  void kill();
  /// It ends by itself, and says so.
  void stop();
  void freeze(TrueTime until);
  bool is_frozen() const { return frozen_until_ > now_; }
  void thaw() { frozen_until_ = std::min(frozen_until_, now_); }
  /// True once, at the end of a freeze.
  bool wakes_up();

  /// Membership, ownership, timers and retries have their turn.
  void pulse();
  bool commit();
  void set_date(Time date);
  bool store_works() const { return store_stalls_until <= now_ && store_fails_until <= now_; }

  TrueTime starts_at{0};             // again, when it is down
  std::uint32_t newest_version = 1;  // that its program speaks
  TrueTime store_stalls_until{0}, store_fails_until{0};
  bool is_leaving = false;
  enum class Break : std::uint8_t { none, lands, is_lost } next_commit = Break::none;  // it says nothing of its fate
  BrokenRules sabotage;

 private:
  class FailingJournal;
  struct Process;
  cluster::Moment moment() const;
  NodeOptions options(Process& process);

  World& world_;
  Network& network_;
  const TrueTime& now_;
  const std::string name_;
  const double rate_;     // of the clock that never goes back
  const TrueTime start_;  // what that showed at the beginning
  const Duration skew_;   // of the date
  TrueTime frozen_until_{0}, frozen_in_all_{0};
  Time date_{};
  bool dreams_ = false;
  bool is_killed_ = false;  // then what its destructors still do to the store has no effect
  std::unique_ptr<Process> process_;
};

}  // namespace caravan::simulation
