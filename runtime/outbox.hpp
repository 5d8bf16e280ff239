#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

#include "runtime/provider.hpp"
#include "runtime/router.hpp"

namespace caravan {

/// Carries durable effects to their receivers. An effect for an entity goes out when those before it, from the same
/// sender to the same receiver, are taken. A request to a provider goes out at once, and again after a pause until the
/// answer is durable at the sender. The effect leaves the store in the transaction that takes it (of a provider's
/// answer: the sender's), so nothing is lost with this memory. It holds the effects of senders whose shards are open
/// here.
class Outbox {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Limits {
    std::chrono::milliseconds first_retry{100};  // when an entity did not take an effect; doubles
    std::chrono::milliseconds last_retry{5'000};
    std::chrono::milliseconds provider_retry{30'000};  // without an answer; doubles
    std::chrono::milliseconds last_provider_retry{600'000};
    std::size_t load_page = 1'000;
  };
  struct Stats {
    std::size_t to_entities = 0, to_providers = 0;
    std::uint64_t delivered = 0, retried = 0;
    double oldest_to_entity = 0, oldest_to_provider = 0;  // seconds on its way
  };

  /// `spans` may be null: no traces are kept.
  Outbox(Router& router, const Shards& shards, Stopwatch stopwatch, Spans* spans, Limits limits);

  /// Providers are named before the first effect comes.
  void add_provider(EntityKind kind, std::shared_ptr<Provider> provider);
  /// Loads everything that is pending in these shards and sends it; before any entity of them writes here.
  void open(Journal& journal, std::span<const std::uint32_t> shards);
  /// Forgets everything of the shard's senders. What is under way may still arrive.
  void close(std::uint32_t shard);
  /// Takes an effect that has just become durable. Where its sender's shard is not open here, it is dropped: the node
  /// that opens the shard reads it from the store. Does not call providers; `ask_next` does.
  void push(OutgoingEffect effect);
  /// Hands one request to its provider. With `wait` it blocks until there is one. False: there was none, or it is
  /// closed.
  bool ask_next(bool wait);
  /// Sends again whatever waited for its next try and is due.
  void retry(SteadyTime now);
  /// No effect is on its way, but to providers that have had their request for `patience` or longer.
  bool idle(SteadyTime now, std::chrono::milliseconds patience) const;
  /// Nothing is sent any more.
  void close();
  /// Lets go of the providers, and so ends their threads; after `close`, when nobody calls `ask_next` any more.
  void release_providers() { providers_.clear(); }
  Stats stats() const;

 private:
  using Pair = std::pair<Address, Address>;  // sender, receiver
  struct Waiting {
    OutgoingEffect effect;
    SteadyTime since;
  };
  struct Lane {
    std::deque<Waiting> effects;  // the first is under way, unless its retry is due later
    std::optional<SteadyTime> retry_at;
    int attempts = 0;
  };
  struct Question {
    OutgoingEffect effect;
    SteadyTime asked_at;
    SteadyTime retry_at;
    int attempts = 0;
    bool answered = false;  // the answer is on its way to the sender
  };

  std::vector<OutgoingEffect> pending(Journal& journal, std::span<const std::uint32_t> shards) const;
  OpenSpanPtr taken_up(const OutgoingEffect& effect) const;
  void send_head(const Pair& pair);
  /// False where it cannot be delivered now; the handler was not called then.
  bool deliver(const Address& to, const WorkPtr& work, const ReplyHandler& handler);
  void ended(const Pair& pair, std::uint64_t number, const Reply& reply);
  void ask(const EffectKey& key);
  void answered(const EffectKey& key, AnyRecord answer);
  std::chrono::milliseconds wait_after(int attempts, std::chrono::milliseconds first,
                                       std::chrono::milliseconds last) const;

  Router& router_;
  const Shards& shards_;
  const Stopwatch stopwatch_;
  Spans* const spans_;
  const Limits limits_;
  std::unordered_map<EntityKind, std::shared_ptr<Provider>> providers_;
  mutable std::mutex mutex_;
  bool closed_ = false;
  std::vector<bool> open_;  // by shard
  std::map<Pair, Lane> lanes_;
  std::map<EffectKey, Question> questions_;
  std::deque<EffectKey> to_ask_;
  std::condition_variable asking_;
  std::uint64_t delivered_ = 0, retried_ = 0;
};

}  // namespace caravan
