// What nodes tell each other beside work: probes, news, loads.
#include <algorithm>
#include <numeric>

#include "runtime/cluster/driver.hpp"

namespace caravan::cluster {

namespace {

using namespace std::chrono_literals;

constexpr Millis loads_every{2'000};
constexpr double memory_of_loads = 0.8;  // of each former measure in the next: ten seconds or so
constexpr double least_rate = 100;       // work items a second in all; below it shards weigh the same
constexpr double base_weight = 0.5;      // a shard costs something by being there

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
  } else if (message.get_if<wire::RowsChanged>()) {
    post([this](Actions&) { node_.look_now(); });
  } else if (const auto* loads = message.get_if<wire::ShardLoads>()) {
    post([this, loads = *loads](Actions&) {
      for (std::size_t i = 0; i < std::min(loads.shards.size(), loads.loads.size()); ++i)
        if (loads.shards[i] < loads_.size()) loads_[loads.shards[i]] = static_cast<double>(loads.loads[i]);
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
    loads_[shard] = memory_of_loads * loads_[shard] + (1 - memory_of_loads) * rate;
    own.shards.push_back(shard);
    own.loads.push_back(static_cast<std::uint64_t>(loads_[shard]));
  }
  tell_peers(own);
  const double total = std::accumulate(loads_.begin(), loads_.end(), 0.0);
  if (total < least_rate) return node_.set_loads({});
  std::vector<double> weights;
  for (const double load : loads_)
    weights.push_back(base_weight + (1 - base_weight) * load * static_cast<double>(loads_.size()) / total);
  node_.set_loads(std::move(weights));
}

}  // namespace caravan::cluster
