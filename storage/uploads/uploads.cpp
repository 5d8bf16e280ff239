#include "storage/uploads/uploads.hpp"

#include <fcntl.h>
#include <sodium.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <filesystem>

#include "storage/codec/digest.hpp"

namespace caravan {

namespace {

namespace fs = std::filesystem;
using std::string_view_literals::operator""sv;

constexpr std::size_t id_digits = 64;

bool is_id(std::string_view id) {
  return id.size() == id_digits &&
         std::ranges::all_of(id, [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); });
}

[[noreturn]] void fail(const std::string& path, std::string_view what) {
  throw StorageError(path + ": cannot " + std::string(what) + ": " + std::strerror(errno) +
                     ": check free space and permissions of the data folder");
}

class File {
 public:
  File(const std::string& path, int flags) : path_(path), fd_(open(path.c_str(), flags | O_CLOEXEC, 0644)) {
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

/// By its first bytes; what its sender calls it is not asked. SVG is none: it can carry scripts.
bool is_picture(std::string_view bytes) {
  return bytes.starts_with("\x89PNG\r\n\x1a\n"sv) || bytes.starts_with("\xff\xd8\xff"sv) ||
         (bytes.starts_with("RIFF"sv) && bytes.size() >= 12 && bytes.substr(8, 4) == "WEBP"sv);
}

}  // namespace

Uploads::Uploads(const std::string& data_dir, std::size_t max_bytes)
    : folder_(data_dir + "/uploads"), max_bytes_(max_bytes) {
  make_folder(folder_);
  // Files that a crash left half-written belong to nobody.
  std::error_code ignored;
  for (const auto& entry : fs::directory_iterator(folder_))
    if (entry.path().extension() == ".part") fs::remove(entry.path(), ignored);
}

std::string Uploads::path_of(std::string_view id) const {
  return folder_ + '/' + std::string(id.substr(0, 2)) + '/' + std::string(id.substr(2));
}

UploadId Uploads::put(std::string_view bytes) {
  using Why = UploadRefused::Why;
  if (bytes.empty()) throw UploadRefused(Why::empty, "the file is empty");
  if (bytes.size() > max_bytes_)
    throw UploadRefused(Why::too_large, "the file has more than " + std::to_string(max_bytes_) + " bytes");
  if (!is_picture(bytes)) throw UploadRefused(Why::wrong_type, "the file is not a PNG, JPEG or WebP picture");
  const std::string id = sha256_hex(bytes);
  const fs::path path = path_of(id);
  if (std::error_code error; fs::file_size(path, error) == bytes.size() && !error) return id;

  // The file is written under another name first, so that its own name never shows half of it.
  std::array<unsigned char, 8> salt;
  randombytes_buf(salt.data(), salt.size());
  std::string part = folder_ + '/' + id.substr(0, 16) + '-';
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
  return id;
}

bool Uploads::contains(std::string_view id) const { return is_id(id) && fs::exists(path_of(id)); }

}  // namespace caravan
