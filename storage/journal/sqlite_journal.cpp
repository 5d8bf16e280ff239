#include "storage/journal/sqlite_journal.hpp"

#include <filesystem>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "storage/journal/checkpointer.hpp"
#include "storage/journal/entity_index.hpp"
#include "storage/journal/sqlite_format.hpp"
#include "storage/journal/sqlite_reads.hpp"

namespace caravan {

namespace {

using journal_file::checksum;

constexpr int writer_cache_mib = 32;
constexpr int reader_cache_mib = 2;  // small: an entity is read once, and the system caches the file's pages
constexpr std::chrono::milliseconds lock_wait{250};  // then the mutex is released for a moment, for other threads
constexpr std::chrono::milliseconds lock_pause{5};
constexpr std::chrono::milliseconds answer_patience{10'000};  // of claims and settings; commits wait longer
constexpr std::size_t index_rows_a_commit = 128;  // move into the file, besides two for each row of the commit

class SqliteJournal final : public Journal {
 public:
  SqliteJournal(const std::string& path, const SqliteJournalOptions& options)
      : options_(options),
        writer_(path, sqlite::Access::create, options.vfs),
        readers_(path, options.vfs, std::max<std::size_t>(options.readers, 1), reader_cache_mib) {
    journal_file::configure(writer_, writer_cache_mib);
    if (writer_.integer("SELECT count(*) FROM sqlite_schema") == 0) journal_file::create(writer_, options.shards);
    journal_file::upgrade(writer_);
    journal_file::check_version(writer_);
    // Checkpoints are our own, not run by SQLite after a commit, which would hide their failure.
    writer_.keep_write_ahead_log();
    writer_.run("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;");
    writer_.wait_for_locks(std::min(options.lock_patience, lock_wait));
    journal_file::name_store(writer_);
    sqlite3_wal_hook(
        writer_.handle(),
        [](void* self, sqlite3*, const char*, int pages) {
          static_cast<SqliteJournal*>(self)->wal_pages_ = pages;
          return SQLITE_OK;
        },
        this);
    catch_up();
    shard_count_ = static_cast<std::uint32_t>(writer_.integer("SELECT count(*) FROM shard"));
    epochs_.assign(shard_count_, 0);
    if (options_.checkpoint_thread) mover_ = std::make_unique<Checkpointer>(path, options_.vfs);
  }

  std::uint32_t shard_count() const override { return shard_count_; }

  std::vector<ShardLease> claim_all_shards(std::string_view owner) override {
    std::unique_lock lock(mutex_);
    sqlite::Transaction transaction = begin(lock, answer_patience);
    std::vector<ShardLease> leases;
    {
      sqlite::Query query =
          writer_.query("UPDATE shard SET epoch = epoch + 1, owner = ?, phase = 0, target = '' RETURNING id, epoch");
      query.bind(owner);
      while (query.step()) leases.push_back({static_cast<std::uint32_t>(query.integer(0)), query.natural(1)});
    }
    catch_up();
    transaction.commit();
    for (const ShardLease& lease : leases) epochs_.at(lease.shard) = lease.epoch;
    return leases;
  }

  std::optional<ShardLease> claim_shard(std::uint32_t shard, std::uint64_t expected, std::string_view owner) override {
    std::unique_lock lock(mutex_);
    if (!failure_.empty()) throw StorageError(failure_);
    sqlite::Transaction transaction = begin(lock, answer_patience);
    try {
      writer_.query("UPDATE shard SET epoch = epoch + 1, owner = ?, phase = 0, target = '' WHERE id = ? AND epoch = ?")
          .bind(owner, shard, expected)
          .run();
      if (writer_.changes() == 0) return std::nullopt;
      catch_up();
      transaction.commit();
    } catch (const StorageError& error) {
      refuse_from_now_on(error.what());
      throw;
    }
    epochs_.at(shard) = expected + 1;
    return ShardLease{shard, expected + 1};
  }

  std::vector<Committed> commit(const std::vector<Write>& batch) override {
    std::unique_lock lock(mutex_);
    std::vector<Committed> fates(batch.size());
    if (!failure_.empty()) return fates;
    try {
      std::vector<bool> refused(batch.size());
      while (!write_batch(lock, batch, refused, fates)) {
      }
    } catch (const StorageError& error) {
      refuse_from_now_on(error.what());
      return std::vector<Committed>(batch.size());
    }
    checkpoint();
    return fates;
  }

  std::string failure() const override {
    std::lock_guard lock(mutex_);
    return failure_;
  }

  Stored load(const Address& entity) override { return journal_file::load(*readers_.take(), index_, entity); }
  std::vector<Stored::Row> history(const Address& entity, std::uint64_t from, std::size_t limit,
                                   std::optional<Lane> lane) override {
    const auto reader = readers_.take();
    know_all(*reader);
    return journal_file::history(*reader, index_, entity, from, limit, lane);
  }
  std::optional<Stored::Row> entry(const Address& entity, std::uint64_t sequence) override {
    const auto reader = readers_.take();
    know_all(*reader);
    return journal_file::entry(*reader, index_, entity, sequence);
  }
  std::vector<FeedEntry> feed(std::uint64_t after, std::size_t limit) override {
    return journal_file::feed(*readers_.take(), after, limit);
  }
  std::uint64_t head() override {
    return static_cast<std::uint64_t>((*readers_.take()).integer("SELECT max(position) FROM entry"));
  }
  std::vector<PendingEffect> pending_effects(const std::optional<EffectKey>& after, std::size_t limit) override {
    return journal_file::pending_effects(*readers_.take(), after, limit);
  }
  std::vector<PendingTimer> due_timers(Time until, std::size_t limit, std::size_t skip) override {
    return journal_file::due_timers(*readers_.take(), until, limit, skip);
  }
  std::optional<Time> next_due() override { return journal_file::next_due(*readers_.take()); }
  std::optional<std::string> setting(std::string_view name) override {
    return journal_file::setting(*readers_.take(), name);
  }
  void set_setting(std::string_view name, std::string_view value) override {
    std::unique_lock lock(mutex_);
    sqlite::Transaction transaction = begin(lock, answer_patience);
    writer_.query("INSERT INTO setting(name, value) VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value")
        .bind(name, value)
        .run();
    transaction.commit();
  }

 private:
  /// The number of a shard's last entry: as stored, and with this batch's.
  struct LastNumber {
    std::uint64_t stored, newest;
  };
  /// By shard; absent: fenced.
  using Numbers = std::map<std::uint32_t, LastNumber>;

  /// One transaction. False where a write failed half-way: it is marked in `refused`, nothing landed, and the batch is
  /// to be written again without it.
  bool write_batch(std::unique_lock<std::mutex>& lock, const std::vector<Write>& batch, std::vector<bool>& refused,
                   std::vector<Committed>& fates) {
    sqlite::Transaction transaction = begin(lock, options_.lock_patience);
    catch_up();
    Numbers numbers = fence(batch);
    journal_file::Places rows;
    std::set<Address> conflicted;  // a write of these stayed out, so what was decided upon it does too
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const Write& write = batch[i];
      fates[i] = {};
      auto number = numbers.find(write.shard);
      if (number == numbers.end() || !write.may_land_under(epochs_[write.shard])) {
        fates[i].status = CommitStatus::fenced;
        continue;
      }
      if (refused[i] || conflicted.contains(write.entity) || !put_entry(write, number->second.newest, rows, fates[i])) {
        fates[i] = {CommitStatus::conflict, 0};
        conflicted.insert(write.entity);
        continue;
      }
      if (!put_rest(write)) {
        refused[i] = true;
        return false;
      }
      fates[i].status = CommitStatus::committed;
    }
    for (const auto& [shard, last] : numbers)
      if (last.newest != last.stored)
        writer_.query("UPDATE shard SET last = ? WHERE id = ?").bind(last.newest, shard).run();
    const std::size_t moved = index_.move(writer_, index_rows_a_commit + 2 * rows.size());
    transaction.commit();
    index_.landed(std::move(rows), moved);
    return true;
  }

  /// Begins a write transaction. While another process holds the file's lock it tries again, and releases the mutex
  /// between two tries. Throws sqlite::Busy after `patience`, or StorageError when another thread found meanwhile that
  /// the journal cannot be written to.
  sqlite::Transaction begin(std::unique_lock<std::mutex>& lock, std::chrono::milliseconds patience) {
    for (const auto until = std::chrono::steady_clock::now() + patience;;) {
      try {
        return sqlite::Transaction(writer_);
      } catch (const sqlite::Busy&) {
        if (std::chrono::steady_clock::now() >= until) throw;
      }
      lock.unlock();
      std::this_thread::sleep_for(lock_pause);
      lock.lock();
      if (!failure_.empty()) throw StorageError(failure_);
    }
  }

  /// Before a read of an entity that another process may own and write: brings the index up to date.
  void know_all(sqlite::Connection& database) {
    if (index_.knows_all(database)) return;
    std::lock_guard lock(mutex_);
    sqlite::Transaction one_moment(writer_, "BEGIN");
    catch_up();
    one_moment.commit();
  }

  /// Takes what other processes wrote into the index before this one writes. Called within a write transaction, so that
  /// nobody writes more meanwhile.
  void catch_up() {
    const std::int64_t version = writer_.integer("PRAGMA data_version");
    if (version == data_version_) return;
    index_.catch_up(writer_);
    data_version_ = version;
  }

  /// The shards of the batch that are ours. The transaction has the file's write lock, so nobody takes one meanwhile.
  Numbers fence(const std::vector<Write>& batch) {
    Numbers numbers;
    for (const Write& write : batch) {
      if (write.shard >= epochs_.size() || epochs_[write.shard] == 0 || numbers.contains(write.shard)) continue;
      sqlite::Query query = writer_.query("SELECT last FROM shard WHERE id = ? AND epoch = ?");
      query.bind(write.shard, epochs_[write.shard]);
      if (query.step()) numbers[write.shard] = {query.natural(0), query.natural(0)};
    }
    return numbers;
  }

  /// False when the entity already has an entry of that sequence or a later one, in either lane.
  bool put_entry(const Write& write, std::uint64_t& last_number, journal_file::Places& rows, Committed& fate) {
    if (write.sequence == 0) return true;
    if (index_.is_taken(writer_, rows, write.entity, write.sequence)) return false;
    const std::uint32_t sum = checksum(write.entity, write.sequence, write.body);
    const sqlite::Blob body{write.body};
    if (write.lane == Lane::track)
      writer_.query("INSERT INTO track(shard, kind, id, sequence, checksum, body) VALUES(?, ?, ?, ?, ?, ?)")
          .bind(write.shard, write.entity.kind, write.entity.id, write.sequence, sum, body)
          .run();
    else
      writer_.query("INSERT INTO entry(shard, number, kind, id, sequence, checksum, body) VALUES(?, ?, ?, ?, ?, ?, ?)")
          .bind(write.shard, ++last_number, write.entity.kind, write.entity.id, write.sequence, sum, body)
          .run();
    const auto position = static_cast<std::uint64_t>(sqlite3_last_insert_rowid(writer_.handle()));
    rows.insert({{write.entity, write.sequence}, {write.lane, position}});
    if (write.lane == Lane::journal) fate.position = position;
    return true;
  }

  /// Outbox, timers and snapshot. False where a number of the outbox is taken: the sender counted wrong.
  bool put_rest(const Write& write) {
    for (const PendingEffect& effect : write.sends) {
      sqlite::Query query = writer_.query("INSERT INTO outbox VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)");
      query.bind(effect.key.sender.kind, effect.key.sender.id, effect.key.number, effect.receiver.kind,
                 effect.receiver.id, effect.trace_id, effect.correlation_id,
                 checksum(effect.key.sender, effect.key.number, effect.command), sqlite::Blob{effect.command});
      if (!query.run_or_constraint()) return false;
    }
    for (const EffectKey& key : write.settled)
      writer_.query("DELETE FROM outbox WHERE sender_kind = ? AND sender_id = ? AND number = ?")
          .bind(key.sender.kind, key.sender.id, key.number)
          .run();
    for (const StoredTimer& timer : write.timers) put_timer(write.entity, timer);
    if (write.snapshot)
      writer_.query("INSERT OR REPLACE INTO snapshot(kind, id, sequence, checksum, body) VALUES(?, ?, ?, ?, ?)")
          .bind(write.entity.kind, write.entity.id, write.snapshot->sequence,
                checksum(write.entity, write.snapshot->sequence, write.snapshot->body),
                sqlite::Blob{write.snapshot->body})
          .run();
    return true;
  }

  void put_timer(const Address& entity, const StoredTimer& timer) {
    if (timer.due)
      writer_.query("INSERT OR REPLACE INTO timer(kind, id, name, generation, due) VALUES(?, ?, ?, ?, ?)")
          .bind(entity.kind, entity.id, timer.name, timer.generation, *timer.due)
          .run();
    else
      writer_.query("DELETE FROM timer WHERE kind = ? AND id = ? AND name = ?")
          .bind(entity.kind, entity.id, timer.name)
          .run();
  }

  /// Has pages moved from the write-ahead log into the file. If that fails, what was committed stays committed, but the
  /// disk is not trusted any more and every further commit is refused.
  void checkpoint() {
    if (wal_pages_ <= last_wal_pages_) next_checkpoint_ = options_.checkpoint_pages;  // the log began anew
    last_wal_pages_ = wal_pages_;
    if (wal_pages_ < next_checkpoint_) return;
    if (mover_) {
      const Checkpointer::State state = mover_->state();
      if (state == Checkpointer::State::failed) return refuse_from_now_on(mover_->failure());
      if (state != Checkpointer::State::nearly_done) return mover_->begin();
    }
    // A reader can hold a checkpoint up; then try again when as many pages more have come.
    next_checkpoint_ = wal_pages_ + options_.checkpoint_pages;
    int left = 0;
    if (std::string why; !caravan::checkpoint(writer_, left, why)) refuse_from_now_on(std::move(why));
    if (mover_) mover_->finished();
  }

  /// After a failed fsync the system may have dropped the pages and forgotten that it did, so trying again proves
  /// nothing: only a fresh start, which reads what is really there, does.
  void refuse_from_now_on(std::string why) {
    if (failure_.empty()) failure_ = std::move(why);
    sqlite3_db_config(writer_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }

  const SqliteJournalOptions options_;
  std::uint32_t shard_count_ = 0;
  mutable std::mutex mutex_;  // guards all below but readers_
  sqlite::Connection writer_;
  journal_file::EntityIndex index_{options_.index_rows};
  std::vector<std::uint64_t> epochs_;  // by shard: 0 where not claimed
  std::int64_t data_version_ = -1;     // changes with each commit of another connection
  std::string failure_;                // why commits are refused; empty: they are not
  int wal_pages_ = 0, last_wal_pages_ = 0;
  int next_checkpoint_ = options_.checkpoint_pages;
  journal_file::Readers readers_;
  std::unique_ptr<Checkpointer> mover_;  // none: the committing thread moves all pages
};

}  // namespace

std::unique_ptr<Journal> open_sqlite_journal(const std::string& data_dir, SqliteJournalOptions options) {
  std::error_code error;
  std::filesystem::create_directories(data_dir, error);
  if (error)
    throw StorageError(data_dir + ": cannot make the data folder: " + error.message() + ": name another with --data");
  return std::make_unique<SqliteJournal>(journal_file::path_in(data_dir), options);
}

}  // namespace caravan
