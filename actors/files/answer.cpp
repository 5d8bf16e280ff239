#include <algorithm>

#include "actors/files/entity.hpp"

namespace caravan {

Answer answer(const FilesState& state, const Context& context, const ViewUpload& query) {
  if (!context.caller.is_platform()) return refuse(FilesRejection::not_allowed);
  const auto found = std::ranges::find(state.uploads, query.upload_id, &StoredUpload::upload_id);
  if (found == state.uploads.end()) return refuse(FilesRejection::upload_unknown);
  return show(UploadFound{state.owner, *found});
}

}  // namespace caravan
