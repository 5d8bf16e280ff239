#include "storage/read_models/trip_ways.hpp"

#include <algorithm>
#include <map>

#include "actors/user/commands.hpp"
#include "storage/codec/codec.hpp"
#include "storage/read_models/users.hpp"

namespace caravan::read_models {

namespace {

constexpr std::int64_t rows_a_trip = 16;  // row = number * rows_a_trip + n; row 0 is from the origin to the destination
constexpr std::size_t most_parts = 5;     // a way is cut into; the other rows are the pairs of parts, 15 at most
constexpr std::size_t waypoints_a_part = 8;  // of a way by road: 320 km
constexpr std::size_t most_looked_at = 5'000;
constexpr std::chrono::hours first_span{24};
constexpr int spans_grow = 4;
constexpr std::chrono::hours longest_span{24 * 1'024};

/// A time as an R*Tree keeps it, in 32-bit floats that are rounded outwards: in this century by two minutes or so.
double minutes(Time at) { return static_cast<double>(to_millis(at)) / 60'000; }

Box box_of(const Waypoint* first, const Waypoint* last) {
  Box box{first->at.lat, first->at.lat, first->at.lng, first->at.lng};
  for (const Waypoint* point = first; point != last; ++point)
    box = {std::min(box.south, point->at.lat), std::max(box.north, point->at.lat), std::min(box.west, point->at.lng),
           std::max(box.east, point->at.lng)};
  if (box.east - box.west > 180) box.west = -180, box.east = 180;  // over the 180th meridian
  return box;
}

/// The boxes of the way's parts, in its order.
std::vector<Box> parts_of(const std::vector<Waypoint>& way, bool stops) {
  const std::size_t wanted = stops ? way.size() : (way.size() + waypoints_a_part - 1) / waypoints_a_part;
  const std::size_t count = std::min(wanted, most_parts);
  std::vector<Box> parts;
  for (std::size_t i = 0; i < count; ++i)
    parts.push_back(box_of(way.data() + way.size() * i / count, way.data() + way.size() * (i + 1) / count));
  return parts;
}

bool holds(const Box& box, Coordinates at) {
  return at.lat >= box.south && at.lat <= box.north && at.lng >= box.west && at.lng <= box.east;
}

TripFacts facts_from(std::string_view body) {
  TripFacts trip;
  if (!codec::decode(schema::type_of<TripFacts>(), body, &trip) || trip.points.size() < 2)
    throw StorageError("a trip's facts in the read model are damaged: rebuild the read models");
  return trip;
}

/// Whether the trip comes by a place in `from` and later by one in `to`. By road the two may be the same place.
bool comes_by(const TripFacts& trip, const Box& from, const Box& to) {
  if (holds(from, trip.points.front().at) && holds(to, trip.points.back().at)) return true;
  const bool stops = keeps_to_stops(trip.mode);
  if (stops && trip.points.size() == 2) return false;
  const std::vector<Waypoint> way = waypoints(trip);
  const auto first = std::ranges::find_if(way, [&](const Waypoint& point) { return holds(from, point.at); });
  if (first == way.end()) return false;
  return std::any_of(first + (stops ? 1 : 0), way.end(), [&](const Waypoint& point) { return holds(to, point.at); });
}

}  // namespace

void put_traveler(TripFacts& trip, sqlite::Query& query, int column) {
  if (query.is_null(column + 1)) return;  // the profile is not there yet
  if (!query.is_null(column)) trip.rating = query.real(column);
  trip.ratings = static_cast<std::int32_t>(query.integer(column + 1));
  trip.verified = query.integer(column + 2) == static_cast<std::int64_t>(VerificationLevel::identity);
  trip.deliveries = static_cast<std::int32_t>(query.integer(column + 3));
  trip.first_name = query.text(column + 4);
}

std::vector<Box> boxes_along(const TripFacts& trip, double meters) {
  // A way by road passes its nearest waypoint at most half of their spacing off.
  std::vector<Box> parts = parts_of(waypoints(trip), keeps_to_stops(trip.mode));
  for (Box& part : parts) part = grown(part, meters + (keeps_to_stops(trip.mode) ? 0 : half_spacing_meters));
  return parts;
}

void put_way(sqlite::Connection& database, std::int64_t number, const TripFacts& trip) {
  std::int64_t row = number * rows_a_trip;
  const auto put = [&](const Box& from, const Box& to) {
    database.query("INSERT INTO trip_way VALUES(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?10)")
        .bind(row++, from.south, from.north, from.west, from.east, to.south, to.north, to.west, to.east,
              minutes(trip.points.front().due))
        .run();
  };
  const std::vector<Waypoint> way = waypoints(trip);
  put(box_of(&way.front(), &way.front() + 1), box_of(&way.back(), &way.back() + 1));
  const bool stops = keeps_to_stops(trip.mode);
  if (stops && way.size() == 2) return;
  const std::vector<Box> parts = parts_of(way, stops);
  for (std::size_t from = 0; from < parts.size(); ++from)
    for (std::size_t to = from; to < parts.size(); ++to) put(parts[from], parts[to]);
}

void forget_way(sqlite::Connection& database, std::int64_t number) {
  database.query("DELETE FROM trip_way WHERE row >= ? AND row < ?")
      .bind(number * rows_a_trip, (number + 1) * rows_a_trip)
      .run();
}

void bind_box(sqlite::Query& query, const Box& box) { query.bind(box.north, box.south, box.east, box.west); }

std::string ways_in_window(int first, bool ends) {
  std::string sql = "SELECT row / " + std::to_string(rows_a_trip) + " FROM trip_way WHERE ";
  constexpr const char* conditions[] = {
      "from_south <= ", "from_north >= ", "from_west <= ", "from_east >= ",   "to_south <= ",
      "to_north >= ",   "to_west <= ",    "to_east >= ",   "departs_too >= ", "departs <= "};
  const char* with = "";
  for (const char* condition : conditions) {
    sql += with + std::string(condition) + '?' + std::to_string(first++);
    with = " AND ";
  }
  if (ends) sql += " AND row % " + std::to_string(rows_a_trip) + " = 0";
  return sql;
}

void bind_window(sqlite::Query& query, const WayWindow& window) {
  bind_box(query, window.from);
  bind_box(query, window.to);
  query.bind(minutes(window.departs_from), minutes(window.departs_until));
}

void each_span(const WayWindow& window, const std::function<bool(const WayWindow&)>& look) {
  WayWindow span = window;
  Duration length = first_span;
  while (span.departs_from < window.departs_until) {
    const bool is_last = length > longest_span || window.departs_until - span.departs_from <= length;
    span.departs_until = is_last ? window.departs_until : span.departs_from + length;
    if (look(span)) return;
    span.departs_from = span.departs_until;
    length *= spans_grow;
  }
}

TravelersBy count_travelers_by(sqlite::Connection& database, const WayWindow& window, std::size_t most) {
  // NOT INDEXED, as in trips.cpp: the R*Tree names the trips, not their departures.
  const auto sql = [](bool ends) {
    return "SELECT t.traveler, t.mode, t.facts, coalesce(p.is_known, 0) FROM trip t NOT INDEXED"
           " LEFT JOIN profile p ON p.id = t.traveler WHERE t.number IN (" +
           ways_in_window(1, ends) + " LIMIT " + std::to_string(most_looked_at) + ')';
  };
  struct Traveler {
    bool by_land = false;  // as well
    bool is_known = false;
  };
  std::map<Uuid, Traveler> found;
  TravelersBy count;
  // Those that begin and end there need no second look.
  for (const bool ends : {true, false}) {
    sqlite::Query query = database.query(sql(ends));
    bind_window(query, window);
    while (found.size() < most && query.step()) {
      const Uuid traveler = query.uuid(0);
      const bool by_land = query.integer(1) != static_cast<std::int64_t>(TransportMode::plane);
      const auto known = found.find(traveler);
      if (known != found.end() && (known->second.by_land || !by_land)) continue;
      if (!ends && !comes_by(facts_from(query.view(2)), window.from, window.to)) continue;
      found[traveler] = {by_land, query.integer(3) != 0};
    }
  }
  for (const auto& [id, traveler] : found) {
    ++(traveler.by_land ? count.by_land : count.by_air);
    if (traveler.is_known) ++(traveler.by_land ? count.known_by_land : count.known_by_air);
  }
  return count;
}

void each_trip_by(sqlite::Connection& database, const WayWindow& window,
                  const std::function<bool(TripFacts trip)>& take) {
  // NOT INDEXED, as in trips.cpp: the R*Tree names the trips, not their departures.
  static const std::string sql =
      "SELECT t.id, t.traveler, t.facts, p.rating, p.ratings, p.level, p.done, p.first_name FROM trip t NOT INDEXED "
      "LEFT JOIN profile p ON p.id = t.traveler"
      " WHERE t.departure >= ?1 AND t.departure < ?2 AND t.number IN (" +
      ways_in_window(3, false) + ")" + and_is_active("t.traveler") + " ORDER BY t.departure, t.id";
  std::size_t looked_at = 0;
  each_span(window, [&](const WayWindow& span) {
    sqlite::Query query = database.query(sql);
    query.bind(span.departs_from, span.departs_until);
    bind_window(query, span);
    while (query.step()) {
      if (++looked_at > most_looked_at) return true;
      TripFacts trip = facts_from(query.view(2));
      if (!comes_by(trip, window.from, window.to)) continue;
      trip.id = {query.uuid(0)};
      trip.traveler = {query.uuid(1)};
      put_traveler(trip, query, 3);
      if (!take(std::move(trip))) return true;
    }
    return false;
  });
}

}  // namespace caravan::read_models
