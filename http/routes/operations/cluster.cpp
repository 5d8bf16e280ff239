#include "http/routes/operations/cluster.hpp"

#include <charconv>

#include "actors/audit/commands.hpp"
#include "actors/audit/orders.hpp"
#include "http/routes/operations/cluster_view.hpp"
#include "runtime/cluster/options.hpp"
#include "runtime/cluster/orders.hpp"

namespace caravan::http {

namespace {

struct MoveShard {
  static constexpr std::string_view record_name = "MoveShard";
  std::string node_id;
  static constexpr auto fields() { return std::array{field<&MoveShard::node_id>(1, "nodeId", length(1, 64))}; }
};

ClusterStore& store_of(Call& call) {
  if (!call.services().cluster_store) throw Problem{"unavailable", "This server has no cluster store."};
  return *call.services().cluster_store;
}

void tell(ClusterNodeView& node, bool has_lease, const std::vector<LinkState>& links) {
  node.has_lease = has_lease;
  node.links.emplace();
  for (const LinkState& link : links)
    node.links->push_back({.node_id = link.peer.name,
                           .is_open = link.open,
                           .waiting_bytes = link.waiting_bytes,
                           .connections = link.connections,
                           .fault = link.open || link.fault.empty() ? std::nullopt : std::optional(link.fault)});
}

/// The rows, and what the nodes that live have told of themselves.
ClusterView current_view(Call& call) {
  ClusterView view = cluster_view(store_of(call).read());
  const auto state = call.services().cluster_state ? call.services().cluster_state() : std::nullopt;
  if (!state) return view;
  view.answered_by = state->id.node;
  for (ClusterNodeView& node : view.nodes) {
    if (node.status == "dead" || node.status == "left") continue;
    if (node.node_id == state->id.node) {
      tell(node, state->has_lease, state->links);
    } else if (const auto peer = state->peers.find(node.node_id); peer != state->peers.end()) {
      tell(node, peer->second.has_lease, peer->second.links);
    }
  }
  return view;
}

Response show_cluster(Call& call) { return call.answer(AnyRecord(current_view(call))); }

Response list_shards(Call& call) { return call.list(shard_views(store_of(call).read())); }

/// Carries an operator's order out. A refusal becomes a Problem: not_found for what is unknown, else conflict.
template <class Order>
void give_order(Order order, const std::string& field) {
  try {
    order();
  } catch (const cluster::OrderRefused& refused) {
    const bool is_unknown = refused.why() == cluster::OrderRefused::Why::unknown;
    throw Problem{is_unknown ? "not_found" : "conflict", refused.what(), field};
  }
}

/// Puts the order into the activity log.
void record_order(Call& call, std::string order, std::string subject) {
  call.ask(audit_address(call.user().value), RecordOrder{std::move(order), std::move(subject)});
}

Response drain_node(Call& call) {
  const std::string& node = call.path_text("nodeId");
  ClusterStore& store = store_of(call);
  give_order([&] { cluster::order_drain(store, node); }, "nodeId");
  record_order(call, "drain_node", node);
  for (ClusterNodeView& view : current_view(call).nodes)
    if (view.node_id == node) return call.answer(AnyRecord(std::move(view)));
  throw Problem{"not_found", "The node is gone."};
}

Response move_shard(Call& call) {
  const std::string& text = call.path_text("shardId");
  std::uint32_t shard = 0;
  const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), shard);
  if (failed != std::errc() || end != text.data() + text.size())
    throw Problem{"not_found", "A shard's id is a number such as 7.", "shardId"};
  ClusterStore& store = store_of(call);
  ShardRow row;
  give_order([&] { row = cluster::order_move(store, shard, call.body<MoveShard>().node_id); }, "nodeId");
  record_order(call, "move_shard", text + " to " + call.body<MoveShard>().node_id);
  return call.answer(AnyRecord(shard_view(store.read(), row)));
}

}  // namespace

std::vector<Route> cluster_routes(Services&) {
  return {get("/admin/cluster", admin(Permission::ops), "Nodes, versions, loads, leases and links")
              .answers<ClusterView>()
              .handle(show_cluster),
          get("/admin/cluster/shards", admin(Permission::ops), "Owner, epoch, load and actors of each shard")
              .lists_own<ShardView>()
              .handle(list_shards),
          post("/admin/cluster/nodes/:nodeId/drain", admin(Permission::ops),
               "Moves everything off a node, which stays a member until its process stops")
              .answers<ClusterNodeView>(202)
              .handle(drain_node),
          post("/admin/cluster/shards/:shardId/move", admin(Permission::ops), "Moves one shard to another node")
              .body<MoveShard>()
              .answers<ShardView>(202)
              .handle(move_shard)};
}

}  // namespace caravan::http
