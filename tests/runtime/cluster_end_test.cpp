#include <doctest/doctest.h>

#include <future>
#include <semaphore>
#include <thread>

#include "actors/wallet/entity.hpp"
#include "runtime/cluster/driver.hpp"
#include "storage/cluster/memory_cluster_store.hpp"
#include "tests/testkit/simulated_node.hpp"

using namespace caravan;

namespace {

/// Takes what is sent, and has one peer whose words the test says.
class SilentLinks : public Links {
 public:
  void set_peers(const std::vector<LinkPeer>&) override {}
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

}  // namespace

TEST_CASE("runtime: a node that ends while a peer waits for an answer ends without a fault") {
  MemoryJournal journal(4);
  MemoryClusterStore store(journal.file());
  LinkEvents events;
  SilentLinks* links = nullptr;
  cluster::Moment now{std::chrono::hours(1)};
  NodeOptions options;
  cluster::ClusterOptions& cluster = options.cluster.emplace();
  cluster.store = &store;
  cluster.self.node = "a";
  cluster.clock = [&] { return now; };
  cluster.make_links = [&](const LinkOptions&, LinkEvents told) {
    events = std::move(told);
    auto made = std::make_unique<SilentLinks>();
    links = made.get();
    return made;
  };
  auto node = std::make_unique<testkit::SimulatedNode>(journal, 1, options);
  node->node().start();
  for (int turn = 0; turn < 200; ++turn) {
    now += std::chrono::milliseconds(100);
    node->cluster()->step();
    while (node->cluster()->store_step(false)) continue;
  }
  REQUIRE(node->node().cluster_state()->claims == 4);
  Work work;
  work.kind = Work::Kind::query;
  work.query = AnyRecord(ViewWallet{});
  links->receive([&] {
    events.message("b", wire::encode(wire::errand(1, {EntityKind::wallet, Uuid{}}, work, {}, {})));
  });
  CHECK(node->node().stats().received_from_peers == 1);
  node.reset();
}
