#include "http/routes/location/track_formats.hpp"

#include <cmath>
#include <cstdio>

namespace caravan::http {

namespace {

struct LinesGeometry {
  static constexpr std::string_view record_name = "TrackLinesGeometry";
  std::string type = "MultiLineString";
  std::vector<std::vector<std::vector<double>>> coordinates;
  static constexpr auto fields() {
    return std::array{field<&LinesGeometry::type>(1, "type"), field<&LinesGeometry::coordinates>(2, "coordinates")};
  }
};
struct LinesProperties {
  static constexpr std::string_view record_name = "TrackLinesProperties";
  DeliveryId delivery_id;
  std::vector<std::vector<Time>> times;
  std::optional<std::string> next_cursor;
  static constexpr auto fields() {
    return std::array{field<&LinesProperties::delivery_id>(1, "deliveryId"), field<&LinesProperties::times>(2, "times"),
                      field<&LinesProperties::next_cursor>(3, "nextCursor")};
  }
};
struct LinesFeature {
  static constexpr std::string_view record_name = "TrackLinesFeature";
  std::string type = "Feature";
  LinesGeometry geometry;
  LinesProperties properties;
  static constexpr auto fields() {
    return std::array{field<&LinesFeature::type>(1, "type"), field<&LinesFeature::geometry>(2, "geometry"),
                      field<&LinesFeature::properties>(3, "properties")};
  }
};

constexpr Duration longest_pause = std::chrono::minutes{5};  // between two points of a stretch

struct Line {
  std::vector<std::vector<double>> positions;
  std::vector<Time> times;
  void add(double lng, double lat, Time at) {
    positions.push_back({lng, lat});
    times.push_back(at);
  }
};

/// A line ends at the date line, and the next one begins on its other side.
void cross_date_line(std::vector<Line>& lines, const Fix& from, const Fix& to) {
  const double before = 180 - std::abs(from.location.lng), after = 180 - std::abs(to.location.lng);
  const double share = before + after > 0 ? before / (before + after) : 0;
  const double lat = from.location.lat + share * (to.location.lat - from.location.lat);
  const Time at =
      from.timestamp + Duration{std::llround(share * static_cast<double>((to.timestamp - from.timestamp).count()))};
  lines.back().add(std::copysign(180.0, from.location.lng), lat, at);
  lines.emplace_back().add(std::copysign(180.0, to.location.lng), lat, at);
}

std::vector<Line> lines_of(const std::vector<TrackPoint>& track) {
  std::vector<Line> lines(1);
  const TrackPoint* last = nullptr;
  for (const TrackPoint& point : track) {
    if (last && point.timestamp - last->timestamp > longest_pause)
      lines.emplace_back();
    else if (last && std::abs(point.location.lng - last->location.lng) > 180)
      cross_date_line(lines, *last, point);
    lines.back().add(point.location.lng, point.location.lat, point.timestamp);
    last = &point;
  }
  return lines;
}

}  // namespace

AnyRecord as_geojson(DeliveryId delivery, const std::vector<TrackPoint>& track,
                     const std::optional<std::string>& next_cursor) {
  std::vector<Line> lines = lines_of(track);
  if (lines.size() == 1) {
    TrackFeature one;
    one.geometry = {track.size() < 2 ? "MultiPoint" : "LineString", std::move(lines.front().positions)};
    one.properties = {delivery, std::move(lines.front().times), next_cursor};
    return AnyRecord(std::move(one));
  }
  LinesFeature many;
  many.properties.delivery_id = delivery;
  many.properties.next_cursor = next_cursor;
  for (Line& line : lines) {
    // No line has a single position.
    if (line.positions.size() == 1) line.add(line.positions[0][0], line.positions[0][1], line.times[0]);
    many.geometry.coordinates.push_back(std::move(line.positions));
    many.properties.times.push_back(std::move(line.times));
  }
  return AnyRecord(std::move(many));
}

std::string as_gpx(const std::vector<TrackPoint>& track) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"Caravan\" "
      "xmlns=\"http://www.topografix.com/GPX/1/1\"><trk><trkseg>\n";
  const TrackPoint* last = nullptr;
  for (const TrackPoint& fix : track) {
    if (last && fix.timestamp - last->timestamp > longest_pause) out += "</trkseg><trkseg>\n";
    last = &fix;
    char place[80];
    std::snprintf(place, sizeof place, "<trkpt lat=\"%.7f\" lon=\"%.7f\">", fix.location.lat, fix.location.lng);
    out += std::string(place) + "<time>" + to_rfc3339(fix.timestamp) + "</time></trkpt>\n";
  }
  return out + "</trkseg></trk></gpx>\n";
}

}  // namespace caravan::http
