#pragma once

#include "http/routes/location/track.hpp"

/// A track as others draw it. It has stretches: nobody knows the way between two points that lie far apart in time, and
/// no line is drawn there.
namespace caravan::http {

/// GeoJSON (RFC 7946): a LineString, a MultiLineString where the track has stretches or crosses the date line, or a
/// MultiPoint where there are not two points yet.
struct TrackGeometry {
  static constexpr std::string_view record_name = "TrackGeometry";
  std::string type;
  std::vector<std::vector<double>> coordinates;  // longitude before latitude
  static constexpr auto fields() {
    return std::array{field<&TrackGeometry::type>(1, "type"),
                      field<&TrackGeometry::coordinates>(2, "coordinates", format(schema::Format::nested))};
  }
};
struct TrackProperties {
  static constexpr std::string_view record_name = "TrackProperties";
  DeliveryId delivery_id;
  std::vector<Time> times;                 // of each position
  std::optional<std::string> next_cursor;  // absent on the last page
  static constexpr auto fields() {
    return std::array{field<&TrackProperties::delivery_id>(1, "deliveryId"),
                      field<&TrackProperties::times>(2, "times", format(schema::Format::nested)),
                      field<&TrackProperties::next_cursor>(3, "nextCursor")};
  }
};
struct TrackFeature {
  static constexpr std::string_view record_name = "TrackFeature";
  std::string type = "Feature";
  TrackGeometry geometry;
  TrackProperties properties;
  static constexpr auto fields() {
    return std::array{field<&TrackFeature::type>(1, "type"), field<&TrackFeature::geometry>(2, "geometry"),
                      field<&TrackFeature::properties>(3, "properties")};
  }
};

/// A TrackFeature, or one like it of several lines.
AnyRecord as_geojson(DeliveryId delivery, const std::vector<TrackPoint>& track,
                     const std::optional<std::string>& next_cursor);

/// GPX 1.1, a segment a stretch.
std::string as_gpx(const std::vector<TrackPoint>& track);

}  // namespace caravan::http
