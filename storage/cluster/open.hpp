#pragma once

#include <memory>
#include <string>

#include "storage/cluster/cluster_store.hpp"
#include "storage/data_folder.hpp"

namespace caravan {

/// The members and shards beside the journal that `open_journal` opens for the same arguments, which must be there.
std::unique_ptr<ClusterStore> open_cluster_store(const std::string& url, const DataFolder& folder);

}  // namespace caravan
