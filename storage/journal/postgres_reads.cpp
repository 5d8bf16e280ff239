#include "storage/journal/postgres_reads.hpp"

#include "storage/journal/checksum.hpp"
#include "storage/journal/postgres_format.hpp"

namespace caravan::journal_tables {

namespace {

using journal_file::verify;
using postgres::Connection;
using postgres::Result;

constexpr std::int64_t snapshot_lane = -1;  // in `load`: the row is the snapshot

std::int64_t to_limit(std::size_t limit) {
  return limit > static_cast<std::size_t>(INT64_MAX) ? INT64_MAX : static_cast<std::int64_t>(limit);
}

Address address(const Result& result, int row, int kind, int id) {
  return {static_cast<EntityKind>(result.integer(row, kind)), result.uuid(row, id)};
}

Time to_time(std::int64_t ms) { return Time(std::chrono::milliseconds(ms)); }

/// Columns: sequence, lane, checksum, body.
Stored::Row row_of(const Result& result, int row, const Address& entity) {
  Stored::Row out{result.natural(row, 0), result.integer(row, 1) == 0 ? Lane::journal : Lane::track,
                  std::string(result.text(row, 3))};
  verify(result.integer(row, 2), entity, out.sequence, out.body, "entry");
  return out;
}

}  // namespace

Stored load(Connection& connection, const Address& entity) {
  // In one statement, which sees snapshot and entries of one moment.
  const Result result = connection.run({R"sql(
        SELECT sequence, CAST(-1 AS bigint) AS lane, checksum, body FROM snapshot WHERE id = $1 AND kind = $2
        UNION ALL
        SELECT sequence, lane, checksum, body FROM entry WHERE id = $1 AND kind = $2 AND sequence >
          coalesce((SELECT s.sequence FROM snapshot s WHERE s.id = $1 AND s.kind = $2), 0)
        ORDER BY sequence)sql",
                                        {entity.id, to_number(entity.kind)}});
  Stored stored;
  for (int row = 0; row < result.rows(); ++row) {
    if (result.integer(row, 1) != snapshot_lane) {
      stored.after.push_back(row_of(result, row, entity));
      continue;
    }
    stored.snapshot = Snapshot{result.natural(row, 0), std::string(result.text(row, 3))};
    verify(result.integer(row, 2), entity, stored.snapshot->sequence, stored.snapshot->body, "snapshot");
  }
  return stored;
}

std::vector<Stored::Row> history(Connection& connection, const Address& entity, std::uint64_t from, std::size_t limit,
                                 std::optional<Lane> lane) {
  const Result result = connection.run(
      {"SELECT sequence, lane, checksum, body FROM entry WHERE id = $1 AND kind = $2 AND sequence >= $3"
       " AND ($5 < 0 OR lane = $5) ORDER BY sequence LIMIT $4",
       {entity.id, to_number(entity.kind), from, to_limit(limit), std::int64_t{lane ? static_cast<int>(*lane) : -1}}});
  std::vector<Stored::Row> rows;
  for (int row = 0; row < result.rows(); ++row) rows.push_back(row_of(result, row, entity));
  return rows;
}

std::optional<Stored::Row> entry(Connection& connection, const Address& entity, std::uint64_t sequence) {
  auto found = history(connection, entity, sequence, 1);
  if (found.empty() || found.front().sequence != sequence) return std::nullopt;
  return std::move(found.front());
}

std::vector<FeedEntry> feed(Connection& connection, std::uint64_t after, std::size_t limit) {
  const Result result =
      connection.run({"SELECT position, kind, id, sequence, checksum, body FROM entry WHERE position > $1"
                      " ORDER BY position LIMIT $2",
                      {after, to_limit(limit)}});
  std::vector<FeedEntry> entries;
  for (int row = 0; row < result.rows(); ++row) {
    FeedEntry entry{result.natural(row, 0), address(result, row, 1, 2), result.natural(row, 3),
                    std::string(result.text(row, 5))};
    verify(result.integer(row, 4), entry.entity, entry.sequence, entry.body, "entry");
    entries.push_back(std::move(entry));
  }
  return entries;
}

std::uint64_t head(Connection& connection) {
  return connection.run({"SELECT head FROM feed WHERE id = $1", {std::int64_t{1}}}).natural(0, 0);
}

std::vector<PendingEffect> pending_effects(Connection& connection, const std::optional<EffectKey>& after,
                                           std::size_t limit) {
  const EffectKey from = after.value_or(EffectKey{});
  const Result result = connection.run(
      {"SELECT sender_kind, sender_id, number, receiver_kind, receiver_id, trace_id, correlation_id, checksum, command"
       " FROM outbox WHERE (sender_kind, sender_id, number) > ($1, $2, $3)"
       " ORDER BY sender_kind, sender_id, number LIMIT $4",
       {to_number(from.sender.kind), from.sender.id, from.number, to_limit(limit)}});
  std::vector<PendingEffect> effects;
  for (int row = 0; row < result.rows(); ++row) {
    PendingEffect effect{.key = {address(result, row, 0, 1), result.natural(row, 2)},
                         .receiver = address(result, row, 3, 4),
                         .command = std::string(result.text(row, 8)),
                         .trace_id = std::string(result.text(row, 5)),
                         .correlation_id = std::string(result.text(row, 6))};
    verify(result.integer(row, 7), effect.key.sender, effect.key.number, effect.command, "effect");
    effects.push_back(std::move(effect));
  }
  return effects;
}

std::vector<PendingTimer> due_timers(Connection& connection, Time until, std::size_t limit, std::size_t skip) {
  const Result result =
      connection.run({"SELECT kind, id, name, generation, due FROM timer WHERE due <= $1 ORDER BY due, kind, id, name "
                      "LIMIT $2 OFFSET $3",
                      {std::int64_t{until.time_since_epoch().count()}, to_limit(limit), to_limit(skip)}});
  std::vector<PendingTimer> timers;
  for (int row = 0; row < result.rows(); ++row)
    timers.push_back({address(result, row, 0, 1),
                      {std::string(result.text(row, 2)), result.natural(row, 3), to_time(result.integer(row, 4))}});
  return timers;
}

std::optional<Time> next_due(Connection& connection) {
  const Result result = connection.run({"SELECT min(due) FROM timer"});
  if (result.is_null(0, 0)) return std::nullopt;
  return to_time(result.integer(0, 0));
}

std::optional<std::string> setting(Connection& connection, std::string_view name) {
  const Result result = connection.run({"SELECT value FROM setting WHERE name = $1", {name}});
  if (result.rows() == 0) return std::nullopt;
  return std::string(result.text(0, 0));
}

}  // namespace caravan::journal_tables
