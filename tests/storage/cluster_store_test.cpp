// What every cluster store keeps to. A new one is a row of `store_kinds`.
#include <functional>

#include "storage/cluster/memory_cluster_store.hpp"
#include "storage/cluster/postgres_cluster_store.hpp"
#include "storage/cluster/sqlite_cluster_store.hpp"
#include "storage/journal/postgres_journal.hpp"
#include "storage/journal/sqlite_journal.hpp"
#include "storage/journal/tools.hpp"
#include "tests/storage/temporary_folder.hpp"
#include "tests/testkit/entity.hpp"
#include "tests/testkit/postgres_server.hpp"

namespace cluster_store_test {

using namespace caravan;
using namespace caravan::testkit;

namespace {

/// Two nodes' ways to the same store: each has a journal and a cluster store.
struct TwoNodes {
  std::unique_ptr<Journal> journal_a, journal_b;
  std::unique_ptr<ClusterStore> a, b;
};

struct StoreKind {
  const char* name;
  TwoNodes (*open)(const std::string& folder);
};

TwoNodes twice(const std::function<std::unique_ptr<Journal>()>& open_journal,
               const std::function<std::unique_ptr<ClusterStore>()>& open_store) {
  TwoNodes two;
  two.journal_a = open_journal();
  two.journal_b = open_journal();
  two.a = open_store();
  two.b = open_store();
  return two;
}

const StoreKind store_kinds[] = {
    {"sqlite",
     [](const std::string& folder) {
       return twice([&] { return open_sqlite_journal(folder, {.shards = 3}); },
                    [&] { return open_sqlite_cluster_store(folder); });
     }},
    {"memory",
     [](const std::string&) {
       const auto file = std::make_shared<MemoryFile>(3);
       return twice([&] { return std::make_unique<MemoryJournal>(file); },
                    [&] { return std::make_unique<MemoryClusterStore>(file); });
     }},
    {"postgresql",
     [](const std::string&) {
       static int count = 0;
       const std::string url = PostgresServer::shared().url("cluster" + std::to_string(++count));
       return twice([&] { return open_postgres_journal(url, {.shards = 3}); },
                    [&] { return open_postgres_cluster_store(url); });
     }},
};

MemberRow member_row(std::string node, std::uint64_t incarnation) {
  MemberRow row;
  row.id = {std::move(node), incarnation};
  row.link_address = "10.0.0.1:7000";
  row.http_address = "10.0.0.1:8080";
  row.version = "0.1.0";
  row.wire_from = 2;
  row.wire_to = 3;
  row.started = test_start;
  row.alive = test_start;
  return row;
}

void for_each_store(const std::function<void(TwoNodes&)>& body) {
  for (const StoreKind& kind : store_kinds) {
    CAPTURE(kind.name);
    TemporaryFolder folder;
    TwoNodes two = kind.open(folder.path);
    body(two);
  }
}

}  // namespace

TEST_CASE("cluster store: a member's row is written where nobody wrote one meanwhile") {
  for_each_store([](TwoNodes& two) {
    CHECK(two.a->read().version == 0);
    CHECK(two.a->read().members.empty());
    MemberRow row = member_row("b", 1);
    REQUIRE(two.a->put_member(row, 0));
    CHECK_FALSE(two.b->put_member(member_row("a", 1), 0));
    CHECK_FALSE(two.b->put_member(member_row("a", 1), 2));
    row.status = MemberStatus::leaving;
    row.votes = {{{"a", 2}, test_start}, {{"c-1/x", 9}, test_start + std::chrono::seconds(1)}};
    REQUIRE(two.b->put_member(row, 1));
    REQUIRE(two.b->put_member(member_row("a", 2), 2));
    const ClusterSnapshot snapshot = two.a->read();
    CHECK(snapshot.version == 3);
    REQUIRE(snapshot.members.size() == 2);
    CHECK(snapshot.members[0].id == MemberId{"a", 2});
    const MemberRow& stored = snapshot.members[1];
    CHECK(stored.id == row.id);
    CHECK(stored.status == row.status);
    CHECK(stored.link_address == row.link_address);
    CHECK(stored.http_address == row.http_address);
    CHECK(stored.version == row.version);
    CHECK(stored.wire_from == 2);
    CHECK(stored.wire_to == 3);
    CHECK(stored.started == test_start);
    CHECK(stored.votes == row.votes);
    CHECK_FALSE(two.a->forget_member("b", 2));
    REQUIRE(two.a->forget_member("b", 3));
    CHECK(two.b->read().members.size() == 1);
    CHECK(two.b->read().version == 4);
  });
}

TEST_CASE("cluster store: only a living member gives signs of life, and nobody else writes over them") {
  for_each_store([](TwoNodes& two) {
    const Time later = test_start + std::chrono::seconds(5);
    CHECK_FALSE(two.a->touch({"a", 1}, later));
    MemberRow row = member_row("a", 1);
    REQUIRE(two.a->put_member(row, 0));
    CHECK(two.a->touch({"a", 1}, later));
    CHECK_FALSE(two.a->touch({"a", 2}, later));
    CHECK(two.b->read().members[0].alive == later);
    CHECK(two.b->read().version == 1);
    row.status = MemberStatus::active;
    REQUIRE(two.b->put_member(row, 1));
    CHECK(two.b->read().members[0].alive == later);
    row.status = MemberStatus::dead;
    REQUIRE(two.b->put_member(row, 2));
    CHECK_FALSE(two.a->touch({"a", 1}, later));
    REQUIRE(two.a->put_member(member_row("a", 4), 3));  // a new life
    CHECK(two.b->read().members[0].alive == test_start);
  });
}

TEST_CASE("cluster store: an operator's pause and the shards' loads are seen by all, and change no version") {
  for_each_store([](TwoNodes& two) {
    CHECK_FALSE(two.a->read().is_paused);
    CHECK(two.a->read().loads.empty());
    two.a->put_paused(true);
    CHECK(two.b->read().is_paused);
    two.b->put_paused(false);
    CHECK_FALSE(two.a->read().is_paused);
    CHECK(two.a->read().alone.empty());
    two.a->put_alone("x 17");
    CHECK(two.b->read().alone == "x 17");
    const std::vector<ShardLoad> loads{{0, 0}, {1'200, 7}, {3, 45'000}};
    two.a->put_loads({{9, 9}});
    two.b->put_loads(loads);
    CHECK(two.a->read().loads == loads);
    CHECK(two.a->read().version == 0);
  });
}

TEST_CASE("cluster store: a move goes on where the row is as it was seen, and a claim ends it") {
  for_each_store([](TwoNodes& two) {
    REQUIRE(two.journal_a->claim_shard(1, 0, "a/1"));
    const ShardRow steady = two.b->read().shards.at(1);
    CHECK(steady == ShardRow{1, 1, {"a", 1}, MovePhase::steady, {}});
    REQUIRE(two.a->put_move(steady, MovePhase::leaving, {"b", 2}));
    CHECK_FALSE(two.b->put_move(steady, MovePhase::leaving, {"c", 3}));
    const ShardRow leaving = two.b->read().shards.at(1);
    CHECK(leaving == ShardRow{1, 1, {"a", 1}, MovePhase::leaving, {"b", 2}});
    REQUIRE(two.b->put_move(leaving, MovePhase::released, {"b", 2}));
    REQUIRE(two.journal_b->claim_shard(1, 1, "b/2"));
    CHECK(two.a->read().shards.at(1) == ShardRow{1, 2, {"b", 2}, MovePhase::steady, {}});
    CHECK_FALSE(two.a->put_move(leaving, MovePhase::steady, {}));
    CHECK_FALSE(two.journal_a->claim_shard(1, 1, "a/1"));
    two.journal_a->claim_all_shards("single");
    CHECK(two.b->read().shards.at(1).owner == MemberId{"single", 0});
    CHECK(two.b->read().shards.at(0).epoch == 1);
    CHECK_FALSE(two.a->put_move(ShardRow{99, 0, {}, MovePhase::steady, {}}, MovePhase::leaving, {"a", 1}));
  });
}

TEST_CASE("cluster store: members and votes as text") {
  CHECK(to_text(MemberId{"a", 17}) == "a/17");
  CHECK(to_text(MemberId{}) == "");
  CHECK(parse_member("") == MemberId{});
  CHECK(parse_member("x/y/3") == MemberId{"x/y", 3});
  CHECK(parse_votes("").empty());
  CHECK(parse_votes("garbage").empty());
}

TEST_CASE("cluster store: a restored backup knows no members") {
  TemporaryFolder folder;
  {
    auto journal = open_sqlite_journal(folder.path + "/from", {.shards = 2});
    auto store = open_sqlite_cluster_store(folder.path + "/from");
    REQUIRE(store->put_member(member_row("a", 1), 0));
    REQUIRE(journal->claim_shard(0, 0, "a/1"));
    REQUIRE(store->put_move(store->read().shards[0], MovePhase::leaving, {"b", 1}));
    tools::restore(folder.path + "/from", folder.path + "/to");
  }
  const ClusterSnapshot snapshot = open_sqlite_cluster_store(folder.path + "/to")->read();
  CHECK(snapshot.members.empty());
  CHECK(snapshot.version == 2);
  CHECK(snapshot.shards[0] == ShardRow{0, 2, {}, MovePhase::steady, {}});
}

TEST_CASE("cluster store: a journal of format 1 in PostgreSQL gets members, and keeps its shards") {
  PostgresServer& server = PostgresServer::shared();
  const std::string url = server.url("cluster_upgrade");
  open_postgres_journal(url, {.shards = 2})->claim_all_shards("old");
  for (const char* undo :
       {"DROP TABLE cluster_upgrade.member", "DROP TABLE cluster_upgrade.membership",
        "ALTER TABLE cluster_upgrade.shard DROP COLUMN phase", "ALTER TABLE cluster_upgrade.shard DROP COLUMN target",
        "UPDATE cluster_upgrade.caravan SET format = 1"})
    server.ask(undo);
  const auto store = open_postgres_cluster_store(url);
  const ClusterSnapshot snapshot = store->read();
  CHECK(snapshot.version == 0);
  REQUIRE(snapshot.shards.size() == 2);
  CHECK(snapshot.shards[0] == ShardRow{0, 1, parse_member("old"), MovePhase::steady, {}});
  CHECK(store->put_member(member_row("a", 1), 0));
}

}  // namespace cluster_store_test
