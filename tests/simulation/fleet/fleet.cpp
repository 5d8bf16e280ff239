#include "tests/simulation/fleet/fleet.hpp"

#include <algorithm>

#include "tests/simulation/world.hpp"

namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr TrueTime beat = 50ms;  // at most, between two turns of a computer that runs

}  // namespace

FleetWeather FleetWeather::draw(Chance& chance) {
  FleetWeather weather;
  for (int* kind : {&weather.kill, &weather.freeze, &weather.leave, &weather.cut, &weather.broken_connection,
                    &weather.store_stall, &weather.store_failure})
    *kind = chance.percent(50) ? 0 : static_cast<int>(chance.between(5, 60));
  return weather;
}

std::string FleetWeather::text() const {
  const auto item = [](std::string_view name, int value) { return std::string(name) + ' ' + std::to_string(value); };
  return item("kill", kill) + ", " + item("freeze", freeze) + ", " + item("leave", leave) + ", " + item("cut", cut) +
         ", " + item("broken_connection", broken_connection) + ", " + item("store_stall", store_stall) + ", " +
         item("store_failure", store_failure);
}

Fleet::Fleet(World& world, FleetCounts& counts)
    : weather(FleetWeather::draw(world.chance)),
      network(world.chance),
      world_(world),
      counts_(counts),
      is_upgraded_(world.chance.percent(50)) {
  // Tiny limits are a single node's matter: here they would only make everything slow.
  NodeOptions& limits = world.faults.node;
  limits.mailbox_limit = std::max<std::size_t>(limits.mailbox_limit, 8);
  limits.work_limit = std::max<std::size_t>(limits.work_limit, 1'000);
  world.history.tell(now(), "weather", weather.text());
  network.slow_percent = world.chance.percent(50) ? 0 : static_cast<int>(world.chance.between(1, 5));
  network.disorder_permille = world.chance.percent(50) ? 0 : static_cast<int>(world.chance.between(1, 10));
  for (std::size_t i = 2 + world.chance.below(3); i > 0; --i)
    computers.push_back(
        std::make_unique<Computer>(world, network, now_, std::string(1, static_cast<char>('a' + computers.size()))));
  for (const auto& computer : computers) {
    computer->set_date(now());
    computer->start();
  }
}

Fleet::~Fleet() {
  counts_.broken_connections += network.broken;
  counts_.disordered_frames += network.disordered;
  counts_.frames += network.carried;
}

Time Fleet::now() const { return testkit::test_start + std::chrono::floor<Duration>(now_) + skipped_; }

Computer* Fleet::one() {
  std::vector<Computer*> working;
  for (const auto& computer : computers)
    if (computer->works()) working.push_back(computer.get());
  return working.empty() ? nullptr : world_.chance.one_of(working);
}

Door* Fleet::door() {
  Computer* computer = one();
  return computer ? &computer->node().door() : nullptr;
}

void Fleet::run_actors() {
  if (Computer* computer = one()) computer->node().run_actors(world_.chance.below(12));
}

void Fleet::commit() {
  if (Computer* computer = one()) computer->commit();
}

void Fleet::tick() {
  if (Computer* computer = one()) computer->pulse();
}

void Fleet::pass_time() {
  Chance& chance = world_.chance;
  if (chance.percent(world_.faults.clock_jumps)) {
    skipped_ += chance.percent(80) ? chance.between(1, 120) * 1min : chance.between(1, 48) * 1h;
    world_.history.tell(now(), "clock", "moves on");
  }
  for (TrueTime left(chance.between(0, 800'000)); left > 0us;) {
    const TrueTime by = std::min(left, TrueTime(chance.between(1'000, beat.count())));
    pass(by);
    left -= by;
  }
}

void Fleet::pass(TrueTime by) {
  now_ += by;
  network.carry(now_);
  for (const auto& computer : computers) {
    computer->set_date(now());
    if (computer->wakes_up()) finish_dream(*computer);
    tend(*computer);
    if (computer->works() && world_.chance.percent(95)) computer->pulse();
  }
  network.carry(now_);
  check_versions();
}

/// A computer wakes up: it goes on where it was as if nothing had happened, and does what had reached it meanwhile.
void Fleet::finish_dream(Computer& computer) {
  Chance& chance = world_.chance;
  for (std::size_t left = chance.below(12); left > 0; --left) {
    if (chance.percent(30)) world_.clients.act(computer.node().door(), world_.faults, now());
    world_.look_at_something(computer.node().door());
    computer.node().run_actors(chance.below(30));
    if (chance.percent(50)) computer.commit();
  }
}

void Fleet::start(Computer& computer) {
  if (is_upgraded_ && world_.chance.percent(50)) computer.newest_version = 2;
  computer.start();
}

/// Checks that every member can read what any of them may write.
void Fleet::check_versions() const {
  const auto& members = world_.journal.file()->members;
  for (const auto& [node, row] : members)
    for (const auto& [other, reader] : members)
      if (row.status != MemberStatus::dead && reader.status != MemberStatus::dead && reader.wire_to < row.wire_from)
        world_.checker.fault(node + " may write what " + other + " cannot read");
}

/// Stands for the init system: starts processes that have ended.
void Fleet::tend(Computer& computer) {
  if (!computer.is_up()) {
    if (computer.starts_at <= now_) start(computer);
    return;
  }
  if (computer.is_frozen()) return;
  const auto end = [&](bool by_itself) {
    world_.clients.connection_lost();
    by_itself ? computer.stop() : computer.kill();
    computer.starts_at = now_ + TrueTime(world_.chance.between(0, 8'000'000));
  };
  const std::optional<cluster::ClusterState> state = computer.node().node().cluster_state();
  if (computer.node().node().is_broken()) {
    world_.history.tell(now(), computer.name(), "is broken: " + state->reason);
    return end(true);
  }
  // As `caravan serve` does.
  const bool has_left = state->shards == 0 || state->takers == 0 || !state->has_lease;
  if (computer.is_leaving && state->status != MemberStatus::active && has_left) end(true);
}

void Fleet::cut(const Computer& from, const Computer& to, TrueTime time) {
  network.cut(from.name(), to.name(), now_ + time);
}

void Fleet::suffer() {
  Chance& chance = world_.chance;
  const TrueTime passed = now_ - std::exchange(suffered_at_, now_);
  const auto happens = [&](int every) {
    return every > 0 && chance.between(0, TrueTime(std::chrono::seconds(every)).count()) < passed.count();
  };
  const auto draws = [&](int every) { return happens(every) ? one() : nullptr; };
  const auto until = [&](std::int64_t least_ms, std::int64_t most_ms) {
    return now_ + std::chrono::milliseconds(chance.between(least_ms, most_ms));
  };
  if (Computer* computer = draws(weather.kill)) {
    ++crashes;
    computer->kill();
    world_.clients.connection_lost();
    computer->starts_at = until(100, 10'000);
  }
  if (Computer* computer = draws(weather.freeze)) {
    ++counts_.frozen;
    computer->freeze(until(100, 12'000));
  }
  if (Computer* computer = draws(weather.leave); computer && !computer->is_leaving) {
    ++counts_.left;
    world_.history.tell(now(), computer->name(), "is to leave");
    computer->is_leaving = true;
    computer->node().node().leave();
  }
  if (Computer* computer = draws(weather.cut)) {
    const Computer& other = *chance.one_of(computers);
    ++counts_.cuts;
    const TrueTime time = until(200, 12'000) - now_;
    const bool both = chance.percent(60);
    cut(*computer, other, time);
    if (both) cut(other, *computer, time);
    world_.history.tell(now(), computer->name(), (both ? "is cut off from " : "is not heard by ") + other.name());
  }
  if (happens(weather.broken_connection)) network.break_one();
  if (Computer* computer = draws(weather.store_stall)) computer->store_stalls_until = until(100, 6'000);
  if (Computer* computer = draws(weather.store_failure)) computer->store_fails_until = until(100, 6'000);
  if (Computer* computer = chance.permille(world_.faults.unknown_commit) && chance.percent(20) ? one() : nullptr) {
    const bool lands = chance.percent(50);
    world_.history.tell(now(), computer->name(),
                        lands ? "its next commit lands, and says nothing" : "its next commit fails");
    computer->next_commit = lands ? Computer::Break::lands : Computer::Break::is_lost;
    ++crashes;
  }
}

void Fleet::heal() {
  weather = {};
  network.slow_percent = network.disorder_permille = 0;
  network.mend();
  for (const auto& computer : computers) {
    computer->thaw();
    computer->next_commit = Computer::Break::none;
    computer->starts_at = std::min(computer->starts_at, now_);
    computer->store_stalls_until = computer->sabotage.is_cut_off_for_good ? TrueTime::max() : now_;
    computer->store_fails_until = now_;
  }
}

std::optional<Time> Fleet::next_moment() { return world_.journal.next_due(); }

bool Fleet::has_caught_up() const { return now_ >= skipped_at_ + 500ms; }

void Fleet::skip_to(Time date) {
  // The last clock shows it too.
  skipped_ += std::max(date - now(), Duration{0}) + 2s;
  skipped_at_ = now_;
  for (const auto& computer : computers) computer->set_date(now());
}

}  // namespace caravan::simulation
