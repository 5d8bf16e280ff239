#include "tests/simulation/world.hpp"

#include <stdexcept>

#include "actors/registry.hpp"

namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr int most_rounds = 200'000;  // a world that is busier than that never comes to rest
constexpr Duration second_try = 1s;   // how far the clock moves while something is tried again

}  // namespace

World::World(std::uint64_t seed, bool is_read) : chance(seed), history(is_read), faults(Faults::draw(chance)) {
  chronicle.on_entry = [this](const JournalEntry& entry) {
    const bool is_first = entry.sequence == 1;
    if (is_first && entry.entity.kind == EntityKind::delivery) history.call_next(entry.entity.id, "delivery");
    if (is_first && entry.entity.kind == EntityKind::escrow) history.call_next(entry.entity.id, "escrow");
    history.tell(entry);
    checker.entry(entry);
  };
  seam.is_unreadable = [this](const Address& address) {
    const bool fails = node && chance.permille(faults.unreadable);  // a node that is going still runs its actors
    if (fails) history.tell(now(), "journal", history.name(address) + " cannot be read");
    return fails;
  };
  clients.may_enter = [this](const Caller& caller) {
    const AccountState* account = chronicle.state<Account>(caller.user.value);
    return !account || account->status != UserStatus::deleted;
  };
  restart();
  people.arrive(*this);
  settle();
}

World::~World() = default;

void World::restart() {
  const Time now = node ? node->clock.now() : testkit::test_start;
  if (node) history.tell(now, "node", "is gone, and starts again");
  node.reset();
  journal.restart();
  bank->hang_up();
  clients.connection_lost();
  NodeOptions options = faults.node;
  node = std::make_unique<testkit::SimulatedNode>(seam, chance.next() + ++starts_, options);
  node->clock.set(now);
  node->order = faults.order;
  node->node().add_provider(EntityKind::payments, bank);
  node->node().add_provider(EntityKind::messages, std::make_shared<Mail>(chance, faults));
  node->node().add_provider(EntityKind::directory, std::make_shared<OpenWork>(journal, chronicle));
  node->node().start();
}

void World::step() {
  struct Thing {
    int weight;
    void (World::*happens)();
  };
  static constexpr Thing things[] = {
      {.weight = 20, .happens = &World::somebody_acts}, {.weight = 30, .happens = &World::actors_run},
      {.weight = 20, .happens = &World::commit},        {.weight = 10, .happens = &World::bank_acts},
      {.weight = 15, .happens = &World::clients_act},   {.weight = 10, .happens = &World::tick},
      {.weight = 8, .happens = &World::time_passes},    {.weight = 3, .happens = &World::look_at_something},
  };
  (this->*chance.weighted(things).happens)();
  misfortune();
  if (on_step) on_step(*this);
  chronicle.follow(journal);
}

void World::somebody_acts() { people.act(*this); }
void World::actors_run() { node->run_actors(chance.below(12)); }
void World::commit() { node->commit(); }
void World::bank_acts() { bank->act(faults, now()); }
void World::clients_act() { clients.act(node->door(), faults, now()); }
void World::tick() { node->tick(); }

void World::time_passes() {
  Duration by{chance.between(0, 1'000)};
  if (chance.percent(faults.clock_jumps))
    by = chance.percent(80) ? chance.between(1, 120) * 1min : chance.between(1, 48) * 1h;
  // Now and then to the very moment at which something is due, so that it and whatever else happens race.
  const auto due = node->node().next_timer();
  if (due && *due > now() && *due < now() + 1h && chance.percent(5)) by = *due - now();
  node->clock.set(now() + by);
}

/// An answer may never show what a crash could still take back.
void World::look_at_something() {
  if (chronicle.entities().empty()) return;
  const Address at = people.something(*this);
  const AnyRecord query = Checker::plain_view(at.kind);
  if (!query) return;
  clients.read(node->door(), at, query, people.office(), [this, at](const Reply& reply) {
    if (reply.outcome != Outcome::done) return;
    chronicle.follow(journal);
    if (reply.version > 0) chronicle.follow_tracks(journal, at);
    const Chronicle::Entity* known = chronicle.find(at);
    if (reply.version > (known ? known->sequence : 0))
      checker.fault(history.name(at) + " showed version " + std::to_string(reply.version) + ", which is not durable");
  });
}

void World::misfortune() {
  if (chance.permille(faults.crash)) {
    ++crashes;
    restart();
  }
  if (chance.permille(faults.lost_shard))
    journal.take_away(static_cast<std::uint32_t>(chance.below(journal.shard_count())));
  if (chance.permille(faults.unknown_commit)) {
    const bool lands = chance.percent(50);
    history.tell(now(), "journal", lands ? "the next commit lands, and says nothing" : "the next commit fails");
    journal.break_next_commit(lands);
    ++breaks;
  }
  // A node whose journal takes no more stops, and is started again.
  if (node->node().is_broken() && chance.percent(30)) restart();
}

void World::settle() {
  for (int round = 0; round < most_rounds; ++round) {
    const bool ran = node->run_actors() > 0;
    const bool committed = node->commit();
    node->tick();
    bool acted = false;
    while (bank->act(faults, now())) acted = true;
    acted |= clients.act(node->door(), faults, now());
    if (node->node().is_broken()) restart();
    if (!ran && !committed && !acted && node->run_actors() == 0) return chronicle.follow(journal);
  }
  throw std::runtime_error("the node does not come to rest");
}

std::optional<Time> World::next_moment() {
  const NodeStats stats = node->node().stats();
  std::optional<Time> next = node->node().next_timer();
  const bool tries_again = stats.effects_to_entities + stats.effects_to_providers > 0 || clients.is_waiting();
  if (tries_again) next = std::min(next.value_or(Time::max()), now() + second_try);
  return next;
}

void World::come_to_rest(Duration at_most) {
  faults = faults.healed();
  restart();
  const Time end = now() + at_most;
  int late_rounds = 0;
  for (int round = 0; round < most_rounds; ++round) {
    settle();
    const std::optional<Time> next = next_moment();
    if (!next || *next > end) return;
    late_rounds = *next > now() ? 0 : late_rounds + 1;
    if (late_rounds > 100) throw std::runtime_error("a due timer does not fire");
    node->clock.set(std::max(*next, now()));
  }
  throw std::runtime_error("something is tried again and again");
}

}  // namespace caravan::simulation
