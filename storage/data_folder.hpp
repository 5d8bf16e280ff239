#pragma once

#include <filesystem>
#include <string>

namespace caravan {

/// A data folder that this process works on alone: made where missing, locked until destroyed.
class DataFolder {
 public:
  /// Throws StorageError where the folder cannot be made, or another process holds it.
  explicit DataFolder(const std::filesystem::path& path);
  ~DataFolder();
  DataFolder(const DataFolder&) = delete;
  DataFolder& operator=(const DataFolder&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string text() const { return path_.string(); }

 private:
  std::filesystem::path path_;
  int lock_ = -1;
};

}  // namespace caravan
