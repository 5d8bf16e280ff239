#pragma once

#include "actors/tracker/commands.hpp"
#include "actors/tracker/known_times.hpp"

namespace caravan {

using TrackingId = Id<struct TrackingTag>;

/// A fence and how far it is judged: `checkpoint` before the first fix of the window, `current` after its last one.
/// `is_inside`, `has_dwelled` and `last_hit_at` are what others were told last. That cannot be taken back, while a late
/// fix may still change `current`.
struct WatchedFence {
  Geofence fence;
  FenceProgress checkpoint;
  FenceProgress current;
  bool is_inside = false;
  bool has_dwelled = false;
  std::optional<Time> last_hit_at;
  /// By our clock: since when, and until when, points within the fence have gone on arriving.
  std::optional<Time> present_since, present_until;

  static constexpr std::string_view record_name = "WatchedFence";
  static constexpr auto fields() {
    return std::array{field<&WatchedFence::fence>(1, "fence"),
                      field<&WatchedFence::checkpoint>(2, "checkpoint"),
                      field<&WatchedFence::current>(3, "current"),
                      field<&WatchedFence::is_inside>(4, "isInside"),
                      field<&WatchedFence::has_dwelled>(5, "hasDwelled"),
                      field<&WatchedFence::last_hit_at>(6, "lastHitAt"),
                      field<&WatchedFence::present_since>(7, "presentSince"),
                      field<&WatchedFence::present_until>(8, "presentUntil")};
  }
};

/// idle → active ⇄ stopped; ended with the delivery.
enum class TrackingStatus : std::uint8_t { idle, active, stopped, ended };
constexpr auto enum_labels(TrackingStatus) {
  return std::to_array<std::string_view>({"idle", "active", "stopped", "ended"});
}

/// Follows the traveler of one delivery. The last fixes stay in memory (`window`, in order of their own time), so that
/// a late one is judged in its place; older ones are in the journal's track alone.
struct TrackerState {
  UserId customer;  // nil: does not exist
  UserId traveler;
  std::vector<WatchedFence> fences;
  TrackingStatus status = TrackingStatus::idle;
  TrackingId tracking_id;
  std::optional<Time> started_at;
  std::optional<Time> stopped_at;
  bool awaits_first = false;  // the next point is told to the delivery as TrackingBegan
  std::vector<Fix> window;
  std::optional<Fix> horizon;            // the newest fix that left the window
  std::optional<Fix> last;               // the newest of all
  std::optional<Time> last_received_at;  // unused: it keeps its id
  std::int64_t points = 0;
  std::vector<GeofenceEvent> hits;  // the newest ones, oldest first
  std::optional<TransportMode> mode;
  /// Some points are too far apart for the time between them: by the earlier of them nobody is at the later place
  /// before then.
  std::optional<Time> implausible_until;
  std::optional<Uuid> source;  // that started tracking, where it is known
  bool source_is_key = false;
  KnownTimes known;  // of the points that this build stored
  /// The newest point that nobody can have reached, until the next one stands by it: then it is believed.
  std::optional<Fix> jump;
  std::int64_t kept_out = 0;                   // points that nobody can have reached
  std::optional<std::int32_t> policy_version;  // of the delivery: waits are measured by it
  std::optional<ParcelName> parcel_name;       // for notices

  bool exists() const { return !customer.is_nil(); }

  static constexpr std::string_view record_name = "TrackerState";
  static constexpr auto fields() {
    return std::array{field<&TrackerState::customer>(1, "customerId"),
                      field<&TrackerState::traveler>(2, "travelerId"),
                      field<&TrackerState::fences>(3, "fences"),
                      field<&TrackerState::status>(4, "status"),
                      field<&TrackerState::tracking_id>(5, "trackingId"),
                      field<&TrackerState::started_at>(6, "startedAt"),
                      field<&TrackerState::stopped_at>(7, "stoppedAt"),
                      field<&TrackerState::awaits_first>(8, "awaitsFirst"),
                      field<&TrackerState::window>(9, "window"),
                      field<&TrackerState::horizon>(10, "horizon"),
                      field<&TrackerState::last>(11, "last"),
                      field<&TrackerState::last_received_at>(12, "lastReceivedAt"),
                      field<&TrackerState::points>(13, "points"),
                      field<&TrackerState::hits>(14, "hits"),
                      field<&TrackerState::mode>(15, "mode"),
                      field<&TrackerState::implausible_until>(16, "implausibleUntil"),
                      field<&TrackerState::source>(17, "source"),
                      field<&TrackerState::source_is_key>(18, "sourceIsKey"),
                      field<&TrackerState::known>(19, "known"),
                      field<&TrackerState::jump>(20, "jump"),
                      field<&TrackerState::kept_out>(21, "keptOut"),
                      field<&TrackerState::policy_version>(22, "policyVersion"),
                      field<&TrackerState::parcel_name>(23, "parcelName", internal())};
  }
};

enum class TrackerRejection : std::uint8_t {
  not_found,
  forbidden,
  tracking_ended,
  tracking_not_active,
  timestamp_out_of_range,  // all points lie in the future, or too far back
  invalid_geometry,
  limit_reached,
};
constexpr auto enum_labels(TrackerRejection) {
  return std::to_array<std::string_view>({"not_found", "forbidden", "tracking_ended", "tracking_not_active",
                                          "timestamp_out_of_range", "invalid_geometry", "limit_reached"});
}

inline constexpr std::size_t max_window = 512;        // fixes, a batch at least; beyond it the older half leaves
inline constexpr std::size_t max_window_before = 64;  // by FenceRules::plain
inline constexpr std::size_t max_hits = 200;          // kept
inline constexpr Duration max_ahead = std::chrono::minutes{5};
inline constexpr Duration max_behind = std::chrono::days{7};
/// Points that go on arriving within a fence are told on once in this time (TravelerSeen), not each of them.
inline constexpr Duration presence_pause = std::chrono::minutes{1};

}  // namespace caravan
