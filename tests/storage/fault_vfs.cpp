#include "tests/storage/fault_vfs.hpp"

#include <sqlite3.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <new>

namespace caravan::testkit {

namespace {

namespace fs = std::filesystem;

std::map<std::string, std::string>& durable() {
  static std::map<std::string, std::string> images;
  return images;
}

std::mutex& durable_mutex() {  // a checkpoint syncs on a thread of its own
  static std::mutex mutex;
  return mutex;
}

std::string content(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A file of ours: SQLite's part first, then what it stands for.
struct File {
  sqlite3_file base;
  std::string* path;
  bool is_main;
  sqlite3_file* real() { return reinterpret_cast<sqlite3_file*>(this + 1); }
};

File* ours(sqlite3_file* file) { return reinterpret_cast<File*>(file); }
sqlite3_file* real(sqlite3_file* file) { return ours(file)->real(); }
const sqlite3_io_methods* methods(sqlite3_file* file) { return real(file)->pMethods; }

int close_file(sqlite3_file* file) {
  const int code = methods(file)->xClose(real(file));
  delete ours(file)->path;
  return code;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 at) {
  return methods(file)->xRead(real(file), to, size, at);
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 at) {
  const FaultVfs& faults = FaultVfs::instance();
  if (faults.dead) return SQLITE_IOERR_WRITE;
  sqlite3_int64 length = 0;
  methods(file)->xFileSize(real(file), &length);
  if (faults.disk_full && at + size > length) return SQLITE_FULL;
  return methods(file)->xWrite(real(file), from, size, at);
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (FaultVfs::instance().dead) return SQLITE_IOERR_TRUNCATE;
  return methods(file)->xTruncate(real(file), size);
}

int sync_file(sqlite3_file* file, int flags) {
  FaultVfs& faults = FaultVfs::instance();
  if (faults.dead || faults.sync_fails || (faults.database_sync_fails && ours(file)->is_main))
    return SQLITE_IOERR_FSYNC;
  const int code = methods(file)->xSync(real(file), flags);
  if (code == SQLITE_OK) {
    ++faults.syncs;
    const std::lock_guard lock(durable_mutex());
    durable()[*ours(file)->path] = content(*ours(file)->path);
  }
  return code;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) { return methods(file)->xFileSize(real(file), size); }
int lock_file(sqlite3_file* file, int level) { return methods(file)->xLock(real(file), level); }
int unlock_file(sqlite3_file* file, int level) { return methods(file)->xUnlock(real(file), level); }
int check_lock(sqlite3_file* file, int* out) { return methods(file)->xCheckReservedLock(real(file), out); }
int control(sqlite3_file* file, int op, void* arg) { return methods(file)->xFileControl(real(file), op, arg); }
int sector_size(sqlite3_file* file) { return methods(file)->xSectorSize(real(file)); }
int characteristics(sqlite3_file* file) { return methods(file)->xDeviceCharacteristics(real(file)); }
int map_shared(sqlite3_file* file, int page, int size, int extend, void volatile** out) {
  return methods(file)->xShmMap(real(file), page, size, extend, out);
}
int lock_shared(sqlite3_file* file, int offset, int n, int flags) {
  return methods(file)->xShmLock(real(file), offset, n, flags);
}
void barrier(sqlite3_file* file) { methods(file)->xShmBarrier(real(file)); }
int unmap_shared(sqlite3_file* file, int remove) { return methods(file)->xShmUnmap(real(file), remove); }

const sqlite3_io_methods our_methods{2,         close_file,   read_file,       write_file,  truncate_file,
                                     sync_file, size_of_file, lock_file,       unlock_file, check_lock,
                                     control,   sector_size,  characteristics, map_shared,  lock_shared,
                                     barrier,   unmap_shared, nullptr,         nullptr};

sqlite3_vfs* system_vfs = nullptr;

int open_file(sqlite3_vfs*, const char* name, sqlite3_file* file, int flags, int* out_flags) {
  File* mine = ours(file);
  mine->base.pMethods = nullptr;
  const int code = system_vfs->xOpen(system_vfs, name, mine->real(), flags, out_flags);
  if (code != SQLITE_OK) return code;
  mine->path = new std::string(name ? name : "");
  mine->is_main = (flags & SQLITE_OPEN_MAIN_DB) != 0;
  mine->base.pMethods = &our_methods;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* name, int sync) {
  if (FaultVfs::instance().dead) return SQLITE_IOERR_DELETE;
  {
    const std::lock_guard lock(durable_mutex());
    durable().erase(name);
  }
  return system_vfs->xDelete(system_vfs, name, sync);
}

}  // namespace

FaultVfs::FaultVfs() {
  system_vfs = sqlite3_vfs_find(nullptr);
  static sqlite3_vfs vfs = *system_vfs;
  vfs.zName = name;
  vfs.szOsFile = static_cast<int>(sizeof(File)) + system_vfs->szOsFile;
  vfs.xOpen = open_file;
  vfs.xDelete = delete_file;
  sqlite3_vfs_register(&vfs, 0);
}

FaultVfs& FaultVfs::instance() {
  static FaultVfs faults;
  return faults;
}

void FaultVfs::reset() {
  disk_full = sync_fails = database_sync_fails = dead = false;
  syncs = 0;
  durable().clear();
}

void FaultVfs::lose_power(const std::string& folder, bool torn) {
  for (const auto& entry : fs::directory_iterator(folder)) {
    const std::string path = entry.path().string();
    std::string now = content(path), then = durable()[path];
    if (path.ends_with("-shm")) {
      fs::remove(path);
      continue;
    }
    // Torn: the first half of the bytes that differ reached the disk.
    if (torn) {
      const auto differs = std::mismatch(then.begin(), then.end(), now.begin(), now.end()).second - now.begin();
      const auto half = static_cast<std::size_t>(differs) + (now.size() - static_cast<std::size_t>(differs)) / 2;
      then.replace(0, std::min(half, then.size()), now.substr(0, half));
    }
    std::ofstream(path, std::ios::binary | std::ios::trunc) << then;
  }
}

}  // namespace caravan::testkit
