#pragma once

#include <caf/actor_system_config.hpp>

#include "runtime/cluster/driver.hpp"
#include "runtime/node.hpp"
#include "runtime/outbox.hpp"
#include "runtime/timers.hpp"
#include "storage/worker/worker.hpp"

namespace caravan {

/// The parts of a node, wired. With `threads` it runs by itself; without, a test moves it: it runs the actors' jobs by
/// CAF's test scheduler, and calls `commit_batch` and `tick`.
class Runtime : public Node {
 public:
  Runtime(caf::actor_system_config& config, Journal& journal, Clock& clock, Random& random, NodeOptions options,
          bool threads);
  ~Runtime() override;

  using Door::ask;
  using Door::await;
  using Door::query;
  void ask(Ask ask, ReplyHandler handler) override;
  void query(Address to, AnyRecord query, Caller caller, ReplyHandler handler) override;
  void await(Address to, AnyRecord query, Caller caller, std::function<bool(const Reply&)> done,
             std::chrono::milliseconds deadline, ReplyHandler handler) override;
  std::vector<JournalEntry> history(Address entity, std::uint64_t from, std::size_t limit,
                                    std::optional<Lane> lane) override;
  bool exists(Address entity) override { return journal_.entry(entity, 1).has_value(); }
  Time now() const override { return clock_.now(); }

  void add_provider(EntityKind kind, std::shared_ptr<Provider> provider) override;
  void start() override;
  void stop() override;
  void leave() override;
  bool is_broken() const override { return broken_; }
  std::string why_broken() const override;
  void lose(const std::string& why) override;
  std::optional<cluster::ClusterState> cluster_state() const override;
  bool idle(std::chrono::milliseconds provider_patience) const override;
  std::optional<Time> next_timer() const override;
  NodeStats stats() const override;
  std::vector<NodeSpan> find_trace(const std::string& trace_id, std::chrono::milliseconds patience) override;
  std::vector<OpenQuestion> stuck_effects(std::chrono::milliseconds patience) override;

  // What the threads do, for tests without threads.
  bool commit_batch() { return commits_.commit_batch(false); }
  /// Fires due timers, repeats effects and work whose pause is over, and once a second passivates.
  void tick();
  cluster::Driver* cluster() { return cluster_.get(); }
  caf::actor_system& actor_system() { return *system_; }

 private:
  void join_cluster();
  std::vector<std::string> reachable_peers() const;
  /// From now on the node serves nothing and `is_broken`; `why` is for people, with the remedy.
  void stop_serving(std::string why);
  /// For threads whose work nobody can take up in the middle: when a step fails, the node stops.
  Worker::GiveUp stops_node();
  bool give(const Address& to, std::shared_ptr<Work> work, ReplyHandler handler);
  void landed(CommitItem& item, std::uint64_t position);

  Journal& journal_;
  Clock& clock_;
  const NodeOptions options_;
  const bool threads_;
  std::unique_ptr<caf::actor_system> system_;
  Shards shards_;
  CommitLine commits_;
  ActorSurroundings around_;
  Residents residents_;
  Router router_;
  Outbox outbox_;
  Timers timers_;
  TraceSearch traces_;
  StuckSearch stuck_;
  std::unique_ptr<cluster::Driver> cluster_;  // of many nodes
  std::vector<std::uint32_t> opened_;         // a node alone has all shards
  mutable std::mutex loss_mutex_;
  std::string loss_;  // what `lose` told
  std::atomic<bool> broken_{false}, stopping_{false}, leaving_{false};
  std::chrono::steady_clock::time_point last_sweep_{};
  Worker committer_, asker_, ticker_;
};

}  // namespace caravan
