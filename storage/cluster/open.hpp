#pragma once

#include <memory>
#include <string>

#include "storage/cluster/cluster_store.hpp"

namespace caravan {

/// Opens the rows of members and shards that belong to the journal which `open_journal` opens for the same database or
/// data folder. That journal must exist; nodes may be running. Throws StorageError.
std::unique_ptr<ClusterStore> open_cluster_store(const std::string& url, const std::string& folder);

}  // namespace caravan
