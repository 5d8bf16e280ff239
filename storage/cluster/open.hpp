#pragma once

#include <memory>
#include <string>

#include "storage/cluster/cluster_store.hpp"

namespace caravan {

/// The members and shards beside the journal that `open_journal` opens for the same database or data folder, which must
/// be there. Beside running nodes too. Throws StorageError.
std::unique_ptr<ClusterStore> open_cluster_store(const std::string& url, const std::string& folder);

}  // namespace caravan
