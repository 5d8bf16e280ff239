#include "runtime/router.hpp"

#include <algorithm>

#include "storage/worker/failures.hpp"

namespace caravan {

namespace {

using namespace std::chrono_literals;

Reply not_done(Outcome outcome) { return {.outcome = outcome, .retry_after = 1s}; }

/// Whether doing it twice does no harm: a question, work that is deduplicated by its number, or a command with a
/// client's idempotency key.
bool is_repeatable(const Work& work) {
  return work.kind != Work::Kind::stimulus || work.stimulus.kind != Stimulus::Kind::client ||
         !work.stimulus.origin.idempotency_key.empty();
}

}  // namespace

Router::Router(Residents& residents, const Shards& shards, Stopwatch stopwatch, Limits limits)
    : residents_(residents), shards_(shards), stopwatch_(std::move(stopwatch)), limits_(limits) {}

void Router::join(Send send, std::function<void(std::uint64_t)> grown, std::uint64_t first_number) {
  send_ = std::move(send);
  grown_ = std::move(grown);
  numbers_ = first_number;
  owners_.resize(shards_.count());
}

bool Router::deliver(const Address& to, WorkPtr work, Residents::RunBy run_by) {
  if (!send_) return residents_.deliver(to, std::move(work), run_by);
  return begin(std::make_shared<Task>(), to, std::move(work), run_by);
}

bool Router::pass_on(const Address& to, WorkPtr work) {
  auto task = std::make_shared<Task>();
  task->is_passed_on = true;
  return begin(task, to, std::move(work), Residents::RunBy::workers);
}

bool Router::begin(const TaskPtr& task, const Address& to, WorkPtr work, Residents::RunBy run_by) {
  task->to = to;
  task->handler = std::move(work->handler);
  const Moment now = stopwatch_();
  if (work->kind == Work::Kind::await) task->await_until = now + work->deadline;
  task->give_up = std::max(now, task->await_until) + limits_.patience;
  task->work = std::move(work);
  if (attempt(task, run_by)) return true;
  task->work->handler = std::move(task->handler);
  return false;
}

bool Router::attempt(const TaskPtr& task, Residents::RunBy run_by) {
  if (shards_.takes_work(shards_.of(task->to)) && give_here(task, run_by)) return true;
  if (shards_.takes_work(shards_.of(task->to))) return false;  // a limit, not the shard
  std::string peer;
  {
    std::lock_guard lock(mutex_);
    peer = way_to(shards_.of(task->to), task->is_passed_on);
  }
  return peer.empty() ? park(task, 0ms) : send(task, peer);
}

bool Router::give_here(const TaskPtr& task, Residents::RunBy run_by) {
  Work& work = *task->work;
  if (work.kind == Work::Kind::await)
    work.deadline =
        std::max(std::chrono::duration_cast<std::chrono::milliseconds>(task->await_until - stopwatch_()), 0ms);
  work.handler = [this, task](Reply reply) { ended(task, std::move(reply)); };
  return residents_.deliver(task->to, task->work, run_by);
}

std::string Router::way_to(std::uint32_t shard, bool is_passed_on) const {
  const std::string& owner = owners_[shard];
  if (open_.contains(owner)) return owner;
  const auto down = down_.find(owner);
  const bool needs_detour = !is_passed_on && down != down_.end() && stopwatch_() - down->second >= limits_.detour;
  return needs_detour && !open_.empty() ? *open_.begin() : "";
}

bool Router::send(const TaskPtr& task, const std::string& peer) {
  const WorkPtr work = task->work;  // `close` or `lost` may answer the task, and so drop its work, before it is sent
  std::uint64_t number = 0;
  bool is_detour = false;
  {
    std::lock_guard lock(mutex_);
    is_detour = owners_[shards_.of(task->to)] != peer;
    if (closed_ || elsewhere_.size() >= limits_.elsewhere) return false;
    number = ++numbers_;
    elsewhere_.emplace(number, Elsewhere{task, peer});
    ++sent_;
  }
  const auto wait = std::chrono::duration_cast<std::chrono::milliseconds>(task->await_until - stopwatch_());
  wire::Errand errand = wire::errand(number, task->to, *work, task->after_version, wait);
  errand.may_pass_on = is_detour;
  if (send_(peer, wire::encode(errand))) return true;
  std::lock_guard lock(mutex_);
  return elsewhere_.erase(number) == 0;  // somebody else has answered it meanwhile
}

bool Router::park(const TaskPtr& task, std::chrono::milliseconds pause) {
  std::lock_guard lock(mutex_);
  if (closed_ || waiting_.size() >= limits_.waiting) return false;
  task->not_before = stopwatch_() + pause;
  waiting_.push_back(task);
  return true;
}

void Router::attempt_again(const TaskPtr& task) {
  if (!attempt(task, Residents::RunBy::workers)) answer(task, not_done(Outcome::overloaded));
}

/// Answers for good. The work's handler holds the task and the task holds the work: dropping the work frees both.
void Router::answer(const TaskPtr& task, Reply reply) {
  const ReplyHandler handler = std::move(task->handler);
  task->work.reset();
  handler(std::move(reply));
}

void Router::ended(const TaskPtr& task, Reply reply) {
  if (reply.position != 0 && grown_) grown_(reply.position);
  const Moment now = stopwatch_();
  const bool was_answered = reply.outcome == Outcome::done || reply.outcome == Outcome::rejected;
  const bool awaits_more =
      task->work->kind == Work::Kind::await && was_answered && now < task->await_until && !task->work->accepts(reply);
  if (awaits_more) {
    task->after_version = reply.version;
    return attempt_again(task);
  }
  const bool repeat =
      reply.outcome == Outcome::unavailable || (reply.outcome == Outcome::unknown && is_repeatable(*task->work));
  if (reply.outcome == Outcome::unknown) task->last = Outcome::unknown;
  if (!repeat || residents_.is_closed() || now >= task->give_up || !park(task, pause_before_repeat(*task)))
    answer(task, std::move(reply));
}

std::chrono::milliseconds Router::pause_before_repeat(Task& task) const {
  constexpr int most_doublings = 10;
  return std::min(limits_.pause * (1 << std::min(task.repeats++, most_doublings)), limits_.longest_pause);
}

template <class What>
void Router::with_each(const std::vector<TaskPtr>& tasks, const char* doing, What what) {
  for (const TaskPtr& task : tasks) try {
      what(task);
    } catch (...) {
      tell_failure("router", doing);
      try {
        if (task->handler) answer(task, not_done(Outcome::unknown));
      } catch (...) {
        tell_failure("router", "answering");
      }
    }
}

void Router::set_owners(std::vector<std::string> owners) {
  {
    std::lock_guard lock(mutex_);
    owners_ = std::move(owners);
    std::map<std::string, Moment> down;
    for (const std::string& owner : owners_)
      if (!owner.empty() && !open_.contains(owner)) {
        const auto known = down_.find(owner);
        down.emplace(owner, known == down_.end() ? stopwatch_() : known->second);
      }
    down_ = std::move(down);
  }
  tick();
}

void Router::link_changed(const std::string& peer, bool is_open) {
  std::lock_guard lock(mutex_);
  if (is_open) {
    open_.insert(peer);
    down_.erase(peer);
  } else if (open_.erase(peer) > 0 && std::ranges::find(owners_, peer) != owners_.end()) {
    down_.emplace(peer, stopwatch_());
  }
}

void Router::lost(const std::string& peer) {
  std::vector<TaskPtr> tasks;
  {
    std::lock_guard lock(mutex_);
    std::erase_if(elsewhere_, [&](const auto& item) {
      if (item.second.peer != peer) return false;
      tasks.push_back(item.second.task);
      return true;
    });
  }
  with_each(tasks, "looking after lost work", [this](const TaskPtr& task) { ended(task, not_done(Outcome::unknown)); });
}

void Router::received(const std::string& peer, const wire::Errand& errand) {
  {
    std::lock_guard lock(mutex_);
    if (closed_) return;
    ++received_;
  }
  const auto answer = [this, peer, number = errand.number](const Reply& reply) {
    send_(peer, wire::encode(wire::answered(number, reply)));  // where the link is full, the asker gives up by itself
  };
  const WorkPtr work = wire::work_of(errand);
  if (!work) return answer(not_done(Outcome::unavailable));
  work->handler = answer;
  if (errand.may_pass_on && !shards_.takes_work(shards_.of(errand.to))) {
    if (!pass_on(errand.to, work)) answer(not_done(Outcome::overloaded));
    return;
  }
  if (residents_.deliver(errand.to, work)) return;
  answer(not_done(shards_.takes_work(shards_.of(errand.to)) ? Outcome::overloaded : Outcome::unavailable));
}

void Router::received(const wire::Answered& answered) {
  TaskPtr task;
  {
    std::lock_guard lock(mutex_);
    const auto found = elsewhere_.find(answered.number);
    if (found == elsewhere_.end()) return;
    task = std::move(found->second.task);
    elsewhere_.erase(found);
  }
  ended(task, wire::reply_of(answered, task->to.kind));
}

void Router::tick() {
  if (!send_) return;
  std::vector<TaskPtr> ready, late, unanswered;
  {
    std::lock_guard lock(mutex_);
    const Moment now = stopwatch_();
    std::erase_if(waiting_, [&](const TaskPtr& task) {
      const std::uint32_t shard = shards_.of(task->to);
      const bool has_way = shards_.takes_work(shard) || !way_to(shard, task->is_passed_on).empty();
      if (now >= task->give_up)
        late.push_back(task);
      else if (has_way && now >= task->not_before)
        ready.push_back(task);
      else
        return false;
      return true;
    });
    std::erase_if(elsewhere_, [&](const auto& item) {
      if (now < item.second.task->give_up) return false;
      unanswered.push_back(item.second.task);
      return true;
    });
    repeated_ += ready.size();
  }
  with_each(ready, "trying work again", [this](const TaskPtr& task) { attempt_again(task); });
  with_each(late, "giving work up", [](const TaskPtr& task) { answer(task, not_done(task->last)); });
  with_each(unanswered, "giving work up", [](const TaskPtr& task) { answer(task, not_done(Outcome::unknown)); });
}

void Router::close() {
  std::list<TaskPtr> waiting;
  std::unordered_map<std::uint64_t, Elsewhere> elsewhere;
  {
    std::lock_guard lock(mutex_);
    closed_ = true;
    waiting.swap(waiting_);
    elsewhere.swap(elsewhere_);
  }
  for (const TaskPtr& task : waiting) answer(task, not_done(task->last));
  for (const auto& [number, item] : elsewhere) answer(item.task, not_done(Outcome::unknown));
}

Router::Stats Router::stats() const {
  std::lock_guard lock(mutex_);
  return {waiting_.size(), elsewhere_.size(), sent_, received_, repeated_};
}

}  // namespace caravan
