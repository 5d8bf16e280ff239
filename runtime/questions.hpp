#pragma once

#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <unordered_map>

#include "actors/entity/outside.hpp"
#include "runtime/clock.hpp"
#include "runtime/open_question.hpp"
#include "runtime/provider.hpp"
#include "runtime/router.hpp"

namespace caravan {

/// The effects to the outside that are on their way: asks each of them of its provider, again and again with growing
/// pauses, until the answer is durable at its sender or its term is over. Then its sender is told, and it is kept for
/// operators: it is not asked any more, but an answer that still comes is brought to its sender. One that is withdrawn
/// or dropped is listened for a while longer.
class Questions {
 public:
  using SteadyTime = std::chrono::steady_clock::time_point;
  struct Limits {
    std::chrono::milliseconds unanswered{10'000};  // before it is asked again; doubles
    std::chrono::milliseconds failed{1'000};       // before it is asked again; doubles
    std::chrono::milliseconds longest{600'000};
    std::chrono::milliseconds not_taken{100};  // before the sender is told again; doubles
    std::chrono::milliseconds last_not_taken{5'000};
    std::chrono::milliseconds late{600'000};           // how long an answer to what has ended is waited for
    Duration without_deadline = std::chrono::days{7};  // of an earlier build: asked for so long
  };
  struct Stats {
    std::size_t open = 0, given_up = 0;
    std::uint64_t answered = 0, repeated = 0;
    double oldest = 0;  // of the open ones, seconds since it came into memory
  };

  Questions(Router& router, const Shards& shards, const Clock& clock, Stopwatch stopwatch, Limits limits);

  /// Providers are named before the first question comes.
  void add_provider(EntityKind kind, std::shared_ptr<Provider> provider);
  bool has_provider(EntityKind kind) const { return providers_.contains(kind); }
  /// Of a kind that has a provider.
  std::span<const Alternative> requests_of(EntityKind kind) const { return providers_.at(kind)->requests(); }
  /// Takes a question whose sender's shard is open here. Does not call providers; `ask_next` does.
  void push(OutgoingEffect effect);
  /// What the sender, or an operator by way of it, wants to become of one.
  void obey(const EffectOrder& order);
  /// Hands one question to its provider. With `wait` it blocks until there is one. False: there was none, or all is
  /// closed.
  bool ask_next(bool wait);
  /// Asks again, tells senders again, and gives up what is due.
  void tick(SteadyTime now);
  /// Nothing is on its way but to providers that have had their request for `patience` or longer.
  bool idle(SteadyTime now, std::chrono::milliseconds patience) const;
  /// When the next one is given up.
  std::optional<Time> next_deadline() const;
  /// Those that were given up, that have failed, or that nobody has answered for `patience`.
  std::vector<OpenQuestion> stuck(SteadyTime now, std::chrono::milliseconds patience) const;
  /// Forgets everything of the shard's senders. What is under way may still arrive.
  void close(std::uint32_t shard);
  /// Nothing is asked any more.
  void close();
  /// Lets go of the providers, and so ends their threads; after `close`, when nobody calls `ask_next` any more.
  void release_providers() { providers_.clear(); }
  Stats stats() const;

 private:
  enum class State : std::uint8_t { open, given_up, ended };
  /// What the sender is to be told.
  struct News {
    Stimulus::Kind kind = Stimulus::Kind::answer;
    AnyRecord command;
  };
  struct Question {
    OutgoingEffect effect;
    State state = State::open;
    Time since;                    // by the date
    std::optional<Time> deadline;  // none: there is none
    Duration term{0};
    int most_failures = 0;
    SteadyTime asked_at, retry_at, tell_at, forget_at;
    int tries = 0, failures = 0, not_taken = 0;
    std::string failure;
    std::optional<News> news;
    bool is_telling = false;  // the news is on its way to the sender
  };

  void ask(const EffectKey& key);
  void replied(const EffectKey& key, ProviderReply reply);
  void failed(Question& question, std::string why);
  void tell(const EffectKey& key);
  void told(const EffectKey& key, Stimulus::Kind kind, const Reply& reply);
  void end(Question& question);
  static bool is_forgotten(const Question& question, Time date);
  /// False: nobody can be told so, and it is asked for ever.
  bool give_up(Question& question, Undelivered how, const std::string& detail);

  Router& router_;
  const Shards& shards_;
  const Clock& clock_;
  const Stopwatch stopwatch_;
  const Limits limits_;
  std::unordered_map<EntityKind, std::shared_ptr<Provider>> providers_;
  mutable std::mutex mutex_;
  bool closed_ = false;
  std::map<EffectKey, Question> questions_;
  std::deque<EffectKey> to_ask_;
  std::condition_variable asking_;
  SteadyTime last_look_{};
  std::uint64_t answered_ = 0, repeated_ = 0;
};

/// An effect, or what came of it, as what its receiver or its sender is given.
Stimulus stimulus_of(Stimulus::Kind kind, const OutgoingEffect& effect, AnyRecord command);
/// `first`, doubled with each attempt, at most `last`.
std::chrono::milliseconds wait_after(int attempts, std::chrono::milliseconds first, std::chrono::milliseconds last);

}  // namespace caravan
