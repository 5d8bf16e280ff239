#pragma once

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

}  // namespace caravan
