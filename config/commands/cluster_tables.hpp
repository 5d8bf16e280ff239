#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "storage/cluster/cluster_store.hpp"

/// A cluster as tables for people.
namespace caravan {

/// One line: how many nodes, whether every shard has an owner, whether loads are evened out.
std::string cluster_headline(const ClusterSnapshot& rows);
/// A line a node; those that left or died only where `with_gone`.
std::string nodes_table(const ClusterSnapshot& rows, Time now, bool with_gone);
std::string shards_table(const ClusterSnapshot& rows);
/// What has changed, a line each: "shard 7: node-a → node-b".
std::vector<std::string> changes_between(const ClusterSnapshot& before, const ClusterSnapshot& after);

/// Finds out by repeated looks whether any member lives. The rows alone do not tell: when all members died at once,
/// nobody was left to mark them dead.
class SignsOfLife {
 public:
  static constexpr std::chrono::seconds young{5};  // a sign counts for so long
  /// True when a sign is young by the date `now`, or, since clocks differ, when one has changed between two looks a
  /// short while ago. `moment` is from a clock that only goes forward.
  bool show(const ClusterSnapshot& rows, Time now, std::chrono::steady_clock::time_point moment);

 private:
  std::optional<Time> newest_;
  std::optional<std::chrono::steady_clock::time_point> changed_;
};

}  // namespace caravan
