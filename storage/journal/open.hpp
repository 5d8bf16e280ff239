#pragma once

#include <memory>
#include <string>

#include "storage/data_folder.hpp"
#include "storage/journal/journal.hpp"

namespace caravan {

/// The journal at `url` ("postgresql://…"), or where that is empty the file in the folder. `shards` is for a new one.
/// A folder's read models, keys and uploads belong to one journal: throws StorageError where it is another's.
std::unique_ptr<Journal> open_journal(const std::string& url, const DataFolder& folder, std::uint32_t shards);

/// The name of the journal in a database that the folder belongs to; empty: the folder has its own.
std::string store_of(const std::filesystem::path& folder);
/// From now on the folder belongs to the journal of that name. When it returns, that survives loss of power.
void give_folder(const std::filesystem::path& folder, const std::string& store);
/// For a node of a cluster whose journal is in the database at `url`, before it reads keys in the shared folder: checks
/// that the folder has the name that the journal knows. A journal that knows none yet takes this folder's name for
/// good. Throws StorageError when it is another folder, such as the empty mount point of a file system that is not
/// mounted.
void require_shared_folder(const std::filesystem::path& folder, Journal& journal, const std::string& url);
/// Throws StorageError, which names the flag, unless that is the URL of a database that answers.
void require_database(const std::string& flag, const std::string& url);

}  // namespace caravan
