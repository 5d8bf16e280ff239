#pragma once

#include <chrono>
#include <string>

#include "config/settings.hpp"

/// `caravan cluster`: looks at a cluster and gives orders to it, by its rows in the store, so that it works whether the
/// nodes answer or not. Each function returns the process's exit code, like those of the other commands.
namespace caravan {

/// How an answer is printed, and how long the command waits until an order is carried out.
struct ClusterWords {
  bool json = false;  // for programs: an object a line
  std::string node;
  std::uint32_t shard = 0;
  int wait_seconds = 60;  // for an order to be carried out; 0: not at all
  bool dry_run = false;
  int every_seconds = 1;  // between two pictures of `watch`
  int pictures = 0;       // of `watch`; 0: until it is stopped
};

/// Whether every shard has a living owner and how loads are spread; 1 where not every shard has one.
int print_cluster_status(const Settings& settings, const ClusterWords& words);
int print_cluster_nodes(const Settings& settings, const ClusterWords& words);
int print_cluster_shards(const Settings& settings, const ClusterWords& words);
int drain_cluster_node(const Settings& settings, const ClusterWords& words);
int move_cluster_shard(const Settings& settings, const ClusterWords& words);
int rebalance_cluster(const Settings& settings, const ClusterWords& words);
/// After a database was put back to an earlier moment: frees its shards and declares its former members dead. Refuses
/// while nodes live.
int reset_cluster(const Settings& settings, const ClusterWords& words);
int pause_cluster(const Settings& settings, const ClusterWords& words, bool is_paused);
/// The same as `status`, again and again, and what changes meanwhile.
int watch_cluster(const Settings& settings, const ClusterWords& words);

}  // namespace caravan
