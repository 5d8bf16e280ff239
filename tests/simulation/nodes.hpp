#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "actors/values/time.hpp"
#include "runtime/door.hpp"

namespace caravan::simulation {

class World;

/// Where the entities of a world live: in one node alone, or in several of a cluster.
class Nodes {
 public:
  virtual ~Nodes() = default;

  /// The date that people and providers know.
  virtual Time now() const = 0;
  /// Of one that takes requests, by chance; null: none does.
  virtual Door* door() = 0;

  /// How many of a hundred runs hold a season: where time is dear, not all.
  virtual int seasons_percent() const { return 100; }

  // One of them does a little of what a node does all the time.
  virtual void run_actors() = 0;
  virtual void commit() = 0;
  virtual void tick() = 0;
  virtual void pass_time() = 0;
  /// Something may go wrong, as the world's faults say.
  virtual void suffer() = 0;

  /// Nothing goes wrong any more; what is broken is made whole.
  virtual void heal() = 0;
  /// All do once what there is to do. False when nothing is left but to wait for `next_moment`.
  virtual bool work_off() = 0;
  /// The date at which the next thing is due.
  virtual std::optional<Time> next_moment() = 0;
  virtual void skip_to(Time date) = 0;
  /// What was on its way when the date was last skipped has had the time to arrive.
  virtual bool has_caught_up() const { return true; }

  /// Processes that ended by a fault.
  std::uint64_t crashes = 0;
};

using MakeNodes = std::function<std::unique_ptr<Nodes>(World& world)>;

}  // namespace caravan::simulation
