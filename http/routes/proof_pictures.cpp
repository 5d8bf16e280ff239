#include "http/routes/proof_pictures.hpp"

#include "storage/uploads/uploads.hpp"

namespace caravan::http {

std::optional<UploadId> keep_picture(Call& call, const std::optional<Bytes>& picture, std::string_view field) {
  if (!picture) return std::nullopt;
  if (!call.services().uploads) throw Problem{"unavailable", "This node takes no uploads."};
  try {
    return call.services().uploads->put(picture->value, true);
  } catch (const UploadRefused& refused) {
    if (refused.why == UploadRefused::Why::too_large)
      throw Problem{"payload_too_large", refused.what(), std::string(field)};
    throw Problem{.code = "validation_failed", .errors = {{std::string(field), "invalid_picture", refused.what()}}};
  }
}

}  // namespace caravan::http
