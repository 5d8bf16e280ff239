#pragma once

#include <memory>
#include <optional>

#include "storage/journal/memory_journal.hpp"
#include "tests/simulation/bank.hpp"
#include "tests/simulation/checker.hpp"
#include "tests/simulation/clients.hpp"
#include "tests/simulation/journal_seam.hpp"
#include "tests/simulation/outside.hpp"
#include "tests/simulation/people.hpp"
#include "tests/testkit/simulated_node.hpp"

namespace caravan::simulation {

/// One run's world: a node, its journal, the outside, people and their clients, and whatever goes wrong between them.
/// Everything happens in one thread, one small thing after the other, each picked by the seed.
class World {
 public:
  World(std::uint64_t seed, bool is_read);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  /// One thing happens, whatever it is.
  void step();
  /// Faults are over; the node comes to rest, and the clock moves from timer to timer, at most that far.
  void come_to_rest(Duration at_most);
  /// Lets the actors run, commits, brings letters, and so on, until nothing happens without the clock.
  void settle();
  /// As after `kill -9`.
  void restart();

  Time now() const { return node->clock.now(); }
  void write(const Address& to, AnyRecord command, const Caller& caller, Clients::Then then = {}) {
    clients.write(to, std::move(command), caller, now(), std::move(then));
  }

  Chance chance;
  History history;
  Faults faults;
  MemoryJournal journal;
  JournalSeam seam{journal};
  Chronicle chronicle;
  Checker checker{chronicle};
  std::shared_ptr<Bank> bank = std::make_shared<Bank>(chance, history);
  Clients clients{chance, history};
  People people;
  std::unique_ptr<testkit::SimulatedNode> node;
  std::function<void(World&)> on_step;  // sabotage
  std::uint64_t crashes = 0, breaks = 0;

 private:
  void somebody_acts();
  void actors_run();
  void commit();
  void bank_acts();
  void clients_act();
  void tick();
  void time_passes();
  void look_at_something();
  void misfortune();
  /// What waits for the time alone: a second try, an answer of the provider. When to look again, if at all.
  std::optional<Time> next_moment();

  std::uint64_t starts_ = 0;
};

}  // namespace caravan::simulation
