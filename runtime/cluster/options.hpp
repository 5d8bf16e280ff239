#pragma once

#include <functional>
#include <map>
#include <memory>

#include "runtime/cluster/cluster_node.hpp"
#include "runtime/links/links.hpp"

namespace caravan::cluster {

/// The clock of this machine that goes on while the process is stopped.
Moment boot_clock();
/// The date, as this machine believes.
Time wall_clock();

/// What a node needs to be one of many.
struct ClusterOptions {
  ClusterStore* store = nullptr;  // outlives the node
  Self self;                      // link_address empty: where the links listen
  LinkOptions links;              // its `self` follows from the above
  MembershipOptions membership = {};
  OwnershipOptions ownership = {};
  Millis step_every{50};
  std::function<Moment()> clock = boot_clock;
  std::function<Time()> wall = wall_clock;
  std::function<std::unique_ptr<Links>(LinkOptions, LinkEvents)> make_links = make_tcp_links;
};

/// What only a node itself knows of how it is.
struct NodeCondition {
  bool has_lease = false;  // it may answer from memory
  std::vector<LinkState> links;
};

/// A node's own view of its place, for health and people.
struct ClusterState {
  Membership::Phase phase = Membership::Phase::outside;
  MemberStatus status = MemberStatus::joining;
  MemberId id;
  bool was_active = false;  // it has taken part
  std::string reason;       // why the membership ended
  bool has_lease = false;
  std::uint32_t wire = 1;   // the version that all members speak: may be sent and written
  std::size_t shards = 0;   // that it owns
  std::size_t members = 0;  // that are alive
  std::size_t takers = 0;   // of them, others that are active: shards can go there
  std::size_t orphans = 0;  // shards without a living owner
  std::size_t moving = 0;   // shards on their way
  std::uint64_t claims = 0, drops = 0;
  std::uint64_t moves = 0;  // that it began to even loads out
  std::vector<LinkState> links;
  std::map<std::string, NodeCondition> peers;  // by node; those that have told of themselves lately
};

}  // namespace caravan::cluster
