#pragma once

#include "storage/cluster/cluster_store.hpp"

namespace caravan {

/// The members and shards beside the journal in this database, which must be there. No change is tried twice where its
/// fate is unknown; one that another transaction was in the way of is. Throws StorageError.
std::unique_ptr<ClusterStore> open_postgres_cluster_store(const std::string& url);

}  // namespace caravan
