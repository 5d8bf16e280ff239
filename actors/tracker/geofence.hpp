#pragma once

#include <vector>

#include "actors/values/parcel.hpp"

/// Areas around the places where a parcel changes hands, and the judgement whether a traveler is in one. Judged by
/// the time at which a fix was taken, not by the time at which it arrived.
namespace caravan {

enum class GeometryKind : std::uint8_t { circle, polygon };
constexpr auto enum_labels(GeometryKind) { return std::to_array<std::string_view>({"circle", "polygon"}); }

/// A circle has center and radius; a polygon at least three vertices, in order, the last joined to the first.
struct Geometry {
  GeometryKind type = GeometryKind::circle;
  std::optional<Coordinates> center;
  std::optional<double> radius;  // metres
  std::vector<Coordinates> vertices;

  static constexpr std::string_view record_name = "Geometry";
  static constexpr auto fields() {
    return std::array{field<&Geometry::type>(1, "type"), field<&Geometry::center>(2, "center"),
                      field<&Geometry::radius>(3, "radius", between_real(10, 100'000)),
                      field<&Geometry::vertices>(4, "vertices", length(0, 100))};
  }
};

/// True where the geometry has what its kind needs.
bool is_complete(const Geometry& geometry);

/// In code points: what a delivery makes of a stop's address fits.
inline constexpr std::size_t max_geofence_name = 320;

struct Geofence {
  GeofenceId geofence_id;
  std::string name;
  Handover type = Handover::pickup;
  Geometry geometry;
  std::int32_t dwell_seconds = 120;  // inside for so long is a dwell
  bool by_service = false;           // a service said where it is; else it lies around a stop

  static constexpr std::string_view record_name = "Geofence";
  static constexpr auto fields() {
    return std::array{field<&Geofence::geofence_id>(1, "geofenceId"),
                      field<&Geofence::name>(2, "name", length(1, max_geofence_name)),
                      field<&Geofence::type>(3, "type"),
                      field<&Geofence::geometry>(4, "geometry"),
                      field<&Geofence::dwell_seconds>(5, "dwellSeconds", between(10, 86'400)),
                      field<&Geofence::by_service>(6, "byService", internal())};
  }
};

enum class GeofenceEventType : std::uint8_t { entry, exit, dwell };
constexpr auto enum_labels(GeofenceEventType) {
  return std::to_array<std::string_view>({"geofence_entry", "geofence_exit", "geofence_dwell"});
}

/// One position as a device reports it.
struct Fix {
  Coordinates location;
  std::optional<double> accuracy;             // metres, radius of 68 % confidence
  std::optional<double> speed;                // metres a second
  std::optional<double> heading;              // degrees clockwise from north
  std::optional<std::int32_t> battery_level;  // percent
  Time timestamp;                             // when it was taken

  static constexpr std::string_view record_name = "Fix";
  static constexpr auto fields() {
    return std::array{field<&Fix::location>(1, "location"),
                      field<&Fix::accuracy>(2, "accuracy", between_real(0, 100'000)),
                      field<&Fix::speed>(3, "speed", between_real(0, 1'000)),
                      field<&Fix::heading>(4, "heading", between_real(0, 360)),
                      field<&Fix::battery_level>(5, "batteryLevel", between(0, 100)),
                      field<&Fix::timestamp>(6, "timestamp")};
  }
};

/// Of what somebody tells longer than this after it happened, they may have made it up meanwhile.
inline constexpr Duration told_promptly = std::chrono::minutes{10};
constexpr bool is_told_late(Time at, Time received_at) { return received_at > at + told_promptly; }

/// What became of a geofence at a moment.
struct GeofenceEvent {
  GeofenceId geofence_id;
  Handover geofence_type = Handover::pickup;
  GeofenceEventType event_type = GeofenceEventType::entry;
  Time timestamp;
  Coordinates location;
  std::optional<Time> received_at = {};  // by our clock; absent in older entries
  bool told_late = false;                // is_told_late, as it is shown

  static constexpr std::string_view record_name = "GeofenceEvent";
  static constexpr auto fields() {
    return std::array{
        field<&GeofenceEvent::geofence_id>(1, "geofenceId"), field<&GeofenceEvent::geofence_type>(2, "geofenceType"),
        field<&GeofenceEvent::event_type>(3, "eventType"),   field<&GeofenceEvent::timestamp>(4, "timestamp"),
        field<&GeofenceEvent::location>(5, "location"),      field<&GeofenceEvent::received_at>(6, "receivedAt"),
        field<&GeofenceEvent::told_late>(7, "toldLate")};
  }
};

/// How far the judgement of one fence has come, after some fixes in order of time.
struct FenceProgress {
  bool inside = false;
  bool dwelled = false;
  Time entered_at;
  std::int32_t outside_streak = 0;  // fixes in a row that are surely outside, while `inside`
  /// Time and place of the first of them: where the traveler left, once enough follow.
  Time first_outside_at;
  Coordinates first_outside;

  static constexpr std::string_view record_name = "FenceProgress";
  static constexpr auto fields() {
    return std::array{field<&FenceProgress::inside>(1, "inside"),
                      field<&FenceProgress::dwelled>(2, "dwelled"),
                      field<&FenceProgress::entered_at>(3, "enteredAt"),
                      field<&FenceProgress::outside_streak>(4, "outsideStreak"),
                      field<&FenceProgress::first_outside_at>(5, "firstOutsideAt"),
                      field<&FenceProgress::first_outside>(6, "firstOutside")};
  }
};

/// By which of these a point was judged is stored with it: it is judged alike by every build.
enum class FenceRules : std::uint8_t {
  plain,   // longitudes are numbers, and a window is short
  angles,  // they are angles, also around a pole
};
constexpr auto enum_labels(FenceRules) { return std::to_array<std::string_view>({"plain", "angles"}); }

/// Metres from the point to the fence's edge, negative within.
double edge_distance_meters(const Geometry& geometry, Coordinates point, FenceRules rules = FenceRules::angles);
/// Metres of the circle's radius, or of a circle as large as the polygon. A fix less accurate than this cannot tell.
double reach_meters(const Geometry& geometry, FenceRules rules = FenceRules::angles);
/// Takes the next fix in order of time; `previous` is the one before it that could tell, or nullptr. Appends what
/// happened to `out`.
void advance(const Geofence& fence, FenceProgress& progress, const Fix* previous, const Fix& fix,
             std::vector<GeofenceEvent>& out, FenceRules rules = FenceRules::angles);

}  // namespace caravan
