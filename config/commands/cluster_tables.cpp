#include "config/commands/cluster_tables.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "http/routes/operations/cluster_view.hpp"
#include "runtime/cluster/actions.hpp"

namespace caravan {

namespace {

using http::ClusterNodeView;

constexpr std::size_t bar_width = 20;

std::string counted(std::uint64_t count, std::string_view what) {
  return fmt::format("{} {}{}", count, what, count == 1 ? "" : "s");
}

std::string age(Time since, Time now) {
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - since).count();
  if (seconds < 120) return fmt::format("{} s", std::max<std::int64_t>(seconds, 0));
  if (seconds < 2 * 3'600) return fmt::format("{} min", seconds / 60);
  if (seconds < 2 * 86'400) return fmt::format("{} h", seconds / 3'600);
  return fmt::format("{} d", seconds / 86'400);
}

/// How much of all shards a node has.
std::string bar(std::uint64_t part, std::uint64_t whole) {
  const std::size_t filled = whole == 0 ? 0 : (part * bar_width + whole - 1) / whole;
  return std::string(filled, '#') + std::string(bar_width - filled, '.');
}

std::size_t widest_name(const std::vector<ClusterNodeView>& nodes) {
  std::size_t width = 4;
  for (const ClusterNodeView& node : nodes) width = std::max(width, node.node_id.size());
  return width;
}

}  // namespace

std::string cluster_headline(const ClusterSnapshot& rows) {
  const http::ClusterView view = http::cluster_view(rows);
  if (!view.is_cluster) return "a node alone: it was started without --cluster\n";
  std::string counts;
  for (const std::string_view status : {"active", "joining", "leaving"}) {
    const auto count = std::ranges::count(view.nodes, status, &ClusterNodeView::status);
    if (count > 0) counts += fmt::format("{}{} {}", counts.empty() ? "" : ", ", count, status);
  }
  return fmt::format(
      "{}: {}; {}{}; balancing is {}\n", view.is_whole ? "whole" : "NOT WHOLE",
      counts.empty() ? "no living node" : "nodes: " + counts, counted(view.shards, "shard"),
      (view.moving_shards > 0 ? fmt::format(", {} moving", view.moving_shards) : "") +
          (view.orphaned_shards > 0 ? fmt::format(", {} without a living owner", view.orphaned_shards) : ""),
      view.is_balancing_paused ? "paused" : "on");
}

std::string nodes_table(const ClusterSnapshot& rows, Time now, bool with_gone) {
  const http::ClusterView view = http::cluster_view(rows);
  const std::size_t name = widest_name(view.nodes);
  std::string text =
      fmt::format("{:<{}}  {:<8} {:>6} {:>8} {:>8}  {:<{}}  {:>7} {:>7}  {:<9} {:<5} {}\n", "NODE", name, "STATUS",
                  "SHARDS", "WORK/S", "ACTORS", "SHARE", bar_width, "UP", "SEEN", "VERSION", "WIRE", "HTTP, LINK");
  for (const ClusterNodeView& node : view.nodes) {
    const bool is_gone = node.status == "dead" || node.status == "left";
    if (is_gone && !with_gone) continue;
    std::string notes = node.http_address + ", " + node.link_address;
    if (!node.suspected_by.empty()) notes += fmt::format("  suspected by {}", fmt::join(node.suspected_by, ", "));
    text += fmt::format("{:<{}}  {:<8} {:>6} {:>8} {:>8}  {}  {:>7} {:>7}  {:<9} {:<5} {}\n", node.node_id, name,
                        node.status, node.shards, node.load, node.actors, bar(node.shards, view.shards),
                        is_gone ? "-" : age(node.started_at, now), age(node.seen_at, now), node.version,
                        fmt::format("{}-{}", node.wire_from, node.wire_to), notes);
  }
  return text;
}

std::string shards_table(const ClusterSnapshot& rows) {
  std::string text = fmt::format("{:>5} {:>8} {:>8} {:>8}  {}\n", "SHARD", "EPOCH", "WORK/S", "ACTORS", "NODE");
  for (const http::ShardView& shard : http::shard_views(rows)) {
    text += fmt::format("{:>5} {:>8} {:>8} {:>8}  {}", shard.shard_id, shard.epoch, shard.load, shard.actors,
                        shard.node_id.value_or("(no living owner)"));
    if (shard.target_node_id) text += fmt::format(" -> {} ({})", *shard.target_node_id, shard.phase);
    text += '\n';
  }
  return text;
}

std::vector<std::string> changes_between(const ClusterSnapshot& before, const ClusterSnapshot& after) {
  std::vector<std::string> out;
  for (const MemberRow& row : after.members) {
    const auto was = std::ranges::find(before.members, row.id, &MemberRow::id);
    const bool has_left = cluster::has_left(row);
    if (was == before.members.end() || was->status != row.status)
      out.push_back(fmt::format("node {} {} {}", row.id.node, has_left ? "has" : "is", http::standing(row)));
  }
  for (std::size_t i = 0; i < std::min(before.shards.size(), after.shards.size()); ++i) {
    const MemberId &from = before.shards[i].owner, &to = after.shards[i].owner;
    if (from != to)
      out.push_back(fmt::format("shard {}: {} -> {}", i, from.node.empty() ? "nobody" : to_text(from), to_text(to)));
  }
  if (before.is_paused != after.is_paused) out.push_back(after.is_paused ? "balancing is paused" : "balancing goes on");
  return out;
}

bool SignsOfLife::show(const ClusterSnapshot& rows, Time now, std::chrono::steady_clock::time_point moment) {
  Time newest{};
  for (const MemberRow& row : rows.members)
    if (row.status != MemberStatus::dead) newest = std::max(newest, row.alive);
  if (newest == Time{}) return false;
  if (const auto before = std::exchange(newest_, newest); before && *before < newest) changed_ = moment;
  return std::chrono::abs(now - newest) < young || (changed_ && moment - *changed_ < young);
}

}  // namespace caravan
