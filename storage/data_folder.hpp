#pragma once

#include <filesystem>
#include <string>

#include "storage/storage_error.hpp"

namespace caravan {

/// Another process works on the folder.
class FolderInUse : public StorageError {
 public:
  using StorageError::StorageError;
};

/// A data folder: made where it is missing, and locked until this object is destroyed. Either this process works on it
/// alone, or it is one of a cluster's nodes, which share the folder and have a folder each within it.
class DataFolder {
 public:
  /// `node`: the name of a cluster's node, fit for a file's name; empty: alone. Throws StorageError where the folder
  /// cannot be made or another process is that node, FolderInUse where a process holds it that does not share it.
  explicit DataFolder(const std::filesystem::path& path, const std::string& node = {});
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string text() const { return path_.string(); }
  /// Where a node keeps what is its own, such as read models: PATH/nodes/NODE, and PATH of a node that is alone.
  const std::filesystem::path& own() const { return own_; }

 private:
  std::filesystem::path path_, own_;
  int lock_ = -1, own_lock_ = -1;
};

}  // namespace caravan
