#include "runtime/timers.hpp"

namespace caravan {

Timers::Timers(Residents& residents, Journal& journal)
    : residents_(residents), journal_(journal), earliest_(journal.next_due()) {}

void Timers::set(Time due) {
  std::lock_guard lock(mutex_);
  if (!earliest_ || due < *earliest_) earliest_ = due;
}

void Timers::fire(Time now) {
  std::vector<PendingTimer> due;
  {
    std::lock_guard lock(mutex_);
    if (under_way_ > 0 || !earliest_ || *earliest_ > now) return;
    earliest_.reset();  // before the read, so that a timer set meanwhile is not forgotten
    due = journal_.due_timers(now, page);
    if (const auto next = due.empty() ? journal_.next_due() : due.front().timer.due) earliest_ = next;
    under_way_ = due.size();
    fired_ += due.size();
  }
  const auto settled = [this](const Reply&) {
    std::lock_guard lock(mutex_);
    // What is still in the store, fired or not, tells when to look again.
    if (--under_way_ == 0) earliest_ = journal_.next_due();
  };
  for (PendingTimer& timer : due) {
    auto work = std::make_shared<Work>();
    work->stimulus.kind = Stimulus::Kind::timer;
    work->stimulus.command = AnyRecord(TimerFired{timer.timer.name});
    work->stimulus.origin.caller.kind = Caller::Kind::timer;
    work->stimulus.timer_name = timer.timer.name;
    work->stimulus.timer_generation = timer.timer.generation;
    work->handler = settled;
    if (!residents_.deliver(timer.entity, work)) settled({});
  }
}

std::optional<Time> Timers::next_due() const {
  std::lock_guard lock(mutex_);
  return earliest_;
}

bool Timers::idle(Time now) const {
  std::lock_guard lock(mutex_);
  return under_way_ == 0 && (!earliest_ || *earliest_ > now);
}

std::uint64_t Timers::fired() const {
  std::lock_guard lock(mutex_);
  return fired_;
}

}  // namespace caravan
