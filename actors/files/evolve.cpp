#include <algorithm>

#include "actors/files/entity.hpp"

namespace caravan {

void evolve(FilesState& state, const FilesBegan& event) { state.owner = event.owner; }

void evolve(FilesState& state, const UploadWasStored& event) { state.uploads.push_back(event.upload); }

void evolve(FilesState& state, const UploadWasKept& event) {
  const auto found = std::ranges::find(state.uploads, event.upload_id, &StoredUpload::upload_id);
  if (found != state.uploads.end()) found->kept_by = event.kept_by;
}

void evolve(FilesState& state, const UploadsWereRemoved& event) {
  std::erase_if(state.uploads, [&](const StoredUpload& upload) {
    return std::ranges::find(event.upload_ids, upload.upload_id) != event.upload_ids.end();
  });
}

void evolve(FilesState& state, const FilesWereClosed& event) { state.closed_at = event.at; }

}  // namespace caravan
