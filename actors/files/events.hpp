#pragma once

#include "actors/files/state.hpp"

namespace caravan {

struct UploadWasStored {
  static constexpr Tag tag{1, "upload.stored"};
  StoredUpload upload;
  static constexpr auto fields() { return std::array{field<&UploadWasStored::upload>(1, "upload")}; }
};

struct UploadWasKept {
  static constexpr Tag tag{2, "upload.kept"};
  UploadId upload_id;
  Address kept_by;
  static constexpr auto fields() {
    return std::array{field<&UploadWasKept::upload_id>(1, "uploadId"), field<&UploadWasKept::kept_by>(2, "keptBy")};
  }
};

struct UploadsWereRemoved {
  static constexpr Tag tag{3, "upload.removed"};
  std::vector<UploadId> upload_ids;
  std::string reason;  // "unused", "dropped", "user_deleted"
  Time at;
  static constexpr auto fields() {
    return std::array{field<&UploadsWereRemoved::upload_ids>(1, "uploadIds"),
                      field<&UploadsWereRemoved::reason>(2, "reason"), field<&UploadsWereRemoved::at>(3, "at")};
  }
};

struct FilesWereClosed {
  static constexpr Tag tag{4, "upload.closed"};
  Time at;
  static constexpr auto fields() { return std::array{field<&FilesWereClosed::at>(1, "at")}; }
};

/// Whose files these are: the first event.
struct FilesBegan {
  static constexpr Tag tag{5, "upload.began"};
  UserId owner;
  static constexpr auto fields() { return std::array{field<&FilesBegan::owner>(1, "owner")}; }
};

}  // namespace caravan
