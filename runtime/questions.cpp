#include "runtime/questions.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "storage/worker/failures.hpp"

namespace caravan {

Stimulus stimulus_of(Stimulus::Kind kind, const OutgoingEffect& effect, AnyRecord command) {
  Stimulus stimulus{.kind = kind, .command = std::move(command), .key = effect.stored.key};
  stimulus.origin.caller.kind = kind == Stimulus::Kind::effect ? Caller::Kind::entity : Caller::Kind::provider;
  stimulus.origin.caller.entity = kind == Stimulus::Kind::effect ? effect.stored.key.sender : effect.stored.receiver;
  stimulus.origin.trace_id = effect.stored.trace_id;
  stimulus.origin.correlation_id = effect.stored.correlation_id;
  if (effect.span) stimulus.origin.traceparent = effect.span->traceparent();
  return stimulus;
}

std::chrono::milliseconds wait_after(int attempts, std::chrono::milliseconds first, std::chrono::milliseconds last) {
  return std::min(first * (1 << std::min(attempts, 16)), last);
}

Questions::Questions(Router& router, const Shards& shards, const Clock& clock, Stopwatch stopwatch, Limits limits)
    : router_(router), shards_(shards), clock_(clock), stopwatch_(std::move(stopwatch)), limits_(limits) {}

void Questions::add_provider(EntityKind kind, std::shared_ptr<Provider> provider) {
  providers_[kind] = std::move(provider);
}

void Questions::push(OutgoingEffect effect) {
  const EffectKey key = effect.stored.key;
  const OutsideClass* outside = find_outside(effect.stored.receiver.kind);
  Question question;
  const Term term = outside ? outside->term(effect.command) : Term{};
  question.since = term.deadline ? term.asked_at : clock_.now();
  question.deadline = term.deadline;
  if (!term.deadline && outside && outside->undelivered) question.deadline = clock_.now() + limits_.without_deadline;
  if (question.deadline) question.term = *question.deadline - question.since;
  question.most_failures = term.most_failures;
  question.asked_at = stopwatch_();
  question.retry_at = question.asked_at + limits_.unanswered;
  question.effect = std::move(effect);
  std::lock_guard lock(mutex_);
  if (!questions_.try_emplace(key, std::move(question)).second) return;
  to_ask_.push_back(key);
  asking_.notify_one();
}

bool Questions::ask_next(bool wait) {
  EffectKey key;
  {
    std::unique_lock lock(mutex_);
    if (wait) asking_.wait(lock, [&] { return closed_ || !to_ask_.empty(); });
    if (closed_ || to_ask_.empty()) return false;
    key = to_ask_.front();
    to_ask_.pop_front();
  }
  ask(key);
  return true;
}

void Questions::ask(const EffectKey& key) {
  std::shared_ptr<Provider> provider;
  AnyRecord request;
  std::string trace_id, traceparent;
  {
    std::lock_guard lock(mutex_);
    auto found = questions_.find(key);
    if (closed_ || found == questions_.end()) return;
    Question& question = found->second;
    if (question.state != State::open || question.news) return;
    if (question.deadline && clock_.now() >= *question.deadline) return;  // it is given up next
    auto known = providers_.find(question.effect.stored.receiver.kind);
    if (known == providers_.end()) return;  // kept in the store for a node that has the provider
    provider = known->second;
    request = question.effect.command;
    trace_id = question.effect.stored.trace_id;
    if (question.effect.span) traceparent = question.effect.span->traceparent();
    question.retry_at = stopwatch_() + wait_after(question.tries++, limits_.unanswered, limits_.longest);
    if (question.tries > 1) ++repeated_;
  }
  const WithTrace trace({trace_id, traceparent});
  provider->handle(key, request, [this, key](ProviderReply reply) { replied(key, std::move(reply)); });
}

void Questions::replied(const EffectKey& key, ProviderReply reply) {
  {
    std::lock_guard lock(mutex_);
    auto found = questions_.find(key);
    if (closed_ || found == questions_.end()) return;
    Question& question = found->second;
    if (!reply.answer) return failed(question, std::move(reply.failure));
    if (question.news && question.news->kind == Stimulus::Kind::answer) return;  // a second answer to one question
    question.news = News{Stimulus::Kind::answer, std::move(reply.answer)};
    if (question.is_telling) return;  // that it was given up; the answer follows
  }
  tell(key);
}

/// The provider could not say.
void Questions::failed(Question& question, std::string why) {
  question.failure = std::move(why);
  if (question.state != State::open || question.news) return;
  question.retry_at = stopwatch_() + wait_after(question.failures++, limits_.failed, limits_.longest);
  if (question.most_failures > 0 && question.failures >= question.most_failures)
    give_up(question, Undelivered::given_up, question.failure);
}

bool Questions::give_up(Question& question, Undelivered how, const std::string& detail) {
  const OutsideClass* outside = find_outside(question.effect.stored.receiver.kind);
  if (!outside || !outside->undelivered) return false;
  const bool is_dropped = how == Undelivered::dropped;
  const WithTrace trace({question.effect.stored.trace_id, {}});
  spdlog::warn("{} of {} is {}: {}", question.effect.command.type().name, to_text(question.effect.stored.key.sender),
               is_dropped ? "dropped" : "given up", detail);
  question.news = News{is_dropped ? Stimulus::Kind::dropped : Stimulus::Kind::given_up,
                       outside->undelivered(question.effect.command, how, detail)};
  question.tell_at = {};
  return true;
}

namespace {

/// Whether who holds these permissions may drop such a question. The edge asks the same before it gives the order, to
/// say why not; but meanwhile somebody may have had it asked for again, and not every order need come from our edge.
bool may_be_dropped(const OutsideClass* outside, const AnyRecord& request, std::uint32_t permissions) {
  if (!outside) return false;
  if (outside->stays && outside->about && outside->stays(outside->about(request))) return false;
  return !outside->drop_needs || (permissions & static_cast<std::uint32_t>(*outside->drop_needs)) != 0;
}

}  // namespace

void Questions::obey(const EffectOrder& order) {
  std::lock_guard lock(mutex_);
  auto found = questions_.find(order.key);
  if (found == questions_.end() || found->second.state == State::ended) return;
  Question& question = found->second;
  switch (order.what) {
    case EffectOrder::What::withdraw:
      return end(question);
    case EffectOrder::What::drop:
      if (question.state != State::given_up || !may_be_dropped(find_outside(question.effect.stored.receiver.kind),
                                                               question.effect.command, order.permissions))
        return spdlog::warn("an order to drop effect {} of {} is not obeyed: it is asked for, or may not be dropped",
                            order.key.number, to_text(order.key.sender));
      if (!question.news || question.news->kind != Stimulus::Kind::answer)
        give_up(question, Undelivered::dropped, "an operator dropped it: " + order.reason);
      return;
    case EffectOrder::What::retry:
      if (question.news) return;  // it is ending anyway
      if (question.deadline) question.deadline = clock_.now() + question.term;
      question.state = State::open;
      question.failures = 0;
      question.retry_at = stopwatch_() + limits_.unanswered;
      to_ask_.push_back(order.key);
      asking_.notify_one();
  }
}

/// Nobody wants it any more; only an answer that still comes is brought to its sender.
void Questions::end(Question& question) {
  question.state = State::ended;
  question.forget_at = stopwatch_() + limits_.late;
  if (question.news && question.news->kind != Stimulus::Kind::answer) question.news.reset();
}

void Questions::tell(const EffectKey& key) {
  auto work = std::make_shared<Work>();
  Stimulus::Kind kind{};
  {
    std::lock_guard lock(mutex_);
    auto found = questions_.find(key);
    if (closed_ || found == questions_.end()) return;
    Question& question = found->second;
    if (!question.news || question.is_telling) return;
    kind = question.news->kind;
    work->stimulus = stimulus_of(kind, question.effect, question.news->command);
    question.is_telling = true;
  }
  const ReplyHandler handler = [this, key, kind](const Reply& reply) { told(key, kind, reply); };
  bool is_given = false;
  try {
    work->handler = handler;
    is_given = router_.deliver(key.sender, work);
  } catch (...) {
    tell_failure("outbox", "telling " + to_text(key.sender));
  }
  if (!is_given) handler({.outcome = Outcome::overloaded});
}

void Questions::told(const EffectKey& key, Stimulus::Kind kind, const Reply& reply) {
  std::lock_guard lock(mutex_);
  auto found = questions_.find(key);
  if (found == questions_.end()) return;
  Question& question = found->second;
  question.is_telling = false;
  if (reply.outcome != Outcome::done && reply.outcome != Outcome::rejected) {
    question.tell_at = stopwatch_() + wait_after(question.not_taken++, limits_.not_taken, limits_.last_not_taken);
    return;
  }
  question.not_taken = 0;
  question.tell_at = {};
  if (kind == Stimulus::Kind::answer) {
    ++answered_;
    questions_.erase(found);
    return;
  }
  if (question.news && question.news->kind == kind) question.news.reset();
  if (kind == Stimulus::Kind::dropped)
    end(question);
  else if (question.state == State::open)
    question.state = State::given_up;
}

/// Given up so long ago that nobody will have it asked for again.
bool Questions::is_forgotten(const Question& question, Time date) {
  const OutsideClass* outside = find_outside(question.effect.stored.receiver.kind);
  return outside && outside->kept > Duration{0} && date >= *question.deadline + outside->kept;
}

void Questions::tick(SteadyTime now) {
  constexpr std::size_t few = 1'000;  // more are not looked at with each tick
  constexpr std::chrono::milliseconds look_every{100};
  std::vector<EffectKey> to_tell;
  bool is_asking = false;
  {
    std::lock_guard lock(mutex_);
    if (questions_.size() > few && now - last_look_ < look_every) return;
    last_look_ = now;
    const Time date = clock_.now();
    std::erase_if(questions_, [&](const auto& item) {
      const Question& question = item.second;
      return question.state == State::ended && !question.is_telling && !question.news && question.forget_at <= now;
    });
    for (auto& [key, question] : questions_) {
      if (question.is_telling) continue;
      const bool is_over = question.deadline && date >= *question.deadline;
      if (!question.news && question.state == State::open && is_over)
        give_up(question, Undelivered::given_up, question.failure.empty() ? "no answer" : question.failure);
      else if (!question.news && question.state == State::given_up && is_forgotten(question, date))
        give_up(question, Undelivered::dropped, "nobody had it asked for again");
      if (question.news) {
        if (question.tell_at <= now) to_tell.push_back(key);
      } else if (question.state == State::open && question.retry_at <= now) {
        question.retry_at = now + limits_.unanswered;  // `ask` sets it again
        to_ask_.push_back(key);
      }
    }
    is_asking = !to_ask_.empty();
  }
  if (is_asking) asking_.notify_one();
  for (const EffectKey& key : to_tell) tell(key);
}

bool Questions::idle(SteadyTime now, std::chrono::milliseconds patience) const {
  std::lock_guard lock(mutex_);
  const Time date = clock_.now();
  return std::ranges::all_of(questions_, [&](const auto& item) {
    const Question& question = item.second;
    if (question.is_telling || question.news) return false;
    if (question.state != State::open) return true;
    return now - question.asked_at >= patience && (!question.deadline || date < *question.deadline);
  });
}

std::optional<Time> Questions::next_deadline() const {
  std::lock_guard lock(mutex_);
  std::optional<Time> next;
  for (const auto& [key, question] : questions_)
    if (question.state == State::open && question.deadline)
      next = std::min(next.value_or(Time::max()), *question.deadline);
  return next;
}

std::vector<OpenQuestion> Questions::stuck(SteadyTime now, std::chrono::milliseconds patience) const {
  std::lock_guard lock(mutex_);
  std::vector<OpenQuestion> out;
  for (const auto& [key, question] : questions_) {
    const bool is_given_up = question.state == State::given_up;
    const bool is_slow = question.state == State::open && now - question.asked_at >= patience;
    const bool has_failed = question.state == State::open && question.failures > 0;
    if (!is_given_up && !is_slow && !has_failed) continue;
    const AnyRecord& request = question.effect.command;
    const OutsideClass* outside = find_outside(question.effect.stored.receiver.kind);
    out.push_back({key, question.effect.stored.receiver.kind, std::string(request.type().name),
                   question.effect.stored.trace_id, question.since, question.deadline, question.tries, question.failure,
                   is_given_up, outside && outside->about ? outside->about(request) : std::string()});
  }
  return out;
}

void Questions::close(std::uint32_t shard) {
  std::lock_guard lock(mutex_);
  std::erase_if(questions_, [&](const auto& question) { return shards_.of(question.first.sender) == shard; });
}

void Questions::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  asking_.notify_all();
}

Questions::Stats Questions::stats() const {
  std::lock_guard lock(mutex_);
  Stats stats{.answered = answered_, .repeated = repeated_};
  const SteadyTime now = stopwatch_();
  SteadyTime oldest = now;
  for (const auto& [key, question] : questions_) {
    if (question.state == State::given_up) ++stats.given_up;
    if (question.state != State::open) continue;
    ++stats.open;
    oldest = std::min(oldest, question.asked_at);
  }
  stats.oldest = std::chrono::duration<double>(now - oldest).count();
  return stats;
}

}  // namespace caravan
