#pragma once

#include <atomic>
#include <functional>
#include <string>

#include "config/settings.hpp"
#include "http/server/health.hpp"
#include "runtime/node.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/data_folder.hpp"
#include "storage/read_models/projector.hpp"
#include "storage/worker/worker.hpp"

namespace caravan {

/// This node's name in its cluster: as it was set, or the host's.
std::string node_name(const Settings& settings);

/// What is wrong with the certificates of links, for who is about to serve with them; empty where nothing is.
std::string link_files_fault(const Settings& settings);

/// What the runtime needs to be one of many. `store` must outlive it.
/// `secrets`: the folder, which the nodes share, of what they prove to each other where they have no certificates. The
/// first one makes it. Throws std::runtime_error with the remedy where it cannot be read.
cluster::ClusterOptions cluster_options(const Settings& settings, ClusterStore& store,
                                        const std::filesystem::path& secrets);

/// Follows what the other nodes of a cluster do to the journal that they share (new entries, moves of the sandbox's
/// clock), and lets this node serve once it is an active member whose read models have come as far as the journal was
/// at the start.
class Follower {
 public:
  struct Of {
    Node& node;
    Journal& journal;
    Projector& projector;
    ReadModels& read_models;
    http::Health& health;
    OffsetClock* clock = nullptr;          // the sandbox's, which any node may move
    std::function<void()> before_serving;  // once; may throw, and is tried again
  };
  explicit Follower(Of of);
  Follower(const Follower&) = delete;
  Follower& operator=(const Follower&) = delete;
  void stop() { worker_.stop(); }
  /// The node is about to stop: from now on this does not make it ready.
  void drain() { serves_ = true; }

 private:
  bool step(const std::stop_token& stop);
  void look();
  void try_to_serve();
  /// Why the node cannot serve yet; empty: it can.
  std::string hindrance();

  Of of_;
  std::uint64_t head_ = 0, goal_ = 0;
  std::atomic<bool> serves_ = false;
  std::chrono::steady_clock::time_point next_line_{};
  Worker worker_;
};

/// How the membership is, for /health.
http::DependencyHealth cluster_health(const cluster::ClusterState& state);

}  // namespace caravan
