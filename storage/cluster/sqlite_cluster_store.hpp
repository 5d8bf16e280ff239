#pragma once

#include "storage/cluster/cluster_store.hpp"

namespace caravan {

/// Opens the rows in DIR/journal.sqlite, which a journal must have opened before. Processes of one host may share it.
/// `vfs`: as of the journal.
std::unique_ptr<ClusterStore> open_sqlite_cluster_store(const std::string& data_dir, const std::string& vfs = {});

}  // namespace caravan
