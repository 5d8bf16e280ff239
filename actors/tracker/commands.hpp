#pragma once

#include "actors/entity/decision.hpp"
#include "actors/tracker/geofence.hpp"
#include "actors/values/parcel.hpp"
#include "actors/values/transport_mode.hpp"

namespace caravan {

inline constexpr std::size_t max_points_per_batch = 500;
inline constexpr std::size_t max_geofences = 20;

/// From the delivery: who is followed and where the parcel changes hands. Answered with GeofencesDefined.
struct DefineGeofences {
  static constexpr Tag tag{1, "define_geofences"};
  UserId customer;
  UserId traveler;
  std::vector<Geofence> fences;
  std::optional<TransportMode> mode = {};  // how the traveler moves; absent: not known
  std::optional<std::int32_t> policy_version = {};
  std::optional<ParcelName> parcel_name = {};
  static constexpr auto fields() {
    return std::array{field<&DefineGeofences::customer>(1, "customerId"),
                      field<&DefineGeofences::traveler>(2, "travelerId"),
                      field<&DefineGeofences::fences>(3, "fences", length(0, max_geofences)),
                      field<&DefineGeofences::mode>(4, "mode"),
                      field<&DefineGeofences::policy_version>(5, "policyVersion"),
                      field<&DefineGeofences::parcel_name>(6, "parcelName", internal())};
  }
};

/// From the delivery: the acceptance was undone.
struct RemoveGeofences {
  static constexpr Tag tag{2, "remove_geofences"};
  static constexpr auto fields() { return no_fields; }
};

/// From the delivery: it ended, and nobody is followed any more.
struct EndTracking {
  static constexpr Tag tag{3, "end_tracking"};
  static constexpr auto fields() { return no_fields; }
};

/// From the delivery: the parcel was picked up, so the next point is the first of its way (TrackingBegan).
struct ParcelTaken {
  static constexpr Tag tag{4, "parcel_taken"};
  static constexpr auto fields() { return no_fields; }
};

/// By the traveler. Answers TrackingResource.
struct StartTracking {
  static constexpr Tag tag{5, "start_tracking"};
  std::optional<Uuid> source = {};  // the session, key or service that the call came with
  static constexpr auto fields() { return std::array{field<&StartTracking::source>(1, "source", internal())}; }
};

/// By the traveler, in any order, repeats included. Answers PositionsTaken.
struct RecordPositions {
  static constexpr Tag tag{6, "record_positions"};
  std::vector<Fix> points;
  std::optional<Uuid> source = {};  // the session, key or service that the call came with
  static constexpr auto fields() {
    return std::array{field<&RecordPositions::points>(1, "points", length(1, max_points_per_batch)),
                      field<&RecordPositions::source>(2, "source", internal())};
  }
};

/// By the traveler. Answers TrackingResource.
struct StopTracking {
  static constexpr Tag tag{7, "stop_tracking"};
  static constexpr auto fields() { return no_fields; }
};

/// By a service: one more geofence. Its id is new.
struct AddGeofence {
  static constexpr Tag tag{8, "add_geofence"};
  Geofence fence;
  static constexpr auto fields() { return std::array{field<&AddGeofence::fence>(1, "fence")}; }
};

/// By a service, or from the delivery when a pin was agreed on.
struct EditGeofence {
  static constexpr Tag tag{9, "edit_geofence"};
  GeofenceId geofence_id;
  std::optional<std::string> name;
  std::optional<Geometry> geometry;
  std::optional<std::int32_t> dwell_seconds;
  static constexpr auto fields() {
    return std::array{field<&EditGeofence::geofence_id>(1, "geofenceId", internal()),
                      field<&EditGeofence::name>(2, "name", length(1, max_geofence_name)),
                      field<&EditGeofence::geometry>(3, "geometry"),
                      field<&EditGeofence::dwell_seconds>(4, "dwellSeconds", between(10, 86'400))};
  }
};

/// By a service.
struct DeleteGeofence {
  static constexpr Tag tag{10, "delete_geofence"};
  GeofenceId geofence_id;
  static constexpr auto fields() {
    return std::array{field<&DeleteGeofence::geofence_id>(1, "geofenceId", internal())};
  }
};

}  // namespace caravan
