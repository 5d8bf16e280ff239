#pragma once

#include "actors/values/money.hpp"
#include "actors/values/parcel.hpp"

namespace caravan {

/// accepting → accepted → picked_up → in_transit → delivered, or cancelled before pickup, or returning → returned
/// after it. What is returning is delivered all the same where the receiver takes it. Whoever shares all the money out
/// otherwise (a refund, a split) ends it as cancelled before pickup, and sends the parcel back after it. A dispute's
/// decision ends it as cancelled at any time. `accepting` and `acceptance_failed` are the acceptance saga's: there is
/// no delivery yet for anyone to see.
enum class DeliveryStatus : std::uint8_t {
  accepting,
  accepted,
  picked_up,
  in_transit,
  delivered,
  cancelled,
  returning,
  returned,
  acceptance_failed,
};
constexpr auto enum_labels(DeliveryStatus) {
  return std::to_array<std::string_view>({"accepting", "accepted", "picked_up", "in_transit", "delivered", "cancelled",
                                          "returning", "returned", "acceptance_failed"});
}

/// The steps of the acceptance saga, in the order in which they are taken; they are undone in reverse.
enum class SagaStepName : std::uint8_t {
  accept_offer,
  create_payment_intent,
  reserve_capacity,
  generate_qr_codes,
  create_geofences,
};
constexpr auto enum_labels(SagaStepName) {
  return std::to_array<std::string_view>(
      {"accept_offer", "create_payment_intent", "reserve_capacity", "generate_qr_codes", "create_geofences"});
}
enum class SagaStepState : std::uint8_t { pending, done, failed, undone };
constexpr auto enum_labels(SagaStepState) {
  return std::to_array<std::string_view>({"pending", "done", "failed", "undone"});
}
enum class SagaState : std::uint8_t { running, completed, compensated };
constexpr auto enum_labels(SagaState) {
  return std::to_array<std::string_view>({"running", "completed", "compensated"});
}

/// The outcome of a scan; the labels but the first are the codes that a client is refused with.
enum class ScanOutcome : std::uint8_t {
  accepted,
  qr_invalid,
  qr_wrong_scanner,
  qr_already_used,
  qr_revoked,
  qr_locked,
  qr_expired,
  qr_wrong_order,
  qr_wrong_location,
};
constexpr auto enum_labels(ScanOutcome) {
  return std::to_array<std::string_view>({"accepted", "qr_invalid", "qr_wrong_scanner", "qr_already_used", "qr_revoked",
                                          "qr_locked", "qr_expired", "qr_wrong_order", "qr_wrong_location"});
}
constexpr std::string_view to_text(ScanOutcome outcome) {
  return enum_labels(outcome)[static_cast<std::size_t>(outcome)];
}

enum class QrStatus : std::uint8_t { active, used, revoked, locked };
constexpr auto enum_labels(QrStatus) {
  return std::to_array<std::string_view>({"active", "used", "revoked", "locked"});
}

/// The places of a delivery that people may set exactly.
enum class PinType : std::uint8_t { pickup, delivery };
constexpr auto enum_labels(PinType) { return std::to_array<std::string_view>({"pickup", "delivery"}); }

/// Where one side says that the parcel changes hands. It counts once the other side says the same.
struct PinProposal {
  PinType type = PinType::pickup;
  Coordinates location;
  UserId by;
  Time at;
  std::optional<Uuid> service = {};  // that proposed it on behalf of `by`
  static constexpr std::string_view record_name = "PinProposal";
  static constexpr auto fields() {
    return std::array{field<&PinProposal::type>(1, "type"), field<&PinProposal::location>(2, "location"),
                      field<&PinProposal::by>(3, "proposedBy"), field<&PinProposal::at>(4, "proposedAt"),
                      field<&PinProposal::service>(5, "serviceId", internal())};
  }
};

/// What the traveler does after nobody took the parcel.
enum class NextStep : std::uint8_t { retry, giving_back };
constexpr auto enum_labels(NextStep) { return std::to_array<std::string_view>({"retry", "return"}); }

/// A place and how exactly it is known.
struct MeasuredPlace {
  double lat = 0;
  double lng = 0;
  std::optional<double> accuracy;  // metres

  Coordinates at() const { return {lat, lng}; }
  static constexpr std::string_view record_name = "MeasuredPlace";
  static constexpr auto fields() {
    return std::array{field<&MeasuredPlace::lat>(1, "lat", between_real(-90, 90)),
                      field<&MeasuredPlace::lng>(2, "lng", between_real(-180, 180)),
                      field<&MeasuredPlace::accuracy>(3, "accuracy", between_real(0, 100'000))};
  }
};

/// What the traveler gets once the parcel is back: both sides agreed on it, or a judge decided it.
struct AgreedRest {
  Money held;         // all that was held then
  Money to_traveler;  // of it, without the platform's fee
  bool by_judge = false;
  static constexpr std::string_view record_name = "AgreedRest";
  static constexpr auto fields() {
    return std::array{field<&AgreedRest::held>(1, "held"), field<&AgreedRest::to_traveler>(2, "toTraveler"),
                      field<&AgreedRest::by_judge>(3, "byJudge")};
  }
};

}  // namespace caravan
