#include "runtime/residents.hpp"

#include <caf/execution_unit.hpp>
#include <caf/resumable.hpp>
#include <caf/scheduler/abstract_coordinator.hpp>
#include <caf/send.hpp>

#include <algorithm>

#include "actors/registry.hpp"
#include "runtime/hand_over.hpp"

namespace caravan {

namespace {

constexpr std::size_t most_stripes = 64;
constexpr std::size_t rests_a_sweep = 200;    // of each stripe
constexpr std::size_t busy_passed_over = 64;  // then the search for an idle one ends

/// Lets a thread that is not CAF's run the actors that it wakes.
class CallerUnit final : public caf::execution_unit {
 public:
  explicit CallerUnit(caf::actor_system& system) : execution_unit(&system) {}

  void exec_later(caf::resumable* job) override { jobs_.push_back(job); }

  void run() {
    while (!jobs_.empty()) {
      caf::resumable* job = jobs_.back();
      jobs_.pop_back();
      // As CAF's own workers do it. An actor with more messages than one turn takes goes on at the workers.
      if (job->resume(this, turn) == caf::resumable::resume_later)
        system().scheduler().enqueue(job);
      else
        caf::intrusive_ptr_release(job);
    }
  }

 private:
  static constexpr std::size_t turn = 20;  // messages
  std::vector<caf::resumable*> jobs_;
};

}  // namespace

Residents::Residents(caf::actor_system& system, const ActorSurroundings& around, Stopwatch stopwatch, Limits limits)
    : system_(system),
      around_(around),
      stopwatch_(std::move(stopwatch)),
      limits_(limits),
      stripe_limit_(limits.entities / std::min<std::size_t>(most_stripes, around.shards.count())),
      stripes_(std::min<std::size_t>(most_stripes, around.shards.count())) {}

bool Residents::deliver(const Address& to, WorkPtr work, RunBy run_by) {
  if (run_by == RunBy::workers) return enqueue(to, std::move(work), nullptr);
  CallerUnit unit(system_);
  const bool taken = enqueue(to, std::move(work), &unit);
  unit.run();
  return taken;
}

bool Residents::enqueue(const Address& to, WorkPtr work, caf::execution_unit* unit) {
  const EntityClass* entity = find_entity(to.kind);
  if (!entity || closed_ || work_ >= static_cast<std::int64_t>(limits_.work)) {
    ++refused_;
    return false;
  }
  const std::uint32_t shard = around_.shards.of(to);
  Stripe& stripe = stripe_of(shard);
  std::lock_guard lock(stripe.mutex);
  if (!around_.shards.takes_work(shard)) return false;
  auto [at, fresh] = stripe.cells.try_emplace(to);
  Cell& cell = at->second;
  if (fresh) {
    cell.activation = std::make_shared<Activation>(to, shard, around_.shards.epoch(shard));
    cell.actor = system_.spawn<EntityActor, caf::hidden + caf::lazy_init>(std::cref(around_), std::cref(*entity),
                                                                          cell.activation);
    cell.place = stripe.awake.insert(stripe.awake.end(), &*at);
    ++activations_;
    around_.shards.count_actor(shard, true);
  }
  if (cell.waiting >= limits_.mailbox) {
    ++refused_;
    return false;
  }
  around_.shards.count_work(shard);
  stripe.touch(cell, false);
  cell.last_used = stopwatch_();
  hand_over(work.get());
  give(cell, std::move(work), unit);
  if (fresh && stripe.cells.size() > stripe_limit_) evict(stripe, stripe_limit_, cell.last_used);
  return true;
}

void Residents::give(Cell& cell, WorkPtr work, caf::execution_unit* unit) {
  ++cell.waiting;
  ++work_;
  cell.actor->enqueue(nullptr, caf::make_message_id(), caf::make_message(std::move(work)), unit);
}

void Residents::worked(const std::shared_ptr<Activation>& activation) {
  Stripe& stripe = stripe_of(activation->shard);
  std::lock_guard lock(stripe.mutex);
  auto found = stripe.cells.find(activation->address);
  if (found != stripe.cells.end() && found->second.activation == activation && found->second.waiting > 0) {
    --found->second.waiting;
    --work_;
  }
}

void Residents::drop(const std::shared_ptr<Activation>& activation) {
  activation->lost = true;
  Stripe& stripe = stripe_of(activation->shard);
  std::lock_guard lock(stripe.mutex);
  auto found = stripe.cells.find(activation->address);
  if (found == stripe.cells.end() || found->second.activation != activation) return;
  discard(found->second);
  erase(stripe, found);
}

/// The actor refuses what is still in its mailbox, since its activation is lost, and ends at the exit message behind
/// it.
void Residents::discard(Cell& cell) {
  cell.activation->lost = true;
  work_ -= static_cast<std::int64_t>(cell.waiting);
  caf::anon_send<caf::message_priority::normal>(cell.actor, caf::exit_msg{{}, caf::exit_reason::user_shutdown});
}

void Residents::open(std::uint32_t shard, std::uint64_t epoch) {
  std::lock_guard lock(stripe_of(shard).mutex);
  around_.shards.open(shard, epoch);
}

void Residents::give_up(std::uint32_t shard) {
  static const WorkPtr turn_away = std::make_shared<Work>(Work{.kind = Work::Kind::turn_away});
  Stripe& stripe = stripe_of(shard);
  std::lock_guard lock(stripe.mutex);
  around_.shards.give_up(shard);
  for (auto& [address, cell] : stripe.cells)
    // Also where work is only in the mailbox: it may become a waiter before this message's turn comes.
    if (cell.activation->shard == shard && (cell.waiting > 0 || cell.activation->held > 0))
      give(cell, turn_away, nullptr);
}

bool Residents::is_settled(std::uint32_t shard) const {
  const Stripe& stripe = stripes_[shard % stripes_.size()];
  std::lock_guard lock(stripe.mutex);
  return std::ranges::none_of(stripe.cells, [&](const auto& item) {
    const Cell& cell = item.second;
    return cell.activation->shard == shard && (cell.waiting > 0 || cell.activation->held > 0);
  });
}

void Residents::close(std::uint32_t shard) {
  Stripe& stripe = stripe_of(shard);
  std::lock_guard lock(stripe.mutex);
  around_.shards.close(shard);
  for (auto at = stripe.cells.begin(); at != stripe.cells.end();) {
    const auto found = at++;
    if (found->second.activation->shard != shard) continue;
    discard(found->second);
    erase(stripe, found);
  }
}

void Residents::Stripe::touch(Cell& cell, bool rests) {
  Order& now = rests ? resting : awake;
  now.splice(now.end(), cell.rests ? resting : awake, cell.place);
  cell.rests = rests;
}

void Residents::erase(Stripe& stripe, std::unordered_map<Address, Cell>::iterator cell) {
  around_.shards.count_actor(cell->second.activation->shard, false);
  (cell->second.rests ? stripe.resting : stripe.awake).erase(cell->second.place);
  stripe.cells.erase(cell);
}

void Residents::evict(Stripe& stripe, std::size_t keep, std::chrono::steady_clock::time_point before) {
  for (Order* order : {&stripe.resting, &stripe.awake}) {
    std::size_t busy = 0;
    for (auto at = order->begin(); at != order->end() && stripe.cells.size() > keep && busy <= busy_passed_over;) {
      const auto& [address, cell] = **at++;
      if (cell.last_used > before) break;
      if (cell.waiting > 0 || cell.activation->held > 0) {
        ++busy;
        continue;
      }
      caf::anon_send_exit(cell.actor, caf::exit_reason::user_shutdown);
      erase(stripe, stripe.cells.find(address));
      ++passivations_;
    }
  }
}

void Residents::put_to_rest(Stripe& stripe, std::chrono::steady_clock::time_point before) {
  static const WorkPtr rest = std::make_shared<Work>(Work{.kind = Work::Kind::rest});
  std::size_t left = rests_a_sweep;
  for (auto at = stripe.awake.begin(); at != stripe.awake.end() && left > 0; --left) {
    Cell& cell = (*at++)->second;
    if (cell.last_used > before) return;
    if (cell.waiting > 0) continue;
    stripe.touch(cell, true);
    give(cell, rest, nullptr);
  }
}

void Residents::sweep(std::chrono::steady_clock::time_point now) {
  for (Stripe& stripe : stripes_) {
    std::lock_guard lock(stripe.mutex);
    evict(stripe, 0, now - limits_.idle);
    put_to_rest(stripe, now - limits_.rest);
    evict(stripe, stripe_limit_, now);
  }
}

void Residents::close() { closed_ = true; }

void Residents::clear() {
  for (Stripe& stripe : stripes_) {
    std::lock_guard lock(stripe.mutex);
    for (auto& [address, cell] : stripe.cells) caf::anon_send_exit(cell.actor, caf::exit_reason::kill);
    stripe.awake.clear();
    stripe.resting.clear();
    stripe.cells.clear();
  }
}

Residents::Stats Residents::stats() const {
  Stats stats{0, 0, work_, activations_, passivations_, refused_};
  for (const Stripe& stripe : stripes_) {
    std::lock_guard lock(stripe.mutex);
    stats.entities += stripe.cells.size();
    stats.at_rest += stripe.resting.size();
  }
  return stats;
}

}  // namespace caravan
