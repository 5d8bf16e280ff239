#include "storage/journal/sqlite_reads.hpp"

#include "storage/journal/sqlite_format.hpp"

namespace caravan::journal_file {

Readers::Lease Readers::take() {
  std::unique_lock lock(mutex_);
  returned_.wait(lock, [this] { return !idle_.empty() || open_ < limit_; });
  if (!idle_.empty()) {
    auto database = std::move(idle_.back());
    idle_.pop_back();
    return Lease(*this, std::move(database));
  }
  auto database = std::make_unique<sqlite::Database>(path_, sqlite::Access::read, vfs_);
  // The writer alone moves pages from the WAL into the file, so that it sees when that fails.
  sqlite3_db_config(database->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  configure(*database);
  ++open_;
  return Lease(*this, std::move(database));
}

void Readers::give_back(std::unique_ptr<sqlite::Database> database) {
  {
    std::lock_guard lock(mutex_);
    idle_.push_back(std::move(database));
  }
  returned_.notify_one();
}

namespace {

/// Both lanes of one entity in one order.
constexpr std::string_view rows_of_entity = R"sql(
  SELECT sequence, 0, checksum, body FROM entry WHERE kind = ?1 AND id = ?2 AND sequence >= ?3
  UNION ALL
  SELECT sequence, 1, checksum, body FROM track WHERE kind = ?1 AND id = ?2 AND sequence >= ?3
  ORDER BY 1 LIMIT ?4)sql";
constexpr std::string_view journal_rows =
    "SELECT sequence, 0, checksum, body FROM entry WHERE kind = ?1 AND id = ?2 AND sequence >= ?3 ORDER BY 1 LIMIT ?4";
constexpr std::string_view track_rows =
    "SELECT sequence, 1, checksum, body FROM track WHERE kind = ?1 AND id = ?2 AND sequence >= ?3 ORDER BY 1 LIMIT ?4";

std::int64_t to_limit(std::size_t limit) {
  return limit > static_cast<std::size_t>(INT64_MAX) ? INT64_MAX : static_cast<std::int64_t>(limit);
}

}  // namespace

std::vector<Stored::Row> history(sqlite::Database& database, const Address& entity, std::uint64_t from,
                                 std::size_t limit, std::optional<Lane> lane) {
  std::vector<Stored::Row> rows;
  sqlite::Query query = database.query(!lane ? rows_of_entity : *lane == Lane::journal ? journal_rows : track_rows);
  query.bind(entity.kind, entity.id, from, to_limit(limit));
  while (query.step()) {
    Stored::Row row{query.natural(0), query.integer(1) == 0 ? Lane::journal : Lane::track, query.text(3)};
    verify(query.integer(2), entity, row.sequence, row.body, "entry");
    rows.push_back(std::move(row));
  }
  return rows;
}

Stored load(sqlite::Database& database, const Address& entity) {
  // Snapshot and entries are of one moment, so that none falls between them.
  sqlite::Transaction transaction(database, "BEGIN");
  Stored stored;
  {
    sqlite::Query query = database.query("SELECT sequence, checksum, body FROM snapshot WHERE kind = ? AND id = ?");
    query.bind(entity.kind, entity.id);
    if (query.step()) {
      stored.snapshot = Snapshot{query.natural(0), query.text(2)};
      verify(query.integer(1), entity, stored.snapshot->sequence, stored.snapshot->body, "snapshot");
    }
  }
  stored.after = history(database, entity, stored.snapshot ? stored.snapshot->sequence + 1 : 0, SIZE_MAX);
  transaction.commit();
  return stored;
}

std::optional<Stored::Row> entry(sqlite::Database& database, const Address& entity, std::uint64_t sequence) {
  auto rows = history(database, entity, sequence, 1);
  if (rows.empty() || rows.front().sequence != sequence) return std::nullopt;
  return std::move(rows.front());
}

std::vector<FeedEntry> feed(sqlite::Database& database, std::uint64_t after, std::size_t limit) {
  std::vector<FeedEntry> entries;
  sqlite::Query query = database.query(
      "SELECT position, kind, id, sequence, checksum, body FROM entry WHERE position > ? ORDER BY position LIMIT ?");
  query.bind(after, to_limit(limit));
  while (query.step()) {
    FeedEntry row{
        query.natural(0), {static_cast<EntityKind>(query.integer(1)), query.uuid(2)}, query.natural(3), query.text(5)};
    verify(query.integer(4), row.entity, row.sequence, row.body, "entry");
    entries.push_back(std::move(row));
  }
  return entries;
}

std::vector<PendingEffect> pending_effects(sqlite::Database& database, const std::optional<EffectKey>& after,
                                           std::size_t limit) {
  std::vector<PendingEffect> effects;
  sqlite::Query query = database.query(
      "SELECT sender_kind, sender_id, number, receiver_kind, receiver_id, trace_id, correlation_id, checksum, command"
      " FROM outbox WHERE (sender_kind, sender_id, number) > (?, ?, ?)"
      " ORDER BY sender_kind, sender_id, number LIMIT ?");
  const EffectKey from = after.value_or(EffectKey{});
  query.bind(from.sender.kind, from.sender.id, from.number, to_limit(limit));
  while (query.step()) {
    PendingEffect effect;
    effect.key = {{static_cast<EntityKind>(query.integer(0)), query.uuid(1)}, query.natural(2)};
    effect.receiver = {static_cast<EntityKind>(query.integer(3)), query.uuid(4)};
    effect.trace_id = query.text(5);
    effect.correlation_id = query.text(6);
    effect.command = query.text(8);
    verify(query.integer(7), effect.key.sender, effect.key.number, effect.command, "effect");
    effects.push_back(std::move(effect));
  }
  return effects;
}

std::vector<PendingTimer> due_timers(sqlite::Database& database, Time until, std::size_t limit) {
  std::vector<PendingTimer> timers;
  sqlite::Query query = database.query(
      "SELECT kind, id, name, generation, due FROM timer WHERE due <= ? ORDER BY due, kind, id, name LIMIT ?");
  query.bind(until, to_limit(limit));
  while (query.step())
    timers.push_back(
        {{static_cast<EntityKind>(query.integer(0)), query.uuid(1)}, {query.text(2), query.natural(3), query.time(4)}});
  return timers;
}

std::optional<Time> next_due(sqlite::Database& database) {
  sqlite::Query query = database.query("SELECT min(due) FROM timer");
  if (!query.step() || query.is_null(0)) return std::nullopt;
  return query.time(0);
}

std::optional<std::string> setting(sqlite::Database& database, std::string_view name) {
  sqlite::Query query = database.query("SELECT value FROM setting WHERE name = ?");
  query.bind(name);
  if (!query.step()) return std::nullopt;
  return query.text(0);
}

}  // namespace caravan::journal_file
