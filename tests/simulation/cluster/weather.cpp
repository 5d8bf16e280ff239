// What goes wrong, and what must hold all the same.
#include <algorithm>

#include "tests/simulation/cluster/cluster_world.hpp"

namespace caravan::simulation {

void ClusterWorld::trouble() {
  if (weather.quiet) return;
  const auto kind = weather.only_store ? chance.between(0, 2) : chance.between(0, 12);
  const std::size_t i = chance.below(machines_.size());
  Machine& machine = machines_[i];
  if (kind == 0) {
    store_stalls_until_ = now_ + chance.between(100, 8'000) * millisecond;
    tell("the store stalls");
  } else if (kind == 1) {
    store_fails_until_ = now_ + chance.between(100, 12'000) * millisecond;
    tell("the store fails");
  } else if (kind == 2) {
    refused_permille_ = static_cast<int>(chance.between(0, 300));
    slow_percent_ = static_cast<int>(chance.between(0, 5));
  } else if (kind <= 4) {
    if (!machine.process) return;
    tell(machine.name + " is killed");
    machine.stays_down = chance.percent(20);
    end(i);
  } else if (kind <= 6) {
    if (!machine.process) return;
    machine.frozen_until = now_ + chance.between(100, 15'000) * millisecond;
    tell(machine.name + " freezes until " + std::to_string(static_cast<double>(machine.frozen_until) / second));
  } else if (kind <= 8) {
    const std::size_t other = chance.below(machines_.size());
    cut_.insert({i, other});
    if (chance.percent(60)) cut_.insert({other, i});
    tell("link cut between " + machine.name + " and " + machines_[other].name);
  } else if (kind == 9) {
    tell("two sides that do not see each other");
    const auto sides = chance.next();
    for (std::size_t a = 0; a < machines_.size(); ++a)
      for (std::size_t b = 0; b < machines_.size(); ++b)
        if (((sides >> a) & 1) != ((sides >> b) & 1)) cut_.insert({a, b});
  } else if (kind == 10) {
    tell("links mended");
    cut_.clear();
  } else if (kind == 11) {
    if (!machine.process) return;
    tell(machine.name + " is to leave");
    machine.process->wants_to_leave = true;
  } else {
    machine.stays_down = false;
    start(i);
  }
}

void ClusterWorld::join() {
  add_machine();
  start(machines_.size() - 1);
}

void ClusterWorld::kill(const std::string& name) {
  const auto i = static_cast<std::size_t>(std::ranges::find(machines_, name, &Machine::name) - machines_.begin());
  tell(name + " is killed");
  machines_.at(i).stays_down = true;
  end(i);
}

void ClusterWorld::leave(const std::string& name) {
  tell(name + " is to leave");
  Machine& machine = *std::ranges::find(machines_, name, &Machine::name);
  machine.process->wants_to_leave = machine.stays_down = true;
}

void ClusterWorld::heal() {
  tell("all is well again");
  cut_.clear();
  lost_permille_ = refused_permille_ = slow_percent_ = 0;
  store_stalls_until_ = store_fails_until_ = 0;
  bool is_any_up = false;
  for (std::size_t i = 0; i < machines_.size(); ++i) {
    machines_[i].frozen_until = std::min(machines_[i].frozen_until, now_ + 1);
    const auto& process = machines_[i].process;
    is_any_up = is_any_up || (!machines_[i].stays_down && !(process && process->wants_to_leave));
  }
  if (is_any_up) return;
  // All are down for good or about to leave.
  machines_[0].process.reset();
  start(0);
}

void ClusterWorld::watch() {
  for (std::uint32_t shard = 0; shard < setup_.shards; ++shard) watch_answers(shard);
  later(setup_.watch_every, [this] { watch(); });
}

/// A frozen process counts too: when it wakes up it goes on where it was, and answers before it reads anything.
void ClusterWorld::watch_answers(std::uint32_t shard) {
  std::string who;
  int count = 0;
  for (const Machine& machine : machines_) {
    if (!machine.process) continue;
    const auto shown = clock_of(machine) - std::chrono::seconds(sabotage_.lease_is_longer ? 2 : 0);
    if (!machine.process->brain->may_answer(shard, shown)) continue;
    who += ' ' + machine.name;
    ++count;
  }
  if (count > 1) fault("shard " + std::to_string(shard) + " is answered for by" + who);
}

void ClusterWorld::watch_rows() {
  for (const auto& [node, row] : file_->members) {
    if (row.status == MemberStatus::dead) {
      if (dead_.insert(row.id).second) {
        tell(to_text(row.id) + " is dead, by " + votes_to_text(row.votes));
        ++deaths;
      }
    } else if (dead_.contains(row.id)) {
      fault(to_text(row.id) + " came back from the dead");
    }
  }
}

void ClusterWorld::check_at_rest() {
  for (std::uint32_t shard = 0; shard < setup_.shards; ++shard) {
    const ShardRow& row = file_->shards[shard];
    const Machine* owner = nullptr;
    for (const Machine& machine : machines_)
      if (machine.process && machine.process->brain->may_answer(shard, clock_of(machine))) owner = &machine;
    if (!owner)
      fault("shard " + std::to_string(shard) + " is answered for by nobody; its row says " + to_text(row.owner));
    else if (row.owner != owner->process->brain->membership().id() ||
             row.epoch != owner->process->brain->ownership().epoch(shard))
      fault("shard " + std::to_string(shard) + " is answered for by " + owner->name + ", its row says " +
            to_text(row.owner));
    if (row.phase != MovePhase::steady)
      fault("shard " + std::to_string(shard) + " is still on its way to " + to_text(row.target));
  }
}

}  // namespace caravan::simulation
