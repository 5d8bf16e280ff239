#include <algorithm>
#include <cstdio>

#include "actors/delivery/resources.hpp"
#include "actors/tracker/entity.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/location/track.hpp"
#include "storage/journal/entry.hpp"

namespace caravan::http {

namespace {

using namespace std::chrono_literals;

constexpr auto departure_patience = 1s;  // so that who reads the delivery right after the first point sees it
constexpr std::size_t entries_at_once = 500;
constexpr std::size_t max_track_points = 50'000;

struct TrackingBody {
  static constexpr std::string_view record_name = "TrackingTarget";
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&TrackingBody::delivery_id>(1, "deliveryId")}; }
};

struct PointBody {
  static constexpr std::string_view record_name = "TrackingPoint";
  DeliveryId delivery_id;
  Coordinates location;
  std::optional<double> accuracy;
  std::optional<double> speed;
  std::optional<double> heading;
  std::optional<std::int32_t> battery_level;
  std::optional<Time> timestamp;  // absent: now
  static constexpr auto fields() {
    return std::array{field<&PointBody::delivery_id>(1, "deliveryId"),
                      field<&PointBody::location>(2, "location"),
                      field<&PointBody::accuracy>(3, "accuracy", between_real(0, 100'000)),
                      field<&PointBody::speed>(4, "speed", between_real(0, 1'000)),
                      field<&PointBody::heading>(5, "heading", between_real(0, 360)),
                      field<&PointBody::battery_level>(6, "batteryLevel", between(0, 100)),
                      field<&PointBody::timestamp>(7, "timestamp")};
  }
};

struct BatchBody {
  static constexpr std::string_view record_name = "TrackingBatch";
  DeliveryId delivery_id;
  std::vector<Fix> points;
  static constexpr auto fields() {
    return std::array{field<&BatchBody::delivery_id>(1, "deliveryId"),
                      field<&BatchBody::points>(2, "points", length(1, max_points_per_batch))};
  }
};

struct GeofenceBody {
  static constexpr std::string_view record_name = "GeofenceDraft";
  DeliveryId delivery_id;
  std::string name;
  Handover type = Handover::pickup;
  Geometry geometry;
  std::optional<std::int32_t> dwell_seconds;
  static constexpr auto fields() {
    return std::array{field<&GeofenceBody::delivery_id>(1, "deliveryId"),
                      field<&GeofenceBody::name>(2, "name", length(1, max_geofence_name)),
                      field<&GeofenceBody::type>(3, "type"), field<&GeofenceBody::geometry>(4, "geometry"),
                      field<&GeofenceBody::dwell_seconds>(5, "dwellSeconds", between(10, 86'400))};
  }
};

struct GeofenceQuery {
  static constexpr std::string_view record_name = "GeofenceQuery";
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&GeofenceQuery::delivery_id>(1, "deliveryId")}; }
};

enum class TrackFormat : std::uint8_t { geojson, gpx };
constexpr auto enum_labels(TrackFormat) { return std::to_array<std::string_view>({"geojson", "gpx"}); }

struct TrackQuery {
  static constexpr std::string_view record_name = "TrackQuery";
  std::optional<TrackFormat> format;
  std::optional<Time> from;
  std::optional<Time> to;
  static constexpr auto fields() {
    return std::array{field<&TrackQuery::format>(1, "format"), field<&TrackQuery::from>(2, "from"),
                      field<&TrackQuery::to>(3, "to")};
  }
};

/// GeoJSON (RFC 7946): a LineString, or a MultiPoint where there are not two points yet.
struct TrackGeometry {
  static constexpr std::string_view record_name = "TrackGeometry";
  std::string type;
  std::vector<std::vector<double>> coordinates;  // longitude before latitude
  static constexpr auto fields() {
    return std::array{field<&TrackGeometry::type>(1, "type"), field<&TrackGeometry::coordinates>(2, "coordinates")};
  }
};
struct TrackProperties {
  static constexpr std::string_view record_name = "TrackProperties";
  DeliveryId delivery_id;
  std::vector<Time> times;  // of each position
  static constexpr auto fields() {
    return std::array{field<&TrackProperties::delivery_id>(1, "deliveryId"),
                      field<&TrackProperties::times>(2, "times")};
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

Address tracker_of(DeliveryId delivery) { return {EntityKind::tracker, delivery.value}; }

Response record(Call& call, DeliveryId delivery, std::vector<Fix> points) {
  const Reply reply = call.ask(tracker_of(delivery), RecordPositions{std::move(points)});
  if (call.resource<PositionsTaken>(reply).began)
    call.await(
        {EntityKind::delivery, delivery.value}, ViewDelivery{},
        [](const Reply& now) {
          const auto* seen = now.resource.get_if<DeliveryResource>();
          return !seen || seen->status != DeliveryStatus::picked_up;
        },
        departure_patience);
  return call.answer(reply);
}

Response record_one(Call& call) {
  const auto& body = call.body<PointBody>();
  const Fix fix{body.location, body.accuracy,      body.speed,
                body.heading,  body.battery_level, body.timestamp.value_or(call.door().now())};
  return record(call, body.delivery_id, {fix});
}

Response start(Call& call) {
  return call.answer(call.ask(tracker_of(call.body<TrackingBody>().delivery_id), StartTracking{}));
}

Response stop(Call& call) {
  return call.answer(call.ask(tracker_of(call.body<TrackingBody>().delivery_id), StopTracking{}));
}

std::string as_gpx(const std::vector<Fix>& track) {
  std::string out =
      "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<gpx version=\"1.1\" creator=\"Caravan\" "
      "xmlns=\"http://www.topografix.com/GPX/1/1\"><trk><trkseg>\n";
  for (const Fix& fix : track) {
    char place[80];
    std::snprintf(place, sizeof place, "<trkpt lat=\"%.7f\" lon=\"%.7f\">", fix.location.lat, fix.location.lng);
    out += std::string(place) + "<time>" + to_rfc3339(fix.timestamp) + "</time></trkpt>\n";
  }
  return out + "</trkseg></trk></gpx>\n";
}

Response history(Call& call) {
  const auto delivery = call.path<DeliveryId>("deliveryId");
  call.ask_query(tracker_of(delivery), ViewTracking{});  // refuses who may not see it
  const auto& query = call.query<TrackQuery>();
  const std::vector<Fix> track = track_of(call, tracker_of(delivery), query.from, query.to);
  if (query.format == TrackFormat::gpx) return call.bytes("application/gpx+xml", as_gpx(track));
  TrackFeature feature;
  feature.geometry.type = track.size() < 2 ? "MultiPoint" : "LineString";
  feature.properties.delivery_id = delivery;
  for (const Fix& fix : track) {
    feature.geometry.coordinates.push_back({fix.location.lng, fix.location.lat});
    feature.properties.times.push_back(fix.timestamp);
  }
  Response response = call.answer(AnyRecord(std::move(feature)));
  response.content_type = "application/geo+json";
  return response;
}

Response geofences_of_delivery(Call& call) {
  const Reply reply = call.ask_query(tracker_of(call.query<GeofenceQuery>().delivery_id), ViewGeofences{});
  return call.list(call.resource<GeofenceList>(reply).items);
}

Response add_geofence(Call& call) {
  const auto& body = call.body<GeofenceBody>();
  AddGeofence command;
  command.fence.geofence_id = GeofenceId{call.fresh_uuid()};
  command.fence.name = body.name;
  command.fence.type = body.type;
  command.fence.geometry = body.geometry;
  if (body.dwell_seconds) command.fence.dwell_seconds = *body.dwell_seconds;
  const ViewGeofence then{command.fence.geofence_id};
  return call.answer(call.ask(tracker_of(body.delivery_id), std::move(command), then));
}

Response geofence_events(Call& call) {
  const auto id = call.path<GeofenceId>("geofenceId");
  const Address owner = call.locate(id.value);
  if (owner.kind != EntityKind::tracker) throw Problem{"not_found"};
  const Reply reply = call.ask_query(owner, ViewGeofenceEvents{id});
  return call.list(call.resource<GeofenceEventList>(reply).items);
}

}  // namespace

std::vector<Fix> track_of(Call& call, Address tracker, std::optional<Time> from_time, std::optional<Time> to_time) {
  std::vector<Fix> track;
  for (std::uint64_t from = 1; track.size() < max_track_points;) {
    const auto entries = call.door().history(tracker, from, entries_at_once);
    for (const JournalEntry& entry : entries)
      for (const AnyRecord& event : entry.events)
        if (const auto* recorded = event.get_if<PositionsRecorded>())
          std::ranges::copy_if(recorded->points, std::back_inserter(track), [&](const Fix& fix) {
            return (!from_time || fix.timestamp >= *from_time) && (!to_time || fix.timestamp <= *to_time);
          });
    if (entries.size() < entries_at_once) break;
    from = entries.back().sequence + 1;
  }
  std::ranges::stable_sort(track, {}, &Fix::timestamp);
  const auto same_time = [](const Fix& a, const Fix& b) { return a.timestamp == b.timestamp; };
  track.erase(std::unique(track.begin(), track.end(), same_time), track.end());
  return track;
}

std::vector<Route> tracking_routes(Services&) {
  const Target fence = by_part(EntityKind::tracker);
  return {
      post("/location/tracking/start", traveler, "Start tracking a delivery")
          .body<TrackingBody>()
          .answers<TrackingResource>(201)
          .handle(start),
      post("/location/tracking/update", traveler, "One point")
          .body<PointBody>()
          .answers<PositionsTaken>(202)
          .rated(RateClass::tracking)
          .handle(record_one),
      post("/location/tracking/batch", traveler, "Many points, buffered ones too, any order")
          .body<BatchBody>()
          .answers<PositionsTaken>(202)
          .rated(RateClass::tracking)
          .handle([](Call& call) {
            auto& body = call.body<BatchBody>();
            return record(call, body.delivery_id, std::move(body.points));
          }),
      post("/location/tracking/stop", traveler, "Stop").body<TrackingBody>().answers<TrackingResource>().handle(stop),
      get("/location/tracking/:deliveryId", user, "Last position, with its age and accuracy")
          .view<ViewPosition>(by_path(EntityKind::tracker))
          .answers<PositionResource>(),
      get("/location/tracking/:deliveryId/history", user, "Track as GeoJSON or GPX")
          .query<TrackQuery>()
          .answers<TrackFeature>()
          .handle(history),
      get("/location/geofences", user, "By delivery")
          .query<GeofenceQuery>()
          .lists<GeofenceResource>()
          .handle(geofences_of_delivery),
      post("/location/geofences", service, "Circle or polygon")
          .body<GeofenceBody>()
          .answers<GeofenceResource>(201)
          .handle(add_geofence),
      get("/location/geofences/:geofenceId", user, "One").view<ViewGeofence>(fence).answers<GeofenceResource>(),
      patch("/location/geofences/:geofenceId", service, "Edit")
          .command<EditGeofence>(fence)
          .then<ViewGeofence>()
          .answers<GeofenceResource>(),
      del("/location/geofences/:geofenceId", service, "Remove").command<DeleteGeofence>(fence).answers_nothing(),
      get("/location/geofences/:geofenceId/events", user, "Entries, exits, dwells")
          .lists<GeofenceEvent>()
          .handle(geofence_events),
  };
}

}  // namespace caravan::http
