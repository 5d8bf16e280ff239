#pragma once

#include "actors/entity/entity.hpp"
#include "actors/tracker/state.hpp"

namespace caravan {

struct GeofencesSet {
  static constexpr Tag tag{1, "geofence.defined"};
  UserId customer;
  UserId traveler;
  std::vector<Geofence> fences;
  std::optional<TransportMode> mode = {};
  std::optional<std::int32_t> policy_version = {};  // of the delivery
  std::optional<ParcelName> parcel_name = {};       // absent in older entries
  static constexpr auto fields() {
    return std::array{field<&GeofencesSet::customer>(1, "customerId"),
                      field<&GeofencesSet::traveler>(2, "travelerId"),
                      field<&GeofencesSet::fences>(3, "fences"),
                      field<&GeofencesSet::mode>(4, "mode"),
                      field<&GeofencesSet::policy_version>(5, "policyVersion"),
                      field<&GeofencesSet::parcel_name>(6, "parcelName", internal())};
  }
};

struct GeofencesRemoved {
  static constexpr Tag tag{2, "geofence.removed"};
  static constexpr auto fields() { return no_fields; }
};

struct TrackingStarted {
  static constexpr Tag tag{3, "location.tracking_started"};
  TrackingId tracking_id;
  DeliveryId delivery_id;
  UserId user_id;
  Time at;
  std::optional<Uuid> source = {};  // the session, key or service that started it; absent in older entries
  bool by_key = false;              // no session of the traveler's
  static constexpr auto fields() {
    return std::array{field<&TrackingStarted::tracking_id>(1, "trackingId"),
                      field<&TrackingStarted::delivery_id>(2, "deliveryId"),
                      field<&TrackingStarted::user_id>(3, "userId"),
                      field<&TrackingStarted::at>(4, "timestamp"),
                      field<&TrackingStarted::source>(5, "source", internal()),
                      field<&TrackingStarted::by_key>(6, "byKey", internal())};
  }
};
/// A session of the traveler's measures from now on, in the place of the key that had started it.
struct TrackingTakenOver {
  static constexpr Tag tag{15, "location.tracking_taken_over"};
  Uuid source;
  Time at;
  static constexpr auto fields() {
    return std::array{field<&TrackingTakenOver::source>(1, "source", internal()),
                      field<&TrackingTakenOver::at>(2, "timestamp")};
  }
};

/// A batch of positions, in order of their own time. Many and small, so they have their own append path.
struct PositionsRecorded {
  static constexpr Tag tag{4, "location.updated"};
  static constexpr Lane lane = Lane::track;
  std::vector<Fix> points;
  Time received_at;
  std::optional<Time> implausible_until = {};  // as TrackerState has it afterwards
  FenceRules rules = FenceRules::plain;        // that they are judged by
  static constexpr auto fields() {
    return std::array{field<&PositionsRecorded::points>(1, "points", length(1, max_points_per_batch)),
                      field<&PositionsRecorded::received_at>(2, "receivedAt"),
                      field<&PositionsRecorded::implausible_until>(3, "implausibleUntil", internal()),
                      field<&PositionsRecorded::rules>(4, "rules", internal())};
  }
};

/// Points that nobody can have reached are no part of the track.
struct PositionsKeptOut {
  static constexpr Tag tag{16, "location.kept_out"};
  static constexpr Lane lane = Lane::track;
  std::int32_t count = 0;
  std::optional<Fix> jump;                // the newest of all, which the next one may stand by
  std::optional<Time> implausible_until;  // as TrackerState has it afterwards
  Time at;
  static constexpr auto fields() {
    return std::array{field<&PositionsKeptOut::count>(1, "count"), field<&PositionsKeptOut::jump>(2, "jump"),
                      field<&PositionsKeptOut::implausible_until>(3, "implausibleUntil"),
                      field<&PositionsKeptOut::at>(4, "at")};
  }
};

struct TrackingStopped {
  static constexpr Tag tag{5, "location.tracking_stopped"};
  DeliveryId delivery_id;
  UserId user_id;
  bool for_good = false;  // the delivery ended
  Time at;
  static constexpr auto fields() {
    return std::array{field<&TrackingStopped::delivery_id>(1, "deliveryId"),
                      field<&TrackingStopped::user_id>(2, "userId"), field<&TrackingStopped::for_good>(3, "forGood"),
                      field<&TrackingStopped::at>(4, "timestamp")};
  }
};

/// The first point after tracking started or the parcel was taken.
struct WayBegan {
  static constexpr Tag tag{6, "location.way_began"};
  Time at;
  static constexpr auto fields() { return std::array{field<&WayBegan::at>(1, "timestamp")}; }
};

struct WayAwaited {
  static constexpr Tag tag{7, "location.way_awaited"};
  static constexpr auto fields() { return no_fields; }
};

/// The traveler and a fence, as one fix showed it.
struct Crossing {
  GeofenceId geofence_id;
  Handover geofence_type = Handover::pickup;
  DeliveryId delivery_id;
  UserId user_id;
  Coordinates location;
  Time timestamp;
  std::optional<Time> received_at = {};  // by our clock; absent in older entries
  static constexpr auto fields() {
    return std::array{
        field<&Crossing::geofence_id>(1, "geofenceId"), field<&Crossing::geofence_type>(2, "geofenceType"),
        field<&Crossing::delivery_id>(3, "deliveryId"), field<&Crossing::user_id>(4, "userId"),
        field<&Crossing::location>(5, "location"),      field<&Crossing::timestamp>(6, "timestamp"),
        field<&Crossing::received_at>(7, "receivedAt")};
  }
};
struct GeofenceEntered {
  static constexpr Tag tag{8, "geofence.entered"};
  Crossing crossing;
  static constexpr auto fields() { return joined_rows(spliced<&GeofenceEntered::crossing>({1, 2, 3, 4, 5, 6, 7})); }
};
struct GeofenceExited {
  static constexpr Tag tag{9, "geofence.exited"};
  Crossing crossing;
  static constexpr auto fields() { return joined_rows(spliced<&GeofenceExited::crossing>({1, 2, 3, 4, 5, 6, 7})); }
};
struct GeofenceDwelled {
  static constexpr Tag tag{10, "geofence.dwelled"};
  Crossing crossing;
  static constexpr auto fields() { return joined_rows(spliced<&GeofenceDwelled::crossing>({1, 2, 3, 4, 5, 6, 7})); }
};

struct GeofenceAdded {
  static constexpr Tag tag{11, "geofence.added"};
  Geofence fence;
  static constexpr auto fields() { return std::array{field<&GeofenceAdded::fence>(1, "fence")}; }
};

struct GeofenceEdited {
  static constexpr Tag tag{12, "geofence.edited"};
  Geofence fence;
  static constexpr auto fields() { return std::array{field<&GeofenceEdited::fence>(1, "fence")}; }
};

struct GeofenceDeleted {
  static constexpr Tag tag{13, "geofence.deleted"};
  GeofenceId geofence_id;
  static constexpr auto fields() { return std::array{field<&GeofenceDeleted::geofence_id>(1, "geofenceId")}; }
};

/// Points within a fence go on arriving, or no longer do. Repeated while it lasts, but not with each point.
struct PresenceNoted {
  static constexpr Tag tag{14, "location.presence_noted"};
  static constexpr Lane lane = Lane::track;
  GeofenceId geofence_id;
  std::optional<Time> since;  // nothing: it is over
  std::optional<Time> until;
  std::optional<Time> plausible_from = {};  // as TravelerSeen has it
  static constexpr auto fields() {
    return std::array{field<&PresenceNoted::geofence_id>(1, "geofenceId"), field<&PresenceNoted::since>(2, "since"),
                      field<&PresenceNoted::until>(3, "until"),
                      field<&PresenceNoted::plausible_from>(4, "plausibleFrom")};
  }
};

}  // namespace caravan
