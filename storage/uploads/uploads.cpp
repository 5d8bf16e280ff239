#include "storage/uploads/uploads.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace caravan {

namespace {

namespace fs = std::filesystem;

[[noreturn]] void fail(const std::string& path, std::string_view what) {
  throw StorageError(path + ": cannot " + std::string(what) + ": " + std::strerror(errno) +
                     ": check free space and permissions of the data folder");
}

class File {
 public:
  File(const std::string& path, int flags) : path_(path), fd_(open(path.c_str(), flags | O_CLOEXEC, 0600)) {
    if (fd_ < 0) fail(path_, "open");
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() { close(fd_); }
  void write(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t done = ::write(fd_, bytes.data(), bytes.size());
      if (done < 0 && errno == EINTR) continue;
      if (done < 0) fail(path_, "write");
      bytes.remove_prefix(static_cast<std::size_t>(done));
    }
  }
  void sync() {
    if (fsync(fd_) != 0) fail(path_, "sync");
  }

 private:
  const std::string path_;
  const int fd_;
};

void sync_folder(const fs::path& folder) { File(folder.string(), O_RDONLY | O_DIRECTORY).sync(); }

void make_folder(const fs::path& folder) {
  if (fs::is_directory(folder)) return;
  std::error_code error;
  fs::create_directories(folder, error);
  if (error) throw StorageError(folder.string() + ": cannot make the folder: " + error.message());
  sync_folder(folder.parent_path());
}

constexpr std::chrono::hours half_written{1};  // longer ago: by a process that has died

}  // namespace

Uploads::Uploads(const std::string& data_dir, std::size_t max_bytes)
    : folder_(data_dir + "/uploads"), max_bytes_(max_bytes) {
  make_folder(folder_);
  // Files that a crash left half-written belong to nobody. Another node may be writing younger ones just now.
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_))
    if (entry.path().extension() == ".part" &&
        fs::file_time_type::clock::now() - entry.last_write_time(ignored) > half_written)
      fs::remove(entry.path(), ignored);
}

/// Empty where the id is none: then there is no such file, and the path cannot leave the folder. The last digits of an
/// id are random, so they spread the files over folders.
std::string Uploads::path_of(const UploadId& id, Part part) const {
  const auto uuid = Uuid::parse(id);
  if (!uuid) return {};
  const std::string name = uuid->text();
  return folder_ + '/' + name.substr(name.size() - 2) + '/' + name + (part == Part::thumb ? ".thumb" : "");
}

void Uploads::put(const UploadId& id, std::string_view bytes, std::string_view thumb) {
  if (!thumb.empty()) write(id, Part::thumb, thumb);
  write(id, Part::whole, bytes);
}

void Uploads::write(const UploadId& id, Part which, std::string_view bytes) {
  const fs::path path = path_of(id, which);
  if (path.empty()) throw StorageError("an upload needs an id: " + id);
  // The file is written under another name first, so that its own name never shows half of it.
  std::array<unsigned char, 8> salt;
  randombytes_buf(salt.data(), salt.size());
  std::string part = folder_ + '/' + path.filename().string() + '-';
  for (const unsigned char byte : salt) part += std::to_string(byte);
  part += ".part";
  make_folder(path.parent_path());
  try {
    File file(part, O_WRONLY | O_CREAT | O_EXCL);
    file.write(bytes);
    file.sync();
    if (std::rename(part.c_str(), path.c_str()) != 0) fail(path.string(), "name");
  } catch (...) {
    std::error_code ignored;
    fs::remove(part, ignored);
    throw;
  }
  sync_folder(path.parent_path());
}

std::optional<std::string> Uploads::read(const UploadId& id, Part part) const {
  const std::string path = path_of(id, part);
  std::ifstream file(path, std::ios::binary);
  if (path.empty() || !file) return std::nullopt;
  std::string bytes{std::istreambuf_iterator<char>(file), {}};
  if (file.bad()) fail(path, "read");
  return bytes;
}

void Uploads::remove(const UploadId& id) {
  for (const Part part : {Part::thumb, Part::whole}) {
    const std::string path = path_of(id, part);
    std::error_code error;
    if (!path.empty() && !fs::remove(path, error) && error)
      throw StorageError(path + ": cannot remove: " + error.message());
  }
}

}  // namespace caravan
