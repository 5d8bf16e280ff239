#pragma once

#include <map>
#include <memory>
#include <mutex>

#include "storage/cluster/cluster_store.hpp"
#include "storage/journal/journal.hpp"

namespace caravan {

/// Stands for the file: several journals in memory share one, as processes share a file.
struct MemoryFile {
  explicit MemoryFile(std::uint32_t shard_count);

  struct Entity {
    std::map<std::uint64_t, Stored::Row> rows;
    std::optional<Snapshot> snapshot;
    std::map<std::string, StoredTimer> timers;
  };
  /// An entry of the feed, its shard, and its number there.
  struct Row {
    FeedEntry entry;
    std::uint32_t shard = 0;
    std::uint64_t number = 0;
  };
  std::mutex mutex;  // guards all below
  std::vector<ShardRow> shards;
  std::vector<std::uint64_t> numbers;  // of each shard's newest entry
  std::map<Address, Entity> entities;
  std::uint64_t head = 0;  // of the feed
  std::vector<Row> feed;   // by position
  std::map<EffectKey, PendingEffect> outbox;
  std::map<std::string, std::string, std::less<>> settings;
  std::map<std::string, MemberRow> members;
  std::uint64_t members_version = 0;
};

/// A journal that forgets with the process: for tests of the runtime and for simulation. Passes the same conformance
/// tests as the ones on disk. Order and answers depend on the calls alone.
class MemoryJournal : public Journal {
 public:
  explicit MemoryJournal(std::uint32_t shards = 32) : MemoryJournal(std::make_shared<MemoryFile>(shards)) {}
  /// One more process on the same file.
  explicit MemoryJournal(std::shared_ptr<MemoryFile> file);

  std::uint32_t shard_count() const override;
  std::vector<ShardLease> claim_all_shards(std::string_view owner) override;
  std::optional<ShardLease> claim_shard(std::uint32_t shard, std::uint64_t expected, std::string_view owner) override;
  std::vector<Committed> commit(const std::vector<Write>& batch) override;
  std::string failure() const override;
  Stored load(const Address& entity) override;
  std::vector<Stored::Row> history(const Address& entity, std::uint64_t from, std::size_t limit,
                                   std::optional<Lane> lane) override;
  std::optional<Stored::Row> entry(const Address& entity, std::uint64_t sequence) override;
  std::vector<FeedEntry> feed(std::uint64_t after, std::size_t limit) override;
  std::uint64_t head() override;
  std::vector<PendingEffect> pending_effects(const std::optional<EffectKey>& after, std::size_t limit) override;
  std::vector<PendingTimer> due_timers(Time until, std::size_t limit, std::size_t skip = 0) override;
  std::optional<Time> next_due() override;
  std::optional<std::string> setting(std::string_view name) override;
  void set_setting(std::string_view name, std::string_view value) override;

  /// The next commit reports `unknown`, and lands or does not; all after it are refused until `restart`.
  void break_next_commit(bool lands);
  /// Until it is called with false, reads of timers and entries throw StorageError.
  void refuse_reads(bool refuses) { refuses_reads_ = refuses; }
  /// Becomes what a new process would see: what landed is there, and commits work again.
  void restart();
  /// Another process takes a shard: writes to it are fenced until claimed again.
  void take_away(std::uint32_t shard);
  /// Writes to the shard as if this process owned it: for tests that must see such a fault.
  void usurp(std::uint32_t shard);
  const std::shared_ptr<MemoryFile>& file() const { return file_; }
  /// Rows of the feed with a position greater than `after`, oldest first, at most `limit`.
  std::vector<MemoryFile::Row> rows(std::uint64_t after, std::size_t limit);

 private:
  bool can_land(const Write& write) const;
  void check_reads() const;
  void hold(std::uint32_t shard);
  std::uint64_t land(const Write& write);

  /// What the owner of a shard remembers of it. It numbers new entries from here, so two owners would show as a fault.
  struct Lease {
    std::uint64_t epoch = 0;   // 0: it is not ours
    std::uint64_t number = 0;  // of its newest entry
  };
  const std::shared_ptr<MemoryFile> file_;
  std::vector<Lease> leases_;  // of this process, by shard
  enum class Break : std::uint8_t { none, lands, is_lost } break_next_ = Break::none;
  bool broken_ = false;
  bool refuses_reads_ = false;
};

}  // namespace caravan
