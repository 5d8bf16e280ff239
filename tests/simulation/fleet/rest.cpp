// How a fleet comes to rest once all is well again; one that does not is a fault.
#include <algorithm>
#include <utility>

#include "tests/simulation/fleet/fleet.hpp"
#include "tests/simulation/world.hpp"

namespace caravan::simulation {

namespace {

using namespace std::chrono_literals;

constexpr TrueTime beat_at_rest = 100ms;
constexpr TrueTime patience = 15min;  // longer than the ten minutes between two tries of a provider

}  // namespace

bool Fleet::work_off() {
  bool did = false;
  for (const auto& computer : computers)
    if (computer->works()) {
      did |= computer->node().run_actors() > 0;
      did |= computer->commit();
    }
  if (!did) did = network.bring_again();
  pass(did ? 1ms : beat_at_rest);
  // A bank may be silent to several tries in a row: as long as it is asked again, nothing stands still.
  if (std::exchange(bank_asked_, world_.bank->asked) != world_.bank->asked) idle_since_ = now_;
  const std::string unrest = did ? "" : why_no_rest();
  if (did || unrest.empty()) idle_since_ = now_;
  if (did || unrest.empty()) return did;
  if (now_ - idle_since_ < patience) return true;
  world_.checker.fault("the fleet does not come to rest: " + unrest);
  return false;
}

std::string Fleet::why_no_rest() const {
  std::size_t shards = 0;
  for (const auto& computer : computers) {
    if (!computer->works() || computer->is_leaving) return computer->name() + " does not serve";
    const cluster::ClusterState state = *computer->node().node().cluster_state();
    const NodeStats stats = computer->node().node().stats();
    const bool serves = state.status == MemberStatus::active && state.has_lease;
    const bool is_busy = stats.work > 0 || stats.at_peers > 0 || stats.waiting_for_shards > 0;
    if (!serves || is_busy || state.moving > 0 || state.orphans > 0) return text_of(*computer);
    shards += state.shards;
  }
  if (shards != world_.journal.shard_count()) return std::to_string(shards) + " shards are owned";
  if (world_.clients.is_waiting()) return "a client waits for its answer";
  for (const PendingEffect& effect : world_.journal.pending_effects({}, 1))
    return "effect " + std::to_string(effect.key.number) + " of " + world_.history.name(effect.key.sender) + " to " +
           world_.history.name(effect.receiver) + " is not taken";
  for (const PendingTimer& timer : world_.journal.due_timers(now(), 1, 0))
    return "timer " + timer.timer.name + " of " + world_.history.name(timer.entity) + " is due";
  return "";
}

std::string Fleet::text_of(Computer& computer) const {
  const cluster::ClusterState state = *computer.node().node().cluster_state();
  const NodeStats stats = computer.node().node().stats();
  std::string text = computer.name() + " is " + std::string(to_text(state.status)) +
                     (state.has_lease ? "" : " without a lease") + ", shards " + std::to_string(state.shards) +
                     ", moving " + std::to_string(state.moving) + ", orphans " + std::to_string(state.orphans) +
                     ", work " + std::to_string(stats.work) + ", waiting " + std::to_string(stats.waiting_for_shards) +
                     ", at peers " + std::to_string(stats.at_peers);
  for (const LinkState& link : state.links) text += ", " + link.peer.name + (link.open ? " open" : " closed");
  return text;
}

}  // namespace caravan::simulation
