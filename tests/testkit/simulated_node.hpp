#pragma once

#include <memory>

#include "runtime/clock.hpp"
#include "runtime/node.hpp"
#include "tests/testkit/entity.hpp"

namespace caravan::cluster {
class Driver;
}

namespace caravan::testkit {

/// Which of the actors that have work runs next. `newest` keeps the others waiting for as long as there is newer work.
enum class JobOrder : std::uint8_t { any, oldest, newest };

/// A whole node in one thread: real entity actors under CAF's test scheduler, a clock that stands still, and a journal
/// of the test's. The order in which actors run follows the seed, and replays exactly.
class SimulatedNode {
 public:
  /// Without a stopwatch of the test's, it shows what the clock shows.
  explicit SimulatedNode(Journal& journal, std::uint64_t seed = 1, NodeOptions options = {}, Stopwatch stopwatch = {});
  ~SimulatedNode();
  SimulatedNode(const SimulatedNode&) = delete;
  SimulatedNode& operator=(const SimulatedNode&) = delete;

  ManualClock clock{test_start};
  JobOrder order = JobOrder::any;
  /// True: whatever asks for chance now throws, as a fault of ours would.
  std::function<bool()> chance_fails;
  Node& node();
  Door& door();
  /// Of many nodes: moves its membership. Null for a node alone.
  cluster::Driver* cluster();

  /// Sends a command and runs the node until nothing is left to do. `outcome` is unknown where no answer came.
  Reply ask(Address to, AnyRecord command, Caller caller = {}, std::string idempotency_key = {},
            std::string request_hash = {});
  Reply query(Address to, AnyRecord query, Caller caller = {});
  /// The same without running: what has been answered stands in `reply` when the node has run.
  std::shared_ptr<Reply> begin_ask(Ask ask);

  /// Runs at most that many of the actors' jobs, without a commit; what they decided is not durable. How many it ran.
  std::size_t run_actors(std::size_t most = SIZE_MAX);
  /// Commits one batch; false where there was nothing to commit.
  bool commit();
  /// Fires due timers, sends effects and work again whose pause is over, asks providers.
  void tick();
  /// Runs, commits and ticks until nothing is left to do. Throws where that does not happen.
  void settle();
  /// Moves the clock, deadline by deadline, so that every timer fires at its own time.
  void advance(Duration by);

 private:
  struct Parts;
  std::unique_ptr<Parts> parts_;
};

}  // namespace caravan::testkit
