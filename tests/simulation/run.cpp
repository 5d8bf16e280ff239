#include "tests/simulation/run.hpp"

#include <exception>

namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr int longest_season = 10'000;         // steps
constexpr Duration until_at_rest = 12h;        // second tries of the bank take that long
constexpr Duration until_paid_out = 60h;       // beyond the payout delay
constexpr Duration until_all_over = 90 * 24h;  // the longest timers are a request's and a review's
constexpr EntityKind seen[] = {EntityKind::trip,   EntityKind::request, EntityKind::delivery,
                               EntityKind::escrow, EntityKind::wallet,  EntityKind::dispute};

/// Asks the living node about everything there is.
void look_around(World& world) {
  const Caller office = world.people.office();
  for (const EntityKind kind : seen)
    for (const Uuid& id : world.chronicle.all(kind)) {
      const Address at{kind, id};
      Door* door = world.nodes->door();
      if (!door) return world.checker.fault("no node takes requests");
      world.clients.read(*door, at, Checker::plain_view(kind), office, [&world, at, office](const Reply& reply) {
        world.checker.view(at, reply, office, world.now());
      });
    }
  world.settle();
}

void check(World& world, bool all_is_over) {
  world.chronicle.follow_tracks(world.journal);
  world.checker.market(world.now(), all_is_over);
  world.checker.money(*world.bank, all_is_over);
  world.checker.shares();
  world.checker.relays();
  world.checker.covers(all_is_over);
  world.checker.runtime(world.journal, world.now(), all_is_over);
  world.checker.promises(world.clients);
  look_around(world);
}

std::uint64_t digest_of(World& world) {
  std::uint64_t digest = 0;
  for (const FeedEntry& entry : world.journal.feed(0, SIZE_MAX))
    digest = digest * 1099511628211ULL ^ std::hash<std::string>{}(entry.body);
  return digest;
}

/// A market day, and then what people planned for the deliveries of it.
void hold_season(World& world) {
  world.history.tell(world.now(), "world", "a market day");
  world.hold_market();
  world.history.tell(world.now(), "world", "people keep their dates");
  world.begin_season();
  for (int steps = longest_season; steps > 0 && world.checker.faults().empty() && world.calendar.next(); --steps)
    world.step();
}

/// Travelers are paid, the office gives that back, and people go on: what is earned next pays what is owed.
void live_calmly(World& world) {
  world.come_to_rest(until_paid_out);
  world.history.tell(world.now(), "world", "the office gives back what was paid out; then calm days follow");
  world.people.regret(world);
  const auto is_sound = [&] { return world.checker.faults().empty(); };
  for (std::int64_t steps = world.chance.between(100, 1'500); steps > 0 && is_sound(); --steps) world.step();
  if (!is_sound()) return;
  world.come_to_rest(until_at_rest);
  check(world, false);
}

/// A storm, a market day, a season of planned dates in the same weather, rest, calm days after travelers were paid, and
/// the end of all that is under way. Where something does not hold after an entry it ends there.
void live(World& world) {
  const auto is_sound = [&] { return world.checker.faults().empty(); };
  for (std::int64_t steps = world.chance.between(500, 5'000); steps > 0 && is_sound(); --steps) world.step();
  if (!is_sound()) return;
  if (world.chance.percent(world.nodes->seasons_percent())) hold_season(world);
  if (!is_sound()) return;
  world.history.tell(world.now(), "world", "the storm is over");
  world.come_to_rest(until_at_rest);
  check(world, false);
  live_calmly(world);
  if (!is_sound()) return;
  world.history.tell(world.now(), "world", "everything comes to its end");
  world.people.decide_all(world);
  world.come_to_rest(until_at_rest);
  world.people.fill_pool(world);
  world.come_to_rest(until_at_rest);
  world.people.finish(world);
  world.come_to_rest(until_at_rest);
  world.people.bear_losses(world);
  world.people.fill_pool(world);
  world.come_to_rest(until_all_over);
  world.people.decide_all(world);  // what the platform asked meanwhile, of parcels that did not come back
  world.come_to_rest(until_all_over);
  world.people.bear_losses(world);  // of what that released
  world.come_to_rest(until_all_over);
  check(world, true);
}

}  // namespace

Report run(std::uint64_t seed, const MakeNodes& make_nodes, bool is_read, const std::function<void(World&)>& sabotage) {
  World world(seed, is_read, make_nodes);
  world.history.tell(world.now(), "faults", world.faults.text());
  if (sabotage) sabotage(world);
  Report report{.seed = seed};
  try {
    live(world);
  } catch (const std::exception& error) {
    world.checker.fault(error.what());
  }
  report.faults = world.checker.faults();
  report.entries = world.journal.head();
  report.deliveries = world.chronicle.all(EntityKind::delivery).size();
  report.acknowledged = world.clients.acknowledged().size();
  report.repeats = world.clients.repeats();
  report.crashes = world.nodes->crashes;
  report.census = world.census;
  report.digest = digest_of(world);
  return report;
}

}  // namespace caravan::simulation
