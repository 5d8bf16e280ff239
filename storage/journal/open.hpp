#pragma once

#include <memory>
#include <string>

#include "storage/data_folder.hpp"
#include "storage/journal/journal.hpp"

namespace caravan {

/// The journal at `url` ("postgresql://…"), or where that is empty the file in the folder. `shards` is for a new one.
/// A folder's read models, keys and uploads belong to one journal: throws StorageError where it is another's.
std::unique_ptr<Journal> open_journal(const std::string& url, const DataFolder& folder, std::uint32_t shards);

}  // namespace caravan
