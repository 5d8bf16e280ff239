#pragma once

#include "actors/delivery/resources.hpp"
#include "http/routes/uploads/given_files.hpp"

namespace caravan::http {

/// Pictures that prove a step, in the body of a request: themselves, or as uploads made before.
struct VerificationData {
  static constexpr std::string_view record_name = "VerificationData";
  std::optional<Bytes> photo;
  std::optional<Bytes> signature;
  std::optional<UploadId> photo_upload, signature_upload;
  static constexpr auto fields() {
    return std::array{field<&VerificationData::photo>(1, "photo", length(1, max_picture_bytes)),
                      field<&VerificationData::signature>(2, "signature", length(1, max_picture_bytes)),
                      field<&VerificationData::photo_upload>(3, "photoUploadId", length(1, 64)),
                      field<&VerificationData::signature_upload>(4, "signatureUploadId", length(1, 64))};
  }
};

/// Puts the pictures of a scan into its command.
template <class Command>
void take_proof(GivenFiles& files, const std::optional<VerificationData>& proof, Command& command) {
  if (!proof) return;
  command.photo = files.take(proof->photo, proof->photo_upload, UploadPurpose::proof, "verificationData.photo");
  command.signature =
      files.take(proof->signature, proof->signature_upload, UploadPurpose::signature, "verificationData.signature");
}

/// Throws Problem where a scan cannot have been then: a phone may have been without a network for days, and its clock
/// may be a little ahead.
void check_scan_time(Call& call, std::optional<Time> scanned_at);

/// Keeps the pictures of a scan that was taken, or whose refusal they prove. Throws Problem with the scan's code where
/// it was refused.
void settle_scan(Call& call, GivenFiles& files, const Reply& scanned);

}  // namespace caravan::http
