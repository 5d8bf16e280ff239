#pragma once

#include <map>
#include <mutex>

#include "storage/journal/journal.hpp"

namespace caravan {

/// A journal that forgets with the process: for tests of the runtime and for simulation. Passes the same conformance
/// tests as the ones on disk. Order and answers depend on the calls alone.
class MemoryJournal final : public Journal {
 public:
  explicit MemoryJournal(std::uint32_t shards = 32);

  std::uint32_t shard_count() const override;
  std::vector<ShardLease> claim_all_shards(std::string_view owner) override;
  std::vector<Committed> commit(const std::vector<Write>& batch) override;
  std::string failure() const override;
  Stored load(const Address& entity) override;
  std::vector<Stored::Row> history(const Address& entity, std::uint64_t from, std::size_t limit,
                                   std::optional<Lane> lane) override;
  std::optional<Stored::Row> entry(const Address& entity, std::uint64_t sequence) override;
  std::vector<FeedEntry> feed(std::uint64_t after, std::size_t limit) override;
  std::uint64_t head() override;
  std::vector<PendingEffect> pending_effects(const std::optional<EffectKey>& after, std::size_t limit) override;
  std::vector<PendingTimer> due_timers(Time until, std::size_t limit) override;
  std::optional<Time> next_due() override;
  std::optional<std::string> setting(std::string_view name) override;
  void set_setting(std::string_view name, std::string_view value) override;

  /// The next commit reports `unknown`, and lands or does not; all after it are refused until `restart`.
  void break_next_commit(bool lands);
  /// As a new process would see it: what landed is there, commits work again.
  void restart();
  /// Another process takes a shard: writes to it are fenced until claimed again.
  void take_away(std::uint32_t shard);

 private:
  struct Entity {
    std::map<std::uint64_t, Stored::Row> rows;
    std::optional<Snapshot> snapshot;
    std::map<std::string, StoredTimer> timers;
  };
  bool can_land(const Write& write) const;
  std::uint64_t land(const Write& write);

  mutable std::mutex mutex_;
  std::vector<std::uint64_t> epochs_;  // of the store, by shard
  std::vector<std::uint64_t> leases_;  // of this process, by shard
  std::map<Address, Entity> entities_;
  std::vector<FeedEntry> feed_;
  std::map<EffectKey, PendingEffect> outbox_;
  std::map<std::string, std::string, std::less<>> settings_;
  enum class Break : std::uint8_t { none, lands, is_lost } break_next_ = Break::none;
  bool broken_ = false;
};

}  // namespace caravan
