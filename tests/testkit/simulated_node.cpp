#include "tests/testkit/simulated_node.hpp"

#include <algorithm>
#include <caf/scheduler/test_coordinator.hpp>
#include <stdexcept>

#include "runtime/runtime.hpp"

namespace caravan::testkit {

namespace {

constexpr int settle_limit = 1'000'000;  // rounds; a node that never rests is a fault

}  // namespace

struct SimulatedNode::Parts {
  struct Config : caf::actor_system_config {
    Config() {
      set("scheduler.policy", caf::atom("testing"));
      set("logger.verbosity", caf::atom("quiet"));
    }
  };

  struct FallibleRandom : SeededRandom {
    FallibleRandom(std::uint64_t seed, const std::function<bool()>& fails_when)
        : SeededRandom(seed), fails(fails_when) {}
    void fill(std::span<std::uint8_t> out) override {
      if (fails && fails()) throw std::runtime_error("simulated: no chance is left");
      SeededRandom::fill(out);
    }
    const std::function<bool()>& fails;
  };

  Parts(Journal& journal, Clock& clock, std::uint64_t seed, NodeOptions options, const std::function<bool()>& fails)
      : random(seed, fails), order(seed), runtime(config, journal, clock, random, std::move(options), false) {}

  caf::scheduler::test_coordinator& scheduler() {
    return dynamic_cast<caf::scheduler::test_coordinator&>(runtime.actor_system().scheduler());
  }

  Config config;
  FallibleRandom random;
  std::mt19937_64 order;
  Runtime runtime;
};

SimulatedNode::SimulatedNode(Journal& journal, std::uint64_t seed, NodeOptions options, Stopwatch stopwatch) {
  if (!stopwatch) stopwatch = [this] { return std::chrono::steady_clock::time_point(clock.now().time_since_epoch()); };
  options.stopwatch = std::move(stopwatch);
  parts_ = std::make_unique<Parts>(journal, clock, seed, std::move(options), chance_fails);
}

SimulatedNode::~SimulatedNode() = default;

Node& SimulatedNode::node() { return parts_->runtime; }
Door& SimulatedNode::door() { return parts_->runtime; }
cluster::Driver* SimulatedNode::cluster() { return parts_->runtime.cluster(); }

std::shared_ptr<Reply> SimulatedNode::begin_ask(Ask ask) {
  auto reply = std::make_shared<Reply>();
  parts_->runtime.ask(std::move(ask), [reply](Reply given) { *reply = std::move(given); });
  return reply;
}

Reply SimulatedNode::ask(Address to, AnyRecord command, Caller caller, std::string idempotency_key,
                         std::string request_hash) {
  auto reply = begin_ask(
      {.to = to,
       .command = std::move(command),
       .origin = {
           .caller = caller, .idempotency_key = std::move(idempotency_key), .request_hash = std::move(request_hash)}});
  settle();
  return *reply;
}

Reply SimulatedNode::query(Address to, AnyRecord query, Caller caller) {
  auto reply = std::make_shared<Reply>();
  parts_->runtime.query(to, std::move(query), caller, [reply](Reply given) { *reply = std::move(given); });
  settle();
  return *reply;
}

std::size_t SimulatedNode::run_actors(std::size_t most) {
  auto& scheduler = parts_->scheduler();
  std::size_t ran = 0;
  for (; scheduler.has_job() && ran < most; ++ran) {
    const std::size_t jobs = scheduler.jobs.size();
    const auto pick = static_cast<std::ptrdiff_t>(order == JobOrder::any      ? parts_->order() % jobs
                                                  : order == JobOrder::newest ? jobs - 1
                                                                              : 0);
    std::rotate(scheduler.jobs.begin(), scheduler.jobs.begin() + pick, scheduler.jobs.begin() + pick + 1);
    scheduler.run_once();
  }
  return ran;
}

bool SimulatedNode::commit() { return parts_->runtime.commit_batch(); }

void SimulatedNode::tick() { parts_->runtime.tick(); }

void SimulatedNode::settle() {
  for (int round = 0; round < settle_limit; ++round) {
    run_actors();
    const bool committed = commit();
    tick();
    if (!committed && !parts_->scheduler().has_job()) return;
  }
  throw std::runtime_error("the node does not come to rest");
}

void SimulatedNode::advance(Duration by) {
  const Time target = clock.now() + by;
  settle();
  for (auto next = node().next_timer(); next && *next <= target; next = node().next_timer()) {
    clock.set(std::max(*next, clock.now()));
    settle();
    if (node().next_timer() == next) break;  // its entity is not there
  }
  clock.set(target);
  settle();
}

}  // namespace caravan::testkit
