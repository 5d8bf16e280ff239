#include "storage/journal/sqlite_format.hpp"

#include <filesystem>

namespace caravan::journal_file {

namespace {

// Entries append at the end of their table (measured twice as fast as a clustered key); EntityIndex fills entity_index
// and indexed. Rows of outbox, timer and snapshot come and go, so these are clustered by their key.
constexpr const char* tables = R"sql(
CREATE TABLE shard(
  id INTEGER PRIMARY KEY,
  epoch INTEGER NOT NULL,
  owner TEXT NOT NULL,
  last INTEGER NOT NULL
);
CREATE TABLE entry(
  position INTEGER PRIMARY KEY,
  shard INTEGER NOT NULL,
  number INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  body BLOB NOT NULL
);
CREATE TABLE track(
  position INTEGER PRIMARY KEY,
  shard INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  body BLOB NOT NULL
);
CREATE TABLE outbox(
  sender_kind INTEGER NOT NULL,
  sender_id BLOB NOT NULL,
  number INTEGER NOT NULL,
  receiver_kind INTEGER NOT NULL,
  receiver_id BLOB NOT NULL,
  trace_id TEXT NOT NULL,
  correlation_id TEXT NOT NULL,
  checksum INTEGER NOT NULL,
  command BLOB NOT NULL,
  PRIMARY KEY(sender_kind, sender_id, number)
) WITHOUT ROWID;
CREATE TABLE timer(
  kind INTEGER NOT NULL,
  id BLOB NOT NULL,
  name TEXT NOT NULL,
  generation INTEGER NOT NULL,
  due INTEGER NOT NULL,
  PRIMARY KEY(kind, id, name)
) WITHOUT ROWID;
CREATE INDEX timer_due ON timer(due);
CREATE TABLE snapshot(
  kind INTEGER NOT NULL,
  id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  checksum INTEGER NOT NULL,
  body BLOB NOT NULL,
  PRIMARY KEY(kind, id)
);
CREATE TABLE setting(
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
)sql";

constexpr const char* index_tables = R"sql(
CREATE TABLE entity_index(
  kind INTEGER NOT NULL,
  id BLOB NOT NULL,
  sequence INTEGER NOT NULL,
  lane INTEGER NOT NULL,
  position INTEGER NOT NULL,
  PRIMARY KEY(kind, id, sequence)
) WITHOUT ROWID;
CREATE TABLE indexed(
  lane INTEGER PRIMARY KEY,
  position INTEGER NOT NULL
);
)sql";

constexpr const char* cluster_tables = R"sql(
ALTER TABLE shard ADD COLUMN phase INTEGER NOT NULL DEFAULT 0;
ALTER TABLE shard ADD COLUMN target TEXT NOT NULL DEFAULT '';
CREATE TABLE member(
  node TEXT PRIMARY KEY,
  incarnation INTEGER NOT NULL,
  status INTEGER NOT NULL,
  link_address TEXT NOT NULL,
  http_address TEXT NOT NULL,
  version TEXT NOT NULL,
  wire_from INTEGER NOT NULL,
  wire_to INTEGER NOT NULL,
  started INTEGER NOT NULL,
  alive INTEGER NOT NULL,
  votes TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE membership(version INTEGER NOT NULL);
INSERT INTO membership VALUES(0);
)sql";

constexpr const char* from_format_1 = R"sql(
INSERT INTO entity_index
  SELECT kind, id, sequence, 0, position FROM entry
  UNION ALL
  SELECT kind, id, sequence, 1, position FROM track
  ORDER BY 1, 2, 3;
INSERT INTO indexed SELECT 0, coalesce(max(position), 0) FROM entry;
INSERT INTO indexed SELECT 1, coalesce(max(position), 0) FROM track;
DROP INDEX entry_of_entity;
DROP INDEX track_of_entity;
)sql";

void stamp(sqlite::Connection& database) {
  database.run("PRAGMA application_id=" + std::to_string(application_id) +
               "; PRAGMA user_version=" + std::to_string(format_version));
}

}  // namespace

std::string path_in(const std::string& data_dir) { return data_dir + "/" + std::string(file_name); }

std::string existing_path(const std::string& data_dir, std::string_view remedy) {
  std::string path = path_in(data_dir);
  if (!std::filesystem::exists(path)) throw StorageError(path + ": there is no journal: " + std::string(remedy));
  return path;
}

Reader::Reader(const std::string& data_dir) : database(existing_path(data_dir), sqlite::Access::read) {
  sqlite3_db_config(database.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  check_version(database);
}

void configure(sqlite::Connection& database, int cache_mib) {
  database.run("PRAGMA foreign_keys=OFF; PRAGMA temp_store=MEMORY; PRAGMA cache_size=-" +
               std::to_string(cache_mib * 1024));
}

void create(sqlite::Connection& database, std::uint32_t shards) {
  database.keep_write_ahead_log();
  database.run("PRAGMA synchronous=FULL;");
  sqlite::Transaction transaction(database);
  if (database.integer("SELECT count(*) FROM sqlite_schema") != 0) return;
  database.run(tables);
  database.run(index_tables);
  database.run(cluster_tables);
  sqlite::Query shard = database.query("INSERT INTO shard(id, epoch, owner, last) VALUES(?, 0, '', 0)");
  for (std::uint32_t id = 0; id < shards; ++id) shard.reset().bind(id).run();
  stamp(database);
  transaction.commit();
}

void upgrade(sqlite::Connection& database) {
  const auto is_older = [&] {
    const std::int64_t version = database.integer("PRAGMA user_version");
    return version == 1 || version == 2;
  };
  if (database.integer("PRAGMA application_id") != application_id || !is_older()) return;
  sqlite::Transaction transaction(database);
  if (!is_older()) return;  // another process was first
  if (database.integer("PRAGMA user_version") == 1) {
    database.run(index_tables);
    database.run(from_format_1);
  }
  database.run(cluster_tables);
  stamp(database);
  transaction.commit();
}

void name_store(sqlite::Connection& database) {
  if (database.integer("SELECT count(*) FROM setting WHERE name = 'store'") == 0)
    database.run("INSERT INTO setting VALUES('store', lower(hex(randomblob(16)))) ON CONFLICT DO NOTHING");
}

void check_version(sqlite::Connection& database) {
  const std::int64_t application = database.integer("PRAGMA application_id");
  if (application != application_id)
    throw StorageError(database.path() + ": not a Caravan journal (application id " + std::to_string(application) +
                       "): name another data folder with --data");
  const std::int64_t version = database.integer("PRAGMA user_version");
  if (version != format_version)
    throw StorageError(database.path() + ": journal format " + std::to_string(version) + ", this build reads " +
                       std::to_string(format_version) + ": " +
                       (version < format_version ? "start `caravan serve` on it once, which brings it up to date"
                                                 : "run the version of caravan that wrote it, or a newer one"));
}

}  // namespace caravan::journal_file
