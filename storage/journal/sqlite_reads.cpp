#include "storage/journal/sqlite_reads.hpp"

#include "storage/journal/sqlite_format.hpp"

namespace caravan::journal_file {

Readers::Readers(std::string path, std::string vfs, std::size_t limit, int cache_mib)
    : Pool(limit, [path = std::move(path), vfs = std::move(vfs), cache_mib] {
        auto database = std::make_unique<sqlite::Connection>(path, sqlite::Access::read, vfs);
        // Readers never move pages from the write-ahead log into the file: only the writer's side sees when that fails.
        sqlite3_db_config(database->handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
        configure(*database, cache_mib);
        return database;
      }) {}

namespace {

/// The rows of one entity that the file's index has. ?5 is the lane, or a number below 0 for both.
constexpr std::string_view rows_of_entity = R"sql(
  SELECT i.sequence, i.lane, coalesce(e.checksum, t.checksum), coalesce(e.body, t.body)
  FROM entity_index i
  LEFT JOIN entry e ON i.lane = 0 AND e.position = i.position
  LEFT JOIN track t ON i.lane = 1 AND t.position = i.position
  WHERE i.kind = ?1 AND i.id = ?2 AND i.sequence >= ?3 AND (?5 < 0 OR i.lane = ?5)
  ORDER BY i.sequence LIMIT ?4)sql";
constexpr std::string_view row_at[] = {"SELECT checksum, body FROM entry WHERE position = ?",
                                       "SELECT checksum, body FROM track WHERE position = ?"};

std::int64_t to_limit(std::size_t limit) {
  return limit > static_cast<std::size_t>(INT64_MAX) ? INT64_MAX : static_cast<std::int64_t>(limit);
}

Stored::Row row_of(const sqlite::Query& query, int column, const Address& entity, std::uint64_t sequence, Lane lane) {
  Stored::Row row{sequence, lane, query.text(column + 1)};
  verify(query.integer(column), entity, sequence, row.body, "entry");
  return row;
}

using Newest = std::vector<std::pair<std::uint64_t, Place>>;

/// The rows of an entity: first those that the file's index has, then those that only memory knows.
std::vector<Stored::Row> rows(sqlite::Connection& database, const Newest& newest, const Address& entity,
                              std::uint64_t from, std::size_t limit, std::optional<Lane> lane) {
  std::vector<Stored::Row> out;
  sqlite::Query query = database.query(rows_of_entity);
  query.bind(entity.kind, entity.id, from, to_limit(limit), lane ? static_cast<int>(*lane) : -1);
  while (query.step())
    out.push_back(row_of(query, 2, entity, query.natural(0), query.integer(1) == 0 ? Lane::journal : Lane::track));
  for (const auto& [sequence, place] : newest) {
    if (out.size() >= limit) break;
    if ((lane && place.lane != *lane) || (!out.empty() && sequence <= out.back().sequence)) continue;
    sqlite::Query found = database.query(row_at[static_cast<std::size_t>(place.lane)]);
    found.bind(place.position);
    if (found.step()) out.push_back(row_of(found, 0, entity, sequence, place.lane));
  }
  return out;
}

}  // namespace

std::vector<Stored::Row> history(sqlite::Connection& database, const EntityIndex& index, const Address& entity,
                                 std::uint64_t from, std::size_t limit, std::optional<Lane> lane) {
  const Newest newest = index.newest(entity, from);
  return rows(database, newest, entity, from, limit, lane);
}

Stored load(sqlite::Connection& database, const EntityIndex& index, const Address& entity) {
  Newest newest = index.newest(entity, 0);
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
  const std::uint64_t from = stored.snapshot ? stored.snapshot->sequence + 1 : 0;
  std::erase_if(newest, [from](const auto& row) { return row.first < from; });
  stored.after = rows(database, newest, entity, from, SIZE_MAX, std::nullopt);
  transaction.commit();
  return stored;
}

std::optional<Stored::Row> entry(sqlite::Connection& database, const EntityIndex& index, const Address& entity,
                                 std::uint64_t sequence) {
  auto found = history(database, index, entity, sequence, 1);
  if (found.empty() || found.front().sequence != sequence) return std::nullopt;
  return std::move(found.front());
}

std::vector<FeedEntry> feed(sqlite::Connection& database, std::uint64_t after, std::size_t limit) {
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

std::vector<PendingEffect> pending_effects(sqlite::Connection& database, const std::optional<EffectKey>& after,
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

std::vector<PendingTimer> due_timers(sqlite::Connection& database, Time until, std::size_t limit, std::size_t skip) {
  std::vector<PendingTimer> timers;
  sqlite::Query query = database.query(
      "SELECT kind, id, name, generation, due FROM timer WHERE due <= ? ORDER BY due, kind, id, name LIMIT ? OFFSET ?");
  query.bind(until, to_limit(limit), to_limit(skip));
  while (query.step())
    timers.push_back(
        {{static_cast<EntityKind>(query.integer(0)), query.uuid(1)}, {query.text(2), query.natural(3), query.time(4)}});
  return timers;
}

std::optional<Time> next_due(sqlite::Connection& database) {
  sqlite::Query query = database.query("SELECT min(due) FROM timer");
  if (!query.step() || query.is_null(0)) return std::nullopt;
  return query.time(0);
}

std::optional<std::string> setting(sqlite::Connection& database, std::string_view name) {
  sqlite::Query query = database.query("SELECT value FROM setting WHERE name = ?");
  query.bind(name);
  if (!query.step()) return std::nullopt;
  return query.text(0);
}

}  // namespace caravan::journal_file
