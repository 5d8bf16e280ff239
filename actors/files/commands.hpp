#pragma once

#include "actors/entity/outside.hpp"
#include "actors/files/state.hpp"

namespace caravan {

inline Address files_of(UserId owner) { return {EntityKind::files, owner.value}; }
inline const Address file_store_address{EntityKind::file_store, {}};

/// By its owner, or the edge for what came within a command: one more file, which the edge has cleaned. Unless an
/// entity takes it within a day, it goes. Answers UploadResource; a repeat too.
struct StoreUpload {
  static constexpr Tag tag{1, "store_upload"};
  UploadId upload_id;
  UploadPurpose purpose = UploadPurpose::proof;
  std::string content_type;
  std::int64_t bytes = 0;
  std::optional<std::int32_t> width, height;
  static constexpr auto fields() {
    return std::array{field<&StoreUpload::upload_id>(1, "uploadId"),
                      field<&StoreUpload::purpose>(2, "purpose"),
                      field<&StoreUpload::content_type>(3, "contentType"),
                      field<&StoreUpload::bytes>(4, "bytes"),
                      field<&StoreUpload::width>(5, "width"),
                      field<&StoreUpload::height>(6, "height")};
  }
};

/// From the entity that took the file. From then on it stays until that entity drops it, which only the user does, of a
/// former avatar, or until the account closes.
struct KeepUpload {
  static constexpr Tag tag{2, "keep_upload"};
  UploadId upload_id;
  static constexpr auto fields() { return std::array{field<&KeepUpload::upload_id>(1, "uploadId")}; }
};

/// By the owner, or the edge (of what came within a command that did not take it), of a file that is not in use; or
/// from the entity that kept it.
struct DropUpload {
  static constexpr Tag tag{3, "drop_upload"};
  UploadId upload_id;
  static constexpr auto fields() { return std::array{field<&DropUpload::upload_id>(1, "uploadId")}; }
};

/// From the account: it was deleted. What is the person's alone goes at once. What proves a handover, or is evidence,
/// goes some weeks later, since the other side of the delivery may still need it.
struct CloseFiles {
  static constexpr Tag tag{4, "close_files"};
  static constexpr auto fields() { return no_fields; }
};

/// To the store: these bytes go. Answered with FilesRemoved.
struct RemoveFiles {
  static constexpr Tag tag{1, "remove_files"};
  std::vector<UploadId> upload_ids;
  static constexpr auto fields() { return std::array{field<&RemoveFiles::upload_ids>(1, "uploadIds")}; }
};
struct FilesRemoved {
  static constexpr Tag tag{60'020, "files_removed"};
  static constexpr auto fields() { return no_fields; }
};

/// The store belongs to the node itself: it is asked until it has done it.
inline const OutsideClass& file_store_class() {
  static const OutsideClass store{.kind = EntityKind::file_store,
                                  .requests = detail::alternatives(List<RemoveFiles>{}),
                                  .term = [](const AnyRecord&) { return Term{}; },
                                  .subject = [](const AnyRecord&) { return Uuid{}; },
                                  .undelivered = nullptr,
                                  .kept = {}};
  return store;
}

// Queries

/// UploadFound, to the platform alone: who may see the file, the entity knows that it hangs on.
struct ViewUpload {
  static constexpr Tag tag{1, "view_upload"};
  UploadId upload_id;
  static constexpr auto fields() { return std::array{field<&ViewUpload::upload_id>(1, "uploadId")}; }
};

struct UploadFound {
  static constexpr std::string_view record_name = "UploadFound";
  UserId owner;
  StoredUpload upload;
  static constexpr auto fields() {
    return std::array{field<&UploadFound::owner>(1, "owner"), field<&UploadFound::upload>(2, "upload")};
  }
};

/// What a client is told of its file.
struct UploadResource {
  static constexpr std::string_view record_name = "Upload";
  UploadId upload_id;
  UploadPurpose purpose = UploadPurpose::proof;
  std::string content_type;
  std::int64_t bytes = 0;
  std::optional<std::int32_t> width, height;
  Time created_at;
  static constexpr auto fields() {
    return std::array{field<&UploadResource::upload_id>(1, "uploadId"),
                      field<&UploadResource::purpose>(2, "purpose"),
                      field<&UploadResource::content_type>(3, "contentType"),
                      field<&UploadResource::bytes>(4, "bytes"),
                      field<&UploadResource::width>(5, "width"),
                      field<&UploadResource::height>(6, "height"),
                      field<&UploadResource::created_at>(7, "createdAt")};
  }
};

}  // namespace caravan
