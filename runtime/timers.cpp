#include "runtime/timers.hpp"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include "storage/worker/failures.hpp"

namespace caravan {

namespace {

constexpr Time at_once{};  // earlier than every timer

}  // namespace

Timers::Timers(Residents& residents, const Shards& shards, Journal& journal, Stopwatch stopwatch, Spans* spans,
               Store store)
    : residents_(residents),
      shards_(shards),
      journal_(journal),
      stopwatch_(std::move(stopwatch)),
      spans_(spans),
      is_shared_(store == Store::shared),
      earliest_(look_again()) {}

/// In a shared store the earliest timer may be another node's for long, so it does not tell when to look: `next_look_`
/// does.
std::optional<Time> Timers::look_again() const { return is_shared_ ? std::nullopt : journal_.next_due(); }

/// The store did not answer: looks again a little later.
void Timers::put_off(const std::exception& error) {
  const std::lock_guard lock(mutex_);
  is_looking_ = false;
  earliest_ = at_once;
  next_look_ = stopwatch_() + look_every;
  spdlog::warn("timers wait for the store: {}", error.what());
}

std::vector<PendingTimer> Timers::due_here(Time now) {
  std::vector<PendingTimer> due;
  for (std::size_t skip = 0; due.empty(); skip += page) {
    due = journal_.due_timers(now, page, skip);
    const bool is_last = due.size() < page;
    std::erase_if(due, [&](const PendingTimer& timer) { return !shards_.takes_work(shards_.of(timer.entity)); });
    if (is_last) break;
  }
  return due;
}

void Timers::set(Time due) {
  std::lock_guard lock(mutex_);
  if (!earliest_ || due < *earliest_) earliest_ = due;
}

/// The store is read without the lock: it may take long, and commits and metrics must not wait for it.
bool Timers::begin_look(Time now) {
  std::lock_guard lock(mutex_);
  const auto moment = stopwatch_();
  const bool looks = is_shared_ && moment >= next_look_;
  if (is_looking_ || under_way_ > 0 || (!looks && (!earliest_ || *earliest_ > now))) return false;
  if (earliest_ == at_once && moment < next_look_) return false;
  next_look_ = moment + look_every;
  earliest_.reset();  // before the read, so that a timer set meanwhile is not forgotten
  return is_looking_ = true;
}

void Timers::end_look(std::optional<Time> next) {
  is_looking_ = false;
  if (next && (!earliest_ || *next < *earliest_)) earliest_ = next;
}

void Timers::fire(Time now) {
  if (!begin_look(now)) return;
  std::vector<PendingTimer> due;
  try {
    due = due_here(now);
    const auto next = due.empty() ? look_again() : due.front().timer.due;
    std::lock_guard lock(mutex_);
    end_look(next);
    under_way_ = due.size();
    firing_since_ = due.empty() ? std::nullopt : due.front().timer.due;
    fired_ += due.size();
  } catch (const std::exception& error) {
    return put_off(error);
  }
  const auto settled = [this](const Reply&) { settle_one(); };
  for (const PendingTimer& timer : due)
    if (!deliver(timer, settled)) settle_one();
}

bool Timers::deliver(const PendingTimer& timer, const ReplyHandler& settled) {
  try {
    return residents_.deliver(timer.entity, work_for(timer, settled));
  } catch (...) {
    tell_failure("timers", "firing one of " + to_text(timer.entity));
    return false;
  }
}

/// When the last one of a page is settled, the store tells when to look again: it still has those that were not taken.
void Timers::settle_one() {
  {
    std::lock_guard lock(mutex_);
    if (--under_way_ > 0) return;
    is_looking_ = true;
    earliest_.reset();
  }
  try {
    const auto next = look_again();
    std::lock_guard lock(mutex_);
    end_look(next);
    firing_since_.reset();
    next_look_ = {};
  } catch (const std::exception& error) {
    put_off(error);
  }
}

std::shared_ptr<Work> Timers::work_for(const PendingTimer& timer, ReplyHandler settled) const {
  auto work = std::make_shared<Work>();
  Stimulus& stimulus = work->stimulus;
  stimulus.kind = Stimulus::Kind::timer;
  stimulus.command = AnyRecord(TimerFired{timer.timer.name});
  stimulus.timer_name = timer.timer.name;
  stimulus.timer_generation = timer.timer.generation;
  RequestOrigin& origin = stimulus.origin;
  origin.caller.kind = Caller::Kind::timer;
  // Made of what names the timer, so that all its firings, on whichever node, are one trace.
  origin.trace_id =
      trace_id_of(fmt::format("{} {} {}", to_text(timer.entity), timer.timer.name, timer.timer.generation));
  origin.correlation_id = origin.trace_id;
  work->handler = std::move(settled);
  if (const OpenSpanPtr span =
          spans_ ? spans_->begin(origin.trace_id, "timer " + timer.timer.name, Span::Kind::internal) : nullptr) {
    span->add(span_entity, to_text(timer.entity));
    origin.traceparent = span->traceparent();
    work->handler = answer_after(span, std::move(work->handler));
  }
  return work;
}

std::optional<Time> Timers::next_due() const {
  if (is_shared_) return journal_.next_due();
  std::lock_guard lock(mutex_);
  return earliest_;
}

std::optional<Time> Timers::oldest_due() const {
  std::lock_guard lock(mutex_);
  if (firing_since_) return firing_since_;
  return earliest_ == at_once ? std::nullopt : earliest_;
}

bool Timers::idle(Time now) const {
  std::lock_guard lock(mutex_);
  return !is_looking_ && under_way_ == 0 && (!earliest_ || *earliest_ > now);
}

std::uint64_t Timers::fired() const {
  std::lock_guard lock(mutex_);
  return fired_;
}

}  // namespace caravan
