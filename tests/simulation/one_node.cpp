#include "tests/simulation/one_node.hpp"

#include "tests/simulation/world.hpp"

namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr Duration second_try = 1s;  // how far the clock moves while something is tried again

}  // namespace

OneNode::OneNode(World& world) : world_(world), seam_(world.journal, world.seam) { restart(); }

void OneNode::restart() {
  if (node_) world_.history.tell(date_, "node", "is gone, and starts again");
  node_.reset();
  world_.journal.restart();
  world_.bank->hang_up();
  world_.clients.connection_lost();
  node_ = std::make_unique<testkit::SimulatedNode>(seam_, world_.chance.next() + ++starts_, world_.faults.node);
  node_->clock.set(date_);
  node_->order = world_.faults.order;
  node_->chance_fails = [&world = world_] { return world.chance.permille(world.faults.throwing); };
  for (const auto& [kind, provider] : world_.providers()) node_->node().add_provider(kind, provider);
  node_->node().start();
}

void OneNode::run_actors() { node_->run_actors(world_.chance.below(12)); }

void OneNode::pass_time() {
  Chance& chance = world_.chance;
  Duration by{chance.between(0, 1'000)};
  if (chance.percent(world_.faults.clock_jumps))
    by = chance.percent(80) ? chance.between(1, 120) * 1min : chance.between(1, 48) * 1h;
  // Now and then to the very moment at which something is due, so that it and whatever else happens race.
  const auto due = node_->node().next_timer();
  if (due && *due > now() && *due < now() + 1h && chance.percent(5)) by = *due - now();
  show(now() + by);
}

void OneNode::suffer() {
  Chance& chance = world_.chance;
  const Faults& faults = world_.faults;
  if (chance.permille(faults.crash)) {
    ++crashes;
    restart();
  }
  if (chance.permille(faults.lost_shard))
    world_.journal.take_away(static_cast<std::uint32_t>(chance.below(world_.journal.shard_count())));
  if (chance.permille(faults.unknown_commit)) {
    const bool lands = chance.percent(50);
    world_.history.tell(now(), "journal", lands ? "the next commit lands, and says nothing" : "the next commit fails");
    world_.journal.break_next_commit(lands);
    ++crashes;
  }
  // A node whose journal takes no more stops, and is started again.
  if (node_->node().is_broken() && chance.percent(30)) restart();
}

bool OneNode::work_off() {
  bool did = node_->run_actors() > 0;
  did |= node_->commit();
  node_->tick();
  did |= node_->run_actors() > 0;
  if (node_->node().is_broken()) restart();
  return did;
}

std::optional<Time> OneNode::next_moment() {
  const NodeStats stats = node_->node().stats();
  std::optional<Time> next = node_->node().next_timer();
  const bool tries_again = stats.effects_to_entities + stats.effects_to_providers > 0 || world_.clients.is_waiting();
  if (tries_again) next = std::min(next.value_or(Time::max()), now() + second_try);
  return next;
}

}  // namespace caravan::simulation
