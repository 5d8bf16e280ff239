// What nodes tell each other beside work: probes, news, loads.
#include <spdlog/spdlog.h>

#include <algorithm>

#include "runtime/cluster/driver.hpp"

namespace caravan::cluster {

namespace {

using namespace std::chrono_literals;

constexpr Millis loads_every{2'000};
constexpr Millis condition_every{2'000};
constexpr double memory_of_loads = 0.8;  // of each former measure in the next: ten seconds or so
constexpr int told_every = 5;            // exchanges of loads; then the store is told, where they have changed

}  // namespace

void Driver::received(const std::string& peer, const std::string& bytes) {
  const AnyRecord message = wire::decode(bytes);
  if (!message) return;  // of a newer build, which does not rely on it
  if (const auto* errand = message.get_if<wire::Errand>()) {
    runtime_.router.received(peer, *errand);
  } else if (const auto* answered = message.get_if<wire::Answered>()) {
    runtime_.router.received(*answered);
  } else if (const auto* probe = message.get_if<wire::Probe>()) {
    post([this, peer, probe = *probe](Actions&) {
      if (node_.answers_for({probe.node, probe.incarnation}))
        links_->send(peer, wire::encode(wire::Probed{probe.node, probe.incarnation, probe.number}));
    });
  } else if (const auto* probed = message.get_if<wire::Probed>()) {
    post([this, probed = *probed](Actions&) {
      node_.on_probe_answered({probed.node, probed.incarnation}, probed.number);
    });
  } else if (const auto* asked = message.get_if<wire::TraceAsked>()) {
    runtime_.traces.received(peer, *asked);
  } else if (const auto* told = message.get_if<wire::TraceTold>()) {
    runtime_.traces.received(peer, *told);
  } else if (const auto* stuck_asked = message.get_if<wire::StuckAsked>()) {
    runtime_.stuck.received(peer, *stuck_asked);
  } else if (const auto* stuck_told = message.get_if<wire::StuckTold>()) {
    runtime_.stuck.received(peer, *stuck_told);
  } else if (message.get_if<wire::RowsChanged>()) {
    post([this](Actions&) { node_.look_now(); });
  } else if (const auto* condition = message.get_if<wire::NodeCondition>()) {
    keep_condition(peer, *condition);
  } else if (const auto* loads = message.get_if<wire::ShardLoads>()) {
    post([this, loads = *loads](Actions&) {
      for (std::size_t i = 0; i < std::min(loads.shards.size(), loads.loads.size()); ++i) {
        const std::uint64_t shard = loads.shards[i];
        if (shard >= loads_.size()) continue;
        loads_[shard] = {loads.loads[i], i < loads.actors.size() ? loads.actors[i] : 0};
        rates_[shard] = static_cast<double>(loads.loads[i]);
      }
    });
  }
}

/// Each node measures the shards that it serves and tells the others; one of them begins the moves by what all told.
void Driver::exchange_loads(Moment now) {
  if (now < next_loads_) return;
  next_loads_ = now + loads_every;
  const double seconds = std::chrono::duration<double>(now - std::exchange(loads_since_, now)).count();
  wire::ShardLoads own;
  for (std::uint32_t shard = 0; shard < loads_.size(); ++shard) {
    const std::uint64_t work = runtime_.shards.work(shard);
    const double rate = static_cast<double>(work - std::exchange(work_seen_[shard], work)) / seconds;
    if (!node_.may_write(shard)) continue;
    rates_[shard] = memory_of_loads * rates_[shard] + (1 - memory_of_loads) * rate;
    loads_[shard] = {static_cast<std::uint64_t>(rates_[shard]), runtime_.shards.actors(shard)};
    own.shards.push_back(shard);
    own.loads.push_back(loads_[shard].rate);
    own.actors.push_back(loads_[shard].actors);
  }
  tell_peers(own);
  node_.set_loads(weights_of(loads_));
  const Membership& membership = node_.membership();
  const MemberRow* teller = mover(membership.snapshot(), membership.stale(now));
  if (!teller || teller->id != membership.id() || ++exchanges_ % told_every != 0 || loads_ == told_loads_) return;
  told_loads_ = loads_;
  to_store(bulk_work_, [&store = *options_.store, loads = loads_] {
    try {
      store.put_loads(loads);
    } catch (const std::exception& error) {
      spdlog::warn("the loads of shards are not told to the cluster's store: {}", error.what());
    }
  });
}

/// Tells the peers how this node is, so that an operator may ask any node about all, also one that lost its lease.
void Driver::tell_condition(Moment now) {
  const bool has_lease = node_.membership().lease_lives(now);
  if (now < next_condition_ && has_lease == told_lease_) return;
  next_condition_ = now + condition_every;
  told_lease_ = has_lease;
  wire::NodeCondition own{.has_lease = has_lease, .links = {}};
  for (const LinkState& link : links_->states())
    own.links.push_back({link.peer.name, link.open, link.waiting_bytes, link.connections, link.fault});
  tell_peers(own);
}

void Driver::keep_condition(const std::string& peer, const wire::NodeCondition& told) {
  NodeCondition condition{.has_lease = told.has_lease, .links = {}};
  for (const wire::LinkRecord& link : told.links) {
    LinkState& state = condition.links.emplace_back();
    state.peer.name = link.node;
    state.open = link.is_open;
    state.waiting_bytes = link.waiting_bytes;
    state.connections = link.connections;
    state.fault = link.fault;
  }
  std::lock_guard lock(mutex_);
  state_.peers[peer] = std::move(condition);
  heard_[peer] = options_.clock();
}

}  // namespace caravan::cluster
