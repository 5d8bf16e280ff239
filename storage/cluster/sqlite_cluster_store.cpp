#include "storage/cluster/sqlite_cluster_store.hpp"

#include <mutex>

#include "storage/journal/sqlite_format.hpp"

namespace caravan {

namespace {

// `alive` is written by the member alone: whoever writes the row for another reason has read an older one.
constexpr std::string_view put_row =
    "INSERT INTO member(node, incarnation, status, link_address, http_address, version, wire_from, wire_to, started,"
    " alive, votes) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT(node) DO UPDATE SET incarnation = excluded.incarnation, status = excluded.status,"
    " link_address = excluded.link_address, http_address = excluded.http_address, version = excluded.version,"
    " wire_from = excluded.wire_from, wire_to = excluded.wire_to, started = excluded.started,"
    " alive = CASE WHEN member.incarnation = excluded.incarnation THEN member.alive ELSE excluded.alive END,"
    " votes = excluded.votes";

class SqliteClusterStore final : public ClusterStore {
 public:
  SqliteClusterStore(const std::string& path, const std::string& vfs) : database_(path, sqlite::Access::write, vfs) {
    journal_file::check_version(database_);
    journal_file::configure(database_, 1);
    // The journal's owner moves pages from the log into the file, so that it sees when that fails.
    database_.run("PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0;");
    sqlite3_db_config(database_.handle(), SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  }

  ClusterSnapshot read() override {
    std::lock_guard lock(mutex_);
    sqlite::Transaction one_moment(database_, "BEGIN");
    ClusterSnapshot snapshot;
    snapshot.version = static_cast<std::uint64_t>(database_.integer("SELECT version FROM membership"));
    members(snapshot.members);
    shards(snapshot.shards);
    settings(snapshot);
    one_moment.commit();
    return snapshot;
  }

  bool put_member(const MemberRow& row, std::uint64_t expected) override {
    std::lock_guard lock(mutex_);
    sqlite::Transaction transaction(database_);
    if (!is_next(expected)) return false;
    database_.query(put_row)
        .bind(row.id.node, row.id.incarnation, row.status, row.link_address, row.http_address, row.version,
              row.wire_from, row.wire_to, row.started, row.alive, votes_to_text(row.votes))
        .run();
    transaction.commit();
    return true;
  }

  bool forget_member(const std::string& node, std::uint64_t expected) override {
    std::lock_guard lock(mutex_);
    sqlite::Transaction transaction(database_);
    if (!is_next(expected)) return false;
    database_.query("DELETE FROM member WHERE node = ?").bind(node).run();
    transaction.commit();
    return true;
  }

  bool touch(const MemberId& member, Time alive) override {
    std::lock_guard lock(mutex_);
    database_.query("UPDATE member SET alive = ? WHERE node = ? AND incarnation = ? AND status <> ?")
        .bind(alive, member.node, member.incarnation, MemberStatus::dead)
        .run();
    return database_.changes() == 1;
  }

  bool put_move(const ShardRow& was, MovePhase phase, const MemberId& target) override {
    std::lock_guard lock(mutex_);
    database_.query("UPDATE shard SET phase = ?, target = ? WHERE id = ? AND epoch = ? AND phase = ? AND target = ?")
        .bind(phase, to_text(target), was.shard, was.epoch, was.phase, to_text(was.target))
        .run();
    return database_.changes() == 1;
  }

 private:
  bool is_next(std::uint64_t expected) {
    database_.query("UPDATE membership SET version = version + 1 WHERE version = ?").bind(expected).run();
    return database_.changes() == 1;
  }

  void members(std::vector<MemberRow>& out) {
    sqlite::Query query = database_.query(
        "SELECT node, incarnation, status, link_address, http_address, version, wire_from, wire_to, started, alive,"
        " votes FROM member ORDER BY node");
    while (query.step()) {
      MemberRow row;
      row.id = {query.text(0), query.natural(1)};
      row.status = static_cast<MemberStatus>(query.integer(2));
      row.link_address = query.text(3);
      row.http_address = query.text(4);
      row.version = query.text(5);
      row.wire_from = static_cast<std::uint32_t>(query.integer(6));
      row.wire_to = static_cast<std::uint32_t>(query.integer(7));
      row.started = query.time(8);
      row.alive = query.time(9);
      row.votes = parse_votes(query.view(10));
      out.push_back(std::move(row));
    }
  }

  void shards(std::vector<ShardRow>& out) {
    sqlite::Query query = database_.query("SELECT id, epoch, owner, phase, target FROM shard ORDER BY id");
    while (query.step())
      out.push_back({static_cast<std::uint32_t>(query.integer(0)), query.natural(1), parse_member(query.view(2)),
                     static_cast<MovePhase>(query.integer(3)), parse_member(query.view(4))});
  }

  void settings(ClusterSnapshot& snapshot) {
    sqlite::Query query = database_.query("SELECT name, value FROM setting WHERE name IN (?, ?, ?)");
    query.bind(paused_setting, loads_setting, alone_setting);
    while (query.step()) take_setting(query.view(0), query.view(1), snapshot);
  }

  void put_setting(std::string_view name, const std::string& value) override {
    std::lock_guard lock(mutex_);
    database_.query("INSERT INTO setting(name, value) VALUES(?, ?) ON CONFLICT DO UPDATE SET value = excluded.value")
        .bind(name, value)
        .run();
  }

  std::mutex mutex_;
  sqlite::Connection database_;
};

}  // namespace

std::unique_ptr<ClusterStore> open_sqlite_cluster_store(const std::string& data_dir, const std::string& vfs) {
  return std::make_unique<SqliteClusterStore>(
      journal_file::existing_path(data_dir, "name the data folder with --data, or the database with --journal"), vfs);
}

}  // namespace caravan
