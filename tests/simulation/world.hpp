#pragma once

#include <memory>
#include <optional>
#include <set>

#include "runtime/directory.hpp"
#include "storage/journal/memory_journal.hpp"
#include "tests/simulation/bank.hpp"
#include "tests/simulation/calendar.hpp"
#include "tests/simulation/census.hpp"
#include "tests/simulation/checker.hpp"
#include "tests/simulation/clients.hpp"
#include "tests/simulation/journal_seam.hpp"
#include "tests/simulation/nodes.hpp"
#include "tests/simulation/outside.hpp"
#include "tests/simulation/people.hpp"

namespace caravan::simulation {

/// One run's world: nodes, their journal, the outside, people and their clients, and whatever goes wrong between them.
/// Everything happens in one thread, one small thing after the other, each picked by the seed.
class World {
 public:
  World(std::uint64_t seed, bool is_read, const MakeNodes& make_nodes);
  World(const World&) = delete;
  World& operator=(const World&) = delete;
  ~World();

  /// One thing happens, whatever it is.
  void step();
  /// Some deals are made in calm weather, so that there are deliveries to make plans for.
  void hold_market();
  /// From now on people do what they plan for each delivery, and the date moves from one of their dates to the next.
  void begin_season();
  /// Its people have plans with the delivery, which nobody spoils by doing anything else with it.
  bool is_spoken_for(const Uuid& delivery) const { return spoken_for_.contains(delivery); }
  /// Faults are over; the nodes come to rest, and the date moves from timer to timer, in all that far.
  void come_to_rest(Duration by);
  /// Lets the actors run, commits, delivers messages, and so on, until nothing more happens unless the clock moves.
  void settle();

  Time now() const { return nodes ? nodes->now() : testkit::test_start; }
  void write(const Address& to, AnyRecord command, const Caller& caller, Clients::Then then = {}) {
    clients.write(to, std::move(command), caller, now(), std::move(then));
  }
  /// Somebody asks a node about something; the answer may be neither ahead of what is durable nor behind it.
  void look_at_something(Door& door);
  /// What a node needs of the outside.
  std::vector<std::pair<EntityKind, std::shared_ptr<Provider>>> providers();

  Chance chance;
  History history;
  Faults faults;
  MemoryJournal journal;
  SeamRules seam;
  Chronicle chronicle;
  Checker checker{chronicle};
  Census census;
  std::shared_ptr<Bank> bank = std::make_shared<Bank>(chance, history);
  Clients clients{chance, history};
  People people;
  Calendar calendar;
  std::function<void(World&)> on_step;  // sabotage
  std::unique_ptr<Nodes> nodes;

 private:
  void somebody_acts();
  void make_plans(const JournalEntry& entry);
  bool will_be_planned(const Uuid& delivery);
  void actors_run() { nodes->run_actors(); }
  void commit() { nodes->commit(); }
  void bank_acts() { bank->act(faults, now()); }
  /// Each node's directory tries one question; false where none has any.
  bool directories_act();
  void directories_answer() { directories_act(); }
  std::shared_ptr<Directory> directory();
  void clients_act();
  void tick() { nodes->tick(); }
  void time_passes() { nodes->pass_time(); }
  void look_at_something();
  bool operators_act();

  std::vector<std::weak_ptr<Directory>> directories_;  // of nodes that live
  enum class Phase { storm, market, season, rest };
  bool is_accepting() const;

  Phase phase_ = Phase::storm;
  std::set<Uuid> spoken_for_;
  std::map<EffectKey, Time> ordered_;  // to be asked again
};

}  // namespace caravan::simulation
