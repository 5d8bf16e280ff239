#pragma once

#include <memory>
#include <unordered_map>

#include "runtime/door.hpp"
#include "runtime/seen_keys.hpp"
#include "runtime/sender_marks.hpp"
#include "runtime/spans.hpp"
#include "storage/journal/journal.hpp"

namespace caravan {

/// An effect that became durable, on its way: as stored, and as the struct it came from.
struct OutgoingEffect {
  PendingEffect stored;
  AnyRecord command;
  bool holds_more = false;  // the stored bytes have fields that this build does not know
  OpenSpanPtr span = {};    // the sender's step, in the outbox its own; not stored: after a restart a new one begins
};

/// What is to become of an effect to the outside that is on its way.
struct EffectOrder {
  enum class What : std::uint8_t {
    withdraw,  // its sender does not want it any more
    retry,     // an operator wants it asked for now
    drop,      // an operator ends it: its sender is told so
  };
  What what = What::withdraw;
  EffectKey key;
  std::string reason = {};        // drop
  std::uint32_t permissions = 0;  // drop: of who asks for it, bits of Permission
};

/// What makes an entity decide: a command, and where it came from.
struct Stimulus {
  /// `given_up`: nobody answered an effect to the outside in time, and it stays open. `dropped`: it ends so.
  enum class Kind : std::uint8_t { client, effect, answer, timer, given_up, dropped };
  Kind kind = Kind::client;
  AnyRecord command;
  std::string as_written = {};                        // the command by a newer build, where that holds more
  AnyRecord then = {};                                // client: a query to answer with
  std::vector<std::uint64_t> expected_versions = {};  // client; none: any
  RequestOrigin origin = {};                          // client: all of it; others: caller and traces
  EffectKey key = {};                                 // effect: its identity; answer, given_up, dropped: the request
  std::string timer_name = {};                        // timer
  std::uint64_t timer_generation = 0;                 // timer
};

/// What came of it. Nothing of it may leave before `write` is durable; where there is no write, before everything
/// that the entity wrote earlier is.
struct Verdict {
  Reply reply;
  std::optional<Write> write;
  std::vector<OutgoingEffect> outgoing;
  std::vector<EffectOrder> orders = {};
  std::uint64_t replays = 0;  // the sequence of the entry that holds the first answer to this idempotency key
};

/// One living entity without threads or I/O: its state, its bookkeeping, and the way a command becomes a write.
/// The bookkeeping makes effects exactly-once: which effects it has taken, which answers it waits for, which timers
/// run, which idempotency keys it has seen; all of it is rebuilt from the entries.
class EntityHost {
 public:
  EntityHost(const EntityClass& entity, Address self, std::uint32_t shard, std::uint64_t snapshot_every,
             Duration key_life = std::chrono::days{30}, std::size_t most_marks = SenderMarks::usual_most);

  /// Replays what is stored. Throws StorageError where the bytes are not an entity of this class.
  void load(const Stored& stored);

  /// Keeps state and bookkeeping as the bytes of a snapshot only, a fraction of their size; `wake` makes them anew.
  void rest();
  void wake();

  /// This and all below may be called only while it is awake.
  /// Forgets marks of senders where there are too many. `durable`: the last sequence that is on disk.
  void forget_marks(std::uint64_t durable) { awake_->taken.forget(durable); }
  /// The stimulus is an effect that was perhaps taken. Only one that is in the outbox may be decided on.
  bool may_have_taken(const Stimulus& stimulus) const;
  Verdict decide(const Stimulus& stimulus, Time now, Random& random);
  Reply query(const AnyRecord& query, const Caller& caller, Time now, Random& random) const;

  std::uint64_t sequence() const { return sequence_; }
  std::size_t marks() const { return awake_->taken.all().size(); }
  const void* state() const { return awake_->state.get(); }
  const std::vector<StoredTimer>& timers() const { return awake_->timers; }
  const EntityClass& entity_class() const { return *entity_; }

 private:
  struct AwaitedAnswer {
    std::uint64_t number = 0;
    Uuid subject;  // nil: of an earlier build
  };
  static constexpr std::size_t most_given_back = 32;  // remembered
  /// What only an entity that is awake has in memory.
  struct Awake {
    std::shared_ptr<void> state;
    SenderMarks taken;
    SeenKeys keys;                          // by the hash of caller and idempotency key
    std::vector<AwaitedAnswer> awaited;     // effects to the outside without an answer
    std::vector<std::uint64_t> given_back;  // the last of them that ended without one: it may still come
    std::vector<StoredTimer> timers;        // running ones
  };

  /// An answer that refuses the stimulus before the entity sees it, if any does.
  std::optional<Verdict> settled_before(const Stimulus& stimulus, std::uint64_t key_hash, Time now) const;
  bool awaits(std::uint64_t number) const;
  /// What comes of an operator's order; nothing where the command is none.
  std::optional<Verdict> obey(const Stimulus& stimulus, Time now, Random& random);
  Verdict record(const Stimulus& stimulus, Decision decision, Time now, Random& random);
  void withdraw(const std::vector<Uuid>& subjects, const Stimulus& stimulus, JournalEntry& entry,
                Verdict& verdict) const;
  void end_question(std::uint64_t number);
  void send(const Stimulus& stimulus, std::vector<Effect> effects, JournalEntry& entry, Verdict& verdict);
  void change_timers(const Stimulus& stimulus, const std::vector<TimerChange>& changes, JournalEntry& entry);
  void take(const JournalEntry& entry);
  Snapshot snapshot() const;
  std::unique_ptr<Awake> new_awake() const;
  /// State and bookkeeping from a snapshot's body; false where the bytes are not one of this class.
  bool thaw(std::string_view body);

  const EntityClass* entity_;
  Address self_;
  std::uint32_t shard_;
  std::uint64_t snapshot_every_;
  Duration key_life_;
  std::size_t most_marks_;
  std::uint64_t sequence_ = 0;
  std::uint64_t snapshot_sequence_ = 0;
  std::uint64_t effects_sent_ = 0;
  bool holds_more_ = false;       // than this build knows: fields of a newer one, which no snapshot of ours may drop
  std::unique_ptr<Awake> awake_;  // nothing: at rest
  std::string at_rest_;           // a snapshot's body
};

}  // namespace caravan
