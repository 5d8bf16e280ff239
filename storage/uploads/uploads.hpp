#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/values/uuid.hpp"
#include "storage/storage_error.hpp"

namespace caravan {

/// Why a file is not taken.
class UploadRefused : public std::runtime_error {
 public:
  enum class Why : std::uint8_t { empty, too_large, wrong_type, unreadable };
  UploadRefused(Why reason, const std::string& text) : std::runtime_error(text), why(reason) {}
  const Why why;
};

/// The bytes of people's files, outside the journal: files in DIR/uploads, named by the upload's id. Whose they are and
/// what they hang on, the entity `files` knows. Where several nodes share the folder, each reads what another wrote.
/// Thread-safe.
class Uploads {
 public:
  enum class Part : std::uint8_t { whole, thumb };

  explicit Uploads(const std::string& data_dir, std::size_t max_bytes = 10U << 20);

  /// Keeps a file and, of a picture, its small form. When it returns the bytes survive loss of power; a repeat writes
  /// them again. Throws StorageError where the disk fails.
  void put(const UploadId& id, std::string_view bytes, std::string_view thumb = {});
  /// Nothing where there is no such file.
  std::optional<std::string> read(const UploadId& id, Part part = Part::whole) const;
  /// Nothing happens where there is none.
  void remove(const UploadId& id);
  /// Of a file as it comes.
  std::size_t max_bytes() const { return max_bytes_; }

 private:
  std::string path_of(const UploadId& id, Part part) const;
  void write(const UploadId& id, Part part, std::string_view bytes);

  const std::string folder_;
  const std::size_t max_bytes_;
};

}  // namespace caravan
