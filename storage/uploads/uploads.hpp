#pragma once

#include <string>
#include <string_view>

#include "actors/values/uuid.hpp"
#include "storage/storage_error.hpp"

namespace caravan {

/// Why a file is not taken.
class UploadRefused : public std::runtime_error {
 public:
  enum class Why : std::uint8_t { empty, too_large, wrong_type };
  UploadRefused(Why reason, const std::string& text) : std::runtime_error(text), why(reason) {}
  const Why why;
};

/// Photos and signatures, outside the journal: files in DIR/uploads named by the SHA-256 of their content. So
/// the same picture is kept once. Thread-safe.
class Uploads {
 public:
  explicit Uploads(const std::string& data_dir, std::size_t max_bytes = 10U << 20);

  /// Keeps a PNG, JPEG or WebP picture; when it returns the bytes survive loss of power. Throws UploadRefused, and
  /// StorageError where the disk fails.
  UploadId put(std::string_view bytes);
  bool contains(std::string_view id) const;
  std::size_t max_bytes() const { return max_bytes_; }

 private:
  std::string path_of(std::string_view id) const;

  const std::string folder_;
  const std::size_t max_bytes_;
};

}  // namespace caravan
