#pragma once

#include "actors/tracker/commands.hpp"

/// Points as devices send them. What a device does not know (-1, or a place that is none) refuses no call: the tracker
/// leaves it out, and says what became of each point.
namespace caravan::http {

struct ReportedPlace {
  static constexpr std::string_view record_name = "ReportedPlace";
  double lat = 0, lng = 0;  // WGS 84; beyond 90 and 180 degrees no place
  static constexpr auto fields() {
    return std::array{field<&ReportedPlace::lat>(1, "lat"), field<&ReportedPlace::lng>(2, "lng")};
  }
};

struct ReportedPoint {
  static constexpr std::string_view record_name = "ReportedPoint";
  ReportedPlace location;
  std::optional<double> accuracy, speed, heading;
  std::optional<std::int32_t> battery_level;
  Time timestamp;
  static constexpr auto fields() {
    return std::array{field<&ReportedPoint::location>(1, "location"),
                      field<&ReportedPoint::accuracy>(2, "accuracy"),
                      field<&ReportedPoint::speed>(3, "speed"),
                      field<&ReportedPoint::heading>(4, "heading"),
                      field<&ReportedPoint::battery_level>(5, "batteryLevel"),
                      field<&ReportedPoint::timestamp>(6, "timestamp")};
  }
};

struct PointBody {
  static constexpr std::string_view record_name = "TrackingPoint";
  DeliveryId delivery_id;
  ReportedPlace location;
  std::optional<double> accuracy, speed, heading;
  std::optional<std::int32_t> battery_level;
  std::optional<Time> timestamp;  // absent: now
  static constexpr auto fields() {
    return std::array{
        field<&PointBody::delivery_id>(1, "deliveryId"), field<&PointBody::location>(2, "location"),
        field<&PointBody::accuracy>(3, "accuracy"),      field<&PointBody::speed>(4, "speed"),
        field<&PointBody::heading>(5, "heading"),        field<&PointBody::battery_level>(6, "batteryLevel"),
        field<&PointBody::timestamp>(7, "timestamp")};
  }
};

struct BatchBody {
  static constexpr std::string_view record_name = "TrackingBatch";
  DeliveryId delivery_id;
  std::vector<ReportedPoint> points;
  static constexpr auto fields() {
    return std::array{field<&BatchBody::delivery_id>(1, "deliveryId"),
                      field<&BatchBody::points>(2, "points", length(1, max_points_per_batch))};
  }
};

inline Fix fix_of(const ReportedPoint& point) {
  return {{point.location.lat, point.location.lng},
          point.accuracy,
          point.speed,
          point.heading,
          point.battery_level,
          point.timestamp};
}

inline Fix fix_of(const PointBody& point, Time now) {
  return fix_of(ReportedPoint{point.location, point.accuracy, point.speed, point.heading, point.battery_level,
                              point.timestamp.value_or(now)});
}

}  // namespace caravan::http
