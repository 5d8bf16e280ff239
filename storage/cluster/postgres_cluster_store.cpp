#include "storage/cluster/postgres_cluster_store.hpp"

#include <mutex>
#include <type_traits>

#include "storage/journal/postgres_format.hpp"
#include "storage/postgres/session.hpp"

namespace caravan {

namespace {

using postgres::Connection;
using postgres::Result;

constexpr int attempts = 5;  // where other transactions are in the way

// `alive` is written by the member alone: whoever writes the row for another reason has read an older one.
constexpr std::string_view upsert_member =
    "INSERT INTO member(node, incarnation, status, link_address, http_address, version, wire_from, wire_to, started,"
    " alive, votes) VALUES($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)"
    " ON CONFLICT(node) DO UPDATE SET incarnation = excluded.incarnation, status = excluded.status,"
    " link_address = excluded.link_address, http_address = excluded.http_address, version = excluded.version,"
    " wire_from = excluded.wire_from, wire_to = excluded.wire_to, started = excluded.started,"
    " alive = CASE WHEN member.incarnation = excluded.incarnation THEN member.alive ELSE excluded.alive END,"
    " votes = excluded.votes";

Time time_of(const Result& rows, int row, int column) { return from_millis(rows.integer(row, column)); }

template <class Enum>
std::int64_t number_of(Enum value) {
  return static_cast<std::int64_t>(value);
}

bool has_changed(const Result& result) { return result.tag() == "UPDATE 1"; }

MemberRow member_in(const Result& rows, int row) {
  MemberRow member;
  member.id = {std::string(rows.text(row, 0)), rows.natural(row, 1)};
  member.status = static_cast<MemberStatus>(rows.integer(row, 2));
  member.link_address = rows.text(row, 3);
  member.http_address = rows.text(row, 4);
  member.version = rows.text(row, 5);
  member.wire_from = static_cast<std::uint32_t>(rows.integer(row, 6));
  member.wire_to = static_cast<std::uint32_t>(rows.integer(row, 7));
  member.started = time_of(rows, row, 8);
  member.alive = time_of(rows, row, 9);
  member.votes = parse_votes(rows.text(row, 10));
  return member;
}

class PostgresClusterStore final : public ClusterStore {
 public:
  // Without patience a session tries nothing again by itself: a change whose answer was lost may have landed.
  explicit PostgresClusterStore(const std::string& url) : session_(url, std::chrono::milliseconds(0)) {
    session_.run([](Connection& connection) { journal_tables::prepare(connection, 0); });
  }

  ClusterSnapshot read() override {
    return run([](Connection& connection) {
      const auto answers = connection.run(
          {{"BEGIN ISOLATION LEVEL REPEATABLE READ"},
           {"SELECT version FROM membership WHERE id = 1"},
           {"SELECT node, incarnation, status, link_address, http_address, version, wire_from, wire_to, started, alive,"
            " votes FROM member ORDER BY node COLLATE \"C\""},
           {"SELECT id, epoch, owner, phase, target FROM shard ORDER BY id"},
           {"SELECT name, value FROM setting WHERE name IN ($1, $2, $3)",
            {paused_setting, loads_setting, alone_setting}},
           {"COMMIT"}});
      ClusterSnapshot snapshot;
      snapshot.version = answers[1].natural(0, 0);
      for (int row = 0; row < answers[2].rows(); ++row) snapshot.members.push_back(member_in(answers[2], row));
      const Result& shards = answers[3];
      for (int row = 0; row < shards.rows(); ++row)
        snapshot.shards.push_back({static_cast<std::uint32_t>(shards.integer(row, 0)), shards.natural(row, 1),
                                   parse_member(shards.text(row, 2)), static_cast<MovePhase>(shards.integer(row, 3)),
                                   parse_member(shards.text(row, 4))});
      const Result& settings = answers[4];
      for (int row = 0; row < settings.rows(); ++row)
        take_setting(settings.text(row, 0), settings.text(row, 1), snapshot);
      return snapshot;
    });
  }

  bool put_member(const MemberRow& row, std::uint64_t expected) override {
    const std::string votes = votes_to_text(row.votes);
    return change_members(
        expected,
        {upsert_member,
         {std::string_view(row.id.node), row.id.incarnation, number_of(row.status), std::string_view(row.link_address),
          std::string_view(row.http_address), std::string_view(row.version), std::int64_t{row.wire_from},
          std::int64_t{row.wire_to}, to_millis(row.started), to_millis(row.alive), std::string_view(votes)}});
  }

  bool forget_member(const std::string& node, std::uint64_t expected) override {
    return change_members(expected, {"DELETE FROM member WHERE node = $1", {std::string_view(node)}});
  }

  bool touch(const MemberId& member, Time alive) override {
    return run([&](Connection& connection) {
      return has_changed(connection.run(
          {"UPDATE member SET alive = $1 WHERE node = $2 AND incarnation = $3 AND status <> $4",
           {to_millis(alive), std::string_view(member.node), member.incarnation, number_of(MemberStatus::dead)}}));
    });
  }

  bool put_move(const ShardRow& was, MovePhase phase, const MemberId& target) override {
    const std::string to = to_text(target), former = to_text(was.target);
    return run([&](Connection& connection) {
      return has_changed(connection.run(
          {"UPDATE shard SET phase = $1, target = $2 WHERE id = $3 AND epoch = $4 AND phase = $5 AND target = $6",
           {number_of(phase), std::string_view(to), std::int64_t{was.shard}, was.epoch, number_of(was.phase),
            std::string_view(former)}}));
    });
  }

 private:
  void put_setting(std::string_view name, const std::string& value) override {
    run([&](Connection& connection) {
      connection.run(
          {"INSERT INTO setting(name, value) VALUES($1, $2)"
           " ON CONFLICT(name) DO UPDATE SET value = excluded.value",
           {name, std::string_view(value)}});
    });
  }

  template <class Work>
  std::invoke_result_t<Work, Connection&> run(Work work) {
    const std::lock_guard lock(mutex_);
    for (int attempt = 1;; ++attempt) {
      try {
        return session_.run(work);
      } catch (const postgres::Refused& refused) {
        if (!refused.passes() || attempt == attempts) throw;
      }
    }
  }

  /// Runs the statement if the members' version is the expected one, and raises that by one.
  bool change_members(std::uint64_t expected, const postgres::Statement& change) {
    return run([&](Connection& connection) {
      const auto answers = connection.run(
          {{"BEGIN"}, {"UPDATE membership SET version = version + 1 WHERE id = 1 AND version = $1", {expected}}});
      const bool is_next = has_changed(answers[1]);
      if (is_next)
        connection.run({change, {"COMMIT"}});
      else
        connection.run({"ROLLBACK"});
      return is_next;
    });
  }

  std::mutex mutex_;
  postgres::Session session_;
};

}  // namespace

std::unique_ptr<ClusterStore> open_postgres_cluster_store(const std::string& url) {
  return std::make_unique<PostgresClusterStore>(url);
}

}  // namespace caravan
