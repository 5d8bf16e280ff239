#pragma once

#include "actors/delivery/resources.hpp"
#include "http/call.hpp"

namespace caravan::http {

inline constexpr std::size_t max_picture_bytes = 4U << 20;

/// Pictures that prove a step, in the body of a request.
struct VerificationData {
  static constexpr std::string_view record_name = "VerificationData";
  std::optional<Bytes> photo;
  std::optional<Bytes> signature;
  static constexpr auto fields() {
    return std::array{field<&VerificationData::photo>(1, "photo", length(1, max_picture_bytes)),
                      field<&VerificationData::signature>(2, "signature", length(1, max_picture_bytes))};
  }
};

/// Throws Problem where a scan cannot have been then: a phone may have been without a network for days, and its clock
/// may be a little ahead.
void check_scan_time(Call& call, std::optional<Time> scanned_at);

/// Throws Problem with the scan's code where it was refused.
void refuse_bad_scan(const ScanResult& scan);

/// Keeps a picture among the uploads; nothing where there is none. Throws Problem where it is no picture or too large.
std::optional<UploadId> keep_picture(Call& call, const std::optional<Bytes>& picture, std::string_view field);

}  // namespace caravan::http
