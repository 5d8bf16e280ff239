#pragma once

#include "storage/cluster/cluster_store.hpp"

namespace caravan {

/// In DIR/journal.sqlite, which a journal has opened before; shared by the processes of one host. `vfs` as of the
/// journal.
std::unique_ptr<ClusterStore> open_sqlite_cluster_store(const std::string& data_dir, const std::string& vfs = {});

}  // namespace caravan
