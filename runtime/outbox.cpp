#include "runtime/outbox.hpp"

#include <spdlog/spdlog.h>

#include <algorithm>

#include "actors/registry.hpp"
#include "storage/codec/codec.hpp"
#include "storage/worker/failures.hpp"

namespace caravan {

namespace {

/// The step of the trace that lasts from when the effect became durable until it is delivered.
OpenSpanPtr span_of(const OutgoingEffect& effect) {
  if (!effect.span) return nullptr;
  const Address& to = effect.stored.receiver;
  OpenSpanPtr span = effect.span->child("send " + std::string(effect.command.type().name),
                                        is_outside(to.kind) ? Span::Kind::client : Span::Kind::producer);
  span->add(span_entity, to_text(to));
  return span;
}

}  // namespace

Outbox::Outbox(Router& router, const Shards& shards, const Clock& clock, Stopwatch stopwatch, Spans* spans,
               Limits limits)
    : router_(router),
      shards_(shards),
      stopwatch_(std::move(stopwatch)),
      spans_(spans),
      limits_(limits),
      questions_(router, shards, clock, stopwatch_, {}),
      open_(shards.count()) {}

std::vector<OutgoingEffect> Outbox::pending(Journal& journal, std::span<const std::uint32_t> shards) const {
  std::vector<OutgoingEffect> effects;
  std::optional<EffectKey> after;
  for (;;) {
    const std::vector<PendingEffect> page = journal.pending_effects(after, limits_.load_page);
    for (const PendingEffect& stored : page) {
      const WithTrace trace({stored.trace_id, {}});
      if (!std::ranges::binary_search(shards, shards_.of(stored.key.sender))) continue;
      const EntityClass* receiver = find_entity(stored.receiver.kind);
      if (!receiver && !questions_.has_provider(stored.receiver.kind)) {
        spdlog::error("an effect of {} waits for a provider that is not set up: {}", to_text(stored.key.sender),
                      to_text(stored.receiver));
        continue;
      }
      bool holds_more = false;
      AnyRecord command = codec::decode_tagged(
          receiver ? receiver->commands : questions_.requests_of(stored.receiver.kind), stored.command, &holds_more);
      if (!command)
        spdlog::error("effect {} of {} cannot be read", stored.key.number, to_text(stored.key.sender));
      else
        effects.push_back({stored, std::move(command), holds_more});
    }
    if (page.size() < limits_.load_page) return effects;
    after = page.back().key;
  }
}

void Outbox::open(Journal& journal, std::span<const std::uint32_t> shards) {
  std::vector<OutgoingEffect> effects = pending(journal, shards);
  {
    std::lock_guard lock(mutex_);
    for (const std::uint32_t shard : shards) open_[shard] = true;
  }
  for (OutgoingEffect& effect : effects) {
    effect.span = taken_up(effect);
    push(std::move(effect));
  }
}

/// Begins a step for an effect that was read from the store: the step that led to it ended with the process that
/// decided it.
OpenSpanPtr Outbox::taken_up(const OutgoingEffect& effect) const {
  if (!spans_ || effect.stored.trace_id.empty()) return nullptr;
  const std::string name(effect.command.type().name);
  OpenSpanPtr span = spans_->begin(effect.stored.trace_id, "take up " + name, Span::Kind::internal);
  if (span) span->add(span_entity, to_text(effect.stored.key.sender));
  return span;
}

void Outbox::close(std::uint32_t shard) {
  std::lock_guard lock(mutex_);
  open_[shard] = false;
  std::erase_if(lanes_, [&](const auto& lane) { return shards_.of(lane.first.first) == shard; });
  questions_.close(shard);
}

void Outbox::push(OutgoingEffect effect) {
  const std::uint32_t shard = shards_.of(effect.stored.key.sender);
  const Pair pair{effect.stored.key.sender, effect.stored.receiver};
  {
    std::lock_guard lock(mutex_);
    if (!open_[shard]) return;
    effect.span = span_of(effect);
    const auto now = stopwatch_();
    if (is_outside(pair.second.kind)) return questions_.push(std::move(effect));
    Lane& lane = lanes_[pair];
    lane.effects.push_back({std::move(effect), now});
    if (lane.effects.size() > 1) return;  // goes when those before it are taken
  }
  send_head(pair);
}

void Outbox::send_head(const Pair& pair) {
  auto work = std::make_shared<Work>();
  std::uint64_t number = 0;
  {
    std::lock_guard lock(mutex_);
    auto found = lanes_.find(pair);
    if (closed_ || found == lanes_.end()) return;
    const OutgoingEffect& head = found->second.effects.front().effect;
    number = head.stored.key.number;
    work->stimulus = stimulus_of(Stimulus::Kind::effect, head, head.command);
    if (head.holds_more) work->stimulus.as_written = head.stored.command;
    found->second.retry_at.reset();
  }
  const ReplyHandler handler = [this, pair, number](const Reply& reply) { ended(pair, number, reply); };
  if (!deliver(pair.second, work, handler)) handler({.outcome = Outcome::overloaded});
}

bool Outbox::deliver(const Address& to, const WorkPtr& work, const ReplyHandler& handler) {
  try {
    work->handler = handler;
    return router_.deliver(to, work);
  } catch (...) {
    tell_failure("outbox", "sending to " + to_text(to));
    return false;
  }
}

void Outbox::ended(const Pair& pair, std::uint64_t number, const Reply& reply) {
  {
    std::lock_guard lock(mutex_);
    auto found = lanes_.find(pair);
    if (found == lanes_.end()) return;
    Lane& lane = found->second;
    // The shard was closed and opened again meanwhile: this reply is for a lane that is gone.
    if (lane.effects.front().effect.stored.key.number != number) return;
    if (reply.outcome != Outcome::done && reply.outcome != Outcome::rejected) {
      ++retried_;
      lane.retry_at = stopwatch_() + wait_after(lane.attempts++, limits_.first_retry, limits_.last_retry);
      return;
    }
    if (reply.rejection) {
      const OutgoingEffect& refused = lane.effects.front().effect;
      const WithTrace trace({refused.stored.trace_id, {}});
      spdlog::debug("{} refused {} of {}: {}", to_text(pair.second), refused.command.type().name, to_text(pair.first),
                    reply.rejection->code);
    }
    ++delivered_;
    if (lane.effects.front().effect.span && reply.rejection) lane.effects.front().effect.span->fail();
    lane.attempts = 0;
    lane.effects.pop_front();
    if (lane.effects.empty()) {
      lanes_.erase(found);
      return;
    }
  }
  send_head(pair);
}

void Outbox::retry(SteadyTime now) {
  std::vector<Pair> pairs;
  {
    std::lock_guard lock(mutex_);
    for (auto& [pair, lane] : lanes_)
      if (lane.retry_at && *lane.retry_at <= now) pairs.push_back(pair);
  }
  for (const Pair& pair : pairs) send_head(pair);
  questions_.tick(now);
}

bool Outbox::idle(SteadyTime now, std::chrono::milliseconds patience) const {
  std::lock_guard lock(mutex_);
  return lanes_.empty() && questions_.idle(now, patience);
}

void Outbox::close() {
  std::lock_guard lock(mutex_);
  closed_ = true;
  questions_.close();
}

Outbox::Stats Outbox::stats() const {
  std::lock_guard lock(mutex_);
  const SteadyTime now = stopwatch_();
  std::size_t waiting = 0;
  SteadyTime oldest = now;
  for (const auto& [pair, lane] : lanes_) {
    waiting += lane.effects.size();
    oldest = std::min(oldest, lane.effects.front().since);
  }
  return {waiting, delivered_, retried_, std::chrono::duration<double>(now - oldest).count()};
}

}  // namespace caravan
