#include "storage/read_models/demand.hpp"

#include "actors/matching/score.hpp"
#include "actors/request/details.hpp"
#include "storage/read_models/trip_ways.hpp"

namespace caravan {

using namespace read_models;

DemandCount count_demand(const ReadModels& models, const DemandWindow& window) {
  const auto reading = models.read();
  sqlite::Query requests = (*reading).query(
      "SELECT count(*) FROM (SELECT DISTINCT customer, created / 86400000 FROM (SELECT r.customer, r.created"
      " FROM request_ends e JOIN request r ON r.number = e.number"
      " WHERE r.status = ?1 AND r.id <> ?2 AND e.pickup_south <= ?4 AND e.pickup_north >= ?5 AND e.pickup_west <= ?6"
      " AND e.pickup_east >= ?7 AND e.dropoff_south <= ?8 AND e.dropoff_north >= ?9 AND e.dropoff_west <= ?10"
      " AND e.dropoff_east >= ?11 LIMIT ?12) LIMIT ?3)");
  requests.bind(RequestStatus::open, window.but, demand_most);
  bind_box(requests, box_around(window.pickup, window.radius_meters));
  bind_box(requests, box_around(window.dropoff, window.radius_meters));
  requests.bind(demand_looked_at);
  DemandCount count;
  if (requests.step()) count.requests = requests.integer(0);
  const double radius = window.radius_meters + beside_road_meters + half_spacing_meters;
  count.trips = count_trips_by(
      *reading, {box_around(window.pickup, radius), box_around(window.dropoff, radius), window.from, window.until},
      demand_most);
  return count;
}

}  // namespace caravan
