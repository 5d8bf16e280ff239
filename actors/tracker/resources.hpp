#pragma once

#include "actors/tracker/state.hpp"

namespace caravan {

struct TrackingResource {
  static constexpr std::string_view record_name = "Tracking";
  TrackingId tracking_id;
  DeliveryId delivery_id;
  TrackingStatus status = TrackingStatus::active;
  std::optional<Time> started_at;
  std::optional<Time> stopped_at;
  std::int64_t points = 0;
  static constexpr auto fields() {
    return std::array{
        field<&TrackingResource::tracking_id>(1, "trackingId"), field<&TrackingResource::delivery_id>(2, "deliveryId"),
        field<&TrackingResource::status>(3, "status"),          field<&TrackingResource::started_at>(4, "startedAt"),
        field<&TrackingResource::stopped_at>(5, "stoppedAt"),   field<&TrackingResource::points>(6, "points")};
  }
};

/// The answer to RecordPositions.
/// What became of a point that was told.
enum class PointOutcome : std::uint8_t { accepted, repeated, out_of_range, implausible, unusable };
constexpr auto enum_labels(PointOutcome) {
  return std::to_array<std::string_view>({"accepted", "repeated", "out_of_range", "implausible", "unusable"});
}

struct PositionsTaken {
  static constexpr std::string_view record_name = "PositionsTaken";
  std::int32_t accepted = 0;
  std::int32_t repeated = 0;      // known before, by their time
  std::int32_t out_of_range = 0;  // in the future, or too far back
  std::vector<GeofenceEvent> geofence_events;
  bool began = false;                 // the first point of the way: the delivery is being told
  std::int32_t implausible = 0;       // nobody can have reached them
  std::int32_t unusable = 0;          // they tell no place
  std::vector<PointOutcome> results;  // of each point, in the order in which they were told
  static constexpr auto fields() {
    return std::array{field<&PositionsTaken::accepted>(1, "accepted"),
                      field<&PositionsTaken::repeated>(2, "repeated"),
                      field<&PositionsTaken::out_of_range>(3, "outOfRange"),
                      field<&PositionsTaken::geofence_events>(4, "geofenceEvents"),
                      field<&PositionsTaken::began>(5, "began", internal()),
                      field<&PositionsTaken::implausible>(6, "implausible"),
                      field<&PositionsTaken::unusable>(7, "unusable"),
                      field<&PositionsTaken::results>(8, "results", length(0, max_points_per_batch))};
  }
};

/// The last known position.
struct PositionResource {
  static constexpr std::string_view record_name = "TrackedPosition";
  DeliveryId delivery_id;
  TrackingStatus status = TrackingStatus::active;
  std::optional<Coordinates> location;
  std::optional<double> accuracy;
  std::optional<double> speed;
  std::optional<double> heading;
  std::optional<std::int32_t> battery_level;
  std::optional<Time> timestamp;
  std::optional<std::int64_t> age_seconds;
  static constexpr auto fields() {
    return std::array{field<&PositionResource::delivery_id>(1, "deliveryId"),
                      field<&PositionResource::status>(2, "status"),
                      field<&PositionResource::location>(3, "location"),
                      field<&PositionResource::accuracy>(4, "accuracy"),
                      field<&PositionResource::speed>(5, "speed"),
                      field<&PositionResource::heading>(6, "heading"),
                      field<&PositionResource::battery_level>(7, "batteryLevel"),
                      field<&PositionResource::timestamp>(8, "timestamp"),
                      field<&PositionResource::age_seconds>(9, "ageSeconds")};
  }
};

struct GeofenceResource {
  static constexpr std::string_view record_name = "GeofenceResource";
  GeofenceId geofence_id;
  DeliveryId delivery_id;
  std::string name;
  Handover type = Handover::pickup;
  Geometry geometry;
  std::int32_t dwell_seconds = 0;
  bool is_inside = false;
  static constexpr auto fields() {
    return std::array{field<&GeofenceResource::geofence_id>(1, "geofenceId"),
                      field<&GeofenceResource::delivery_id>(2, "deliveryId"),
                      field<&GeofenceResource::name>(3, "name"),
                      field<&GeofenceResource::type>(4, "type"),
                      field<&GeofenceResource::geometry>(5, "geometry"),
                      field<&GeofenceResource::dwell_seconds>(6, "dwellSeconds"),
                      field<&GeofenceResource::is_inside>(7, "travelerInside")};
  }
};

struct GeofenceList {
  static constexpr std::string_view record_name = "GeofenceList";
  std::vector<GeofenceResource> items;
  static constexpr auto fields() { return std::array{field<&GeofenceList::items>(1, "items")}; }
};

struct GeofenceEventList {
  static constexpr std::string_view record_name = "GeofenceEventList";
  std::vector<GeofenceEvent> items;
  static constexpr auto fields() { return std::array{field<&GeofenceEventList::items>(1, "items")}; }
};

// Queries. Strangers are answered not_found.

struct ViewTracking {
  static constexpr Tag tag{1, "view_tracking"};
  static constexpr auto fields() { return no_fields; }
};
struct ViewPosition {
  static constexpr Tag tag{2, "view_position"};
  static constexpr auto fields() { return no_fields; }
};
struct ViewGeofences {
  static constexpr Tag tag{3, "view_geofences"};
  static constexpr auto fields() { return no_fields; }
};
struct ViewGeofence {
  static constexpr Tag tag{4, "view_geofence"};
  GeofenceId geofence_id;
  static constexpr auto fields() { return std::array{field<&ViewGeofence::geofence_id>(1, "geofenceId", internal())}; }
};
/// Newest first.
struct ViewGeofenceEvents {
  static constexpr Tag tag{5, "view_geofence_events"};
  GeofenceId geofence_id;
  static constexpr auto fields() {
    return std::array{field<&ViewGeofenceEvents::geofence_id>(1, "geofenceId", internal())};
  }
};

}  // namespace caravan
