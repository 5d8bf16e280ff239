#pragma once

#include <memory>

#include "runtime/clock.hpp"
#include "runtime/cluster/options.hpp"
#include "runtime/door.hpp"
#include "runtime/histogram.hpp"
#include "runtime/open_question.hpp"
#include "runtime/provider.hpp"
#include "runtime/spans.hpp"

/// A whole node without CAF in sight: for whoever wires one.
namespace caravan {

/// Defaults for tests. A server takes its values from config/settings.hpp (node_options in config/node.cpp).
struct NodeOptions {
  std::string name = "node";                  // who holds the shards, for people
  std::size_t worker_threads = 2;             // CAF's; the committing thread comes on top
  std::size_t resident_limit = 200'000;       // entities in memory
  std::size_t mailbox_limit = 1'024;          // work items waiting for one entity
  std::size_t work_limit = 50'000;            // work items waiting for all
  std::chrono::milliseconds idle{300'000};    // passivation
  std::uint64_t snapshot_every = 128;         // entries
  Duration key_life = std::chrono::days{30};  // of idempotency keys
  std::size_t most_marks = 1'000;             // an entity's, of senders whose effects it took
  std::size_t batch_items = 4'096;
  std::size_t batch_bytes = 8U << 20;
  Stopwatch stopwatch = std::chrono::steady_clock::now;
  /// The feed has grown to this position. Called on the committing thread; must not block.
  std::function<void(std::uint64_t position)> on_commit;
  /// The journal takes no more writes, or the node is no member of its cluster any more: stop the process, restart it.
  std::function<void()> on_broken;
  /// Keeps what entities do in traces that are kept; null: nothing is. Outlives the node.
  Spans* spans = nullptr;
  /// Absent: a node alone, which takes all shards from whoever had them.
  std::optional<cluster::ClusterOptions> cluster;
};

struct NodeStats {
  std::size_t residents = 0;
  std::size_t at_rest = 0;  // of them
  std::int64_t work = 0;    // waiting or under way
  std::uint64_t activations = 0, passivations = 0, refused = 0;
  std::uint64_t batches = 0, writes = 0, written_bytes = 0;
  HistogramCounts commit_seconds, batch_writes;  // of each commit
  std::size_t commit_queue = 0;
  std::size_t gate_bytes = 0;  // of decisions that are not durable yet
  std::size_t effects_to_entities = 0, effects_to_providers = 0;
  std::size_t effects_given_up = 0;  // to providers; an operator has them asked again, or drops them
  std::uint64_t effects_delivered = 0, effects_retried = 0, timers_fired = 0;
  // Ages are in seconds, 0 where there is nothing; of effects since they became durable or the node started.
  double oldest_to_entity = 0, oldest_to_provider = 0, oldest_overdue_timer = 0;
  // In a cluster: work that now waits for a shard on its way, or for a peer's answer; and since the start, work that
  // went to peers, came from them, or was tried again.
  std::size_t waiting_for_shards = 0, at_peers = 0;
  std::uint64_t sent_to_peers = 0, received_from_peers = 0, repeated = 0;
  std::uint64_t fenced = 0;  // writes whose shard had another owner
};

class Node : public Door {
 public:
  virtual void add_provider(EntityKind kind, std::shared_ptr<Provider> provider) = 0;
  /// Sends what was pending when the node stopped, and begins to fire timers. After all providers were added.
  virtual void start() = 0;
  /// Begins to hand its shards to other nodes of the cluster, and goes on working meanwhile. `cluster_state` says how
  /// many are left.
  virtual void leave() = 0;
  /// Takes no more work, finishes what it has (at most 10 s), and stops.
  virtual void stop() = 0;
  virtual bool is_broken() const = 0;
  /// Why it is broken, with the remedy; for people.
  virtual std::string why_broken() const = 0;
  /// Others own what this node owned: from now on it answers nothing, and `is_broken`. `why` is for people.
  virtual void lose(const std::string& why) = 0;
  /// No work, no effect and no due timer is under way. A request that its provider has had for `provider_patience` or
  /// longer does not count.
  virtual bool idle(std::chrono::milliseconds provider_patience) const = 0;
  /// When the next timer is due, or the next effect to the outside is given up.
  virtual std::optional<Time> next_timer() const = 0;
  virtual NodeStats stats() const = 0;
  /// What this node keeps of a trace, and what its peers do that answer within `patience`.
  virtual std::vector<NodeSpan> find_trace(const std::string& trace_id, std::chrono::milliseconds patience) = 0;
  /// The effects to the outside that are stuck, at this node and at the peers that answer within `patience`; the oldest
  /// first. `RetryEffect` and `DropEffect`, asked of the sender, end that.
  virtual std::vector<OpenQuestion> stuck_effects(std::chrono::milliseconds patience) = 0;
  /// Nothing for a node alone.
  virtual std::optional<cluster::ClusterState> cluster_state() const = 0;
};

/// A node that runs by itself on threads of its own.
std::unique_ptr<Node> make_node(Journal& journal, Clock& clock, Random& random, NodeOptions options);

/// The system's generator of random bytes, fit for secrets.
Random& system_random();

}  // namespace caravan
