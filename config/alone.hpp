#pragma once

#include <string>
#include <thread>
#include <vector>

#include "config/settings.hpp"
#include "runtime/node.hpp"
#include "storage/cluster/cluster_store.hpp"

namespace caravan {

// A database's journal belongs to a node alone or to a cluster, never to both.

/// For a node alone, or a tool, that is about to take the journal. Throws StorageError where members of a cluster show
/// signs of life beside a database's journal, for which it waits a few seconds where there may be some; a folder's
/// journal has the folder's lock.
void refuse_living_members(const Settings& settings);

/// For a node of a cluster. Throws StorageError where a node alone shows signs of life; waits as the former does.
void refuse_node_alone(ClusterStore& store);

/// Shows that a node works alone with a database's journal, once a second; ends it when its shards are another's, which
/// it would only see at its next write.
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
  void run(const std::stop_token& stopped);
  /// False: the shards are not what they were.
  bool look();

  const Of of_;
  const std::vector<ShardRow> shards_;
  std::jthread thread_;
};

}  // namespace caravan
