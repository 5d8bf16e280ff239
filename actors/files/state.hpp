#pragma once

#include "actors/entity/decision.hpp"

namespace caravan {

/// What a file is for. It is used for nothing else. Who may see it, the entity says that keeps it; an avatar everybody.
enum class UploadPurpose : std::uint8_t { avatar, item, proof, signature, verification, evidence, refused_parcel };
constexpr auto enum_labels(UploadPurpose) {
  return std::to_array<std::string_view>(
      {"avatar", "item", "proof", "signature", "verification", "evidence", "refused_parcel"});
}

/// What is known of one file. Its bytes are in the store, under its id.
struct StoredUpload {
  UploadId upload_id;
  UploadPurpose purpose = UploadPurpose::proof;
  std::string content_type;
  std::int64_t bytes = 0;
  std::optional<std::int32_t> width, height;  // pixels, of a picture
  Time created_at;
  Address kept_by;  // the entity that took it; kind none: nothing has

  bool is_kept() const { return kept_by.kind != EntityKind::none; }

  static constexpr std::string_view record_name = "StoredUpload";
  static constexpr auto fields() {
    return std::array{field<&StoredUpload::upload_id>(1, "uploadId"),
                      field<&StoredUpload::purpose>(2, "purpose"),
                      field<&StoredUpload::content_type>(3, "contentType"),
                      field<&StoredUpload::bytes>(4, "bytes"),
                      field<&StoredUpload::width>(5, "width"),
                      field<&StoredUpload::height>(6, "height"),
                      field<&StoredUpload::created_at>(7, "createdAt"),
                      field<&StoredUpload::kept_by>(8, "keptBy")};
  }
};

/// The files of one person.
struct FilesState {
  UserId owner;                       // nil: no file yet
  std::vector<StoredUpload> uploads;  // oldest first; at most files_policy::max_files
  std::optional<Time> closed_at;      // the account was deleted

  bool exists() const { return !owner.is_nil(); }

  static constexpr std::string_view record_name = "FilesState";
  static constexpr auto fields() {
    return std::array{field<&FilesState::owner>(1, "owner"), field<&FilesState::uploads>(2, "uploads"),
                      field<&FilesState::closed_at>(3, "closedAt")};
  }
};

/// upload_unknown is first, in place of not_found; the order of the others means nothing.
enum class FilesRejection : std::uint8_t { upload_unknown, not_allowed, account_deleted, upload_in_use, limit_reached };
constexpr auto enum_labels(FilesRejection) {
  return std::to_array<std::string_view>(
      {"upload_unknown", "not_allowed", "account_deleted", "upload_in_use", "limit_reached"});
}

/// The numbers that keep one person from filling the disk.
namespace files_policy {
inline constexpr Duration unused_life = std::chrono::hours{24};    // until then an entity must have taken a file
inline constexpr Duration taking_grace = std::chrono::hours{1};    // an entity that just took it is still to say so
inline constexpr Duration proofs_outlive = std::chrono::days{30};  // the account: the other side may still need them
inline constexpr std::size_t max_unused = 50;                      // files that nothing has taken
inline constexpr std::int64_t max_unused_bytes = 100 << 20;        // of those
inline constexpr std::size_t max_files = 5'000;                    // in all
inline constexpr std::int64_t max_bytes = std::int64_t{2} << 30;   // in all
}  // namespace files_policy

}  // namespace caravan
