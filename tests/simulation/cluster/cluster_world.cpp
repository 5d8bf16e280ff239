#include "tests/simulation/cluster/cluster_world.hpp"

#include <cstdio>

namespace caravan::simulation {

using cluster::Actions;

namespace {

constexpr TrueTime tick_every = 100 * millisecond;
constexpr TrueTime tell_loads_every = second;

}  // namespace

ClusterWorld::ClusterWorld(std::uint64_t seed, bool is_read, cluster::MembershipOptions options, Sabotage sabotage,
                           Setup setup)
    : chance(seed),
      is_read_(is_read),
      options_(options),
      sabotage_(sabotage),
      setup_(setup),
      file_(std::make_shared<MemoryFile>(setup.shards)) {
  const std::size_t count = setup.machines > 0 ? setup.machines : static_cast<std::size_t>(chance.between(1, 6));
  lost_permille_ = chance.percent(50) ? static_cast<int>(chance.between(0, 50)) : 0;
  for (std::size_t i = 0; i < count; ++i) {
    add_machine();
    later(setup.machines > 0 ? 0 : chance.between(0, 3) * second, [this, i] { start(i); });
  }
  if (setup_.machines > 0) {
    MemberRow& nobody = file_->members["nobody"];
    nobody.id = {"nobody", 1};
    for (ShardRow& row : file_->shards) row.owner = nobody.id;
  }
  later(setup_.watch_every, [this] { watch(); });
  later(tell_loads_every, [this] { tell_loads(); });
}

void ClusterWorld::add_machine() {
  Machine machine;
  const std::size_t number = machines_.size();
  machine.name = number < 26 ? std::string(1, static_cast<char>('a' + number)) : "n" + std::to_string(number);
  machine.rate = 1 + static_cast<double>(chance.between(-50, 50)) / 1'000;
  machine.offset = chance.between(1, 1'000'000) * second;
  machine.wall_skew = chance.between(-3'600, 3'600) * second;
  machines_.push_back(std::move(machine));
}

void ClusterWorld::share_out() {
  file_->members.erase("nobody");
  ++file_->members_version;
  std::vector<MemberId> active;
  for (const auto& [node, row] : file_->members)
    if (row.status == MemberStatus::active) active.push_back(row.id);
  for (ShardRow& row : file_->shards) row.owner = active.at(row.shard % active.size());
}

void ClusterWorld::tell_loads() {
  later(tell_loads_every, [this] { tell_loads(); });
  if (!loads) return;
  loads->measure();
  for (const Machine& machine : machines_)
    if (machine.process && !is_frozen(machine)) machine.process->brain->set_loads(loads->told());
}

void ClusterWorld::tell(const std::string& text) const {
  if (is_read_) std::printf("%9.3f  %s\n", static_cast<double>(now_) / second, text.c_str());
}

void ClusterWorld::fault(const std::string& text) {
  tell("FAULT " + text);
  if (faults_.size() < 10) faults_.push_back(text);
}

void ClusterWorld::later(TrueTime delay, std::function<void()> run) {
  queue_.push({now_ + delay, ++events_, std::move(run)});
}

void ClusterWorld::run(TrueTime until) {
  while (!queue_.empty() && queue_.top().at <= until && faults_.empty()) {
    const Event event = queue_.top();
    queue_.pop();
    now_ = event.at;
    event.run();
  }
  now_ = until;
}

cluster::Moment ClusterWorld::clock_of(const Machine& machine) const {
  const auto shown = static_cast<double>(now_) * machine.rate + static_cast<double>(machine.offset);
  return cluster::Moment(std::chrono::microseconds(static_cast<std::int64_t>(shown)));
}

Time ClusterWorld::date_of(const Machine& machine) const {
  return testkit::test_start + Duration{(now_ + machine.wall_skew) / millisecond};
}

void ClusterWorld::start(std::size_t i) {
  Machine& machine = machines_[i];
  if (machine.process) return;
  machine.frozen_until = 0;
  machine.waiting.clear();
  auto process = std::make_shared<Process>();
  cluster::Self self{machine.name, machine.name + ":7000", machine.name + ":8080", "0.1.0", 1, 1};
  process->brain = std::make_unique<cluster::ClusterNode>(options_, setup_.ownership, self, chance.next());
  process->journal = std::make_unique<MemoryJournal>(file_);
  process->store = std::make_unique<MemoryClusterStore>(file_);
  machine.process = process;
  machine.stays_down = false;
  tell(machine.name + " starts");
  later(chance.between(0, 2 * second), [this, i, process] {
    in_process(i, process, [](Process& self_now, Actions&) { self_now.brain->be_ready(); });
  });
  tick(i, process);
}

void ClusterWorld::end(std::size_t i) {
  Machine& machine = machines_[i];
  machine.process.reset();
  machine.waiting.clear();
  if (machine.stays_down) return;
  later(chance.between(200, 8'000) * millisecond, [this, i] {
    if (!machines_[i].stays_down) start(i);
  });
}

void ClusterWorld::in_process(std::size_t i, const std::shared_ptr<Process>& process,
                              std::function<void(Process&, Actions&)> work) {
  Machine& machine = machines_[i];
  if (machine.process != process) return;
  if (is_frozen(machine)) {
    machine.waiting.push_back([this, i, process, work] { in_process(i, process, work); });
    return;
  }
  Actions actions;
  work(*process, actions);
  if (machine.process == process) {
    process->brain->tick(clock_of(machine), date_of(machine), actions);
    carry_out(i, process, std::move(actions));
  }
}

void ClusterWorld::tick(std::size_t i, const std::shared_ptr<Process>& process) {
  Machine& machine = machines_[i];
  if (machine.process != process) return;
  if (is_frozen(machine)) return later(machine.frozen_until - now_, [this, i, process] { tick(i, process); });
  // It wakes up and goes on as if nothing had happened: what had reached it may be done before it reads anything.
  if (chance.percent(10)) try_to_write(*process);
  auto waiting = std::exchange(machine.waiting, {});
  for (auto& work : waiting) work();
  in_process(i, process, [](Process& self, Actions&) {
    if (self.wants_to_leave) self.brain->leave();
  });
  if (machine.process != process) return;
  const cluster::Membership& membership = process->brain->membership();
  if (membership.phase() == cluster::Membership::Phase::stopped) {
    tell(machine.name + " stops: " + membership.reason());
    if (process->wants_to_leave) machine.stays_down = machine.stays_down || chance.percent(50);
    return end(i);
  }
  later(tick_every, [this, i, process] { tick(i, process); });
}

void ClusterWorld::carry_out(std::size_t i, const std::shared_ptr<Process>& process, Actions actions) {
  using namespace cluster;
  for (const Action& action : actions) {
    if (const auto* read = std::get_if<ReadStore>(&action)) {
      in_store<ClusterSnapshot>(
          i, process, [process] { return process->store->read(); },
          [this, i, number = read->number](Process& self, std::optional<ClusterSnapshot> rows, Actions& out) {
            self.brain->on_read(number, clock_of(machines_[i]), std::move(rows), out);
          });
    } else if (const auto* put = std::get_if<PutMember>(&action)) {
      in_store<bool>(
          i, process,
          [this, put = *put] { return !chance.permille(refused_permille_) && put_member(put.row, put.expected); },
          [this, i, number = put->number](Process& self, std::optional<bool> landed, Actions&) {
            self.brain->on_written(number, clock_of(machines_[i]), landed);
          });
    } else if (const auto* forget = std::get_if<ForgetMember>(&action)) {
      in_store<bool>(
          i, process,
          [process, forget = *forget] { return process->store->forget_member(forget.node, forget.expected); },
          [this, i, number = forget->number](Process& self, std::optional<bool> landed, Actions&) {
            self.brain->on_written(number, clock_of(machines_[i]), landed);
          });
    } else if (const auto* touch = std::get_if<TouchMember>(&action)) {
      in_store<bool>(
          i, process, [process, touch = *touch] { return process->store->touch(touch.member, touch.alive); },
          [this, i, number = touch->number](Process& self, std::optional<bool> landed, Actions&) {
            self.brain->on_touched(number, clock_of(machines_[i]), landed.value_or(false));
          });
    } else if (const auto* claim = std::get_if<ClaimShard>(&action)) {
      in_store<std::optional<ShardLease>>(
          i, process, [this, process, asked = *claim] { return this->claim(*process, asked); },
          [shard = claim->shard](Process& self, std::optional<std::optional<ShardLease>> lease, Actions& out) {
            std::optional<std::uint64_t> epoch;
            if (lease && *lease) epoch = (*lease)->epoch;
            self.brain->on_claimed(shard, epoch, out);
          });
    } else if (const auto* move = std::get_if<PutMove>(&action)) {
      if (move->phase == MovePhase::leaving) ++moves;
      in_store<bool>(
          i, process, [process, move = *move] { return process->store->put_move(move.was, move.phase, move.target); },
          [shard = move->was.shard](Process& self, std::optional<bool>, Actions&) { self.brain->on_moved(shard); });
    } else if (const auto* sent = std::get_if<SendProbe>(&action)) {
      probe(i, process, *sent);
    } else {
      order(i, process, action);
    }
  }
}

template <class Result>
void ClusterWorld::in_store(std::size_t i, const std::shared_ptr<Process>& process, std::function<Result()> work,
                            std::function<void(Process&, std::optional<Result>, Actions&)> then) {
  // A stalled store takes an operation long after it was sent; a failing one refuses it, or does it and cannot say so.
  const TrueTime there = chance.between(200, 5'000);
  const TrueTime back = chance.between(200, chance.percent(slow_percent_) ? 5 * second : 5'000);
  const TrueTime stall = std::max<TrueTime>(0, store_stalls_until_ - now_) * chance.between(0, 10) / 10;
  const bool fails = store_fails_until_ > now_;
  const bool is_done = !fails || chance.percent(30);
  later(there + stall, [this, i, process, work, then, back, fails, is_done] {
    const auto result = std::make_shared<std::optional<Result>>();
    if (is_done) *result = work();
    if (is_done) watch_rows();
    if (fails) result->reset();
    later(back, [this, i, process, then, result] {
      in_process(i, process, [then, result](Process& self, Actions& out) { then(self, std::move(*result), out); });
    });
  });
}

TrueTime ClusterWorld::link_delay(std::size_t from, std::size_t to) {
  if (weather.only_store || weather.quiet) return chance.between(100, 3'000);
  if (cut_.contains({from, to}) || chance.permille(lost_permille_)) return -1;
  return chance.percent(2) ? chance.between(1, 800) * millisecond : chance.between(100, 3'000);
}

void ClusterWorld::probe(std::size_t i, const std::shared_ptr<Process>& process, const cluster::SendProbe& probe) {
  for (std::size_t to = 0; to < machines_.size(); ++to) {
    if (machines_[to].name != probe.to.node) continue;
    const TrueTime there = link_delay(i, to);
    if (there < 0) return;
    later(there, [this, i, to, process, probe] {
      const auto receiver = machines_[to].process;
      if (!receiver) return;
      in_process(to, receiver, [this, i, to, process, probe](Process& self, Actions&) {
        const TrueTime back = link_delay(to, i);
        if (back < 0 || !self.brain->answers_for(probe.to)) return;
        later(back, [this, i, process, probe] {
          in_process(i, process,
                     [probe](Process& own, Actions&) { own.brain->on_probe_answered(probe.to, probe.number); });
        });
      });
    });
  }
}

bool ClusterWorld::put_member(MemberRow row, std::uint64_t expected) {
  MemoryClusterStore store(file_);
  return store.put_member(row, sabotage_.store_compares ? expected : file_->members_version);
}

std::optional<ShardLease> ClusterWorld::claim(Process& process, const cluster::ClaimShard& claim) {
  if (chance.permille(refused_permille_)) return std::nullopt;
  auto lease = process.journal->claim_shard(claim.shard, claim.expected, to_text(process.brain->membership().id()));
  if (!lease && !sabotage_.claims_are_compared) lease = ShardLease{claim.shard, claim.expected + 1};
  return lease;
}

void ClusterWorld::order(std::size_t i, const std::shared_ptr<Process>& process, const cluster::Action& action) {
  const std::string& name = machines_[i].name;
  if (const auto* open = std::get_if<cluster::OpenShard>(&action)) {
    tell(name + " opens shard " + std::to_string(open->shard) + " under epoch " + std::to_string(open->epoch));
    ++opened;
    const auto [owner, is_first] = owners_.try_emplace({open->shard, open->epoch}, process.get());
    if (!is_first && owner->second != process.get())
      fault("shard " + std::to_string(open->shard) + " has two owners under epoch " + std::to_string(open->epoch));
    process->open[open->shard] = open->epoch;
    watch_answers(open->shard);
  } else if (const auto* given = std::get_if<cluster::GiveUpShard>(&action)) {
    tell(name + " is to give up shard " + std::to_string(given->shard));
    if (chance.percent(5)) return;  // something in it never ends
    later(chance.between(1, 300) * millisecond, [this, i, process, shard = given->shard] {
      in_process(i, process, [shard](Process& self, Actions&) { self.brain->settled(shard); });
    });
  } else if (const auto* drop = std::get_if<cluster::DropShard>(&action)) {
    tell(name + " drops shard " + std::to_string(drop->shard));
    process->open.erase(drop->shard);
  }
}

/// A process writes to a shard that it believes to own. If the write lands, the process must be the owner.
void ClusterWorld::try_to_write(Process& process) {
  if (process.open.empty()) return;
  auto held = process.open.begin();
  std::advance(held, chance.below(process.open.size()));
  const auto [shard, epoch] = *held;
  Write write;
  write.shard = shard;
  write.entity = {EntityKind::trip, chance.id<TripId>(testkit::test_start).value};
  write.sequence = 1;
  if (!sabotage_.store_fences) process.journal->usurp(shard);
  const auto fate = process.journal->commit({write}).front();
  const ShardRow& row = file_->shards[shard];
  if (fate.status == CommitStatus::fenced) ++fenced;
  if (fate.status != CommitStatus::committed) return;
  ++written;
  if (row.owner != process.brain->membership().id() || row.epoch != epoch)
    fault("a write to shard " + std::to_string(shard) + " landed that is not its owner's");
}

}  // namespace caravan::simulation
