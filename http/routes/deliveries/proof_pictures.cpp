#include "http/routes/deliveries/proof_pictures.hpp"

#include "storage/uploads/uploads.hpp"

namespace caravan::http {

void check_scan_time(Call& call, std::optional<Time> scanned_at) {
  const Time now = call.door().now();
  if (scanned_at && (*scanned_at > now + std::chrono::minutes{5} || *scanned_at < now - std::chrono::days{7}))
    throw Problem{"timestamp_out_of_range", "A scan is at most 7 days old and 5 minutes ahead.", "scannedAt"};
}

void refuse_bad_scan(const ScanResult& scan) {
  if (scan.code)
    throw Problem{std::string(enum_labels(ScanOutcome{})[static_cast<std::size_t>(*scan.code)]), scan.detail};
}

std::optional<UploadId> keep_picture(Call& call, const std::optional<Bytes>& picture, std::string_view field) {
  if (!picture) return std::nullopt;
  if (!call.services().uploads) throw Problem{"unavailable", "This node takes no uploads."};
  try {
    return call.services().uploads->put(picture->value);
  } catch (const UploadRefused& refused) {
    if (refused.why == UploadRefused::Why::too_large)
      throw Problem{"payload_too_large", refused.what(), std::string(field)};
    throw Problem{.code = "validation_failed", .errors = {{std::string(field), "invalid_picture", refused.what()}}};
  }
}

}  // namespace caravan::http
