#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>

#include "runtime/histogram.hpp"
#include "runtime/host.hpp"

namespace caravan {

/// One activation of an entity, as the commit line sees it. An activation whose write failed is lost: nothing that it
/// decided later may land, since it was decided on what is not there.
struct Activation {
  Activation(Address of, std::uint32_t in, std::uint64_t under) : address(of), shard(in), epoch(under) {}
  const Address address;
  const std::uint32_t shard;
  const std::uint64_t epoch;                // of the shard, when it came to life
  std::atomic<std::uint64_t> committed{0};  // the last durable sequence
  std::atomic<std::int64_t> held{0};        // items in the line plus waiters; while > 0 it must not be passivated
  std::atomic<bool> lost{false};
};

/// What waits for the next commit: a write with what follows from it, or a barrier (no write) that holds an answer
/// back until all before it is durable.
struct CommitItem {
  std::shared_ptr<Activation> activation;
  std::optional<Write> write;
  std::vector<OutgoingEffect> outgoing;
  /// Called once, when the fate is known: committed, `fenced` (it certainly did not land) or unknown. `position` is 0
  /// for barriers.
  std::function<void(CommitStatus, std::uint64_t position)> done;
  std::vector<EffectOrder> orders = {};  // about earlier effects
};

/// The output gate and the group commit: takes what all actors of the node decided, makes it durable batch by batch,
/// and only then lets anything out. The next batch starts when the last one landed; there is no timer.
class CommitLine {
 public:
  struct Hooks {
    /// A write landed: its effects and timers may go, the feed has grown to `position`. Called in commit order.
    std::function<void(CommitItem& item, std::uint64_t position)> landed;
    /// The activation must be dropped and read again from the journal.
    std::function<void(const std::shared_ptr<Activation>&)> lost;
    /// The journal takes no more writes: the node must stop.
    std::function<void()> broken;
  };
  struct Limits {
    std::size_t batch_items = 4096;
    std::size_t batch_bytes = 8U << 20;
  };
  struct Stats {
    std::uint64_t batches = 0, writes = 0, bytes = 0, fenced = 0;
    std::size_t waiting = 0;
    std::size_t gate_bytes = 0;      // of decisions that are not durable yet
    HistogramCounts commit_seconds;  // of each batch
    HistogramCounts batch_writes;
  };

  CommitLine(Journal& journal, Limits limits, Hooks hooks);

  void push(CommitItem item);
  /// Commits one batch. With `wait` it blocks until there is something to commit. False: there was nothing, and with
  /// `wait` that means that the line is closed.
  bool commit_batch(bool wait);
  /// Wakes a waiting `commit_batch`; what is in the line is still committed.
  void close();
  Stats stats() const;

 private:
  std::vector<CommitItem> take_batch(bool wait);
  std::vector<Committed> write(const std::vector<Write>& writes);
  void finish(CommitItem& item, const Committed& fate);
  /// Lets out what follows from a durable write: its effects and timers. False: it failed.
  bool let_out(CommitItem& item, std::uint64_t position);
  void break_down();

  Journal& journal_;
  const Limits limits_;
  const Hooks hooks_;
  mutable std::mutex mutex_;
  std::condition_variable ready_;
  std::deque<CommitItem> line_;
  bool closed_ = false;
  bool broken_ = false;  // touched by the committing thread alone
  std::atomic<std::uint64_t> batches_{0}, writes_{0}, bytes_{0}, fenced_{0};
  std::atomic<std::size_t> gate_bytes_{0};
  Histogram commit_seconds_{{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5}};
  Histogram batch_writes_{{1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1'024, 4'096}};
};

}  // namespace caravan
