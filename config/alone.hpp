#pragma once

#include <string>
#include <vector>

#include "config/settings.hpp"
#include "runtime/node.hpp"
#include "storage/cluster/cluster_store.hpp"
#include "storage/worker/worker.hpp"

namespace caravan {

// A database's journal belongs to a node alone or to a cluster, never to both.

/// To be called by a node alone, or a tool, before it takes the journal. Throws StorageError when members of a cluster
/// show signs of life in a database's journal; if its rows name any that may live, it waits a few seconds for a sign. A
/// journal in a folder needs none of this: the folder's lock keeps others out.
void refuse_living_members(const Settings& settings);

/// To be called by a node of a cluster. Throws StorageError when a node alone shows signs of life; waits likewise.
void refuse_node_alone(ClusterStore& store);

/// Writes a sign of life once a second, to show that a node works alone with a database's journal. When the node's
/// shards have another owner, it ends the node, which would itself notice only at its next write.
class Alone {
 public:
  struct Of {
    Node& node;
    ClusterStore& store;  // the journal's
    std::string name;
  };
  explicit Alone(Of of);
  Alone(const Alone&) = delete;
  Alone& operator=(const Alone&) = delete;
  ~Alone();

 private:
  bool step(const std::stop_token& stop);
  /// False: the shards are not what they were.
  bool look();

  const Of of_;
  const std::vector<ShardRow> shards_;
  // Used by the worker's thread alone.
  std::uint64_t number_ = 0;  // of the sign of life
  bool was_taken_ = false;    // another process has taken the journal
  Worker worker_;
};

}  // namespace caravan
