#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "actors/values/uuid.hpp"
#include "storage/storage_error.hpp"

namespace caravan {

/// What a file was found to be, by its first bytes; what its sender calls it is not asked.
enum class UploadType : std::uint8_t { png, jpeg, webp, pdf };
/// "image/png".
std::string_view media_type(UploadType type);
/// Nothing where it is none of these (SVG among them: it can carry scripts).
std::optional<UploadType> detect_type(std::string_view bytes);

/// Why a file is not taken.
class UploadRefused : public std::runtime_error {
 public:
  enum class Why : std::uint8_t { empty, too_large, wrong_type };
  UploadRefused(Why reason, const std::string& text) : std::runtime_error(text), why(reason) {}
  const Why why;
};

struct Upload {
  UploadType type = UploadType::png;
  std::string bytes;
};

/// Photos, signatures and papers, outside the journal: files in DIR/uploads named by the SHA-256 of their content. So
/// the same picture is kept once, and a file that changed is noticed. Thread-safe.
class Uploads {
 public:
  explicit Uploads(const std::string& data_dir, std::size_t max_bytes = 10U << 20);

  /// Keeps the bytes; when it returns they survive loss of power. `images_only` refuses PDF too. Throws UploadRefused,
  /// and StorageError where the disk fails.
  UploadId put(std::string_view bytes, bool images_only = false);
  /// Nothing where there is no such upload; throws StorageError where its content is damaged.
  std::optional<Upload> get(std::string_view id) const;
  bool contains(std::string_view id) const;
  std::size_t max_bytes() const { return max_bytes_; }

 private:
  std::string path_of(std::string_view id) const;

  const std::string folder_;
  const std::size_t max_bytes_;
};

}  // namespace caravan
