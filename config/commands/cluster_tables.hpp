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
/// What is another way than before, a line each: "shard 7: node-a → node-b".
std::vector<std::string> changes_between(const ClusterSnapshot& before, const ClusterSnapshot& after);

/// Whether any member lives, for who looks again and again: where all died at once nobody is left to say so in the
/// rows.
class SignsOfLife {
 public:
  static constexpr std::chrono::seconds young{5};  // so long a sign counts
  /// By a sign that is young or, where clocks differ, by one that has changed a short while ago. `now` is the date,
  /// `moment` a clock that only goes forward.
  bool show(const ClusterSnapshot& rows, Time now, std::chrono::steady_clock::time_point moment);

 private:
  std::optional<Time> newest_;
  std::optional<std::chrono::steady_clock::time_point> changed_;
};

}  // namespace caravan
