#pragma once

#include <caf/actor.hpp>
#include <caf/actor_system.hpp>
#include <list>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "runtime/entity_actor.hpp"

namespace caravan {

/// The entities in this node's memory: activates them on demand, bounds their mailboxes, and passivates those that
/// nobody has used for a while. Only entities of shards that are open here.
class Residents {
 public:
  struct Limits {
    std::size_t entities = 200'000;           // passivates idle ones beyond it
    std::size_t mailbox = 1'024;              // work items that one entity may have waiting
    std::size_t work = 50'000;                // work items of all entities
    std::chrono::milliseconds idle{300'000};  // passivates after this time without work
    std::chrono::milliseconds rest{10'000};   // after this time an entity shrinks to the bytes of a snapshot
  };
  struct Stats {
    std::size_t entities = 0, at_rest = 0;
    std::int64_t work = 0;
    std::uint64_t activations = 0, passivations = 0, refused = 0;
  };

  Residents(caf::actor_system& system, const ActorSurroundings& around, Stopwatch stopwatch, Limits limits);

  /// Who runs an entity that was idle when work came: CAF's workers, or the thread that brings the work. The latter
  /// spares two switches between threads, which cost more than most work; the actor still runs in one thread at a time.
  enum class RunBy : std::uint8_t { workers, caller };

  /// From now on entities of the shard may be activated here, under this epoch. Also takes back a `give_up`.
  void open(std::uint32_t shard, std::uint64_t epoch);
  /// Takes no new work for the shard; who waits for a change there is told to ask elsewhere.
  void give_up(std::uint32_t shard);
  /// No work of the shard waits or is under way, and nothing of it is in the commit line.
  bool is_settled(std::uint32_t shard) const;
  /// Forgets all entities of the shard at once. What they decided neither lands nor is answered, except for the batch
  /// that is on its way to the disk.
  void close(std::uint32_t shard);

  /// Gives work to an entity, activating it. False where a limit forbids it, its shard is not here, or the node stops;
  /// nothing happened then.
  bool deliver(const Address& to, WorkPtr work, RunBy run_by = RunBy::workers);
  /// A work item of the activation is done.
  void worked(const std::shared_ptr<Activation>& activation);
  /// Forgets an activation at once; what still reaches its actor is refused.
  void drop(const std::shared_ptr<Activation>& activation);
  /// Puts entities to rest that had no work for `rest`, passivates those that had none for `idle`, and while there are
  /// more than the limit those that have been idle longest.
  void sweep(std::chrono::steady_clock::time_point now);
  /// Takes no more work.
  void close();
  bool is_closed() const { return closed_; }
  /// Lets go of every actor; before the actor system ends.
  void clear();
  /// Work items waiting or under way.
  std::int64_t busy() const { return work_.load(); }
  Stats stats() const;

 private:
  struct Cell;
  using Order = std::list<std::pair<const Address, Cell>*>;
  struct Cell {
    caf::actor actor;
    std::shared_ptr<Activation> activation;
    std::size_t waiting = 0;
    bool rests = false;
    std::chrono::steady_clock::time_point last_used;
    Order::iterator place;  // in `resting` where it rests, in `awake` where not
  };
  struct Stripe {
    mutable std::mutex mutex;
    std::unordered_map<Address, Cell> cells;
    Order awake, resting;  // idle longest first

    void touch(Cell& cell, bool rests);
  };

  /// Puts the work into the entity's mailbox; false as `deliver`. An idle actor then runs on `unit`; null: CAF's
  /// workers.
  bool enqueue(const Address& to, WorkPtr work, caf::execution_unit* unit);
  Stripe& stripe_of(std::uint32_t shard) { return stripes_[shard % stripes_.size()]; }
  Stripe& stripe_of(const Address& address) { return stripe_of(around_.shards.of(address)); }
  // Under the stripe's lock.
  void give(Cell& cell, WorkPtr work, caf::execution_unit* unit);
  void discard(Cell& cell);
  void erase(Stripe& stripe, std::unordered_map<Address, Cell>::iterator cell);
  /// Puts cells of a stripe to rest that had no work since `before`; a bounded number for each call.
  void put_to_rest(Stripe& stripe, std::chrono::steady_clock::time_point before);
  /// Passivates the idle cells of a stripe, oldest first, until `keep` are left or none is idle since `before`.
  void evict(Stripe& stripe, std::size_t keep, std::chrono::steady_clock::time_point before);

  caf::actor_system& system_;
  const ActorSurroundings& around_;
  const Stopwatch stopwatch_;
  const Limits limits_;
  const std::size_t stripe_limit_;  // entities of a stripe
  std::vector<Stripe> stripes_;     // by shard, so that what concerns a shard looks at one
  std::atomic<std::int64_t> work_{0};
  std::atomic<bool> closed_{false};
  std::atomic<std::uint64_t> activations_{0}, passivations_{0}, refused_{0};
};

}  // namespace caravan
