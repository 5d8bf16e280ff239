#pragma once

#include "storage/cluster/cluster_store.hpp"

namespace caravan {

/// The rows of members and shards beside the journal in this database, which must exist. A change is tried again when
/// another transaction was in the way, but never when it is unknown whether it landed. Throws StorageError.
std::unique_ptr<ClusterStore> open_postgres_cluster_store(const std::string& url);

}  // namespace caravan
