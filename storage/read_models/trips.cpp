#include "storage/read_models/trips.hpp"

#include <algorithm>
#include <map>

#include "actors/matching/score.hpp"
#include "actors/trip/entity.hpp"
#include "actors/trip/legs.hpp"
#include "actors/trip/overlap.hpp"
#include "storage/codec/codec.hpp"
#include "storage/read_models/places.hpp"
#include "storage/read_models/state_list.hpp"
#include "storage/read_models/trip_ways.hpp"
#include "storage/read_models/users.hpp"

namespace caravan {

using namespace read_models;

namespace {

constexpr std::int64_t trip_candidates = 20'000;  // rows that one search looks at

// facts: what matching knows of an upcoming trip, without decoding all that it is. way: see way_of.
// trip_way: see trip_ways.hpp.
constexpr const char* trip_tables = R"sql(
CREATE TABLE trip(
  number INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, traveler BLOB NOT NULL, status INTEGER NOT NULL,
  created INTEGER NOT NULL, departure INTEGER NOT NULL, arrival INTEGER NOT NULL, mode INTEGER NOT NULL,
  weight INTEGER NOT NULL, volume INTEGER NOT NULL, items INTEGER NOT NULL, min_price INTEGER NOT NULL,
  currency TEXT NOT NULL, way TEXT NOT NULL, facts BLOB NOT NULL);
CREATE INDEX trip_traveler ON trip(traveler, created, id);
CREATE INDEX trip_created ON trip(created, id);
CREATE INDEX trip_departure ON trip(status, departure, id);
CREATE VIRTUAL TABLE trip_way USING rtree(
  row, from_south, from_north, from_west, from_east, to_south, to_north, to_west, to_east, departs, departs_too);
)sql";

TripFacts facts_of(TripId id, const TripState& state) {
  const TripDetails& details = state.details;
  TripFacts facts;
  facts.id = id;
  facts.traveler = state.traveler_id;
  facts.mode = details.transport_mode;
  facts.available = available_by_leg(state);
  facts.min_price = details.min_price;
  facts.points = points_of(details);
  return facts;
}

/// A text that changes whenever the places or times change by which a trip is found; then its way is entered anew.
std::string way_of(const TripState& state) {
  std::string way(enum_labels(TransportMode{})[static_cast<std::size_t>(state.details.transport_mode)]);
  way += ' ' + std::to_string(to_millis(state.details.departure_time));
  for (const Place& place : state.details.places)
    way += ' ' + std::to_string(place.at().lat) + ',' + std::to_string(place.at().lng);
  return way;
}

void on_trip(sqlite::Connection& database, const StateView& view) {
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
  std::string facts;
  if (!way.empty()) {
    const TripFacts known = facts_of(TripId{view.entity.id}, state);
    codec::encode(schema::type_of<TripFacts>(), &known, facts);
  }
  database
      .query(
          "INSERT INTO trip(number, id, traveler, status, created, departure, arrival, mode, weight, volume, items,"
          " min_price, currency, way, facts) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
          " ON CONFLICT(number) DO UPDATE SET status = excluded.status, departure = excluded.departure,"
          " arrival = excluded.arrival, mode = excluded.mode, weight = excluded.weight, volume = excluded.volume,"
          " items = excluded.items, min_price = excluded.min_price, currency = excluded.currency, way = excluded.way,"
          " facts = excluded.facts")
      .bind(number == 0 ? std::nullopt : std::optional(number), view.entity.id, state.traveler_id, state.status,
            state.created_at, state.details.departure_time, state.details.arrival_time, state.details.transport_mode,
            room.weight.units, room.volume.units, room.items, price, state.details.currency.text(), way,
            sqlite::Blob{facts})
      .run();
  if (way == way_before) return;
  if (number != 0) forget_way(database, number);
  if (number == 0) number = sqlite3_last_insert_rowid(database.handle());
  if (!way.empty()) put_way(database, number, facts_of(TripId{view.entity.id}, state));
}

TripState trip_state(std::string_view body) {
  TripState state;
  if (!codec::decode(schema::type_of<TripState>(), body, &state))
    throw StorageError("a trip's state in the read model is damaged: rebuild the read models");
  return state;
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
      .name = "trips", .version = 3, .schema = trip_tables, .state_of = EntityKind::trip, .on_state = on_trip};
  return projection;
}

std::optional<TripFacts> empty_trip_facts(sqlite::Connection& database, TripId trip) {
  sqlite::Query query = database.query("SELECT body FROM entity_state WHERE kind = ? AND id = ?");
  query.bind(EntityKind::trip, trip);
  if (!query.step()) return std::nullopt;
  const TripState state = trip_state(query.view(0));
  if (!state.exists()) return std::nullopt;
  TripFacts facts = facts_of(trip, state);
  facts.available.assign(facts.available.size(), state.details.capacity);
  return facts;
}

}  // namespace read_models

namespace {

/// Where a search by place looks, from the page's cursor on.
WayWindow window_of(const TripSearch& search, const Cursor& after, Time now) {
  return {
      box_around(search.origin, search.max_distance_meters), box_around(search.destination, search.max_distance_meters),
      std::max(search.departs_from.value_or(now), from_millis(after.key)), search.departs_until.value_or(Time::max())};
}

/// Rows of (departure, id, traveler), those that depart first coming first.
sqlite::Query query_of(sqlite::Connection& database, const TripSearch& search, const Cursor& after,
                       const WayWindow& window) {
  const bool by_place = search.origin || search.destination;
  const std::string conditions =
      " WHERE t.status = ?1 AND (t.departure, t.id) > (?2, ?3) AND t.departure >= ?4 AND t.departure < ?5"
      " AND t.weight >= ?6 AND t.volume >= ?7 AND t.items >= ?8 AND (?9 IS NULL OR t.min_price <= ?9)"
      " AND (?10 IS NULL OR t.currency = ?10) AND (?11 IS NULL OR t.mode = ?11)" +
      and_is_active("t.traveler");
  // NOT INDEXED: the R*Tree names the few trips that fit. With trip_departure SQLite would walk all that depart in the
  // window instead.
  sqlite::Query query = database.query(
      "SELECT t.departure, t.id, t.traveler FROM trip t" +
      (by_place ? " NOT INDEXED" + conditions + " AND t.number IN (" + ways_in_window(12, true) + ")" : conditions) +
      " ORDER BY t.departure, t.id LIMIT " + std::to_string(trip_candidates));
  query.bind(TripStatus::upcoming, after.key, after.id, window.departs_from, window.departs_until,
             search.room.weight.units, search.room.volume.units, search.room.items,
             search.max_price ? std::optional(search.max_price->units) : std::nullopt,
             search.currency ? std::optional(search.currency->text()) : std::nullopt, search.mode);
  if (by_place) bind_window(query, window);
  return query;
}

}  // namespace

Page<TripHit> search_trips(const ReadModels& models, const Viewer& viewer, const TripSearch& search,
                           const Paging& paging) {
  const auto reading = models.read();
  const Cursor after = paging.after().value_or(Cursor{INT64_MIN, {}});
  const WayWindow window = window_of(search, after, viewer.now);
  Page<TripHit> page;
  const auto is_near = [&](const std::optional<std::int64_t>& meters) {
    return !meters || static_cast<double>(*meters) <= search.max_distance_meters;
  };
  std::map<UserId, std::size_t> of_traveler;
  const auto look = [&](const WayWindow& span) {
    sqlite::Query query = query_of(*reading, search, after, span);
    while (query.step()) {
      const Cursor cursor{query.integer(0), query.uuid(1)};
      std::size_t& of_this = of_traveler[UserId{query.uuid(2)}];
      if (search.spread && of_this == most_of_one(paging.shown())) continue;
      sqlite::Query stored = (*reading).query("SELECT body FROM entity_state WHERE kind = ? AND id = ?");
      stored.bind(EntityKind::trip, cursor.id);
      if (!stored.step()) continue;
      const AnyRecord shown = show_state({EntityKind::trip, cursor.id}, stored.view(0), viewer, AnyRecord(ViewTrip{}));
      const auto* trip = shown ? shown.get_if<TripResource>() : nullptr;
      if (!trip) continue;
      TripHit hit = hit_of(*trip, search);
      if (!is_near(hit.distance_from_origin) || !is_near(hit.distance_from_destination)) continue;
      if (!page.add(paging, cursor, std::move(hit))) return true;
      ++of_this;
    }
    return false;
  };
  if (search.origin || search.destination)
    each_span(window, look);
  else
    look(window);
  return page;
}

Page<TripResource> own_trips(const ReadModels& models, const Viewer& viewer, UserId traveler,
                             std::optional<TripStatus> status, const Paging& paging) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query(newest_first("trip", "t.traveler = ?5 AND (?6 IS NULL OR t.status = ?6)"));
  bind_page(query, EntityKind::trip, paging).bind(traveler, status);
  return state_page<TripResource>(query, EntityKind::trip, viewer, paging, AnyRecord(ViewTrip{}));
}

std::size_t open_trips(const ReadModels& models, UserId traveler) {
  const auto reading = models.read();
  sqlite::Query query = (*reading).query("SELECT count(*) FROM trip WHERE traveler = ?1 AND status IN (?2, ?3)");
  query.bind(traveler, TripStatus::upcoming, TripStatus::under_way);
  return query.step() ? static_cast<std::size_t>(query.integer(0)) : 0;
}

std::vector<TripFacts> trips_around(const ReadModels& models, const TripFacts& trip) {
  const auto reading = models.read();
  // INDEXED BY: one traveler has few trips. SQLite would walk everybody's open trips by trip_departure instead.
  sqlite::Query query = (*reading).query(
      "SELECT t.id, s.body FROM trip t INDEXED BY trip_traveler"
      " JOIN entity_state s ON s.kind = ?1 AND s.id = t.id WHERE t.traveler = ?2 AND t.status IN (?3, ?4)"
      " AND t.departure <= ?5 + ?8 AND t.arrival >= ?6 - ?8 AND t.id <> ?7"
      " ORDER BY max(t.departure - ?5, ?6 - t.arrival, 0), t.departure, t.id LIMIT 200");
  query.bind(EntityKind::trip, trip.traveler, TripStatus::upcoming, TripStatus::under_way, trip.points.back().due,
             trip.points.front().due, trip.id, Duration{longest_flight}.count());
  std::vector<TripFacts> found;
  while (query.step()) found.push_back(facts_of(TripId{query.uuid(0)}, trip_state(query.view(1))));
  return found;
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
      "SELECT s.body, p.rating, p.ratings, p.level, p.done, p.first_name FROM entity_state s JOIN trip t ON t.id = "
      "s.id LEFT JOIN profile p ON p.id = t.traveler"
      " WHERE s.kind = ? AND s.id = ?");
  query.bind(EntityKind::trip, trip);
  if (!query.step()) return std::nullopt;
  const TripState state = trip_state(query.view(0));
  if (!state.exists() || state.status != TripStatus::upcoming) return std::nullopt;
  TripFacts facts = facts_of(trip, state);
  put_traveler(facts, query, 1);
  return facts;
}

std::vector<TripFacts> StoredTripIndex::find(const TripWindow& window) const {
  const auto reading = models_.read();
  const double radius = window.radius_meters + beside_road_meters + half_spacing_meters;
  std::vector<TripFacts> found;
  if (window.limit == 0) return found;
  each_trip_by(*reading,
               {box_around(window.pickup, radius), box_around(window.dropoff, radius), window.from, window.until},
               [&](TripFacts trip) {
                 found.push_back(std::move(trip));
                 return found.size() < window.limit;
               });
  return found;
}

}  // namespace caravan
