#include "storage/cluster/open.hpp"

#include "storage/cluster/postgres_cluster_store.hpp"
#include "storage/cluster/sqlite_cluster_store.hpp"

namespace caravan {

std::unique_ptr<ClusterStore> open_cluster_store(const std::string& url, const std::string& folder) {
  return url.empty() ? open_sqlite_cluster_store(folder) : open_postgres_cluster_store(url);
}

}  // namespace caravan
