#pragma once

#include "actors/delivery/status.hpp"

/// Where handovers are agreed to be, and who was there.
namespace caravan {

struct DeliveryPinProposed {
  static constexpr Tag tag{29, "delivery.pin_proposed"};
  PinProposal proposal;
  static constexpr auto fields() { return std::array{field<&DeliveryPinProposed::proposal>(1, "proposal")}; }
};

/// Both sides say that the handover is here. Codes and fences are bound to it from now on.
struct DeliveryPinAgreed {
  static constexpr Tag tag{30, "delivery.pin_agreed"};
  PinType type = PinType::pickup;
  Coordinates location;
  UserId agreed_by;  // whose call was the second
  Time at;
  bool keeps_stay = false;  // the tracker says whether the traveler is still there; in older entries they are not
  std::optional<Uuid> service = {};  // that did it on behalf of that side; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&DeliveryPinAgreed::type>(1, "type"),
                      field<&DeliveryPinAgreed::location>(2, "location"),
                      field<&DeliveryPinAgreed::agreed_by>(3, "agreedBy"),
                      field<&DeliveryPinAgreed::at>(4, "at"),
                      field<&DeliveryPinAgreed::keeps_stay>(5, "keepsStay", internal()),
                      field<&DeliveryPinAgreed::service>(6, "serviceId", internal())};
  }
};

/// The traveler is at the place of the handover that comes next, or no longer is.
struct WaitMeasured {
  static constexpr Tag tag{31, "delivery.wait_measured"};
  Handover geofence_type = Handover::pickup;
  std::optional<Time> since;  // nothing: it is over
  std::optional<Time> until;
  bool told = false;  // the customer is told that a wait has begun
  Time at;
  std::optional<Time> plausible_from = {};  // the traveler cannot have come earlier; absent: nothing contradicts it
  std::optional<Time> came_at = {};         // at the pickup on its day, whether or not a wait counts then yet
  bool keeps_earned = false;                // the stay so far, which is over, was a wait
  static constexpr auto fields() {
    return std::array{field<&WaitMeasured::geofence_type>(1, "geofenceType"),
                      field<&WaitMeasured::since>(2, "since"),
                      field<&WaitMeasured::until>(3, "until"),
                      field<&WaitMeasured::told>(4, "told"),
                      field<&WaitMeasured::at>(5, "timestamp"),
                      field<&WaitMeasured::plausible_from>(6, "plausibleFrom"),
                      field<&WaitMeasured::came_at>(7, "cameAt"),
                      field<&WaitMeasured::keeps_earned>(8, "keepsEarned")};
  }
};

/// The traveler waited at the pickup with the parcel that goes back, and nobody took it.
struct NotTakenBack {
  static constexpr Tag tag{35, "delivery.not_taken_back"};
  DeliveryId delivery_id;
  std::string reason;
  std::int64_t measured_wait_seconds = 0;
  std::optional<std::string> note;
  std::optional<MeasuredPlace> location;
  std::optional<UploadId> photo;
  Time at;
  std::optional<Uuid> service = {};  // that did it on behalf of that side; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&NotTakenBack::delivery_id>(1, "deliveryId"),
                      field<&NotTakenBack::reason>(2, "reason"),
                      field<&NotTakenBack::measured_wait_seconds>(3, "measuredWaitSeconds"),
                      field<&NotTakenBack::note>(4, "note"),
                      field<&NotTakenBack::location>(5, "location"),
                      field<&NotTakenBack::photo>(6, "photo"),
                      field<&NotTakenBack::at>(7, "timestamp"),
                      field<&NotTakenBack::service>(8, "serviceId", internal())};
  }
};

/// The customer says that somebody is at the place of that handover.
struct PresenceSaid {
  static constexpr Tag tag{37, "delivery.presence_said"};
  Handover geofence_type = Handover::pickup;
  Time at;
  std::optional<Uuid> service = {};  // that did it on behalf of that side; absent in older entries
  static constexpr auto fields() {
    return std::array{field<&PresenceSaid::geofence_type>(1, "geofenceType"), field<&PresenceSaid::at>(2, "timestamp"),
                      field<&PresenceSaid::service>(3, "serviceId", internal())};
  }
};

/// One side takes back where it said that the handover is.
struct DeliveryPinWithdrawn {
  static constexpr Tag tag{36, "delivery.pin_withdrawn"};
  PinType type = PinType::pickup;
  UserId by;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&DeliveryPinWithdrawn::type>(1, "type"), field<&DeliveryPinWithdrawn::by>(2, "by"),
                      field<&DeliveryPinWithdrawn::at>(3, "at")};
  }
};

/// Another place of the traveler contradicts the wait that a fee was earned by: it does not pay by itself any more.
struct WaitDoubted {
  static constexpr Tag tag{34, "delivery.wait_doubted"};
  double distance_meters = 0;  // how far away it is
  Time at;
  bool takes_came = false;  // before anything was earned: the traveler is not said to have come to the pickup
  static constexpr auto fields() {
    return std::array{field<&WaitDoubted::distance_meters>(1, "distanceMeters"),
                      field<&WaitDoubted::at>(2, "timestamp"), field<&WaitDoubted::takes_came>(3, "takesCame")};
  }
};

}  // namespace caravan
