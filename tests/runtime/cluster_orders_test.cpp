#include <doctest/doctest.h>

#include "runtime/cluster/orders.hpp"
#include "runtime/cluster/ownership.hpp"
#include "storage/cluster/memory_cluster_store.hpp"

namespace cluster_orders_test {

using namespace caravan;
using namespace caravan::cluster;

namespace {

constexpr std::uint32_t shard_count = 12;

/// Nodes a, b, … that are active and own the shards in turn.
struct Cluster {
  explicit Cluster(std::size_t nodes, std::size_t owners) {
    for (std::size_t i = 0; i < nodes; ++i) put(std::string(1, static_cast<char>('a' + i)), MemberStatus::active);
    for (std::uint32_t shard = 0; shard < shard_count; ++shard)
      journal.claim_shard(shard, 0, to_text(store.read().members[shard % owners].id));
  }

  void put(const std::string& node, MemberStatus status) {
    const ClusterSnapshot rows = store.read();
    MemberRow row;
    row.id = {node, rows.version + 1};
    row.status = status;
    REQUIRE(store.put_member(row, rows.version));
  }

  std::string refusal(const std::function<void()>& order) {
    try {
      order();
    } catch (const OrderRefused& refused) {
      return refused.what();
    }
    return "taken";
  }

  /// The shards that the first node begins to move now.
  std::vector<std::uint32_t> begun() {
    Ownership ownership({}, Millis(1'600), Millis(3'000));
    Actions actions;
    const ClusterSnapshot rows = store.read();
    ownership.observe(rows, rows.members[0].id, Moment(Millis(10'000)), actions);
    ownership.act(rows, rows.members[0].id, {}, Moment(Millis(10'000)), actions);
    std::vector<std::uint32_t> shards;
    for (const Action& action : actions)
      if (const auto* move = std::get_if<PutMove>(&action)) shards.push_back(move->was.shard);
    return shards;
  }

  std::shared_ptr<MemoryFile> file = std::make_shared<MemoryFile>(shard_count);
  MemoryJournal journal{file};
  MemoryClusterStore store{file};
};

}  // namespace

TEST_CASE("cluster orders: a drained node is leaving; the last one cannot be drained") {
  Cluster cluster(2, 2);
  order_drain(cluster.store, "b");
  CHECK(cluster.store.read().members[1].status == MemberStatus::leaving);
  order_drain(cluster.store, "b");  // again: nothing more
  CHECK(cluster.refusal([&] { order_drain(cluster.store, "a"); }).starts_with("no other node is active"));
  CHECK(cluster.refusal([&] { order_drain(cluster.store, "z"); }) == "no living node is called z: there is a, b");
}

TEST_CASE("cluster orders: a shard is moved from a living owner to an active node, once") {
  Cluster cluster(3, 2);
  const ShardRow ordered = order_move(cluster.store, 0, "c");
  const ShardRow moving = cluster.store.read().shards[0];
  CHECK(ordered == moving);
  CHECK(moving.phase == MovePhase::leaving);
  CHECK(moving.target.node == "c");
  order_move(cluster.store, 0, "c");  // again: nothing more
  order_move(cluster.store, 1, "b");  // it is there
  CHECK(cluster.store.read().shards[1].phase == MovePhase::steady);
  CHECK(cluster.refusal([&] { order_move(cluster.store, 0, "b"); }).starts_with("shard 0 is on its way to c"));
  CHECK(cluster.refusal([&] { order_move(cluster.store, 12, "b"); }) == "there is no shard 12: they go from 0 to 11");
  cluster.put("c", MemberStatus::joining);
  CHECK(cluster.refusal([&] { order_move(cluster.store, 2, "c"); }).starts_with("node c is joining"));
  cluster.put("b", MemberStatus::active);  // another life, which has not claimed what the former one owned
  CHECK(cluster.refusal([&] { order_move(cluster.store, 1, "a"); }).starts_with("shard 1 has no living owner"));
}

TEST_CASE("cluster orders: a pause keeps shards from moving to even loads out, but not off a node that drains") {
  Cluster cluster(3, 2);
  CHECK_FALSE(cluster.begun().empty());
  cluster.store.put_paused(true);
  CHECK(cluster.begun().empty());
  order_drain(cluster.store, "b");
  for (const std::uint32_t shard : cluster.begun()) CHECK(shard % 2 == 1);
  CHECK_FALSE(cluster.begun().empty());
}

TEST_CASE("cluster orders: what evens loads out is told before, and begins where nothing changed meanwhile") {
  Cluster cluster(3, 2);
  const ClusterSnapshot rows = cluster.store.read();
  const auto moves = moves_to_even(rows);
  CHECK(moves.size() == 4);
  order_move(cluster.store, moves[0].shard, "c");
  CHECK(order_moves(cluster.store, rows, moves) == 3);
  // One busy shard weighs as much as the others together: it stays alone.
  std::vector<ShardLoad> loads(shard_count);
  loads[0].rate = 10'000;
  CHECK(weights_of(loads)[0] > 6);
  CHECK(weights_of(std::vector<ShardLoad>(shard_count)).empty());
}

TEST_CASE("cluster orders: after a reset nobody of before owns or may write anything") {
  Cluster cluster(3, 2);
  MemoryJournal former(cluster.file);
  REQUIRE(former.claim_shard(0, 1, to_text(cluster.store.read().members[0].id)));
  const std::string before = history_name(cluster.journal);
  CHECK(order_reset(cluster.store, cluster.journal) == 3);
  CHECK(history_name(cluster.journal) != before);
  const ClusterSnapshot rows = cluster.store.read();
  for (const ShardRow& row : rows.shards) CHECK(row.owner == MemberId{});
  CHECK(rows.shards[0].epoch == 3);
  CHECK(rows.shards[1].epoch == 2);
  for (const MemberRow& row : rows.members) CHECK(row.status == MemberStatus::dead);
  CHECK(former.commit({{.shard = 0, .epoch = 2, .entity = {EntityKind::trip, {}}, .sequence = 1}})[0].status ==
        CommitStatus::fenced);
  CHECK(order_reset(cluster.store, cluster.journal) == 0);
}

TEST_CASE("cluster balance: work that goes to and fro about any bound sends no shards to and fro") {
  Cluster cluster(2, 2);
  const auto loads_of = [](std::uint64_t rate) {  // four fifths of it in the shards of one node
    std::vector<ShardLoad> loads(shard_count);
    for (std::uint32_t shard = 0; shard < shard_count; ++shard) loads[shard].rate = shard % 2 == 0 ? 4 * rate : rate;
    return loads;
  };
  const auto weight_of = [&](std::uint64_t rate) { return weights_of(loads_of(rate)).at(0); };
  for (std::uint64_t rate = 1; rate < 40; ++rate) {  // 30 items a second in all are 1, 1,200 are 40
    CHECK(weight_of(rate) >= 1);
    CHECK(weight_of(rate + 1) - weight_of(rate) < 0.1);
  }
  CHECK(weight_of(1) > 1);
  CHECK(weight_of(20) == doctest::Approx(0.5 + 0.5 * 1.6));
  // Balanced at some rate, nothing moves where the rate is half as much again or less by a third.
  std::vector<ShardLoad> loads = loads_of(3);  // 90 a second
  for (int round = 0; round < 20; ++round) {
    const ClusterSnapshot rows = cluster.store.read();
    const auto moves = plan_moves(rows, weights_of(loads), {});
    if (moves.empty()) break;
    for (const Relocation& move : moves)
      REQUIRE(cluster.journal.claim_shard(move.shard, rows.shards[move.shard].epoch, to_text(move.to)));
  }
  for (std::uint64_t rate = 2; rate <= 5; ++rate)
    CHECK_MESSAGE(plan_moves(cluster.store.read(), weights_of(loads_of(rate)), {}).empty(), rate);
}

}  // namespace cluster_orders_test
