#pragma once

#include "actors/schema/field.hpp"
#include "actors/values/time.hpp"
#include "storage/cluster/cluster_store.hpp"

/// A cluster as operators see it: by the admin's routes, and by `caravan cluster`.
namespace caravan::http {

/// A link of a node to another one.
struct ClusterLinkView {
  static constexpr std::string_view record_name = "ClusterLink";
  std::string node_id;
  bool is_open = false;
  std::uint64_t waiting_bytes = 0;  // not acknowledged
  std::uint64_t connections = 0;    // that were opened, in all
  std::optional<std::string> fault;
  static constexpr auto fields() {
    using Self = ClusterLinkView;
    return std::array{field<&Self::node_id>(1, "nodeId"), field<&Self::is_open>(2, "isOpen"),
                      field<&Self::waiting_bytes>(3, "waitingBytes"), field<&Self::connections>(4, "connections"),
                      field<&Self::fault>(5, "fault")};
  }
};

struct ClusterNodeView {
  static constexpr std::string_view record_name = "ClusterNode";
  std::string node_id;
  std::uint64_t incarnation = 0;  // another one after each start
  std::string status;             // joining, active, leaving, left, dead
  std::string version;
  std::uint64_t wire_from = 0, wire_to = 0;
  std::string http_address, link_address;
  Time started_at, seen_at;  // by the node's own clock
  std::uint64_t shards = 0;  // that it owns
  std::uint64_t load = 0;    // work items a second
  std::uint64_t actors = 0;  // in memory
  std::vector<std::string> suspected_by;
  // What the node told the node that answers, at most 5 s ago. Absent where it told nothing, or where only the store
  // was asked.
  std::optional<bool> has_lease;  // it may answer from memory
  std::optional<std::vector<ClusterLinkView>> links;
  static constexpr auto fields() {
    using Self = ClusterNodeView;
    return std::array{field<&Self::node_id>(1, "nodeId"),
                      field<&Self::incarnation>(2, "incarnation"),
                      field<&Self::status>(3, "status"),
                      field<&Self::version>(4, "version"),
                      field<&Self::wire_from>(5, "wireFrom"),
                      field<&Self::wire_to>(6, "wireTo"),
                      field<&Self::http_address>(7, "httpAddress"),
                      field<&Self::link_address>(8, "linkAddress"),
                      field<&Self::started_at>(9, "startedAt"),
                      field<&Self::seen_at>(10, "seenAt"),
                      field<&Self::shards>(11, "shards"),
                      field<&Self::load>(12, "load"),
                      field<&Self::actors>(13, "actors"),
                      field<&Self::suspected_by>(14, "suspectedBy"),
                      field<&Self::has_lease>(15, "hasLease"),
                      field<&Self::links>(16, "links")};
  }
};

struct ClusterView {
  static constexpr std::string_view record_name = "Cluster";
  bool is_cluster = false;  // false: a node alone
  bool is_whole = false;    // every shard has a living owner
  bool is_balancing_paused = false;
  std::uint64_t shards = 0, moving_shards = 0, orphaned_shards = 0;
  std::vector<ClusterNodeView> nodes;
  std::optional<std::string> answered_by;  // a node
  static constexpr auto fields() {
    using Self = ClusterView;
    return std::array{field<&Self::is_cluster>(1, "isCluster"),
                      field<&Self::is_whole>(2, "isWhole"),
                      field<&Self::is_balancing_paused>(3, "isBalancingPaused"),
                      field<&Self::shards>(4, "shards"),
                      field<&Self::moving_shards>(5, "movingShards"),
                      field<&Self::orphaned_shards>(6, "orphanedShards"),
                      field<&Self::nodes>(7, "nodes"),
                      field<&Self::answered_by>(8, "answeredBy")};
  }
};

struct ShardView {
  static constexpr std::string_view record_name = "Shard";
  std::uint64_t shard_id = 0;
  std::uint64_t epoch = 0;
  std::optional<std::string> node_id;  // its living owner
  std::string phase;                   // steady, leaving, released
  std::optional<std::string> target_node_id;
  std::uint64_t load = 0, actors = 0;
  static constexpr auto fields() {
    using Self = ShardView;
    return std::array{field<&Self::shard_id>(1, "shardId"),
                      field<&Self::epoch>(2, "epoch"),
                      field<&Self::node_id>(3, "nodeId"),
                      field<&Self::phase>(4, "phase"),
                      field<&Self::target_node_id>(5, "targetNodeId"),
                      field<&Self::load>(6, "load"),
                      field<&Self::actors>(7, "actors")};
  }
};

/// "active"; of one that is gone "left" where it went by itself, "dead" where others declared it so.
std::string_view standing(const MemberRow& row);

ClusterView cluster_view(const ClusterSnapshot& rows);
ShardView shard_view(const ClusterSnapshot& rows, const ShardRow& shard);
/// By number.
std::vector<ShardView> shard_views(const ClusterSnapshot& rows);

}  // namespace caravan::http
