#include "storage/read_models/demand.hpp"

#include "actors/request/details.hpp"
#include "actors/trip/details.hpp"
#include "storage/read_models/places.hpp"

namespace caravan {

using namespace read_models;

namespace {

constexpr std::int64_t points_most = 5'000;  // of trips, looked at around either end
constexpr double half_spacing = 20'000;      // metres: trips by road have a point at least every 40 km

void bind_box(sqlite::Query& query, const Box& box) { query.bind(box.north, box.south, box.east, box.west); }

std::int64_t count(sqlite::Query& query) { return query.step() ? query.integer(0) : 0; }

}  // namespace

DemandCount count_demand(const ReadModels& models, const DemandWindow& window) {
  const auto reading = models.read();
  sqlite::Query requests = (*reading).query(
      "SELECT count(*) FROM (SELECT 1 FROM request_ends e JOIN request r ON r.number = e.number"
      " WHERE r.status = ?1 AND r.id <> ?2 AND e.pickup_south <= ?4 AND e.pickup_north >= ?5 AND e.pickup_west <= ?6"
      " AND e.pickup_east >= ?7 AND e.dropoff_south <= ?8 AND e.dropoff_north >= ?9 AND e.dropoff_west <= ?10"
      " AND e.dropoff_east >= ?11 LIMIT ?3)");
  requests.bind(RequestStatus::open, window.but, demand_most);
  bind_box(requests, box_around(window.pickup, window.radius_meters));
  bind_box(requests, box_around(window.dropoff, window.radius_meters));
  // As matching finds them: near the pickup at a place of the trip, and near the dropoff at the same or a later one.
  sqlite::Query trips = (*reading).query(
      "SELECT count(*) FROM (SELECT 1 FROM ("
      "SELECT number, min(place) AS place FROM (SELECT number, place FROM trip_point"
      " WHERE south <= ?6 AND north >= ?7 AND west <= ?8 AND east >= ?9 LIMIT ?5) GROUP BY number) a"
      " JOIN (SELECT number, max(place) AS place FROM (SELECT number, place FROM trip_point"
      " WHERE south <= ?10 AND north >= ?11 AND west <= ?12 AND east >= ?13 LIMIT ?5) GROUP BY number) b"
      " ON a.number = b.number AND a.place <= b.place JOIN trip t ON t.number = a.number"
      " WHERE t.status = ?1 AND t.departure >= ?2 AND t.departure < ?3 LIMIT ?4)");
  trips.bind(TripStatus::upcoming, window.from, window.until, demand_most, points_most);
  bind_box(trips, box_around(window.pickup, window.radius_meters + half_spacing));
  bind_box(trips, box_around(window.dropoff, window.radius_meters + half_spacing));
  return {count(requests), count(trips)};
}

}  // namespace caravan
