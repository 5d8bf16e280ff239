#include "storage/journal/postgres_journal.hpp"

#include <mutex>

#include "storage/journal/pool.hpp"
#include "storage/journal/postgres_batch.hpp"
#include "storage/journal/postgres_format.hpp"
#include "storage/journal/postgres_reads.hpp"
#include "storage/postgres/session.hpp"

namespace caravan {

namespace {

using journal_tables::Decision;
using journal_tables::Fenced;
using postgres::Connection;
using postgres::Session;

constexpr std::chrono::milliseconds read_patience{
    5'000};                                      // shorter than for commits: a reader can be told to try again
constexpr std::size_t entities_known = 200'000;  // whose newest sequence is kept in memory
constexpr std::string_view unique_violation = "23505";
constexpr int decisions = 5;  // tries to decide upon one batch; the second is final unless others write

class PostgresJournal final : public Journal {
 public:
  PostgresJournal(const std::string& url, const PostgresJournalOptions& options)
      : writer_(url, options.patience), readers_(std::max<std::size_t>(options.readers, 1), [url, options] {
          return std::make_unique<Session>(url, std::min(options.patience, read_patience));
        }) {
    Session(url, std::chrono::milliseconds(0)).run([&](Connection& connection) {
      journal_tables::prepare(connection, options.shards);
      journal_tables::require_complete(connection);
      shard_count_ = static_cast<std::uint32_t>(connection.run({"SELECT count(*) FROM shard"}).integer(0, 0));
    });
  }

  std::uint32_t shard_count() const override { return shard_count_; }

  std::vector<ShardLease> claim_all_shards(std::string_view owner) override {
    std::lock_guard lock(mutex_);
    epochs_.assign(shard_count_, 0);
    marks_.assign(shard_count_, 0);
    known_ = {};
    writer_.run([&](Connection& connection) {
      const auto rows = connection.run(
          {"UPDATE shard SET epoch = epoch + 1, owner = $1, phase = 0, target = '' RETURNING id, epoch, mark",
           {owner}});
      for (int row = 0; row < rows.rows(); ++row) {
        epochs_.at(rows.natural(row, 0)) = rows.natural(row, 1);
        marks_.at(rows.natural(row, 0)) = rows.natural(row, 2);
      }
    });
    std::vector<ShardLease> leases;
    for (std::uint32_t shard = 0; shard < shard_count_; ++shard) leases.push_back({shard, epochs_[shard]});
    return leases;
  }

  std::optional<ShardLease> claim_shard(std::uint32_t shard, std::uint64_t expected, std::string_view owner) override {
    std::lock_guard lock(mutex_);
    if (shard >= shard_count_) return std::nullopt;
    // When the answer was lost and the claim is tried again, a first try that landed makes the second one fail. The
    // shard is then not held here, though it is ours; it is claimed again like any that nobody serves.
    return writer_.run([&](Connection& connection) -> std::optional<ShardLease> {
      const auto rows =
          connection.run({"UPDATE shard SET epoch = epoch + 1, owner = $1, phase = 0, target = '' WHERE id = $2 AND "
                          "epoch = $3 RETURNING epoch, mark",
                          {owner, std::int64_t{shard}, static_cast<std::int64_t>(expected)}});
      if (rows.rows() == 0) return std::nullopt;
      known_ = {};
      epochs_.resize(shard_count_);
      marks_.resize(shard_count_);
      epochs_[shard] = rows.natural(0, 0);
      marks_[shard] = rows.natural(0, 1);
      return ShardLease{shard, epochs_[shard]};
    });
  }

  std::vector<Committed> commit(const std::vector<Write>& batch) override {
    std::lock_guard lock(mutex_);
    if (!failure().empty()) return std::vector<Committed>(batch.size());
    if (known_.newest.size() > entities_known) known_.newest.clear();
    known_.taken.clear();
    try {
      Attempt attempt;
      for (const Write& write : batch)
        if (write.shard < epochs_.size() && epochs_[write.shard] > 0)
          attempt.ours.emplace(write.shard, epochs_[write.shard]);
      auto fates = writer_.run([&](Connection& connection) { return write_batch(connection, batch, attempt); });
      for (std::size_t i = 0; i < batch.size(); ++i)
        if (fates[i].status == CommitStatus::committed && batch[i].sequence != 0)
          known_.newest[batch[i].entity] = batch[i].sequence;
      return fates;
    } catch (const StorageError& error) {
      std::lock_guard failure_lock(failure_mutex_);
      failure_ = std::string(error.what()) + ": mend the database and start again";
      return std::vector<Committed>(batch.size());
    }
  }

  std::string failure() const override {
    std::lock_guard lock(failure_mutex_);
    return failure_;
  }

  Stored load(const Address& entity) override {
    return read([&](Connection& connection) { return journal_tables::load(connection, entity); });
  }
  std::vector<Stored::Row> history(const Address& entity, std::uint64_t from, std::size_t limit,
                                   std::optional<Lane> lane) override {
    return read([&](Connection& connection) { return journal_tables::history(connection, entity, from, limit, lane); });
  }
  std::optional<Stored::Row> entry(const Address& entity, std::uint64_t sequence) override {
    return read([&](Connection& connection) { return journal_tables::entry(connection, entity, sequence); });
  }
  std::vector<FeedEntry> feed(std::uint64_t after, std::size_t limit) override {
    return read([&](Connection& connection) { return journal_tables::feed(connection, after, limit); });
  }
  std::uint64_t head() override { return read(journal_tables::head); }
  std::vector<PendingEffect> pending_effects(const std::optional<EffectKey>& after, std::size_t limit) override {
    return read([&](Connection& connection) { return journal_tables::pending_effects(connection, after, limit); });
  }
  std::vector<PendingTimer> due_timers(Time until, std::size_t limit, std::size_t skip) override {
    return read([&](Connection& connection) { return journal_tables::due_timers(connection, until, limit, skip); });
  }
  std::optional<Time> next_due() override { return read(journal_tables::next_due); }
  std::optional<std::string> setting(std::string_view name) override {
    return read([&](Connection& connection) { return journal_tables::setting(connection, name); });
  }
  void set_setting(std::string_view name, std::string_view value) override {
    std::lock_guard lock(mutex_);
    writer_.run([&](Connection& connection) {
      connection.run(
          {"INSERT INTO setting(name, value) VALUES($1, $2)"
           " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
           {name, value}});
    });
  }

 private:
  template <class Work>
  std::invoke_result_t<Work, Connection&> read(Work work) {
    const auto lease = readers_.take();
    return (*lease).run(std::move(work));
  }

  /// A batch on its way into the store, over however many connections it takes.
  struct Attempt {
    std::map<std::uint32_t, std::uint64_t> ours;  // shards of the batch, and their epochs
    bool asks_effects = false;                    // once a number turned out to be taken
    std::optional<Decision> sent;                 // with a COMMIT whose answer did not come
  };

  std::vector<Committed> write_batch(Connection& connection, const std::vector<Write>& batch, Attempt& attempt) {
    for (int i = 0; i < decisions; ++i) {
      Decision decision = decide(batch, known_, attempt.ours);
      if (decision.shards.empty() && !attempt.sent) return decision.fates;
      const journal_tables::Fence question = fence(batch, decision, epochs_, known_, attempt.asks_effects);
      const auto answers = connection.run(question.statements);
      const std::map<std::uint32_t, Fenced> shards = journal_tables::shards_of(answers);
      if (attempt.sent && has_landed(shards)) return landed_before(connection, batch, attempt);
      attempt.sent.reset();
      check_marks(shards);
      learn(batch, question, answers, known_);
      std::erase_if(attempt.ours, [&](const auto& shard) { return !shards.contains(shard.first); });
      Decision final = decide(batch, known_, attempt.ours);
      if (final.shards.empty()) {  // nothing to commit, and no answer to wait for
        connection.run({"ROLLBACK"});
        return std::move(final.fates);
      }
      if (is_as_fenced(final, decision)) {
        try {
          return land_batch(connection, batch, attempt, std::move(final), shards);
        } catch (const postgres::Refused& refused) {
          if (refused.state() != unique_violation || attempt.asks_effects) throw;
          attempt.asks_effects = true;
        }
      }
      connection.run({"ROLLBACK"});
    }
    throw postgres::Refused("40001", "PostgreSQL: others write to the same shards");
  }

  /// Whether the entries that may land are as many in each shard as the fence, which was sent before that was known,
  /// has counted.
  static bool is_as_fenced(const Decision& final, const Decision& fenced) {
    return std::ranges::all_of(final.shards,
                               [&](const auto& shard) { return fenced.shards.at(shard.first) == shard.second; });
  }

  std::vector<Committed> land_batch(Connection& connection, const std::vector<Write>& batch, Attempt& attempt,
                                    Decision decision, const std::map<std::uint32_t, Fenced>& shards) {
    const auto statements = land(batch, decision, shards);
    attempt.sent = decision;
    try {
      const auto answers = connection.run(statements);
      if (answers.back().tag() != "COMMIT") throw postgres::Refused("25P02", "PostgreSQL: the commit was rolled back");
      if (feed_entries(batch, decision) > 0)
        set_positions(batch, answers.at(answers.size() - 2).natural(0, 0), decision);
    } catch (const postgres::Refused& refused) {
      // 40003: the store itself does not know whether it landed; the next try finds out, as after a lost connection.
      if (refused.state() == "40003") throw postgres::Disconnected(refused.what());
      attempt.sent.reset();
      throw;
    }
    for (const auto& [shard, fenced] : shards) marks_[shard] = fenced.mark;
    return std::move(decision.fates);
  }

  /// Whether the batch whose answer was lost is in the store. The fence has waited for that batch's transaction to end,
  /// so it cannot land later either. Throws when other owners have all its shards by now: then nobody can tell.
  bool has_landed(const std::map<std::uint32_t, Fenced>& shards) const {
    if (shards.empty()) throw StorageError("PostgreSQL: the connection broke during a commit, and the shards are lost");
    const auto& [shard, fenced] = *shards.begin();
    return fenced.mark == marks_[shard] + 2;  // the lost batch counts one, this try's fence another
  }

  std::vector<Committed> landed_before(Connection& connection, const std::vector<Write>& batch, Attempt& attempt) {
    Decision& decision = *attempt.sent;
    for (std::size_t i = 0; i < batch.size(); ++i) {
      if (decision.fates[i].status != CommitStatus::committed || batch[i].sequence == 0 ||
          batch[i].lane != Lane::journal)
        continue;
      const auto found =
          connection.run({"SELECT position FROM entry WHERE id = $1 AND kind = $2 AND sequence = $3",
                          {batch[i].entity.id, static_cast<std::int64_t>(batch[i].entity.kind), batch[i].sequence}});
      set_positions(batch, found.natural(0, 0) - 1 + feed_entries(batch, decision), decision);
      break;
    }
    connection.run({"ROLLBACK"});
    for (const auto& [shard, entries] : decision.shards) ++marks_[shard];
    return std::move(decision.fates);
  }

  /// Only the owner under this epoch counts batches. A count that is not ours means that the database was put back to
  /// an earlier moment beneath this process.
  void check_marks(const std::map<std::uint32_t, Fenced>& shards) const {
    for (const auto& [shard, fenced] : shards)
      if (fenced.mark != marks_[shard] + 1)
        throw StorageError("PostgreSQL: shard " + std::to_string(shard) + " was changed beneath this process");
  }

  std::uint32_t shard_count_ = 0;
  std::mutex mutex_;  // guards all below but readers_
  Session writer_;
  std::vector<std::uint64_t> epochs_;  // by shard: 0 where not claimed
  std::vector<std::uint64_t> marks_;   // by shard: as of our last batch
  journal_tables::Known known_;        // of entities in our shards
  mutable std::mutex failure_mutex_;   // apart, so that health can be asked while a commit waits for the server
  std::string failure_;                // why commits are refused; empty: they are not
  Pool<Session> readers_;
};

}  // namespace

std::unique_ptr<Journal> open_postgres_journal(const std::string& url, PostgresJournalOptions options) {
  try {
    return std::make_unique<PostgresJournal>(url, options);
  } catch (const postgres::Disconnected& error) {
    throw StorageError(std::string(error.what()) +
                       ": see that the server runs, and that --journal has its address, name and password");
  }
}

}  // namespace caravan
