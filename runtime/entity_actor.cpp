#include "runtime/entity_actor.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "runtime/hand_over.hpp"
#include "storage/worker/failures.hpp"

namespace caravan {

namespace {

Reply failed(Outcome outcome) { return {.outcome = outcome, .retry_after = std::chrono::seconds{1}}; }

/// The answer where a decision did not become durable: it certainly did not land, or nobody knows.
Reply failed(CommitStatus status) {
  return failed(status == CommitStatus::fenced ? Outcome::unavailable : Outcome::unknown);
}

}  // namespace

ReplyHandler answer_after(OpenSpanPtr span, ReplyHandler handler) {
  return [span = std::move(span), handler = std::move(handler)](Reply reply) {
    if (reply.outcome != Outcome::done) span->fail();
    if (reply.rejection) span->add("caravan.rejection", std::string(reply.rejection->code));
    span->end();
    handler(std::move(reply));
  };
}

EntityActor::EntityActor(caf::actor_config& config, const ActorSurroundings& around, const EntityClass& entity,
                         std::shared_ptr<Activation> activation)
    : caf::event_based_actor(config),
      around_(around),
      activation_(std::move(activation)),
      host_(entity, activation_->address, activation_->shard, around.snapshot_every, around.key_life,
            around.most_marks) {}

EntityActor::~EntityActor() { take_over(this); }

caf::behavior EntityActor::make_behavior() {
  return {[this](WorkPtr& item) {
            take_over(this);
            take_over(item.get());
            if (item->handler)
              handler_ = std::exchange(item->handler, {});  // work without one is shared by many actors
            guarded(item.get(), [&] { work(*item); });
            around_.worked(activation_);
            hand_over(this);
          },
          [this](std::uint64_t waiter) {
            take_over(this);
            guarded(nullptr, [&] { expire(waiter); });
            hand_over(this);
          }};
}

void EntityActor::on_exit() {
  guarded(nullptr, [&] { turn_waiters_away(Outcome::unavailable); });
  hand_over(this);
}

template <class What>
void EntityActor::guarded(const Work* work, What what) {
  try {
    what();
  } catch (...) {
    fail(work);
  }
}

/// To be called in a `catch (...)`.
void EntityActor::fail(const Work* work) {
  const auto doing = [&]() -> std::string {
    if (!work) return "answering who waits";
    if (work->kind == Work::Kind::stimulus) return std::string(work->stimulus.command.type().name);
    return work->query ? std::string(work->query.type().name) : "resting";
  };
  tell_failure("entity " + std::string(host_.entity_class().name), doing() + " of " + to_text(activation_->address));
  span_.reset();
  if (!std::exchange(failed_, true)) {
    // The activation is dropped behind all that it decided, so that the one which reads the entity anew finds that.
    CommitItem end{activation_, std::nullopt, {}, {}};
    end.done = [&around = around_, activation = activation_](CommitStatus, std::uint64_t) {
      around.dropped(activation);
    };
    around_.commits.push(std::move(end));
  }
  try {
    if (const ReplyHandler handler = take_handler()) handler(failed(Outcome::unknown));
    turn_waiters_away(Outcome::unknown);
  } catch (...) {
    tell_failure("entity " + std::string(host_.entity_class().name), "telling who waits");
  }
}

void EntityActor::turn_waiters_away(Outcome outcome) {
  for (const auto& waiter : waiters_) waiter->answer(failed(outcome));
  activation_->held -= static_cast<std::int64_t>(waiters_.size());
  waiters_.clear();
}

bool EntityActor::load() {
  try {
    host_.load(around_.journal.load(activation_->address));
    activation_->committed = host_.sequence();
    return loaded_ = true;
  } catch (const StorageError& error) {
    spdlog::error("{} cannot be loaded: {}", to_text(activation_->address), error.what());
    if (!activation_->lost.exchange(true)) around_.dropped(activation_);
    return false;
  }
}

void EntityActor::work(Work& work) {
  if (work.kind == Work::Kind::rest) {
    if (loaded_ && !failed_ && waiters_.empty()) host_.rest();
    return;
  }
  if (work.kind == Work::Kind::turn_away) return turn_waiters_away(Outcome::unavailable);
  const RequestOrigin& origin = work.stimulus.origin;
  span_ = open_span(work);
  const std::string traceparent = span_ ? span_->traceparent() : "";
  const WithTrace trace({origin.trace_id, traceparent});
  work_in_trace(work);
  span_.reset();
}

OpenSpanPtr EntityActor::open_span(const Work& work) {
  const RequestOrigin& origin = work.stimulus.origin;
  if (origin.traceparent.empty() || !around_.spans) return nullptr;
  const bool stimulus = work.kind == Work::Kind::stimulus;
  const std::string name(stimulus ? work.stimulus.command.type().name : work.query.type().name);
  const bool sent = stimulus && work.stimulus.kind == Stimulus::Kind::effect;
  OpenSpanPtr span =
      around_.spans->follow(origin.traceparent, name, sent ? Span::Kind::consumer : Span::Kind::internal);
  if (!span) return nullptr;
  span->add(span_entity, to_text(activation_->address));
  handler_ = answer_after(span, take_handler());
  return span;
}

void EntityActor::work_in_trace(Work& work) {
  if (failed_ || activation_->lost || (!loaded_ && !load())) {
    turn_waiters_away(Outcome::unavailable);
    // The handler may give this very work to another actor, so nothing of it is touched after the call.
    if (const ReplyHandler handler = take_handler()) handler(failed(Outcome::unavailable));
    return;
  }
  host_.wake();
  switch (work.kind) {
    case Work::Kind::stimulus:
      return decide(work);
    case Work::Kind::query:
      return show(work);
    case Work::Kind::await:
      return wait(work);
    case Work::Kind::rest:
    case Work::Kind::turn_away:
      return;
  }
}

bool EntityActor::was_taken(const Work& work) {
  host_.forget_marks(activation_->committed);
  if (!host_.may_have_taken(work.stimulus)) return false;
  try {
    if (is_pending(around_.journal, work.stimulus.key)) return false;
  } catch (const StorageError& error) {
    spdlog::error("{} cannot tell whether it took an effect: {}", to_text(activation_->address), error.what());
    const ReplyHandler handler = take_handler();
    handler(failed(Outcome::unavailable));
    return true;
  }
  answer_when_durable({.outcome = Outcome::done, .version = host_.sequence()}, take_handler());
  return true;
}

void EntityActor::decide(Work& work) {
  if (was_taken(work)) return;
  Verdict verdict = host_.decide(work.stimulus, around_.clock.now(), around_.random);
  if (verdict.replays != 0) return replay(work.stimulus, verdict.replays);
  if (!verdict.write) return answer_when_durable(std::move(verdict.reply), take_handler());
  verdict.write->epoch = activation_->epoch;
  if (span_) {
    for (OutgoingEffect& effect : verdict.outgoing) effect.span = span_;
    handler_ = [commit = span_->child("commit", Span::Kind::internal), handler = take_handler()](Reply reply) {
      commit->end();
      handler(std::move(reply));
    };
  }
  CommitItem item{activation_, std::move(verdict.write), std::move(verdict.outgoing), {}, std::move(verdict.orders)};
  item.done = [reply = std::move(verdict.reply), handler = take_handler()](CommitStatus status,
                                                                           std::uint64_t position) mutable {
    reply.position = position;
    handler(status == CommitStatus::committed ? std::move(reply) : failed(status));
  };
  around_.commits.push(std::move(item));
  wake_waiters();
}

void EntityActor::show(Work& work) {
  answer_when_durable(host_.query(work.query, work.caller, around_.clock.now(), around_.random), take_handler());
}

void EntityActor::wait(Work& work) {
  if (waiters_.size() >= around_.max_waiters) {
    const ReplyHandler handler = take_handler();
    return handler(failed(Outcome::overloaded));
  }
  auto waiter = std::make_shared<Waiter>();
  waiter->id = ++last_waiter_;
  waiter->query = work.query;
  waiter->caller = work.caller;
  waiter->accepts = work.accepts;
  waiter->handler = take_handler();
  waiters_.push_back(waiter);
  ++activation_->held;
  delayed_send(this, work.deadline, waiter->id);
  wake_waiters();
}

void EntityActor::expire(std::uint64_t id) {
  auto found = std::ranges::find(waiters_, id, [](const auto& waiter) { return waiter->id; });
  if (found == waiters_.end()) return;
  const std::shared_ptr<Waiter> waiter = *found;
  waiters_.erase(found);
  --activation_->held;
  answer_when_durable(host_.query(waiter->query, waiter->caller, around_.clock.now(), around_.random),
                      [waiter](Reply reply) { waiter->answer(std::move(reply)); });
}

void EntityActor::wake_waiters() {
  activation_->held -=
      static_cast<std::int64_t>(std::erase_if(waiters_, [](const auto& waiter) { return waiter->answered.load(); }));
  for (const auto& waiter : waiters_) {
    Reply reply = host_.query(waiter->query, waiter->caller, around_.clock.now(), around_.random);
    if (!waiter->accepts(reply)) continue;
    answer_when_durable(std::move(reply), [waiter](Reply durable) { waiter->answer(std::move(durable)); });
  }
}

void EntityActor::answer_when_durable(Reply reply, ReplyHandler handler) {
  // Checked after the state was read: a lease that holds now held then too.
  const auto stands = [&around = around_] { return !around.has_lease || around.has_lease(); };
  if (activation_->committed.load() >= host_.sequence())
    return handler(stands() ? std::move(reply) : failed(Outcome::unavailable));
  CommitItem barrier{activation_, std::nullopt, {}, {}};
  barrier.done = [reply = std::move(reply), handler = std::move(handler), stands](CommitStatus status,
                                                                                  std::uint64_t) mutable {
    if (status == CommitStatus::committed && !stands()) status = CommitStatus::fenced;
    handler(status == CommitStatus::committed ? std::move(reply) : failed(status));
  };
  around_.commits.push(std::move(barrier));
}

void EntityActor::replay(const Stimulus& stimulus, std::uint64_t sequence) {
  // The first answer may still be on its way to the disk; read it when it is there.
  auto read = [&journal = around_.journal, address = activation_->address, &entity = host_.entity_class(), sequence,
               hash = stimulus.origin.request_hash, trace_id = stimulus.origin.trace_id,
               handler = take_handler()](Reply ready) {
    if (ready.outcome != Outcome::done) return handler(std::move(ready));
    std::optional<Stored::Row> row;
    try {
      row = journal.entry(address, sequence);
    } catch (const StorageError& error) {
      const WithTrace trace({trace_id, {}});
      spdlog::error("an answer of {} cannot be read again: {}", to_text(address), error.what());
      return handler(failed(Outcome::unavailable));
    }
    JournalEntry entry{.entity = address, .sequence = sequence};
    if (!row || !decode_body(entity, row->body, entry) || !entry.reply) return handler(failed(Outcome::unknown));
    if (entry.origin.request_hash != hash) return handler(failed(Outcome::key_reused));
    ready.is_replay = true;
    ready.version = sequence;
    ready.replayed = entry.reply->resource.value;
    if (!entry.reply->rejection.empty()) {
      auto label = std::ranges::find(entity.rejections, entry.reply->rejection);
      ready.outcome = Outcome::rejected;
      ready.rejection =
          Rejection{label == entity.rejections.end() ? "not_found" : *label, entry.reply->detail, entry.reply->blamed};
    }
    handler(std::move(ready));
  };
  answer_when_durable({.outcome = Outcome::done}, std::move(read));
}

}  // namespace caravan
