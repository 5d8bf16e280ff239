#include "storage/read_models/trips.hpp"

#include <algorithm>
#include <set>

#include "actors/trip/entity.hpp"
#include "actors/trip/legs.hpp"
#include "storage/codec/codec.hpp"
#include "storage/read_models/places.hpp"
#include "storage/read_models/state_list.hpp"

namespace caravan {

using namespace read_models;

namespace {

constexpr std::int64_t candidates_limit = 20'000;  // rows that one search looks at
constexpr double half_spacing = 20'000;            // metres: a way passes its nearest waypoint at most this far off

// trip_ends: where a trip begins and ends. trip_point: the points it comes by (see waypoints), with their order.
constexpr const char* tables = R"sql(
CREATE TABLE trip(
  number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, traveler BLOB NOT NULL, status INTEGER NOT NULL,
  created INTEGER NOT NULL, departure INTEGER NOT NULL, arrival INTEGER NOT NULL, mode INTEGER NOT NULL,
  weight INTEGER NOT NULL, volume INTEGER NOT NULL, items INTEGER NOT NULL, min_price INTEGER NOT NULL,
  currency TEXT NOT NULL, way TEXT NOT NULL);
CREATE INDEX trip_traveler ON trip(traveler, created, id);
CREATE INDEX trip_created ON trip(created, id);
CREATE INDEX trip_departure ON trip(status, departure, id);
CREATE VIRTUAL TABLE trip_ends USING rtree(
  number, origin_south, origin_north, origin_west, origin_east, destination_south, destination_north,
  destination_west, destination_east);
CREATE VIRTUAL TABLE trip_point USING rtree(
  row, south, north, west, east, +number INTEGER, +place INTEGER);
CREATE TABLE trip_point_of(number INTEGER NOT NULL, row INTEGER NOT NULL, PRIMARY KEY(number, row)) WITHOUT ROWID;
)sql";

TripFacts facts_of(TripId id, const TripState& state, std::optional<double> rating) {
  const TripDetails& details = state.details;
  TripFacts facts{id,    state.traveler_id, details.transport_mode, {}, available_by_leg(state), details.min_price,
                  rating};
  std::int64_t driven = 0, whole = 0;
  for (const RouteLeg& leg : details.route.legs) whole += leg.duration_seconds;
  const auto span = details.arrival_time - details.departure_time;
  for (std::size_t i = 0; i < details.places.size(); ++i) {
    // Each place is due in proportion to the way up to it, so that the last is due at the arrival.
    const double share = whole > 0 ? static_cast<double>(driven) / static_cast<double>(whole)
                                   : static_cast<double>(i) / static_cast<double>(details.places.size() - 1);
    const auto after = static_cast<std::int64_t>(share * static_cast<double>(span.count()));
    facts.points.push_back({details.places[i].at(), details.departure_time + Duration{after}});
    if (i < details.route.legs.size()) driven += details.route.legs[i].duration_seconds;
  }
  return facts;
}

/// Changes where the points that a trip is found by change.
std::string way_of(const TripState& state) {
  std::string way(enum_labels(TransportMode{})[static_cast<std::size_t>(state.details.transport_mode)]);
  for (const Place& place : state.details.places)
    way += ' ' + std::to_string(place.at().lat) + ',' + std::to_string(place.at().lng);
  return way;
}

void forget_points(sqlite::Database& database, std::int64_t number) {
  database.query("DELETE FROM trip_ends WHERE number = ?").bind(number).run();
  database.query("DELETE FROM trip_point WHERE row IN (SELECT row FROM trip_point_of WHERE number = ?)")
      .bind(number)
      .run();
  database.query("DELETE FROM trip_point_of WHERE number = ?").bind(number).run();
}

void add_points(sqlite::Database& database, std::int64_t number, const TripFacts& facts) {
  const Coordinates from = facts.points.front().at, to = facts.points.back().at;
  database.query("INSERT INTO trip_ends VALUES(?1, ?2, ?2, ?3, ?3, ?4, ?4, ?5, ?5)")
      .bind(number, from.lat, from.lng, to.lat, to.lng)
      .run();
  for (const Waypoint& point : waypoints(facts)) {
    database
        .query("INSERT INTO trip_point(row, south, north, west, east, number, place) VALUES(NULL,?1,?1,?2,?2,?3,?4)")
        .bind(point.at.lat, point.at.lng, number, point.order)
        .run();
    database.query("INSERT INTO trip_point_of VALUES(?, ?)")
        .bind(number, sqlite3_last_insert_rowid(database.handle()))
        .run();
  }
}

void on_state(sqlite::Database& database, const StateView& view) {
  const auto& state = view.as<TripState>();
  const Load room = available_on_all(available_by_leg(state));
  std::int64_t number = 0;
  std::string way_before;
  {
    sqlite::Query query = database.query("SELECT number, way FROM trip WHERE id = ?");
    query.bind(view.entity.id);
    if (query.step()) {
      number = query.integer(0);
      way_before = query.text(1);
    }
  }
  // Trips that take nothing any more need not be found by place.
  const std::string way = state.status == TripStatus::upcoming ? way_of(state) : "";
  const std::int64_t price = state.details.min_price ? to_price(*state.details.min_price).units : 0;
  database
      .query(
          "INSERT OR REPLACE INTO trip(number, id, traveler, status, created, departure, arrival, mode, weight,"
          " volume, items, min_price, currency, way) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)")
      .bind(number == 0 ? std::nullopt : std::optional(number), view.entity.id, state.traveler_id, state.status,
            state.created_at, state.details.departure_time, state.details.arrival_time, state.details.transport_mode,
            room.weight.units, room.volume.units, room.items, price, state.details.currency.text(), way)
      .run();
  if (way == way_before) return;
  if (number == 0) number = sqlite3_last_insert_rowid(database.handle());
  forget_points(database, number);
  if (!way.empty()) add_points(database, number, facts_of(TripId{view.entity.id}, state, {}));
}

TripState state_of(std::string_view body) {
  TripState state;
  if (!codec::decode(schema::type_of<TripState>(), body, &state))
    throw StorageError("a trip's state in the read model is damaged: rebuild the read models");
  return state;
}

/// Binds a box's edges in the order of an R*Tree's columns for "overlaps": south <= north edge, and so on.
void bind_box(sqlite::Query& query, const Box& box) { query.bind(box.north, box.south, box.east, box.west); }

/// A traveler's average rating; nothing where nobody rated them yet.
std::optional<double> rating(sqlite::Query& query, int column) {
  return query.is_null(column) ? std::nullopt : std::optional(query.real(column));
}

/// Metres from the point to where the trip begins or ends; nothing where no point is asked for.
std::optional<std::int64_t> distance(const std::optional<Coordinates>& from, const Place& place) {
  if (!from) return std::nullopt;
  return static_cast<std::int64_t>(distance_meters(*from, place.at()));
}

TripHit hit_of(const TripResource& trip, const TripSearch& search) {
  TripHit hit;
  static_cast<TripResource&>(hit) = trip;
  hit.distance_from_origin = distance(search.origin, trip.origin);
  hit.distance_from_destination = distance(search.destination, trip.destination);
  return hit;
}

}  // namespace

namespace read_models {

const Projection& trips_projection() {
  static constexpr Projection projection{
      .name = "trips", .schema = tables, .state_of = EntityKind::trip, .on_state = on_state};
  return projection;
}

std::optional<TripFacts> empty_trip_facts(sqlite::Database& database, TripId trip) {
  sqlite::Query query = database.query("SELECT body FROM entity_state WHERE kind = ? AND id = ?");
  query.bind(EntityKind::trip, trip);
  if (!query.step()) return std::nullopt;
  const TripState state = caravan::state_of(query.view(0));
  if (!state.exists()) return std::nullopt;
  TripFacts facts = facts_of(trip, state, {});
  facts.available.assign(facts.available.size(), state.details.capacity);
  return facts;
}

}  // namespace read_models

Page<TripHit> search_trips(const ReadModels& models, const Viewer& viewer, const TripSearch& search,
                           const Paging& paging) {
  const auto reading = models.read();
  const bool by_place = search.origin || search.destination;
  const std::string ends =
      " AND t.number IN (SELECT number FROM trip_ends WHERE origin_south <= ?13 AND origin_north >= ?14"
      " AND origin_west <= ?15 AND origin_east >= ?16 AND destination_south <= ?17 AND destination_north >= ?18"
      " AND destination_west <= ?19 AND destination_east >= ?20)";
  sqlite::Query query = (*reading).query(
      "SELECT t.departure, t.id, s.body FROM trip t JOIN entity_state s ON s.kind = ?1 AND s.id = t.id"
      " WHERE t.status = ?2 AND (t.departure, t.id) > (?3, ?4) AND t.departure >= ?5 AND t.departure < ?6"
      " AND t.weight >= ?7 AND t.volume >= ?8 AND t.items >= ?9 AND (?10 IS NULL OR t.min_price <= ?10)"
      " AND (?11 IS NULL OR t.currency = ?11) AND (?12 IS NULL OR t.mode = ?12)" +
      (by_place ? ends : "") + " ORDER BY t.departure, t.id LIMIT " + std::to_string(candidates_limit));
  const Cursor after = paging.after().value_or(Cursor{INT64_MIN, {}});
  query.bind(EntityKind::trip, TripStatus::upcoming, after.key, after.id, search.departs_from.value_or(viewer.now),
             search.departs_until.value_or(Time::max()), search.room.weight.units, search.room.volume.units,
             search.room.items, search.max_price ? std::optional(search.max_price->units) : std::nullopt,
             search.currency ? std::optional(search.currency->text()) : std::nullopt, search.mode);
  if (by_place) {
    bind_box(query, box_around(search.origin, search.max_distance_meters));
    bind_box(query, box_around(search.destination, search.max_distance_meters));
  }
  Page<TripHit> page;
  const auto is_near = [&](const std::optional<std::int64_t>& meters) {
    return !meters || static_cast<double>(*meters) <= search.max_distance_meters;
  };
  while (query.step()) {
    const Cursor cursor{query.integer(0), query.uuid(1)};
    const AnyRecord shown = show_state({EntityKind::trip, cursor.id}, query.view(2), viewer, AnyRecord(ViewTrip{}));
    const auto* trip = shown ? shown.get_if<TripResource>() : nullptr;
    if (!trip) continue;
    TripHit hit = hit_of(*trip, search);
    if (!is_near(hit.distance_from_origin) || !is_near(hit.distance_from_destination)) continue;
    if (!page.add(paging, cursor, std::move(hit))) break;
  }
  return page;
}

Page<TripResource> own_trips(const ReadModels& models, const Viewer& viewer, UserId traveler,
                             std::optional<TripStatus> status, const Paging& paging) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(newest_first("trip", "t.traveler = ?5 AND (?6 IS NULL OR t.status = ?6)"));
  bind_page(query, EntityKind::trip, paging).bind(traveler, status);
  return state_page<TripResource>(query, EntityKind::trip, viewer, paging, AnyRecord(ViewTrip{}));
}

Page<TripResource> all_trips(const ReadModels& models, const Viewer& viewer, std::optional<TripStatus> status,
                             const Paging& paging) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(newest_first("trip", "(?5 IS NULL OR t.status = ?5)"));
  bind_page(query, EntityKind::trip, paging).bind(status);
  return state_page<TripResource>(query, EntityKind::trip, viewer, paging, AnyRecord(ViewTrip{}));
}

std::optional<TripFacts> trip_facts(const ReadModels& models, TripId trip) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(
      "SELECT s.body, p.rating FROM entity_state s JOIN trip t ON t.id = s.id LEFT JOIN profile p ON p.id = t.traveler"
      " WHERE s.kind = ? AND s.id = ?");
  query.bind(EntityKind::trip, trip);
  if (!query.step()) return std::nullopt;
  const TripState state = state_of(query.view(0));
  if (!state.exists() || state.status != TripStatus::upcoming) return std::nullopt;
  return facts_of(trip, state, rating(query, 1));
}

std::vector<TripFacts> StoredTripIndex::find(const TripWindow& window) const {
  const auto reading = models_.read();
  // Near the pickup at a place of the trip, and near the dropoff at the same or a later one.
  sqlite::Query query = (*reading).query(
      "SELECT t.id, s.body, p.rating FROM trip t JOIN entity_state s ON s.kind = ?1 AND s.id = t.id"
      " LEFT JOIN profile p ON p.id = t.traveler"
      " WHERE t.status = ?2 AND t.departure >= ?3 AND t.departure < ?4 AND t.number IN ("
      "SELECT a.number FROM (SELECT number, min(place) AS place FROM trip_point"
      " WHERE south <= ?6 AND north >= ?7 AND west <= ?8 AND east >= ?9 GROUP BY number) a"
      " JOIN (SELECT number, max(place) AS place FROM trip_point"
      " WHERE south <= ?10 AND north >= ?11 AND west <= ?12 AND east >= ?13 GROUP BY number) b"
      " ON a.number = b.number AND a.place <= b.place)"
      " ORDER BY t.departure, t.id LIMIT ?5");
  query.bind(EntityKind::trip, TripStatus::upcoming, window.from, window.until, window.limit);
  const double radius = window.radius_meters + half_spacing;
  bind_box(query, box_around(window.pickup, radius));
  bind_box(query, box_around(window.dropoff, radius));
  std::vector<TripFacts> found;
  while (query.step()) found.push_back(facts_of(TripId{query.uuid(0)}, state_of(query.view(1)), rating(query, 2)));
  return found;
}

}  // namespace caravan
