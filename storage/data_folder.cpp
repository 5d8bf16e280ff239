#include "storage/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include "storage/storage_error.hpp"

namespace caravan {

DataFolder::DataFolder(const std::filesystem::path& path) : path_(path) {
  std::error_code error;
  std::filesystem::create_directories(path_, error);
  const std::string file = (path_ / "lock").string();
  if (!error) lock_ = ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock_ < 0) throw StorageError(path_.string() + ": the data folder cannot be written; name another with --data");
  if (::flock(lock_, LOCK_EX | LOCK_NB) == 0) return;
  ::close(lock_);
  throw StorageError(path_.string() + ": another node works on this data folder; stop it, or name another with --data");
}

DataFolder::~DataFolder() { ::close(lock_); }

}  // namespace caravan
