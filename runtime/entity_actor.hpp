#pragma once

#include <caf/allowed_unsafe_message_type.hpp>
#include <caf/event_based_actor.hpp>

#include "runtime/clock.hpp"
#include "runtime/commit_line.hpp"
#include "runtime/shards.hpp"
#include "runtime/work.hpp"

CAF_ALLOW_UNSAFE_MESSAGE_TYPE(caravan::WorkPtr)

namespace caravan {

/// Ends the span, then answers.
ReplyHandler answer_after(OpenSpanPtr span, ReplyHandler handler);

/// What every entity actor of a node shares.
struct ActorSurroundings {
  Journal& journal;
  CommitLine& commits;
  Clock& clock;
  Random& random;
  Shards& shards;
  std::uint64_t snapshot_every;
  Duration key_life;             // of idempotency keys
  std::size_t max_waiters = 64;  // a single entity's
  std::size_t most_marks = SenderMarks::usual_most;
  /// True while no other node can own our shards, so that answers from memory are not stale. Empty: always true.
  std::function<bool()> has_lease = {};
  Spans* spans = nullptr;  // of work whose trace is kept
  /// A work item is done with: its place in the mailbox is free.
  std::function<void(const std::shared_ptr<Activation>&)> worked;
  /// The activation cannot go on: drop it.
  std::function<void(const std::shared_ptr<Activation>&)> dropped;
};

/// The actor of one entity: reads itself from the journal on its first message, decides, and hands what it decided to
/// the commit line. It never answers anything that is not durable.
///
/// An exception at its work is counted and told in the log; the actor then takes no more work, and whoever waits for it
/// hears `unknown`. What it decided before lands; then the activation is dropped, and the entity is read anew.
class EntityActor : public caf::event_based_actor {
 public:
  EntityActor(caf::actor_config& config, const ActorSurroundings& around, const EntityClass& entity,
              std::shared_ptr<Activation> activation);

  caf::behavior make_behavior() override;
  ~EntityActor() override;
  void on_exit() override;
  const char* name() const override { return "entity"; }

 private:
  struct Waiter {
    std::uint64_t id;
    AnyRecord query;
    Caller caller;
    std::function<bool(const Reply&)> accepts;
    ReplyHandler handler;
    std::atomic<bool> answered{false};

    void answer(Reply reply) {
      if (!answered.exchange(true)) handler(std::move(reply));
    }
  };

  /// Calls `what`; if it throws, the actor has failed.
  template <class What>
  void guarded(const Work* work, What what);
  void fail(const Work* work);
  bool load();
  void work(Work& work);
  void work_in_trace(Work& work);
  OpenSpanPtr open_span(const Work& work);
  void decide(Work& work);
  /// True: it answers that an effect was taken, or that nobody can tell now.
  bool was_taken(const Work& work);
  void show(Work& work);
  void wait(Work& work);
  void expire(std::uint64_t waiter);
  void wake_waiters();
  void turn_waiters_away(Outcome outcome);
  /// Calls the handler now, or with the commit that makes everything decided so far durable.
  void answer_when_durable(Reply reply, ReplyHandler handler);
  void replay(const Stimulus& stimulus, std::uint64_t sequence);
  ReplyHandler take_handler() { return std::exchange(handler_, {}); }

  const ActorSurroundings& around_;
  std::shared_ptr<Activation> activation_;
  EntityHost host_;
  bool loaded_ = false;
  bool failed_ = false;   // an exception came: the host's state may be wrong, and is not used any more
  ReplyHandler handler_;  // of the work at hand, until somebody is to call it
  OpenSpanPtr span_;      // of the work at hand
  std::uint64_t last_waiter_ = 0;
  std::vector<std::shared_ptr<Waiter>> waiters_;
};

}  // namespace caravan
