#include "http/routes/deliveries/proof_pictures.hpp"

namespace caravan::http {

void check_scan_time(Call& call, std::optional<Time> scanned_at) {
  const Time now = call.door().now();
  if (scanned_at && (*scanned_at > now + std::chrono::minutes{5} || *scanned_at < now - std::chrono::days{7}))
    throw Problem{"timestamp_out_of_range", "A scan is at most 7 days old and 5 minutes ahead.", "scannedAt"};
}

void settle_scan(Call& call, GivenFiles& files, const Reply& scanned) {
  const auto& scan = call.resource<ScanResult>(scanned);
  if (!scan.code || scan.keeps_files) files.keep(scanned);
  if (scan.code)
    throw Problem{std::string(enum_labels(ScanOutcome{})[static_cast<std::size_t>(*scan.code)]), scan.detail};
}

}  // namespace caravan::http
