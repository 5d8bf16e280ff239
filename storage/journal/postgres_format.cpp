#include "storage/journal/postgres_format.hpp"

namespace caravan::journal_tables {

namespace {

// Keys begin with the column whose values spread, so that databases that split tables by ranges or hashes of the first
// column share the load. `position` comes from the table feed and not from a sequence: see FORMAT.md.
constexpr std::string_view tables[] = {
    "CREATE TABLE caravan(format bigint PRIMARY KEY)",
    "CREATE TABLE shard(id integer PRIMARY KEY, epoch bigint NOT NULL, owner text NOT NULL, last bigint NOT NULL,"
    " mark bigint NOT NULL)",
    "CREATE TABLE feed(id integer PRIMARY KEY, head bigint NOT NULL)",
    "CREATE TABLE entry(sequence bigint NOT NULL, position bigint, number bigint, checksum bigint NOT NULL,"
    " shard integer NOT NULL, kind smallint NOT NULL, lane smallint NOT NULL, id uuid NOT NULL, body bytea NOT NULL,"
    " PRIMARY KEY(id, kind, sequence))",
    "CREATE UNIQUE INDEX entry_position ON entry(position ASC) WHERE position IS NOT NULL",
    "CREATE TABLE outbox(sender_kind smallint NOT NULL, sender_id uuid NOT NULL, number bigint NOT NULL,"
    " receiver_kind smallint NOT NULL, receiver_id uuid NOT NULL, checksum bigint NOT NULL, trace_id text NOT NULL,"
    " correlation_id text NOT NULL, command bytea NOT NULL, PRIMARY KEY(sender_kind, sender_id, number))",
    "CREATE TABLE timer(id uuid NOT NULL, kind smallint NOT NULL, name text NOT NULL, generation bigint NOT NULL,"
    " due bigint NOT NULL, PRIMARY KEY(id, kind, name))",
    "CREATE INDEX timer_due ON timer(due ASC)",
    "CREATE TABLE snapshot(id uuid NOT NULL, kind smallint NOT NULL, sequence bigint NOT NULL,"
    " checksum bigint NOT NULL, body bytea NOT NULL, PRIMARY KEY(id, kind))",
    "CREATE TABLE setting(name text PRIMARY KEY, value text NOT NULL)",
    "INSERT INTO feed VALUES(1, 0)",
    "INSERT INTO setting VALUES('store', CAST(gen_random_uuid() AS text))",
};

// What format 2 has more: members, and the phases of a shard's move.
constexpr std::string_view cluster_tables[] = {
    "ALTER TABLE shard ADD COLUMN phase smallint NOT NULL DEFAULT 0",
    "ALTER TABLE shard ADD COLUMN target text NOT NULL DEFAULT ''",
    "CREATE TABLE member(node text PRIMARY KEY, incarnation bigint NOT NULL, status smallint NOT NULL,"
    " link_address text NOT NULL, http_address text NOT NULL, version text NOT NULL, wire_from bigint NOT NULL,"
    " wire_to bigint NOT NULL, started bigint NOT NULL, alive bigint NOT NULL, votes text NOT NULL)",
    "CREATE TABLE membership(id integer PRIMARY KEY, version bigint NOT NULL)",
    "INSERT INTO membership VALUES(1, 0)",
};

bool exist(postgres::Connection& connection) {
  return connection
             .run({"SELECT count(*) FROM information_schema.tables"
                   " WHERE table_schema = current_schema() AND table_name = 'caravan'"})
             .integer(0, 0) > 0;
}

void create(postgres::Connection& connection, std::uint32_t shards) {
  const std::string stamp = "INSERT INTO caravan VALUES(" + std::to_string(format_version) + ")";
  std::string ids = "INSERT INTO shard VALUES";
  for (std::uint32_t id = 0; id < shards; ++id) ids += (id ? ",(" : "(") + std::to_string(id) + ", 0, '', 0, 0)";
  std::vector<postgres::Statement> statements{{"BEGIN"}};
  for (const std::string_view table : tables) statements.push_back({table});
  statements.push_back({stamp});
  statements.push_back({ids});
  for (const std::string_view table : cluster_tables) statements.push_back({table});
  statements.push_back({"COMMIT"});
  connection.run(statements);
}

std::int64_t format_of(postgres::Connection& connection) {
  const postgres::Result format = connection.run({"SELECT format FROM caravan"});
  return format.rows() == 1 ? format.integer(0, 0) : 0;
}

void upgrade(postgres::Connection& connection) {
  std::vector<postgres::Statement> statements{{"BEGIN"}, {"UPDATE caravan SET format = 2 WHERE format = 1"}};
  for (const std::string_view table : cluster_tables) statements.push_back({table});
  statements.push_back({"COMMIT"});
  connection.run(statements);
}

}  // namespace

void prepare(postgres::Connection& connection, std::uint32_t shards) {
  if (!exist(connection)) {
    if (shards == 0) throw StorageError("PostgreSQL: there is no journal in this database: name the one that has it");
    try {
      create(connection, shards);
    } catch (const postgres::Refused&) {
      connection.run({"ROLLBACK"});
      if (!exist(connection)) throw;  // otherwise another node was first
    }
  }
  if (format_of(connection) == 1) {
    try {
      upgrade(connection);
    } catch (const postgres::Refused&) {
      connection.run({"ROLLBACK"});
      if (format_of(connection) == 1) throw;  // otherwise another node was first
    }
  }
  const std::int64_t format = format_of(connection);
  if (format == format_version) return;
  throw StorageError("PostgreSQL: journal format " + std::to_string(format) + ", this build reads " +
                     std::to_string(format_version) + ": run the version of caravan that wrote it, or a newer one");
}

void require_complete(postgres::Connection& connection) {
  if (connection.run({"SELECT value FROM setting WHERE name = 'migration'"}).rows() > 0)
    throw StorageError(
        "PostgreSQL: a journal is on its way into this database: run `caravan migrate` again until it has ended");
}

std::string agree_on_shared_folder(postgres::Connection& connection, const std::string& name) {
  connection.run({"INSERT INTO setting(name, value) VALUES($1, $2) ON CONFLICT(name) DO NOTHING",
                  {shared_folder_setting, std::string_view(name)}});
  return std::string(connection.run({"SELECT value FROM setting WHERE name = $1", {shared_folder_setting}}).text(0, 0));
}

}  // namespace caravan::journal_tables
