#include "storage/journal/points.hpp"

#include <algorithm>
#include <array>
#include <chrono>

namespace caravan::journal_file {

namespace {

/// A table whose rows come and go. Two rows with equal `identity` are the same row; a row that comes back after it went
/// counts as a new one.
struct Passing {
  std::string name, columns;
  std::vector<std::string> identity;
};

const std::array<Passing, 3>& passing() {
  static const std::array<Passing, 3> tables{
      {{"outbox",
        "sender_kind, sender_id, number, receiver_kind, receiver_id, trace_id, correlation_id, checksum, command",
        {"sender_kind", "sender_id", "number"}},
       {"timer", "kind, id, name, generation, due", {"kind", "id", "name", "generation"}},
       {"setting", "name, value", {"name", "value"}}}};
  return tables;
}

/// That two rows are the same one.
std::string same(const Passing& table, const std::string& one, const std::string& other) {
  std::string out;
  for (const std::string& column : table.identity)
    out += (out.empty() ? "" : " AND ") + one + '.' + column + " = " + other + '.' + column;
  return out;
}

/// The journal that is backed up, beside its backup.
class Attached {
 public:
  Attached(sqlite::Connection& backup, const std::string& source) : backup_(backup) {
    leave_log(1);  // moving the source's pages from its log into its file is for its node to do
    backup_.query("ATTACH ? AS source").bind(source).run();
  }
  ~Attached() {
    backup_.try_run("DETACH source");
    leave_log(0);
  }
  Attached(const Attached&) = delete;
  Attached& operator=(const Attached&) = delete;

 private:
  void leave_log(int leave) { sqlite3_db_config(backup_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, leave, nullptr); }
  sqlite::Connection& backup_;
};

/// Whether the journal has the backup's newest entry of a lane, where there is one.
bool has_newest(sqlite::Connection& backup, const std::string& lane) {
  return backup.integer("SELECT count(*) FROM main." + lane + " b LEFT JOIN source." + lane +
                        " s ON s.position = b.position WHERE b.position = (SELECT max(position) FROM main." + lane +
                        ") AND (s.id IS NOT b.id OR s.sequence IS NOT b.sequence OR s.checksum IS NOT b.checksum)") ==
         0;
}

/// Takes over the entries that were added to both lanes, their places in the index by entity, and the snapshots of the
/// entities that wrote them.
constexpr const char* take_entries = R"sql(
CREATE TEMP TABLE added AS SELECT kind, id FROM source.entry
    WHERE position > (SELECT coalesce(max(position), 0) FROM main.entry)
  UNION SELECT kind, id FROM source.track WHERE position > (SELECT coalesce(max(position), 0) FROM main.track);
INSERT INTO main.entry SELECT * FROM source.entry
  WHERE position > (SELECT coalesce(max(position), 0) FROM main.entry) ORDER BY position;
INSERT INTO main.track SELECT * FROM source.track
  WHERE position > (SELECT coalesce(max(position), 0) FROM main.track) ORDER BY position;
INSERT OR REPLACE INTO main.snapshot SELECT s.* FROM temp.added a JOIN source.snapshot s USING (kind, id);
DROP TABLE temp.added;
INSERT OR IGNORE INTO main.entity_index
  SELECT kind, id, sequence, 0, position FROM main.entry
    WHERE position > (SELECT coalesce(max(position), 0) FROM main.indexed WHERE lane = 0)
  UNION ALL
  SELECT kind, id, sequence, 1, position FROM main.track
    WHERE position > (SELECT coalesce(max(position), 0) FROM main.indexed WHERE lane = 1)
  ORDER BY 1, 2, 3;
INSERT OR REPLACE INTO main.indexed SELECT 0, coalesce(max(position), 0) FROM main.entry;
INSERT OR REPLACE INTO main.indexed SELECT 1, coalesce(max(position), 0) FROM main.track;
DELETE FROM main.shard;
INSERT INTO main.shard SELECT * FROM source.shard;
)sql";

void take_passing(sqlite::Connection& backup, const Passing& table, std::uint64_t number) {
  const std::string now = std::to_string(number), kept = "main.kept_" + table.name;
  backup.run("UPDATE " + kept + " AS k SET until = " + now +
             " - 1 WHERE until IS NULL AND NOT EXISTS (SELECT 1 FROM source." + table.name + " s WHERE " +
             same(table, "s", "k") + ");" + "INSERT INTO " + kept + " SELECT " + table.columns + ", " + now +
             ", NULL FROM source." + table.name + " s WHERE NOT EXISTS (SELECT 1 FROM " + kept +
             " k WHERE k.until IS NULL AND " + same(table, "s", "k") + ");" + "DELETE FROM main." + table.name +
             "; INSERT INTO main." + table.name + '(' + table.columns + ") SELECT " + table.columns + " FROM source." +
             table.name);
}

Point point_at(const sqlite::Query& query) {
  return {query.natural(0), query.time(1), query.natural(2), query.natural(3)};
}

}  // namespace

bool has_points(sqlite::Connection& backup) {
  return backup.integer("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'point'") > 0;
}

void make_points(sqlite::Connection& backup) {
  sqlite::Transaction transaction(backup);
  backup.run(
      "CREATE TABLE point(number INTEGER PRIMARY KEY, at INTEGER NOT NULL, entry INTEGER NOT NULL,"
      " track INTEGER NOT NULL)");
  for (const Passing& table : passing()) {
    std::string identity;
    for (const std::string& column : table.identity) identity += (identity.empty() ? "" : ", ") + column;
    backup.run("CREATE TABLE kept_" + table.name + " AS SELECT " + table.columns + ", 0 AS since, 0 AS until FROM " +
               table.name + " WHERE 0; CREATE UNIQUE INDEX kept_" + table.name + "_now ON kept_" + table.name + '(' +
               identity + ") WHERE until IS NULL");
  }
  transaction.commit();
}

Point add_point(sqlite::Connection& backup, const std::string& source) {
  const Attached attached(backup, source);
  // Not BEGIN IMMEDIATE: that would lock the source too, and its node would wait.
  sqlite::Transaction transaction(backup, "BEGIN");
  if (!has_newest(backup, "entry") || !has_newest(backup, "track"))
    throw StorageError(backup.path() +
                       ": this backup is of another journal, or of one that was set back since: name a new folder");
  const Point last = find_point(backup, {}, {}).value_or(Point{});
  const Time now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  backup.run(take_entries);
  const auto position = [&](const char* sql) { return static_cast<std::uint64_t>(backup.integer(sql)); };
  const Point point{last.number + 1, std::max(now, last.at + Duration(1)),
                    position("SELECT max(position) FROM main.entry"), position("SELECT max(position) FROM main.track")};
  for (const Passing& table : passing()) take_passing(backup, table, point.number);
  backup.query("INSERT INTO point VALUES(?, ?, ?, ?)").bind(point.number, point.at, point.entry, point.track).run();
  transaction.commit();
  return point;
}

std::optional<Point> find_point(sqlite::Connection& backup, std::optional<Time> time,
                                std::optional<std::uint64_t> position) {
  sqlite::Query query = backup.query(
      "SELECT number, at, entry, track FROM point WHERE at <= coalesce(?, at) AND entry <= coalesce(?, entry)"
      " ORDER BY number DESC LIMIT 1");
  query.bind(time, position);
  if (!query.step()) return std::nullopt;
  return point_at(query);
}

void cut_at(sqlite::Connection& copy, const Point& point) {
  const std::string entry = std::to_string(point.entry), track = std::to_string(point.track);
  sqlite::Transaction transaction(copy);
  copy.run("DELETE FROM entry WHERE position > " + entry + "; DELETE FROM track WHERE position > " + track +
           "; DELETE FROM entity_index WHERE position > iif(lane = 0, " + entry + ", " + track +
           "); UPDATE indexed SET position = min(position, iif(lane = 0, " + entry + ", " + track + "))");
  copy.run(
      "DELETE FROM snapshot WHERE sequence > coalesce((SELECT max(i.sequence) FROM entity_index i"
      " WHERE i.kind = snapshot.kind AND i.id = snapshot.id), 0);"
      "UPDATE shard SET last = 0; UPDATE shard SET last = n.last FROM"
      " (SELECT shard, max(number) AS last FROM entry GROUP BY shard) AS n WHERE n.shard = shard.id");
  const std::string now = std::to_string(point.number);
  for (const Passing& table : passing())
    copy.run("DELETE FROM " + table.name + "; INSERT INTO " + table.name + '(' + table.columns + ") SELECT " +
             table.columns + " FROM kept_" + table.name + " WHERE since <= " + now + " AND coalesce(until, " + now +
             ") >= " + now + "; DROP TABLE kept_" + table.name);
  copy.run("DROP TABLE point");
  transaction.commit();
}

}  // namespace caravan::journal_file
