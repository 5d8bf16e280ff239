#pragma once

#include "runtime/questions.hpp"

namespace caravan {

/// Carries durable effects to their receivers. An effect for an entity goes out when those before it, from the same
/// sender to the same receiver, are taken. One for the outside is a question, which `Questions` asks until it is
/// answered or given up. The effect leaves the store in the transaction that takes it (of a question: the sender's,
/// with the answer), so nothing is lost with this memory. It holds the effects of senders whose shards are open here.
class Outbox {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Limits {
    std::chrono::milliseconds first_retry{100};  // when an entity did not take an effect; doubles
    std::chrono::milliseconds last_retry{5'000};
    std::size_t load_page = 1'000;
  };
  struct Stats {
    std::size_t to_entities = 0;
    std::uint64_t delivered = 0, retried = 0;
    double oldest_to_entity = 0;  // seconds on its way
  };

  /// `spans` may be null: no traces are kept.
  Outbox(Router& router, const Shards& shards, const Clock& clock, Stopwatch stopwatch, Spans* spans, Limits limits);

  /// Where effects to the outside are. Providers are named before the first effect comes.
  Questions& questions() { return questions_; }
  const Questions& questions() const { return questions_; }
  /// Loads everything that is pending in these shards and sends it; before any entity of them writes here.
  void open(Journal& journal, std::span<const std::uint32_t> shards);
  /// Forgets everything of the shard's senders. What is under way may still arrive.
  void close(std::uint32_t shard);
  /// Takes an effect that has just become durable. Where its sender's shard is not open here, it is dropped: the node
  /// that opens the shard reads it from the store.
  void push(OutgoingEffect effect);
  /// Sends again whatever waited for its next try and is due.
  void retry(SteadyTime now);
  /// No effect is on its way, but to providers that have had their request for `patience` or longer.
  bool idle(SteadyTime now, std::chrono::milliseconds patience) const;
  /// Nothing is sent any more.
  void close();
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

  std::vector<OutgoingEffect> pending(Journal& journal, std::span<const std::uint32_t> shards) const;
  OpenSpanPtr taken_up(const OutgoingEffect& effect) const;
  void send_head(const Pair& pair);
  /// False where it cannot be delivered now; the handler was not called then.
  bool deliver(const Address& to, const WorkPtr& work, const ReplyHandler& handler);
  void ended(const Pair& pair, std::uint64_t number, const Reply& reply);

  Router& router_;
  const Shards& shards_;
  const Stopwatch stopwatch_;
  Spans* const spans_;
  const Limits limits_;
  Questions questions_;
  mutable std::mutex mutex_;
  bool closed_ = false;
  std::vector<bool> open_;  // by shard
  std::map<Pair, Lane> lanes_;
  std::uint64_t delivered_ = 0, retried_ = 0;
};

}  // namespace caravan
