#include "config/commands/cluster_tables.hpp"

#include <doctest/doctest.h>

namespace cluster_tables_test {

using namespace caravan;

namespace {

const Time now = from_millis(1'900'000'000'000);

ClusterSnapshot two_nodes() {
  ClusterSnapshot rows;
  for (const char* name : {"node-a", "b"}) {
    MemberRow row;
    row.id = {name, rows.members.size() + 1};
    row.status = MemberStatus::active;
    row.http_address = std::string(name) + ":8080";
    row.link_address = std::string(name) + ":7000";
    row.version = "0.1.0";
    row.started = now - std::chrono::hours(3);
    row.alive = now - std::chrono::seconds(1);
    rows.members.push_back(row);
  }
  for (std::uint32_t shard = 0; shard < 4; ++shard)
    rows.shards.push_back({shard, 1, rows.members[shard % 2].id, MovePhase::steady, {}});
  rows.loads = {{10, 1}, {20, 2}, {30, 3}, {40, 4}};
  return rows;
}

}  // namespace

TEST_CASE("cluster tables: nodes with what they carry") {
  CHECK(cluster_headline({}) == "a node alone: it was started without --cluster\n");
  ClusterSnapshot rows = two_nodes();
  CHECK(cluster_headline(rows) == "whole: nodes: 2 active; 4 shards; balancing is on\n");
  const std::string table = nodes_table(rows, now, false);
  CHECK(table.find("node-a  active        2       40        4  ##########..........      3 h     1 s  0.1.0     1-1   "
                   "node-a:8080, node-a:7000\n") != std::string::npos);
  CHECK(table.find("b       active        2       60        6  ") != std::string::npos);
}

TEST_CASE("cluster tables: what is wrong or on its way shows") {
  ClusterSnapshot rows = two_nodes();
  rows.members[0].votes = {{rows.members[1].id, now}};
  rows.shards[0].phase = MovePhase::leaving;
  rows.shards[0].target = rows.members[1].id;
  rows.is_paused = true;
  CHECK(cluster_headline(rows) == "whole: nodes: 2 active; 4 shards, 1 moving; balancing is paused\n");
  CHECK(nodes_table(rows, now, false).find("suspected by b") != std::string::npos);
  CHECK(shards_table(rows).find("    0        1       10        1  node-a -> b (leaving)\n") != std::string::npos);
  const ClusterSnapshot before = rows;
  rows.members[0].status = MemberStatus::dead;
  rows.shards[0] = {0, 2, rows.members[1].id, MovePhase::steady, {}};
  rows.shards[2].phase = MovePhase::leaving;  // its owner died over it
  rows.is_paused = false;
  CHECK(cluster_headline(rows) == "NOT WHOLE: nodes: 1 active; 4 shards, 1 without a living owner; balancing is on\n");
  rows.shards[2].phase = MovePhase::steady;
  CHECK(nodes_table(rows, now, false).find("node-a") == std::string::npos);
  CHECK(nodes_table(rows, now, true).find("node-a  dead") != std::string::npos);
  CHECK(shards_table(rows).find("    2        1       30        3  (no living owner)\n") != std::string::npos);
  CHECK(changes_between(before, rows) ==
        std::vector<std::string>{"node node-a is dead", "shard 0: node-a/1 -> b/2", "balancing goes on"});
  const ClusterSnapshot dead = rows;
  rows.members[0].votes.clear();
  CHECK(nodes_table(rows, now, true).find("node-a  left") != std::string::npos);
  rows.members[0].id.incarnation = 9;
  CHECK(changes_between(dead, rows) == std::vector<std::string>{"node node-a has left"});
}

TEST_CASE("cluster tables: who died at once shows no life, whose clock is another does") {
  using namespace std::chrono_literals;
  ClusterSnapshot rows = two_nodes();
  const std::chrono::steady_clock::time_point start{};
  SignsOfLife signs;
  rows.members[0].alive = rows.members[1].alive = now - 1s;
  CHECK(signs.show(rows, now, start));
  CHECK_FALSE(signs.show(rows, now + 5s, start + 5s));
  rows.members[1].alive = now + 5s;  // one is there again
  CHECK(signs.show(rows, now + 6s, start + 6s));
  rows.members[1].status = MemberStatus::dead;
  CHECK_FALSE(signs.show(rows, now + 60s, start + 60s));

  SignsOfLife skewed;
  rows = two_nodes();
  for (int second = 0; second < 10; ++second) {
    rows.members[0].alive = now - 1h + std::chrono::seconds(second);
    rows.members[1].alive = now - 2h;
    CHECK(skewed.show(rows, now + std::chrono::seconds(second), start + std::chrono::seconds(second)) == (second > 0));
  }
  CHECK_FALSE(skewed.show(rows, now + 15s, start + 15s));
}

}  // namespace cluster_tables_test
