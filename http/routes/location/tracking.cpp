#include <algorithm>
#include <charconv>
#include <map>
#include <sstream>

#include "actors/audit/commands.hpp"
#include "actors/delivery/resources.hpp"
#include "actors/tracker/entity.hpp"
#include "http/routes/deliveries/deliveries.hpp"
#include "http/routes/location/reported_points.hpp"
#include "http/routes/location/track.hpp"
#include "http/routes/location/track_formats.hpp"
#include "storage/journal/entry.hpp"

namespace caravan::http {

namespace {

using namespace std::chrono_literals;

// The answer waits so long, so that the delivery already shows that the parcel left.
constexpr auto departure_patience = 1s;
constexpr std::size_t entries_at_once = 100;  // of 500 points at most

struct TrackingBody {
  static constexpr std::string_view record_name = "TrackingTarget";
  DeliveryId delivery_id;
  static constexpr auto fields() { return std::array{field<&TrackingBody::delivery_id>(1, "deliveryId")}; }
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
  std::optional<std::int32_t> limit;  // points; absent: as many as there may be
  std::optional<std::string> cursor;
  static constexpr auto fields() {
    return std::array{field<&TrackQuery::format>(1, "format"), field<&TrackQuery::from>(2, "from"),
                      field<&TrackQuery::to>(3, "to"),
                      field<&TrackQuery::limit>(4, "limit", between(1, max_track_page)),
                      field<&TrackQuery::cursor>(5, "cursor", length(1, 40))};
  }
};

Address tracker_of(DeliveryId delivery) { return {EntityKind::tracker, delivery.value}; }

/// A delivery as its side sees it; nothing where the caller is none, or sees what is private in any case.
std::optional<DeliveryResource> of_own_side(Call& call, DeliveryId id) {
  if (call.caller().kind != Caller::Kind::user || call.caller().may(Permission::private_data)) return std::nullopt;
  const Reply reply = call.ask_query({EntityKind::delivery, id.value}, ViewDelivery{});
  const auto& delivery = call.resource<DeliveryResource>(reply);
  const bool is_side = call.caller().is_user(delivery.customer_id) || call.caller().is_user(delivery.traveler_id);
  return is_side ? std::optional(delivery) : std::nullopt;
}

/// The customer sees where the traveler was no longer than the two have to do with each other.
void check_track_shown(Call& call, DeliveryId id) {
  const auto delivery = of_own_side(call, id);
  if (delivery && !call.caller().is_user(delivery->traveler_id)) check_private_shown(*delivery);
}

void check_position_shown(Call& call, ViewPosition&) { check_track_shown(call, call.path<DeliveryId>("deliveryId")); }

/// A fence is where the customer's and the receiver's doors are, which the traveler knows for as long as they may.
void check_places_shown(Call& call, DeliveryId id) {
  const auto delivery = of_own_side(call, id);
  if (delivery && !delivery->shows_doors)
    throw Problem{"forbidden", "The places of a delivery that is over are not shown to its traveler any more."};
}

void check_fence_shown(Call& call, ViewGeofence&) {
  check_places_shown(call, DeliveryId{call.locate(call.path_uuid("geofenceId")).id});
}

/// What the call came with.
std::optional<Uuid> source_of(const Call& call) {
  if (const Uuid& session = call.identity().session; !session.is_nil()) return session;
  return call.caller().api_key ? call.caller().api_key : call.caller().service;
}

Response record(Call& call, DeliveryId delivery, std::vector<Fix> points) {
  const Reply reply = call.ask(tracker_of(delivery), RecordPositions{std::move(points), source_of(call)});
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
  return record(call, body.delivery_id, {fix_of(body, call.door().now())});
}

Response record_batch(Call& call) {
  const auto& body = call.body<BatchBody>();
  std::vector<Fix> points;
  points.reserve(body.points.size());
  for (const ReportedPoint& point : body.points) points.push_back(fix_of(point));
  return record(call, body.delivery_id, std::move(points));
}

Response start(Call& call) {
  return call.answer(call.ask(tracker_of(call.body<TrackingBody>().delivery_id), StartTracking{source_of(call)}));
}

Response stop(Call& call) {
  return call.answer(call.ask(tracker_of(call.body<TrackingBody>().delivery_id), StopTracking{}));
}

/// A cursor is the time of the page's last point, in milliseconds.
std::optional<Time> time_in(const std::optional<std::string>& cursor) {
  if (!cursor) return std::nullopt;
  std::int64_t millis = 0;
  const char* const end = cursor->data() + cursor->size();
  const auto [stop, error] = std::from_chars(cursor->data(), end, millis);
  if (error != std::errc{} || stop != end)
    throw Problem{.code = "validation_failed", .errors = {{"cursor", "invalid_format", "not a cursor of this list"}}};
  return from_millis(millis);
}

/// The Link header that leads to the next page, for formats whose body has no place for a cursor.
std::string link_to_next(const Call& call, const std::string& cursor) {
  std::string query;
  std::istringstream words(call.request().query);
  for (std::string word; std::getline(words, word, '&');)
    if (!word.starts_with("cursor=")) query += word + '&';
  return '<' + call.request().path + '?' + query + "cursor=" + cursor + ">; rel=\"next\"";
}

constexpr std::string_view other_track_types[] = {"application/gpx+xml"};

Response history(Call& call) {
  const auto delivery = call.path<DeliveryId>("deliveryId");
  call.ask_query(tracker_of(delivery), ViewTracking{});  // refuses who may not see it
  check_track_shown(call, delivery);
  if (call.looks_in()) call.record_look(PrivateThing::track, tracker_of(delivery));
  const auto& query = call.query<TrackQuery>();
  const TrackSpan span{query.from, query.to, time_in(query.cursor)};
  const auto limit = query.limit ? static_cast<std::size_t>(*query.limit) : max_track_page;
  const TrackPage page = track_page(call.door(), tracker_of(delivery), span, limit);
  std::optional<std::string> cursor;
  if (!page.is_last) cursor = std::to_string(to_millis(page.points.back().timestamp));
  Response response;
  if (query.format == TrackFormat::gpx) {
    response = call.bytes("application/gpx+xml", as_gpx(page.points));
  } else {
    response = call.answer(as_geojson(delivery, page.points, cursor));
    response.content_type = "application/geo+json";
  }
  if (cursor) response.headers.emplace_back("Link", link_to_next(call, *cursor));
  return response;
}

Response geofences_of_delivery(Call& call) {
  const DeliveryId delivery = call.query<GeofenceQuery>().delivery_id;
  const Reply reply = call.ask_query(tracker_of(delivery), ViewGeofences{});
  check_places_shown(call, delivery);
  record_look_at(call, PrivateThing::places, {EntityKind::delivery, delivery.value});
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
  check_places_shown(call, DeliveryId{owner.id});
  record_look_at(call, PrivateThing::places, {EntityKind::delivery, owner.id});
  return call.list(call.resource<GeofenceEventList>(reply).items);
}

}  // namespace

TrackPage track_page(Door& door, Address tracker, const TrackSpan& span, std::size_t limit) {
  limit = std::min(limit, max_track_page);
  std::map<Time, TrackPoint> earliest;  // one more than the page: whether there are others
  const auto in_span = [&](Time at) {
    return (!span.from || at >= *span.from) && (!span.to || at <= *span.to) && (!span.after || at > *span.after);
  };
  for (std::uint64_t from = 1;;) {
    const auto entries = door.history(tracker, from, entries_at_once);
    for (const JournalEntry& entry : entries)
      for (const AnyRecord& event : entry.events)
        if (const auto* recorded = event.get_if<PositionsRecorded>())
          for (const Fix& fix : recorded->points) {
            if (!in_span(fix.timestamp)) continue;
            earliest.emplace(fix.timestamp, TrackPoint{fix, recorded->received_at,
                                                       is_told_late(fix.timestamp, recorded->received_at)});
            if (earliest.size() > limit + 1) earliest.erase(std::prev(earliest.end()));
          }
    if (entries.size() < entries_at_once) break;
    from = entries.back().sequence + 1;
  }
  TrackPage page{.points = {}, .is_last = earliest.size() <= limit};
  if (!page.is_last) earliest.erase(std::prev(earliest.end()));
  page.points.reserve(earliest.size());
  for (auto& [time, fix] : earliest) page.points.push_back(std::move(fix));
  return page;
}

std::vector<Route> tracking_routes(Services&) {
  const Target fence = by_part(EntityKind::tracker);
  return {
      post("/location/tracking/start", person, "Start tracking a delivery")
          .body<TrackingBody>()
          .answers<TrackingResource>(201)
          .handle(start),
      post("/location/tracking/update", person, "One point")
          .scoped(Scope::tracking_write)
          .body<PointBody>()
          .answers<PositionsTaken>(202)
          .rated(RateClass::tracking)
          .handle(record_one),
      post("/location/tracking/batch", person, "Many points, buffered ones too, any order; answered point by point")
          .scoped(Scope::tracking_write)
          .body<BatchBody>()
          .answers<PositionsTaken>(202)
          .rated(RateClass::tracking)
          .handle(record_batch),
      post("/location/tracking/stop", person, "Stop").body<TrackingBody>().answers<TrackingResource>().handle(stop),
      get("/location/tracking/:deliveryId", user, "Last position, with its age and accuracy")
          .view<ViewPosition>(by_path(EntityKind::tracker), check_position_shown)
          .shows_private(PrivateThing::track)
          .answers<PositionResource>(),
      get("/location/tracking/:deliveryId/history", user,
          "Track as GeoJSON or GPX (format), oldest first, at most 10,000 points; what follows: nextCursor, or Link. "
          "Where "
          "it has gaps, or crosses the date line, a MultiLineString, and times of each of its lines")
          .query<TrackQuery>()
          .answers<TrackFeature>()
          .answers_media("application/geo+json")
          .or_media(other_track_types)
          .rated(RateClass::bulk)
          .handle(history),
      get("/location/geofences", user, "By delivery")
          .query<GeofenceQuery>()
          .lists_own<GeofenceResource>()
          .handle(geofences_of_delivery),
      post("/location/geofences", service, "Circle or polygon")
          .body<GeofenceBody>()
          .answers<GeofenceResource>(201)
          .handle(add_geofence),
      get("/location/geofences/:geofenceId", user, "One")
          .view<ViewGeofence>(fence, check_fence_shown)
          .shows_private(PrivateThing::places)
          .answers<GeofenceResource>(),
      patch("/location/geofences/:geofenceId", service, "Edit")
          .command<EditGeofence>(fence)
          .then<ViewGeofence>()
          .shows_private(PrivateThing::places)
          .answers<GeofenceResource>(),
      del("/location/geofences/:geofenceId", service, "Remove").command<DeleteGeofence>(fence).answers_nothing(),
      get("/location/geofences/:geofenceId/events", user, "Entries, exits, dwells")
          .lists_own<GeofenceEvent>()
          .handle(geofence_events),
  };
}

}  // namespace caravan::http
