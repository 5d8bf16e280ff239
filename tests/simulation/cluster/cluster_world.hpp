#pragma once

#include <functional>
#include <map>
#include <memory>
#include <queue>
#include <set>
#include <string>

#include "runtime/cluster/cluster_node.hpp"
#include "storage/cluster/memory_cluster_store.hpp"
#include "tests/simulation/chance.hpp"
#include "tests/simulation/cluster/loads.hpp"

namespace caravan::simulation {

/// True time, in microseconds since the run began; no node knows it.
using TrueTime = std::int64_t;
inline constexpr TrueTime second = 1'000'000, millisecond = 1'000;

/// What a run may do to the nodes.
struct Weather {
  bool only_store = false;  // nothing but the store goes wrong: nobody may die of it
  bool quiet = false;       // nothing goes wrong
};

/// How large a cluster is, and how it balances.
struct Setup {
  std::size_t machines = 0;  // 0: one to six, by chance
  std::uint32_t shards = 16;
  TrueTime watch_every = 50 * millisecond;
  cluster::OwnershipOptions ownership = {};
};

/// Rules that are broken on purpose.
struct Sabotage {
  bool lease_is_longer = false;     // answers go on for a while after the lease has ended
  bool store_compares = true;       // false: a member's row is written even if the rows have changed since the read
  bool claims_are_compared = true;  // false: a claim that comes too late is told that it succeeded
  bool store_fences = true;         // false: writes of a former owner land too
};

/// A process: it dies with what it holds in memory; the next one of its name knows nothing of it.
struct Process {
  std::unique_ptr<cluster::ClusterNode> brain;
  std::unique_ptr<MemoryJournal> journal;
  std::unique_ptr<MemoryClusterStore> store;
  std::map<std::uint32_t, std::uint64_t> open;  // shards that it was told to serve, and their epochs
  bool wants_to_leave = false;
  std::uint64_t written = 0;
};

struct Machine {
  std::string name;
  double rate = 1;                   // of its clock
  TrueTime offset = 0;               // of its clock, and
  TrueTime wall_skew = 0;            // of what it believes the date to be
  std::shared_ptr<Process> process;  // none: down
  TrueTime frozen_until = 0;
  std::vector<std::function<void()>> waiting;  // what reached it while it was frozen
  bool stays_down = false;
};

/// Nodes, links between them and a store, in one thread and by one seed.
class ClusterWorld {
 public:
  ClusterWorld(std::uint64_t seed, bool is_read, cluster::MembershipOptions options = {}, Sabotage sabotage = {},
               Setup setup = {});

  void run(TrueTime until);
  /// Something goes wrong, or right again.
  void trouble();
  /// Everything works again; who is down stays so, but for one.
  void heal();
  /// Every shard has one owner that is active and answers; no move is left half done.
  void check_at_rest();
  /// Gives each active node its share of the shards, which nobody owned before. For runs with a given number of
  /// machines.
  void share_out();

  /// One more machine starts.
  void join();
  void kill(const std::string& name);
  void leave(const std::string& name);
  /// What the store has.
  ClusterSnapshot rows() const { return MemoryClusterStore(file_).read(); }

  TrueTime now() const { return now_; }
  const std::vector<std::string>& faults() const { return faults_; }
  void tell(const std::string& text) const;

  Chance chance;
  Weather weather;
  std::unique_ptr<Loads> loads;  // none: all shards weigh the same
  std::uint64_t deaths = 0, opened = 0, moves = 0, written = 0, fenced = 0;

 private:
  struct Event {
    TrueTime at;
    std::uint64_t number;
    std::function<void()> run;
    bool operator>(const Event& other) const { return std::pair(at, number) > std::pair(other.at, other.number); }
  };
  void later(TrueTime delay, std::function<void()> run);
  void fault(const std::string& text);

  void add_machine();
  void start(std::size_t machine);
  void end(std::size_t machine);
  bool is_frozen(const Machine& machine) const { return machine.frozen_until > now_; }
  cluster::Moment clock_of(const Machine& machine) const;
  Time date_of(const Machine& machine) const;
  /// Runs it in the process once that is not frozen; never, if the process has ended by then.
  void in_process(std::size_t machine, const std::shared_ptr<Process>& process,
                  std::function<void(Process&, cluster::Actions&)> work);
  void tick(std::size_t machine, const std::shared_ptr<Process>& process);
  void carry_out(std::size_t machine, const std::shared_ptr<Process>& process, cluster::Actions actions);
  void order(std::size_t machine, const std::shared_ptr<Process>& process, const cluster::Action& action);
  void probe(std::size_t machine, const std::shared_ptr<Process>& process, const cluster::SendProbe& probe);
  /// An operation of the store: it may be late, fail, or land without an answer.
  template <class Result>
  void in_store(std::size_t machine, const std::shared_ptr<Process>& process, std::function<Result()> work,
                std::function<void(Process&, std::optional<Result>, cluster::Actions&)> then);

  bool put_member(MemberRow row, std::uint64_t expected);
  std::optional<ShardLease> claim(Process& process, const cluster::ClaimShard& claim);
  void try_to_write(Process& process);
  /// Loads are measured, and told to everybody.
  void tell_loads();
  void watch();
  void watch_rows();
  void watch_answers(std::uint32_t shard);
  TrueTime link_delay(std::size_t from, std::size_t to);

  const bool is_read_;
  const cluster::MembershipOptions options_;
  const Sabotage sabotage_;
  const Setup setup_;
  TrueTime now_ = 0;
  std::uint64_t events_ = 0;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> queue_;
  std::shared_ptr<MemoryFile> file_;
  std::vector<Machine> machines_;
  std::set<std::pair<std::size_t, std::size_t>> cut_;  // from, to
  int lost_permille_ = 0, refused_permille_ = 0, slow_percent_ = 0;
  TrueTime store_stalls_until_ = 0, store_fails_until_ = 0;
  std::map<std::pair<std::uint32_t, std::uint64_t>, const Process*> owners_;  // by shard and epoch, ever
  std::set<MemberId> dead_;                                                   // ever
  std::vector<std::string> faults_;
};

}  // namespace caravan::simulation
