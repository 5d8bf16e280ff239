#pragma once

#include "tests/simulation/fleet/computer.hpp"
#include "tests/simulation/nodes.hpp"

namespace caravan::simulation {

/// What happens to a fleet, and how often: seconds from one to the next, about. Drawn from the seed, each absent (0) in
/// half of all runs.
struct FleetWeather {
  int kill = 0, freeze = 0, leave = 0;
  int cut = 0, broken_connection = 0;
  int store_stall = 0, store_failure = 0;

  static FleetWeather draw(Chance& chance);
  std::string text() const;
};

/// What happened in all runs.
struct FleetCounts {
  std::uint64_t frozen = 0, left = 0, cuts = 0, broken_connections = 0, frames = 0, disordered_frames = 0;
};

/// A cluster of two to four whole nodes on one store: actors, outboxes, timers, membership, ownership, routers and
/// links of each, with a network between them. Each computer's clocks go at their own rates.
class Fleet : public Nodes {
 public:
  Fleet(World& world, FleetCounts& counts);
  ~Fleet() override;

  Time now() const override;
  Door* door() override;
  /// None yet: a frozen computer would wake up months later, when what it carries has outlived its keys.
  int seasons_percent() const override { return 0; }
  void run_actors() override;
  void commit() override;
  void tick() override;
  void pass_time() override;
  void suffer() override;
  void heal() override;
  bool work_off() override;
  std::optional<Time> next_moment() override;
  void skip_to(Time date) override;
  bool has_caught_up() const override;

  /// `to` does not hear `from` for so long.
  void cut(const Computer& from, const Computer& to, TrueTime time);

  FleetWeather weather;
  Network network;

 private:
  Computer* one();
  /// All clocks show a later time, and everybody who can has a turn.
  void pass(TrueTime by);
  void start(Computer& computer);
  void check_versions() const;
  void finish_dream(Computer& computer);
  void tend(Computer& computer);
  /// Something that is not as it is in a fleet at rest; "" where all is.
  std::string why_no_rest() const;
  std::string text_of(Computer& computer) const;

  World& world_;
  FleetCounts& counts_;
  TrueTime now_{0}, suffered_at_{0};
  Duration skipped_{0};  // of the date
  TrueTime skipped_at_{0};
  TrueTime idle_since_{0};
  std::uint64_t bank_asked_ = 0;  // so often when it was looked at last
  bool is_upgraded_;              // node by node, whenever one starts

 public:
  std::vector<std::unique_ptr<Computer>> computers;  // their processes use all above until they end
};

}  // namespace caravan::simulation
