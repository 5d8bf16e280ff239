#include <doctest/doctest.h>

#include <future>
#include <semaphore>
#include <thread>

#include "actors/wallet/entity.hpp"
#include "runtime/cluster/driver.hpp"
#include "storage/cluster/memory_cluster_store.hpp"
#include "tests/testkit/simulated_node.hpp"

namespace cluster_driver_test {

using namespace caravan;

namespace {

/// Takes what is sent, and has one peer whose words the test says.
class SilentLinks : public Links {
 public:
  std::vector<LinkPeer> peers;
  void set_peers(const std::vector<LinkPeer>& given) override { peers = given; }
  bool send(const std::string&, std::string) override { return true; }
  std::vector<LinkState> states() const override { return {}; }
  std::string address() const override { return "a:1"; }
  void stop() override {
    stopped_.release();
    if (thread_.joinable()) thread_.join();
  }

  /// Says it on a thread of the links, which ends with them.
  void receive(std::function<void()> message) {
    std::promise<void> done;
    const std::future<void> is_done = done.get_future();
    thread_ = std::thread([this, message = std::move(message), done = std::move(done)]() mutable {
      message();
      done.set_value();
      stopped_.acquire();
    });
    is_done.wait();
  }

 private:
  std::binary_semaphore stopped_{0};
  std::thread thread_;
};

/// A node "a" alone in its cluster, stepped by hand.
struct SteppedNode {
  MemoryJournal journal{4};
  MemoryClusterStore store{journal.file()};
  LinkEvents events;
  SilentLinks* links = nullptr;
  cluster::Moment now{std::chrono::hours(1)};
  std::unique_ptr<testkit::SimulatedNode> node;

  SteppedNode() {
    NodeOptions options;
    cluster::ClusterOptions& cluster = options.cluster.emplace();
    cluster.store = &store;
    cluster.self.node = "a";
    cluster.clock = [this] { return now; };
    cluster.make_links = [this](const LinkOptions&, LinkEvents told) {
      events = std::move(told);
      auto made = std::make_unique<SilentLinks>();
      links = made.get();
      return made;
    };
    node = std::make_unique<testkit::SimulatedNode>(journal, 1, options);
    node->node().start();
  }

  /// Waits for what never comes.
  void await(const std::function<void(const Reply&)>& answered) {
    node->door().await(
        {EntityKind::wallet, Uuid{}}, AnyRecord(ViewWallet{}), Caller{}, [](const Reply&) { return false; },
        std::chrono::hours(1), answered);
  }
  /// As the cluster's store has it.
  std::uint64_t told_load(std::uint32_t shard) {
    const ClusterSnapshot rows = store.read();
    return shard < rows.loads.size() ? rows.loads[shard].rate : 0;
  }
  void step(int turns) {
    for (int turn = 0; turn < turns; ++turn) {
      now += std::chrono::milliseconds(100);
      node->cluster()->step();
      while (node->cluster()->store_step()) continue;
    }
  }
};

}  // namespace

TEST_CASE("runtime: a node that ends while a peer waits for an answer ends without a fault") {
  SteppedNode stepped;
  stepped.step(200);
  auto& node = stepped.node;
  REQUIRE(node->node().cluster_state()->claims == 4);
  Work work;
  work.kind = Work::Kind::query;
  work.query = AnyRecord(ViewWallet{});
  stepped.links->receive([&] {
    stepped.events.message("b", wire::encode(wire::errand(1, {EntityKind::wallet, Uuid{}}, work, {}, {})));
  });
  CHECK(node->node().stats().received_from_peers == 1);
  node.reset();
}

TEST_CASE("runtime: a node that is declared dead answers at once what waits for a shard") {
  SteppedNode stepped;
  int answers = 0;
  Outcome outcome = Outcome::done;
  const auto ask = [&] {
    stepped.node->door().query({EntityKind::wallet, Uuid{}}, AnyRecord(ViewWallet{}), Caller{},
                               [&](const Reply& reply) {
                                 ++answers;
                                 outcome = reply.outcome;
                               });
  };
  stepped.step(2);
  ask();
  REQUIRE(answers == 0);
  const ClusterSnapshot rows = stepped.store.read();
  REQUIRE(rows.members.size() == 1);
  MemberRow dead = rows.members.front();
  dead.status = MemberStatus::dead;
  REQUIRE(stepped.store.put_member(dead, rows.version));
  stepped.step(10);
  CHECK(answers == 1);
  CHECK(outcome == Outcome::unavailable);
  ask();
  CHECK(answers == 2);
}

TEST_CASE("runtime: a shard that comes from a peer is as busy as it was there") {
  SteppedNode stepped;
  stepped.events.message("b", wire::encode(wire::ShardLoads{{0, 99}, {1'000, 1}, {5, 1}}));
  stepped.step(130);  // claims, and tells the store what it measures
  REQUIRE(stepped.node->node().cluster_state()->claims == 4);
  CHECK(stepped.told_load(0) > 100);
  CHECK(stepped.told_load(1) == 0);
}

TEST_CASE("runtime: who is about to wait does not hold up a shard that goes") {
  SteppedNode stepped;
  stepped.step(20);
  REQUIRE(stepped.node->node().cluster_state()->claims == 4);
  Work work;
  work.kind = Work::Kind::await;
  work.query = AnyRecord(ViewWallet{});
  const std::string asked =
      wire::encode(wire::errand(1, {EntityKind::wallet, Uuid{}}, work, 1, std::chrono::milliseconds(60'000)));
  stepped.links->receive([&] { stepped.events.message("b", asked); });  // stays in the mailbox
  MemberRow other;
  other.id = {"b", stepped.store.read().version + 1};
  other.status = MemberStatus::active;
  REQUIRE(stepped.store.put_member(other, other.id.incarnation - 1));
  for (const ShardRow& row : stepped.store.read().shards)
    REQUIRE(stepped.store.put_move(row, MovePhase::leaving, other.id));
  stepped.step(10);
  stepped.node->run_actors();
  stepped.step(10);
  for (const ShardRow& row : stepped.store.read().shards) CHECK(row.phase == MovePhase::released);
  stepped.node.reset();
}

TEST_CASE("runtime: what a request leaves in memory goes with its answer, refused or not") {
  SteppedNode stepped;
  stepped.step(20);
  const auto held = std::make_shared<int>();
  for (int i = 0; i < 70; ++i) stepped.await([held](const Reply&) {});  // an entity has 64 at most
  stepped.node->run_actors();
  CHECK(held.use_count() == 1 + 64);
  stepped.node.reset();
  CHECK(held.use_count() == 1);
}

TEST_CASE("runtime: a process that bears a living node's name links with nobody") {
  SteppedNode stepped;
  for (const char* name : {"a", "b"}) {
    MemberRow row;
    row.id = {name, stepped.store.read().version + 1};
    row.status = MemberStatus::active;
    row.link_address = std::string(name) + ":7000";
    REQUIRE(stepped.store.put_member(row, row.id.incarnation - 1));
  }
  for (int turn = 0; turn < 60; ++turn) {
    stepped.step(1);
    for (const MemberRow& row : stepped.store.read().members) stepped.store.touch(row.id, row.alive + Duration(1));
    REQUIRE(stepped.links->peers.empty());
  }
  CHECK(stepped.node->node().is_broken());
  CHECK(stepped.node->node().why_broken().find("this node cannot join the cluster: another process is node a") == 0);
}

}  // namespace cluster_driver_test
