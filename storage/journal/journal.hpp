#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "storage/journal/entry.hpp"
#include "storage/storage_error.hpp"

namespace caravan {

/// An effect's identity: its sender's address and the sender's own count.
struct EffectKey {
  Address sender;
  std::uint64_t number = 0;
  friend auto operator<=>(const EffectKey&, const EffectKey&) = default;
};

/// An effect that has not been taken by its receiver yet.
struct PendingEffect {
  EffectKey key;
  Address receiver;
  std::string command;  // tagged bytes, see codec.hpp
  std::string trace_id;
  std::string correlation_id;
};

struct PendingTimer {
  Address entity;
  StoredTimer timer;
};

/// An entity's state and bookkeeping, encoded by the runtime, as of a sequence number.
struct Snapshot {
  std::uint64_t sequence = 0;
  std::string body;
};

/// Everything that one decision makes durable. All of it lands, or none.
struct Write {
  std::uint32_t shard = 0;
  std::uint64_t epoch = 0;  // of the shard when it was decided; 0 (only in tests): whichever this process holds
  Address entity;
  std::uint64_t sequence = 0;  // 0 (only in tests): no entry, only the rest
  Lane lane = Lane::journal;
  std::string body;                  // encode_body
  std::vector<PendingEffect> sends;  // into the outbox
  std::vector<EffectKey> settled;    // out of the outbox: the receiver took them
  std::vector<StoredTimer> timers;   // set or cleared, of `entity`
  std::optional<Snapshot> snapshot;  // replaces the entity's former one

  /// Whether it may land when this process holds the shard under the epoch `held` (0: it does not hold the shard).
  bool may_land_under(std::uint64_t held) const { return held != 0 && (epoch == 0 || epoch == held); }
};

/// A shard that this process owns, and the epoch it owns it under.
struct ShardLease {
  std::uint32_t shard = 0;
  std::uint64_t epoch = 0;
};

enum class CommitStatus : std::uint8_t {
  committed,
  fenced,    // the shard has another owner: this write did not land
  conflict,  // the entity has an entry of that sequence or a later one: this write did not land
  unknown,   // the commit failed: it may or may not have landed; nothing more may be written through this journal
};

/// The fate of one write.
struct Committed {
  CommitStatus status = CommitStatus::unknown;
  std::uint64_t position = 0;  // of the entry in the feed; 0 where there is none
};

/// One entry as the feed carries it: in commit order.
struct FeedEntry {
  std::uint64_t position = 0;
  Address entity;
  std::uint64_t sequence = 0;
  std::string body;
};

/// What an entity needs to live again.
struct Stored {
  std::optional<Snapshot> snapshot;
  struct Row {
    std::uint64_t sequence;
    Lane lane;
    std::string body;
  };
  std::vector<Row> after;  // entries after the snapshot, in order, both lanes merged
};

/// Where decisions become durable. `commit` is called by one thread; all else by any thread, at any time.
/// Reads throw StorageError; commit tells by its result.
class Journal {
 public:
  virtual ~Journal() = default;

  /// Number of shards, fixed when the store was made.
  virtual std::uint32_t shard_count() const = 0;
  /// Takes every shard for this process under a new epoch; whoever held them before is fenced.
  virtual std::vector<ShardLease> claim_all_shards(std::string_view owner) = 0;
  /// Takes one shard for this process under the epoch `expected` + 1, if its epoch is still `expected`; whoever held it
  /// is fenced. When it returns, reads see all that was ever written to that shard. When it throws StorageError, it is
  /// unknown whether the claim landed, and this process does not hold the shard.
  virtual std::optional<ShardLease> claim_shard(std::uint32_t shard, std::uint64_t expected,
                                                std::string_view owner) = 0;

  /// Makes a batch durable in one transaction and tells the fate of each write, in order. When it returns, what it
  /// calls committed survives loss of power.
  virtual std::vector<Committed> commit(const std::vector<Write>& batch) = 0;
  /// Why every further commit is refused (after a failed one), with the remedy; empty while all is well.
  virtual std::string failure() const = 0;

  virtual Stored load(const Address& entity) = 0;
  /// Entries of one entity with sequence in [from, …], oldest first, at most `limit`; of one lane, or of both.
  virtual std::vector<Stored::Row> history(const Address& entity, std::uint64_t from, std::size_t limit,
                                           std::optional<Lane> lane = {}) = 0;
  /// One entry, or nothing.
  virtual std::optional<Stored::Row> entry(const Address& entity, std::uint64_t sequence) = 0;

  /// Entries of the journal lane with a position greater than `after`, oldest first, at most `limit`.
  virtual std::vector<FeedEntry> feed(std::uint64_t after, std::size_t limit) = 0;
  /// The newest position of the feed.
  virtual std::uint64_t head() = 0;

  /// Effects in the outbox, ordered by (sender, number), after `after`, at most `limit`.
  virtual std::vector<PendingEffect> pending_effects(const std::optional<EffectKey>& after, std::size_t limit) = 0;
  /// Timers due at or before `until`, earliest first, at most `limit` after the first `skip`.
  virtual std::vector<PendingTimer> due_timers(Time until, std::size_t limit, std::size_t skip = 0) = 0;
  /// When the earliest timer is due.
  virtual std::optional<Time> next_due() = 0;

  /// Small named texts beside the journal: which store it is (`store`), the folder that its nodes share
  /// (`shared-folder`), the sandbox clock (`clock-offset-ms`), what nodes share of the cluster (`moves_paused`,
  /// `shard_loads`), the sign of a node alone (`alone`), how far a `migration` has come, and its `history`.
  virtual std::optional<std::string> setting(std::string_view name) = 0;
  virtual void set_setting(std::string_view name, std::string_view value) = 0;
};

/// What effects of this journal are known by outside, before their sender and number. A journal that was put back to an
/// earlier moment uses those numbers again, so it must have another one: `caravan restore` and `caravan cluster reset`
/// see to that.
std::string history_name(Journal& journal);
/// From now on it has another one.
void begin_history(Journal& journal);

/// Whether the effect is in the outbox: its receiver has not taken it. Throws StorageError.
bool is_pending(Journal& journal, const EffectKey& effect);

}  // namespace caravan
