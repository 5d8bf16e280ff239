#include "storage/data_folder.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace caravan {

namespace {

/// The descriptor that holds the lock; -1 where another process has it.
int lock_folder(const std::filesystem::path& folder, int how) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  // Builds of earlier left files that others may read: nobody else comes near them.
  std::error_code ignored;
  std::filesystem::permissions(folder, std::filesystem::perms::owner_all, ignored);
  const std::string file = (folder / "lock").string();
  const int lock = error ? -1 : ::open(file.c_str(), O_CREAT | O_RDWR | O_CLOEXEC, 0600);
  if (lock < 0) throw StorageError(folder.string() + ": the data folder cannot be written; name another with --data");
  if (::flock(lock, how | LOCK_NB) == 0) return lock;
  ::close(lock);
  return -1;
}

}  // namespace

DataFolder::DataFolder(const std::filesystem::path& path, const std::string& node)
    : path_(path), own_(node.empty() ? path : path / "nodes" / node) {
  lock_ = lock_folder(path_, node.empty() ? LOCK_EX : LOCK_SH);
  if (lock_ < 0 && node.empty())
    throw FolderInUse(path_.string() +
                      ": another node works on this data folder; stop it, or name another with --data");
  if (lock_ < 0)
    throw StorageError(path_.string() +
                       ": a node that is not of a cluster works on this data folder; stop it, or start it with "
                       "--cluster");
  if (node.empty()) return;
  own_lock_ = lock_folder(own_, LOCK_EX);
  if (own_lock_ >= 0) return;
  ::close(lock_);
  throw StorageError(path_.string() + ": node " + node +
                     " works on this data folder already; name this one otherwise with --node-name");
}

DataFolder::~DataFolder() {
  if (own_lock_ >= 0) ::close(own_lock_);
  ::close(lock_);
}

}  // namespace caravan
