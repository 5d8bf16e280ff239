#pragma once

#include "actors/delivery/status.hpp"
#include "actors/entity/decision.hpp"
#include "actors/tracker/geofence.hpp"

namespace caravan {

/// A scan by a user; id and secret are empty where the text was forged. It is rejected only where the delivery expects
/// no code or the caller is no user. All else is answered with ScanResult: a refused scan is recorded like any other.
struct ScanCode {
  static constexpr Tag tag{20, "scan_code"};
  QrCodeId qr_code_id;  // nil: the text was no code of the platform
  Bytes secret;
  MeasuredPlace location;
  std::optional<Time> scanned_at;  // by the device's clock; the edge refuses what is far from now
  std::optional<UploadId> photo;
  std::optional<UploadId> signature;
  std::optional<std::string> elsewhere = {};  // why the receiver got the parcel off the agreed place
  std::optional<bool> accepts_goods = {};     // at the pickup: seen, and taken as declared
  static constexpr auto fields() {
    return std::array{field<&ScanCode::qr_code_id>(1, "qrCodeId"),
                      field<&ScanCode::secret>(2, "secret", internal()),
                      field<&ScanCode::location>(3, "location"),
                      field<&ScanCode::scanned_at>(4, "scannedAt"),
                      field<&ScanCode::photo>(5, "photo"),
                      field<&ScanCode::signature>(6, "signature"),
                      field<&ScanCode::elsewhere>(7, "elsewhere", length(1, 500)),
                      field<&ScanCode::accepts_goods>(8, "acceptsGoods")};
  }
};

/// By the customer: a new code in place of an unused one, which is void from now on. Answers QrCodeResource.
struct RotateCode {
  static constexpr Tag tag{21, "rotate_code"};
  QrCodeId qr_code_id;
  static constexpr auto fields() { return std::array{field<&RotateCode::qr_code_id>(1, "qrCodeId", internal())}; }
};

/// By the customer: makes an unused code void. Of a step that lies ahead the last good one gets another in its place.
struct RevokeCode {
  static constexpr Tag tag{22, "revoke_code"};
  QrCodeId qr_code_id;
  static constexpr auto fields() { return std::array{field<&RevokeCode::qr_code_id>(1, "qrCodeId", internal())}; }
};

/// Where a code may be scanned.
struct LocationBinding {
  bool enabled = true;
  Coordinates coordinates;
  double radius = 100;  // metres
  static constexpr std::string_view record_name = "LocationBinding";
  static constexpr auto fields() {
    return std::array{field<&LocationBinding::enabled>(1, "enabled"),
                      field<&LocationBinding::coordinates>(2, "coordinates"),
                      field<&LocationBinding::radius>(3, "radius", between_real(10, 100'000))};
  }
};

/// From within, once the credentials of a side were reset: whoever had them may have made links, which end; of the
/// customer they may have seen the codes, and those of the handovers ahead are made anew. After another password or the
/// end of all sessions, which need no thief, only the links end. So they do where the delivery is over: they show it
/// for a while yet.
struct RenewCodes {
  static constexpr Tag tag{38, "renew_codes"};
  UserId whose;  // of a delivery of somebody else nothing changes
  bool links_only = false;
  static constexpr auto fields() {
    return std::array{field<&RenewCodes::whose>(1, "customerId"), field<&RenewCodes::links_only>(2, "linksOnly")};
  }
};

/// By a service: a code for a step; an unused one of that step becomes void. Answers QrCodeResource.
struct IssueCode {
  static constexpr Tag tag{23, "issue_code"};
  Handover type = Handover::pickup;
  std::optional<LocationBinding> location_binding;  // absent: the stop's place
  std::optional<std::int32_t> expiration_hours;
  static constexpr auto fields() {
    return std::array{field<&IssueCode::type>(1, "type", internal()),
                      field<&IssueCode::location_binding>(2, "locationBinding"),
                      field<&IssueCode::expiration_hours>(3, "expirationHours", between(1, 24 * 90))};
  }
};

/// By a service that read a code itself, so that no secret comes along: picked_up, delivered and returned name the
/// code, who scanned it and where, and are judged as a scan is. A refused one is recorded and answered with ScanResult.
struct ChangeStatus {
  static constexpr Tag tag{30, "change_status"};
  DeliveryStatus status = DeliveryStatus::picked_up;
  std::optional<QrCodeId> qr_code_id;
  std::optional<UserId> scanned_by;
  std::optional<Time> scanned_at;
  std::optional<MeasuredPlace> location;
  std::optional<UploadId> photo;
  std::optional<UploadId> signature;
  std::optional<Bytes> secret = {};  // of the code's text; empty: it was no text of this code
  std::optional<bool> accepts_goods = {};
  static constexpr auto fields() {
    return std::array{field<&ChangeStatus::status>(1, "status"),
                      field<&ChangeStatus::qr_code_id>(2, "qrCodeId"),
                      field<&ChangeStatus::scanned_by>(3, "scannedBy"),
                      field<&ChangeStatus::scanned_at>(4, "scannedAt"),
                      field<&ChangeStatus::location>(5, "location"),
                      field<&ChangeStatus::photo>(6, "photo", internal()),
                      field<&ChangeStatus::signature>(7, "signature", internal()),
                      field<&ChangeStatus::secret>(8, "secret", internal()),
                      field<&ChangeStatus::accepts_goods>(9, "acceptsGoods")};
  }
};

}  // namespace caravan
